"""Both kinds of library, in a folder and on a server, keep the same promises.

What is found is compared with numpy's brute force, and word searches with each other, score by
score.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from embeddings.errors import LibraryUnusable, NotFound
from embeddings.library import Library, digest_of, is_there
from embeddings.places import Place, place_from
from embeddings.records import Draft, Filters, KnownFile, Sentence
from embeddings.remembered import Fetched
from embeddings.removal import remove_named
from embeddings.sentences import split_sentences

MODEL, OTHER = "small-model@1", "other-model@1"
DIMENSION = 16
BACKENDS = ["folder", "server"]
Vector = npt.NDArray[np.float32]

STORIES = {
    "bridge": Draft(
        "New bridge opens over the Tamber",
        "The new bridge over the River Tamber opened on Monday. It cost $84.5 million. "
        "The mayor cut the ribbon before 3,000 people. Engineers closed the old ferry.",
        published="2021-05-03", source="Tamber Courier", author="J. K. Marsh",
    ),
    "flu": Draft(
        "Hospital reports a mild flu season",
        "The hospital admitted 41 patients with influenza this winter. "
        "Half as many as last year were admitted. The ward credited vaccination.",
        published="2022-01-20", source="Health Weekly",
    ),
    "café": Draft(
        "Café Zürich reopens",
        "The café at the bridge reopened on Friday. Its owner, Zoë Müller, served 300 guests. "
        "Opening hours are the old ones.",
        published="2021-05-20", source="Straße & Platz",
    ),
    "ferry": Draft(
        "",
        "The ferry sailed for the last time. Ferries had crossed the river since 1870. "
        "People who crossed the river by ferry remember its captain.",
    ),
}  # fmt: skip


@pytest.fixture(params=BACKENDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return new_place(request.param, request, tmp_path)


def new_place(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if backend == "folder":
        return tmp_path / "library"
    return place_from(request.getfixturevalue("postgres").new_database())


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    with Library(place, create=True) as opened:
        opened.set_model(MODEL, name="small", precision="fp32", dimension=DIMENSION)
        for article_id, draft in STORIES.items():
            put(opened, article_id, draft)
        yield opened
        opened.tidy()
        assert opened.check() == []


def vector_of(title: str, text: str, model: str = MODEL) -> Vector:
    """A unit vector that is that text's alone."""
    seed = hashlib.sha256(f"{model}\n{title}\n{text}".encode()).digest()[:8]
    found = np.random.default_rng(int.from_bytes(seed, "big")).normal(size=DIMENSION)
    return (found / np.linalg.norm(found)).astype(np.float32)


def put(
    library: Library, article_id: str, draft: Draft, *, path: str = "", embeds: bool = True
) -> None:
    """The article with a passage for each two sentences, and their vectors."""
    sentences = [Sentence(start, end) for start, end in spans(draft.text)]
    windows = [(at, min(at + 1, len(sentences) - 1)) for at in range(0, len(sentences), 2)]
    link = library.link_of(article_id, draft)
    if link.newer is not None:
        windows = []
    bodies = [draft.text[sentences[a].start : sentences[b].end] for a, b in windows]
    vectors = {digest_of(draft.title, body): vector_of(draft.title, body) for body in bodies}
    library.put_article(
        article_id,
        draft,
        path=path or f"/stories/{article_id}.txt",
        sha256=hashlib.sha256(draft.text.encode()).hexdigest(),
        sentences=sentences,
        windows=windows,
        vectors=vectors if embeds else {},
        model=MODEL,
        link=link,
    )


def spans(text: str) -> list[tuple[int, int]]:
    return [(sentence.start, sentence.end) for sentence in split_sentences(text)]


def every_passage(library: Library) -> dict[int, tuple[str, str, str]]:
    """Passage id to article id, title and text."""
    found = library.passages(library.allowed(Filters()).tolist())
    return {i: (p.article_id, p.title, p.text) for i, p in found.items()}


def brute_force(
    library: Library, query: Vector, filters: Filters = Filters(), model: str = MODEL
) -> list[tuple[int, float]]:
    scores = [
        (passage_id, float(vector_of(title, text, model) @ query))
        for passage_id, (article_id, title, text) in every_passage(library).items()
        if passes(STORIES.get(article_id), filters)
    ]
    return sorted(scores, key=lambda pair: -pair[1])


def passes(draft: Draft | None, filters: Filters) -> bool:
    assert draft is not None
    day, source = draft.published, draft.source
    return (
        (filters.since is None or (day is not None and day >= filters.since))
        and (filters.until is None or (day is not None and day <= filters.until))
        and (
            filters.source is None
            or (source is not None and filters.source.casefold() in source.casefold())
        )
    )


FILTERS = [
    Filters(),
    Filters(since="2021-05-03"),
    Filters(until="2021-05-03"),
    Filters(since="2021-05-04", until="2021-12-31"),
    Filters(source="COURIER"),
    Filters(source="STRASSE"),
    Filters(source="%"),
    Filters(source="weekly", since="2022-01-20"),
    Filters(since="2030"),
]


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("limit", [1, 3, 100])
def test_vectors_are_found_as_brute_force_finds_them(
    library: Library, filters: Filters, limit: int
) -> None:
    for question in ("one", "two", "three"):
        query = vector_of("", question)
        found = library.search_vectors(query, limit=limit, filters=filters)
        expected = brute_force(library, query, filters)[:limit]
        assert [hit.passage_id for hit in found] == [passage_id for passage_id, _ in expected]
        assert [hit.similarity for hit in found] == pytest.approx(
            [score for _, score in expected], abs=1e-5
        )
    assert library.allowed(filters).tolist() == sorted(
        i for i, _ in brute_force(library, query, filters)
    )


QUESTIONS = [
    "bridge",
    "the ferry",
    "ferries crossing the river",
    "What did the bridge over the Tamber cost?",
    "Zoe Muller cafe",
    "CAFÉ zürich",
    "84.5",
    "3,000 people",
    "opening hours opened",
    "patients admitted by the hospital with influenza",
    "the",
    "of and",
    "1870",
    "o'clock bridge's \"ferry\" (old) & | ! : * mayor",
    "nothingthere",
    "?!",
    "",
    "bridge " * 80,
]


@pytest.mark.parametrize("filters", [Filters(), Filters(source="courier"), Filters(since="2021")])
def test_words_find_the_same_with_the_same_scores_in_both(
    request: pytest.FixtureRequest, tmp_path: Path, filters: Filters
) -> None:
    found: list[dict[str, dict[tuple[str, str], float]]] = []
    for backend in BACKENDS:
        with Library(new_place(backend, request, tmp_path), create=True) as library:
            library.set_model(MODEL, name="small", precision="fp32", dimension=DIMENSION)
            for article_id, draft in STORIES.items():
                put(library, article_id, draft)
            remove_named(library, "flu")
            put(library, "flu", STORIES["flu"])
            texts = every_passage(library)
            answers = {}
            for question in QUESTIONS:
                hits = library.search_words(question, limit=50, filters=filters)
                scores = [score for _, score in hits]
                assert scores == sorted(scores, reverse=True)
                answers[question] = {
                    (texts[i][0], texts[i][2]): pytest.approx(score, rel=1e-6)
                    if backend == "folder"
                    else score
                    for i, score in hits
                }
            found.append(answers)
    assert found[1] == found[0]
    assert any(found[0].values())


@pytest.mark.parametrize("question", ["日本語の文", "日本", "語の文は何ですか"])
def test_words_without_spaces_are_found_in_both(library: Library, question: str) -> None:
    # The scores differ: a folder counts letters, a server runs of them.
    put(library, "told", Draft("", "The sign says 日本語の文。 Nobody can read it."))
    texts = every_passage(library)
    hits = library.search_words(question, limit=50)
    assert hits
    assert all("日本語の文" in texts[passage_id][2] for passage_id, _ in hits)


def test_the_limit_keeps_the_best_words(library: Library) -> None:
    whole = library.search_words("ferry bridge river", limit=50)
    assert len(whole) > 2
    assert library.search_words("ferry bridge river", limit=2) == whole[:2]


def test_an_article_comes_back_as_it_was_put(library: Library) -> None:
    for article_id, draft in STORIES.items():
        article = library.article(article_id)
        assert (article.title, article.text, article.published) == (
            draft.title, draft.text, draft.published,
        )  # fmt: skip
        assert (article.source, article.author, article.path) == (
            draft.source, draft.author, f"/stories/{article_id}.txt",
        )  # fmt: skip
        assert [(s.start, s.end) for s in library.sentences(article_id)] == spans(draft.text)
    for passage in library.passages(library.allowed(Filters()).tolist()).values():
        article = library.article(passage.article_id)
        assert article.text[passage.start : passage.end] == passage.text
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
    assert library.published(["flu", "ferry", "absent"]) == {"flu": "2022-01-20", "ferry": None}
    assert [a.id for a in library.articles()] == ["flu", "café", "bridge", "ferry"]
    assert (library.count(), library.count_undated()) == (4, 1)
    with pytest.raises(NotFound, match="--list"):
        library.article("absent")


def test_all_that_a_file_said_is_kept_beside_the_story(library: Library) -> None:
    story = "The ferry sailed. It came back."
    put(library, "whole", Draft("", story, full=f"Menu \U0001f30a\n\n{story}\n\nSubscribe now"))
    assert library.article("whole").text == story
    assert library.full_text("whole") == f"Menu \U0001f30a\n\n{story}\n\nSubscribe now"
    assert library.full_text("flu") == library.article("flu").text
    with pytest.raises(NotFound, match="--list"):
        library.full_text("absent")


def test_a_removed_article_is_found_by_nothing(library: Library) -> None:
    query = vector_of("", "one")
    before = brute_force(library, query)
    gone = {i for i, (article_id, _, _) in every_passage(library).items() if article_id == "flu"}
    assert remove_named(library, "flu") == 1
    after = library.search_vectors(query, limit=50)
    assert [hit.passage_id for hit in after] == [i for i, _ in before if i not in gone]
    assert library.search_words("influenza", limit=5) == []
    assert library.passages(sorted(gone)) == {}
    assert library.remove(["flu"]) == 0


def test_what_is_said_otherwise_is_searched_and_kept(library: Library) -> None:
    library.correct(
        "flu", {"title": "Grippe abates", "source": "Straße", "published": "2020-02-02"}
    )
    texts = every_passage(library)
    hits = library.search_words("grippe", limit=9)
    assert {texts[i][0] for i, _ in hits} == {"flu"}
    assert library.search_words("mild", limit=9) == []
    assert {texts[int(i)][0] for i in library.allowed(Filters(source="STRASSE"))} == {"flu", "café"}
    article = library.article("flu")
    assert (article.published, article.published_from) == ("2020-02-02", "hand")
    assert library.remembered.corrections("flu") == {
        "title": "Grippe abates", "source": "Straße", "published": "2020-02-02",
    }  # fmt: skip
    # The vectors were of the old title.
    waiting = library.waiting_passages(MODEL, 50)
    assert library.waiting(MODEL) == len(waiting) == 2
    assert {title for _, title, _ in waiting} == {"Grippe abates"}
    library.put_vectors(MODEL, {digest: vector_of(title, text) for digest, title, text in waiting})
    assert library.waiting(MODEL) == 0
    query = vector_of("", "three")
    found = library.search_vectors(query, limit=50)
    assert [hit.passage_id for hit in found] == [i for i, _ in brute_force(library, query)]
    with pytest.raises(NotFound):
        library.correct("absent", {"title": "x"})


def test_an_article_that_is_put_again_keeps_the_vectors_of_what_stayed(library: Library) -> None:
    old = STORIES["bridge"]
    changed = Draft(
        old.title, old.text + " A festival followed. It rained.", published="2021-05-03"
    )
    put(library, "bridge", changed, embeds=False)
    assert [(title, text) for _, title, text in library.waiting_passages(MODEL, 50)] == [
        (old.title, "A festival followed. It rained.")
    ]
    kept = digest_of(old.title, old.text[: old.text.index(" The mayor")])
    assert library.without_vectors(MODEL, [kept, b"\0" * 16]) == {b"\0" * 16}
    assert library.count() == 4
    put(library, "bridge", changed)
    assert library.waiting(MODEL) == 0


def test_the_same_text_elsewhere_is_a_place_and_takes_the_article_over(library: Library) -> None:
    draft = STORIES["flu"]
    assert library.same_as(draft, but="flu2") == "flu"
    assert library.same_as(draft, but="flu") is None
    assert library.same_as(replace(draft, text=draft.text + " "), but="x") is None
    library.put_place("flu2", "flu", path="/copies/flu.txt", sha256="abc")
    library.remembered.correct("flu", {"author": "A. Nurse"})
    assert library.article("flu").places == ("/copies/flu.txt",)
    assert library.files_digests("/copies/flu.txt") == {"flu2": "abc"}
    assert library.counts_of_files()["/copies/flu.txt"] == 1
    before = library.search_words("influenza", limit=5)
    assert library.remove(["flu"]) == 1
    moved = library.article("flu2")
    assert (moved.path, moved.sha256, moved.text) == ("/copies/flu.txt", "abc", draft.text)
    assert library.search_words("influenza", limit=5) == before
    assert library.remembered.corrections("flu2") == {"author": "A. Nurse"}
    assert library.remove(["flu2"]) == 1
    assert library.count() == 3


def test_of_near_copies_the_newest_answers_and_the_older_one_after_it(library: Library) -> None:
    words = " ".join(f"word{number} follows here." for number in range(60))
    put(library, "old", Draft("Old", words, published="2020-01-01"))
    put(library, "new", Draft("New", words + " One more.", published="2020-01-02"))
    put(library, "oldest", Draft("Oldest", "Before. " + words, published="2019-01-01"))
    assert library.article("new").older == ("old", "oldest")
    assert library.article("old").newer == "new"
    texts = every_passage(library)
    hits = library.search_words("word7", limit=9)
    assert {texts[i][0] for i, _ in hits} == {"new"}
    assert library.bare() == []
    library.remove(["new"])
    assert library.bare() == ["old"]
    assert library.article("oldest").newer == "old"
    article = library.article("old")
    library.put_passages(article, [(0, len(library.sentences("old")) - 1)])
    assert library.bare() == []
    assert len(library.search_words("word7", limit=9)) == 1
    library.remove(["old", "oldest"])
    assert library.count() == 4


def test_what_waits_comes_in_order_from_where_the_last_ended(library: Library) -> None:
    everything = [digest for digest, _, _ in library.waiting_passages(OTHER, 50)]
    assert everything == sorted(set(everything)) and len(everything) > 4
    seen: list[bytes] = []
    while group := library.waiting_passages(OTHER, 2, after=seen[-1] if seen else b""):
        seen += [digest for digest, _, _ in group]
    assert seen == everything


def test_what_waits_is_told_right_whatever_came_and_went(library: Library) -> None:
    def waiting() -> list[tuple[str, str]]:
        told = library.waiting_passages(MODEL, 50)
        assert library.waiting(MODEL) == library.status().waiting == len(told)
        return sorted((title, text) for _, title, text in told)

    library.tidy()
    assert waiting() == []
    put(library, "late", Draft("Late", "It came late."), embeds=False)
    library.tidy()
    assert waiting() == [("Late", "It came late.")]
    library.put_vectors(
        MODEL, {d: vector_of(t, b) for d, t, b in library.waiting_passages(MODEL, 50)}
    )
    library.tidy()
    library.remove(["late"])
    library.tidy()
    # Its vector went with it.
    put(library, "late", Draft("Late", "It came late."), embeds=False)
    assert waiting() == [("Late", "It came late.")]
    rest = library.waiting_passages(OTHER, 50)
    library.put_vectors(OTHER, {d: vector_of(t, b, OTHER) for d, t, b in rest})
    library.set_model(OTHER, name="other", precision="int8", dimension=DIMENSION)
    library.tidy()
    library.set_model(MODEL, name="fake", precision="fp32", dimension=DIMENSION)
    assert len(waiting()) == len({told[1:] for told in every_passage(library).values()})


def test_a_model_answers_only_once_it_is_whole_and_the_old_one_until_then(library: Library) -> None:
    query = vector_of("", "one")
    before = library.search_vectors(query, limit=50, model=MODEL)
    assert library.waiting(OTHER) == len(every_passage(library))
    group = library.waiting_passages(OTHER, 3)
    assert len(group) == 3
    library.put_vectors(OTHER, {d: vector_of(t, b, OTHER) for d, t, b in group})
    assert library.search_vectors(query, limit=50) == before
    assert library.search_vectors(query, limit=50, model=OTHER) == []
    rest = library.waiting_passages(OTHER, 50)
    assert not {d for d, _, _ in rest} & {d for d, _, _ in group}
    library.put_vectors(OTHER, {d: vector_of(t, b, OTHER) for d, t, b in rest})
    library.set_model(OTHER, name="other", precision="int8", dimension=DIMENSION)
    assert (library.model, library.model_name, library.model_precision) == (OTHER, "other", "int8")
    assert library.search_vectors(query, limit=50, model=MODEL) == []
    found = library.search_vectors(query, limit=50, model=OTHER)
    expected = brute_force(library, query, model=OTHER)
    assert [hit.passage_id for hit in found] == [i for i, _ in expected]
    assert library.waiting(MODEL) == len(every_passage(library))


def test_a_model_of_another_dimension_takes_over(library: Library) -> None:
    waiting = library.waiting_passages(OTHER, 50)
    library.put_vectors(
        OTHER, {d: np.eye(5, dtype=np.float32)[n % 5] for n, (d, _, _) in enumerate(waiting)}
    )
    library.set_model(OTHER, name="other", precision="fp32", dimension=5)
    found = library.search_vectors(np.eye(5, dtype=np.float32)[2], limit=1)
    assert found[0].similarity == pytest.approx(1.0)


def test_sessions_are_kept_numbered_and_removed(place: Place, library: Library) -> None:
    kept = library.sessions
    with Library(place) as other:
        assert kept.add_turn("aa11", title="first?", asked_at="2026-01-01T10:00", body="{1}") == 1
        assert (
            other.sessions.add_turn("aa22", title="else?", asked_at="2026-01-01T11:00", body="{}")
            == 1
        )
        assert (
            other.sessions.add_turn("aa11", title="no", asked_at="2026-01-01T12:00", body="{2}")
            == 2
        )
    assert [(t.number, t.asked_at, t.body) for t in kept.turns("aa11")] == [
        (1, "2026-01-01T10:00", "{1}"), (2, "2026-01-01T12:00", "{2}"),
    ]  # fmt: skip
    first, second = kept.summaries()
    assert (first.id, first.title, first.started_at, first.last_at, first.turns) == (
        "aa11", "first?", "2026-01-01T10:00", "2026-01-01T12:00", 2,
    )  # fmt: skip
    assert second.id == "aa22"
    assert kept.summary("aa22") == second
    assert kept.latest() == "aa11"
    assert (kept.ids("aa"), kept.ids("aa2"), kept.ids("a_"), kept.ids("b")) == (
        ["aa11", "aa22"], ["aa22"], [], [],
    )  # fmt: skip
    assert (kept.drop("aa11"), kept.drop("aa11")) == (True, False)
    assert (kept.turns("aa11"), kept.latest(), kept.summary("aa11")) == ([], "aa22", None)


def test_files_roots_columns_and_addresses_are_remembered(library: Library) -> None:
    library.put_files([("/a", KnownFile(3, 2**62)), ("/b", KnownFile(4, 5))])
    library.put_file("/a", KnownFile(9, 10))
    assert library.files() == {"/a": KnownFile(9, 10), "/b": KnownFile(4, 5)}
    assert (library.file("/b"), library.file("/c")) == (KnownFile(4, 5), None)
    library.forget_file("/b")
    assert sorted(library.paths()) == sorted(["/a", *(f"/stories/{i}.txt" for i in STORIES)])
    for root in ("/z", "/y", "/z"):
        library.add_root(root)
    library.drop_root("/nothing")
    assert library.roots() == ["/y", "/z"]
    memory = library.remembered
    memory.name_columns("/t.csv", {"text": "Story", "title": "Head"})
    memory.name_columns("/t.csv", {"text": "Body"})
    assert memory.columns("/t.csv") == {"text": "Body"}
    memory.note_fetched("https://a.example/", Fetched('"e1"', None))
    memory.note_fetched("https://a.example/", Fetched('"e2"', "today"))
    assert memory.fetched("https://a.example/") == Fetched('"e2"', "today")
    memory.forget_fetched("https://a.example/")
    assert memory.fetched("https://a.example/") is None


def test_searches_in_one_state_see_nothing_of_what_another_writes(
    place: Place, library: Library
) -> None:
    with Library(place) as other:
        with library.one_state():
            before = library.search_words("ferry", limit=9)
            remove_named(other, "ferry")
            assert library.search_words("ferry", limit=9) == before
            assert len(library.passages([i for i, _ in before])) == len(before)
            assert library.article("ferry").text == STORIES["ferry"].text
        with pytest.raises(NotFound):
            library.article("ferry")


def test_status_counts_what_is_there(library: Library) -> None:
    put(library, "late", Draft("Late", "This one waits. It has no vector yet."), embeds=False)
    library.note_rebuild("2026-01-01T00:00:00+00:00")
    found = library.status()
    assert (found.articles, found.passages, found.vectors, found.waiting) == (5, 9, 8, 1)
    assert (found.model, found.rebuilt_at) == (MODEL, "2026-01-01T00:00:00+00:00")
    assert found.bytes_on_disk > 1000
    assert found.revision == library.revision > 5
    assert not found.read_only


def test_a_title_with_a_zero_byte_costs_one_character_and_nothing_else(library: Library) -> None:
    text = "A zero\0byte stands here. It stays one character."
    put(library, "zero", Draft("Zero", text))
    stored = library.article("zero").text
    assert len(stored) == len(text)
    assert stored.replace("\0", "\ufffd") == text.replace("\0", "\ufffd")
    library.remove(["zero"])


def test_a_library_that_is_not_there_is_said_to_be_made(place: Place) -> None:
    assert not is_there(place)
    with pytest.raises(LibraryUnusable, match="--rebuild"):
        Library(place)
    assert not is_there(place)
    Library(place, create=True).close()
    assert is_there(place)
    Library(place).close()


def test_articles_are_found_by_the_beginnings_of_their_ids(library: Library) -> None:
    every = sorted(article.id for article in library.articles())
    with library.one_state():
        assert library.whole.ids("") == every
        for prefix in (every[0][:1], every[0], every[-1][:3], "%", "_", "none of them"):
            expected = [article_id for article_id in every if article_id.startswith(prefix)]
            assert library.whole.ids(prefix) == expected
