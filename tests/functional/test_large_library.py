"""A library past the size from which its index is approximate: the same library, only faster.

The size is lowered for these tests; benchmarks/scale.py measures the real one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from embeddings import shadow
from embeddings.library import Library, digest_of
from embeddings.records import Draft, Filters, Sentence

Floats = npt.NDArray[np.float32]
DIMENSION, ARTICLES = 16, 600
MODEL = "small@1"


def vectors(count: int, seed: int) -> Floats:
    generator = np.random.default_rng(seed)
    rows = generator.normal(size=(30, DIMENSION))[generator.integers(0, 30, count)]
    rows = rows + generator.normal(scale=0.5, size=rows.shape)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def put(library: Library, number: int, row: Floats) -> None:
    text = f"Story {number} tells of number {number}."
    library.put_article(
        f"a{number}",
        Draft("", text, source="Herald" if number % 50 == 0 else "Post"),
        path=f"/{number}",
        sha256=str(number),
        sentences=[Sentence(0, len(text))],
        windows=[(0, 0)],
        vectors={digest_of("", text): row},
        model=MODEL,
    )


@pytest.fixture
def rows() -> Floats:
    return vectors(ARTICLES, 1)


@pytest.fixture
def folder(tmp_path: Path, rows: Floats, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(shadow, "APPROXIMATE_FROM", 200)
    folder = tmp_path / "library"
    with Library(folder, create=True) as library:
        library.set_model(MODEL, name="small", precision="fp32", dimension=DIMENSION)
        for number, row in enumerate(rows):
            put(library, number, row)
        library.tidy()
    yield folder


def nearest(library: Library, query: Floats, filters: Filters = Filters()) -> dict[str, float]:
    hits = library.search_vectors(query, limit=10, filters=filters)
    assert [h.similarity for h in hits] == sorted((h.similarity for h in hits), reverse=True)
    passages = library.passages([hit.passage_id for hit in hits])
    return {passages[hit.passage_id].article_id: hit.similarity for hit in hits}


def truth(rows: Floats, query: Floats, numbers: list[int]) -> dict[str, float]:
    scores = rows[numbers] @ query
    best = np.argsort(-scores)[:10]
    return {f"a{numbers[at]}": float(scores[at]) for at in best}


def share_found(library: Library, rows: Floats, numbers: list[int], filters: Filters) -> float:
    """Of the ten nearest by brute force; each one's similarity is exact."""
    found = wanted = 0
    for query in vectors(40, 2):
        expected, got = truth(rows, query, numbers), nearest(library, query, filters)
        assert len(got) == len(expected)
        for article_id, similarity in got.items():
            assert similarity == pytest.approx(float(rows[int(article_id[1:])] @ query), abs=1e-5)
        found += len(expected.keys() & got.keys())
        wanted += len(expected)
    return found / wanted


def test_status_says_which_index_and_why(folder: Path) -> None:
    with Library(folder) as library:
        index = library.status().index
    assert index.startswith("IVF")
    assert "approximate: 200 vectors or more" in index


def test_nearly_all_is_found_with_its_exact_similarity(folder: Path, rows: Floats) -> None:
    with Library(folder) as library:
        assert library.status().snapshot_revision is not None
        assert share_found(library, rows, list(range(ARTICLES)), Filters()) >= 0.97
        assert library.check() == []


def test_a_filter_is_never_short_however_little_it_lets_through(folder: Path, rows: Floats) -> None:
    herald = list(range(0, ARTICLES, 50))
    post = [n for n in range(ARTICLES) if n % 50]
    with Library(folder) as library:
        assert share_found(library, rows, herald, Filters(source="herald")) == 1.0
        assert share_found(library, rows, post, Filters(source="post")) >= 0.97


def test_what_comes_and_goes_is_seen_at_once_by_whoever_has_it_open(
    folder: Path, rows: Floats
) -> None:
    more = vectors(1, 3)[0]
    with Library(folder) as reading, Library(folder) as writing:
        nearest(reading, more)
        put(writing, 9000, more)
        writing.remove(["a1", "a2"])
        assert nearest(reading, more)["a9000"] == pytest.approx(1.0, abs=1e-5)
        assert not {"a1", "a2"} & nearest(reading, rows[1]).keys()
        assert reading.check() == []
    with Library(folder) as again:
        assert nearest(again, more)["a9000"] == pytest.approx(1.0, abs=1e-5)
        assert again.status().vectors == ARTICLES - 1
        assert again.check() == []


@pytest.mark.parametrize("harm", ["missing", "cut", "flipped"])
def test_a_lost_or_harmed_snapshot_costs_time_alone(folder: Path, rows: Floats, harm: str) -> None:
    (snapshot,) = folder.glob("*.faiss")
    content = bytearray(snapshot.read_bytes())
    if harm == "missing":
        snapshot.unlink()
    elif harm == "cut":
        snapshot.write_bytes(content[: len(content) // 2])
    else:
        content[len(content) // 2] ^= 0x40
        snapshot.write_bytes(content)
    with Library(folder) as library:
        assert library.check() == []
        assert share_found(library, rows, list(range(ARTICLES)), Filters()) == 1.0
        library.tidy()
        assert library.status().index.startswith("IVF")


def test_the_check_sees_an_index_that_is_not_the_truths(folder: Path, rows: Floats) -> None:
    with Library(folder) as library:
        library.status()
        database = library._catalog.database
        database.execute(
            "UPDATE vectors SET vector = ? WHERE digest = (SELECT digest FROM passages LIMIT 1)",
            ((-rows[0]).tobytes(),),
        )
        assert library.check() == ["1 vectors in the index differ from the library's"]
