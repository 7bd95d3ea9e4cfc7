"""Whatever is done to a library, in whatever order, it holds just what a dictionary would.

Articles are added, changed and removed, the model is changed, a rebuild is broken off, the library
is dropped without being closed, its snapshot lost; after each step it is compared with a plain
Python dictionary, and its searches with comparing everything.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from embeddings.discovery import path_key
from embeddings.library import Library, encoded_text
from embeddings.rebuild import Rebuild
from embeddings.removal import remove_named
from embeddings.storing import article_id_for

FILES = tuple(f"{name}.txt" for name in ("ash", "birch", "cedar", "elm"))
KEPT = "oak.txt"  # A folder without any article looks like a disk that is not there.
SYLLABLES = ("ba", "do", "ki", "lu", "me", "no", "pa", "ri", "su", "te", "vo", "za")


class BrokenOff(BaseException):
    """The process ends here."""


class HashEncoder:
    """An encoder whose vectors are made of the text's digest: the same text, the same vector."""

    max_tokens = 64

    def __init__(self, model: str) -> None:
        self.model = SimpleNamespace(id=model, name=model, precision="fp32", dimension=8)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.stack([self.vector(text) for text in texts])

    def vector(self, text: str) -> npt.NDArray[np.float32]:
        digest = hashlib.sha256(f"{self.model.id} {text}".encode()).digest()
        row = np.frombuffer(digest, dtype=np.uint8)[:8].astype(np.float32) - 127.5
        return row / np.linalg.norm(row)


def marker(number: int) -> str:
    """A word that no other text has."""
    letters = []
    for _ in range(6):
        number, at = divmod(number, len(SYLLABLES))
        letters.append(SYLLABLES[at])
    return "x" + "".join(letters)


def story(number: int) -> str:
    """A text of several passages whose words are those of no other number."""
    words = [marker(number * 1000 + at) for at in range(90)]
    rows = [" ".join(words[at : at + 9]).capitalize() + "." for at in range(0, 90, 9)]
    return f"{words[0].capitalize()}\n\n" + "\n\n".join(rows)


class LibraryMachine(RuleBasedStateMachine):
    """`files` are on disk, `held` is what the library must hold, by the file's name."""

    @initialize()
    def begin(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="machine-"))
        self.folder = self.base / "articles"
        self.folder.mkdir()
        self.encoder = HashEncoder("first@0")
        self.library = Library(self.base / "library", create=True)
        self.dropped: list[Library] = []
        self.written = 0
        self.files: dict[str, str] = {}
        self.held: dict[str, str] = {}
        self.away: dict[str, str] = {}
        self.in_step = True
        self.write(KEPT)
        self.rebuild()

    def teardown(self) -> None:
        if hasattr(self, "base"):
            for library in (self.library, *self.dropped):
                library.close()
            shutil.rmtree(self.base, ignore_errors=True)

    # --- what a person does

    @rule(name=st.sampled_from(FILES))
    def write(self, name: str) -> None:
        self.written += 1
        self.files[name] = story(self.written)
        (self.folder / name).write_text(self.files[name], "utf-8")

    @rule(name=st.sampled_from(FILES))
    def delete(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)
        self.files.pop(name, None)

    @rule()
    def rebuild(self) -> None:
        outcome = Rebuild(self.library, self.encoder).run([self.folder])  # type: ignore[arg-type]
        assert outcome.failures == []
        # What was removed by hand stays away until its file changes.
        self.away = {n: text for n, text in self.away.items() if self.files.get(n) == text}
        self.held = {n: text for n, text in self.files.items() if n not in self.away}
        self.in_step = True

    @rule(name=st.sampled_from(FILES))
    def rebuild_one_by_name(self, name: str) -> None:
        if name in self.files:
            path = self.folder / name
            Rebuild(self.library, self.encoder).run([path])  # type: ignore[arg-type]
            self.held[name] = self.files[name]
            self.away.pop(name, None)

    @rule(name=st.sampled_from(FILES))
    def remove_by_hand(self, name: str) -> None:
        if name in self.held:
            assert remove_named(self.library, str(self.folder / name)) == 1
            self.away[name] = self.held.pop(name)
            self.library.tidy()

    @rule(number=st.integers(0, 3))
    def change_the_model(self, number: int) -> None:
        other = HashEncoder(f"other@{number}")
        Rebuild(self.library, other).embed_waiting()  # type: ignore[arg-type]
        model = other.model
        self.library.set_model(
            model.id, name=model.name, precision=model.precision, dimension=model.dimension
        )
        self.encoder = other

    # --- what befalls it

    @rule(after=st.integers(0, 4))
    def break_a_rebuild_off(self, after: int) -> None:
        calls = 0

        def progress(_: object) -> None:
            nonlocal calls
            calls += 1
            if calls > after:
                raise BrokenOff

        try:
            Rebuild(self.library, self.encoder, progress=progress).run([self.folder])  # type: ignore[arg-type]
        except BrokenOff:
            pass
        self.drop_it_without_closing()
        # Which of the articles were finished is nobody's promise; that each is whole is.
        for name in {*self.files, *self.held}:
            text = self._stored(name)
            assert text in (None, self.files.get(name), self.held.get(name)), name
            if text is None:
                self.held.pop(name, None)
            else:
                self.held[name] = text
        self.in_step = False

    @rule()
    def drop_it_without_closing(self) -> None:
        self.dropped.append(self.library)
        self.library = Library(self.base / "library")

    @rule()
    def close_and_open(self) -> None:
        self.library.close()
        self.library = Library(self.base / "library")

    @rule()
    def settle(self) -> None:
        self.library.tidy()

    @rule()
    def lose_the_snapshot(self) -> None:
        for file in (self.base / "library").glob("*.faiss"):
            file.unlink()

    # --- what must hold

    @precondition(lambda self: hasattr(self, "library"))
    @invariant()
    def it_holds_what_the_dictionary_holds(self) -> None:
        kept = {path_key(self.folder / name): text for name, text in self.held.items()}
        found = {article.path: article for article in self.library.articles()}
        assert found.keys() == kept.keys()
        for path, text in kept.items():
            assert path is not None
            article = self.library.article(found[path].id)
            assert "".join(article.text.split()) == "".join(text.split())
        assert self.library.count() == len(kept)
        assert self.library.check() == []

    @precondition(lambda self: hasattr(self, "library"))
    @invariant()
    def its_searches_find_what_comparing_everything_finds(self) -> None:
        for name, text in self.held.items():
            found = self.library.search_words(text.split()[20], limit=5)
            passages = self.library.passages([number for number, _ in found]).values()
            assert passages
            assert {p.article_id for p in passages} == {self._id(name)}
        every = self.library.passages(range(1, 20_000))
        query = self.encoder.vector("a question")
        near = self.library.search_vectors(query, limit=5)
        if self.in_step:
            rows = {i: self.encoder.vector(encoded_text(p.title, p.text)) for i, p in every.items()}
            truth = sorted((float(row @ query) for row in rows.values()), reverse=True)[:5]
            np.testing.assert_allclose([hit.similarity for hit in near], truth, atol=1e-5)
            assert all(rows[h.passage_id] @ query - h.similarity < 1e-5 for h in near)
        assert all(hit.passage_id in every for hit in near)
        sums = [hit.similarity for hit in near]
        assert sums == sorted(sums, reverse=True)

    def _id(self, name: str) -> str:
        return article_id_for(path_key(self.folder / name), "")

    def _stored(self, name: str) -> str | None:
        """The story that the library has of that file, as it was written; None for none."""
        own = self._id(name)
        if own not in {article.id for article in self.library.articles()}:
            return None
        kept = "".join(self.library.article(own).text.split())
        for text in (self.files.get(name), self.held.get(name)):
            if text is not None and "".join(text.split()) == kept:
                return text
        raise AssertionError(f"half an article of {name}")


def test_a_library_holds_what_a_dictionary_would_whatever_is_done_to_it() -> None:
    run_state_machine_as_test(
        LibraryMachine,
        settings=settings(
            # More by hand: MACHINE_EXAMPLES=2000.
            max_examples=int(os.environ.get("MACHINE_EXAMPLES", "25")),
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
