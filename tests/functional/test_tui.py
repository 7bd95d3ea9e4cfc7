"""The chat, driven by Textual's Pilot over the real engine and a small real library."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

import tui.app
from embeddings.encoder import Encoder
from embeddings.errors import LibraryUnusable
from embeddings.library import Library
from embeddings.rebuild import Rebuild
from embeddings.records import Article, Filters
from qa.answer import Answer, Refusal, cite
from qa.engine import Engine
from tui.app import DatelineApp
from tui.screens.article import ArticleScreen
from tui.screens.chat import ChatScreen
from tui.screens.help import HelpScreen
from tui.widgets.answer_text import AnswerText
from tui.widgets.article_head import ArticleHead
from tui.widgets.article_text import ArticleText
from tui.widgets.citation_card import CitationCard
from tui.widgets.example_question import ExampleQuestion
from tui.widgets.exchange import Exchange
from tui.widgets.notice_line import NoticeLine
from tui.widgets.prompt import Prompt
from tui.widgets.question_text import QuestionText
from tui.widgets.refusal_text import RefusalText
from tui.widgets.status_line import StatusLine
from tui.widgets.timings_line import TimingsLine
from tui.widgets.transcript import Transcript

FERRY = "The last ferry across the Tamber sailed on 3 May 2021 with ninety passengers aboard."
HERON = "Heron eggs were first counted on the island of Skarn by Ottilie Brandt in 1974."


def filler(first: int, last: int) -> str:
    """Paragraphs between which a cited sentence must be found."""
    return "\n\n".join(
        f"At meeting {n} the committee spoke of the benches, {n} minutes long, and put off its "
        "decision about their colour, their number and the wood that they might be made of."
        for n in range(first, last)
    )


BRIDGE_ARTICLE = f"""---
title: A bridge replaces the ferry
date: 2021-05-04
source: Tamber Courier
author: J. K. Marsh
url: https://example.org/bridge
---

The new road bridge over the River Tamber opened to traffic on Monday.

{FERRY}

Engineers closed the old landing stage the same evening.
"""

LONG_ARTICLE = f"""---
title: Minutes of the bench committee
date: 2020-01-31
source: Parish Record
url: https://example.org/minutes
---

{filler(1, 700)}

{HERON}

{filler(700, 800)}
"""

FERRY_QUESTION = "When did the last ferry across the Tamber sail?"
HERON_QUESTION = "Who first counted heron eggs on Skarn?"
UNANSWERABLE = "Which composer wrote the opera Zanzibar Nights?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Path:
    assert isinstance(encoder, Encoder)
    base = tmp_path_factory.mktemp("tui")
    folder = base / "articles"
    folder.mkdir()
    (folder / "bridge.md").write_text(BRIDGE_ARTICLE, "utf-8")
    (folder / "minutes.md").write_text(LONG_ARTICLE, "utf-8")
    with Library(base / "library", create=True) as made:
        assert Rebuild(made, encoder).run([folder]).added == 2
    return base / "library"


@pytest.fixture
def app(library: Path) -> DatelineApp:
    return DatelineApp(library, filters=Filters(), top=3)


class Gate:
    """Holds the engine's `ask` until opened; `asked` tells that a question has come so far."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.asked = threading.Semaphore(0)
        self.questions: list[str] = []


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    real = Engine.ask

    def ask(self: Engine, question: str, **how: Any) -> Answer:
        gate.questions.append(question)
        gate.asked.release()
        assert gate.opened.wait(60)
        return real(self, question, **how)

    monkeypatch.setattr(Engine, "ask", ask)
    return gate


def chat_of(app: App[Any]) -> ChatScreen:
    screen = app.screen_stack[0]
    assert isinstance(screen, ChatScreen)
    return screen


def typed(text: str) -> list[str]:
    return ["space" if character == " " else character for character in text]


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until no worker works and all that they told has been shown."""
    while True:
        await pilot.pause()
        if not pilot.app.workers:
            break
        await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def ask(pilot: Pilot[Any], question: str) -> None:
    """Ask, and wait for what comes of it."""
    pilot.app.query_one(Prompt).text = question
    await pilot.press("enter")
    await settle(pilot)


def shown(screen: Any) -> list[str]:
    """The rows of the terminal as they are drawn."""
    return [strip.text for strip in screen._compositor.render_strips()]


def flat(text: object) -> str:
    return " ".join(str(text).split())


def cards(chat: ChatScreen) -> list[str]:
    return [flat(card.content) for card in chat.query(CitationCard)]


def highlighted(view: ArticleText) -> str:
    """What of the article stands highlighted within the viewport."""
    background = view.get_component_rich_style("article-text--cited").bgcolor
    pieces = [
        segment.text
        for y in range(view.size.height)
        for segment in view.render_line(y)
        if segment.style is not None and segment.style.bgcolor == background
    ]
    return flat(" ".join(pieces))


# --- asking


async def test_asking_shows_the_cited_sentence_and_where_it_stands(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, FERRY_QUESTION)
        chat = chat_of(app)
        assert flat(chat.query_one(QuestionText).content) == f"❯ {FERRY_QUESTION}"
        assert flat(chat.query(AnswerText).first().content).startswith(f"{FERRY} [1]")
        first = f"[1] A bridge replaces the ferry Tamber Courier · 2021-05-04 {FERRY}"
        assert cards(chat)[0] == first
        assert not chat.query(RefusalText)


async def test_a_question_can_be_typed_and_sent_before_the_library_is_open(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, may_open = Engine.__init__, threading.Event()

    def slow(self: Engine, *given: Any, **how: Any) -> None:
        assert may_open.wait(60)
        real(self, *given, **how)

    monkeypatch.setattr(Engine, "__init__", slow)
    async with app.run_test() as pilot:
        await pilot.press(*typed(FERRY_QUESTION), "enter")
        await pilot.pause()
        assert len(chat_of(app).query(Exchange)) == 1
        assert not chat_of(app).query(AnswerText)
        may_open.set()
        await settle(pilot)
        assert FERRY in flat(chat_of(app).query_one(AnswerText).content)


async def test_a_refusal_says_why_and_calls_the_nearest_no_answers(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, UNANSWERABLE)
        chat = chat_of(app)
        said = flat(chat.query_one(RefusalText).content)
        assert said.startswith("Not in your articles: ")
        assert said.endswith("nearest, not answers:")
        assert not chat.query(AnswerText)
        assert chat.query(CitationCard)
        assert all(card.has_class("-nearest") for card in chat.query(CitationCard))


async def test_typing_goes_on_while_a_question_runs_and_the_next_waits_its_turn(
    app: DatelineApp, gate: Gate
) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press(*typed(FERRY_QUESTION), "enter")
        await pilot.pause()
        assert gate.asked.acquire(timeout=60)
        await pilot.press(*typed("who"))
        assert chat_of(app).query_one(Prompt).text == "who"
        await pilot.press(*typed(" met?"), "enter")
        await pilot.pause()
        assert gate.questions == [FERRY_QUESTION]
        assert [e.running for e in chat_of(app).query(Exchange)] == [True, False]
        gate.opened.set()
        await settle(pilot)
        assert gate.questions == [FERRY_QUESTION, "who met?"]
        assert FERRY in flat(chat_of(app).query(AnswerText).first().content)


async def test_escape_cancels_and_the_engine_is_told(app: DatelineApp, gate: Gate) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press(*typed(FERRY_QUESTION), "enter")
        await pilot.pause()
        assert gate.asked.acquire(timeout=60)
        await pilot.press("escape")
        chat = chat_of(app)
        assert [flat(line.content) for line in chat.query(NoticeLine)] == ["cancelled"]
        gate.opened.set()
        await settle(pilot)
        assert not chat.query(AnswerText)
        assert [flat(line.content) for line in chat.query(NoticeLine)] == ["cancelled"]


async def test_an_answer_that_comes_after_escape_is_dropped(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, gate = Engine.ask, Gate()

    def deaf(self: Engine, question: str, **how: Any) -> Answer:
        gate.asked.release()
        assert gate.opened.wait(60)
        return real(self, question, **{**how, "cancelled": lambda: False})

    monkeypatch.setattr(Engine, "ask", deaf)
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press(*typed(FERRY_QUESTION), "enter")
        await pilot.pause()
        assert gate.asked.acquire(timeout=60)
        await pilot.press("escape")
        gate.opened.set()
        await settle(pilot)
        assert not chat_of(app).query(AnswerText)
        await ask(pilot, FERRY_QUESTION)
        assert len(chat_of(app).query(AnswerText)) == 1


async def test_escape_cancels_a_question_that_waits_for_the_library(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, may_open = Engine.__init__, threading.Event()

    def slow(self: Engine, *given: Any, **how: Any) -> None:
        assert may_open.wait(60)
        real(self, *given, **how)

    monkeypatch.setattr(Engine, "__init__", slow)
    async with app.run_test() as pilot:
        await pilot.press(*typed("who?"), "enter")
        await pilot.pause()
        await pilot.press("escape")
        may_open.set()
        await settle(pilot)
        assert [flat(n.content) for n in chat_of(app).query(NoticeLine)] == ["cancelled"]


# --- what goes wrong


async def test_a_library_that_cannot_be_opened_is_one_kind_line(tmp_path: Path) -> None:
    (tmp_path / "library.db").write_bytes(b"this is no database, and never was one" * 40)
    app = DatelineApp(tmp_path, filters=Filters(), top=3)
    async with app.run_test() as pilot:
        await settle(pilot)
        line = chat_of(app).query_one(NoticeLine)
        assert line.has_class("-failed")
        assert "Traceback" not in str(line.content)
        await ask(pilot, "who?")
        assert app.is_running
        assert all(n.has_class("-failed") for n in chat_of(app).query(NoticeLine))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (LibraryUnusable("the disk is full; make room"), "the disk is full; make room"),
        (ZeroDivisionError("7 / 0"), "something unforeseen went wrong (7 / 0)"),
    ],
)
async def test_a_question_that_fails_shows_a_line_and_the_next_is_answered(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    real = Engine.ask

    def failing(self: Engine, question: str, **how: Any) -> Answer:
        if question == "fail":
            raise error
        return real(self, question, **how)

    monkeypatch.setattr(Engine, "ask", failing)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "fail")
        assert flat(chat_of(app).query_one(NoticeLine).content).startswith(said)
        await ask(pilot, FERRY_QUESTION)
        assert FERRY in flat(chat_of(app).query_one(AnswerText).content)


# --- the prompt


async def test_up_recalls_earlier_questions_and_down_brings_the_draft_back(
    app: DatelineApp,
) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, FERRY_QUESTION)
        await ask(pilot, "who met?")
        prompt = chat_of(app).query_one(Prompt)
        await pilot.press(*typed("a draft"))
        seen = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await pilot.press(key)
            seen.append(prompt.text)
        earlier = [FERRY_QUESTION, "who met?"]
        assert seen == [*reversed(earlier), earlier[0], earlier[1], "a draft", "a draft"]


@pytest.mark.parametrize("key", ["ctrl+j", "shift+enter", "alt+enter"])
async def test_a_new_line_can_be_typed(app: DatelineApp, key: str) -> None:
    async with app.run_test() as pilot:
        await pilot.press("a", key, "b")
        prompt = chat_of(app).query_one(Prompt)
        assert prompt.text == "a\nb"
        assert prompt.content_size.height == 2
        await pilot.press("up", "x")
        assert prompt.text == "ax\nb"


async def test_keys_act_in_the_order_typed_however_fast(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        chat = chat_of(app)
        prompt = chat.query_one(Prompt)
        for key in [*"who?x", "backspace", "enter", *"next"]:
            prompt.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot)
        assert [e.question for e in chat.query(Exchange)] == ["who?"]
        assert prompt.text == "next"


async def test_an_empty_question_is_not_sent(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await pilot.press("space", "enter", "ctrl+j", "enter")
        assert not chat_of(app).query(Exchange)


async def test_a_question_may_begin_with_a_digit(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, FERRY_QUESTION)
        await pilot.press(*"2021")
        assert app.screen is chat_of(app)
        assert chat_of(app).query_one(Prompt).text == "2021"


async def test_what_is_pasted_holds_no_escapes_and_is_not_endless(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        prompt = chat_of(app).query_one(Prompt)
        prompt.post_message(events.Paste("one\r\ntwo\x1b[2J\u202e"))
        await pilot.pause()
        assert prompt.text == "one\ntwo\ufffd[2J"
        prompt.clear()
        prompt.post_message(events.Paste("long " * 100_000))
        await pilot.pause()
        assert len(prompt.text) == 8000
        assert "only the first 8,000 characters" in chat_of(app).query_one(StatusLine).said


# --- reading


async def test_the_article_opens_at_the_cited_sentence_highlighted_and_in_view(
    app: DatelineApp,
) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, HERON_QUESTION)
        await pilot.press("alt+1")
        await settle(pilot)
        assert isinstance(app.screen, ArticleScreen)
        head = flat(app.screen.query_one(ArticleHead).content)
        assert head.startswith("Minutes of the bench committee Parish Record · 2020-01-31")
        assert "https://example.org/minutes" in head
        view = app.screen.query_one(ArticleText)
        assert highlighted(view) == HERON
        assert view.scroll_offset.y > 1000
        await pilot.press("escape")
        assert app.screen is chat_of(app)


async def test_the_sentence_stays_in_view_when_the_terminal_is_resized(app: DatelineApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await settle(pilot)
        await ask(pilot, HERON_QUESTION)
        await pilot.press("alt+1")
        await settle(pilot)
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert highlighted(app.screen.query_one(ArticleText)) == HERON


async def test_n_and_p_go_through_the_citations_of_the_answer(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "both?")
        await pilot.press("tab", "2")
        await settle(pilot)
        seen = [highlighted(app.screen.query_one(ArticleText))]
        for key in ("n", "p", "p"):
            await pilot.press(key)
            await settle(pilot)
            seen.append(highlighted(app.screen.query_one(ArticleText)))
        assert seen == [HERON, HERON, FERRY, FERRY]


def two_citations(self: Engine, question: str, **how: Any) -> Answer:
    """An answer from both articles, whatever is asked."""
    by_title = {article.title: self.article(article.id) for article in self.articles()}
    bridge = by_title["A bridge replaces the ferry"]
    minutes = by_title["Minutes of the bench committee"]
    citations = tuple(
        cite(
            article,
            article.text.index(sentence),
            article.text.index(sentence) + len(sentence),
            number=number,
            score=0.5,
        )
        for number, (article, sentence) in enumerate([(bridge, FERRY), (minutes, HERON)], 1)
    )
    timings = {"load": 1.0, "retrieve": 2.0, "rerank": 3.0, "read": 4.0, "total": 10.0}
    return Answer(question, question, citations, 0.9, "3 May 2021", timings_ms=timings)


OPENERS: dict[str, Callable[[Pilot[Any]], Any]] = {
    "alt and a digit": lambda pilot: pilot.press("alt+1"),
    "what Option and a digit types": lambda pilot: pilot.press("inverted_exclamation_mark"),
    "a digit away from the prompt": lambda pilot: pilot.press("tab", "1"),
    "escape and a digit": lambda pilot: pilot.press("escape", "1"),
    "enter on a card": lambda pilot: pilot.press("tab", "enter"),
    "a click on a card": lambda pilot: pilot.click(CitationCard),
}


@pytest.mark.parametrize("how", OPENERS)
async def test_a_citation_opens_by(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "both?")
        await OPENERS[how](pilot)
        await settle(pilot)
        assert isinstance(app.screen, ArticleScreen)
        assert highlighted(app.screen.query_one(ArticleText)) == FERRY


async def test_an_article_changed_since_is_shown_without_a_false_highlight(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "both?")
        real = Engine.article

        def changed(self: Engine, article_id: str) -> Article:
            article = real(self, article_id)
            named = {name: getattr(article, name) for name in Article.__slots__}
            return Article(**{**named, "text": "New. " + article.text})

        monkeypatch.setattr(Engine, "article", changed)
        await pilot.press("alt+1")
        await settle(pilot)
        assert highlighted(app.screen.query_one(ArticleText)) == ""
        assert "changed after it was cited" in app.screen.query_one(StatusLine).said


# --- the transcript


async def test_a_reader_who_has_scrolled_up_is_left_there_and_told(
    app: DatelineApp, gate: Gate
) -> None:
    async with app.run_test(size=(80, 16)) as pilot:
        await settle(pilot)
        gate.opened.set()
        for _ in range(3):
            await ask(pilot, FERRY_QUESTION)
        gate.opened.clear()
        await pilot.press(*typed(HERON_QUESTION), "enter")
        await pilot.pause()
        await pilot.press("ctrl+home")
        await pilot.pause()
        transcript = chat_of(app).query_one(Transcript)
        assert transcript.scroll_y == 0
        gate.opened.set()
        await settle(pilot)
        assert transcript.scroll_y == 0
        assert "the answer is below" in chat_of(app).query_one(StatusLine).said
        await pilot.press("ctrl+end")
        await pilot.pause()
        assert chat_of(app).query_one(StatusLine).said == ""


async def test_an_answer_too_high_for_the_screen_is_shown_from_its_question(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test(size=(80, 14)) as pilot:
        await settle(pilot)
        await ask(pilot, "first?")
        await ask(pilot, "second?")
        assert "❯ second?" in "\n".join(shown(app.screen))
        assert "❯ first?" not in "\n".join(shown(app.screen))


async def test_timings_show_when_asked_for(app: DatelineApp, monkeypatch: Any) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "both?")
        line = chat_of(app).query_one(TimingsLine)
        assert not line.display
        await pilot.press("ctrl+t")
        assert line.display
        assert flat(line.content) == (
            "10 ms (load 1, retrieve 2, rerank 3, read 4) · confidence 90%"
        )


async def test_a_first_run_answers_from_the_seeds_and_says_so(tmp_path: Path) -> None:
    app = DatelineApp(tmp_path / "nothing", filters=Filters(), top=3)
    async with app.run_test() as pilot:
        await settle(pilot)
        chat = chat_of(app)
        assert "seed articles that come with Dateline" in flat(chat.query_one(NoticeLine).content)
        assert "--rebuild PATH" in flat("\n".join(shown(chat)))
        assert len(chat.query(ExampleQuestion)) == 3
        await pilot.press("tab", "enter")
        await settle(pilot)
        asked = "Where will Russian forces remain?"
        assert flat(chat.query_one(QuestionText).content) == f"❯ {asked}"
        assert "a seaport and an airbase" in flat(chat.query_one(AnswerText).content)
        assert "seed articles" in flat(chat.query_one(NoticeLine).content)


async def test_help_opens_over_everything_and_goes_again(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await pilot.press("f1", "f1")
        assert not isinstance(app.screen, HelpScreen)
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        assert "Alt+1 … Alt+9" in "\n".join(shown(app.screen))
        await pilot.press("escape", "a")
        assert chat_of(app).query_one(Prompt).text == "a"


# --- hostile text

HOSTILE = (
    "[bold red]x[/] [@click=app.quit]quit[/] \x1b[2J\x1b]0;owned\x07 \x9b31m \u202etxt.exe\u2066 "
    + "w" * 300
    + " 漢字かな交じり文" * 20
    + " e\u0301\u0300\u0302 \ud800 $primary {braces} \\[escaped] end."
)


class Harness(App[None]):
    CSS_PATH = Path(tui.app.__file__).with_name("dateline.tcss")

    def __init__(self, answer: Answer, article: Article) -> None:
        super().__init__()
        self._answer, self._article = answer, article

    def compose(self) -> ComposeResult:
        yield Exchange(1, HOSTILE)
        yield ArticleHead()
        yield ArticleText()

    async def on_mount(self) -> None:
        await self.query_one(Exchange).show_answer(self._answer)
        self.query_one(ArticleHead).describe(self._article, "citation 1 of 1")
        citation = (self._answer.citations or self._answer.refusal.nearest)[0]  # type: ignore[union-attr]
        self.query_one(ArticleText).set_article(self._article.text, (citation.start, citation.end))


@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize("width", [40, 80, 140])
async def test_hostile_text_is_drawn_as_harmless_text(refused: bool, width: int) -> None:
    text = f"Before.\n\n{HOSTILE}\n\nAfter.\x1b[0m\u202e"
    article = Article(
        "id", HOSTILE, text, "2020-01-01", HOSTILE, HOSTILE, HOSTILE, HOSTILE, None, "0"
    )
    start = text.index(HOSTILE)
    short = start + HOSTILE.index("[bold red]x[/]")
    citations = (
        cite(
            article,
            start,
            start + len(HOSTILE),
            number=1,
            score=0.5,
            short_answer=None if refused else (short, short + len("[bold red]x[/]")),
            speaker=None if refused else (start, start + len(HOSTILE)),
        ),
    )
    answer = Answer(
        HOSTILE,
        HOSTILE,
        () if refused else citations,
        0.5,
        short_answer=None if refused else "[bold red]x[/]",
        refusal=Refusal(HOSTILE, citations) if refused else None,
    )
    async with Harness(answer, article).run_test(size=(width, 200)) as pilot:
        await pilot.pause()
        rows = shown(pilot.app.screen)
        drawn = "\n".join(rows)
        bad = {c for c in drawn if unicodedata.category(c) in ("Cc", "Cs", "Cf") and c != "\n"}
        assert bad == set()
        card = str(pilot.app.query_one(CitationCard).content)
        for piece in ("[bold red]x[/]", "[@click=app.quit]quit[/]", "$primary", "{braces}"):
            assert drawn.count(piece) >= 5
            assert piece in card
        assert "w" * 300 in card
        assert drawn.count("漢字かな交じり文") + drawn.count("漢") >= 60
        view = pilot.app.query_one(ArticleText)
        kept = HOSTILE.replace("\x1b", "\ufffd").replace("\x07", "\ufffd")
        kept = kept.replace("\x9b", "\ufffd").replace("\ud800", "\ufffd")
        kept = kept.replace("\u202e", "").replace("\u2066", "")
        assert "".join(highlighted(view).split()) == "".join(kept.split())
        await pilot.click(CitationCard, offset=(6, 0))
        assert pilot.app.is_running


async def test_a_hostile_article_is_answered_from_and_opened(
    tmp_path: Path, encoder: object
) -> None:
    assert isinstance(encoder, Encoder)
    sentence = (
        "The [bold red]heron[/] colony of Skarn holds \x1b[2J412\x1b[0m \u202enests\u202c now."
    )
    record = tmp_path / "hostile.txt"
    record.write_text(f"[red]Herons[/] of Skarn\n\n{sentence}\n", "utf-8")
    with Library(tmp_path / "library", create=True) as made:
        assert Rebuild(made, encoder).run([record]).added == 1
    app = DatelineApp(tmp_path / "library", filters=Filters(), top=1)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "How many nests does the heron colony of Skarn hold now?")
        rows = "\n".join(shown(app.screen))
        assert "[bold red]heron[/] colony" in rows
        assert not {"\x1b", "\u202e", "\u202c"} & set(rows)
        await pilot.press("alt+1")
        await settle(pilot)
        rows = "\n".join(shown(app.screen))
        assert "[bold red]heron[/] colony" in highlighted(app.screen.query_one(ArticleText))
        assert not {"\x1b", "\u202e", "\u202c"} & set(rows)
