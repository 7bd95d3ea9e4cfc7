"""Searching passages by their words, and narrowing them by what is known of their articles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from embeddings.catalog.connection import Connection
from embeddings.catalog.values import as_bytes, as_float, as_int, sentences_from
from embeddings.records import Filters, Passage


class Search(Connection):
    """Passages by their ids, by words, and by filters."""

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """The passages that are still there, by id."""
        found: dict[int, Passage] = {}
        for at in range(0, len(ids), 500):
            some = ids[at : at + 500]
            marks = ",".join("?" * len(some))
            rows = self.all_rows(
                f"""SELECT p.id, a.id, p.start, p.stop, p.body, a.title,
                           substr(a.sentences, p.first * 8 + 1, (p.last - p.first + 1) * 8)
                    FROM passages p JOIN articles a ON a.number = p.article
                    WHERE p.id IN ({marks})""",
                some,
            )
            for passage_id, article_id, start, end, body, title, blob in rows:
                found[as_int(passage_id)] = Passage(
                    id=as_int(passage_id),
                    article_id=str(article_id),
                    start=as_int(start),
                    end=as_int(end),
                    text=str(body),
                    title=str(title),
                    sentences=tuple(sentences_from(as_bytes(blob))),
                )
        return found

    def highest_passage(self) -> int:
        """The highest id of a passage, 0 where there is none: there are no more than that."""
        row = self.one_row("SELECT max(id) FROM passages")
        return 0 if row is None or row[0] is None else as_int(row[0])

    def count_words(self, expression: str, *, most: int) -> tuple[int, int]:
        """The number of passages that match an FTS5 expression, in the order of their ids and up
        to `most`; and the id of the last one counted, 0 where there is none."""
        row = self.one_row(
            """SELECT count(*), coalesce(max(rowid), 0)
               FROM (SELECT rowid FROM words WHERE words MATCH ? LIMIT ?)""",
            (expression, most),
        )
        assert row is not None
        return as_int(row[0]), as_int(row[1])

    def search_words(
        self,
        expression: str,
        *,
        limit: int,
        among: bytes | None = None,
        newest: int | None = None,
    ) -> list[tuple[int, float]]:
        """(passage id, bm25 with more being better) for an FTS5 expression, best first.

        With `among`, only ids whose byte there is 1; with `newest`, only so many of the
        matching passages, those with the highest ids. A word in the title counts four times one
        in the text: it says what the whole article is about (news articles found among the
        first five, by words and vectors: .880 to .849).
        """
        where = "words MATCH ?"
        values: list[object] = [expression]
        if among is not None:
            # SQLite's own function: one of ours takes three times as long for each passage.
            where += " AND substr(?, rowid + 1, 1) = x'01'"
            values.append(among)
        within = [*values]
        every = where
        if newest is not None:
            every += f""" AND rowid >= (SELECT min(rowid) FROM (
                SELECT rowid FROM words WHERE {where} ORDER BY rowid DESC LIMIT ?))"""
            within += [*values, newest]
        rows = self.all_rows(
            f"""SELECT rowid, -bm25(words, 4.0, 1.0) AS score FROM words
                WHERE {every} ORDER BY score DESC, rowid LIMIT ?""",
            (*within, limit),
        )
        return [(as_int(passage_id), as_float(score)) for passage_id, score in rows]

    def allowed_passages(self, filters: Filters) -> npt.NDArray[np.int64]:
        """Ids of the passages whose article passes the filters, ascending."""
        where, values = _filter_sql(filters)
        # An article's passages come in one transaction, so their ids follow one another: a row
        # for each article instead of each passage.
        rows = np.array(
            self.all_rows(
                f"""SELECT min(id), max(id), count(*) FROM passages
                    WHERE article IN (SELECT a.number FROM articles a WHERE 1 {where})
                    GROUP BY article""",
                values,
            ),
            dtype=np.int64,
        ).reshape(-1, 3)
        first, last, count = rows[np.argsort(rows[:, 0])].T
        if (last - first + 1 != count).any():
            found = self.all_rows(
                f"""SELECT p.id FROM passages p JOIN articles a ON a.number = p.article
                    WHERE 1 {where} ORDER BY p.id""",
                values,
            )
            return np.array(found, dtype=np.int64).reshape(-1)
        begins = np.repeat(first - np.cumsum(count) + count, count)
        return begins + np.arange(len(begins), dtype=np.int64)


def _filter_sql(filters: Filters) -> tuple[str, list[object]]:
    clauses: list[str] = []
    values: list[object] = []
    if filters.since is not None:
        clauses.append("AND a.published >= ?")
        values.append(filters.since)
    if filters.until is not None:
        clauses.append("AND a.published <= ?")
        values.append(filters.until)
    if filters.source is not None:
        # Each source once: there are few, and folding is Python's.
        clauses.append(
            "AND a.source IN (SELECT source FROM (SELECT DISTINCT source FROM articles)"
            " WHERE instr(fold(source), ?) > 0)"
        )
        values.append(filters.source.casefold())
    return " ".join(clauses), values
