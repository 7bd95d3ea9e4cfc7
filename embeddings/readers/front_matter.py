"""The block of fields that a Markdown file may open with, as YAML or what passes for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_BLOCK = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LINE = re.compile(r"([A-Za-z][\w -]*?)\s*:\s+(.*\S)")
_MARKS = "\"'[]"
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


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields that a file opens with, and the body after them.

    `doubtful_title` is one that lost its end ("title: [One"): better than none, and worse
    than the body's own heading.
    """

    body: str
    fields: dict[str, str] = field(default_factory=dict)
    doubtful_title: str = ""


def split_front_matter(text: str) -> FrontMatter:
    """The fields that the front matter gives, and the text after it.

    Where YAML is malformed (most often a title with a colon in it) its lines are read one by
    one. A block without one known field is not front matter but text between two rules, and
    stays in the text.
    """
    match = _BLOCK.match(text)
    if match is None or len(match[1]) > _LONGEST:
        return FrontMatter(text)
    body = text[match.end() :]
    if fields := _known(_read_yaml(match[1])):
        return FrontMatter(body, fields)
    fields = _known(_read_lines(match[1]))
    if not fields:
        return FrontMatter(text)
    doubtful = ""
    if _is_unclosed(fields.get("title", "")):
        doubtful = fields.pop("title")
    return FrontMatter(
        body,
        {name: value.strip(_MARKS) for name, value in fields.items()},
        doubtful.strip(_MARKS),
    )


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
            found.setdefault(match[1].lower(), match[2])
    return found


def _is_unclosed(value: str) -> bool:
    """Whether a value opens a bracket, a brace or a quote that its line never closes."""
    closer = {"[": "]", "{": "}", '"': '"', "'": "'"}.get(value[:1])
    return closer is not None and closer not in value[1:]


def _known(found: dict[str, str]) -> dict[str, str]:
    fields = {
        name: next((found[a] for a in aliases if found.get(a, "").strip()), "")
        for name, aliases in _ALIASES.items()
    }
    return {name: value for name, value in fields.items() if value}
