"""What an answer is: verbatim sentences, each cited, or a refusal that shows the nearest.

`cite` is the only maker of citations, and it checks the first law: a citation's text is
exactly its slice of the article's stored text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from embeddings.errors import DatelineError
from embeddings.records import Article

CONTRACT_VERSION = 1


class NotVerbatim(DatelineError):
    """A citation was asked for that is not a slice of its article: a fault of ours."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence of an article. ``article.text[start:end] == text``, always.

    Made by `cite` alone. `score` is a probability, 0 to 1, that the sentence answers.
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


def cite(article: Article, start: int, end: int, *, number: int, score: float) -> Citation:
    """The citation of ``article.text[start:end]``.

    Raises `NotVerbatim` where the span is empty or not inside the text.
    """
    if not 0 <= start < end <= len(article.text):
        raise NotVerbatim(
            f"article {article.id} has no characters {start} to {end}; "
            "run dateline --doctor, and report this"
        )
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
        text=article.text[start:end],
        score=score,
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was answered, and the nearest sentences, which are not answers."""

    reason: str
    nearest: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one question. `answered` is false exactly where `refusal` is set.

    `short_answer` is a slice of the first citation's text, or None. `confidence` is the
    calibrated probability, 0 to 1, that the articles answer the question. `timings_ms`
    has ``load``, ``retrieve``, ``rerank``, ``read`` and ``total``. `notice` is something
    the person must know about where the answer came from (the seeds, say), or None.
    """

    question: str
    asked_as: str
    citations: tuple[Citation, ...]
    confidence: float
    short_answer: str | None = None
    refusal: Refusal | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    notice: str | None = None

    @property
    def answered(self) -> bool:
        return self.refusal is None

    @property
    def text(self) -> str:
        """The cited sentences in order, each followed by its mark: ``… . [1] … . [2]``."""
        return " ".join(f"{' '.join(c.text.split())} [{c.number}]" for c in self.citations)
