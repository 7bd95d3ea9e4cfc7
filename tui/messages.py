"""What has happened, told upwards: by widgets to their screen, by workers to the app's thread.

Workers post these because a message is the one thing Textual takes from any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

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


class PromptMounted(Message):
    """There is a prompt from now on: what was typed before can go to it."""


@dataclass(eq=False)
class QuestionSent(Message):
    """The person sent a question, typed or chosen. `as_written`: nothing is to be added to it."""

    question: str
    _: KW_ONLY
    as_written: bool = False


@dataclass(eq=False)
class CommandGiven(Message):
    """The person sent a command from the prompt."""

    given: Given


@dataclass(eq=False)
class PasteShortened(Message):
    """More was pasted than any question holds, and the rest was left out."""

    kept: int


@dataclass(eq=False)
class CompletionMoved(Message):
    """The person goes `by` steps through the completions."""

    by: int


class CompletionTaken(Message):
    """The person takes the completion that is highlighted."""


@dataclass(eq=False)
class CompletionClicked(Message):
    """The person clicked the completion at `index`."""

    index: int


@dataclass(eq=False)
class PathsFound(Message):
    """What can stand in the place of the path `typed`."""

    typed: str
    found: Sequence[Completion]


# --- by what stands in the transcript


@dataclass(eq=False)
class CitationChosen(Message):
    """The person wants to see ``citations[index]`` in its article."""

    citations: tuple[Citation, ...]
    index: int


@dataclass(eq=False)
class CopyRequested(Message):
    """The person wants the citation as text."""

    citation: Citation


@dataclass(eq=False)
class RevisionRequested(Message):
    """The person wants to change the question as it was understood."""

    question: str


@dataclass(eq=False)
class LibraryRequested(Message):
    """The person wants to see the library; and to add what `add` names, if anything."""

    add: str = ""


class HelpRequested(Message):
    """The person wants to know what can be done."""


@dataclass(eq=False)
class LooseningRequested(Message):
    """The person wants the question asked of every article, whatever its date or source."""

    question: str


class EndReached(Message):
    """The transcript was scrolled to its end."""


# --- by the sidebar and the lists of articles


@dataclass(eq=False)
class SessionChosen(Message):
    """The person wants to go on with the conversation of that id."""

    session_id: str


@dataclass(eq=False)
class ArticleChosen(Message):
    """The person wants to read an article, from its beginning."""

    article_id: str


# --- by workers


@dataclass(eq=False)
class LibraryOpened(Message):
    """The engine is ready; `articles` is how many articles it answers from."""

    engine: Engine
    conversation: Conversation
    articles: int


@dataclass(eq=False)
class LibraryNotOpened(Message):
    """There is no engine; `line` says why, and what to do."""

    line: str


@dataclass(eq=False)
class ConversationOpened(Message):
    """Questions go to this conversation from now on; what it has is to be shown."""

    conversation: Conversation


@dataclass(eq=False)
class SidebarFilled(Message):
    """What the library holds now: articles, newest first, and conversations, latest first.

    `articles` is None where they are as they were.
    """

    articles: Sequence[ArticleSummary] | None
    sessions: Sequence[SessionSummary]


@dataclass(eq=False)
class WorkReported(Message):
    """The engine does something that takes more than a moment."""

    line: str


@dataclass(eq=False)
class ExamplesFound(Message):
    """Questions that the library answers, to begin with."""

    questions: Sequence[str]


@dataclass(eq=False)
class StageReached(Message):
    """The question asked under `number` has come so far."""

    number: int
    stage: Stage


@dataclass(eq=False)
class NearestFound(Message):
    """A word search has found these for the question asked under `number`: no answer yet."""

    number: int
    citations: tuple[Citation, ...]


@dataclass(eq=False)
class AnswerReady(Message):
    """The question asked under `number` has its answer, or its refusal.

    `articles` is how many the library holds by now.
    """

    number: int
    answer: Answer
    articles: int


@dataclass(eq=False)
class QuestionFailed(Message):
    """The question asked under `number` could not be answered; `line` says why."""

    number: int
    line: str


@dataclass(eq=False)
class ArticleRead(Message):
    """The article is at hand."""

    article: Article


@dataclass(eq=False)
class ArticleNotRead(Message):
    """The article of that id cannot be shown; `line` says why."""

    article_id: str
    line: str


@dataclass(eq=False)
class ReadingChosen(Message):
    """The person wants to see another place of an article, or another article."""

    reading: Reading


@dataclass(eq=False)
class PathsGiven(Message):
    """The person wants these added: what was typed, or the lines that were pasted."""

    paths: Sequence[str]


@dataclass(eq=False)
class IntakeProgressed(Message):
    """The adding of articles has come so far."""

    headway: Headway


@dataclass(eq=False)
class IntakeEnded(Message):
    """Adding is over, or was stopped; `line` tells what it did, `failures` what it could not."""

    line: str
    failures: Sequence[Failure] = ()


class LibraryChanged(Message):
    """Articles were removed."""


@dataclass(eq=False)
class FiltersChosen(Message):
    """The next questions are to be asked within these."""

    within: Filters


@dataclass(eq=False)
class ThingDone(Message):
    """Something the person asked for was done, or, where `failed`, was not; `line` tells."""

    line: str
    _: KW_ONLY
    failed: bool = False
