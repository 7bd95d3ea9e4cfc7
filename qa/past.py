"""A turn as a follow-up looks back at it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Past:
    """A turn as a follow-up looks back at it.

    `asked_as` is the question that was searched; `short_answer` and `sentences` what was
    answered, `titles` and `article_ids` whose they are, in the order cited; all empty where
    it was refused. `nearest` are the sentences shown then.
    """

    question: str
    asked_as: str
    short_answer: str | None = None
    sentences: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
