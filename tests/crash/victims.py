"""What is killed, and how what it left is judged and gone on with.

Each victim has `prepare` (make the scene), `act` (what is killed, in a child), `judge` (what is
wrong after the kill) and `finish` (the next run, which has to complete, and what is wrong then).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from crash import stage, truth

from embeddings import backups, repair, schema
from embeddings.copying import copy_library
from embeddings.encoder import Encoder
from embeddings.library import Library, database_path
from embeddings.rebuild import Rebuild
from embeddings.removal import remove_named

Send = Callable[[Any], None]


class Scene:
    """Where a victim lives: its folders, the encoders, and its own chance."""

    def __init__(self, base: Path, work: Path, first: Encoder, second: Encoder, seed: int) -> None:
        self.base = base
        self.work = work
        self.articles = work / "articles"
        self.home = work / "home"
        self.other = work / "other"
        self.file = work / "kept.db"
        self.first = first
        self.second = second
        self.chance = random.Random(seed)
        self.known: set[str] = set()
        self.encoders = {first.model.id: first, second.model.id: second}

    def reset(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        shutil.copytree(self.base / "articles", self.articles)
        shutil.copytree(self.base / "home", self.home)
        self.known = truth.texts_of(self.articles)

    def faults(self, home: Path, *, finished: bool = False) -> list[str]:
        return truth.faults(
            home,
            self.encoders,
            self.chance,
            known=self.known,
            finished=finished,
        )


class Victim:
    """The rebuild of some changed files; and what the others do otherwise."""

    name = "rebuild"
    few_are_many = False

    def prepare(self, scene: Scene) -> None:
        stage.stir(scene.articles, scene.chance)

    def act(self, send: Send, scene: Scene) -> None:
        stage.rebuild(scene.home, scene.articles, scene.first)

    def judge(self, scene: Scene, said: list[Any]) -> list[str]:
        return scene.faults(scene.home)

    def finish(self, scene: Scene) -> list[str]:
        stage.rebuild(scene.home, scene.articles, scene.first)
        return scene.faults(scene.home, finished=True) + same_as_files(scene)


def same_as_files(scene: Scene) -> list[str]:
    """Whether the library holds just what is in the files."""
    with Library(scene.home) as library:
        held = {library.article(a.id).text for a in library.articles()}
        places = {str(a.path) for a in library.articles()}
        for article in library.articles():
            places.update(library.article(article.id).places)
    found = []
    if held != truth.texts_of(scene.articles):
        found.append("the library and the files differ once the next rebuild is done")
    if places != {str(path) for path in scene.articles.iterdir()}:
        found.append("a file is not known, or one that is gone is")
    return found


class Remove(Victim):
    name = "remove"

    def prepare(self, scene: Scene) -> None:
        pass

    def act(self, send: Send, scene: Scene) -> None:
        with Library(scene.home) as library:
            ids = [article.id for article in library.articles()]
            for article_id in scene.chance.sample(ids, k=len(ids) // 2):
                remove_named(library, article_id)
                send(article_id)
            library.tidy()

    def judge(self, scene: Scene, said: list[Any]) -> list[str]:
        found = super().judge(scene, said)
        with Library(scene.home) as library:
            there = {article.id for article in library.articles()}
        # One with another place stays, as that place's, under that id.
        again = [word for word in said if isinstance(word, str) and word in there]
        return found + [f"the removed article {gone} is there again" for gone in again]

    def finish(self, scene: Scene) -> list[str]:
        for path in scene.articles.iterdir():
            stage.write_anew(path, path.read_text("utf-8"))
        return super().finish(scene)


class ModelChange(Victim):
    name = "model change"

    def prepare(self, scene: Scene) -> None:
        pass

    def _change(self, scene: Scene, target: Encoder) -> None:
        with Library(scene.home) as library:
            Rebuild(library, target).embed_waiting()
            model = target.model
            if library.model != model.id:
                library.set_model(
                    model.id,
                    name=model.name,
                    precision=model.precision,
                    dimension=model.dimension,
                )
            library.tidy()

    def act(self, send: Send, scene: Scene) -> None:
        with Library(scene.home) as library:
            is_first = library.model == scene.first.model.id
        self._change(scene, scene.second if is_first else scene.first)

    def finish(self, scene: Scene) -> list[str]:
        self._change(scene, scene.second)
        return scene.faults(scene.home, finished=True)


class Compaction(Victim):
    """Snapshots written again and again, the index's lists learned, articles coming and going."""

    name = "compaction"
    few_are_many = True

    def act(self, send: Send, scene: Scene) -> None:
        with Library(scene.home) as library:
            paths = sorted(scene.articles.iterdir())
            for path in scene.chance.sample(paths, k=min(4, len(paths))):
                Rebuild(library, scene.first).run([path])
                for _ in range(3):
                    library._searching._shadow.snapshot_revision = None  # type: ignore[attr-defined]
                    library.tidy()


class SessionWrite(Victim):
    name = "session write"

    def prepare(self, scene: Scene) -> None:
        pass

    def act(self, send: Send, scene: Scene) -> None:
        with Library(scene.home) as library:
            for number in range(60):
                session = f"s{scene.chance.randrange(5)}{os.getpid()}"
                body = {"said": "x" * scene.chance.randrange(60_000), "n": number, "end": "end"}
                at = f"2026-01-01T00:00:{number:02}+00:00"
                turn = library.sessions.add_turn(
                    session, title="t", asked_at=at, body=json.dumps(body)
                )
                send((session, turn, number))

    def judge(self, scene: Scene, said: list[Any]) -> list[str]:
        found = scene.faults(scene.home)
        kept = [word for word in said if isinstance(word, tuple) and len(word) == 3]
        with Library(scene.home) as library:
            for session, turn, number in kept:
                turns = library.sessions.turns(session)
                if len(turns) < turn or json.loads(turns[turn - 1].body)["n"] != number:
                    found.append("a turn that was kept is not there")
        return found

    def finish(self, scene: Scene) -> list[str]:
        with Library(scene.home) as library:
            for session in library.sessions.summaries():
                library.sessions.drop(session.id)
        return super().finish(scene)


class Copy(Victim):
    name = "copy"

    def prepare(self, scene: Scene) -> None:
        if scene.chance.random() < 0.5:
            shutil.rmtree(scene.other, ignore_errors=True)
        with Library(scene.home) as library:
            library.sessions.add_turn(
                f"c{scene.chance.randrange(10**6)}",
                title="t",
                asked_at="2026-01-01T00:00:00+00:00",
                body=json.dumps({"end": "end"}),
            )

    def act(self, send: Send, scene: Scene) -> None:
        with Library(scene.home) as source, Library(scene.other, create=True) as target:
            copy_library(source, target)

    def judge(self, scene: Scene, said: list[Any]) -> list[str]:
        found = scene.faults(scene.home)
        if database_path(scene.other).exists():
            found += [f"target: {fault}" for fault in scene.faults(scene.other)]
        return found

    def finish(self, scene: Scene) -> list[str]:
        self.act(lambda _: None, scene)
        found = scene.faults(scene.other, finished=True)
        return found + differing(scene.home, scene.other)


def differing(one: Path, other: Path) -> list[str]:
    """What is not the same in two libraries."""
    with Library(one) as mine, Library(other) as theirs:
        if [mine.article(a.id) for a in mine.articles()] != [
            theirs.article(a.id) for a in theirs.articles()
        ]:
            return ["the two libraries' articles differ"]
        turns = [
            {s.id: library.sessions.turns(s.id) for s in library.sessions.summaries()}
            for library in (mine, theirs)
        ]
        return [] if turns[0] == turns[1] else ["the two libraries' sessions differ"]


class Backup(Victim):
    name = "backup"

    def prepare(self, scene: Scene) -> None:
        scene.file.unlink(missing_ok=True)

    def act(self, send: Send, scene: Scene) -> None:
        backups.back_up(scene.home, scene.file)

    def judge(self, scene: Scene, said: list[Any]) -> list[str]:
        found = scene.faults(scene.home)
        if scene.file.exists():
            found += self._restored(scene)
        return found

    def _restored(self, scene: Scene) -> list[str]:
        shutil.rmtree(scene.other, ignore_errors=True)
        backups.restore(scene.file, scene.other)
        return scene.faults(scene.other) + differing(scene.home, scene.other)

    def finish(self, scene: Scene) -> list[str]:
        scene.file.unlink(missing_ok=True)
        backups.back_up(scene.home, scene.file)
        return self._restored(scene)


class Restore(Victim):
    name = "restore"

    def prepare(self, scene: Scene) -> None:
        scene.file.unlink(missing_ok=True)
        backups.back_up(scene.home, scene.file)
        shutil.rmtree(scene.other, ignore_errors=True)
        if scene.chance.random() < 0.5:
            Library(scene.other, create=True).close()

    def act(self, send: Send, scene: Scene) -> None:
        backups.restore(scene.file, scene.other)

    def judge(self, scene: Scene, said: list[Any]) -> list[str]:
        if not database_path(scene.other).exists():
            return []
        with Library(scene.other) as library:
            if library.count() == 0 and library.check() == []:
                return []
        return scene.faults(scene.other) + differing(scene.home, scene.other)

    def finish(self, scene: Scene) -> list[str]:
        if database_path(scene.other).exists():
            with Library(scene.other) as library:
                is_empty = library.count() == 0
            if not is_empty:
                return differing(scene.home, scene.other)
        backups.restore(scene.file, scene.other)
        return scene.faults(scene.other, finished=True) + differing(scene.home, scene.other)


class Repair(Victim):
    """A database with a page of vectors gone, killed while it is salvaged."""

    name = "repair"

    def prepare(self, scene: Scene) -> None:
        scene.reset()
        path = database_path(scene.home)
        with closing(sqlite3.connect(path)) as database:
            (root,) = database.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = ?",
                (scene.chance.choice(["vectors", "passages", "sketches"]),),
            ).fetchone()
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("r+b") as file:
            file.seek((root - 1) * 4096)
            file.write(b"\xff" * 4096)

    def act(self, send: Send, scene: Scene) -> None:
        repair.repair(scene.home)

    def judge(self, scene: Scene, said: list[Any]) -> list[str]:
        return [] if database_path(scene.home).exists() else ["there is no database any more"]

    def finish(self, scene: Scene) -> list[str]:
        found = repair.repair(scene.home).faults
        stage.rebuild(scene.home, scene.articles, scene.first)
        found += scene.faults(scene.home, finished=True) + same_as_files(scene)
        scene.reset()
        return found


class Migration(Victim):
    """A library of an older version, killed while it is brought up to date."""

    name = "migration"

    def prepare(self, scene: Scene) -> None:
        shutil.rmtree(scene.other, ignore_errors=True)
        whole = schema.MIGRATIONS
        schema.MIGRATIONS = whole[:2]
        try:
            old, _ = schema.connect(database_path(scene.other), create=True, timeout_s=5)
        finally:
            schema.MIGRATIONS = whole
        old.execute("ATTACH ? AS present", (str(database_path(scene.home)),))
        for table in ("meta", "roots", "files", "articles", "passages", "vectors", "removals"):
            columns = ", ".join(r[1] for r in old.execute(f"PRAGMA main.table_info({table})"))
            old.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM present.{table}")
        old.execute("INSERT INTO words(words) VALUES ('rebuild')")
        old.close()

    def act(self, send: Send, scene: Scene) -> None:
        Library(scene.other).close()

    def judge(self, scene: Scene, said: list[Any]) -> list[str]:
        # Passing files, which have a dot before their names, are nobody's to read.
        for path in scene.other.glob("library.db.before-v*"):
            with closing(sqlite3.connect(path)) as kept:
                if kept.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                    return ["what was kept before the migration is not whole"]
                if kept.execute("PRAGMA user_version").fetchone() != (2,):
                    return ["what was kept is not of before the migration"]
        with closing(sqlite3.connect(database_path(scene.other))) as database:
            version = database.execute("PRAGMA user_version").fetchone()
        if version not in ((2,), (len(schema.MIGRATIONS),)):
            return [f"the library is of version {version}, between two"]
        return []

    def finish(self, scene: Scene) -> list[str]:
        with Library(scene.other) as library:
            found = library.check()
            texts = {library.article(a.id).text for a in library.articles()}
        with Library(scene.home) as library:
            if texts != {library.article(a.id).text for a in library.articles()}:
                found.append("an article was lost by the migration")
        return found


VICTIMS: tuple[Victim, ...] = (
    Victim(),
    Remove(),
    ModelChange(),
    Compaction(),
    SessionWrite(),
    Copy(),
    Backup(),
    Restore(),
    Repair(),
    Migration(),
)
