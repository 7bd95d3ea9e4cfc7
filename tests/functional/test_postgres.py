"""A library on a real server: what befalls servers, and that what was finished is never lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from postgres_server import PASSWORD, QUOTED, USER, PostgresServer, free_port, why_not

from embeddings.copying import copy_library
from embeddings.encoder import Encoder
from embeddings.errors import LibraryUnusable
from embeddings.library import Library, digest_of
from embeddings.places import Server, place_from, place_text
from embeddings.rebuild import Rebuild
from embeddings.records import Draft, Filters, Sentence

Dateline = Callable[..., "subprocess.CompletedProcess[str]"]
ROOT = Path(__file__).resolve().parent.parent.parent
DIMENSION = 32


@pytest.fixture
def address(postgres: PostgresServer) -> str:
    return postgres.new_database()


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that the test may kill; it writes to the disk what it says it has written."""
    if reason := why_not():
        pytest.skip(reason)
    server = PostgresServer()
    try:
        yield server.create().start()
    finally:
        server.stop()


def stories(folder: Path, count: int, prefix: str = "story") -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        (folder / f"{prefix}{number}.txt").write_text(
            f"{prefix.title()} number {number}\n\nThe {prefix} of {number} apples was told in "
            f"Tamber. It has {number + 3} sentences that nobody counted, and one about pears.\n"
        )
    return folder


# --- the whole command, by an address


def test_every_command_works_with_a_server(
    dateline: Dateline, address: str, articles: Path, tmp_path: Path
) -> None:
    env = {"DATELINE_LIBRARY": address}

    def run(*arguments: str | Path, code: int = 0) -> str:
        done = dateline(*arguments, env=env)
        assert done.returncode == code, done.stderr
        assert QUOTED not in done.stdout + done.stderr
        assert PASSWORD not in done.stdout + done.stderr
        return done.stdout

    assert run("--rebuild", articles) == "3 added, 0 changed, 0 unchanged, 0 removed, 0 failed\n"
    assert run("--rebuild") == "0 added, 0 changed, 3 unchanged, 0 removed, 0 failed\n"
    answer = run("--ask", "How much did the bridge over the Tamber cost?")
    assert "It cost $84.5 million" in answer
    assert "1 question" in run("--sessions")
    assert "closed the old ferry" in run("--resume", "--ask", "What did engineers close?")
    assert "2 questions" in run("--sessions")
    listed = run("--list").splitlines()
    assert len(listed) == 3
    flu = next(line.split()[0] for line in listed if "flu" in line)
    assert "41 patients" in run("--show", flu)
    assert run("--set", flu, "source=The Ward") == "1 corrected\n"
    assert "The Ward" in run("--list")
    status = run("--status")
    assert f"postgresql://{USER}:***@127.0.0.1" in status
    assert "every passage has its vector" in status
    assert "all is well" in run("--doctor")
    assert run("--remove", flu) == "1 removed\n"
    assert len(run("--list").splitlines()) == 2
    run("--ask", "How many patients had influenza?", code=1)


def test_sources_can_be_asked_for_on_a_server_as_in_a_folder(
    address: str, encoder: Encoder, articles: Path, tmp_path: Path
) -> None:
    answers = []
    for place in (tmp_path / "library", place_from(address)):
        with Library(place, create=True) as library:
            Rebuild(library, encoder).run([articles])
            query = encoder.encode_query("What did the bridge cost?")
            near = library.search_vectors(query, limit=10)
            texts = library.passages([hit.passage_id for hit in near])
            answers.append([(texts[hit.passage_id].text, hit.similarity) for hit in near])
    assert [text for text, _ in answers[1]] == [text for text, _ in answers[0]]
    # Batches differ from one rebuild to the next, and an int8 graph's sums with them.
    assert [s for _, s in answers[1]] == pytest.approx([s for _, s in answers[0]], abs=0.03)


async def test_the_chat_answers_adds_and_keeps_its_session_on_a_server(
    address: str, encoder: Encoder, articles: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from driving import ask, cards, chat_of

    from tui.adder import Adder
    from tui.app import DatelineApp

    monkeypatch.setattr("tui.screens.asking.examples", lambda *given, **how: ())
    place = place_from(address)
    outcome = Adder(place, [str(articles)]).run(progress=lambda p: None, say=lambda line: None)
    assert (outcome.added, outcome.failures) == (3, [])
    app = DatelineApp(place)
    async with app.run_test(size=(100, 40)) as pilot:
        await ask(pilot, "How much did the bridge over the Tamber cost?")
        assert "New bridge opens over the Tamber" in cards(chat_of(app))[0]
    with Library(place) as library:
        assert [session.turns for session in library.sessions.summaries()] == [1]


# --- what is said where it does not work


def failing(dateline: Dateline, address: str, *arguments: str) -> str:
    done = dateline("--library", address, *(arguments or ("--status",)))
    assert done.returncode == 3, done.stdout
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert "secret" not in done.stderr
    return lines[0]


def test_a_wrong_password_is_one_line_without_it(
    dateline: Dateline, postgres: PostgresServer
) -> None:
    line = failing(dateline, postgres.address(word="verysecret"))
    assert "the user or the password is wrong" in line
    assert f"{USER}:***@" in line


def test_a_server_that_does_not_answer_is_one_line(dateline: Dateline) -> None:
    line = failing(dateline, f"postgresql://u:secret@127.0.0.1:{free_port()}/x")
    assert "no server answers" in line
    line = failing(dateline, "postgresql://u:secret@no-such-host.invalid/x")
    assert "no such host" in line or "no server answers" in line


def test_a_database_that_is_not_there_is_one_line(
    dateline: Dateline, postgres: PostgresServer
) -> None:
    assert "createdb" in failing(dateline, postgres.address("absent"))


def test_an_address_that_is_none_is_one_line(dateline: Dateline) -> None:
    assert "postgresql://USER@HOST/DATABASE" in failing(
        dateline, "postgresql://u:secret@h/db?no_such_option=1"
    )


def test_pgvector_that_may_not_be_added_is_one_line(
    dateline: Dateline, postgres: PostgresServer, articles: Path
) -> None:
    address = postgres.new_database()
    name = address.rsplit("/", 1)[1]
    postgres.sql(
        f"CREATE ROLE guest_{name} LOGIN PASSWORD 'secret'",
        f"GRANT CREATE ON DATABASE {name} TO guest_{name}",
    )
    guest = postgres.address(name, user=f"guest_{name}", word="secret")
    line = failing(dateline, guest, "--rebuild", str(articles))
    assert "CREATE EXTENSION vector" in line
    # Once the owner has, the guest makes the library.
    postgres.sql("CREATE EXTENSION vector", database=name)
    assert dateline("--library", guest, "--rebuild", articles).returncode == 0


def test_a_user_who_may_only_read_asks_and_changes_nothing(
    dateline: Dateline, postgres: PostgresServer, articles: Path
) -> None:
    address = postgres.new_database()
    name = address.rsplit("/", 1)[1]
    assert dateline("--library", address, "--rebuild", articles).returncode == 0
    postgres.sql(
        f"CREATE ROLE reader_{name} LOGIN PASSWORD 'secret'",
        f"GRANT USAGE ON SCHEMA dateline TO reader_{name}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA dateline TO reader_{name}",
        database=name,
    )
    reader = postgres.address(name, user=f"reader_{name}", word="secret")
    done = dateline("--library", reader, "--ask", "How much did the bridge over the Tamber cost?")
    assert "$84.5 million" in done.stdout
    assert "can only be read" in done.stderr
    assert "(read-only)" in dateline("--library", reader, "--status").stdout
    assert "can only be read" in failing(dateline, reader, "--remove", "x")


def test_an_old_server_or_an_old_pgvector_is_told_what_to_upgrade() -> None:
    from embeddings.postgres.faults import versions_fault

    assert versions_fault(140_011, "0.8.0") is None
    assert versions_fault(180_006, None) is None
    assert versions_fault(180_006, "0.10.1") is None
    assert "PostgreSQL 13" in str(versions_fault(130_020, "0.8.0"))
    assert "pgvector is 0.7.4" in str(versions_fault(160_003, "0.7.4"))


def test_a_library_of_a_newer_version_is_refused(postgres: PostgresServer, address: str) -> None:
    Library(place_from(address), create=True).close()
    name = address.rsplit("/", 1)[1]
    postgres.sql("UPDATE dateline.meta SET value = '999' WHERE key = 'version'", database=name)
    with pytest.raises(LibraryUnusable, match="newer Dateline"):
        Library(place_from(address), create=True)


def test_without_the_client_one_line_says_what_to_install(address: str) -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from qa.cli import run\n"
        f"sys.exit(run(['--library', {address!r}, '--status']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=100,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 3
    assert "pip install 'dateline[postgres]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_folder_never_imports_the_servers_client(built: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom embeddings.library import Library\n"
        "Library(Path(sys.argv[1])).close()\n"
        "print(sorted(m for m in sys.modules if 'psycopg' in m or 'pgvector' in m))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(built)], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:secret@h/d",
        "postgres://u:se%40cret@h1:1,h2:2/d?target_session_attrs=read-write",
        "postgresql://u@h/d?password=secret&sslmode=require",
        "postgresql://u:my/se@cret?yes@h/d",
        "postgresql://h/d?user=u&sslpassword=secret",
    ],
)
def test_an_address_is_never_shown_with_its_password(address: str) -> None:
    place = place_from(address)
    assert isinstance(place, Server)
    for shown in (str(place), repr(place), f"{place}"):
        assert "cret" not in shown
    assert place_text(place) == address


# --- many at once, and ends without warning

WRITER = """
import sys
from pathlib import Path
from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.models import DEFAULT_MODEL, find_model
from embeddings.places import place_from
from embeddings.rebuild import Rebuild

if __name__ == "__main__":
    encoder = Encoder(find_model(DEFAULT_MODEL), threads=1)
    with Library(place_from(sys.argv[1]), create=True) as library:
        print("begun", flush=True)
        outcome = Rebuild(library, encoder).run([Path(sys.argv[2])])
        print(outcome.added, outcome.unchanged, len(outcome.failures))
"""


def writer(tmp_path: Path, address: str, folder: Path) -> subprocess.Popen[str]:
    script = tmp_path / "writer.py"
    script.write_text(WRITER)
    return subprocess.Popen(
        [sys.executable, str(script), address, str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_two_write_while_three_read_and_all_of_it_is_right(
    tmp_path: Path, address: str, encoder: Encoder
) -> None:
    place = place_from(address)
    one, two = stories(tmp_path / "a", 25, "apple"), stories(tmp_path / "b", 25, "pear")
    query = encoder.encode_query("How many apples?")
    Library(place, create=True).close()
    writers = [writer(tmp_path, address, one), writer(tmp_path, address, two)]
    wrong: list[object] = []
    over = threading.Event()

    def read() -> None:
        try:
            with Library(place) as library:
                while not over.is_set():
                    with library.one_state():
                        near = library.search_vectors(query, limit=20)
                        worded = library.search_words("apples pears", limit=20)
                        ids = [h.passage_id for h in near] + [i for i, _ in worded]
                        passages = library.passages(ids)
                        # In one state whatever was found is there, and stands in its article.
                        if set(ids) != set(passages):
                            wrong.append(set(ids) - set(passages))
                        for passage in passages.values():
                            text = library.article(passage.article_id).text
                            if text[passage.start : passage.end] != passage.text:
                                wrong.append(passage)
        except Exception as error:  # noqa: BLE001
            wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    told = [each.communicate(timeout=200) for each in writers]
    over.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert [out.split() for out, _ in told] == [["begun", "25", "0", "0"]] * 2, told
    with Library(place) as library:
        assert library.count() == 50
        assert library.waiting(library.model or "") == 0
        assert library.check() == []


def test_a_killed_server_loses_nothing_finished_and_the_rebuild_goes_on(
    tmp_path: Path, own_server: PostgresServer, encoder: Encoder
) -> None:
    address = own_server.new_database()
    place = place_from(address)
    folder = stories(tmp_path / "a", 120)
    Library(place, create=True).close()
    process = writer(tmp_path, address, folder)
    with Library(place) as library:
        until = time.monotonic() + 120
        while library.count() < 20:
            assert time.monotonic() < until
            time.sleep(0.02)
        finished = {article.id for article in library.articles()}
        own_server.kill()
        _, errors = process.communicate(timeout=120)
        assert process.returncode != 0
        assert "LibraryUnusable" in errors
        assert QUOTED not in errors.split("LibraryUnusable")[-1]
        own_server.start()
        # The library that was open all the time comes back by itself.
        kept = {article.id for article in library.articles()}
        assert finished <= kept
        assert len(kept) < 120, "the server was killed too late to prove anything"
        for article_id in kept:
            assert library.sentences(article_id)
        outcome = Rebuild(library, encoder).run([folder])
        assert (outcome.added, outcome.failures) == (120 - len(kept), [])
        assert library.count() == 120
        assert library.waiting(library.model or "") == 0
        assert library.check() == []


def test_a_promoted_standby_has_all_that_was_acknowledged_and_clients_follow_it(
    tmp_path: Path, own_server: PostgresServer, encoder: Encoder
) -> None:
    first_address = own_server.new_database()
    standby = PostgresServer()
    try:
        standby.create_standby_of(own_server, "second").start()
        own_server.sql(
            "ALTER SYSTEM SET synchronous_standby_names = 'second'", "SELECT pg_reload_conf()"
        )
        until = time.monotonic() + 60
        while "sync" not in own_server.ask("SELECT sync_state FROM pg_stat_replication"):
            assert time.monotonic() < until
            time.sleep(0.1)
        name = first_address.rsplit("/", 1)[1]
        hosts = f"127.0.0.1:{own_server.port},127.0.0.1:{standby.port}"
        both = f"postgresql://{USER}:{QUOTED}@{hosts}/{name}"
        place = place_from(f"{both}?target_session_attrs=read-write")
        with Library(place, create=True) as library:
            Rebuild(library, encoder).run([stories(tmp_path / "a", 10)])
            # One who only asks may ask the standby.
            with Library(place_from(standby.address(name))) as reading:
                assert reading.status().read_only
                assert reading.count() == 10
                assert len(reading.search_words("apples", limit=50)) >= 10
                with pytest.raises(LibraryUnusable, match="can only be read"):
                    reading.remove(["x"])
            process = writer(tmp_path, place_text(place), stories(tmp_path / "b", 120, "pear"))
            until = time.monotonic() + 120
            while library.count() < 30:
                assert time.monotonic() < until
                time.sleep(0.02)
            acknowledged = {article.id for article in library.articles()}
            own_server.kill()
            standby.sql("SELECT pg_promote(true)")
            process.communicate(timeout=120)
            # The library that was open finds the one that took over.
            kept = {article.id for article in library.articles()}
            assert acknowledged <= kept
            Rebuild(library, encoder).run([tmp_path / "a", tmp_path / "b"])
            assert library.count() == 130
            assert library.waiting(library.model or "") == 0
            assert library.check() == []
    finally:
        standby.stop()


# --- the index


def filled(library: Library, count: int) -> np.ndarray:
    """A library of `count` clustered vectors, two passages an article; the vectors by passage."""
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(20, DIMENSION))
    rows = centres[rng.integers(0, 20, count)] + 0.4 * rng.normal(size=(count, DIMENSION))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    library.set_model("m", name="m", precision="fp32", dimension=DIMENSION)
    for number in range(count // 2):
        bodies = [f"Word{number} one.", f"Word{number} two."]
        library.put_article(
            f"a{number}",
            Draft("", " ".join(bodies), source="rare" if number % 50 == 0 else "common"),
            path=f"/{number}",
            sha256=f"{number}",
            sentences=[
                Sentence(0, len(bodies[0])),
                Sentence(len(bodies[0]) + 1, len(" ".join(bodies))),
            ],
            windows=[(0, 0), (1, 1)],
            vectors={digest_of("", b): rows[2 * number + at] for at, b in enumerate(bodies)},
            model="m",
        )
    return rows


def test_the_index_finds_nearly_all_and_filters_never_come_back_short(
    address: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from embeddings.postgres import searching, vectors

    monkeypatch.setattr(searching, "EXACT_MOST", 100)
    monkeypatch.setattr(vectors.Vectors.index_where_due, "__kwdefaults__", {"least": 500})
    with Library(place_from(address), create=True) as library:
        rows = filled(library, 1200)
        assert library.status().index.startswith("none")
        ids = library.allowed(Filters())
        exact_of = {}
        for filters in (Filters(), Filters(source="common"), Filters(source="rare")):
            for number in range(10):
                query = rows[number * 100]
                found = library.search_vectors(query, limit=20, filters=filters)
                exact_of[filters, number] = found
        scores = rows @ rows[300]
        best = ids[np.argsort(-scores)[:20]].tolist()
        assert [hit.passage_id for hit in exact_of[Filters(), 3]] == best
        library.tidy()
        assert library.status().index.startswith("HNSW")
        assert library.check() == []
        together = 0
        for (filters, number), exact in exact_of.items():
            found = library.search_vectors(rows[number * 100], limit=20, filters=filters)
            assert len(found) == 20
            together += len({h.passage_id for h in found} & {h.passage_id for h in exact})
            assert [h.similarity for h in found] == sorted(
                (h.similarity for h in found), reverse=True
            )
            truth = {
                int(i): float(row @ rows[number * 100]) for i, row in zip(ids, rows, strict=True)
            }
            assert [h.similarity for h in found] == pytest.approx(
                [truth[h.passage_id] for h in found], abs=1e-5
            )
        assert together / (20 * len(exact_of)) > 0.97
        # What lets few through is compared one by one, and so is found whole.
        few = library.search_vectors(rows[0], limit=100, filters=Filters(source="rare"))
        assert len(few) == 24
        # What comes after the index is in it.
        library.remove(["a0"])
        assert all(h.passage_id not in ids[:2] for h in library.search_vectors(rows[0], limit=50))


# --- copying


def test_copying_there_and_back_changes_nothing(
    dateline: Dateline, address: str, articles: Path, tmp_path: Path, encoder: Encoder
) -> None:
    (articles / "bridge2.md").write_text((articles / "bridge.md").read_text())
    first, back = tmp_path / "first", tmp_path / "back"
    with Library(first, create=True) as library:
        Rebuild(library, encoder).run([articles])
        flu = next(a.id for a in library.articles() if "flu" in a.title)
        library.correct(flu, {"author": "A. Nurse"})
        library.remembered.name_columns("/t.csv", {"text": "Story"})
    dateline("--library", first, "--ask", "How much did the bridge over the Tamber cost?")
    done = dateline("--copy", first, address)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "3 articles copied, 0 there already; 1 session copied, 0 there already\n"
    )
    again = dateline("--copy", first, address)
    assert again.stdout == (
        "0 articles copied, 3 there already; 0 sessions copied, 1 there already\n"
    )
    assert dateline("--copy", address, back).returncode == 0
    with Library(first) as one, Library(place_from(address)) as two, Library(back) as three:
        for other in (two, three):
            assert other.model == one.model
            assert other.articles() == one.articles()
            assert other.whole.article_ids() == one.whole.article_ids()
            for article_id in one.whole.article_ids():
                assert other.article(article_id) == one.article(article_id)
                assert other.sentences(article_id) == one.sentences(article_id)
                assert other.full_text(article_id) == one.full_text(article_id)
                assert other.whole.windows(article_id) == one.whole.windows(article_id)
                mine = one.whole.vectors(one.model or "", article_id)
                theirs = other.whole.vectors(one.model or "", article_id)
                assert mine.keys() == theirs.keys()
                assert all((theirs[digest] == mine[digest]).all() for digest in mine)
            assert other.whole.places() == one.whole.places() != []
            assert other.whole.corrections() == one.whole.corrections() != []
            assert other.whole.columns() == one.whole.columns() != []
            assert (other.files(), other.roots()) == (one.files(), one.roots())
            assert other.sessions.summaries() == one.sessions.summaries()
            session = one.sessions.latest() or ""
            assert other.sessions.turns(session) == one.sessions.turns(session) != []
            assert other.check() == []
            # Nothing is read or embedded again.
            assert Rebuild(other, encoder).run([]).unchanged == 4


def test_copying_between_libraries_of_two_models_is_refused(address: str, tmp_path: Path) -> None:
    with (
        Library(tmp_path / "a", create=True) as one,
        Library(place_from(address), create=True) as two,
    ):
        one.set_model("m1", name="m1", precision="", dimension=4)
        two.set_model("m2", name="m2", precision="", dimension=4)
        with pytest.raises(LibraryUnusable, match="--model"):
            copy_library(one, two)


# --- a cluster, as text alone


def test_on_a_cluster_everything_of_an_article_is_laid_together() -> None:
    from embeddings.postgres import citus

    laid = citus.layout(is_there=True)
    assert not any("UNIQUE" in statement for statement in laid)
    assert laid[-2:] == [
        "SELECT create_distributed_table('dateline.articles', 'number')",
        "SELECT create_distributed_table('dateline.passages', 'article',"
        " colocate_with => 'dateline.articles')",
    ]
    assert citus.vectors_layout("vectors_3", is_there=True) == [
        "SELECT create_distributed_table('dateline.vectors_3', 'article',"
        " colocate_with => 'dateline.articles')"
    ]
    assert "SELECT create_reference_table('dateline.sessions')" in laid
    assert laid.index("SELECT create_reference_table('dateline.sessions')") < laid.index(
        "SELECT create_reference_table('dateline.turns')"
    )
    assert citus.layout(is_there=False) == [
        "CREATE UNIQUE INDEX articles_by_id ON dateline.articles (id)"
    ]
    assert citus.vectors_layout("vectors_3", is_there=False) == []
