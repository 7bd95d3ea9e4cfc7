"""The command line's flags. docs/cli.md is checked against this parser by a test."""

from __future__ import annotations

import argparse
import datetime
import re
from typing import NoReturn

from embeddings.places import Place, default_library, place_from
from qa import __version__, ingest_arguments
from qa.exitcodes import MEANINGS, ExitCode

MOST_TOP = 30


class _Parser(argparse.ArgumentParser):
    """A parser that shows what it was given as nothing but words.

    Where ``*`` stands, a shell puts the names of files, which may hold anything.
    """

    def error(self, message: str) -> NoReturn:
        from qa.output import one_line

        # Without the usage, whose dozen lines hide the one that helps.
        hint = "" if "--help" in message else f"; see {self.prog} --help"
        self.exit(ExitCode.USAGE, f"{self.prog}: error: {one_line(message)}{hint}\n")


def make_parser() -> argparse.ArgumentParser:
    """The parser; `parse_args` exits with 2 where the command line is wrong."""
    codes = " · ".join(f"{code.value} {meaning}" for code, meaning in MEANINGS.items())
    parser = _Parser(
        prog="dateline",
        description="Ask your own articles a question; get verbatim sentences, each cited to "
        "its article, or an honest no. Without a flag, a chat opens in the terminal.",
        epilog=f"Exit status: {codes}.",
        allow_abbrev=False,
    )
    what = parser.add_argument_group("what to do")
    what.add_argument(
        "-a",
        "--ask",
        metavar="QUESTION",
        help="answer one question and exit; - reads it from stdin",
    )
    what.add_argument(
        "--ask-file", metavar="FILE", help="answer each line of a file (- is stdin) in turn"
    )
    what.add_argument(
        "--eval",
        metavar="FILE",
        help="measure the answers to a file (- is stdin) of questions and what they expect",
    )
    what.add_argument(
        "--rebuild",
        metavar="PATH",
        nargs="*",
        help="take in files, folders and addresses (- is stdin), or look again at all known ones",
    )
    ingest_arguments.add_actions(what)
    what.add_argument("--list", action="store_true", help="list the articles, newest first")
    what.add_argument("--show", metavar="ID", help="print an article's stored text")
    what.add_argument("--remove", metavar="ID|PATH", help="remove an article, a file or a folder")
    what.add_argument(
        "--sessions", action="store_true", help="list the kept sessions, the latest first"
    )
    what.add_argument(
        "--export",
        nargs=2,
        metavar=("ID", "FILE"),
        help="write a session to a new .md or .json file; - is stdout",
    )
    what.add_argument("--remove-session", metavar="ID", help="remove a session for good")
    what.add_argument(
        "--copy",
        nargs=2,
        metavar=("FROM", "TO"),
        type=_place,
        help="copy all of one library into another, a folder or a server's address",
    )
    what.add_argument(
        "--backup", metavar="FILE", help="write all of the library to a new file, while it is used"
    )
    what.add_argument(
        "--restore",
        metavar="FILE",
        help="bring back a backup, where there is no library yet",
    )
    what.add_argument("--status", action="store_true", help="say what the library holds")
    what.add_argument(
        "--doctor", action="store_true", help="check the installation, the models and the library"
    )
    what.add_argument(
        "--serve", action="store_true", help="open the chat to a browser on this machine"
    )
    what.add_argument("--version", action="version", version=f"dateline {__version__}")

    how = parser.add_argument_group("how")
    how.add_argument(
        "--library",
        metavar="DIR|ADDRESS",
        type=_place,
        default=None,
        help="the library's folder, or a server's postgresql:// address (default: "
        "$DATELINE_LIBRARY, else the user's data folder)",
    )
    how.add_argument(
        "--model",
        metavar="NAME|FOLDER",
        help="embed with this Sentence Transformers model from now on",
    )
    how.add_argument(
        "--resume",
        metavar="ID",
        nargs="?",
        const="latest",
        help="go on with that session, or the latest; with --ask, the question follows its last",
    )
    how.add_argument(
        "--new",
        action="store_true",
        help="start a new session; with --ask-file, the lines are one conversation",
    )
    how.add_argument("--no-save", action="store_true", help="keep no session")
    how.add_argument(
        "--as-written",
        action="store_true",
        help="with --ask: add nothing to the question from those before it",
    )
    how.add_argument(
        "--repair",
        action="store_true",
        help="with --doctor: first make anew what can be, and set aside what is damaged",
    )
    ingest_arguments.add_changes(how)
    how.add_argument(
        "--timings", action="store_true", help="with --ask: say on stderr where the time went"
    )
    how.add_argument(
        "--full", action="store_true", help="with --show: all that the file said, and its details"
    )
    how.add_argument("--json", action="store_true", help="write JSON, an object a line")
    how.add_argument(
        "--top",
        metavar="N",
        type=_count,
        default=None,
        help="cite at most N sentences (default: 3)",
    )
    how.add_argument(
        "--threshold",
        metavar="P",
        type=_share,
        default=None,
        help="refuse below this confidence, 0 to 1 (default: the measured one)",
    )
    how.add_argument(
        "--since", metavar="DATE", type=first_day, help="only articles published then or later"
    )
    how.add_argument(
        "--until", metavar="DATE", type=last_day, help="only articles published then or earlier"
    )
    how.add_argument("--host", metavar="H", help="with --serve: listen there (default: 127.0.0.1)")
    how.add_argument(
        "--port", metavar="N", type=_port, help="with --serve: this port (default: 8017)"
    )
    how.add_argument(
        "--i-know",
        action="store_true",
        help="with --serve: listen even where other machines can reach it",
    )
    how.add_argument("--source", metavar="TEXT", help="only articles whose source has this in it")
    return parser


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The arguments, checked together. Exits with 2 where they do not fit."""
    parser = make_parser()
    given, strange = parser.parse_known_args(arguments)
    if strange and not any(word.startswith("-") for word in strange):
        parser.error(f'to ask a question, write dateline --ask "{" ".join(strange)}"')
    if strange:
        parser.error(f"unrecognized arguments: {' '.join(strange)}; see dateline --help")
    if given.library is None:
        given.library = default_library()
    asking = given.ask is not None or given.ask_file is not None
    if given.ask is not None and given.ask_file is not None:
        parser.error("--ask and --ask-file cannot be given together; put it into the file")
    actions = {
        "--list": given.list,
        "--show": given.show is not None,
        "--remove": given.remove is not None,
        "--sessions": given.sessions,
        "--export": given.export is not None,
        "--remove-session": given.remove_session is not None,
        "--copy": given.copy is not None,
        "--backup": given.backup is not None,
        "--restore": given.restore is not None,
        "--status": given.status,
        "--doctor": given.doctor,
        "--rebuild": given.rebuild is not None or given.feeds is not None,
        "--watch": given.watch is not None,
        "--set": given.set is not None,
        "--eval": given.eval is not None,
        "--serve": given.serve,
        "--ask": asking,
    }
    chosen = [name for name, is_chosen in actions.items() if is_chosen]
    # Taking articles in and asking them is one thought; other pairs are not.
    if len(chosen) > 1 and chosen != ["--rebuild", "--ask"]:
        parser.error(f"{' and '.join(chosen)} cannot be given together; run one after the other")
    if given.model is not None and chosen not in ([], ["--rebuild"], ["--rebuild", "--ask"]):
        parser.error(f"--model goes with --rebuild, or alone, not with {chosen[0]}")
    if given.model is not None and not given.model.strip():
        parser.error("--model needs a name or a folder")
    if given.json and not chosen:
        parser.error("--json needs something to write: add --ask, --list, --show or --status")
    only_asking = ("since", "until", "source", "top", "threshold")
    for flag in only_asking:
        is_asking = asking or chosen in (["--eval"], ["--serve"])
        if chosen and not is_asking and getattr(given, flag) is not None:
            parser.error(f"--{flag} is for questions; leave it out with {chosen[0]}")
    if given.threshold is not None and given.serve:
        parser.error("--threshold is for --ask, --ask-file and --eval; leave it out")
    if not given.serve and (given.host or given.port is not None or given.i_know):
        parser.error("--host, --port and --i-know go with --serve")
    if chosen and not asking and not given.serve:
        for flag in ("--resume", "--new", "--no-save"):
            if getattr(given, flag[2:].replace("-", "_")) not in (None, False):
                parser.error(f"{flag} is for questions and the chat; leave it out")
    if given.as_written and not asking:
        parser.error("--as-written goes with --ask")
    if given.full and given.show is None:
        parser.error("--full goes with --show")
    if given.timings and not asking:
        parser.error("--timings goes with --ask; in the chat it is /timings")
    if given.resume is not None and not given.resume.strip():
        parser.error(
            "--resume names no session; leave the name out for the latest, or see --sessions"
        )
    if given.resume is not None and given.new:
        parser.error("--resume and --new cannot be given together; choose one")
    if given.json and given.export is not None and given.export[1] != "-":
        parser.error("the file's ending says what --export writes; leave --json out")
    ingest_arguments.check(parser, given)
    if given.json and chosen in (
        *(["--remove"], ["--rebuild"], ["--remove-session"], ["--serve"], ["--watch"], ["--set"]),
        *(["--copy"], ["--backup"], ["--restore"]),
    ):
        parser.error(f"{chosen[0]} writes no JSON; leave --json out")
    if given.since and given.until and given.since > given.until:
        parser.error(f"--since {given.since} is after --until {given.until}; swap them")
    if any(not path.strip() for path in given.rebuild or []):
        parser.error("--rebuild was given an empty path; name files or folders")
    if given.export is not None and not all(text.strip() for text in given.export):
        parser.error("--export needs a session's id and a file")
    if given.repair and not given.doctor:
        parser.error("--repair goes with --doctor")
    needing = ("ask", "show", "remove", "remove_session", "source", "ask_file", "eval")
    for flag in (*needing, "backup", "restore"):
        if (text := getattr(given, flag)) is not None and not text.strip():
            parser.error(f"--{flag.replace('_', '-')} needs some text")
    return given


def _place(text: str) -> Place:
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError("needs a folder, or a server's postgresql:// address")
    return place_from(text)


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,3}", text, re.ASCII) or not 1 <= int(text) <= MOST_TOP:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST_TOP}")
    return int(text)


def _port(text: str) -> int:
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, 0 to 65535")
    return int(text)


def _share(text: str) -> float:
    if not re.fullmatch(r"[01]|[01]?\.\d{1,6}", text, re.ASCII) or not 0 <= float(text) <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return float(text)


def first_day(text: str) -> str:
    return _period(text)[0]


def last_day(text: str) -> str:
    return _period(text)[1]


def _period(text: str) -> tuple[str, str]:
    """First and last day of what is written: a day, a month (2016-03) or a year (2016)."""
    text = text.strip()
    try:
        if re.fullmatch(r"\d{4}", text, re.ASCII):
            return f"{datetime.date(int(text), 1, 1)}", f"{datetime.date(int(text), 12, 31)}"
        if re.fullmatch(r"\d{4}-\d{2}", text, re.ASCII):
            first = datetime.date(int(text[:4]), int(text[5:]), 1)
            following = (first + datetime.timedelta(days=31)).replace(day=1)
            return f"{first}", f"{following - datetime.timedelta(days=1)}"
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            day = f"{datetime.date.fromisoformat(text)}"
            return day, day
    except (ValueError, OverflowError):
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is not a date; write YYYY-MM-DD, YYYY-MM or YYYY")
