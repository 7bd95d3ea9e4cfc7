"""Damage every file of a library in every way, and see what is answered, and what can be mended.

    python tests/crash/damage.py --times 20 --seed 1

The snapshot, the database and its log are each cut short, zeroed, overwritten, have bits turned,
are torn (some blocks are of an older state) and lost. Judged by the command itself: every answer is
of the articles' own words or an honest error, never a traceback; after `--doctor --repair` and a
rebuild the library holds what the files hold, or the repair said that it could not. Ends with 1
where anything was wrong. Needs a system that forks.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import functools
import io
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from crash import stage, truth
from crash.victims import Scene, same_as_files

import qa.commands.ask
import qa.engine
from embeddings import modelfiles
from embeddings.encoder import Encoder
from embeddings.graphs import open_graph
from embeddings.library import Library, database_path
from qa import cli
from qa.commands import doctor
from qa.reader import Reader

_BLOCK = 4096
FILES = {"snapshot": "vectors-*.faiss", "database": "library.db", "log": "library.db-wal"}
HONEST = (0, 1, 3)
_QUESTIONS = (
    "how many boats did the council of Tamford count?",
    "what did the orchards near Lindholm cost?",
)


def cut(content: bytearray, _: bytes, chance: random.Random) -> None:
    """A part of the file."""
    del content[chance.randrange(len(content)) :]


def bits(content: bytearray, _: bytes, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 8, 64))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def zeros(content: bytearray, _: bytes, chance: random.Random) -> None:
    at = chance.randrange(len(content)) // _BLOCK * _BLOCK
    size = min(chance.choice((1, 1, 4)) * _BLOCK, len(content) - at)
    content[at : at + size] = bytes(size)


def noise(content: bytearray, _: bytes, chance: random.Random) -> None:
    at = chance.randrange(len(content)) // _BLOCK * _BLOCK
    size = min(chance.choice((16, 512, _BLOCK)), len(content) - at)
    content[at : at + size] = chance.randbytes(size)


def torn(content: bytearray, older: bytes, chance: random.Random) -> None:
    """Some of its blocks are those of the file as it was before, or were never written."""
    first = chance.randrange(len(content) // _BLOCK + 1)
    for block in range(first, len(content) // _BLOCK + 1, chance.choice((1, 2, 3))):
        at = block * _BLOCK
        size = len(content[at : at + _BLOCK])
        content[at : at + size] = (older[at : at + size] + bytes(size))[:size]


WAYS: dict[str, Callable[[bytearray, bytes, random.Random], None] | None] = {
    "cut short": cut,
    "bits turned": bits,
    "zeroed": zeros,
    "overwritten": noise,
    "torn": torn,
    "lost": None,
}


class Stage:
    """A library, as it is and as it was, with models that a fork takes along."""

    def __init__(self, folder: Path, seed: int, articles: int) -> None:
        self.chance = random.Random(seed)
        first, second = stage.encoders()
        self.reader = Reader()
        self.reader._session = open_graph(
            modelfiles.READER_GRAPH.checked(), digest=modelfiles.READER_GRAPH.sha256, threads=1
        )
        self.scene = Scene(folder / "base", folder / "work", first, second, seed)
        self.older = folder / "older"
        work = folder / "work"
        stage.fill(work / "articles", self.chance, articles)
        stage.done_in_child(lambda _: stage.rebuild(work / "home", work / "articles", first))
        shutil.copytree(work / "home", self.older)
        before = truth.texts_of(work / "articles")
        stage.stir(work / "articles", self.chance)
        stage.done_in_child(self._go_on)
        work.rename(folder / "base")
        self.scene.reset()
        self.known = before | self.scene.known
        told = stage.done_in_child(self._told, ("--ask", _QUESTIONS[0], "--no-save", "--json"))
        self.right = json.loads(told[1])["citations"]
        if not self.right:
            raise SystemExit("the sound library answers nothing; take another seed")

    def _go_on(self, _: object) -> None:
        """A session, then what changed in the files; ended with its log beside the database."""
        work = self.scene.work
        self._told(None, ("--ask", _QUESTIONS[0]))
        library = Library(work / "home")
        library._catalog.database.execute("PRAGMA wal_autocheckpoint = 0")  # type: ignore[attr-defined]
        stage.Rebuild(library, self.scene.first).run([work / "articles"])
        library._searching._shadow.snapshot_revision = None  # type: ignore[attr-defined]
        library.tidy()
        # What a power cut leaves: nothing was closed.
        left = work / "left"
        left.mkdir()
        for file in (work / "home").iterdir():
            if not file.name.endswith("-shm"):
                shutil.copy(file, left / file.name)
        library.close()
        shutil.rmtree(work / "home")
        left.rename(work / "home")

    def _told(self, _: object, arguments: tuple[str, ...]) -> tuple[int, str, str]:
        """Exit status, stdout and stderr of the command, run in this very process."""
        here = functools.partial(_given, self.reader)
        qa.engine._load_reader = here  # type: ignore[assignment]
        qa.engine._load_encoder = functools.partial(_encoder, self.scene.encoders)  # type: ignore[assignment]
        doctor._model_state = lambda name: "ok"
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = cli.run(["--library", str(self.scene.home), *arguments])
            except SystemExit as ended:
                code = int(ended.code or 0)
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
        return code, texts[0], texts[1]

    def harm(self, file: str, way: str, *, logged: bool) -> str | None:
        """Damage one file of a fresh copy; how, for a person, or None where there is no such."""
        self.scene.reset()
        if not logged:
            stage.done_in_child(lambda _: Library(self.scene.home).close())
        found = list(self.scene.home.glob(FILES[file]))
        if not found:
            return None
        (path,) = found
        harming = WAYS[way]
        if harming is None:
            path.unlink()
            return f"{file} lost"
        content = bytearray(path.read_bytes())
        before = bytes(content)
        older = next(iter(self.older.glob(FILES[file])), None)
        harming(content, older.read_bytes() if older else b"", self.chance)
        path.write_bytes(content)
        return None if bytes(content) == before else f"{file} {way}"

    # --- what is judged, in children

    def judge(self, _: object, file: str) -> list[str]:
        """What was wrong with what was said of the damaged library."""
        found = self._asked(is_derived=file == "snapshot")
        for arguments in (("--status",), ("--list",), ("--sessions",), ("--doctor",)):
            code, _, err = self._told(None, arguments)
            found += self._one_line(arguments[0], code, err)
        return found

    def repair(self, _: object) -> tuple[str, list[str]]:
        """What came of it in a word, and what was wrong then."""
        if not database_path(self.scene.home).exists():
            # There is no library to mend any more: it is made anew from its files.
            return "made anew", self._finished()
        found = []
        code, _, err = self._told(None, ("--doctor", "--repair"))
        said = {0: "whole", 4: "something set aside"}.get(code, "not mended")
        if code == 3:
            print(f"  not mended: {err.strip().splitlines()[-1]}", flush=True)
        if code not in (0, 3, 4):
            found.append(f"--repair ended with {code}: {err}")
        if code in (0, 4):
            found += self._finished()
        elif not database_path(self.scene.home).exists():
            found.append("what could not be mended is not there any more")
        else:
            found += self._asked(is_derived=False)
        return said, found

    def _asked(self, *, is_derived: bool) -> list[str]:
        found = []
        for question in _QUESTIONS:
            code, out, err = self._told(None, ("--ask", question, "--no-save", "--json"))
            found += self._one_line("--ask", code, err)
            if "no library in" in err or not out.strip():
                continue
            told = json.loads(out)
            citations = told["citations"]
            nearest = told["refusal"]["nearest"] if told["refusal"] else []
            for one in [*citations, *nearest]:
                if not any(text[one["start"] : one["end"]] == one["text"] for text in self.known):
                    found.append(f"a citation that is in no article: {one['text']!r}")
            if is_derived and question == _QUESTIONS[0] and citations != self.right:
                found.append("another answer than before the damage")
        return found

    def _one_line(self, what: str, code: int, err: str) -> list[str]:
        if code not in HONEST:
            return [f"{what} ended with {code}: {err}"]
        if code == 3 and what != "--doctor" and err.count("\n") != 1:
            return [f"{what} said {err!r}"]
        return []

    def _finished(self) -> list[str]:
        """What a rebuild of the files has to make good."""
        scene = self.scene
        stage.rebuild(scene.home, scene.articles, scene.first)
        found = scene.faults(scene.home, finished=True) + same_as_files(scene)
        # A bit of a model's name: nobody searches by that vector, and another was made.
        return [fault for fault in found if not fault.startswith(truth.STRANGE)]


def _given(reader: Reader, *_: Any) -> Reader:
    return reader


def _encoder(encoders: dict[str, Encoder], library: Library, *_: Any) -> Encoder | None:
    return encoders.get(library.model or "")


def campaign(folder: Path, given: argparse.Namespace) -> int:
    """Damage each file in each way so many times; the exit status."""
    scene = Stage(folder, given.seed, given.articles)
    came: collections.Counter[tuple[str, str, str]] = collections.Counter()
    wrong = 0
    for file in [given.only] if given.only else FILES:
        for way in WAYS:
            # There is but one way to be lost.
            for number in range(given.times if WAYS[way] else min(given.times, 2)):
                logged = file == "log" or number % 2 == 0
                if (harmed := scene.harm(file, way, logged=logged)) is None:
                    continue
                try:
                    faults = stage.done_in_child(scene.judge, file)
                    said, more = stage.done_in_child(scene.repair)
                    faults += more
                except RuntimeError as error:
                    said, faults = "failed", [str(error)]
                came[file, way, said] += 1
                wrong += len(faults)
                for fault in faults:
                    print(f"{harmed}, number {number}: {fault}", flush=True)
    print(f"\nseed {given.seed}: what --doctor --repair made of it")
    for (file, way, said), count in sorted(came.items()):
        print(f"{file:10} {way:12} {said:20} {count:4}")
    print(f"{sum(came.values())} damages, {wrong} wrong")
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, default=12)
    parser.add_argument("--only", choices=FILES)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-damage-") as folder:
        return campaign(Path(folder), given)


if __name__ == "__main__":
    sys.exit(main())
