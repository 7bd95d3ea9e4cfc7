"""What a library tells of itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """What ``--status`` tells. `waiting` counts passages that have no vector yet;
    `rebuilt_at` is the end of the last whole rebuild, ISO 8601 in UTC."""

    folder: str
    articles: int
    passages: int
    vectors: int
    waiting: int
    model: str | None
    index: str
    bytes_on_disk: int
    revision: int
    snapshot_revision: int | None
    rebuilt_at: str | None
    read_only: bool
