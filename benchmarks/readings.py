"""Everything the reader says of everything found for a question, kept to be reasoned about.

Fits and curves look at the same readings in many ways; reading is the dear part, so it is done
once for all sixteen passages of each question, and kept in a file where one is named.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.sets import Question
from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.models import find_model
from embeddings.records import Hit
from qa import read
from qa.reader import Reader, Reading
from qa.retrieve import SEARCH_DEPTH, retrieve


@dataclass(frozen=True, slots=True)
class Read:
    """A question, what was found for it, and what the reader says of the first of that."""

    question: Question
    hits: tuple[Hit, ...]
    readings: tuple[Reading, ...]

    def candidates(self, passages: int = read.MOST_PASSAGES) -> list[read.Candidate]:
        """The sentences of the first `passages`, as the engine orders them."""
        found: list[read.Candidate] = []
        for place, (hit, reading) in enumerate(zip(self.hits, self.readings, strict=False)):
            if place < passages:
                found += read.candidates_of(hit, reading, place)
        return read.in_order(found)


class Asker:
    """A library with the models that answer from it."""

    def __init__(self, folder: Path, reader: Reader) -> None:
        self.folder = folder
        self.library = Library(folder)
        name, precision = self.library.model_name, self.library.model_precision
        assert name is not None and precision is not None
        self.encoder = Encoder(find_model(name, precision=precision))
        self.reader = reader

    def find(self, question: str) -> list[Hit]:
        """Twice the search depth's passages, as the engine would find them."""
        vector = self.encoder.encode_query(question)
        return retrieve(self.library, question, vector, limit=2 * SEARCH_DEPTH)

    def read(self, question: Question) -> Read:
        hits = self.find(question.text)
        some = hits[: read.MOST_PASSAGES]
        readings = self.reader.read(question.text, [hit.passage for hit in some])
        # Of the passages further down only ids are wanted, and texts fill memory.
        rest = [replace(hit, passage=replace(hit.passage, text="")) for hit in hits[len(some) :]]
        return Read(question, (*some, *rest), tuple(readings))

    def read_all(self, questions: Sequence[Question], what: str) -> list[Read]:
        done = []
        for number, question in enumerate(questions, 1):
            done.append(self.read(question))
            if number % 20 == 0 or number == len(questions):
                print(f"\r{what}: {number}/{len(questions)}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        return done


def kept(path: Path | None) -> dict[str, list[Read]]:
    """The readings in the file, by the name of their questions; none where there is no file."""
    if path is None or not path.exists():
        return {}
    with path.open("rb") as file:
        found: dict[str, list[Read]] = pickle.load(file)
    return found


def keep(path: Path | None, readings: dict[str, list[Read]]) -> None:
    """Write the readings, where a file is named."""
    if path is not None:
        with path.open("wb") as file:
            pickle.dump(readings, file)
