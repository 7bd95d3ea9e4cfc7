"""Word search in a library too large to score every passage: rare words choose, all words score."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from embeddings.catalog import Catalog
from embeddings.library import Library, database_path
from embeddings.records import Draft, Filters, Sentence
from embeddings.words import quoted_words
from embeddings.wordsearch import WordSearch

PASSAGES, MOST = 400, 60
COMMON = ("council", "bridge", "river", "market")


def words_of(number: int) -> list[str]:
    """Common words by the number's divisors, and one word that is the passage's own."""
    common = [word for at, word in enumerate(COMMON, 2) if number % at == 0]
    return [*common, f"own{number}", *(["seldom"] if number % 20 == 0 else [])]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("large")
    with Library(made, create=True) as library:
        for number in range(1, PASSAGES + 1):
            text = " ".join(words_of(number)) + "."
            library.put_article(
                f"a{number}",
                Draft("", text, source="Herald" if number % 7 == 0 else "Post"),
                path=f"/{number}",
                sha256=str(number),
                sentences=[Sentence(0, len(text))],
                windows=[(0, 0)],
                vectors={},
                model="none",
            )
    return made


@pytest.fixture
def catalog(folder: Path) -> Iterator[Catalog]:
    with contextlib.closing(Catalog(database_path(folder), create=False)) as opened:
        yield opened


def found(catalog: Catalog, text: str, *, limit: int = 400, source: str | None = None) -> list[int]:
    """The numbers of the articles found, best first."""
    allowed = None if source is None else catalog.allowed_passages(Filters(source=source))
    hits = WordSearch(catalog, most_scored=MOST).find(text, limit=limit, allowed=allowed)
    passages = catalog.passages([passage_id for passage_id, _ in hits])
    return [int(passages[passage_id].article_id[1:]) for passage_id, _ in hits]


def test_a_library_that_may_be_scored_whole_is(catalog: Catalog) -> None:
    whole = WordSearch(catalog, most_scored=PASSAGES).find("council river", limit=400)
    assert whole == catalog.search_words('"council" OR "river"', limit=400)
    assert len(whole) == sum(number % 2 == 0 or number % 4 == 0 for number in range(1, 401))


def test_every_passage_with_a_rare_word_comes_before_those_with_common_ones(
    catalog: Catalog,
) -> None:
    numbers = found(catalog, "the council and the market of own77 seldom")
    rare = {number for number in range(1, 401) if number % 20 == 0 or number == 77}
    assert set(numbers[: len(rare)]) == rare
    # Common words decide among those with a rare one: all of the seldom have market, by five.
    by_whole = [number for number in numbers if number % 20 == 0]
    assert {number for number in by_whole if number % 2 == 0} == rare - {77}
    assert len(numbers) > len(rare)


def test_where_all_words_are_common_the_rarest_beside_any_other_comes_first(
    catalog: Catalog,
) -> None:
    numbers = found(catalog, "council bridge river market", limit=100)
    # Of the four, the fewest have market: one in five. All that have another too are scored by all.
    several = {
        number
        for number in range(1, 401)
        if number % 5 == 0 and any(number % divisor == 0 for divisor in (2, 3, 4))
    }
    assert len(several) <= MOST
    assert set(numbers[: len(several)]) == several
    everything = {number for number in several if number % 60 == 0}
    assert set(numbers[: len(everything)]) == everything
    assert len(numbers) == len(set(numbers)) == 100


def test_of_common_words_passages_are_scored_as_if_all_were(catalog: Catalog) -> None:
    text = "council bridge river market"
    best = WordSearch(catalog, most_scored=MOST).find(text, limit=20)
    whole = dict(catalog.search_words(" OR ".join(quoted_words(text)), limit=PASSAGES))
    assert best == [(number, whole[number]) for number, _ in best]
    assert [number for number, _ in best] == list(whole)[:20]


@pytest.mark.parametrize("source", ["herald", "post"])
@pytest.mark.parametrize("text", ["council", "council bridge river market", "seldom own7 council"])
def test_a_filter_that_lets_few_through_finds_all_of_them_with_their_scores(
    catalog: Catalog, text: str, source: str
) -> None:
    allowed = catalog.allowed_passages(Filters(source=source))
    hits = WordSearch(catalog, most_scored=len(allowed)).find(text, limit=PASSAGES, allowed=allowed)
    every = catalog.search_words(" OR ".join(quoted_words(text)), limit=PASSAGES)
    assert len(allowed) < PASSAGES
    assert hits == [hit for hit in every if hit[0] in set(allowed.tolist())] != []


def test_a_common_word_alone_finds_the_newest(catalog: Catalog) -> None:
    assert sorted(found(catalog, "council", limit=10)) == sorted(
        found(catalog, "council", limit=400)[:10]
    )
    assert min(found(catalog, "council")) > PASSAGES - 2 * MOST - 1


def test_filters_hold_and_leave_nothing_rare_out(catalog: Catalog) -> None:
    numbers = found(catalog, "council seldom", source="herald")
    assert all(number % 7 == 0 for number in numbers)
    rare = {number for number in range(1, 401) if number % 140 == 0}
    assert set(numbers[: len(rare)]) == rare
    # Few are let through, so every one of them that has the word is scored.
    assert set(numbers) == {number for number in range(1, 401) if number % 14 == 0}


def test_nothing_is_found_where_nothing_matches_or_nothing_is_allowed(catalog: Catalog) -> None:
    search = WordSearch(catalog, most_scored=MOST)
    assert search.find("zebra quagga", limit=5) == []
    assert search.find("council", limit=5, allowed=np.empty(0, dtype=np.int64)) == []
    assert search.find("?!", limit=5) == []
