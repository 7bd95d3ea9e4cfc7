"""The engine: a question in, an `Answer` out; no terminal, no screen.

Models load in the background from the moment the engine is made, so that whoever types a
question has them ready by the end of it. Safe to use from several threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.errors import DatelineError, LibraryUnusable, NotFound
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
TRIES = 3


class Cancelled(DatelineError):
    """The question was cancelled while it was being answered."""


class Engine:
    """Answers questions from one library.

    `notice` is what a person must be told about where answers come from, or None;
    `answers_from_seeds` is whether that is the seeds, there being no library.
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
            self.answers_from_seeds = self._library.folder != folder
        except BaseException:
            self._pool.shutdown(wait=False, cancel_futures=True)
            raise
        self._say = say
        self._encoder_for = self._library.model
        self._encoder: Future[Encoder | None] = self._pool.submit(_load_encoder, self._library, say)
        self._opening_ms = (time.perf_counter() - started) * 1000

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

    @property
    def article_count(self) -> int:
        return self._library.count()

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
        clock = _Clock(self._opening_ms, cancelled)
        self._opening_ms = 0.0
        found = self._find(as_asked(question), clock, filters=filters, top=top, threshold=threshold)
        refusal = found.refusal
        if refusal and (filters.since or filters.until) and (left := self._library.count_undated()):
            undated = f"{left} article{'s' * (left > 1)} without a date could not be looked at"
            refusal = replace(refusal, reason=f"{refusal.reason}; {undated}")
        return Answer(
            question=question,
            asked_as=as_asked(question),
            citations=found.citations,
            confidence=round(found.confidence, 4),
            short_answer=found.short_answer,
            refusal=refusal,
            timings_ms=clock.timings(),
            notice=self.notice,
        )

    def _find(
        self,
        question: str,
        clock: _Clock,
        *,
        filters: Filters,
        top: int,
        threshold: float | None,
    ) -> _Found:
        from qa import decide, read, retrieve, short_answer

        if reason := self._cannot_ask(question, filters):
            return _Found(refusal=Refusal(reason))
        cross_encoder = self._cross_encoder.result()
        for _ in range(TRIES):
            encoder = self._current_encoder()
            clock.end("load")
            hits = retrieve.retrieve(
                self._library,
                question,
                None if encoder is None else encoder.encode_query(question),
                limit=read.RERANKED,
                filters=filters,
                model=None if encoder is None else encoder.model.id,
            )
            clock.end("retrieve")
            if not hits:
                return _Found(refusal=Refusal("nothing in them has to do with the question"))
            ranked = read.rerank(cross_encoder, question, hits)
            clock.end("rerank")
            candidates = read.read(cross_encoder, question, ranked)
            confidence = decide.confidence(candidates[0])
            refused = confidence < (decide.THRESHOLD if threshold is None else threshold)
            chosen = candidates[:NEAREST] if refused else decide.enough(candidates, most=top)
            citations = self._cite(chosen)
            clock.end("read")
            if citations is None:
                continue  # An article was changed or removed meanwhile: look again.
            if refused:
                reason = decide.why_refused(question, ranked)
                return _Found((), confidence, Refusal(reason, citations))
            return _Found(citations, confidence, None, short_answer.find(question, citations[0]))
        raise LibraryUnusable("the library keeps changing; ask again when the rebuild is done")

    def _current_encoder(self) -> Encoder | None:
        """The encoder whose vectors the library holds now; None where words must do."""
        encoder = self._encoder.result()
        model = self._library.model
        if model is not None and self._encoder_for != model:
            # Another process has changed the library's model since the last question.
            encoder = _load_encoder(self._library, self._say)
            self._encoder = Future()
            self._encoder.set_result(encoder)
            self._encoder_for = model
        return encoder

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

    def _cite(self, candidates: Sequence[Candidate]) -> tuple[Citation, ...] | None:
        """The candidates' citations; None where an article is no longer what was searched."""
        from qa.decide import sentence_score

        citations = []
        for number, candidate in enumerate(candidates, 1):
            start, end = candidate.span.start, candidate.span.end
            try:
                article = self._library.article(candidate.article_id)
            except NotFound:
                return None
            if article.text[start:end] != candidate.text:
                return None
            score = round(sentence_score(candidate), 4)
            citations.append(cite(article, start, end, number=number, score=score))
        return tuple(citations)


def as_asked(question: str) -> str:
    """The question on one line, without what no tokenizer or terminal could take."""
    whole = question.encode("utf-8", "replace").decode().replace("\0", " ")
    return " ".join(whole.split())


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of a question, before it becomes an `Answer`."""

    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    refusal: Refusal | None = None
    short_answer: str | None = None


class _Clock:
    """Where a question's time went; between stages, whether it is still wanted."""

    def __init__(self, opening_ms: float, cancelled: Callable[[], bool]) -> None:
        self._spent = {"load": opening_ms, "retrieve": 0.0, "rerank": 0.0, "read": 0.0}
        self._cancelled = cancelled
        self._since = time.perf_counter()

    def end(self, stage: str) -> None:
        """The stage ends now. Raises `Cancelled` where nobody waits for the answer."""
        now = time.perf_counter()
        self._spent[stage] += (now - self._since) * 1000
        self._since = now
        if self._cancelled():
            raise Cancelled("the question was cancelled")

    def timings(self) -> dict[str, float]:
        """Milliseconds by stage, and their total."""
        spent = {stage: round(spent_ms, 1) for stage, spent_ms in self._spent.items()}
        return {**spent, "total": round(sum(self._spent.values()), 1)}


def _load_cross_encoder() -> CrossEncoder:
    from embeddings.cross_encoder import CrossEncoder

    return CrossEncoder()


def _load_encoder(library: Library, say: Callable[[str], None]) -> Encoder | None:
    """The encoder of the library's vectors; None, said to the person, where it is not to be had."""
    name, model = library.model_name, library.model
    if name is None:
        return None
    from embeddings.encoder import Encoder
    from embeddings.models import DEFAULT_PRECISION, find_model

    found = find_model(name, precision=library.model_precision or DEFAULT_PRECISION, say=say)
    if found.id != model:
        say(
            f"the library was embedded with {model}, which is now {found.id}: searching by words "
            "alone until dateline --rebuild has embedded it again"
        )
        return None
    return Encoder(found)
