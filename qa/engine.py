"""The engine: a question in, an `Answer` out; no terminal, no screen.

Models load in the background from the moment the engine is made, so that whoever types a
question has them ready by the end of it. Safe to use from several threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.errors import DatelineError
from embeddings.records import Article, ArticleSummary, Filters
from qa.answer import Answer, Citation, Refusal, cite

if TYPE_CHECKING:
    from embeddings.cross_encoder import CrossEncoder
    from embeddings.encoder import Encoder
    from embeddings.library import Library, LibraryStatus
    from qa.read import Candidate

DEFAULT_TOP = 3
NEAREST = 3
MOST_QUESTION_CHARACTERS = 2000
# A further sentence is cited where it is at least this likely to answer, compared with the best.
FURTHER_SHARE = 0.5


class Cancelled(DatelineError):
    """The question was cancelled while it was being answered."""


class Engine:
    """Answers questions from one library.

    `notice` is what a person must be told about where answers come from (the seeds), or None.
    """

    def __init__(self, folder: Path, *, say: Callable[[str], None] = lambda line: None) -> None:
        """Open the library in `folder`, or the seeds where none was ever built.

        `say` is told of work that takes more than a moment. Raises `LibraryUnusable` or
        `ModelUnavailable`.
        """
        started = time.perf_counter()
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="models")
        self._cross_encoder: Future[CrossEncoder] = self._pool.submit(_load_cross_encoder)
        try:
            from qa.opening import open_library

            self._library, self.notice = open_library(folder, say=say)
        except BaseException:
            self._pool.shutdown(wait=False, cancel_futures=True)
            raise
        self._encoder: Future[Encoder | None] = self._pool.submit(_load_encoder, self._library, say)
        self._load_ms = (time.perf_counter() - started) * 1000

    def close(self) -> None:
        """Let go of the library; a model still loading is left to finish alone."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._library.close()

    def warm(self) -> None:
        """Wait until the models are loaded. Raises `ModelUnavailable`."""
        self._cross_encoder.result()
        self._encoder.result()

    @property
    def library(self) -> Library:
        return self._library

    def article(self, article_id: str) -> Article:
        """The stored article. Raises `NotFound`."""
        return self._library.article(article_id)

    def articles(self) -> Sequence[ArticleSummary]:
        """Every article, newest first."""
        return self._library.articles()

    def status(self) -> LibraryStatus:
        return self._library.status()

    def ask(
        self,
        question: str,
        *,
        filters: Filters = Filters(),
        top: int = DEFAULT_TOP,
        threshold: float | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Answer:
        """The answer, or a refusal, which is an `Answer` too.

        At most `top` sentences are cited. `cancelled` is looked at between the stages;
        where it says yes, `Cancelled` is raised.
        """
        from qa import decide, read, retrieve

        begun = time.perf_counter()
        timings = {"load": self._load_ms, "retrieve": 0.0, "rerank": 0.0, "read": 0.0}
        self._load_ms = 0.0
        asked_as = " ".join(question.split())

        def stop(stage: str, since: float) -> float:
            now = time.perf_counter()
            timings[stage] += (now - since) * 1000
            if cancelled():
                raise Cancelled("the question was cancelled")
            return now

        def answer(
            citations: Sequence[Citation] = (),
            confidence: float = 0.0,
            refusal: Refusal | None = None,
            short_answer: str | None = None,
        ) -> Answer:
            first_load = timings["load"] if timings["load"] > 0 else 0.0
            spent = (time.perf_counter() - begun) * 1000
            timings["total"] = spent + min(first_load, self_load)
            return Answer(
                question=question,
                asked_as=asked_as,
                citations=tuple(citations),
                confidence=round(confidence, 4),
                short_answer=short_answer,
                refusal=refusal,
                timings_ms={name: round(spent_ms, 1) for name, spent_ms in timings.items()},
                notice=self.notice,
            )

        self_load = timings["load"]
        if refusal := self._cannot_ask(asked_as, filters):
            return answer(refusal=Refusal(refusal))

        encoder, cross_encoder = self._encoder.result(), self._cross_encoder.result()
        at = stop("load", begun)
        vector = None if encoder is None else encoder.encode_query(asked_as)
        hits = retrieve.retrieve(
            self._library, asked_as, vector, limit=read.RERANKED, filters=filters
        )
        at = stop("retrieve", at)
        if not hits:
            return answer(refusal=Refusal("nothing in the articles has to do with the question"))
        ranked = read.rerank(cross_encoder, asked_as, hits)
        at = stop("rerank", at)
        candidates = read.read(cross_encoder, asked_as, ranked)
        confidence = decide.confidence(decide.evidence(asked_as, ranked, candidates))
        at = stop("read", at)
        if confidence < (decide.THRESHOLD if threshold is None else threshold):
            nearest = self._cite(candidates[:NEAREST])
            return answer(
                confidence=confidence,
                refusal=Refusal(_why_not(asked_as, ranked), tuple(nearest)),
            )
        best = decide.sentence_score(candidates[0])
        chosen = [candidates[0]] + [
            candidate
            for candidate in candidates[1:top]
            if decide.sentence_score(candidate) >= FURTHER_SHARE * best
        ]
        return answer(self._cite(chosen), confidence)

    def _cannot_ask(self, question: str, filters: Filters) -> str | None:
        """Why a question cannot even be looked up, in words, or None."""
        if not question:
            return "the question is empty"
        if not any(character.isalnum() for character in question):
            return "there is no word in the question"
        if len(question) > MOST_QUESTION_CHARACTERS:
            return (
                f"the question is longer than {MOST_QUESTION_CHARACTERS} characters; "
                "ask it in fewer words"
            )
        if self._library.count() == 0:
            return "the library is empty; add articles with --rebuild PATH"
        if not filters.empty and not len(self._library.allowed(filters)):
            return "no article is within the dates and source asked for; loosen them"
        return None

    def _cite(self, candidates: Sequence[Candidate]) -> list[Citation]:
        from qa import decide

        return [
            cite(
                self._library.article(candidate.article_id),
                candidate.span.start,
                candidate.span.end,
                number=number,
                score=round(decide.sentence_score(candidate), 4),
            )
            for number, candidate in enumerate(candidates, 1)
        ]


def _why_not(question: str, ranked: Sequence[object]) -> str:
    del question, ranked
    return "the articles do not answer this"


def _load_cross_encoder() -> CrossEncoder:
    from embeddings.cross_encoder import CrossEncoder

    return CrossEncoder()


def _load_encoder(library: Library, say: Callable[[str], None]) -> Encoder | None:
    name = library.model_name
    if name is None:
        return None
    from embeddings.encoder import Encoder
    from embeddings.models import find_model

    return Encoder(find_model(name, precision=library.model_precision or "int8", say=say))
