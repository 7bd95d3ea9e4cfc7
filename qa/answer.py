"""What an answer is: verbatim sentences, each cited, or a refusal that shows the nearest.

`cite` is the only maker of citations, and it checks the first law: a citation's text is
exactly its slice of the article's stored text. `cite_gone` tells of an old session's citation
whose sentence is there no more, and marks it so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from embeddings.errors import DatelineError
from embeddings.records import Article

CONTRACT_VERSION = 1
# How the reason ends where it was not clear what is meant, so that nothing was searched.
IN_FULL = "ask in full"


# A bracket around a number in any script, whatever invisible or blank is put between.
_MARK = re.compile(r"\[(?=[^\w\[\]]{0,16}\d[\d\W]{0,32}?\])")


def forged_marks(text: str) -> list[int]:
    """Where in a text that is not ours a bracket begins what looks like a citation's mark."""
    return [found.start() for found in _MARK.finditer(text)] if "[" in text else []


def without_marks(text: str) -> str:
    """The text with ``\\[`` where a citation's mark would seem to begin: those are ours alone."""
    return _MARK.sub(r"\\[", text) if "[" in text else text


class NotVerbatim(DatelineError):
    """A citation was asked for that is not a slice of its article: a fault of ours."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of an article's stored text: ``article.text[start:end] == text``, always."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence of an article. ``article.text[start:end] == text``, always.

    Made by `cite` alone, or, where `gone`, by `cite_gone`. `score` is a probability, 0 to 1,
    that the sentence answers. `short_answer` is the part of it that answers by itself, where
    one was found. `speaker` is who says it, from a neighbouring sentence, where the sentence is
    speech. `same_as` is the number of an earlier citation, of another article, that says the
    same. `gone` is true only of an old session's citation whose article has since been removed
    or changed, so that the sentence no longer stands there. `page` is the page on which the
    sentence begins, from 1, where its file has pages.
    """

    number: int
    article_id: str
    title: str
    published: str | None
    source: str | None
    path: str | None
    url: str | None
    start: int
    end: int
    text: str
    score: float
    short_answer: Slice | None = None
    speaker: Slice | None = None
    same_as: int | None = None
    gone: bool = False
    page: int | None = None


def cite(
    article: Article,
    start: int,
    end: int,
    *,
    number: int,
    score: float,
    short_answer: tuple[int, int] | None = None,
    speaker: tuple[int, int] | None = None,
    same_as: int | None = None,
) -> Citation:
    """The citation of ``article.text[start:end]``; spans count the article's characters.

    Raises `NotVerbatim` where a span is empty or not inside the text, or the short answer is
    not inside the sentence.
    """
    if short_answer is not None and not start <= short_answer[0] < short_answer[1] <= end:
        raise NotVerbatim(f"article {article.id}: a short answer outside its sentence; report this")
    return Citation(
        number=number,
        article_id=article.id,
        title=article.title,
        published=article.published,
        source=article.source,
        path=article.path,
        url=article.url,
        start=start,
        end=end,
        text=_slice(article, (start, end)).text,
        score=score,
        short_answer=short_answer and _slice(article, short_answer),
        speaker=speaker and _slice(article, speaker),
        same_as=same_as,
        page=article.page_of(start),
    )


def cite_gone(
    *,
    number: int,
    article_id: str,
    title: str,
    published: str | None,
    source: str | None,
    path: str | None,
    url: str | None,
    start: int,
    end: int,
    text: str,
    score: float,
    short_answer: Slice | None,
    speaker: Slice | None,
    same_as: int | None,
    page: int | None,
) -> Citation:
    """A kept citation that no stored article bears out any more, marked `gone`.

    The one `Citation` that is not checked against a text: it says what once stood there.
    """
    return Citation(
        number=number,
        article_id=article_id,
        title=title,
        published=published,
        source=source,
        path=path,
        url=url,
        start=start,
        end=end,
        text=text,
        score=score,
        short_answer=short_answer,
        speaker=speaker,
        same_as=same_as,
        gone=True,
        page=page,
    )


def _slice(article: Article, span: tuple[int, int]) -> Slice:
    start, end = span
    if not 0 <= start < end <= len(article.text):
        raise NotVerbatim(
            f"article {article.id} has no characters {start} to {end}; "
            "run dateline --doctor, and report this"
        )
    return Slice(start, end, article.text[start:end])


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was answered, and the nearest sentences, which are not answers."""

    reason: str
    nearest: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things an unclear follow-up may mean: what it is called, and the question."""

    label: str
    question: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one question. `answered` is false exactly where `refusal` is set.

    `short_answer` is a slice of the first citation's text, or None. `confidence` is the
    calibrated probability, 0 to 1, that the articles answer the question; 1 where any further
    sentence, or any that names something, is what was asked for. `timings_ms`
    has ``load``, ``retrieve``, ``rerank`` (nought since one model does both), ``read`` and
    ``total``. `differing` are the numbers of the citations whose answers differ from one
    another. `scope` says in words what of the articles was searched: by the filters
    given, and by the question's own words about time; or what is known of the articles that
    the question pointed back at.
    `notice` is something the person must know about where the answer came from (the seeds,
    say). Both are None where there is nothing to say. `choices` are what a question that is
    refused may mean: one that is unclear, for which nothing was searched, or one with a slip of
    the pen.
    """

    question: str
    asked_as: str
    citations: tuple[Citation, ...]
    confidence: float
    short_answer: str | None = None
    refusal: Refusal | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    notice: str | None = None
    differing: tuple[int, ...] = ()
    scope: str | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def answered(self) -> bool:
        return self.refusal is None

    @property
    def is_unclear(self) -> bool:
        """Whether one of the `choices` must be taken before anything is searched."""
        return bool(self.choices) and not (self.refusal and self.refusal.nearest)

    @property
    def told(self) -> tuple[Citation, ...]:
        """The citations that say something of their own, without those that agree with one."""
        return tuple(c for c in self.citations if c.same_as is None)

    def agreeing(self, number: int) -> tuple[int, ...]:
        """The numbers of the citations that say the same as that one."""
        return tuple(c.number for c in self.citations if c.same_as == number)

    def marks(self, number: int) -> str:
        """A citation's mark, with those that agree: ``[1] (also in [3] [4])``."""
        also = " ".join(f"[{other}]" for other in self.agreeing(number))
        return f"[{number}] (also in {also})" if also else f"[{number}]"

    @property
    def text(self) -> str:
        """The sentences in order, each with its mark: ``… . [1] (also in [3]) … . [2]``.

        What looks like a mark in a sentence is written ``\\[1]``.
        """
        return " ".join(
            f"{without_marks(' '.join(c.text.split()))} {self.marks(c.number)}" for c in self.told
        )
