"""Hostile text, through every widget: drawn as harmless text, acted on nowhere."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from driving import ask, highlighted, settle, shown
from textual.app import App, ComposeResult
from textual.containers import Container

import tui.app
from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.rebuild import Failure, Rebuild
from embeddings.records import Article, ArticleSummary, Filters
from embeddings.sessions import SessionSummary
from qa.answer import Answer, Choice, Refusal, cite
from qa.stages import Stage
from tui.app import DatelineApp
from tui.completion import Completion
from tui.reading import Reading
from tui.screens.asking import Start
from tui.widgets.article_head import ArticleHead
from tui.widgets.article_list import ArticleList
from tui.widgets.article_text import ArticleText
from tui.widgets.citation_card import CitationCard
from tui.widgets.completion_list import CompletionList
from tui.widgets.exchange import Exchange
from tui.widgets.failure_list import FailureList
from tui.widgets.masthead import Masthead
from tui.widgets.notice_line import NoticeLine
from tui.widgets.place_list import PlaceList
from tui.widgets.session_list import SessionList
from tui.widgets.status_line import StatusLine
from tui.widgets.waiting_line import WaitingLine

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
    async with Harness(answer, article).run_test(size=(width, 300)) as pilot:
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
    app = DatelineApp(tmp_path / "library", start=Start(top=1, save=False))
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


class Everywhere(App[None]):
    """The widgets that show what articles, files and earlier sessions hold, full of it."""

    CSS_PATH = Path(tui.app.__file__).with_name("dateline.tcss")
    CSS = "WaitingLine { height: auto; } Container { height: 12; }"
    AUTO_FOCUS = None

    def compose(self) -> ComposeResult:
        yield Masthead()
        yield NoticeLine(HOSTILE)
        yield StatusLine()
        yield WaitingLine()
        yield FailureList()
        yield CompletionList()
        yield SessionList()
        yield ArticleList()
        with Container():
            yield PlaceList()
        yield Exchange(1, "which?")

    async def on_mount(self) -> None:
        article = Article("id", HOSTILE, HOSTILE, None, HOSTILE, None, None, None, None, "0")
        citations = (cite(article, 0, len(HOSTILE), number=1, score=0.5),)
        self.query_one(Masthead).articles = 1
        self.query_one(Masthead).within = Filters(source=HOSTILE)
        self.query_one(StatusLine).said = HOSTILE
        self.query_one(WaitingLine).running = True
        self.query_one(WaitingLine).stage = Stage(1, (HOSTILE,))
        self.query_one(FailureList).failures = [Failure(HOSTILE, HOSTILE)]
        self.query_one(CompletionList).show([Completion(HOSTILE, HOSTILE, HOSTILE)])
        self.query_one(SessionList).sessions = [SessionSummary("s", HOSTILE, HOSTILE, HOSTILE, 1)]
        summary = ArticleSummary("id", HOSTILE, None, HOSTILE, HOSTILE, HOSTILE, HOSTILE, 1)
        self.query_one(ArticleList).articles = [summary]
        reading = Reading("id", citations, 0, HOSTILE)
        await self.query_one(PlaceList).show(reading, [reading])
        choices = (Choice(HOSTILE, HOSTILE), Choice("x", HOSTILE))
        refusal = Refusal(HOSTILE)
        answer = Answer("which?", HOSTILE, (), 0.0, refusal=refusal, choices=choices)
        await self.query_one(Exchange).show_answer(answer)


@pytest.mark.parametrize("width", [40, 140])
async def test_no_list_and_no_line_lets_hostile_text_act(width: int) -> None:
    async with Everywhere().run_test(size=(width, 400)) as pilot:
        await pilot.pause()
        rows = shown(pilot.app.screen)
        drawn = "\n".join(rows)
        bad = {c for c in drawn if unicodedata.category(c) in ("Cc", "Cs", "Cf") and c != "\n"}
        assert bad == set()
        # Masthead, notice, status, stage, a failure's reason and path, completion, session,
        # article, place, two questions, refusal, choices; one may be broken by a line's end.
        assert drawn.count("[bold red]x[/]") >= 14
        assert {len(strip) for strip in rows} and all(
            strip.cell_length == width for strip in pilot.app.screen._compositor.render_strips()
        )
        assert pilot.app.is_running
