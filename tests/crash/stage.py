"""What the campaigns have in common: articles, the two encoders, and work done in forked processes.

One parent loads the encoder, runs nothing, and forks: a fork costs milliseconds where a fresh
interpreter with a model costs seconds. All work, the checks too, is done in children, because
threads (FAISS's, SQLite's callers') do not outlive a fork.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ.update(
    HF_HUB_OFFLINE="1",
    OMP_NUM_THREADS="1",
    OPENBLAS_NUM_THREADS="1",
    TOKENIZERS_PARALLELISM="false",
)

import dataclasses  # noqa: E402
import multiprocessing  # noqa: E402
import random  # noqa: E402
import time  # noqa: E402
import traceback  # noqa: E402
from collections.abc import Callable, Sequence  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402

from embeddings import embedded, shadow  # noqa: E402
from embeddings.encoder import Encoder  # noqa: E402
from embeddings.library import Library  # noqa: E402
from embeddings.models import DEFAULT_MODEL, ExportedModel, find_model  # noqa: E402
from embeddings.rebuild import Rebuild  # noqa: E402

_PLACES = ("Tamford", "Corvin", "Mill Lane", "Ostrava Bay", "Lindholm", "Port Ede", "Garsby")
_THINGS = ("boats", "books", "bridges", "patients", "votes", "trains", "orchards", "wells")
_DOINGS = ("counted", "closed", "opened", "repaired", "sold", "inspected", "lost", "moved")
# From so many vectors on the campaigns sort them into lists, and not from a hundred thousand.
APPROXIMATE_FROM = 40


class TurnedEncoder(Encoder):
    """Another model: the same graph, with the numbers of every vector in another order.

    Its vectors are compared with each other as well as ever, and with the first model's not at all.
    """

    def __init__(self, model: ExportedModel, *, threads: int | None = None) -> None:
        super().__init__(model, threads=threads)
        self.model = dataclasses.replace(model, id=f"turned-{model.id}", name="turned")

    def encode_query(self, question: str) -> npt.NDArray[np.float32]:
        return np.ascontiguousarray(super().encode_query(question)[::-1])

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.ascontiguousarray(super().encode_passages(texts)[:, ::-1])


def encoders() -> tuple[Encoder, Encoder]:
    """The default model and another, without threads of their own, which no fork takes along."""
    model = find_model(DEFAULT_MODEL)
    return Encoder(model, threads=1), TurnedEncoder(model, threads=1)


def story(chance: random.Random) -> str:
    """A small article, of one to four passages, like no other."""
    place, day = chance.choice(_PLACES), chance.randrange(1, 29)
    paragraphs = [
        f"In {chance.choice(_PLACES)} the council {chance.choice(_DOINGS)} "
        f"{chance.randrange(2, 90_000):,} {chance.choice(_THINGS)} near pier "
        f"{chance.randrange(1, 900)}, said {chance.choice(_PLACES)} clerk number "
        f"{chance.randrange(1, 10_000)}. The {chance.choice(_THINGS)} cost "
        f"${chance.randrange(1, 900)}.{chance.randrange(10)} million in {1900 + day}."
        for _ in range(chance.randrange(2, 14))
    ]
    title = f"{place} report {chance.randrange(1_000_000)}"
    front = f"---\ntitle: {title}\ndate: 2021-05-{day:02}\nsource: {place} Courier\n---\n\n"
    return front + "\n\n".join(paragraphs) + "\n"


def fill(folder: Path, chance: random.Random, count: int) -> None:
    """Articles in files; of every eight one is a copy of another and one a near copy."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    for number in range(count):
        text = story(chance)
        if number % 8 == 6:
            text = chance.choice(written)
        elif number % 8 == 7:
            text = chance.choice(written) + "\nThe clerk gave no further figures.\n"
        written.append(text)
        write_anew(folder / f"a{number:03}.md", text)


_ticks = time.time_ns()


def write_anew(path: Path, text: str) -> None:
    """Write the file with a time that no file had before, or a change might not show."""
    global _ticks
    # A child does not hear of the times that others gave.
    _ticks = max(_ticks + 1_000_000, time.time_ns())
    path.write_text(text, "utf-8")
    os.utime(path, ns=(_ticks, _ticks))


def stir(folder: Path, chance: random.Random) -> None:
    """Change, add and remove some of the files."""
    files = sorted(folder.iterdir())
    for path in chance.sample(files, k=min(len(files) - 1, 6)):
        match chance.randrange(3):
            case 0:
                path.unlink()
            case 1:
                write_anew(path, story(chance))
            case _:
                write_anew(path, path.read_text("utf-8") + f"\nPier {chance.randrange(999)}.\n")
    for _ in range(chance.randrange(1, 6)):
        write_anew(folder / f"n{chance.randrange(10**9):09}.md", story(chance))


def rebuild(home: Path, folder: Path, encoder: Encoder) -> None:
    with Library(home, create=True) as library:
        Rebuild(library, encoder).run([folder])


def few_are_many(yes: bool) -> None:
    """Whether the index becomes approximate at some dozens of vectors.

    Learned from so few, it keeps later ones coarsely (cosine .9 where it is .999 otherwise).
    """
    shadow.APPROXIMATE_FROM = APPROXIMATE_FROM if yes else 100_000
    embedded._ALIKE = 0.8 if yes else 0.99


# --- children

_FORK = multiprocessing.get_context("fork")


class Child:
    """A function in a forked process, which can be killed, and what it said on its way."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._ours, theirs = _FORK.Pipe()
        self.process = _FORK.Process(target=_run, args=(theirs, function, arguments), daemon=True)
        self.process.start()
        theirs.close()

    def heard(self) -> list[Any]:
        """All that it said, until it ended or was killed."""
        said = []
        try:
            while True:
                said.append(self._ours.recv())
        except (EOFError, OSError):
            pass
        self.process.join()
        self._ours.close()
        return said

    def wait_for_begin(self) -> None:
        self._ours.recv()


def _run(connection: Any, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        connection.send("begun")
        result = function(connection.send, *arguments)
        connection.send(("result", result))
    except BaseException:  # noqa: BLE001 - a child's edge: told to the parent.
        connection.send(("raised", traceback.format_exc()))
    finally:
        connection.close()
        os._exit(0)


def done_in_child(function: Callable[..., Any], *arguments: Any) -> Any:
    """What the function gives, called in a child. Raises RuntimeError with its traceback."""
    child = Child(function, *arguments)
    said = child.heard()
    if not said or not isinstance(said[-1], tuple):
        raise RuntimeError(f"{function.__name__} was ended: {child.process.exitcode}")
    kind, value = said[-1]
    if kind == "raised":
        raise RuntimeError(value)
    return value
