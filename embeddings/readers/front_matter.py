"""The block of fields that a Markdown file may open with, as YAML or what passes for it."""

from __future__ import annotations

import re

_BLOCK = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LINE = re.compile(r"([A-Za-z][\w -]*?)\s*:\s+(.*\S)")
_LONGEST = 64 * 1024

# Every name that a field goes by, in any case; the first one present wins.
_ALIASES: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "published": ("published", "date", "pubdate", "published_at", "publishdate"),
    "source": ("source", "publisher", "site", "sitename"),
    "author": ("author", "authors", "byline"),
    "url": ("url", "link", "canonical_url", "permalink"),
    "language": ("language", "lang"),
}


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields that the front matter gives, and the text after it.

    Where YAML is malformed (most often a title with a colon in it) its lines are read one by
    one. A block without one known field is not front matter but text between two rules, and
    stays in the text.
    """
    match = _BLOCK.match(text)
    if match is None or len(match[1]) > _LONGEST:
        return {}, text
    fields = _known(_read_yaml(match[1])) or _known(_read_lines(match[1]))
    return (fields, text[match.end() :]) if fields else ({}, text)


def _read_yaml(block: str) -> dict[str, str]:
    import yaml  # type: ignore[import-untyped, unused-ignore]

    # BaseLoader: every scalar stays the text that the file has, so that "2018-13-45" is no
    # error, "no" no boolean, and nothing is constructed.
    try:
        loaded = yaml.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    if not isinstance(loaded, dict):
        return {}
    return {str(key).lower(): _say(value) for key, value in loaded.items() if isinstance(key, str)}


def _say(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(v for v in value if isinstance(v, str))
    return ""


def _read_lines(block: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in block.split("\n"):
        if match := _LINE.fullmatch(line.rstrip()):
            found.setdefault(match[1].lower(), match[2].strip("\"'[]"))
    return found


def _known(found: dict[str, str]) -> dict[str, str]:
    fields = {
        name: next((found[a] for a in aliases if found.get(a, "").strip()), "")
        for name, aliases in _ALIASES.items()
    }
    return {name: value for name, value in fields.items() if value}
