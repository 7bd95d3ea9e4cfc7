"""Everything a library holds that no search asks for by itself, for whoever copies all of it.

The tables of both kinds of library have the same names and columns here, so one SQL reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Rows = Callable[[str, Sequence[object]], Sequence[tuple[Any, ...]]]
Vectors = Callable[[str, str], dict[bytes, npt.NDArray[np.float32]]]


class Whole:
    """Reads one library's tables. Not safe for threads: hold `Library.one_state`.

    `rows` runs SQL, in which `mark` stands for a value; `vectors` gives an article's vectors of
    a model, of shape (dimension,), by digest.
    """

    def __init__(self, rows: Rows, mark: str, vectors: Vectors) -> None:
        self._rows = rows
        self._mark = mark
        self.vectors = vectors

    def article_ids(self) -> list[str]:
        """Every article, in the order in which they came, but versions after all that answer:
        whoever copies one by one never has a version without what answers for it."""
        rows = self._rows("SELECT id FROM articles ORDER BY newer IS NOT NULL, number", ())
        return [str(row[0]) for row in rows]

    def ids(self, prefix: str) -> list[str]:
        """The ids of the articles that begin so, ascending."""
        rows = self._rows(
            f"""SELECT id FROM articles WHERE substr(id, 1, {len(prefix)}) = {self._mark}
                ORDER BY id""",
            (prefix,),
        )
        return [str(row[0]) for row in rows]

    def windows(self, article_id: str) -> list[tuple[int, int]]:
        """First and last sentence of each passage of the article, in order."""
        rows = self._rows(
            f"""SELECT p.first, p.last FROM passages p JOIN articles a ON a.number = p.article
                WHERE a.id = {self._mark} ORDER BY p.id""",
            (article_id,),
        )
        return [(int(first), int(last)) for first, last in rows]

    def places(self) -> list[tuple[str, str, str, str]]:
        """(id, article's id, path, sha256) of every other place of an article."""
        rows = self._rows("SELECT id, article, path, sha256 FROM places ORDER BY id", ())
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def corrections(self) -> list[tuple[str, str, str]]:
        """(article's id, field, value) of all that a person corrected."""
        rows = self._rows(
            "SELECT article, field, value FROM corrections ORDER BY article, field", ()
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def columns(self) -> list[tuple[str, str, str]]:
        """(path, field, column's name) of every table."""
        rows = self._rows("SELECT path, field, name FROM columns ORDER BY path, field", ())
        return [(row[0], row[1], row[2]) for row in rows]

    def fetched(self) -> list[tuple[str, str | None, str | None]]:
        """(address, etag, modified) of every address that was fetched."""
        rows = self._rows("SELECT url, etag, modified FROM fetched ORDER BY url", ())
        return [(row[0], row[1], row[2]) for row in rows]
