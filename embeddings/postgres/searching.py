"""Finding passages on a server: by meaning with pgvector, by words with BM25.

The index is asked for nearest passages only where it can be trusted to give enough of them:
where there is none, or the filter lets few through, every vector that may answer is compared;
where it comes back short, they are compared after all.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pgvector import Vector

from embeddings.parts import SearchState
from embeddings.postgres import words
from embeddings.postgres.connection import SCHEMA, Connection
from embeddings.postgres.filtering import filter_sql
from embeddings.postgres.truth import Truth
from embeddings.postgres.vectors import INDEXED_FROM, Answering, Vectors
from embeddings.records import Filters
from embeddings.vectors import Neighbour

# Where a filter lets no more through than this, comparing with each costs less than the index.
EXACT_MOST = INDEXED_FROM
_LEAST_EF, _MOST_EF = 200, 1000
# Half floats may put two neighbours the wrong way round: so more are asked for than are given.
_SPARE = 1.5


class ServerSearch:
    """Searches in the server. Not safe for threads: the library locks."""

    def __init__(self, connection: Connection, truth: Truth) -> None:
        self._connection = connection
        self._truth = truth
        self._vectors = Vectors(connection)

    def near(
        self,
        query: npt.NDArray[np.float32],
        *,
        limit: int,
        filters: Filters,
        model: str | None,
        exact: bool = False,
    ) -> list[Neighbour]:
        """As `parts.Searching.near`; with `exact`, by comparing with every vector."""
        if limit <= 0:
            return []
        asked = Vector(np.ascontiguousarray(query, dtype=np.float32))
        with self._truth.reading():
            answering = self._vectors.answering()
            if answering is None or (model is not None and model != answering.model):
                return []
            if not exact and answering.is_indexed and self._is_wide(answering, filters):
                found = self._by_index(answering, asked, limit, filters)
                if len(found) == limit:
                    return found
            return self._by_comparing(answering, asked, limit, filters)

    def _is_wide(self, answering: Answering, filters: Filters) -> bool:
        where, values = filter_sql(filters)
        if not where:
            return True
        row = self._connection.rows(
            f"""SELECT count(*) FROM (
                    SELECT 1 FROM {answering.table} v JOIN articles a ON a.number = v.article
                    WHERE true {where} LIMIT %s) few""",
            (*values, EXACT_MOST + 1),
        )[0]
        return int(row[0]) > EXACT_MOST

    def _by_comparing(
        self, answering: Answering, asked: Vector, limit: int, filters: Filters
    ) -> list[Neighbour]:
        # The index is over half vectors, so that an order by whole ones never uses it.
        where, values = filter_sql(filters)
        join = "JOIN articles a ON a.number = v.article" if where else ""
        rows = self._connection.rows(
            f"""SELECT v.passage, v.vector <#> %s AS distance FROM {answering.table} v {join}
                WHERE true {where} ORDER BY distance, v.passage LIMIT %s""",
            (asked, *values, limit),
        )
        return [Neighbour(int(passage), -float(distance)) for passage, distance in rows]

    def _by_index(
        self, answering: Answering, asked: Vector, limit: int, filters: Filters
    ) -> list[Neighbour]:
        fetched = int(limit * _SPARE) + 10
        self._connection.rows(
            """SELECT set_config('hnsw.ef_search', %s, true),
                      set_config('hnsw.iterative_scan', 'relaxed_order', true)""",
            (str(min(max(fetched, _LEAST_EF), _MOST_EF)),),
        )
        where, values = filter_sql(filters)
        join = "JOIN articles a ON a.number = v.article" if where else ""
        half = f"halfvec({answering.dimension})"
        rows = self._connection.rows(
            f"""WITH near AS MATERIALIZED (
                    SELECT v.passage, v.vector FROM {answering.table} v {join}
                    WHERE true {where} ORDER BY v.vector::{half} <#> %s::{half} LIMIT %s)
                SELECT passage, vector <#> %s AS distance FROM near
                ORDER BY distance, passage LIMIT %s""",
            (*values, asked, fetched, asked, limit),
        )
        return [Neighbour(int(passage), -float(distance)) for passage, distance in rows]

    def words(self, text: str, *, limit: int, filters: Filters) -> list[tuple[int, float]]:
        return words.search_words(self._connection, text, limit=limit, filters=filters)

    def state(self) -> SearchState:
        answering = self._vectors.answering()
        count = 0
        if answering is not None:
            count = int(self._connection.rows(f"SELECT count(*) FROM {answering.table}")[0][0])
        size = self._connection.rows(
            """SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
               JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = %s AND c.relkind = 'r'""",
            (SCHEMA,),
        )[0][0]
        indexed = answering is not None and answering.is_indexed
        kind = "HNSW over half floats (pgvector)" if indexed else "none, exact search (pgvector)"
        return SearchState(count, kind, None, int(size))

    def prepare(self, model: str) -> None:
        """Build the model's index while the other still answers."""
        if not self._truth.read_only:
            self._vectors.index_where_due(model)

    def tidy(self) -> None:
        """Build the index where it has become worth it."""
        answering = self._vectors.answering()
        if answering is not None and not self._truth.read_only:
            self._vectors.index_where_due(answering.model)

    def faults(self) -> list[str]:
        answering = self._vectors.answering()
        if answering is None:
            return []
        faults = []
        wrong = self._connection.rows(
            f"SELECT count(*) FROM {answering.table} WHERE abs(vector_norm(vector) - 1) > 0.01"
        )[0][0]
        if wrong:
            faults.append(f"{wrong} vectors are not of length one")
        astray = self._connection.rows(
            f"""SELECT count(*) FROM {answering.table} v JOIN passages p
                ON p.article = v.article AND p.id = v.passage WHERE p.digest <> v.digest"""
        )[0][0]
        if astray:
            faults.append(f"{astray} vectors are of another text than their passage's")
        broken = self._connection.rows(
            """SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
               JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = %s AND NOT i.indisvalid ORDER BY 1""",
            (SCHEMA,),
        )
        faults += [f"the index {name} is not whole; run REINDEX INDEX" for (name,) in broken]
        return faults
