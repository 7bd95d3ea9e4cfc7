"""``--eval``: what it reads, counts and writes, on the real engine and on answers made by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from embeddings.records import Article, ArticleSummary
from qa import arguments as flags
from qa.answer import Answer, Citation, Refusal, cite
from qa.commands import evaluate
from qa.questions import Question, find_articles, read_questions
from qa.scoring import holds_answer

ROOT = Path(__file__).resolve().parent.parent.parent
BRIDGE = {
    "question": "how much did the bridge cost?",
    "answers": ["$84.5 million"],
    "article": "bridge.md",
    "kind": "money",
}
ISLAND = {
    "question": "where will the forces remain?",
    "sentence": "The commander gave no deadline and said forces would remain at a seaport and an "
    "airfield on the island's north coast.",
    "article": "island.txt",
}
WRONG = {
    "question": "who leads the flu ward?",
    "answer": "Maren Holt",
    "article": "Hospital reports a mild flu season",
}
UNSAID = {
    "question": "who won the world chess championship?",
    "answerable": False,
    "kind": "not said",
}
TEXT = "The mast is 90 meters tall. It was raised in May. Nobody was hurt."


def lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def citation(text: str, article: str = "mast") -> Citation:
    whole = Article(article, "Mast", TEXT, None, None, None, None, None, None, "")
    start = TEXT.index(text)
    return cite(whole, start, start + len(text), number=1, score=0.9)


def answer(*cited: Citation, confidence: float = 0.9, short: str | None = None) -> Answer:
    return Answer("?", "?", cited, confidence, short_answer=short)


TALL = citation("The mast is 90 meters tall.")
RAISED = citation("It was raised in May.")
HURT = citation("Nobody was hurt.", "copy")


# --- the command


def test_figures_are_those_of_the_answers_that_asking_gives(
    dateline, built: Path, tmp_path: Path
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(lines(BRIDGE, ISLAND, WRONG, UNSAID), "utf-8")
    done = dateline("--library", built, "--eval", file, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1
    found = json.loads(done.stdout)
    every = found["all"]
    assert (found["version"], every["questions"], every["answerable"]) == (1, 4, 3)
    assert found["lines_without_article"] == []
    assert found["asked_with"] == {
        "top": 3, "threshold": None, "since": None, "until": None, "source": None,
    }  # fmt: skip

    asked = "".join(f"{q['question']}\n" for q in (BRIDGE, ISLAND, WRONG, UNSAID))
    done = dateline("--library", built, "--ask-file", "-", "--json", stdin=asked)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    for outcome, given in zip(found["outcomes"], answers, strict=True):
        assert outcome["question"] == given["asked_as"]
        assert outcome["answered"] == given["answered"]
        assert outcome["confidence"] == pytest.approx(given["confidence"], abs=0.01)
    first = [a["citations"][0]["text"] if a["answered"] else "" for a in answers]
    right = [
        holds_answer(first[0], BRIDGE["answers"]),
        "a seaport and an airfield" in first[1],
        holds_answer(first[2], [WRONG["answer"]]),
    ]
    assert right[:2] == [True, True]
    assert every["figures"]["sentence_at_1"]["value"] == pytest.approx(sum(right) / 3, abs=1e-4)
    assert every["figures"]["answered"]["value"] == 1.0
    assert every["figures"]["article_at_1"] == {
        "value": 1.0, "low": 1.0, "high": 1.0, "questions": 3,
    }  # fmt: skip
    # Only two of them say what the short answer should be.
    assert every["figures"]["exact_match"]["questions"] == 2
    assert every["refusals"]["recall"]["value"] == 1.0
    assert every["refusals"]["auroc"]["value"] == 1.0
    assert every["latency_ms"]["median"]["value"] > 0
    assert list(found["kinds"]) == ["money", "not said"]
    assert found["kinds"]["money"]["figures"]["sentence_at_1"]["value"] == 1.0
    assert found["kinds"]["money"]["refusals"]["auroc"] is None
    assert found["kinds"]["not said"]["figures"]["sentence_at_1"] is None


def test_the_table_has_a_block_for_all_and_one_a_kind(dateline, built: Path) -> None:
    done = dateline("--library", built, "--eval", "-", stdin=lines(BRIDGE, UNSAID))
    assert (done.returncode, done.stderr) == (0, "")
    first, *_ = blocks = done.stdout.split("\n\n")
    assert [block.splitlines()[0] for block in blocks] == [
        "all: 2 questions, 1 answerable",
        "money: 1 question, 1 answerable",
        "not said: 1 question, 0 answerable",
    ]
    assert re.search(r"^  first sentence right +1\.000  1\.000 to 1\.000 +1 ", first, re.MULTILINE)
    assert re.search(r"^  refusals, recall +1\.000  1\.000 to 1\.000 +1$", first, re.MULTILINE)
    assert "refusals, precision" not in blocks[1]
    assert all(len(line) <= 100 for line in done.stdout.splitlines())


def test_a_kind_from_the_file_cannot_act_on_the_terminal(dateline, built: Path) -> None:
    done = dateline("--library", built, "--eval", "-", stdin=lines({**BRIDGE, "kind": "\x1b[31m"}))
    assert done.returncode == 0
    assert "\x1b" not in done.stdout


def test_a_threshold_makes_refusals_that_count_as_misses(dateline, built: Path) -> None:
    done = dateline(
        "--library", built, "--eval", "-", "--json", "--threshold", "1", stdin=lines(BRIDGE, UNSAID)
    )
    every = json.loads(done.stdout)["all"]
    assert done.returncode == 0
    assert every["figures"]["answered"]["value"] == 0.0
    assert every["figures"]["sentence_at_1"]["value"] == 0.0
    assert every["figures"]["article_cited"]["value"] == 0.0
    assert every["of_answered"]["sentence_at_1"] is None
    assert every["refusals"]["precision"]["value"] == 0.5


def test_filters_go_with_it(dateline, built: Path) -> None:
    done = dateline(
        "--library", built, "--eval", "-", "--json", "--since", "2022", stdin=lines(BRIDGE)
    )
    found = json.loads(done.stdout)
    assert found["asked_with"]["since"] == "2022-01-01"
    assert found["all"]["figures"]["article_cited"]["value"] == 0.0


def test_an_article_that_is_not_in_the_library_is_reported(dateline, built: Path) -> None:
    missing = {"question": "how old is the ferry?", "article": "ferry.md"}
    done = dateline(
        "--library", built, "--eval", "-", "--json", stdin="\n" + lines(BRIDGE, missing)
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["lines_without_article"] == [3]
    assert done.stderr == (
        "dateline: 1 question expects an article that is not in the library, "
        "which nothing can cite: line 3\n"
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 2: not JSON, at column 2; write one object a line"),
        ("[" * 100_000, "line 2: not JSON"),
        ('"x"', "line 2: not a JSON object"),
        ('{"answer": "x"}', 'line 2: no "question"'),
        ('{"question": " ", "answer": "x"}', 'line 2: no "question"'),
        ('{"question": "who?"}', "line 2: nothing is expected"),
        ('{"question": "who?", "answers": []}', "line 2: nothing is expected"),
        ('{"question": "who?", "answers": [" "]}', "line 2: nothing is expected"),
        ('{"question": "who?", "answerable": true}', "line 2: nothing is expected"),
        ('{"question": "who?", "answer": 7}', 'line 2: "answer" is not text'),
        ('{"question": "who?", "answerable": 0}', 'line 2: "answerable" is neither'),
        ('{"question": "who?", "answer": "x", "answerable": false}', "line 2: "),
        ('{"question": "?!", "answer": "x"}', "line 2: there is no letter or digit"),
        ('{"question": "who?", "answer": "x", "kind": ["a", "b"]}', 'line 2: more than one "kind"'),
    ],
)
def test_a_wrong_line_is_named(line: str, says: str) -> None:
    questions, [fault] = read_questions((lines(BRIDGE) + line + "\n").encode())
    assert [question.line for question in questions] == [1]
    assert fault.startswith(says)


def test_where_a_line_is_wrong_nothing_is_asked(dateline, built: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(lines(BRIDGE) + '{"question": "who?"}\n', "utf-8")
    done = dateline("--library", built, "--eval", file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f'dateline: {file}, line 2: nothing is expected; give "answers", "article" or "sentence", '
        'or "answerable": false\n'
    )


def test_every_wrong_line_is_named_up_to_a_few(dateline, built: Path) -> None:
    done = dateline("--library", built, "--eval", "-", stdin=lines(BRIDGE) + "x\n" * 7)
    assert done.returncode == 2
    assert [line.split(":")[1].strip() for line in done.stderr.splitlines()] == [
        *[f"standard input, line {number}" for number in range(2, 7)],
        "standard input",
    ]
    assert "2 more lines are wrong" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--eval", "/no/such/file"], "/no/such/file cannot be read: No such file"),
        (["--eval", "/"], "cannot be read: Is a directory"),
        (["--eval", "-"], "standard input has no question"),
    ],
)
def test_a_file_that_cannot_be_measured_gives_2(
    dateline, built: Path, arguments: list[str], says: str
) -> None:
    done = dateline(*arguments, "--library", built, stdin=" \n")
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--eval", " "], "--eval needs some text"),
        (["--eval", "x", "--ask", "y"], "--eval and --ask cannot be given together"),
        (["--eval", "x", "--ask-file", "y"], "--eval and --ask cannot be given together"),
        (["--eval", "x", "--rebuild"], "--rebuild and --eval cannot be given together"),
        (["--eval", "x", "--status"], "--status and --eval cannot be given together"),
        (["--eval", "x", "--model", "y"], "--model goes with --rebuild"),
    ],
)
def test_a_wrong_command_line_says_what_to_do_and_gives_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        flags.parse(arguments)
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_the_example_in_the_document_is_right_for_the_seeds(dateline, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "eval.md").read_text("utf-8")
    example = page.partition("```text\n")[2].partition("```")[0]
    done = dateline("--library", tmp_path / "none", "--eval", "-", "--json", stdin=example)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["lines_without_article"] == []
    every = found["all"]
    assert every["questions"] == len(example.splitlines())
    assert every["figures"]["sentence_at_1"]["value"] >= 0.7
    assert every["figures"]["article_at_1"]["value"] >= 0.8
    seeds = "\n".join(path.read_text("utf-8") for path in (ROOT / "seeds").glob("*.md"))
    for record in map(json.loads, example.splitlines()):
        expected = [
            record.get("sentence", ""),
            record.get("answer", ""),
            *record.get("answers", []),
        ]
        assert holds_answer(seeds, expected) is record.get("answerable", True), expected


def test_the_document_names_every_key_of_the_file_and_of_the_json() -> None:
    page = (ROOT / "docs" / "eval.md").read_text("utf-8")
    measured = evaluate.measures([outcome(Question(1, "?", ("x",)), answer(TALL))])
    keys = {*measured, *evaluate.MARKS, *measured["refusals"], *measured["calibration"]}
    for key in [*keys, *measured["latency_ms"], "asked_with", "lines_without_article", "outcomes"]:
        assert f"`{key}`" in page, key


# --- the file


def test_a_line_may_be_written_in_several_ways() -> None:
    content = "\ufeff" + (
        '{"question": "a?", "answer": "x", "article": "m.md", "id": 7}\r\n'
        "\n"
        '{"question": "b?", "answers": ["x", "y"], "articles": ["m", "n"], "kind": " k  l "}\n'
        '{"question": "c?", "answer": null, "sentence": "S.", "answerable": true}\n'
        '{"question": "d?", "answers": [], "answerable": false, "article": "m.md"}'
    )
    questions, faults = read_questions(content.encode())
    assert faults == []
    assert questions == [
        Question(1, "a?", ("x",), None, ("m.md",)),
        Question(3, "b?", ("x", "y"), None, ("m", "n"), "k l"),
        Question(4, "c?", (), "S."),
        Question(5, "d?", answerable=False),
    ]


def test_a_line_that_is_not_utf_8_is_named() -> None:
    questions, faults = read_questions(b'{"question": "\xff?", "answer": "x"}\n')
    assert (questions, faults) == ([], ["line 1: not UTF-8; save the file as UTF-8"])


def summary(number: str, title: str, **where: str) -> ArticleSummary:
    nothing = dict.fromkeys(("published", "source", "author", "path", "url"))
    return ArticleSummary(id=number, title=title, passages=1, **{**nothing, **where})


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("a1", {"a1"}),
        ("New Bridge  opens", {"a1"}),
        ("/home/news/2021/bridge.md", {"a1"}),
        ("bridge.md", {"a1", "b2"}),
        ("2021/bridge.md", {"a1"}),
        ("./2020/bridge.md", {"b2"}),
        ("https://example.org/b", {"b2"}),
        ("ridge.md", set()),
        ("", set()),
    ],
)
def test_an_article_is_named_by_id_title_address_path_or_its_end(name: str, ids: set[str]) -> None:
    articles = [
        summary("a1", "New bridge opens", path="/home/news/2021/bridge.md"),
        summary("b2", "Old", path="/home/news/2020/bridge.md", url="https://example.org/b"),
        summary("c3", ""),
    ]
    asked = Question(4, "?", articles=(name,) if name else ())
    assert find_articles([asked], articles) == {4: ids}


# --- what counts


def outcome(
    question: Question, given: Answer, took_ms: float = 10.0, expected: set[str] = frozenset()
) -> evaluate.Outcome:
    return evaluate.judge(question, given, took_ms, set(expected))


def test_a_right_sentence_counts_first_or_among_three() -> None:
    asked = Question(1, "how tall?", ("90 meters",))
    first = outcome(asked, answer(TALL, RAISED, short="90 meters")).marks
    third = outcome(asked, answer(RAISED, HURT, TALL, short="May")).marks
    fourth = outcome(asked, answer(RAISED, HURT, RAISED, TALL)).marks
    assert first == {
        "answered": 1, "sentence_at_1": 1, "sentence_at_3": 1, "exact_match": 1, "f1": 1,
    }  # fmt: skip
    assert (third["sentence_at_1"], third["sentence_at_3"], third["f1"]) == (0, 1, 0)
    assert (fourth["sentence_at_1"], fourth["sentence_at_3"]) == (0, 0)


def test_the_gold_sentence_is_right_without_an_answer_in_it() -> None:
    asked = Question(1, "who was hurt?", sentence="Nobody was hurt.")
    assert outcome(asked, answer(HURT)).marks == {
        "answered": 1, "sentence_at_1": 1, "sentence_at_3": 1,
    }  # fmt: skip
    assert outcome(asked, answer(TALL)).marks["sentence_at_1"] == 0


def test_an_article_counts_first_or_among_the_citations() -> None:
    asked = Question(1, "?", articles=("mast.md",))
    marks = outcome(asked, answer(HURT, TALL), expected={"mast"}).marks
    assert marks == {"answered": 1, "article_at_1": 0, "article_cited": 1}
    assert outcome(asked, answer(TALL), expected={"mast"}).marks["article_at_1"] == 1
    assert outcome(asked, answer(TALL), expected=set()).marks["article_cited"] == 0


def test_a_refusal_is_a_miss_though_its_nearest_sentence_is_right() -> None:
    asked = Question(1, "how tall?", ("90 meters",), articles=("mast.md",))
    refused = Answer("?", "?", (), 0.2, refusal=Refusal("no", (TALL,)))
    got = outcome(asked, refused, expected={"mast"})
    assert set(got.marks.values()) == {0.0}
    assert got.best_right is True, "what confidence is measured against"
    assert outcome(Question(1, "?", answerable=False), refused).best_right is False
    assert outcome(Question(1, "?", articles=("m",)), refused).best_right is None


def test_figures_are_as_counted_by_hand() -> None:
    tall = Question(1, "how tall?", ("90 meters",))
    unsaid = Question(2, "how wide?", answerable=False)
    refusal = Refusal("no", (RAISED,))
    outcomes = [
        outcome(tall, answer(TALL, confidence=0.95, short="90 meters tall"), 10),
        outcome(tall, answer(RAISED, confidence=0.65), 20),
        outcome(tall, Answer("?", "?", (), 0.15, refusal=refusal), 30),
        outcome(unsaid, Answer("?", "?", (), 0.05, refusal=refusal), 40),
        outcome(unsaid, answer(RAISED, confidence=0.65), 50),
    ]
    found = evaluate.measures(outcomes)
    assert (found["questions"], found["answerable"]) == (5, 3)
    value = {name: figure and figure.value for name, figure in found["figures"].items()}
    assert value == {
        "sentence_at_1": pytest.approx(1 / 3),
        "sentence_at_3": pytest.approx(1 / 3),
        "article_at_1": None,
        "article_cited": None,
        "exact_match": 0.0,
        "f1": pytest.approx(0.8 / 3),
        "answered": pytest.approx(2 / 3),
    }
    assert found["of_answered"]["sentence_at_1"].value == 0.5
    assert found["of_answered"]["f1"].value == pytest.approx(0.4)
    assert found["of_answered"]["f1"].questions == 2
    refusals = {name: figure.value for name, figure in found["refusals"].items()}
    # Pairs in order: 0.95 above both, 0.65 above one and level with one, 0.15 above one.
    assert refusals == {
        "precision": 0.5, "recall": 0.5, "f1": 0.5, "auroc": pytest.approx(4.5 / 6),
    }  # fmt: skip
    # Bins: 0.95, 0.65 twice, 0.15, 0.05. Answerable: yes, yes and no, yes, no.
    answerable = (0.05 + 2 * abs(0.65 - 0.5) + 0.85 + 0.05) / 5
    right = (0.05 + 2 * 0.65 + 0.15 + 0.05) / 5
    assert found["calibration"]["answerable"]["error"].value == pytest.approx(answerable)
    assert found["calibration"]["sentence_right"]["error"].value == pytest.approx(right)
    assert found["latency_ms"]["median"].value == 30
    assert found["latency_ms"]["p95"].value == pytest.approx(48)


def test_what_one_kind_of_question_cannot_tell_is_none() -> None:
    found = evaluate.measures([outcome(Question(1, "?", answerable=False), answer(TALL))])
    assert found["refusals"]["recall"].value == 0.0
    assert found["refusals"]["precision"] is None
    assert found["refusals"]["auroc"] is None
    assert found["calibration"]["answerable"] == {"error": None, "bins": []}
    assert found["calibration"]["sentence_right"] == {"error": None, "bins": []}


def test_progress_is_told_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evaluate, "PROGRESS_EVERY_S", 0.0)
    questions = [Question(number, "?", ("x",)) for number in range(1, 4)]
    expected: dict[int, set[str]] = {1: set(), 2: set(), 3: set()}
    assert len(evaluate.ask_all(lambda text: answer(TALL), questions, expected)) == 3
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    evaluate.ask_all(lambda text: answer(TALL), questions, expected)
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "dateline: 1 of 3 questions, about 0 s left",
        "dateline: 2 of 3 questions, about 0 s left",
    ]
