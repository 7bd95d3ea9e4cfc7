"""Spreading a library over a Citus cluster: the articles, with all that is theirs beside them.

Where the extension is in the database when the library is made, articles, passages and each
model's vectors are distributed by the article's number and lie together; what is small is on
every node. The statements are tested as text; no cluster has run them yet.
"""

from __future__ import annotations

from embeddings.postgres.connection import SCHEMA, Connection

_REFERENCE = (
    "meta", "roots", "files", "words_total", "models", "places", "sketches", "corrections",
    "fetched", "columns", "sessions", "turns",
)  # fmt: skip


def is_there(connection: Connection) -> bool:
    """Whether the database has the extension."""
    return bool(connection.rows("SELECT 1 FROM pg_extension WHERE extname = 'citus'"))


def layout(*, is_there: bool) -> list[str]:
    """The statements that end the making of the tables."""
    if not is_there:
        return [f"CREATE UNIQUE INDEX articles_by_id ON {SCHEMA}.articles (id)"]
    return [
        # A distributed table's unique index must hold what it is distributed by. That an id is
        # there once is held by the lock that every writer takes.
        f"CREATE INDEX articles_by_id ON {SCHEMA}.articles (id)",
        *(f"SELECT create_reference_table('{SCHEMA}.{table}')" for table in _REFERENCE),
        f"SELECT create_distributed_table('{SCHEMA}.articles', 'number')",
        f"SELECT create_distributed_table('{SCHEMA}.passages', 'article',"
        f" colocate_with => '{SCHEMA}.articles')",
    ]


def vectors_layout(table: str, *, is_there: bool) -> list[str]:
    """The statement that follows the making of a model's vectors table."""
    if not is_there:
        return []
    return [
        f"SELECT create_distributed_table('{SCHEMA}.{table}', 'article',"
        f" colocate_with => '{SCHEMA}.articles')"
    ]
