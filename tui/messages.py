"""What has happened, told upwards: by widgets to their screen, by workers to the app's thread.

Workers post these because a message is the one thing Textual takes from any thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.message import Message

from embeddings.outcome import Failure
from embeddings.records import Article, ArticleSummary, Filters
from embeddings.sessions import SessionSummary
from qa.answer import Answer, Citation
from qa.conversation import Conversation
from qa.engine import Engine
from qa.stages import Stage
from tui.commands import Given
from tui.completion import Completion
from tui.intake import Headway
from tui.reading import Reading

# --- by the prompt and what stands around it


class QuestionSent(Message):
    """The person sent a question, typed or chosen. `as_written`: nothing is to be added to it."""

    def __init__(self, question: str, *, as_written: bool = False) -> None:
        super().__init__()
        self.question = question
        self.as_written = as_written


class CommandGiven(Message):
    """The person sent a command from the prompt."""

    def __init__(self, given: Given) -> None:
        super().__init__()
        self.given = given


class PasteShortened(Message):
    """More was pasted than any question holds, and the rest was left out."""

    def __init__(self, kept: int) -> None:
        super().__init__()
        self.kept = kept


class CompletionMoved(Message):
    """The person goes `by` steps through the completions."""

    def __init__(self, by: int) -> None:
        super().__init__()
        self.by = by


class CompletionTaken(Message):
    """The person takes the completion that is highlighted."""


class CompletionClicked(Message):
    """The person clicked the completion at `index`."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index


class PathsFound(Message):
    """What can stand in the place of the path `typed`."""

    def __init__(self, typed: str, found: Sequence[Completion]) -> None:
        super().__init__()
        self.typed = typed
        self.found = found


# --- by what stands in the transcript


class CitationChosen(Message):
    """The person wants to see ``citations[index]`` in its article."""

    def __init__(self, citations: tuple[Citation, ...], index: int) -> None:
        super().__init__()
        self.citations = citations
        self.index = index


class CopyRequested(Message):
    """The person wants the citation as text."""

    def __init__(self, citation: Citation) -> None:
        super().__init__()
        self.citation = citation


class RevisionRequested(Message):
    """The person wants to change the question as it was understood."""

    def __init__(self, question: str) -> None:
        super().__init__()
        self.question = question


class LibraryRequested(Message):
    """The person wants to see the library; and to add what `add` names, if anything."""

    def __init__(self, add: str = "") -> None:
        super().__init__()
        self.add = add


class HelpRequested(Message):
    """The person wants to know what can be done."""


class LooseningRequested(Message):
    """The person wants the question asked of every article, whatever its date or source."""

    def __init__(self, question: str) -> None:
        super().__init__()
        self.question = question


class EndReached(Message):
    """The transcript was scrolled to its end."""


# --- by the sidebar and the lists of articles


class SessionChosen(Message):
    """The person wants to go on with the conversation of that id."""

    def __init__(self, session_id: str) -> None:
        super().__init__()
        self.session_id = session_id


class ArticleChosen(Message):
    """The person wants to read an article, from its beginning."""

    def __init__(self, article_id: str) -> None:
        super().__init__()
        self.article_id = article_id


# --- by workers


class LibraryOpened(Message):
    """The engine is ready; `articles` is how many articles it answers from."""

    def __init__(self, engine: Engine, conversation: Conversation, articles: int) -> None:
        super().__init__()
        self.engine = engine
        self.conversation = conversation
        self.articles = articles


class LibraryNotOpened(Message):
    """There is no engine; `line` says why, and what to do."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.line = line


class ConversationOpened(Message):
    """Questions go to this conversation from now on; what it has is to be shown."""

    def __init__(self, conversation: Conversation) -> None:
        super().__init__()
        self.conversation = conversation


class SidebarFilled(Message):
    """What the library holds now: articles, newest first, and conversations, latest first.

    `articles` is None where they are as they were.
    """

    def __init__(
        self, articles: Sequence[ArticleSummary] | None, sessions: Sequence[SessionSummary]
    ) -> None:
        super().__init__()
        self.articles = articles
        self.sessions = sessions


class WorkReported(Message):
    """The engine does something that takes more than a moment."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.line = line


class ExamplesFound(Message):
    """Questions that the library answers, to begin with."""

    def __init__(self, questions: Sequence[str]) -> None:
        super().__init__()
        self.questions = questions


class StageReached(Message):
    """The question asked under `number` has come so far."""

    def __init__(self, number: int, stage: Stage) -> None:
        super().__init__()
        self.number = number
        self.stage = stage


class NearestFound(Message):
    """A word search has found these for the question asked under `number`: no answer yet."""

    def __init__(self, number: int, citations: tuple[Citation, ...]) -> None:
        super().__init__()
        self.number = number
        self.citations = citations


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
    """The article is at hand."""

    def __init__(self, article: Article) -> None:
        super().__init__()
        self.article = article


class ArticleNotRead(Message):
    """The article of that id cannot be shown; `line` says why."""

    def __init__(self, article_id: str, line: str) -> None:
        super().__init__()
        self.article_id = article_id
        self.line = line


class ReadingChosen(Message):
    """The person wants to see another place of an article, or another article."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.reading = reading


class PathsGiven(Message):
    """The person wants these added: what was typed, or the lines that were pasted."""

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__()
        self.paths = paths


class IntakeProgressed(Message):
    """The adding of articles has come so far."""

    def __init__(self, headway: Headway) -> None:
        super().__init__()
        self.headway = headway


class IntakeEnded(Message):
    """Adding is over, or was stopped; `line` tells what it did, `failures` what it could not."""

    def __init__(self, line: str, failures: Sequence[Failure] = ()) -> None:
        super().__init__()
        self.line = line
        self.failures = failures


class LibraryChanged(Message):
    """Articles were removed."""


class FiltersChosen(Message):
    """The next questions are to be asked within these."""

    def __init__(self, within: Filters) -> None:
        super().__init__()
        self.within = within


class ThingDone(Message):
    """Something the person asked for was done, or, where `failed`, was not; `line` tells."""

    def __init__(self, line: str, *, failed: bool = False) -> None:
        super().__init__()
        self.line = line
        self.failed = failed
