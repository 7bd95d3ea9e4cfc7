"""The same text twice is one article; a near copy is a version; what a person says of one stays."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embeddings import schema
from embeddings.encoder import Encoder
from embeddings.errors import NotFound
from embeddings.library import Library, database_path
from embeddings.likeness import are_versions, holds, sketch
from embeddings.rebuild import Outcome, Rebuild
from embeddings.records import Draft, Filters
from embeddings.removal import remove_named
from embeddings.runs import runs_of, words_of

WORDS = (
    *("harbour", "ferry", "bridge", "mayor", "council", "river", "winter", "engineer", "market"),
    *("school", "hospital", "festival", "museum", "railway", "garden", "storm", "election"),
    *("budget", "teacher", "doctor", "painter", "sailor", "farmer", "library"),
)


def article(seed: int, *, words: int = 150, changed: float = 0.0) -> str:
    """An article of sentences without numbers; the same seed is the same but for the changes."""
    chosen, changes = random.Random(seed), random.Random(seed + 1000)
    told = [chosen.choice(WORDS) for _ in range(words)]
    told = [changes.choice(WORDS) if changes.random() < changed else word for word in told]
    lines = [" ".join(told[at : at + 12]) for at in range(0, words, 12)]
    return "\n\n".join(f"The {line}." for line in lines)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library", create=True) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "articles"
    made.mkdir()
    return made


def put(folder: Path, name: str, text: str, published: str = "") -> Path:
    path = folder / name
    head = f"---\ntitle: The story\ndate: {published}\n---\n\n" if published else ""
    path.write_text(head + text, "utf-8")
    return path


def rebuilt(library: Library, encoder: Encoder, folder: Path) -> Outcome:
    outcome = Rebuild(library, encoder).run([folder])
    assert outcome.failures == []
    assert library.check() == []
    status = library.status()
    assert (status.waiting, status.vectors) == (0, status.passages)
    return outcome


# --- the same text --------------------------------------------------------------------------


def test_the_same_text_twice_is_one_article_with_two_places(
    library: Library, encoder: Encoder, folder: Path
) -> None:
    first, second = put(folder, "a.txt", article(1)), put(folder, "b.txt", article(1))
    outcome = rebuilt(library, encoder, folder)
    assert (outcome.added, outcome.same) == (2, 1)
    (one,) = library.articles()
    assert (one.path, library.article(one.id).places) == (str(first), (str(second),))
    again = rebuilt(library, encoder, folder)
    assert (again.added, again.unchanged, again.same) == (0, 2, 0)


def test_an_article_outlives_its_first_place_in_the_second(
    library: Library, encoder: Encoder, folder: Path
) -> None:
    first, second = put(folder, "a.txt", article(1)), put(folder, "b.txt", article(1))
    third = put(folder, "c.txt", article(1))
    rebuilt(library, encoder, folder)
    before = library.status().passages
    first.unlink()
    assert rebuilt(library, encoder, folder).removed == 1
    (one,) = library.articles()
    assert (one.path, library.article(one.id).places) == (str(second), (str(third),))
    assert library.status().passages == before
    second.unlink()
    third.unlink()
    put(folder, "d.txt", article(2))
    rebuilt(library, encoder, folder)
    assert [one.path for one in library.articles()] == [str(folder / "d.txt")]


def test_a_place_whose_text_changes_becomes_an_article_and_leaves_the_other(
    library: Library, encoder: Encoder, folder: Path
) -> None:
    put(folder, "a.txt", article(1))
    put(folder, "b.txt", article(1))
    rebuilt(library, encoder, folder)
    put(folder, "a.txt", article(2))  # The first place: the article is the second's now.
    assert rebuilt(library, encoder, folder).changed == 1
    texts = {Path(str(one.path)).name: library.article(one.id).text for one in library.articles()}
    assert texts == {"a.txt": article(2), "b.txt": article(1)}
    put(folder, "b.txt", article(2))
    rebuilt(library, encoder, folder)
    assert len(library.articles()) == 1


def test_removing_an_article_by_its_id_removes_all_its_places(
    library: Library, encoder: Encoder, folder: Path
) -> None:
    put(folder, "a.txt", article(1))
    put(folder, "b.txt", article(1))
    rebuilt(library, encoder, folder)
    assert remove_named(library, library.articles()[0].id) == 1
    assert library.count() == 0
    assert Rebuild(library, encoder).run([folder]).added == 0


# --- versions -------------------------------------------------------------------------------


def test_of_near_copies_the_later_answers_and_the_other_is_reachable(
    library: Library, encoder: Encoder, folder: Path
) -> None:
    put(folder, "a.md", article(1), "2020-01-02")
    put(folder, "b.md", article(1, changed=0.02), "2020-01-03")
    put(folder, "c.md", article(1, changed=0.01), "2020-01-01")
    outcome = rebuilt(library, encoder, folder)
    assert (outcome.added, outcome.versions) == (3, 2)
    by_name = {Path(str(one.path)).stem: one for one in library.articles()}
    assert [by_name[name].passages > 0 for name in "abc"] == [False, True, False]
    head = library.article(by_name["b"].id)
    assert head.older == (by_name["a"].id, by_name["c"].id)
    assert library.article(by_name["a"].id).newer == head.id
    assert library.article(by_name["a"].id).text == article(1)
    found = library.search_words("harbour ferry bridge mayor", limit=50)
    passages = library.passages([passage for passage, _ in found]).values()
    assert {passage.article_id for passage in passages} == {head.id}


def test_when_the_newest_version_goes_the_next_answers(
    library: Library, encoder: Encoder, folder: Path
) -> None:
    put(folder, "a.md", article(1), "2020-01-02")
    newest = put(folder, "b.md", article(1, changed=0.02), "2020-01-03")
    rebuilt(library, encoder, folder)
    newest.unlink()
    rebuilt(library, encoder, folder)
    (one,) = library.articles()
    assert one.passages > 0
    assert library.article(one.id).newer is None


def test_a_version_that_changes_altogether_stands_by_itself(
    library: Library, encoder: Encoder, folder: Path
) -> None:
    put(folder, "a.md", article(1), "2020-01-02")
    put(folder, "b.md", article(1, changed=0.02), "2020-01-03")
    rebuilt(library, encoder, folder)
    put(folder, "b.md", article(9), "2020-01-03")
    rebuilt(library, encoder, folder)
    assert all(one.passages for one in library.articles())
    assert all(library.article(one.id).newer is None for one in library.articles())


def test_a_version_that_turns_out_older_leaves_the_answering_to_the_other(
    library: Library, encoder: Encoder, folder: Path
) -> None:
    put(folder, "a.md", article(1), "2020-01-02")
    put(folder, "b.md", article(1, changed=0.02), "2020-01-03")
    put(folder, "c.md", article(1, changed=0.01), "2020-01-01")
    rebuilt(library, encoder, folder)
    put(folder, "b.md", article(1, changed=0.02), "2019-12-31")
    rebuilt(library, encoder, folder)
    by_name = {Path(str(one.path)).stem: one for one in library.articles()}
    assert [by_name[name].passages > 0 for name in "abc"] == [True, False, False]
    assert library.article(by_name["a"].id).older == (by_name["c"].id, by_name["b"].id)


def test_versions_alike_in_date_and_length_never_answer_for_each_other(
    library: Library, encoder: Encoder, folder: Path
) -> None:
    one, other = article(1), article(1).replace("harbour", "HARBOUR")
    assert one != other
    for text in ("a.md", "b.md"):
        put(folder, text, one if text == "a.md" else other, "2020-01-02")
    rebuilt(library, encoder, folder)
    for name in ("a.md", "b.md", "a.md"):
        path = folder / name
        path.write_text(path.read_text("utf-8").replace("story", "story told"), "utf-8")
        assert rebuilt(library, encoder, folder).changed == 1
        stored = [library.article(each.id) for each in library.articles()]
        assert sorted(each.newer is None for each in stored) == [False, True]


def notice() -> str:
    return "We could not play the video. " + article(3, words=80)


@pytest.mark.parametrize(("words", "apart"), [(0, True), (400, False)])
def test_a_notice_under_headlines_of_other_things_is_not_one_article(
    library: Library, encoder: Encoder, folder: Path, words: int, apart: bool
) -> None:
    text = notice() + (article(4, words=words) if words else "")
    for name, title in (
        ("a.md", "Coffee chain brings back its pumpkin latte"),
        ("b.md", "Carmaker recalls 200,000 pickup trucks"),
        ("c.md", "Coffee chain brings pumpkin latte back early"),
    ):
        (folder / name).write_text(f"---\ntitle: {title}\n---\n\n{text}", "utf-8")
    rebuilt(library, encoder, folder)
    assert library.count() == (2 if apart else 1)
    assert all(library.article(each.id).newer is None for each in library.articles())


@pytest.mark.parametrize("changed", [0.0, 0.01, 0.03, 0.2, 1.0])
def test_sketches_find_what_shared_runs_say(changed: float) -> None:
    alike = 0
    for seed in range(20):
        one, other = article(seed), article(seed, changed=changed)
        runs, others = runs_of(words_of(one)), runs_of(words_of(other))
        share = len(runs & others) / len(runs | others)
        assert are_versions(one, other) == (share >= 0.7)
        meet = bool(set(sketch(one)) & set(sketch(other)))
        if share >= 0.75:
            assert meet
        elif share < 0.1:
            alike += meet
    assert alike <= 1


def test_reports_that_differ_in_their_figures_are_not_versions() -> None:
    def report(of: int) -> str:
        figures = " ".join(
            f"The harbour master of the town counted {of * 37 + n} boats and wrote it down then."
            for n in range(12)
        )
        return f"{article(1, words=600)}\n\n{figures}"

    runs, others = runs_of(words_of(report(1))), runs_of(words_of(report(2)))
    assert len(runs & others) / len(runs | others) > 0.7
    assert not are_versions(report(1), report(2))
    assert are_versions(report(1), report(1) + " It rained.")


def test_a_story_that_was_added_to_answers_for_what_it_was() -> None:
    old, more = article(1, words=300), article(2, words=200)
    longer = f"{old}\n\n{more}"
    runs, others = runs_of(words_of(longer)), runs_of(words_of(old))
    assert 0.5 < len(runs & others) / len(runs | others) < 0.7
    assert holds(longer, old) and not are_versions(longer, old)
    assert not holds(old, longer), "what the longer one said would be found no more"
    assert not holds(f"{old}\n\n{article(2, words=400)}", old), "it may be another story by now"
    figures = " ".join(f"There were {n * 7} boats that day." for n in range(4))
    others_figures = " ".join(f"There were {n * 11 + 1} boats that day." for n in range(4))
    assert not holds(f"{longer} {figures}", f"{old} {others_figures}")


@pytest.mark.parametrize(("later", "apart"), [("longer", False), ("shorter", True)])
def test_no_version_that_says_more_is_silenced_by_one_that_says_less(
    library: Library, encoder: Encoder, folder: Path, later: str, apart: bool
) -> None:
    short = article(1, words=300)
    texts = {"longer": f"{short}\n\n{article(2, words=200)}", "shorter": short}
    for name, text in texts.items():
        put(folder, f"{name}.md", text, "2020-01-02" if name == later else "2020-01-01")
    rebuilt(library, encoder, folder)
    answering = {Path(str(one.path)).stem for one in library.articles() if one.passages}
    assert answering == ({"longer", "shorter"} if apart else {"longer"})


def test_short_texts_are_never_versions() -> None:
    assert sketch(article(1, words=40)) == ()
    assert not are_versions(article(1, words=40), article(1, words=40))


# --- what a person says ---------------------------------------------------------------------


def test_a_correction_is_searched_at_once_and_kept_when_the_file_changes(
    library: Library, encoder: Encoder, folder: Path
) -> None:
    path = put(folder, "a.md", article(1), "2020-01-02")
    rebuilt(library, encoder, folder)
    (one,) = library.articles()
    library.correct(one.id, {"title": "Quokka census", "published": "2016-03-14"})
    Rebuild(library, encoder).embed_waiting()
    for _ in range(2):
        found = library.article(one.id)
        assert (found.title, found.published, found.published_from) == (
            "Quokka census", "2016-03-14", "hand",
        )  # fmt: skip
        assert library.search_words("quokka", limit=5)
        assert not library.search_words("story", limit=5)
        assert library.check() == []
        put(folder, "a.md", article(2), "2020-01-02")
        rebuilt(library, encoder, folder)
    assert library.article(one.id).text == article(2)
    library.correct(one.id, {"published": None})
    assert library.article(one.id).published is None
    assert path.exists()


def test_correcting_what_is_not_there_is_told(library: Library) -> None:
    with pytest.raises(NotFound):
        library.correct("nobody", {"title": "x"})


def test_set_at_the_command_line(
    tmp_path: Path, articles: Path, dateline: Callable[..., object]
) -> None:
    home = tmp_path / "home"
    dateline("--library", home, "--rebuild", articles)
    listed = dateline("--library", home, "--list", "--json").stdout  # type: ignore[attr-defined]
    flu = next(a for a in map(json.loads, listed.splitlines()) if a["source"] == "Health Weekly")
    done = dateline(
        *("--library", home, "--set", flu["id"], "published=14 March 2016"),
        *("--set", flu["id"], "author="),
    )
    assert (done.returncode, done.stdout) == (0, "2 corrected\n")  # type: ignore[attr-defined]
    shown = json.loads(
        dateline("--library", home, "--show", flu["id"], "--json").stdout  # type: ignore[attr-defined]
    )
    assert (shown["published"], shown["published_from"]) == ("2016-03-14", "hand")
    assert (shown["author"], shown["pages"], shown["places"]) == (None, [], [])
    for wrong in (("nobody", "title=x"), (flu["id"], "text=x"), (flu["id"], "published=soon")):
        refused = dateline("--library", home, "--set", *wrong)
        assert refused.returncode == 2  # type: ignore[attr-defined]


def test_a_library_of_the_version_before_is_brought_up(
    tmp_path: Path, encoder: Encoder, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "old"
    home.mkdir()
    database = sqlite3.connect(database_path(home), isolation_level=None)
    for script in schema.MIGRATIONS[:2]:
        database.executescript(script)
    database.execute("PRAGMA user_version = 2")
    database.execute(
        "INSERT INTO articles (id, path, title, text, sha256, sentences) "
        "VALUES ('a', '/a.txt', 'One', ?, 'x', x'')",
        (article(1),),
    )
    database.close()
    with Library(home) as library:
        assert library.article("a").pages == ()
        assert library.same_as(Draft("", article(1)), but="b") == "a"


def test_a_text_without_a_date_gets_that_of_the_same_text_elsewhere(
    library: Library, encoder: Encoder, tmp_path: Path
) -> None:
    bare, told = tmp_path / "bare.txt", tmp_path / "told.jsonl"
    text = article(9)
    bare.write_text(text)
    known = {"date": "2021-05-04", "source": "Tamber Courier", "author": "J. Marsh"}
    told.write_text(json.dumps({"id": "1", "title": "The bridge", "text": text, **known}))
    Rebuild(library, encoder).run([bare])
    (first,) = library.articles()
    assert library.article(first.id).published is None
    library.correct(first.id, {"author": None})  # A person says that nobody is known.
    outcome = Rebuild(library, encoder).run([told])
    assert (outcome.added, outcome.same, library.count()) == (1, 1, 1)
    found = library.article(first.id)
    assert (found.published, found.published_from) == ("2021-05-04", "record")
    assert (found.source, found.author, found.path) == ("Tamber Courier", None, str(bare))
    since = Filters(since="2021-01-01")
    assert len(library.search_words("harbour", limit=9, filters=since)) > 0
    # What is known stays as it is, whatever a third file says.
    told.write_text(json.dumps({"id": "2", "text": text, "date": "1999-01-01", "source": "Post"}))
    Rebuild(library, encoder).run([told])
    assert library.article(first.id).published == "2021-05-04"
    assert library.check() == []


def test_an_article_that_was_just_removed_is_not_completed(library: Library) -> None:
    library.complete("gone", Draft("Bridge", "The bridge opened.", published="2021-05-04"))
    assert library.count() == 0
