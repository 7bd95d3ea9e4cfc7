"""``--doctor --repair``: what can be made again is, and what is damaged is set aside, not deleted.

The word index and the vectors' snapshot are made anew from the articles. A damaged article goes,
as it is, into a file in the library's ``quarantine`` folder, and the next rebuild reads it again
from where it came from. A database that SQLite itself cannot read is salvaged first (`salvage`).
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embeddings import durable, salvage, schema, soundness
from embeddings.catalog import Catalog
from embeddings.embedded import EmbeddedSearch, database_path
from embeddings.encoded import cut_passages
from embeddings.errors import LibraryUnusable
from embeddings.quarantine import FOLDER, as_json, aside
from embeddings.shadow import SNAPSHOTS
from embeddings.soundness import Fault
from embeddings.vectors import discard


@dataclass(slots=True)
class Repaired:
    """What was done, a line each; whether the library has all that it had, and whether anything
    lies in the quarantine that did not before; what is still wrong."""

    lines: list[str] = field(default_factory=list)
    is_whole: bool = True
    has_set_aside: bool = False
    faults: list[str] = field(default_factory=list)


def repair(folder: Path, *, tell: Callable[[str], None] = lambda line: None) -> Repaired:
    """Mend the library in the folder; each step is told as it is done, and is one transaction.

    Raises `LibraryUnusable` where nothing can be done, and OSError.
    """
    done = Repaired()

    def say(line: str) -> None:
        done.lines.append(line)
        tell(line)

    path = database_path(folder)
    aside_before = set(folder.glob(f"{FOLDER}/*"))
    if why := _malformed(path):
        say(f"the database is damaged ({why})")
        salvaged = salvage.salvage(path, say)
        done.is_whole &= salvaged.is_whole
    catalog = Catalog(path, create=False)
    with contextlib.closing(catalog):
        if catalog.read_only:
            raise LibraryUnusable(
                f"the library in {folder} can only be read; make it writable, or copy it"
            )
        # An article that goes may leave others that refer to it: once more, then.
        for _ in range(3):
            found = list(soundness.faults(catalog.database))
            if not found:
                break
            for fault in found:
                _mend(folder, catalog, fault, say, done)
        _mend_words(catalog, say)
        searching = EmbeddedSearch(folder, catalog)
        if searching.faults() or searching.state().snapshot_revision is None:
            discard(folder.glob(SNAPSHOTS))
            EmbeddedSearch(folder, catalog).tidy()
            say("the vectors' snapshot was made anew")
        durable.sweep_passing(folder, SNAPSHOTS)
        durable.sweep_passing(folder, path.name)
        done.faults = catalog.check() + EmbeddedSearch(folder, catalog).faults()
    done.has_set_aside = bool(set(folder.glob(f"{FOLDER}/*")) - aside_before)
    return done


def _malformed(path: Path) -> str | None:
    """What SQLite finds wrong with the database's pages; None where all is well."""
    try:
        with contextlib.closing(Catalog(path, create=False)) as catalog:
            found = [str(row[0]) for row in catalog.all_rows("PRAGMA integrity_check(1)")]
    except LibraryUnusable as error:
        # Another version's library, one in use, a full disk are no damage.
        if salvage.is_damage(error.__cause__):
            return str(error.__cause__)
        raise
    return None if found == ["ok"] else found[0].splitlines()[-1]


def _mend(
    folder: Path, catalog: Catalog, fault: Fault, say: Callable[[str], None], done: Repaired
) -> None:
    match fault.table:
        case "articles":
            done.is_whole = False
            _set_article_aside(folder, catalog, int(fault.key[0]), fault.told, say)
        case "passages":
            _cut_again(catalog, int(fault.key[0]), fault.told, say)
        case "vectors":
            with catalog.writing():
                catalog.database.execute("DELETE FROM vectors WHERE digest = ?", fault.key)
                catalog.forget_whole()
            say(f"{fault.told}: dropped; dateline --rebuild makes it anew")
        case "turns":
            done.is_whole = False
            file = _set_turn_aside(folder, catalog, fault.key[0])
            with catalog.writing():
                catalog.database.execute("DELETE FROM turns WHERE id = ?", fault.key)
            say(f"{fault.told}: set aside as {file}")
        case "sessions":
            done.is_whole = False
            row = _row(catalog, "sessions", "number", fault.key[0])
            file = aside(folder, f"session-{fault.key[0]}.json", as_json(row))
            turns = catalog.all_rows("SELECT id FROM turns WHERE session = ?", fault.key)
            for (turn,) in turns:
                _set_turn_aside(folder, catalog, turn)
            with catalog.writing():
                # Its turns go with it.
                catalog.database.execute("DELETE FROM sessions WHERE number = ?", fault.key)
            say(f"{fault.told}: set aside as {file}, and {len(turns)} questions beside it")
        case "loose articles":
            with catalog.writing():
                catalog.database.execute(
                    "UPDATE articles SET newer = NULL WHERE number = ?", fault.key
                )
            say(f"{fault.told}: it answers again once dateline --rebuild has run")
        case "loose places":
            with catalog.writing():
                catalog.database.execute(
                    "DELETE FROM files WHERE path IN (SELECT path FROM places WHERE id = ?)",
                    fault.key,
                )
                catalog.database.execute("DELETE FROM places WHERE id = ?", fault.key)
            say(f"{fault.told}: forgotten; dateline --rebuild reads its file again")
        case "loose passages":
            with catalog.writing() as revision:
                _drop_passages(catalog.database, fault.key[0], revision)
            say(f"{fault.told}: dropped")
        case _:
            raise LibraryUnusable(f"{fault.told}: only a backup can mend that; see --restore")


def _set_article_aside(
    folder: Path, catalog: Catalog, number: int, told: str, say: Callable[[str], None]
) -> None:
    row = _row(catalog, "articles", "number", number)
    file = aside(folder, f"article-{number}.json", as_json(row))
    database = catalog.database
    with catalog.writing() as revision:
        _drop_passages(database, number, revision)
        database.execute(
            "DELETE FROM files WHERE path = (SELECT path FROM articles WHERE number = ?)",
            (number,),
        )
        for table in ("places", "sketches"):
            database.execute(
                f"DELETE FROM {table} WHERE article = (SELECT id FROM articles WHERE number = ?)",
                (number,),
            )
        database.execute(
            "UPDATE articles SET newer = NULL WHERE newer = "
            "(SELECT id FROM articles WHERE number = ?)",
            (number,),
        )
        database.execute("DELETE FROM articles WHERE number = ?", (number,))
    say(f"{told}: set aside as {file}; dateline --rebuild reads it again from where it came from")


def _set_turn_aside(folder: Path, catalog: Catalog, turn: object) -> Path:
    return aside(folder, f"turn-{turn}.json", as_json(_row(catalog, "turns", "id", turn)))


def _cut_again(catalog: Catalog, number: int, told: str, say: Callable[[str], None]) -> None:
    database = catalog.database
    article_id, title, text = database.execute(
        "SELECT id, title, text FROM articles WHERE number = ?", (number,)
    ).fetchone()
    sentences = catalog.sentences(article_id)
    windows = database.execute(
        "SELECT first, last FROM passages WHERE article = ? ORDER BY id", (number,)
    ).fetchall()
    covered: set[int] = set()
    is_sure = True
    for first, last in windows:
        if isinstance(first, int) and isinstance(last, int) and 0 <= first <= last < len(sentences):
            covered.update(range(first, last + 1))
        else:
            is_sure = False
    is_sure &= len(covered) == len(sentences)
    with catalog.writing() as revision:
        _drop_passages(database, number, revision)
    if is_sure:
        catalog.put_passages(article_id, cut_passages(title, text, sentences, windows))
        say(f"{told}: cut anew from the article")
    else:
        say(f"{told}: dropped; dateline --rebuild cuts it anew")


def _drop_passages(database: sqlite3.Connection, number: int, revision: int) -> None:
    # The words are not told: what is damaged cannot say what it was. They are indexed anew.
    database.execute(
        "INSERT OR IGNORE INTO removals SELECT id, ? FROM passages WHERE article = ?",
        (revision, number),
    )
    database.execute("DELETE FROM passages WHERE article = ?", (number,))


def _mend_words(catalog: Catalog, say: Callable[[str], None]) -> None:
    with schema.explaining(catalog.path):
        try:
            catalog.database.execute("INSERT INTO words(words, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError:
            catalog.database.execute("INSERT INTO words(words) VALUES ('rebuild')")
            say("the word index was made anew")


def _row(catalog: Catalog, table: str, key: str, value: object) -> dict[str, Any]:
    """The row as it is, its text as bytes: it may not be text any more."""
    database = catalog.database
    database.text_factory = bytes
    try:
        cursor = database.execute(f"SELECT * FROM {table} WHERE {key} = ?", (value,))
        names = [column[0] for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))
    finally:
        database.text_factory = str
