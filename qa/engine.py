"""The engine: a question in, an `Answer` out; no terminal, no screen.

Models load in the background from the moment the engine is made, so that whoever types a
question has them ready by the end of it. Safe to use from several threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from embeddings.errors import DatelineError, LibraryUnusable, NotFound
from embeddings.places import Place
from embeddings.records import Article, ArticleSummary, Filters
from qa.answer import Answer, Choice, Citation, Refusal
from qa.stages import Stage
from qa.timeline import Timeline

if TYPE_CHECKING:
    from embeddings.encoder import Encoder
    from embeddings.library import Library, LibraryStatus
    from qa.reader import Reader

DEFAULT_TOP = 3
NEAREST = 3
# What a sentence gains where its article is under discussion, beside scores of -20 to 10: enough
# between sentences that answer alike, not enough to hide one that answers.
PREFERRED_BONUS = 0.7
MOST_TITLES = 3
MOST_QUESTION_CHARACTERS = 2000
TRIES = 3


class Cancelled(DatelineError):
    """The question was cancelled while it was being answered."""


class CannotAsk(DatelineError):
    """What was given is no question that can be looked up, whatever the articles say."""


class Engine:
    """Answers questions from one library.

    `notice` is what a person must be told about where answers come from, or None;
    `answers_from_seeds` is whether that is the seeds, there being no library.
    """

    def __init__(
        self,
        folder: Place,
        *,
        say: Callable[[str], None] = lambda line: None,
        timeline: Timeline | None = None,
    ) -> None:
        """Open the library in `folder`, or the seeds where none was ever built.

        `say` is told of work that takes more than a moment; `timeline` keeps each stage.
        Raises `LibraryUnusable` or `ModelUnavailable`.
        """
        started = time.perf_counter()
        self._timeline = timeline or Timeline()
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="models")
        # First, and alone: threads that import only take turns, and loading needs none of them.
        from qa.reader import Reader

        self._timeline.add("import onnxruntime", started, time.perf_counter())
        self._reader: Future[Reader] = self._pool.submit(_load_reader, Reader, self._timeline)
        try:
            from qa.opening import open_library

            self._library, self.notice = open_library(folder, say=say)
            self.answers_from_seeds = self._library.folder != folder
            try:
                self._encoder_for = self._library.model
            except BaseException:
                self._library.close()
                raise
        except BaseException:
            self._pool.shutdown(wait=False, cancel_futures=True)
            raise
        self._say = say
        opened = time.perf_counter()
        self._timeline.add("open library", started, opened)
        self._encoder: Future[Encoder | None] = self._pool.submit(
            _load_encoder, self._library, say, self._timeline
        )
        # Its threads end when both are loaded.
        self._pool.shutdown(wait=False)
        self._opening_ms = (opened - started) * 1000

    def close(self) -> None:
        """Let go of the library; a model still loading is left to finish alone."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._library.close()

    def warm(self) -> None:
        """Wait until the models are loaded. Raises `ModelUnavailable`."""
        self._reader.result()
        self._encoder.result()

    @property
    def is_warm(self) -> bool:
        """Whether the models are loaded, so that a question need not wait for them."""
        return self._reader.done() and self._encoder.done()

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
        context: str = "",
        preferred: Sequence[str] = (),
        watch: Callable[[Stage], None] = lambda stage: None,
    ) -> Answer:
        """The answer, or a refusal, which is an `Answer` too.

        At most `top` sentences are cited. `context` is what was said before, searched beside
        the question; `preferred` are the ids of articles under discussion, which count a little
        more. `cancelled` is looked at between the stages;
        where it says yes, `Cancelled` is raised. `watch` is told how far the question has come.
        Raises `CannotAsk` where it is no question (`check_question`).
        """
        check_question(question)
        clock = _Clock(self._opening_ms, cancelled, self._timeline)
        self._opening_ms = 0.0
        found = self._find(
            as_asked(question),
            clock,
            filters=filters,
            top=top,
            threshold=threshold,
            context=as_asked(context),
            preferred=preferred,
            watch=watch,
        )
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
            differing=found.differing,
            # An answer is kept and exported: one from a part of the articles must say so.
            scope="; ".join(filter(None, (filters.in_words, found.scope))) or None,
            choices=found.choices,
        )

    def _find(
        self,
        question: str,
        clock: _Clock,
        *,
        filters: Filters,
        top: int,
        threshold: float | None,
        context: str,
        preferred: Sequence[str],
        watch: Callable[[Stage], None],
    ) -> _Found:
        from qa import compose, dates, decide, read, retrieve

        if reason := self._nothing_to_ask(filters):
            return _Found(refusal=Refusal(reason))
        question = read.as_question(question)
        dated = dates.look(self._library, question, filters)
        reader = self._reader.result()
        for _ in range(TRIES):
            encoder = self._current_encoder()
            clock.end("load")
            hits = retrieve.retrieve(
                self._library,
                question,
                None if encoder is None else encoder.encode_query(question),
                limit=read.MOST_PASSAGES,
                filters=dated.filters,
                model=None if encoder is None else encoder.model.id,
                context=context,
                context_vector=(
                    encoder.encode_query(retrieve.with_newest(question, context))
                    if encoder is not None and context
                    else None
                ),
            )
            clock.end("retrieve")
            if not hits:
                nothing = Refusal("nothing in them has to do with the question")
                return _Found(refusal=nothing, scope=dated.scope)
            titles = tuple(dict.fromkeys(hit.passage.title for hit in hits))[:MOST_TITLES]
            watch(Stage(len(hits), titles=titles))
            articles = [hit.passage.article_id for hit in hits]
            asked = dated.undated(self._library, question, articles)

            def confident(best: read.Candidate, asked: Mapping[str, str] = asked) -> float:
                return decide.confidence(asked.get(best.article_id, question), best)

            candidates = read.read(
                reader,
                question,
                hits,
                sure=lambda found: confident(found[0]) >= decide.SURE,
                bonus=_with_preferred(dated.bonus(self._library, articles), preferred),
                asked=asked,
                pause=lambda: clock.end("read"),
            )
            confidence = confident(candidates[0])
            refused = confidence < (decide.THRESHOLD if threshold is None else threshold)
            try:
                if refused:
                    near = compose.nearest(candidates, self._library, most=NEAREST)
                else:
                    whole = compose.compose(
                        question,
                        candidates,
                        self._library,
                        most=top,
                        newest_first=dated.newest_first,
                    )
            except NotFound:
                continue  # An article was removed meanwhile: look again.
            finally:
                clock.end("read")
            if refused and near is not None:
                nearest = candidates[0].passage
                shown = {citation.article_id for citation in near}
                reason = decide.why_refused(
                    asked.get(candidates[0].article_id, question),
                    [hit.passage for hit in hits if hit.passage.article_id in shown],
                )
                missing = decide.missing_words(question, f"{nearest.title} {nearest.text}")
                told = (f"{hit.passage.title} {hit.passage.text}" for hit in hits)
                from qa import spelling

                slip = spelling.respelt(
                    question,
                    missing,
                    told,
                    known=lambda word: bool(self._library.search_words(word, limit=1)),
                )
                if slip is not None:
                    reason += f"; did you mean “{slip.meant}”?"
                return _Found(
                    (),
                    confidence,
                    Refusal(reason, near),
                    scope=dated.scope,
                    choices=(slip.choice,) if slip else (),
                )
            if not refused and whole is not None:
                return _Found(
                    whole.citations, confidence, differing=whole.differing, scope=dated.scope
                )
        raise LibraryUnusable("the library keeps changing; ask again when the rebuild is done")

    def encoder(self) -> Encoder | None:
        """The loaded encoder of the library's vectors, waited for; None where words must do.

        Raises `ModelUnavailable`.
        """
        return self._current_encoder()

    def _current_encoder(self) -> Encoder | None:
        """The encoder whose vectors the library holds now; None where words must do."""
        encoder = self._encoder.result()
        model = self._library.model
        if model is not None and self._encoder_for != model:
            # Another process has changed the library's model since the last question.
            encoder = _load_encoder(self._library, self._say, self._timeline)
            self._encoder = Future()
            self._encoder.set_result(encoder)
            self._encoder_for = model
        return encoder

    def _nothing_to_ask(self, filters: Filters) -> str | None:
        """Why no article can answer any question, in words, or None."""
        if self._library.count() == 0:
            return "the library is empty; add articles with --rebuild PATH"
        if not filters.empty and not len(self._library.allowed(filters)):
            return "no article is within the dates and source asked for; widen them"
        return None


def _with_preferred(bonus: Mapping[str, float], preferred: Sequence[str]) -> Mapping[str, float]:
    """The bonus of each article, by id, with what being under discussion adds."""
    return {**bonus, **{i: bonus.get(i, 0.0) + PREFERRED_BONUS for i in preferred}}


def check_question(question: str) -> None:
    """Raises `CannotAsk` where nothing could be looked up, saying what to do."""
    asked = as_asked(question)
    if not any(character.isalnum() for character in asked):
        raise CannotAsk("there is no letter or digit in the question; ask it in words")
    if len(asked) > MOST_QUESTION_CHARACTERS:
        raise CannotAsk(
            f"the question has {len(asked):,} characters, and may have "
            f"{MOST_QUESTION_CHARACTERS:,}; ask it in fewer words"
        )


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
    differing: tuple[int, ...] = ()
    scope: str | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def short_answer(self) -> str | None:
        """The first citation's, where it has one."""
        short = self.citations[0].short_answer if self.citations else None
        return None if short is None else short.text


class _Clock:
    """Where a question's time went; between stages, whether it is still wanted."""

    def __init__(
        self, opening_ms: float, cancelled: Callable[[], bool], timeline: Timeline
    ) -> None:
        self._spent = {"load": opening_ms, "retrieve": 0.0, "rerank": 0.0, "read": 0.0}
        self._timeline = timeline
        self._cancelled = cancelled
        self._since = time.perf_counter()

    def end(self, stage: str) -> None:
        """The stage ends now. Raises `Cancelled` where nobody waits for the answer."""
        now = time.perf_counter()
        self._spent[stage] += (now - self._since) * 1000
        self._timeline.add(_STAGES[stage], self._since, now)
        self._since = now
        if self._cancelled():
            raise Cancelled("the question was cancelled")

    def timings(self) -> dict[str, float]:
        """Milliseconds by stage, and their total."""
        spent = {stage: round(spent_ms, 1) for stage, spent_ms in self._spent.items()}
        return {**spent, "total": round(sum(self._spent.values()), 1)}


# What the clock's stages are called on a timeline, where loading has bars of its own.
_STAGES = {"load": "wait for models", "retrieve": "search", "read": "read and decide"}


def _load_reader(make: type[Reader], timeline: Timeline) -> Reader:
    with timeline.span("load reader"):
        return make()


def _load_encoder(
    library: Library, say: Callable[[str], None], timeline: Timeline
) -> Encoder | None:
    """The encoder of the library's vectors; None, said to the person, where it is not to be had."""
    name, model = library.model_name, library.model
    if name is None:
        return None
    from embeddings.encoder import Encoder
    from embeddings.models import DEFAULT_PRECISION, find_model

    found = find_model(
        name, precision=library.model_precision or DEFAULT_PRECISION, say=say, may_fetch=False
    )
    if found.id != model:
        say(
            f"the library was embedded with {model}, which is now {found.id}: searching by words "
            "alone until dateline --rebuild has embedded it again"
        )
        return None
    with timeline.span("load encoder"):
        return Encoder(found)
