"""Whether a library is what it should be after whatever befell it, held against brute force."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings import schema
from embeddings.encoder import Encoder
from embeddings.library import Library, database_path, digest_of, encoded_text
from embeddings.readers import read_file

QUESTIONS = (
    "how many boats were counted near the pier?",
    "what did the clerk of Lindholm say the orchards cost?",
    "which bridges were closed in Tamford?",
    "who sold the trains?",
)
# Words that no search passes over as too common.
_WORD = re.compile(r"\b\d{2,}\b")
# Graphs of whole numbers give slightly other vectors in other company.
_ALIKE = 0.95
STRANGE = "there are vectors of"
# By how much less a coarsely kept vector may be like itself than like another.
_COARSE = 0.01


def texts_of(folder: Path) -> set[str]:
    """The texts of the articles in the folder's files, as the reader gives them."""
    return {text_of(path) for path in folder.iterdir()}


def text_of(path: Path) -> str:
    (draft,) = (found for found in read_file(path, None) if hasattr(found, "text"))
    return str(draft.text)


def faults(
    home: Path,
    encoders: Mapping[str, Encoder],
    chance: random.Random,
    *,
    known: set[str] | None = None,
    finished: bool = False,
) -> list[str]:
    """What is wrong with the library in the folder, a line each.

    `known` are the texts an article may have. `finished` says that nothing may be left to do.
    """
    with Library(home) as library:
        found = [f"check: {fault}" for fault in library.check()]
        status = library.status()
        if finished and status.waiting:
            found.append(f"{status.waiting} passages wait for a vector")
        found += _articles(library, known, finished=finished)
        with closing(schema.connect_to_read(database_path(home))) as database:
            found += _vectors(database, library, encoders, chance)
            found += _searches(database, library, encoders, chance)
            found += _turns(database)
    return found


def _articles(library: Library, known: set[str] | None, *, finished: bool) -> list[str]:
    found = []
    for summary in library.articles():
        article = library.article(summary.id)
        named = f"article {summary.id}"
        if known is not None and article.text not in known:
            found.append(f"{named} has a text that no file ever had")
        sentences = library.sentences(summary.id)
        if not sentences or any(not article.text[s.start : s.end].strip() for s in sentences):
            found.append(f"{named} has sentences that are not in its text")
        windows = library.whole.windows(summary.id)
        if article.newer is not None:
            if windows:
                found.append(f"{named} is an older version and has passages")
            if library.article(article.newer).newer is not None:
                found.append(f"{named} is answered for by one that does not answer")
        elif not windows:
            # Its newer version has gone: the next rebuild gives it its passages.
            if finished:
                found.append(f"{named} should answer and has no passages")
        else:
            covered = {number for first, last in windows for number in range(first, last + 1)}
            if covered != set(range(len(sentences))):
                found.append(f"{named} is half: its passages miss sentences")
    return found


def _rows(database: sqlite3.Connection, model: str) -> list[tuple[int, str, str, bytes, bytes]]:
    return database.execute(
        """SELECT p.id, a.title, p.body, p.digest, v.vector FROM passages p
           JOIN articles a ON a.number = p.article
           JOIN vectors v ON v.digest = p.digest AND v.model = ?""",
        (model,),
    ).fetchall()


def _vectors(
    database: sqlite3.Connection,
    library: Library,
    encoders: Mapping[str, Encoder],
    chance: random.Random,
) -> list[str]:
    """Every vector is kept under a digest of its passage's text, and some are made again."""
    found = []
    for model in {str(row[0]) for row in database.execute("SELECT DISTINCT model FROM vectors")}:
        if model not in encoders:
            found.append(f"{STRANGE} {model}")
            continue
        rows = _rows(database, model)
        found += [
            f"the vector of passage {row[0]} is kept under another text's digest"
            for row in rows
            if digest_of(row[1], row[2]) != row[3]
        ]
        some = chance.sample(rows, k=min(3, len(rows)))
        made = encoders[model].encode_passages([encoded_text(row[1], row[2]) for row in some])
        for row, vector in zip(some, made, strict=True):
            if float(np.frombuffer(row[4], dtype="<f4") @ vector) < _ALIKE:
                found.append(f"passage {row[0]} has a vector of another text or model")
    return found


def _searches(
    database: sqlite3.Connection,
    library: Library,
    encoders: Mapping[str, Encoder],
    chance: random.Random,
) -> list[str]:
    model = library.model
    if model is None:
        return []
    rows = _rows(database, model)
    found = []
    if rows:
        ids = np.array([row[0] for row in rows])
        vectors = np.stack([np.frombuffer(row[4], dtype="<f4") for row in rows])
        # Lists learned from some dozens of vectors keep them coarsely: what is looked for is then
        # what is nearest as it is kept, and whether each is kept nearest to itself.
        kept = vectors
        if not library.status().index.startswith("Flat"):
            kept = _as_kept(library, ids)
            among = kept @ vectors.T
            if (np.diag(among) < among.max(axis=1) - _COARSE).any():
                found.append("a vector in the index is another passage's")
        for question in chance.sample(QUESTIONS, k=2):
            query = encoders[model].encode_query(question)
            hits = library.search_vectors(query, limit=5)
            at = [np.flatnonzero(ids == hit.passage_id) for hit in hits]
            if not all(len(one) for one in at):
                found.append(f"a hit for {question!r} is no passage")
                continue
            places = [int(one[0]) for one in at]
            truth = np.sort(kept @ query)[::-1][:5]
            if not np.allclose(np.sort((kept @ query)[places])[::-1], truth, atol=1e-4):
                found.append(f"the search for {question!r} is not what brute force finds")
            if not np.allclose(
                [hit.similarity for hit in hits], (vectors @ query)[places], atol=1e-4
            ):
                found.append(f"a hit for {question!r} has another passage's similarity")
        passage_id, _, body, _, _ = chance.choice(rows)
        word = chance.choice(_WORD.findall(body))
        held = {
            int(row[0])
            for row in database.execute("SELECT id, body FROM passages")
            if word in _WORD.findall(str(row[1]))
        }
        words = {hit for hit, _ in library.search_words(word, limit=1000)}
        if passage_id not in words or not held <= words:
            found.append(f"the word {word!r} of passage {passage_id} is not found")
    return found


def _as_kept(library: Library, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """The vectors of shape (passages, dimension) that the index has in memory."""
    store = library._searching._shadow.current()  # type: ignore[attr-defined]
    assert store is not None
    return np.stack([store.vector(int(passage)) for passage in ids])


def _turns(database: sqlite3.Connection) -> list[str]:
    found = []
    for (body,) in database.execute("SELECT body FROM turns"):
        told = json.loads(body)
        if told.get("end") != "end" and "citations" not in told:
            found.append("half a turn was kept")
    rows: Sequence[tuple[int, int]] = database.execute(
        "SELECT max(number), count(*) FROM turns GROUP BY session"
    ).fetchall()
    if any(most != count for most, count in rows):
        found.append("a turn is missing between others")
    return found
