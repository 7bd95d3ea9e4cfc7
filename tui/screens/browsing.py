"""What the chat does with citations: it leads to them, opens their articles, and copies them."""

from __future__ import annotations

from textual.widget import Widget

from qa.answer import Citation
from tui import messages
from tui.citing import as_text
from tui.reading import Reading, elsewhere
from tui.screens.article import ArticleScreen
from tui.screens.commanding import CommandingScreen
from tui.widgets.citation_card import CitationCard
from tui.widgets.exchange import Exchange
from tui.widgets.offer import Offer
from tui.widgets.prompt import Prompt
from tui.widgets.transcript import Transcript


class BrowsingScreen(CommandingScreen):
    """Digits open the citations that are gone to, else those of the latest answer."""

    # The digit that was typed into the empty prompt, and opened an article as well.
    _lone_digit = ""

    # --- going to citations

    @property
    def _focused_card(self) -> CitationCard | None:
        return next(iter(self.query("CitationCard:focus").results(CitationCard)), None)

    @property
    def _at_hand(self) -> tuple[Citation, ...]:
        """The citations that a digit opens."""
        card = self._focused_card
        return self.query_one(Transcript).latest_citations if card is None else card.citations

    @property
    def _openable(self) -> int:
        """How many things a digit can open."""
        return len(self.query_one(Transcript).latest_choices) or len(self._at_hand)

    @property
    def _first_choice(self) -> Widget | None:
        """What Tab leads to from the prompt: what the latest answer has, else the examples."""
        for transcript in self.query(Transcript):
            if found := transcript.latest_to_choose:
                return found
        return next(iter(self.query(Offer)), None)

    def action_to_citations(self) -> None:
        if self._first_choice is not None:
            self._first_choice.focus()

    def action_back_and_forth(self) -> None:
        """From the prompt to the citations, from anywhere else to the prompt."""
        prompt = self.query_one(Prompt)
        if prompt.has_focus:
            self.action_to_citations()
        else:
            prompt.focus()

    # --- opening them

    def action_open(self, number: int) -> None:
        """Open citation `number`, or take that choice of an unclear question."""
        if choices := self.query_one(Transcript).latest_choices:
            if number <= len(choices):
                choices[number - 1].action_take()
        elif number <= len(self._at_hand):
            self.post_message(messages.CitationChosen(self._at_hand, number - 1))

    def action_open_from_empty(self, number: int, is_typed: bool) -> None:
        """Open it; a digit is typed, too, and is taken back unless a question goes on from it."""
        if is_typed and not self.query_one(Transcript).latest_choices:
            self._lone_digit = str(number)
            self.query_one(Prompt).put(self._lone_digit)
        self.action_open(number)

    def on_text_area_changed(self) -> None:
        typed = self.query_one(Prompt).text
        if self._lone_digit and typed != self._lone_digit:
            # More was typed before the article had opened: it was a question's beginning.
            self._lone_digit = ""
            if isinstance(self.app.screen, ArticleScreen):
                self.app.pop_screen()
        self._complete(typed)

    def on_citation_chosen(self, message: messages.CitationChosen) -> None:
        shown = next((e for e in self.query(Exchange) if e.shows(message.citations)), None)
        reading = Reading(
            message.citations[message.index].article_id,
            message.citations,
            message.index,
            question="" if shown is None else shown.question,
            is_answer=shown is None or (shown.answer is not None and shown.answer.answered),
        )
        self._read(reading)

    def on_article_chosen(self, message: messages.ArticleChosen) -> None:
        message.stop()
        self.read_article(message.article_id)

    def read_article(self, article_id: str) -> None:
        """Open an article at its beginning."""
        self._read(Reading(article_id))

    def _read(self, reading: Reading) -> None:
        engine, conversation = self._engine, self._conversation
        if engine is None or conversation is None:
            return
        screen = ArticleScreen(
            reading,
            read=engine.article,
            others=lambda article_id: elsewhere(article_id, conversation.turns),
            typing=bool(self._lone_digit),
        )
        self.app.push_screen(screen, self._come_back)

    def _come_back(self, is_typed_on: bool | None) -> None:
        """From an article; `is_typed_on`: its digit was a question's beginning."""
        digit, self._lone_digit = self._lone_digit, ""
        prompt = self.query_one(Prompt)
        if is_typed_on:
            self.set_focus(prompt)
        elif digit and prompt.text == digit:
            prompt.empty()

    # --- taking them along

    def on_copy_requested(self, message: messages.CopyRequested) -> None:
        self.app.copy_to_clipboard(as_text(message.citation))
        self._say(f"copied [{message.citation.number}], with its source")

    def action_copy_first(self) -> None:
        card = self._focused_card or self.query_one(Transcript).latest_card
        if card is not None:
            card.action_copy()
