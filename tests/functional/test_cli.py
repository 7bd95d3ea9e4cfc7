"""The command as a person runs it: what it prints, where, and its exit status."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from embeddings.encoder import Encoder
from embeddings.errors import NotFound
from embeddings.library import Library
from embeddings.naming import article_named
from embeddings.rebuild import Rebuild

ROOT = Path(__file__).resolve().parent.parent.parent
ISLAND = (
    "The commander gave no deadline and said forces would remain at a seaport and an airfield on "
    "the island’s north coast."
)


def test_a_question_is_answered_with_its_cited_sentence_and_0(dateline, built: Path) -> None:
    done = dateline("--library", built, "--ask", "where will the forces remain?")
    assert done.returncode == 0, done.stderr
    first, *rest = done.stdout.splitlines()
    assert first == f"{ISLAND} [1]"
    assert any(
        line.startswith("[1] Commander says army to start leaving the island, 2018-11-12")
        for line in rest
    )
    assert done.stderr == ""


def test_json_keeps_the_contract_and_every_citation_is_its_slice(dateline, built: Path) -> None:
    done = dateline("--library", built, "-a", "how many people has the war killed?", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["version"], answer["answered"], answer["refusal"]) == (1, True, None)
    assert answer["short_answer"] == "250,000"
    assert answer["short_answer"] in answer["citations"][0]["text"]
    assert 0 <= answer["confidence"] <= 1
    assert list(answer["timings_ms"]) == ["load", "retrieve", "rerank", "read", "total"]
    for citation in answer["citations"]:
        shown = dateline("--library", built, "--show", citation["article_id"])
        assert shown.returncode == 0
        assert shown.stdout[citation["start"] : citation["end"]] == citation["text"]
    assert len({citation["text"] for citation in answer["citations"]}) == len(answer["citations"])


def test_what_the_articles_do_not_say_is_refused_with_1_and_the_nearest(
    dateline, built: Path
) -> None:
    done = dateline("--library", built, "--ask", "who won the world chess championship?")
    assert done.returncode == 1
    assert done.stdout.startswith("Not in your articles: ")
    assert "Nearest sentences, which do not answer it:" in done.stdout
    refused = json.loads(
        dateline("--library", built, "--ask", "who won the chess championship?", "--json").stdout
    )
    assert (refused["answered"], refused["answer"], refused["citations"]) == (False, "", [])
    assert refused["refusal"]["reason"]
    assert refused["refusal"]["nearest"][0]["text"]


def test_timings_say_on_stderr_where_the_time_went_and_stdout_stays_the_answer(
    dateline, built: Path
) -> None:
    done = dateline("--library", built, "--ask", "where will the forces remain?", "--timings")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{ISLAND} [1]")
    rows = [line.split("  ")[0].rstrip() for line in done.stderr.splitlines()[1:]]
    assert rows[0] == "Python and imports"
    assert {"open library", "load reader", "load encoder", "search", "read and decide"} < set(rows)
    spans = [
        [float(word) for word in re.findall(r"\d+", line)] for line in done.stderr.splitlines()
    ]
    assert all(begun <= ended for begun, ended, *_ in spans[1:])


def test_the_question_may_come_from_standard_input(dateline, built: Path) -> None:
    done = dateline("--library", built, "--ask", "-", stdin="how much did\nthe bridge cost?\n")
    assert done.returncode == 0
    assert "$84.5 million" in done.stdout.splitlines()[0]


def test_a_file_of_questions_gives_a_json_line_each_and_1_where_any_is_refused(
    dateline, built: Path, tmp_path: Path
) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_text("how much did the bridge cost?\n\nwho leads the flu ward?\n", "utf-8")
    done = dateline("--library", built, "--ask-file", questions, "--json")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["question"] for a in answers] == [
        "how much did the bridge cost?",
        "who leads the flu ward?",
    ]
    assert done.returncode == 0
    assert answers[1]["timings_ms"]["load"] < answers[0]["timings_ms"]["load"]
    done = dateline(
        "--library", built, "--ask-file", "-", stdin="who painted the Mona Lisa in Paris?\n"
    )
    assert done.returncode == 1
    assert done.stdout.startswith("> who painted the Mona Lisa in Paris?\n\nNot in your articles")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--ask"], "expected one argument"),
        (["--ask", "  "], "--ask needs some text"),
        (["--bogus"], "unrecognized arguments"),
        (["who", "is it?"], 'write dateline --ask "who is it?"'),
        (["--list", "--since", "2016"], "--since is for questions"),
        (["--list", "--status"], "--list and --status cannot be given together"),
        (["--ask", "x", "--since", "yesterday"], "is not a date"),
        (["--ask", "x", "--since", "2016-13"], "is not a date"),
        (["--ask", "x", "--since", "2017", "--until", "2016"], "swap them"),
        (["--ask", "x", "--top", "0"], "is not a number from 1 to 30"),
        (["--ask", "x", "--model", "y"], "--model goes with --rebuild"),
        (["--rebuild", ""], "--rebuild was given an empty path"),
        (["--json"], "--json needs something to write"),
        (["--show", "nothing-here"], "there is no article 'nothing-here'"),
        (["--ask-file", "/no/such/file"], "there is no file /no/such/file"),
        ([], "the chat needs a terminal, and standard input and standard output are none"),
        (["--set", "ab12", "date=2016-03-14"], "did you mean published? FIELD is one of title, pu"),
        (["--set", "ab12", "autor=Ada"], "did you mean author?"),
        (["--set", "ab12", "colour=red"], "knows no field 'colour'; FIELD is one of title"),
        (["--set", "ab12", "red"], "needs an article's id and FIELD=VALUE, one of title"),
        (["--set", "nothing-here", "title=x"], "there is no article 'nothing-here'"),
        (["--remove", "x", "--json"], "--remove writes no JSON; leave --json out"),
    ],
)
def test_a_wrong_command_line_says_what_to_do_and_gives_2(
    dateline, built: Path, arguments: list[str], says: str
) -> None:
    done = dateline(*arguments, "--library", built)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("content", ["", "\n \n\n"])
def test_a_file_without_a_question_is_a_usage_error(
    dateline, built: Path, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "questions.txt"
    file.write_text(content)
    done = dateline("--library", built, "--ask-file", file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"dateline: there is no question in {file}; write one a line\n"
    done = dateline("--library", built, "--ask-file", "-", stdin=content)
    assert done.returncode == 2 and "no question in standard input" in done.stderr


def test_empty_standard_input_is_a_usage_error(dateline, built: Path) -> None:
    done = dateline("--library", built, "--ask", "-", stdin=" \n")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no question on standard input" in done.stderr


def test_a_library_that_is_no_library_gives_3_and_one_line(dateline, tmp_path: Path) -> None:
    (tmp_path / "library.db").write_text("not a database " * 100)
    for arguments in (["--ask", "x"], ["--list"], ["--status"], ["--rebuild", str(ROOT / "seeds")]):
        done = dateline("--library", tmp_path, *arguments)
        assert (done.returncode, done.stdout) == (3, ""), arguments
        assert "not a Dateline library" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert dateline("--library", tmp_path, "--doctor").returncode == 3


def test_a_file_in_the_librarys_place_gives_3(dateline, tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.write_text("notes")
    for arguments in (["--ask", "x"], ["--status"], ["--rebuild", str(ROOT / "seeds")]):
        done = dateline("--library", file, *arguments)
        assert done.returncode == 3, arguments
        assert "is not a folder" in done.stderr
    assert dateline("--library", file, "--doctor").returncode == 3
    assert file.read_text() == "notes"


def test_rebuilding_nothing_known_gives_3_and_makes_no_library(dateline, tmp_path: Path) -> None:
    done = dateline("--library", tmp_path / "new", "--rebuild")
    assert done.returncode == 3
    assert "--rebuild" in done.stderr
    assert not (tmp_path / "new").exists()


def test_some_unreadable_articles_give_4_and_the_rest_are_kept(
    dateline, articles: Path, tmp_path: Path
) -> None:
    (articles / "broken.md").write_bytes(b"\x00\x01\x02\xff" * 300)
    home = tmp_path / "library"
    done = dateline("--library", home, "--rebuild", articles, tmp_path / "absent")
    assert done.returncode == 4
    assert done.stdout.startswith("3 added, 0 changed, 0 unchanged, 0 removed, 2 failed\n")
    assert len(done.stdout.splitlines()) == 1
    assert "broken.md" in done.stderr
    assert "there is no such file or folder" in done.stderr
    listed = dateline("--library", home, "--list", "--json")
    found = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [article["published"] for article in found] == ["2022-01-20", "2021-05-03", "2018-11-12"]
    assert list(found[0]) == [
        "id", "title", "published", "source", "author", "path", "url", "passages",
    ]  # fmt: skip


def articles_in(database: Path) -> int:
    reading = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    try:
        return int(reading.execute("SELECT count(*) FROM articles").fetchone()[0])
    finally:
        reading.close()


def test_an_interrupt_gives_130_and_keeps_what_is_finished(
    dateline, tmp_path: Path, encoder: object
) -> None:
    folder, home = tmp_path / "many", tmp_path / "library"
    folder.mkdir()
    for number in range(160):
        text = "\n\n".join(
            f"In ward {number} the {part}th nurse counted {number * part} beds and {part} lamps."
            for part in range(30)
        )
        (folder / f"ward{number:03}.txt").write_text(text)
    process = subprocess.Popen(
        [sys.executable, "-m", "qa", "--library", str(home), "--rebuild", str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background job is deaf to interrupts, and so is what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    kept = 0
    while kept < 2 and process.poll() is None:
        time.sleep(0.02)
        with contextlib.suppress(sqlite3.Error):
            kept = articles_in(home / "library.db")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "dateline: interrupted; what was finished is kept"
    again = dateline("--library", home, "--rebuild")
    assert again.returncode == 0
    added = int(again.stdout.split(" added")[0])
    assert 0 <= added <= 160 - kept
    status = json.loads(dateline("--library", home, "--status", "--json").stdout)
    assert (status["articles"], status["waiting"]) == (160, 0)


def test_a_library_never_built_answers_from_the_seeds_and_says_so(dateline, tmp_path: Path) -> None:
    done = dateline("--library", tmp_path / "never", "--ask", "where will Russian forces remain?")
    assert done.returncode == 0
    assert "Latakia" in done.stdout.splitlines()[0]
    assert "answering from the seed articles" in done.stderr
    assert not (tmp_path / "never").exists()


def test_the_environment_names_the_library(dateline, built: Path) -> None:
    done = dateline("--list", env={"DATELINE_LIBRARY": str(built)})
    assert len(done.stdout.splitlines()) == 3


def test_dates_and_sources_filter_the_question(dateline, built: Path) -> None:
    question = ["--library", str(built), "--ask", "how much did the bridge cost?"]
    assert dateline(*question, "--since", "2021", "--until", "2021-05").returncode == 0
    assert dateline(*question, "--source", "tamber").returncode == 0
    done = dateline(*question, "--since", "2030")
    assert done.returncode == 1
    assert "no article is within the dates and source" in done.stdout


def test_a_refusal_within_dates_says_that_undated_articles_were_left_out(
    dateline, articles: Path, tmp_path: Path
) -> None:
    (articles / "undated.txt").write_text("The lighthouse keeper is called Maren Holt.\n")
    home = tmp_path / "library"
    assert dateline("--library", home, "--rebuild", articles).returncode == 0
    asked = ["--library", str(home), "--ask", "who is the lighthouse keeper?"]
    assert "Maren Holt" in dateline(*asked).stdout
    done = dateline(*asked, "--since", "2015")
    assert done.returncode == 1
    assert "1 article without a date could not be looked at" in done.stdout


def test_top_limits_the_citations(dateline, built: Path) -> None:
    done = dateline(
        "--library", built, "--ask", "where will forces remain?", "--top", "1", "--json"
    )
    assert len(json.loads(done.stdout)["citations"]) == 1


def test_a_stricter_threshold_refuses_what_a_loose_one_answers(dateline, built: Path) -> None:
    asked = ["--library", str(built), "--ask", "how much did the bridge cost?"]
    assert dateline(*asked, "--threshold", "0").returncode == 0
    assert dateline(*asked, "--threshold", "1").returncode == 1
    assert dateline(*asked, "--threshold", "1.5").returncode == 2


def test_doctor_finds_a_sound_library_sound(dateline, built: Path) -> None:
    done = dateline("--library", built, "--doctor", "--json")
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout)
    assert found["healthy"] is True
    assert set(found["models"].values()) == {"ok"}
    assert found["packages"]["faiss-cpu"]


@pytest.mark.parametrize("name", ["example.org/feed.xml", "www.example.org", "ftp://example.org/x"])
def test_what_was_meant_as_an_address_is_told_how_one_begins(
    dateline, tmp_path: Path, name: str
) -> None:
    done = dateline("--library", tmp_path / "library", "--rebuild", name)
    assert done.returncode == 4
    assert "check the spelling (an address begins with https://)" in done.stderr
    done = dateline("--library", tmp_path / "library", "--rebuild", "articles/2016")
    assert "https" not in done.stderr


def test_an_article_is_shown_by_the_beginning_of_its_id_where_only_one_begins_so(
    dateline, home: Path
) -> None:
    with Library(home) as library:
        one, two, *_ = sorted(article.id for article in library.articles())
        told = library.article(one).text
    length = next(n for n, (a, b) in enumerate(zip(one, two, strict=True), 1) if a != b)
    done = dateline("--library", home, "--show", one[:length].upper())
    assert (done.returncode, done.stdout) == (0, told + "\n")
    done = dateline("--library", home, "--show", f"{one[:length]}:3-17")  # As a citation has it.
    assert (done.returncode, done.stdout) == (0, told[3:17] + "\n")
    done = dateline("--library", home, "--show", f"{one}:3-17", "--json")
    assert json.loads(done.stdout)["span"] == {"start": 3, "end": 17, "text": told[3:17]}
    assert json.loads(done.stdout)["text"] == told
    done = dateline("--library", home, "--show", f"{one}:3-17", "--full")
    full = dateline("--library", home, "--show", one, "--full")
    assert (done.returncode, done.stdout) == (0, full.stdout)
    for span in (f"0-{len(told) + 1}", "9-9"):
        done = dateline("--library", home, "--show", f"{one}:{span}")
        assert done.returncode == 2 and f"has {len(told)} characters" in done.stderr
    done = dateline("--library", home, "--set", one[:length], "title=Otherwise")
    assert done.stdout == "1 corrected\n"
    assert "Otherwise" in dateline("--library", home, "--list").stdout


def test_of_ids_that_begin_alike_each_is_named(home: Path, encoder: Encoder) -> None:
    for number in range(40):
        (home.parent / f"{number}.txt").write_text(f"Report {number}. The harbour was calm.")
    with Library(home) as library:
        Rebuild(library, encoder, embeds=False).run(list(home.parent.glob("*.txt")))
        ids = sorted(article.id for article in library.articles())
        prefix, *_ = [id_[0] for id_, after in pairwise(ids) if id_[0] == after[0]]
        several = [id_ for id_ in ids if id_[0] == prefix]
        with pytest.raises(
            NotFound, match=f"{len(several)} articles have ids that begin with"
        ) as told:
            article_named(library, prefix)
        assert several[0] in str(told.value) and several[1] in str(told.value)
        assert article_named(library, several[0]) == several[0]
        for nothing in ("", " ", "%", "_", "zz"):
            with pytest.raises(NotFound, match="there is no article"):
                article_named(library, nothing)


def test_remove_says_how_many_and_what_to_do_where_nothing_has_the_name(
    dateline, home: Path
) -> None:
    listed = dateline("--library", home, "--list", "--json").stdout.splitlines()
    assert dateline("--library", home, "--remove", json.loads(listed[0])["id"]).stdout == (
        "1 removed\n"
    )
    done = dateline("--library", home, "--remove", "no-such-thing")
    assert done.returncode == 2
    assert "see dateline --list" in done.stderr


def test_a_library_on_a_path_of_spaces_and_unicode_works(
    dateline, articles: Path, tmp_path
) -> None:
    home = tmp_path / "bücher & 記事 #1?%41"
    assert dateline("--library", home, "--rebuild", articles).returncode == 0
    assert dateline("--library", home, "--ask", "how much did the bridge cost?").returncode == 0
    assert (home / "library.db").is_file()


@pytest.mark.parametrize(
    "question",
    ['"; DROP TABLE articles; --', "NEAR(a b) AND *", "\x00\x1b[31m", "é" * 2000, "🙂1"],
)
def test_any_question_gets_an_answer_or_a_refusal(dateline, built: Path, question: str) -> None:
    done = dateline("--library", built, "--ask", "-", stdin=question)
    assert done.returncode in (0, 1)
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(("where", "code"), [(">&-", 0), (">/dev/full", 3), ("2>&-", 0)])
def test_a_closed_or_full_output_causes_no_traceback(built: Path, where: str, code: int) -> None:
    done = subprocess.run(
        f"{sys.executable} -m qa --library '{built}' --ask 'how much did the bridge cost?' {where}",
        shell=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_a_reader_who_leaves_early_causes_no_traceback(built: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m qa --library '{built}' --list | true",
        shell=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr
