"""The flags about taking articles in, beside those of `arguments`, which asks for them."""

from __future__ import annotations

import argparse
from difflib import get_close_matches

CORRECTABLE = ("title", "published", "author", "source", "url", "language")
# What --list and --show call the fields, and what else comes to mind.
_MEANT = {
    **dict.fromkeys(("date", "day", "published_at", "publishedat", "time"), "published"),
    **dict.fromkeys(("headline", "name"), "title"),
    **dict.fromkeys(("address", "link", "uri"), "url"),
    **dict.fromkeys(("by", "byline", "writer"), "author"),
    **dict.fromkeys(("paper", "publisher", "newspaper"), "source"),
    **dict.fromkeys(("lang",), "language"),
}


def add_actions(group: argparse._ArgumentGroup) -> None:
    """The flags that say what to do."""
    group.add_argument(
        "--feeds",
        metavar="FILE",
        help="follow the feeds of a list (OPML, or an address a line) and fetch what is new",
    )
    group.add_argument(
        "--watch",
        metavar="PATH",
        nargs="*",
        help="keep the library in step with these folders, or all known ones, until interrupted",
    )
    group.add_argument(
        "--set",
        nargs=2,
        metavar=("ID", "FIELD=VALUE"),
        action="append",
        help=f"correct what is said of an article ({', '.join(CORRECTABLE)}); kept when it is "
        "read again",
    )


def add_changes(group: argparse._ArgumentGroup) -> None:
    """The flags that say how."""
    group.add_argument(
        "--columns",
        metavar="FIELD=NAME",
        type=_columns,
        help="with --rebuild: which column of a table, or key of JSON, is which field, separated "
        "by commas",
    )
    group.add_argument(
        "--allow-private-addresses",
        action="store_true",
        help="with --rebuild and --feeds: fetch from your own network and machine too",
    )
    group.add_argument(
        "--ray",
        metavar="ADDRESS",
        nargs="?",
        const="",
        help="with --rebuild and --model: embed on the Ray cluster there, or one on this machine",
    )


def check(parser: argparse.ArgumentParser, given: argparse.Namespace) -> None:
    """What must fit together. Exits with 2 where it does not."""
    fetches = given.rebuild is not None or given.feeds is not None
    if given.columns is not None and not set(given.rebuild or []) - {"-"}:
        parser.error("--columns goes with --rebuild and the path of a table or of JSON")
    if given.ray is not None and not fetches and given.model is None:
        parser.error("--ray goes with --rebuild, --feeds or --model")
    if given.allow_private_addresses and not fetches:
        parser.error("--allow-private-addresses goes with --rebuild or --feeds")
    if "-" in (given.rebuild or []) and "-" in (given.ask, given.ask_file):
        parser.error("standard input cannot be both articles and questions; save one as a file")
    if given.feeds is not None and not given.feeds.strip():
        parser.error("--feeds needs a file")
    if any(not path.strip() for path in given.watch or []):
        parser.error("--watch was given an empty path; name folders")
    for article_id, change in given.set or []:
        field, equals, value = change.partition("=")
        if not article_id.strip() or not equals:
            parser.error(f"--set needs an article's id and FIELD=VALUE, {_one_of_the_fields()}")
        if field.strip() not in CORRECTABLE:
            meant = _MEANT.get(field.strip().casefold(), "")
            near = [meant] if meant else get_close_matches(field.strip().casefold(), CORRECTABLE, 1)
            hint = f"did you mean {near[0]}? " if near else ""
            parser.error(
                f"--set knows no field {field.strip()!r}; {hint}FIELD is {_one_of_the_fields()}"
            )
        if field.strip() == "title" and not value.strip():
            parser.error("--set title= needs a title")
        if field.strip() == "published" and value.strip() and not _is_day(value):
            parser.error(f"--set published= needs a day as YYYY-MM-DD, not {value!r}")


def _one_of_the_fields() -> str:
    return f"one of {', '.join(CORRECTABLE)}"


def _is_day(text: str) -> bool:
    # Only --set pays for the import of every reader of articles.
    from embeddings.readers.metadata import parse_date

    return parse_date(text) is not None


def _columns(text: str) -> dict[str, str]:
    fields = ("text", *CORRECTABLE, "id")
    columns = {}
    for pair in text.split(","):
        field, equals, name = (part.strip() for part in pair.partition("="))
        if not equals or field not in fields or not name:
            raise argparse.ArgumentTypeError(
                f"{pair.strip()!r} is not FIELD=NAME, a field of {', '.join(fields)}"
            )
        columns[field] = name
    return columns
