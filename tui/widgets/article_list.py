"""The library's articles as a list: by date or by source, narrowed by what is typed elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from embeddings.records import ArticleSummary
from tui.display import MUTED, line
from tui.messages import ArticleChosen

MOST_SHOWN = 1000
_NO_DATE = "no date   "
_NO_SOURCE = "no source"


class ArticleList(OptionList):
    """`articles` are given newest first; Enter or a click chooses one.

    While nobody sees it, it lists nothing anew: that would hold up whoever types.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", "Read")]

    articles: reactive[Sequence[ArticleSummary]] = reactive((), always_update=True)
    needle = reactive("")
    by_source = reactive(False)

    def __init__(self) -> None:
        super().__init__()
        self._by_id: dict[str, ArticleSummary] = {}
        self._is_behind = False

    @property
    def chosen(self) -> ArticleSummary | None:
        """The article that is highlighted."""
        if self.highlighted is None:
            return None
        return self._by_id.get(self.get_option_at_index(self.highlighted).id or "")

    def watch_articles(self) -> None:
        self._list()

    def watch_needle(self) -> None:
        self._list()

    def watch_by_source(self) -> None:
        self._list()

    def on_show(self) -> None:
        self.catch_up()

    def catch_up(self) -> None:
        """List what has come while it was not seen."""
        if self._is_behind:
            self._list()

    def _list(self) -> None:
        self._is_behind = not (self.is_on_screen and self.screen.is_current)
        if self._is_behind:
            return
        kept = self.chosen
        found = [article for article in self.articles if _matches(article, self.needle)]
        self._by_id = {article.id: article for article in found[:MOST_SHOWN]}
        rows = self._by_source_rows() if self.by_source else self._by_date_rows()
        self.clear_options()
        self.add_options(rows)
        if (left := len(found) - MOST_SHOWN) > 0:
            said = f"and {left:,} more; type to narrow them"
            self.add_option(Option(Content.styled(said, MUTED), disabled=True))
        if not found and self.articles:
            self.add_option(Option(Content.styled("no article has that", MUTED), disabled=True))
        if kept is not None and kept.id in self._by_id:
            self.highlighted = self.get_option_index(kept.id)

    def _by_date_rows(self) -> Iterable[Option]:
        for article in self._by_id.values():
            yield _row(article, article.published or _NO_DATE)

    def _by_source_rows(self) -> Iterable[Option]:
        groups: dict[str, list[ArticleSummary]] = {}
        for article in self._by_id.values():
            groups.setdefault(article.source or _NO_SOURCE, []).append(article)
        for source in sorted(groups, key=lambda name: (name == _NO_SOURCE, name.casefold())):
            yield Option(line(source, "bold"), disabled=True)
            for article in groups[source]:
                yield _row(article, article.published or _NO_DATE)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option.id is not None:
            self.post_message(ArticleChosen(event.option.id))


def _row(article: ArticleSummary, before: str) -> Option:
    return Option(Content.assemble((f"{before}  ", MUTED), line(article.title)), id=article.id)


def _matches(article: ArticleSummary, needle: str) -> bool:
    known = (article.title, article.source, article.author, article.published, article.path)
    whole = " ".join(part for part in known if part).casefold()
    return all(word in whole for word in needle.casefold().split())
