"""How far a question has come: told while it is answered, to whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """So many passages were found and are read now, the likeliest first.

    `titles` are those of their articles, in that order, each once, three at most.
    """

    passages: int
    titles: tuple[str, ...] = ()
