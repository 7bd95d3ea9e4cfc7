"""What stands above a story in its text: date, headline, byline, source, address.

A pasted article begins with lines that are about the story and not of it. Those that are
recognised become fields and leave the text; captions stay, and so does anything doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from embeddings.readers.cleaning import has_words
from embeddings.readers.dateline import read_dateline, read_place_and_day_line
from embeddings.readers.day_line import read_day_line
from embeddings.readers.headline import (
    TITLE_CHARS,
    breaks_into_sentences,
    is_caption,
    may_be_sentence,
    measure_headline,
)
from embeddings.readers.metadata import parse_date

_HEAD_LINES = 10
# No longer line is about the story; it may be all of it.
_LONGEST_LINE = 5_000

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
_BYLINE = re.compile(
    r"(?:(?:[Ww]ritten|[Pp]osted|[Rr]eported|[Ss]tory) )?(?:[Bb]y|BY)\s*:?\s+(\S.*)"
)
_NAME = re.compile(
    r"[^\W\d_a-z][\w.'’\-]*"
    r"(?: (?:[^\W\d_a-z][\w.'’\-]*|de|da|di|del|der|den|van|von|la|le|al|el|bin|ibn|y)){1,4}"
)
# "By Ann Lee | June 3, 2021", "By Ann Lee, June 3, 2021", "By Ann Lee on June 3, 2021".
_BEFORE_DAY = re.compile(r",? [|·•–—-] ?|, | on (?=\S)|\s*\(")
_BETWEEN_NAMES = re.compile(r",? (?:and|AND) |, | & ")


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
    opening = read_dateline(story)
    if opening.agency:
        head.found.setdefault("source", opening.agency)
    # A date of publication that is there and not certain is not the update's day either.
    if day := opening.day or ("" if head.is_day_unsure else head.updated):
        head.found.setdefault("published", day)
    return TopMatter(story, **head.found)


def is_field_line(line: str) -> bool:
    """Whether a whole line is a date, a byline, an agency or a labelled field."""
    return bool(_read_fields(" ".join(line.split())))


class _Head:
    """One reading of the lines at the top, down to the first that is of the story."""

    def __init__(
        self, lines: list[str], given: Mapping[str, str], repeated: Collection[str]
    ) -> None:
        self.found: dict[str, str] = {}
        self.updated = ""
        self.is_day_unsure = False  # A line says when it was published, in no certain way.
        self._lines = lines
        self._given = given
        self._taken: set[int] = set()
        self._kept: set[int] = set()  # Lines read that may be of the story as well.
        at = 0
        for _ in range(_HEAD_LINES):
            while at < len(lines) and not lines[at].strip():
                at += 1
            if at == len(lines) or len(lines[at]) > _LONGEST_LINE:
                return
            line = self._line(at)
            caption = is_caption(line) or line in repeated
            if self._is_bare_byline(at):
                line = f"By {line}"
            if self._take_fields(line):
                count = 1
            elif caption:
                count = 0
            else:
                count = self._take_place_and_day(at) or self._take_headline(at)
            if not count and not caption:
                return
            self._taken.update(range(at, at + count))
            at += count or 1

    def story(self) -> str:
        gone = self._taken - self._kept
        kept = "\n".join(line for i, line in enumerate(self._lines) if i not in gone)
        return re.sub(r"\n{3,}", "\n\n", kept).strip("\n")

    def _line(self, at: int) -> str:
        return " ".join(self._lines[at][:_LONGEST_LINE].split()) if at < len(self._lines) else ""

    def _is_bare_byline(self, at: int) -> bool:
        """Whether this line is "Jane Doe", and "Associated Press" stands under it."""
        line = self._line(at)
        return bool(_read_agency(self._line(at + 1)) and "," not in line and _read_byline(line))

    def _is_matter(self, at: int) -> bool:
        line = self._line(at)
        return bool(
            line and (_read_fields(line) or read_dateline(line).agency or self._is_bare_byline(at))
        )

    def _is_dated_first_line(self, at: int) -> bool:
        """Whether the date stands under this line, as it does under a headline, cut ones too."""
        line = self._line(at)
        below = next((i for i in range(at + 1, at + 3) if self._line(i)), at)
        return bool(
            not self._kept
            and len(line) <= 2 * TITLE_CHARS
            and (line.endswith(("...", "…")) or not line.endswith((".", ",", ":", ";")))
            and not read_place_and_day_line(line)
            and below > at
            and read_day_line(self._line(below))
            and has_words("".join(self._lines[below + 1 :]))
        )

    def _take_fields(self, line: str) -> bool:
        fields = _read_fields(line)
        if not fields:
            return False
        for name, value in fields.items():
            # A second date is of an update, and as little of the story as the first.
            already = self._given.get(name) or (name != "published" and self.found.get(name))
            if value and already and already.casefold() != value.casefold():
                return False
        for name, value in fields.items():
            if name == "updated":
                self.updated = self.updated or value
            elif value:
                self.found.setdefault(name, value)
            else:
                self.is_day_unsure = True
        return True

    def _take_place_and_day(self, at: int) -> int:
        """Reads "CAPE DORRAN, 17 January 2020", which is no headline; the line stays.

        Under a headline "Cape Dorran, 17 January 2020" cannot be one either.
        """
        has_headline = bool(self._given.get("title") or self.found.get("title"))
        if day := read_place_and_day_line(self._line(at), in_capitals=not has_headline):
            self.found.setdefault("published", day)
            self._kept.add(at)
            return 1
        return 0

    def _take_headline(self, at: int) -> int:
        title = self._given.get("title") or self.found.get("title")
        if title:
            return int(self._line(at).casefold() == " ".join(title.split()).casefold())
        count = measure_headline(self._lines, at)
        if not count and self._is_matter(at + 1):
            # Its byline or date on the very next line: read on as if a blank line lay between.
            below = self._lines[at + 1 : at + 1 + _HEAD_LINES]
            count = measure_headline([self._lines[at], "", *below], 0)
        uncertain = not count and self._is_dated_first_line(at)
        if uncertain:
            count = 1
        if count:
            self.found["title"] = " ".join(" ".join(self._lines[at : at + count]).split())
            if uncertain or may_be_sentence(self.found["title"]):
                self._kept.update(range(at, at + count))
        return count


def _read_fields(line: str) -> dict[str, str]:
    """The fields that a whole line gives; empty where it is anything else.

    A day that is not certain is "published" with nothing said; that of an update is "updated".
    """
    if when := read_day_line(line):
        return {"updated" if when.is_update else "published": when.day or ""}
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
    for gap in _BEFORE_DAY.finditer(rest) if len(rest) <= 3 * TITLE_CHARS else ():
        if (when := read_day_line(rest[gap.end() :])) and (
            fields := _read_byline(rest[: gap.start()])
        ):
            return fields | {"updated" if when.is_update else "published": when.day or ""}
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
