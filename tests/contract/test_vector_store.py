"""The vector store gives what brute force in numpy gives: the same ids, the same values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from embeddings.vectors import DamagedSnapshot, VectorStore

DIMENSION = 24


def unit_vectors(count: int, seed: int) -> npt.NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def filled() -> tuple[VectorStore, npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    ids = np.random.default_rng(5).permutation(np.arange(10, 1010, dtype=np.int64))[:400]
    rows = unit_vectors(400, 1)
    store = VectorStore(DIMENSION)
    store.add(ids[:150], rows[:150])
    store.add(ids[150:], rows[150:])
    return store, ids, rows


def brute_force(
    ids: npt.NDArray[np.int64], rows: npt.NDArray[np.float32], query: npt.NDArray[np.float32]
) -> list[tuple[int, float]]:
    scores = rows.astype(np.float64) @ query.astype(np.float64)
    order = np.argsort(-scores)
    return [(int(ids[at]), float(scores[at])) for at in order]


@pytest.mark.parametrize("limit", [1, 7, 400, 1000])
def test_search_equals_brute_force_in_ids_order_and_values(filled, limit: int) -> None:
    store, ids, rows = filled
    for query in unit_vectors(20, 2):
        expected = brute_force(ids, rows, query)[:limit]
        found = store.search(query, limit=limit)
        assert [hit.passage_id for hit in found] == [passage_id for passage_id, _ in expected]
        np.testing.assert_allclose(
            [hit.similarity for hit in found], [score for _, score in expected], atol=1e-5
        )


@pytest.mark.parametrize("share", [0.0, 0.005, 0.5, 1.0])
def test_a_filtered_search_is_exact_at_every_selectivity(filled, share: float) -> None:
    store, ids, rows = filled
    allowed = np.sort(ids[: int(len(ids) * share)])
    keep = np.isin(ids, allowed)
    for query in unit_vectors(10, 3):
        expected = brute_force(ids[keep], rows[keep], query)[:9]
        found = store.search(query, limit=9, allowed=allowed)
        assert [hit.passage_id for hit in found] == [passage_id for passage_id, _ in expected]
        np.testing.assert_allclose(
            [hit.similarity for hit in found], [score for _, score in expected], atol=1e-5
        )


def test_what_is_removed_is_never_found_again(filled) -> None:
    store, ids, rows = filled
    gone = ids[::3]
    assert store.remove([*gone.tolist(), 999_999]) == len(gone)
    keep = ~np.isin(ids, gone)
    assert sorted(store.ids().tolist()) == sorted(ids[keep].tolist())
    for query in unit_vectors(10, 4):
        expected = brute_force(ids[keep], rows[keep], query)[:20]
        found = store.search(query, limit=20)
        assert [hit.passage_id for hit in found] == [passage_id for passage_id, _ in expected]
    with pytest.raises(KeyError):
        store.vector(int(gone[0]))


def test_a_kept_vector_is_given_back_bit_for_bit(filled) -> None:
    store, ids, rows = filled
    for at in (0, 17, 399):
        np.testing.assert_array_equal(store.vector(int(ids[at])), rows[at])


def test_an_empty_store_finds_nothing() -> None:
    assert VectorStore(DIMENSION).search(unit_vectors(1, 0)[0], limit=5) == []


def test_vectors_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        VectorStore(DIMENSION).add(np.array([1, 2], dtype=np.int64), unit_vectors(1, 0))


def test_a_snapshot_brings_back_every_id_vector_and_the_revision(filled, tmp_path: Path) -> None:
    store, ids, rows = filled
    path = tmp_path / "store.faiss"
    store.save(path, revision=41)
    loaded, revision = VectorStore.load(path, dimension=DIMENSION)
    assert revision == 41
    assert loaded.ids().tolist() == ids.tolist()
    for passage_id, row in zip(ids.tolist(), rows, strict=True):
        np.testing.assert_array_equal(loaded.vector(passage_id), row)
    loaded.add(np.array([5], dtype=np.int64), rows[:1])
    assert loaded.remove([int(ids[3])]) == 1


@pytest.mark.parametrize("harm", ["truncated", "flipped", "zeroed", "empty", "stamp", "foreign"])
def test_a_harmed_snapshot_is_known_for_one(filled, tmp_path: Path, harm: str) -> None:
    path = tmp_path / "store.faiss"
    filled[0].save(path, revision=7)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    if harm == "truncated":
        del content[middle:]
    elif harm == "flipped":
        content[middle] ^= 0x10
    elif harm == "zeroed":
        content[middle : middle + 512] = bytes(512)
    elif harm == "empty":
        content.clear()
    elif harm == "stamp":
        content[9] ^= 0x01
    else:
        content[:] = b"not a snapshot at all, but long enough to hold a header" * 3
    path.write_bytes(content)
    with pytest.raises(DamagedSnapshot):
        VectorStore.load(path, dimension=DIMENSION)


def test_a_snapshot_of_another_dimension_is_not_taken(filled, tmp_path: Path) -> None:
    path = tmp_path / "store.faiss"
    filled[0].save(path, revision=7)
    with pytest.raises(DamagedSnapshot):
        VectorStore.load(path, dimension=DIMENSION + 1)


# --- past the size from which it is approximate

LARGE = 3000


@pytest.fixture(scope="module")
def clustered() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Vectors about centres, as passages about subjects lie."""
    generator = np.random.default_rng(11)
    centres = generator.normal(size=(60, DIMENSION))
    rows = centres[generator.integers(0, 60, LARGE)] + generator.normal(
        scale=0.4, size=(LARGE, DIMENSION)
    )
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return generator.permutation(np.arange(LARGE, dtype=np.int64) * 3), rows.astype(np.float32)


@pytest.fixture
def settled(clustered) -> VectorStore:
    ids, rows = clustered
    store = VectorStore(DIMENSION, approximate_from=1000)
    store.add(ids[:2500], rows[:2500])
    assert store.is_exact
    store.settle()
    assert not store.is_exact
    store.add(ids[2500:], rows[2500:])
    return store


def recall(
    store: VectorStore,
    ids: npt.NDArray[np.int64],
    rows: npt.NDArray[np.float32],
    allowed: npt.NDArray[np.int64] | None = None,
) -> float:
    """The share of the ten nearest, by brute force, that are found among ten."""
    found = wanted = 0
    for query in rows[::97] + np.float32(0.02):
        query = query / np.linalg.norm(query)
        keep = np.ones(len(ids), dtype=bool) if allowed is None else np.isin(ids, allowed)
        expected = {i for i, _ in brute_force(ids[keep], rows[keep], query)[:10]}
        hits = store.search(query, limit=10, allowed=allowed)
        assert len(hits) == min(10, int(keep.sum()))
        assert [h.similarity for h in hits] == sorted((h.similarity for h in hits), reverse=True)
        found += len(expected & {hit.passage_id for hit in hits})
        wanted += len(expected)
    return found / wanted


def test_a_settled_store_finds_nearly_all_that_brute_force_finds(settled, clustered) -> None:
    ids, rows = clustered
    assert len(settled) == LARGE
    assert sorted(settled.ids().tolist()) == sorted(ids.tolist())
    assert recall(settled, ids, rows) >= 0.97


@pytest.mark.parametrize("count", [3, 60, 1500])
def test_a_filter_on_a_settled_store_never_comes_back_short(settled, clustered, count: int) -> None:
    ids, rows = clustered
    allowed = np.sort(np.random.default_rng(count).choice(ids, count, replace=False))
    assert recall(settled, ids, rows, allowed) >= 0.97


def test_what_a_settled_store_gives_up_is_not_found_and_not_held(settled, clustered) -> None:
    ids, rows = clustered
    gone = ids[::5]
    assert settled.remove([*gone.tolist(), 1]) == len(gone)
    assert settled.remove(gone.tolist()) == 0
    keep = ~np.isin(ids, gone)
    assert len(settled) == int(keep.sum())
    assert sorted(settled.ids().tolist()) == sorted(ids[keep].tolist())
    assert recall(settled, ids[keep], rows[keep]) >= 0.97
    with pytest.raises(KeyError):
        settled.vector(int(gone[0]))
    settled.settle()
    assert sorted(settled.ids().tolist()) == sorted(ids[keep].tolist())
    assert recall(settled, ids[keep], rows[keep]) >= 0.97


def test_a_settled_vector_is_nearly_what_was_added_and_a_later_one_just_that(
    settled, clustered
) -> None:
    ids, rows = clustered
    assert float(settled.vector(int(ids[0])) @ rows[0]) > 0.99
    assert not settled.is_whole(int(ids[0]))
    np.testing.assert_array_equal(settled.vector(int(ids[2600])), rows[2600])
    assert settled.is_whole(int(ids[2600]))


def test_lists_are_learned_anew_when_they_are_outgrown(clustered) -> None:
    ids, rows = clustered
    store = VectorStore(DIMENSION, approximate_from=500)
    store.add(ids[:600], rows[:600])
    store.settle()
    before = store.kind
    store.add(ids[600:], rows[600:])
    store.settle()
    assert store.kind != before
    assert len(store) == LARGE
    assert recall(store, ids, rows) >= 0.97


def test_a_snapshot_of_a_settled_store_brings_it_all_back(settled, clustered, tmp_path) -> None:
    ids, rows = clustered
    path = tmp_path / "store.faiss"
    settled.remove([int(ids[0])])
    settled.save(path, revision=9)
    loaded, revision = VectorStore.load(path, dimension=DIMENSION, approximate_from=1000)
    assert (revision, loaded.is_exact, loaded.kind) == (9, False, settled.kind)
    assert sorted(loaded.ids().tolist()) == sorted(ids[1:].tolist())
    assert recall(loaded, ids[1:], rows[1:]) >= 0.97
    loaded.add(ids[:1], rows[:1])
    assert loaded.search(rows[0], limit=1)[0].passage_id == int(ids[0])
    assert loaded.remove([int(ids[7])]) == 1
