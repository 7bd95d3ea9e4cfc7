"""Whether a server's library agrees with itself: passages with articles, words with passages."""

from __future__ import annotations

from embeddings.postgres import words
from embeddings.postgres.connection import Connection

_AT_ONCE = 500
_PASSAGES = f"""
    SELECT p.id, a.title, p.body, p.length,
           substr(a.text, p.start + 1, p.stop - p.start) = p.body, p.words::text,
           p.repeated, p.counts
    FROM passages p JOIN articles a ON a.number = p.article
    WHERE p.id > %s ORDER BY p.id LIMIT {_AT_ONCE}"""
_INDEXED = words.WORDS_SQL.replace("%s", "title", 1).replace("%s", "body", 1)


def faults(connection: Connection) -> list[str]:
    """What is wrong, a line each. Reads every passage; hold one state."""
    wrong_texts = wrong_words = passages = total = last = 0
    while rows := connection.rows(_PASSAGES, (last,)):
        titles = [words.folded(row[1]) for row in rows]
        bodies = [words.folded(row[2]) for row in rows]
        anew = connection.rows(
            f"""SELECT indexed.words::text, counted.repeated, counted.counts
                FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS u (title, body, number)
                CROSS JOIN LATERAL (SELECT {_INDEXED} AS words) AS indexed
                CROSS JOIN LATERAL ({words.COUNTS_SQL}) AS counted ORDER BY number""",
            (titles, bodies),
        )
        for row, title, body, indexed in zip(rows, titles, bodies, anew, strict=True):
            wrong_texts += not row[4]
            wrong_words += indexed != row[5:] or row[3] != words.length(title, body)
            total += row[3]
        passages += len(rows)
        last = rows[-1][0]
    found = []
    if wrong_texts:
        found.append(f"{wrong_texts} passages are not what their article says")
    if wrong_words:
        found.append(f"the word index disagrees with the passages: {wrong_words} of them")
    if connection.row("SELECT passages, words FROM words_total") != (passages, total):
        found.append("the number of passages and words is not what is kept of it")
    return found
