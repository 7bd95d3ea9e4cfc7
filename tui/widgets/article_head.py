"""What stands over an article: its title, who wrote it, where and when, and where it lies."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from embeddings.records import Article
from tui.display import MUTED, byline, line


class ArticleHead(Static):
    """`place` tells which citation of how many is shown."""

    def describe(self, article: Article, place: str | None) -> None:
        rows = [line(article.title, "bold")]
        if said := byline(article.author, article.source, article.published):
            rows.append(Content(said))
        lies = article.url or article.path
        rows.append(Content.styled(byline(lies, place), MUTED))
        self.update(Content("\n").join(rows))
