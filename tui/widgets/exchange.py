"""A question and what came of it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.reactive import reactive
from textual.widget import Widget

from qa.answer import Answer
from tui.widgets.answer_text import AnswerText
from tui.widgets.citation_card import CitationCard
from tui.widgets.notice_line import NoticeLine
from tui.widgets.question_text import QuestionText
from tui.widgets.refusal_text import RefusalText
from tui.widgets.timings_line import TimingsLine
from tui.widgets.waiting_line import WaitingLine


class Exchange(VerticalGroup):
    """One question of the transcript, under its number; `running` while it is looked up."""

    running = reactive(False)

    def __init__(self, number: int, question: str) -> None:
        super().__init__()
        self.number = number
        self.question = question

    def compose(self) -> ComposeResult:
        yield QuestionText(self.question)
        yield WaitingLine().data_bind(running=Exchange.running)

    async def show_answer(self, answer: Answer) -> None:
        """Show the answer or the refusal, and its citations."""
        refusal = answer.refusal
        citations = answer.citations if refusal is None else refusal.nearest
        cards = [
            CitationCard(citations, index, nearest=refusal is not None)
            for index in range(len(citations))
        ]
        head = AnswerText(answer) if refusal is None else RefusalText(refusal, answer.scope)
        await self._settle(head, *cards, TimingsLine(answer))

    async def show_failure(self, line: str) -> None:
        """Say why there is neither answer nor refusal."""
        await self._settle(NoticeLine(line, failed=True))

    async def show_cancelled(self) -> None:
        await self._settle(NoticeLine("cancelled"))

    async def _settle(self, *outcome: Widget) -> None:
        self.running = False
        await self.query(WaitingLine).remove()
        await self.mount_all(outcome)
