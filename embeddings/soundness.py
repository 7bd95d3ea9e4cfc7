"""Whether what the database says of each article can be true: found by reading all of it.

SQLite knows whether its pages hang together, not whether a bit of what is in them has turned. An
article's text is kept with its digest, its passages are slices of it, vectors are of length one:
what does not fit is damaged, and must neither be cited nor lead to what is.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from embeddings.encoded import digest_of
from embeddings.fulltext import unpack_full
from embeddings.schema import text_digest
from embeddings.sessions import is_session

# A vector of length one, in float32, is of this length at least and its inverse at most.
_LEAST_LENGTH = 0.99


@dataclass(frozen=True, slots=True)
class Fault:
    """What is damaged: its table, its key there, and how it is said to a person."""

    table: str
    key: tuple[Any, ...]
    told: str


def faults(database: sqlite3.Connection) -> Iterator[Fault]:
    """All that is damaged, article by article. Raises `sqlite3.Error` where a page is.

    `database` gives text as bytes or str; reads within the caller's transaction, if any.
    """
    factory = database.text_factory
    database.text_factory = bytes
    try:
        yield from _articles(database)
        yield from _loose(database)
        yield from _vectors(database)
        yield from _sessions(database)
    finally:
        database.text_factory = factory


def _articles(database: sqlite3.Connection) -> Iterator[Fault]:
    rows = database.execute(
        """SELECT number, id, path, title, text, text_digest, sentences, pages, whole,
                  published, source, author, url, language, sha256 FROM articles ORDER BY number"""
    )
    for row in rows:
        number = int(row[0])
        try:
            article_id, path, title, text = (value.decode() for value in row[1:5])
            others = [value.decode() for value in row[9:] if value is not None]
            del others
            spans = np.frombuffer(row[6], dtype="<i4").reshape(-1, 2)
            np.frombuffer(row[7] or b"", dtype="<i4")
            if row[8] is not None:
                unpack_full(row[8])
        except Exception as error:  # noqa: BLE001 - damage has any form: this is what looks for it.
            yield Fault(
                "articles", (number,), f"an article cannot be read ({type(error).__name__})"
            )
            continue
        named = f"article {article_id} ({title or path})"
        if row[5] != text_digest(text):
            yield Fault("articles", (number,), f"{named}: its text is not what was stored")
        elif not _are_sentences(spans, len(text)):
            yield Fault("articles", (number,), f"{named}: its sentences are not in its text")
        elif why := _passages_fault(database, number, title, text, spans):
            yield Fault("passages", (number,), f"{named}: {why}")


def _are_sentences(spans: np.ndarray[Any, Any], length: int) -> bool:
    flat = spans.reshape(-1)
    return bool((spans[:, 0] < spans[:, 1]).all() and (np.diff(flat) >= 0).all()) and (
        not len(flat) or (flat[0] >= 0 and flat[-1] <= length)
    )


def _passages_fault(
    database: sqlite3.Connection,
    number: int,
    title: str,
    text: str,
    spans: np.ndarray[Any, Any],
) -> str | None:
    rows = database.execute(
        "SELECT first, last, start, stop, body, digest FROM passages WHERE article = ?", (number,)
    )
    covered = np.zeros(len(spans), dtype=np.bool_)
    for first, last, start, stop, body, digest in rows:
        try:
            is_right = (
                0 <= first <= last < len(spans)
                and (start, stop) == (spans[first][0], spans[last][1])
                and body.decode() == text[start:stop]
                and digest == digest_of(title, text[start:stop])
            )
        except (AttributeError, TypeError, UnicodeError):
            is_right = False
        if not is_right:
            return "a passage of it is not what it says"
        covered[first : last + 1] = True
    # An older version has none at all.
    if covered.any() and not covered.all():
        return "a passage of it is missing"
    return None


def _loose(database: sqlite3.Connection) -> Iterator[Fault]:
    """What refers to an article that is not there."""
    for table, key, column in (
        ("places", "id", "article"),
        ("articles", "number", "newer"),
        ("passages", "article", None),
    ):
        if column is None:
            found = database.execute(
                "SELECT DISTINCT article FROM passages "
                "WHERE article NOT IN (SELECT number FROM articles)"
            )
        else:
            found = database.execute(
                f"SELECT {key} FROM {table} WHERE {column} IS NOT NULL "
                f"AND {column} NOT IN (SELECT id FROM articles)"
            )
        for (value,) in found.fetchall():
            shown = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
            yield Fault(f"loose {table}", (shown,), f"{table} {shown} belongs to no article")
    # Each file's text is an article of its own, or in another's: one id is never both.
    for (value,) in database.execute(
        "SELECT id FROM places WHERE id IN (SELECT id FROM articles)"
    ).fetchall():
        shown = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        yield Fault("loose places", (shown,), f"{shown} is an article and a place of another")


def _vectors(database: sqlite3.Connection) -> Iterator[Fault]:
    found = database.execute("SELECT value FROM meta WHERE key = 'dimension'").fetchone()
    model = database.execute("SELECT value FROM meta WHERE key = 'model'").fetchone()
    if found is None or model is None:
        return
    try:
        dimension = int(found[0])
    except ValueError:
        yield Fault("meta", ("dimension",), "the vectors' length is not a number")
        return
    for digest, packed in database.execute(
        "SELECT digest, vector FROM vectors WHERE model = CAST(? AS TEXT)", (model[0],)
    ):
        if not _is_vector(packed, dimension):
            shown = digest.hex() if isinstance(digest, bytes) else str(digest)
            yield Fault("vectors", (digest,), f"vector {shown} is not of length one")


def _is_vector(packed: object, dimension: int) -> bool:
    if not isinstance(packed, bytes) or len(packed) != 4 * dimension:
        return False
    with np.errstate(all="ignore"):
        length = float(np.linalg.norm(np.frombuffer(packed, dtype="<f4").astype(np.float64)))
    return _LEAST_LENGTH <= length <= 1 / _LEAST_LENGTH


def _sessions(database: sqlite3.Connection) -> Iterator[Fault]:
    for number, *row in database.execute("SELECT number, id, title, started_at FROM sessions"):
        if not is_session(*map(_decoded, row)):
            yield Fault("sessions", (number,), f"session {number} cannot be read")
    rows = database.execute(
        "SELECT id, session, asked_at, body, session IN (SELECT number FROM sessions) FROM turns"
    )
    for turn, session, asked_at, body, has_one in rows:
        try:
            json.loads(body)
            is_right = has_one and is_session("", "", _decoded(asked_at))
        except (TypeError, ValueError):
            is_right = False
        if not is_right:
            yield Fault("turns", (turn,), f"a turn of session {session} cannot be read")


def _decoded(value: object) -> object:
    """Text that is given as bytes, as text; None where it is not UTF-8."""
    try:
        return value.decode() if isinstance(value, bytes) else value
    except UnicodeDecodeError:
        return None
