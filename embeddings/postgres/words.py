"""Searching by words on a server: a tsvector a passage, ranked as SQLite's FTS5 ranks.

PostgreSQL finds which passages have the words (GIN), and its own ranks know nothing of how rare
a word is; so BM25 is reckoned here, in SQL, from the same numbers and to the same score as in a
library in a folder: k1 1.2, b .75, and a word in the title counting four times.
"""

from __future__ import annotations

import re
import unicodedata

from embeddings.postgres.connection import SCHEMA, Connection
from embeddings.postgres.filtering import filter_sql
from embeddings.records import Filters
from embeddings.unspaced import MARKS, split_word
from embeddings.words import MOST_WORDS, content_words

_WORD = re.compile(rf"(?:[^\W_][{MARKS}]*)+")
# A tsvector holds a megabyte; no passage comes near it but one without a sentence's end.
_MOST_CHARACTERS = 100_000
CONFIGURATION = f"'{SCHEMA}.words'::regconfig"
WORDS_SQL = (
    f"setweight(to_tsvector({CONFIGURATION}, %s), 'A')"
    f" || setweight(to_tsvector({CONFIGURATION}, %s), 'D')"
)
"""The tsvector of a folded title and a folded text."""
COUNTS_SQL = """
SELECT coalesce(array_agg(lexeme ORDER BY lexeme), '{}') AS repeated,
       coalesce(array_agg(counted ORDER BY lexeme), '{}') AS counts
FROM (SELECT w.lexeme, (SELECT sum(CASE weight WHEN 'A' THEN 4 ELSE 1 END)::real
                        FROM unnest(w.weights) AS weight) AS counted
      FROM unnest(indexed.words) AS w) AS each
WHERE counted <> 1"""
"""The words of the tsvector ``indexed.words`` that count other than once, and how much."""

_SEARCH = """
WITH asked AS MATERIALIZED (
    SELECT lexeme, cardinality(positions) AS times, quote_literal(lexeme)::tsquery AS query
    FROM unnest(to_tsvector({configuration}, %s))
), hits AS MATERIALIZED (
    SELECT p.id, p.article, p.length, a.lexeme, a.times,
           coalesce(p.counts[array_position(p.repeated, a.lexeme)], 1)::float8 AS counted
    FROM asked a JOIN passages p ON p.words @@ a.query
), held AS (
    SELECT lexeme, count(*)::float8 AS holders FROM hits GROUP BY lexeme
), rarity AS (
    -- In float8 throughout: numeric constants make each passage's reckoning ten times slower.
    SELECT h.lexeme, 0.9::float8 * t.passages / greatest(t.words, 1) AS per_word,
           2.2::float8 * CASE WHEN t.passages - h.holders <= h.holders THEN 1e-6::float8
               ELSE ln((t.passages - h.holders + 0.5::float8) / (h.holders + 0.5::float8))
           END AS worth
    FROM held h CROSS JOIN words_total t
)
SELECT h.id, sum(h.times * r.worth * h.counted
                 / (h.counted + 0.3::float8 + r.per_word * h.length)) AS score
FROM hits h JOIN rarity r ON r.lexeme = h.lexeme {join}
WHERE true {where}
GROUP BY h.id ORDER BY score DESC, h.id LIMIT %s
"""


def folded(text: str) -> str:
    """The text's words alone, in lower case and without accents: what is indexed and asked.

    Where a script has no spaces, each run of two or three neighbouring letters is a word.
    """
    bare = unicodedata.normalize("NFD", text[:_MOST_CHARACTERS].casefold())
    kept = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(part for word in _WORD.findall(kept) for part in split_word(word))


def length(title: str, text: str) -> int:
    """How many words the two have, folded."""
    return len(title.split()) + len(text.split())


def search_words(
    connection: Connection, text: str, *, limit: int, filters: Filters
) -> list[tuple[int, float]]:
    """(passage id, BM25) of passages with any of the text's words, best first."""
    words = content_words(text) or list(dict.fromkeys(text.casefold().split()))
    asked = folded(" ".join(words[:MOST_WORDS]))
    if not asked:
        return []
    where, values = filter_sql(filters)
    sql = _SEARCH.format(
        configuration=CONFIGURATION,
        join="JOIN articles a ON a.number = h.article" if where else "",
        where=where,
    )
    rows = connection.rows(sql, (asked, *values, limit))
    return [(int(passage_id), float(score)) for passage_id, score in rows]
