"""A question and what came of it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.reactive import reactive
from textual.widget import Widget

from embeddings.records import Filters
from qa.answer import IN_FULL, Answer, Citation
from qa.stages import Stage
from tui.messages import LibraryRequested, LooseningRequested, QuestionSent
from tui.widgets.answer_text import AnswerText
from tui.widgets.choice import ChoiceOffer
from tui.widgets.citation_card import CitationCard
from tui.widgets.nearest_heading import NearestHeading
from tui.widgets.notice_line import NoticeLine
from tui.widgets.offer import Offer
from tui.widgets.question_text import QuestionText
from tui.widgets.quick_nearest import QuickNearest
from tui.widgets.refusal_text import NOT_CLEAR, WHICH, RefusalText
from tui.widgets.timings_line import TimingsLine
from tui.widgets.waiting_line import WaitingLine

_STILL_ADDING = "articles were still being added when this was asked: ask again once they are in"


class Exchange(VerticalGroup):
    """One question of the transcript, under its number; `running` while it is looked up.

    Made with an `answer`, it is one of an earlier day. It is asked `within` those filters.
    `asked`: the question as it is asked where nothing is added to it; None: as it is.
    `while_adding`: articles were being added when it was asked.
    """

    running = reactive(False)
    stage: reactive[Stage | None] = reactive(None)

    def __init__(
        self,
        number: int,
        question: str,
        *,
        as_written: bool = False,
        within: Filters = Filters(),
        answer: Answer | None = None,
        revise_key: str = "",
        asked: str | None = None,
    ) -> None:
        super().__init__()
        self.number = number
        self.question = question
        self._asked = question if asked is None else asked
        self.as_written = as_written
        self.answer = answer
        self.within = within
        self.while_adding = False
        self._revise_key = revise_key
        self._quick: tuple[Citation, ...] | None = None

    def compose(self) -> ComposeResult:
        yield QuestionText(self.question)
        if self.answer is None:
            yield WaitingLine().data_bind(running=Exchange.running, stage=Exchange.stage)
        else:
            yield from self._outcome(self.answer)

    def on_mount(self) -> None:
        if self.answer is not None:
            self._show_understood(self.answer)

    async def show_nearest(self, citations: tuple[Citation, ...]) -> None:
        """Show what a word search has found, until the answer takes its place."""
        self._quick = citations
        await self.query(QuickNearest).remove()
        await self.mount(QuickNearest(citations))

    async def show_answer(self, answer: Answer) -> None:
        """Show the answer or the refusal, and its citations."""
        self.answer = answer
        await self._settle(*self._outcome(answer))
        self._show_understood(answer)

    async def show_failure(self, line: str) -> None:
        """Say why there is neither answer nor refusal."""
        await self._settle(NoticeLine(line, failed=True))

    async def show_cancelled(self) -> None:
        await self._settle(NoticeLine("cancelled"))

    def shows(self, citations: tuple[Citation, ...]) -> bool:
        """Whether these are the citations, or the nearest, that stand here."""
        answer = self.answer
        if answer is None:
            return citations is self._quick
        nearest = answer.refusal.nearest if answer.refusal else ()
        return citations is answer.citations or citations is nearest

    @property
    def is_revisable(self) -> bool:
        """Whether the question was understood as another than was typed."""
        return self.answer is not None and self.answer.asked_as != self._asked

    def _show_understood(self, answer: Answer) -> None:
        if self.is_revisable:
            self.query_one(QuestionText).show_understood(answer.asked_as, self._revise_key)

    def _outcome(self, answer: Answer) -> list[Widget]:
        refusal = answer.refusal
        citations = answer.citations if refusal is None else refusal.nearest
        cards = [
            CitationCard(citations, index, nearest=refusal is not None)
            for index in range(len(citations))
        ]
        if refusal is None:
            return [AnswerText(answer), *cards, TimingsLine(answer)]
        if answer.is_unclear:
            choices = [ChoiceOffer(n, choice) for n, choice in enumerate(answer.choices, 1)]
            return [RefusalText(refusal, heading=WHICH), *choices]
        if refusal.reason.endswith(IN_FULL):  # Nothing was searched.
            return [RefusalText(refusal, heading=NOT_CLEAR)]
        return [
            RefusalText(refusal, answer.scope),
            *([NoticeLine(_STILL_ADDING)] if self.while_adding else []),
            *self._other_questions(answer),
            *([NearestHeading()] if cards else []),
            *cards,
            Offer("add articles that may tell", LibraryRequested, mark="→ "),
            TimingsLine(answer),
        ]

    def _other_questions(self, answer: Answer) -> list[Widget]:
        """What the person may ask instead of what was refused."""
        ways: list[Widget] = [
            Offer(
                f"did you mean: {choice.question}",
                lambda choice=choice: QuestionSent(choice.question, as_written=True),  # type: ignore[misc]
                mark="→ ",
            )
            for choice in answer.choices
        ]
        if not self.within.empty:
            ways.append(
                Offer(
                    "ask every article, whatever its date or source",
                    lambda: LooseningRequested(answer.asked_as),
                    mark="→ ",
                )
            )
        return ways

    async def _settle(self, *outcome: Widget) -> None:
        self.running = False
        await self.query("WaitingLine, QuickNearest").remove()
        await self.mount_all(outcome)
