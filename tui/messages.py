"""What has happened, told upwards: by widgets to their screen, by workers to the app's thread.

Workers post these because a message is the one thing Textual takes from any thread.
"""

from __future__ import annotations

from textual.message import Message

from embeddings.records import Article
from qa.answer import Answer, Citation
from qa.engine import Engine


class QuestionSent(Message):
    """The person sent a question, typed or chosen from the examples."""

    def __init__(self, question: str) -> None:
        super().__init__()
        self.question = question


class PasteShortened(Message):
    """More was pasted than any question holds, and the rest was left out."""

    def __init__(self, kept: int) -> None:
        super().__init__()
        self.kept = kept


class CitationChosen(Message):
    """The person wants to see ``citations[index]`` in its article."""

    def __init__(self, citations: tuple[Citation, ...], index: int) -> None:
        super().__init__()
        self.citations = citations
        self.index = index


class EndReached(Message):
    """The transcript was scrolled to its end."""


class LibraryOpened(Message):
    """The engine is ready; `articles` is how many articles it answers from."""

    def __init__(self, engine: Engine, articles: int) -> None:
        super().__init__()
        self.engine = engine
        self.articles = articles


class LibraryNotOpened(Message):
    """There is no engine; `line` says why, and what to do."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.line = line


class WorkReported(Message):
    """The engine does something that takes more than a moment."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.line = line


class AnswerReady(Message):
    """The question asked under `number` has its answer, or its refusal.

    `articles` is how many the library holds by now.
    """

    def __init__(self, number: int, answer: Answer, articles: int) -> None:
        super().__init__()
        self.number = number
        self.answer = answer
        self.articles = articles


class QuestionFailed(Message):
    """The question asked under `number` could not be answered; `line` says why."""

    def __init__(self, number: int, line: str) -> None:
        super().__init__()
        self.number = number
        self.line = line


class ArticleRead(Message):
    """The article of the citation at `index` is at hand."""

    def __init__(self, article: Article, index: int) -> None:
        super().__init__()
        self.article = article
        self.index = index


class ArticleNotRead(Message):
    """The article of the citation at `index` cannot be shown; `line` says why."""

    def __init__(self, index: int, line: str) -> None:
        super().__init__()
        self.index = index
        self.line = line
