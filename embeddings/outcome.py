"""What a rebuild tells: how far it has come, what it did, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a record in one, that gave no article."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild has come: articles looked at, of about how many; passages embedded.

    While a model is changed, `done` and `total` count passages. `waiting` are passages that can be
    found by their words and are still to be embedded.
    """

    done: int
    total: int
    passages: int
    waiting: int = 0


@dataclass(slots=True)
class Outcome:
    """What a rebuild did, in articles; `failures` in files and records.

    Of those added or changed, `same` have just the text of another, whose second place they
    are, and `versions` are near copies of another. `notes` are (file, what to know of it).
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    same: int = 0
    versions: int = 0
    failures: list[Failure] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def fail(self, path: str, reason: str) -> None:
        self.failures.append(Failure(path, reason))
