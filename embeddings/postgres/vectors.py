"""The vectors on a server: a table a model, filled in any order, indexed once it is full.

A passage's vector lies under the passage, and goes with it. pgvector's index is built over half
floats, which are half as large and find the same; what it finds is put in order by the whole
vectors. A library that is small has no index and every search is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pgvector import Vector

from embeddings.postgres import citus
from embeddings.postgres.connection import SCHEMA, Connection

# Below this many, comparing with every vector costs less than a question's other parts.
INDEXED_FROM = 20_000
# pgvector's index takes no half vectors longer than this.
_MOST_DIMENSIONS = 4000
_M, _EF_CONSTRUCTION = 16, 64
_LEAST_MEMORY_KB, _MOST_MEMORY_KB = 64 * 1024, 1024 * 1024


def vector_from(packed: bytes) -> Vector:
    """A vector for the server, of float32 bytes."""
    return Vector(np.frombuffer(packed, dtype="<f4"))


@dataclass(frozen=True, slots=True)
class Answering:
    """The model that answers, the table of its vectors, and whether that has an index."""

    model: str
    table: str
    dimension: int
    is_indexed: bool


class Vectors:
    """The vectors tables. Not safe for threads: the library locks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def answering(self) -> Answering | None:
        """What answers now; None before the first article."""
        row = self._connection.row(
            f"""SELECT m.id, m.slot, m.dimension,
                       to_regclass('{SCHEMA}.vectors_' || m.slot || '_near') IS NOT NULL
                FROM meta t JOIN models m ON m.id = t.value WHERE t.key = 'model'"""
        )
        return None if row is None else Answering(row[0], f"vectors_{row[1]}", row[2], row[3])

    def table(self, model: str) -> tuple[str, int] | None:
        """The model's table and its vectors' dimension; None where it has none yet."""
        row = self._connection.row("SELECT slot, dimension FROM models WHERE id = %s", (model,))
        return None if row is None else (f"vectors_{row[0]}", int(row[1]))

    def make_table(self, model: str, dimension: int) -> str:
        """The model's table, made where there is none. Within a transaction."""
        if found := self.table(model):
            return found[0]
        # Another who does the same waits here, and then finds what this one made.
        self._connection.run("SELECT pg_advisory_xact_lock(hashtext('dateline models'))")
        if found := self.table(model):
            return found[0]
        self._connection.run(
            "INSERT INTO models (id, dimension) VALUES (%s, %s)", (model, dimension)
        )
        made = self.table(model)
        assert made is not None
        self._connection.run(
            f"""CREATE TABLE {SCHEMA}.{made[0]} (
                article bigint NOT NULL, passage bigint NOT NULL, digest bytea NOT NULL,
                vector vector({dimension}) NOT NULL, PRIMARY KEY (article, passage),
                FOREIGN KEY (article, passage) REFERENCES {SCHEMA}.passages (article, id)
                    ON DELETE CASCADE)"""
        )
        # Their bits are as good as random: trying to compress them costs time alone.
        self._connection.run(
            f"ALTER TABLE {SCHEMA}.{made[0]} ALTER COLUMN vector SET STORAGE EXTERNAL"
        )
        for column in ("digest", "passage"):
            self._connection.run(
                f"CREATE INDEX {made[0]}_by_{column} ON {SCHEMA}.{made[0]} ({column})"
            )
        for statement in citus.vectors_layout(made[0], is_there=citus.is_there(self._connection)):
            self._connection.run(statement)
        return made[0]

    def put(self, model: str, vectors: Iterable[tuple[bytes, bytes]]) -> None:
        """Give the vectors to the passages of those digests that have none. In a transaction."""
        pairs = sorted(vectors)
        if not pairs:
            return
        table = self.make_table(model, len(pairs[0][1]) // 4)
        # A passage that another is removing at this moment is passed over.
        self._connection.run(
            f"""WITH given AS MATERIALIZED (
                    SELECT * FROM unnest(%s::bytea[], %s::vector[]) AS g (digest, vector)
                ), present AS MATERIALIZED (
                    SELECT p.article, p.id, g.digest, g.vector
                    FROM passages p JOIN given g ON g.digest = p.digest
                    ORDER BY p.id FOR KEY SHARE OF p
                )
                INSERT INTO {table} (article, passage, digest, vector)
                SELECT article, id, digest, vector FROM present ON CONFLICT DO NOTHING""",
            ([digest for digest, _ in pairs], [vector_from(packed) for _, packed in pairs]),
        )

    def carry_over(self, passages: Sequence[int]) -> None:
        """Give new passages the vectors, of every model, of others with just their text."""
        for (slot,) in self._connection.rows("SELECT slot FROM models ORDER BY slot"):
            self._connection.run(
                f"""INSERT INTO vectors_{slot} (article, passage, digest, vector)
                    SELECT DISTINCT ON (p.id) p.article, p.id, p.digest, v.vector
                    FROM passages p JOIN vectors_{slot} v ON v.digest = p.digest
                    WHERE p.id = ANY(%s) ON CONFLICT DO NOTHING""",
                (list(passages),),
            )

    def of_article(self, model: str, article_id: str) -> dict[bytes, npt.NDArray[np.float32]]:
        """The article's vectors of shape (dimension,) by digest."""
        found = self.table(model)
        if found is None:
            return {}
        rows = self._connection.rows(
            f"""SELECT v.digest, v.vector FROM {found[0]} v JOIN articles a ON a.number = v.article
                WHERE a.id = %s""",
            (article_id,),
        )
        return {digest: vector.to_numpy() for digest, vector in rows}

    # --- what waits

    def known(self, model: str, digests: Sequence[bytes]) -> set[bytes]:
        """Those of the digests that no passage waits with for the model's vector."""
        found = self.table(model)
        if found is None or not digests:
            return set()
        rows = self._connection.rows(
            f"""SELECT digest FROM {found[0]} WHERE digest = ANY(%s) EXCEPT
                SELECT p.digest FROM passages p WHERE p.digest = ANY(%s) AND {_waits(found)}""",
            (list(digests), list(digests)),
        )
        return {row[0] for row in rows}

    def waiting(self, model: str, limit: int, after: bytes) -> list[tuple[bytes, str, str]]:
        """(digest, title, text) of up to `limit` passages without a vector of the model, in the
        order of their digests, of those `after` one."""
        rows = self._connection.rows(
            f"""SELECT DISTINCT ON (p.digest) p.digest, a.title, p.body
                FROM passages p JOIN articles a ON a.number = p.article
                WHERE p.digest > %s AND {_waits(self.table(model))}
                ORDER BY p.digest, p.id LIMIT %s""",
            (after, limit),
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def count_waiting(self, model: str) -> int:
        """How many different passage texts have no vector of the model."""
        waits = _waits(self.table(model))
        rows = self._connection.rows(f"SELECT count(DISTINCT digest) FROM passages p WHERE {waits}")
        return int(rows[0][0])

    def drop_others(self, model: str) -> None:
        """Let every other model's vectors go. Within a transaction."""
        for (slot,) in self._connection.rows("SELECT slot FROM models WHERE id <> %s", (model,)):
            self._connection.run(f"DROP TABLE {SCHEMA}.vectors_{slot}")
        self._connection.run("DELETE FROM models WHERE id <> %s", (model,))

    # --- the index

    def has_index(self, table: str) -> bool:
        found = self._connection.rows(
            "SELECT to_regclass(%s) IS NOT NULL", (f"{SCHEMA}.{table}_near",)
        )
        return bool(found[0][0])

    def index_where_due(self, model: str, *, least: int = INDEXED_FROM) -> bool:
        """Build the model's index where there is none and it has `least` vectors; whether it was.

        Loading before indexing is the quicker way; what comes later is added by the server.
        """
        found = self.table(model)
        if found is None or self.has_index(found[0]) or found[1] > _MOST_DIMENSIONS:
            return False
        table, dimension = found
        count = int(self._connection.rows(f"SELECT count(*) FROM {table}")[0][0])
        if count < least:
            return False
        # A graph that does not fit into its memory is built many times more slowly.
        wanted_kb = count * (2 * dimension + 16 * _M) * 2 // 1024
        memory_kb = min(max(wanted_kb, _LEAST_MEMORY_KB), _MOST_MEMORY_KB)
        with self._connection.transaction():
            self._connection.run(f"SET LOCAL maintenance_work_mem = '{memory_kb}kB'")
            self._connection.run("SET LOCAL lock_timeout = 0")
            self._connection.run(
                f"""CREATE INDEX IF NOT EXISTS {table}_near ON {SCHEMA}.{table}
                    USING hnsw ((vector::halfvec({dimension})) halfvec_ip_ops)
                    WITH (m = {_M}, ef_construction = {_EF_CONSTRUCTION})"""
            )
        self._connection.rows(f"ANALYZE {table}")
        return True


def _waits(table: tuple[str, int] | None) -> str:
    """The condition that ``passages p`` has no vector in the table."""
    if table is None:
        return "true"
    return (
        f"NOT EXISTS (SELECT 1 FROM {table[0]} v WHERE v.article = p.article AND v.passage = p.id)"
    )
