"""Law 5 through every door: whatever articles say, terminals, marks and Markdown do as we say."""

from __future__ import annotations

import importlib.util
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from driving import ask as ask_in_chat
from driving import settle, shown
from markdown_it import MarkdownIt
from markdown_it.token import Token

from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.rebuild import Rebuild
from qa import cli
from qa.engine import Engine
from qa.sessions import open_conversation
from tui.app import DatelineApp
from tui.screens.asking import Start

_spec = importlib.util.spec_from_file_location(
    "hostile_articles", Path(__file__).parents[1] / "hostile_articles.py"
)
assert _spec is not None and _spec.loader is not None
hostile = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(hostile)

BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
ASKED = range(len(hostile.ATTACKS))


@dataclass(frozen=True)
class Told:
    """What a command wrote, and its exit status."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A library of the hostile articles, a session about each attack kept in it."""
    base = tmp_path_factory.mktemp("hostile")
    folder = base / "articles"
    folder.mkdir()
    count = hostile.make(folder)
    with Library(base / "library", create=True) as library:
        outcome = Rebuild(library, encoder).run([folder])
        # Two pages with a zero in them are no text.
        assert outcome.added >= count - 2
        assert outcome.added + len(outcome.failures) == count
        assert library.check() == []
    engine = Engine(base / "library")
    try:
        talk = open_conversation(engine)
        for number in ASKED:
            talk.ask(hostile.question(number), as_written=True)
    finally:
        engine.close()
    return base


@pytest.fixture
def told(place: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Runs a command upon that library, in this process."""

    def run(*arguments: str) -> Told:
        capfd.readouterr()
        code = cli.run(["--library", str(place / "library"), *arguments])
        return Told(code, *capfd.readouterr())

    return run


def acting(text: str) -> set[str]:
    """The characters upon which a terminal would act, newlines and tabs aside."""
    return {
        c
        for c in text
        if c not in "\n\t" and (unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in BIDI)
    }


def bare_marks(line: str) -> list[str]:
    """What a reader would take for a citation's mark: a number between brackets, not escaped."""
    seen = "".join(c for c in line if unicodedata.category(c) != "Cf")
    return re.findall(r"(?<!\\)\[\W*\d+\W*\]", seen)


def own_marks(line: str) -> list[str]:
    """The marks that stand where ours stand: behind a sentence, before a place, or told apart."""
    if line.startswith("Your articles differ: "):
        return re.findall(r"\[\d+\]", line)
    before = re.match(r"\[\d+\](?= )", line)
    after = re.search(r" (\[\d+\])(?: \(also in ((?:\[\d+\] ?)+)\))?$", line)
    found = [before[0]] if before else []
    if after:
        found += [after[1], *re.findall(r"\[\d+\]", after[2] or "")]
    return found


def test_answers_and_refusals_let_nothing_act_and_no_mark_be_forged(
    told: Callable[..., Told], tmp_path: Path
) -> None:
    asked = tmp_path / "asked.txt"
    for flags in (["--threshold", "0"], ["--threshold", "1"]):
        numbers = ASKED if flags[1] == "0" else ASKED[::4]
        asked.write_text("\n".join(hostile.question(number) for number in numbers), "utf-8")
        found = told("--ask-file", str(asked), "--top", "5", *flags)
        assert found.code == int(flags[1])
        assert acting(found.out + found.err) == set()
        forged = [ln for ln in found.out.splitlines() if bare_marks(ln) != own_marks(ln)]
        assert forged == []
        if flags == ["--threshold", "0"]:
            assert len(re.findall(r"\\\[\d", found.out)) > 2, "forged marks were shown, escaped"


def test_json_holds_the_text_and_lets_nothing_act(
    told: Callable[..., Told], tmp_path: Path
) -> None:
    asked = tmp_path / "asked.txt"
    asked.write_text("\n".join(hostile.question(number) for number in ASKED), "utf-8")
    found = told("--ask-file", str(asked), "--json", "--threshold", "0")
    assert acting(found.out + found.err) == set()
    answers = [json.loads(line) for line in found.out.splitlines()]
    assert len(answers) == len(ASKED)
    cited = [citation["text"] for answer in answers for citation in answer["citations"]]
    # What is stored keeps bidirectional controls; the way to the screen does not.
    assert any(BIDI & set(text) for text in cited)
    for answer in answers:
        marks = {f"[{citation['number']}]" for citation in answer["citations"]}
        assert set(bare_marks(answer["answer"])) <= marks
        assert len(bare_marks(answer["answer"])) == len(marks)


@pytest.mark.parametrize("flags", [["--list"], ["--sessions"], ["--status"], ["--doctor"]])
@pytest.mark.parametrize("as_json", [False, True])
def test_lists_and_states_let_nothing_act(
    told: Callable[..., Told], flags: list[str], as_json: bool
) -> None:
    found = told(*flags, *["--json"] * as_json)
    assert found.code == 0
    assert found.out
    assert acting(found.out + found.err) == set()


def test_every_article_is_shown_without_anything_acting(
    told: Callable[..., Told], place: Path
) -> None:
    listed = [json.loads(line) for line in told("--list", "--json").out.splitlines()]
    assert len(listed) >= 4 * len(hostile.ATTACKS) - 1
    with Library(place / "library") as library:
        texts = {article["id"]: library.article(article["id"]).text for article in listed}
    for article in listed:
        for flags in ([], ["--full"], ["--full", "--json"])[: 3 if article["id"] < "4" else 1]:
            found = told("--show", article["id"], *flags)
            assert acting(found.out + found.err) == set(), article
            if not flags:
                assert found.out == "".join(c for c in texts[article["id"]] if c not in BIDI) + "\n"


def flat(tokens: list[Token]) -> list[Token]:
    return [t for token in tokens for t in [token, *flat(token.children or [])]]


def test_an_export_is_ours_alone(told: Callable[..., Told], tmp_path: Path) -> None:
    found = told("--export", "latest", "-")
    assert acting(found.out) == set()
    tokens = flat(MarkdownIt("gfm-like", {"linkify": False}).parse(found.out))
    kinds = [token.type for token in tokens]
    assert not {"html_inline", "html_block", "image", "fence", "code_block", "table_open"} & set(
        kinds
    )
    assert kinds.count("heading_open") == 1 + len(ASKED)
    links = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}
    assert all(link.startswith("https://example.org/") for link in links)
    strong = [
        tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "strong_open"
    ]
    assert strong
    assert all(re.fullmatch(r"\[\d\]|Not in the articles:", text) for text in strong)
    for name in ("a.md", "a.json"):
        file = tmp_path / name
        assert told("--export", "latest", str(file)).code == 0
        assert acting(file.read_text("utf-8")) == set()
    assert acting(told("--export", "latest", "-", "--json").out) == set()


def test_what_cannot_be_read_is_told_without_anything_acting(
    told: Callable[..., Told], tmp_path: Path
) -> None:
    folder = tmp_path / "bad\x1b]0;owned\x07\u202e[1]"
    folder.mkdir()
    count = hostile.make_broken(folder)
    found = told("--library", str(tmp_path / "new"), "--rebuild", str(folder))
    assert found.code == 4
    assert f"{count} failed" in found.out
    assert acting(found.out + found.err) == set()
    assert all(line.startswith("dateline: ") for line in found.err.splitlines())
    for arguments in (
        ["--show", "\x1b[31m\u202e"],
        ["--remove", "\x1b[31m\u202e"],
        ["--export", "latest", "/no\x1b[31m/x.md"],
        ["--rebuild", "/no/\x1b[31m\u202e"],
        ["--model", "/no/\x1b[31m\u202e"],
        ["--ask-file", "/no/\x1b[31m"],
    ):
        found = told(*arguments)
        assert found.code != 0
        assert acting(found.out + found.err) == set()
        assert "Traceback" not in found.err


@pytest.mark.parametrize("strange", ["--\x1b]52;c;eA==\x07", "\x1b[31mword", "-\u202ex"])
def test_a_files_name_taken_for_a_flag_is_told_without_anything_acting(
    told: Callable[..., Told], capfd: pytest.CaptureFixture[str], strange: str
) -> None:
    """A shell puts the names of files where ``*`` stands."""
    with pytest.raises(SystemExit):
        told("--list", strange)
    assert acting(capfd.readouterr().err) == set()


@pytest.mark.parametrize("number", range(0, len(hostile.ATTACKS), 6))
async def test_the_chat_the_article_and_the_library_draw_it_as_it_is(
    place: Path, number: int
) -> None:
    app = DatelineApp(place / "library", start=Start(top=3, save=False))
    async with app.run_test(size=(100, 60)) as pilot:
        await settle(pilot)
        await ask_in_chat(pilot, hostile.question(number))
        for keys in ((), ("alt+1",), ("escape", "f3")):
            await pilot.press(*keys)
            await settle(pilot)
            drawn = "\n".join(shown(app.screen))
            assert acting(drawn) == set()
            assert drawn.strip()
        assert app.is_running


async def test_no_mark_is_forged_in_the_chat(place: Path) -> None:
    app = DatelineApp(place / "library", start=Start(top=3, save=False))
    async with app.run_test(size=(100, 60)) as pilot:
        await settle(pilot)
        await ask_in_chat(pilot, hostile.question(list(hostile.ATTACKS).index("marks")))
        drawn = "\n".join(shown(app.screen))
        assert "\\[2]" in drawn
        assert not {"[4]", "[6]", "[7]", "[ 7 ]"} & set(bare_marks(drawn))
