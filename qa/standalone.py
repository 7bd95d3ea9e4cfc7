"""What a question asks in full, or what is missing to know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.answer import Choice

if TYPE_CHECKING:
    from qa.pointing import Pointing


@dataclass(frozen=True, slots=True)
class Standalone:
    """The question to search. `unclear` says in words what is missing where it cannot be.

    `choices` are what it may mean; where it can be searched, offered if nothing answers it.
    `context` is what was said before, newest first, to be searched beside the question, and
    `article_ids` the articles under discussion, to be preferred softly; neither where the
    question begins the conversation. `more`, where it is not None, says that nothing need be
    searched: more is asked for of what was answered before, and `more` is what that was about.
    Nor where `pointing` is set: it asks of what was cited before.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    unclear: str | None = None
    context: str = ""
    article_ids: tuple[str, ...] = ()
    more: str | None = None
    pointing: Pointing | None = None
