"""What stands above a story in its text: date, headline, byline, source, address.

A pasted article begins with lines that are about the story and not of it. Those that are
recognised become fields and leave the text; captions stay, and so does anything doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from embeddings.readers.cleaning import has_words
from embeddings.readers.headline import (
    TITLE_CHARS,
    breaks_into_sentences,
    is_caption,
    may_be_sentence,
    measure_headline,
)
from embeddings.readers.metadata import parse_date

_HEAD_LINES = 10
_DATELINE_LINES = 4

_AGENCIES = frozenset(
    {"Reuters", "AP", "AFP", "UPI", "CNN", "CNN Business", "BBC", "BBC News", "NPR", "DPA"}
    | {"Bloomberg", "TASS", "Xinhua", "The Associated Press", "Associated Press"}
    | {"Agence France-Presse", "CNBC", "ANSA", "EFE", "PTI", "Kyodo", "Yonhap", "USA TODAY"}
)
_LABEL = re.compile(
    r"(title|headline|date|published|author|byline|source|publisher|url|link)\s*:\s*(\S.*)",
    re.IGNORECASE,
)
_FIELDS = {
    "headline": "title",
    "date": "published",
    "byline": "author",
    "publisher": "source",
    "link": "url",
}
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_BYLINE = re.compile(r"(?:[Ww]ritten )?(?:[Bb]y|BY)\s*:?\s+(\S.*)")
_NAME = re.compile(
    r"[^\W\d_a-z][\w.'’\-]*"
    r"(?: (?:[^\W\d_a-z][\w.'’\-]*|de|da|di|del|der|den|van|von|la|le|al|el|bin|ibn|y)){1,4}"
)
_BETWEEN_NAMES = re.compile(r",? (?:and|AND) |, | & ")
# "LONDON (Reuters) -", "WASHINGTON, Nov 12 (AP) —"...
_DATELINE = re.compile(
    r"[^\W\d_a-z][\w.'’ /-]{1,40}(?:, [\w.'’ ]{2,30}){0,3},? "
    r"\(([A-Z][\w .&-]{1,30})\)\s*(?:-{1,2}|–|—)\s"
)
# ...and "Hong Kong CNN —", "(CNN) —", "CNN —".
_AGENCY_OPENING = re.compile(
    r"(?:[^\W\d_a-z][\w., ]{1,40} )?\(?(CNN|CNN Business|AP|AFP|UPI|Reuters)\)?\s*[–—](?:\s|$)"
)


@dataclass(frozen=True, slots=True)
class TopMatter:
    """The fields found above a story, and the story's text without them."""

    text: str
    title: str | None = None
    published: str | None = None
    author: str | None = None
    source: str | None = None
    url: str | None = None


def read_top_matter(
    text: str,
    known: Mapping[str, str | None] | None = None,
    repeated: Collection[str] = (),
) -> TopMatter:
    """Reads the lines above the story of a clean text.

    `known` are fields that the file gives elsewhere: a line is taken for one of them only
    when it says the same. `repeated` are lines that the file said twice over: captions, if
    there is another headline.
    """
    given = {name: value for name, value in (known or {}).items() if value}
    head = _Head(text.split("\n"), given, repeated)
    if "title" not in given and "title" not in head.found and repeated:
        head = _Head(text.split("\n"), given, ())
    story = head.story()
    if not has_words(story):
        head.found.pop("title", None)
        story = text
    if "source" not in head.found and (agency := read_dateline(story)):
        head.found["source"] = agency
    return TopMatter(story, **head.found)


def read_dateline(text: str) -> str | None:
    """The agency that the story's first lines name: "LONDON (Reuters) - " is Reuters."""
    for line in text.split("\n", _DATELINE_LINES)[:_DATELINE_LINES]:
        if match := _DATELINE.match(line) or _AGENCY_OPENING.match(line):
            return match[1]
    return None


class _Head:
    """One reading of the lines at the top, down to the first that is of the story."""

    def __init__(
        self, lines: list[str], given: Mapping[str, str], repeated: Collection[str]
    ) -> None:
        self.found: dict[str, str] = {}
        self._lines = lines
        self._given = given
        self._taken: set[int] = set()
        self._kept: set[int] = set()  # Lines read as a headline that may be a sentence.
        at = 0
        for _ in range(_HEAD_LINES):
            while at < len(lines) and not lines[at].strip():
                at += 1
            if at == len(lines):
                return
            line = self._line(at)
            caption = is_caption(line) or line in repeated
            if self._is_bare_byline(at):
                line = f"By {line}"
            count = 1 if self._take_fields(line) else 0 if caption else self._take_headline(at)
            if not count and not caption:
                return
            self._taken.update(range(at, at + count))
            at += count or 1

    def story(self) -> str:
        gone = self._taken - self._kept
        kept = "\n".join(line for i, line in enumerate(self._lines) if i not in gone)
        return re.sub(r"\n{3,}", "\n\n", kept).strip("\n")

    def _line(self, at: int) -> str:
        return " ".join(self._lines[at].split()) if at < len(self._lines) else ""

    def _is_bare_byline(self, at: int) -> bool:
        """Whether this line is "Jane Doe", and "Associated Press" stands under it."""
        line = self._line(at)
        return bool(_read_agency(self._line(at + 1)) and "," not in line and _read_byline(line))

    def _is_matter(self, at: int) -> bool:
        line = self._line(at)
        return bool(
            line and (_read_fields(line) or read_dateline(line) or self._is_bare_byline(at))
        )

    def _take_fields(self, line: str) -> bool:
        fields = _read_fields(line)
        if not fields:
            return False
        for name, value in fields.items():
            # A second date is of an update, and as little of the story as the first.
            already = self._given.get(name) or (name != "published" and self.found.get(name))
            if already and already.casefold() != value.casefold():
                return False
        for name, value in fields.items():
            self.found.setdefault(name, value)
        return True

    def _take_headline(self, at: int) -> int:
        title = self._given.get("title") or self.found.get("title")
        if title:
            return int(self._line(at).casefold() == " ".join(title.split()).casefold())
        count = measure_headline(self._lines, at)
        if not count and self._is_matter(at + 1):
            # Its byline or date on the very next line: read on as if a blank line lay between.
            below = self._lines[at + 1 : at + 1 + _HEAD_LINES]
            count = measure_headline([self._lines[at], "", *below], 0)
        if count:
            self.found["title"] = " ".join(" ".join(self._lines[at : at + count]).split())
            if may_be_sentence(self.found["title"]):
                self._kept.update(range(at, at + count))
        return count


def _read_fields(line: str) -> dict[str, str]:
    """The fields that a whole line gives; empty where it is anything else."""
    if day := parse_date(line):
        return {"published": day}
    if _URL.fullmatch(line):
        return {"url": line}
    if agency := _read_agency(line):
        return {"source": agency}
    if match := _LABEL.fullmatch(line):
        return _read_label(_FIELDS.get(match[1].lower(), match[1].lower()), match[2])
    match = _BYLINE.fullmatch(line)
    fields = _read_byline(match[1] if match else line)
    # Without "By", only "Jane Doe, Associated Press" is plainly a byline.
    return fields if match or fields.get("source") in _AGENCIES else {}


def _read_agency(line: str) -> str:
    name = line.rstrip(" -–—")
    return name if name in _AGENCIES else ""


def _read_label(name: str, value: str) -> dict[str, str]:
    if name == "published":
        day = parse_date(value)
        return {name: day} if day else {}
    if name == "url":
        return {name: value} if _URL.fullmatch(value) else {}
    if name != "title" and (len(value) > TITLE_CHARS or breaks_into_sentences(value)):
        return {}
    return {name: value}


def _read_byline(rest: str) -> dict[str, str]:
    """The author that "By ..." names, and the agency after a comma or bar; empty for prose."""
    author, source = rest.rstrip(","), ""
    for mark in (" | ", ", ", " ("):
        before, found, after = author.rpartition(mark)
        if found and (after.rstrip(")") in _AGENCIES or after.startswith("The ")):
            author, source = before, after.rstrip(")")
    if author in _AGENCIES:
        return {"source": author}
    if len(author) > 2 * TITLE_CHARS:
        return {}
    if not all(_NAME.fullmatch(name) for name in _BETWEEN_NAMES.split(author)):
        return {}
    return {"author": author, "source": source} if source else {"author": author}
