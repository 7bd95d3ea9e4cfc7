"""Beside an article: the answer's citations, and what else the article has answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from qa.output import quoted
from tui.display import MARK, byline, line
from tui.messages import ReadingChosen
from tui.reading import Reading
from tui.widgets.nearest_heading import NearestHeading
from tui.widgets.offer import Offer


class PlaceList(VerticalScroll, can_focus=False):
    """Each place is a line that can be chosen; the one that is shown is marked."""

    async def show(self, reading: Reading, others: Sequence[Reading]) -> None:
        """Show the places of the reading's answer, then other questions of the article."""
        rows = [*self._citations(reading), *self._others(others)]
        self.display = bool(rows)
        with self.app.batch_update():
            await self.remove_children()
            await self.mount_all(rows)

    def _citations(self, reading: Reading) -> Iterable[Widget]:
        if not reading.citations:
            return
        asked = Content.assemble((MARK, "bold $primary"), line(reading.question, "bold"))
        yield Static(asked, classes="heading")
        if not reading.is_answer:
            yield NearestHeading()
        for by, citation in enumerate(reading.citations, -reading.index):
            turned = reading.turned(by)
            assert turned is not None
            place = byline(citation.title, citation.source, citation.published)
            row = Offer(
                f"{quoted(citation.text)} — {place}",
                lambda turned=turned: ReadingChosen(turned),  # type: ignore[misc]
                mark=f"[{citation.number}] ",
            )
            row.set_class(by == 0, "-current")
            yield row

    def _others(self, others: Sequence[Reading]) -> Iterable[Widget]:
        if others:
            yield Static(Content("This article also answered"), classes="heading")
        for other in others:
            yield Offer(
                other.question,
                lambda other=other: ReadingChosen(other),  # type: ignore[misc]
            )
