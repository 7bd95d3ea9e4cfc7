"""Sessions: conversations kept in the library, to be gone on with another day.

Each turn is kept as it ends, in a transaction of its own, so that whatever befalls the process
costs the turn that was running at most.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.errors import DatelineError, LibraryUnusable, NotFound
from embeddings.records import Article
from qa.answer import NotVerbatim
from qa.conversation import Conversation, Turn
from qa.diagnostics import say as say_to_stderr
from qa.engine import Engine, as_asked
from qa.kept import FindArticle, turn_body, turn_from

if TYPE_CHECKING:
    from embeddings.library import Library
    from embeddings.sessions import KeptTurn, SessionSummary

LATEST = "latest"
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation. Its title is its first question; times are ISO 8601, UTC.

    `id` is what it is kept under; None where it is not.
    """

    id: str | None
    title: str
    started_at: str
    last_at: str
    turns: tuple[Turn, ...]


class Sessions:
    """The sessions of one library. Ids may be shortened to what only one begins with.

    ``latest`` names the one last gone on with. Safe for threads.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept = library.sessions

    @property
    def read_only(self) -> bool:
        """Whether no session can be kept or removed here."""
        return self._library.read_only

    def start(self) -> str:
        """An id for a new session, which is there once it has a turn."""
        while self._kept.ids(session_id := os.urandom(4).hex()):
            pass
        return session_id

    def latest(self) -> str | None:
        """The id of the session last gone on with; None where none was kept."""
        return self._kept.latest()

    def list(self) -> Sequence[SessionSummary]:
        """Every session, the one last gone on with first."""
        return self._kept.summaries()

    def find(self, name: str) -> str:
        """The id that the name, its beginning or ``latest``, stands for. Raises `NotFound`."""
        prefix = name.strip().casefold()
        if prefix == LATEST:
            if (latest := self.latest()) is None:
                raise NotFound("no session has been kept yet; --sessions lists those that are")
            return latest
        found = self._kept.ids(prefix) if prefix else []
        if prefix in found:
            return prefix
        if not found:
            raise NotFound(f"there is no session {name!r}; see dateline --sessions")
        if len(found) > 1:
            some = ", ".join([*found[:MOST_NAMED], *["…"] * (len(found) > MOST_NAMED)])
            raise NotFound(
                f"{len(found)} sessions begin with {name!r} ({some}); write more of the id, "
                "see dateline --sessions"
            )
        return found[0]

    def load(self, name: str) -> Session:
        """The session, each citation proved by the articles of now, or marked gone.

        Raises `NotFound`, and `LibraryUnusable` where a turn is damaged.
        """
        with self._library.one_state():
            session_id = self.find(name)
            summary = self._kept.summary(session_id)
            if summary is None:
                raise NotFound(f"there is no session {name!r}; see dateline --sessions")
            find = functools.cache(self._article)
            turns = tuple(_turn(session_id, kept, find) for kept in self._kept.turns(session_id))
        return Session(summary.id, summary.title, summary.started_at, summary.last_at, turns)

    def append(self, session_id: str, turn: Turn) -> None:
        """Keep the turn after those that are there. Raises `LibraryUnusable`."""
        self._kept.add_turn(
            session_id,
            title=as_asked(turn.question),
            asked_at=turn.asked_at,
            body=turn_body(turn),
        )

    def remove(self, name: str) -> str:
        """Remove the session for good; its id. Raises `NotFound` or `LibraryUnusable`."""
        session_id = self.find(name)
        self._kept.drop(session_id)
        return session_id

    def _article(self, article_id: str) -> Article | None:
        try:
            return self._library.article(article_id)
        except NotFound:
            return None


def open_conversation(
    engine: Engine,
    *,
    resume: str | None = None,
    new: bool = False,
    save: bool = True,
    say: Callable[[str], None] = say_to_stderr,
) -> Conversation:
    """A conversation with the engine's library; its `session_id` is what it is kept under.

    `resume` names the session to go on with, the latest where it is empty; None, or `new`,
    starts one. Without `save`, or where the library can only be read, its turns are not kept
    and `session_id` is None. `say` is told, once, where they cannot be.
    Raises `NotFound` where there is no such session.
    """
    sessions = Sessions(engine.library)
    session = None if new or resume is None else sessions.load(resume or LATEST)
    if save and sessions.read_only:
        say(f"this session is not kept: the library in {engine.library.folder} can only be read")
        save = False
    turns = session.turns if session else ()
    if not save:
        return Conversation(engine, turns=turns)
    session_id = (session.id if session else None) or sessions.start()
    keep = _Keeper(sessions, session_id, say)
    return Conversation(engine, turns=turns, keep=keep, session_id=session_id)


class _Keeper:
    """Keeps turns; an answer is not lost because its turn could not be kept."""

    def __init__(self, sessions: Sessions, session_id: str, say: Callable[[str], None]) -> None:
        self._sessions = sessions
        self._session_id = session_id
        self._say = say
        self._told = False

    def __call__(self, turn: Turn) -> None:
        try:
            self._sessions.append(self._session_id, turn)
        except DatelineError as error:
            if not self._told:
                self._say(f"this question is not kept in the session: {error}")
            self._told = True


def _turn(session_id: str, kept: KeptTurn, find: FindArticle) -> Turn:
    try:
        return turn_from(kept.body, number=kept.number, asked_at=kept.asked_at, find=find)
    except (ValueError, KeyError, TypeError, NotVerbatim) as error:
        raise LibraryUnusable(
            f"question {kept.number} of session {session_id} is damaged; "
            f"remove it with dateline --remove-session {session_id}"
        ) from error
