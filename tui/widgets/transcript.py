"""The conversation so far, scrolled so that nobody who reads is disturbed."""

from __future__ import annotations

from textual.containers import VerticalScroll
from textual.widget import Widget

from qa.answer import Citation
from tui.messages import EndReached
from tui.widgets.choice import ChoiceOffer
from tui.widgets.citation_card import CitationCard
from tui.widgets.exchange import Exchange


class Transcript(VerticalScroll, can_focus=False):
    """What is new scrolls into view only for a reader who is where the last of it was put."""

    _placed_y: float | None = None

    @property
    def is_followed(self) -> bool:
        """Whether the reader has stayed at the end, or where `follow` last scrolled to."""
        return self.scroll_y >= self.max_scroll_y - 1 or self.scroll_y == self._placed_y

    @property
    def latest_card(self) -> CitationCard | None:
        """The first citation of the latest answer or refusal that has any."""
        for exchange in reversed(self.query(Exchange)):
            for card in exchange.query(CitationCard):
                return card
        return None

    @property
    def latest_citations(self) -> tuple[Citation, ...]:
        card = self.latest_card
        return () if card is None else card.citations

    @property
    def latest_choices(self) -> tuple[ChoiceOffer, ...]:
        """What the latest question may mean, where that is still to be chosen."""
        for exchange in reversed(self.query(Exchange)):
            return tuple(exchange.query(ChoiceOffer))
        return ()

    @property
    def latest_to_choose(self) -> Widget | None:
        """The first thing under the latest question that can be chosen, if there is any."""
        for exchange in reversed(self.query(Exchange)):
            for found in exchange.query("Offer, CitationCard").results(Widget):
                return found
        return None

    def follow(self, newest: Widget) -> None:
        """Once laid out, show the end, or the beginning of what is too high to be shown whole."""
        self.call_after_refresh(self._place, newest)

    def _place(self, newest: Widget) -> None:
        region = newest.virtual_region
        fits = region.height <= self.scrollable_content_region.height
        y = self.max_scroll_y if fits else min(region.y, self.max_scroll_y)
        self.scroll_to(y=y, animate=False, immediate=True)
        self._placed_y = y

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if new_value >= self.max_scroll_y:
            self.post_message(EndReached())
