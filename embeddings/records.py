"""The nouns of the house: what an article, a sentence, a passage and a hit are.

Every offset is a count of Unicode code points into `Article.text`, half-open, so that
``article.text[start:end]`` is the thing itself.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as a reader found it in a file, before the library gives it an id.

    `key` tells apart the articles of one file (a JSONL line's id, say); it is empty where
    a file holds one article. `published` is an ISO date, ``YYYY-MM-DD``; `published_from`
    says where the date was found (``front matter``, ``html``, ``text``, ``record``, ``document``,
    ``feed``, ``letter``). `pages` are the offsets at which the pages begin, where there are any.
    `full` is all that the file said, where that is more than the story; None where it is not known.
    """

    title: str
    text: str
    key: str = ""
    published: str | None = None
    published_from: str | None = None
    source: str | None = None
    author: str | None = None
    url: str | None = None
    language: str | None = None
    pages: tuple[int, ...] = ()
    full: str | None = None


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What a file was like when all its articles were last taken in: bytes, ns since 1970."""

    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Article:
    """An article as the library keeps it. `sha256` is the digest of what the reader found.

    `pages` are the offsets at which its pages begin, where its file has pages. `places` are the
    other files with the same text. `newer` and `older` are the ids of its other versions:
    `newer` is the one that answers in its stead.
    """

    id: str
    title: str
    text: str
    published: str | None
    source: str | None
    author: str | None
    path: str | None
    url: str | None
    language: str | None
    sha256: str
    published_from: str | None = None
    pages: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    newer: str | None = None
    older: tuple[str, ...] = ()

    def page_of(self, offset: int) -> int | None:
        """The number, from 1, of the page on which that character stands; None without pages."""
        return bisect.bisect_right(self.pages, offset) or None


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """A line of ``--list``: an article without its text, with its number of passages."""

    id: str
    title: str
    published: str | None
    source: str | None
    author: str | None
    path: str | None
    url: str | None
    passages: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's span in its article's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A window of whole sentences of one article.

    `start` is the first sentence's start and `end` the last one's end; `text` is exactly
    that slice of the article's text.
    """

    id: int
    article_id: str
    start: int
    end: int
    text: str
    title: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with each search's score and rank (1 is best; None: not found by it).

    `similarity` is the cosine of question and passage vectors; `bm25` is FTS5's, its sign
    turned so that more is better.
    """

    passage: Passage
    similarity: float | None = None
    dense_rank: int | None = None
    bm25: float | None = None
    word_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may answer. Dates are ISO, inclusive; `source` matches anywhere, any case."""

    since: str | None = None
    until: str | None = None
    source: str | None = None

    @property
    def empty(self) -> bool:
        return self.since is None and self.until is None and self.source is None

    @property
    def in_words(self) -> str:
        """Which articles those are: "only articles since 2016-03-01"; empty where all."""
        parts = [
            f"since {self.since}" * (self.since is not None),
            f"until {self.until}" * (self.until is not None),
            f"from “{self.source}”" * (self.source is not None),
        ]
        return " ".join(["only articles", *(part for part in parts if part)]) * (not self.empty)
