"""Which articles may answer, as SQL on ``articles a``."""

from __future__ import annotations

from embeddings.records import Filters


def filter_sql(filters: Filters) -> tuple[str, list[object]]:
    """The conditions, each after an AND, and their values."""
    clauses: list[str] = []
    values: list[object] = []
    if filters.since is not None:
        clauses.append("AND a.published >= %s")
        values.append(filters.since)
    if filters.until is not None:
        clauses.append("AND a.published <= %s")
        values.append(filters.until)
    if filters.source is not None:
        clauses.append("AND position(%s IN a.source_folded) > 0")
        values.append(filters.source.casefold())
    return " ".join(clauses), values
