"""The config file, the themes, the originals: what is taken, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from driving import FERRY_QUESTION, ask, chat_of, settle, shown, two_citations

import tui.screens.article
from embeddings.records import Article
from qa.engine import Engine
from tui.app import DatelineApp
from tui.commands import COMMANDS
from tui.keys import KEYS, key_name
from tui.originals import original_of
from tui.screens.article import ArticleScreen
from tui.screens.asking import Start
from tui.settings import Settings, config_file, keep_theme, read_settings
from tui.widgets.article_text import ArticleText
from tui.widgets.place_list import PlaceList
from tui.widgets.prompt import Prompt
from tui.widgets.sidebar import Sidebar
from tui.widgets.status_line import StatusLine

ROOT = Path(__file__).resolve().parent.parent.parent


def write(text: str) -> Path:
    file = config_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_the_config_file_is_read_and_its_faults_are_told() -> None:
    assert read_settings(config_file()) == Settings()
    file = write('theme = "nord"\n[keys]\nsidebar = "f8"\nno_such = "x"\nhelp = 3\n')
    found = read_settings(file)
    assert (found.theme, dict(found.keys)) == ("nord", {"sidebar": "f8"})
    assert found.faults == (
        f"{file}: there is no key to bind named no_such, help; see docs/tui.md",
    )
    assert "is no TOML" in read_settings(write("theme = [")).faults[0]


def test_a_theme_is_kept_and_nothing_else_is_touched() -> None:
    keep_theme(config_file(), "nord")
    assert config_file().read_text("utf-8") == 'theme = "nord"\n'
    write('# mine\ntheme = "nord"  # dark\n\n[keys]\ntheme = "f7"\n')
    keep_theme(config_file(), "dateline-light")
    assert config_file().read_text("utf-8") == (
        '# mine\ntheme = "dateline-light"\n\n[keys]\ntheme = "f7"\n'
    )
    write('[keys]\nhelp = "f7"\n')
    keep_theme(config_file(), "nord")
    assert config_file().read_text("utf-8") == 'theme = "nord"\n[keys]\nhelp = "f7"\n'


async def test_keys_bound_anew_act_and_the_old_ones_no_longer_do(library: Path) -> None:
    settings = Settings(keys={"sidebar": "f8", "new_line": "ctrl+o", "copy_citation": "c"})
    app = DatelineApp(library, start=Start(save=False), settings=settings)
    async with app.run_test() as pilot:
        await settle(pilot)
        chat = chat_of(app)
        await pilot.press("f2")
        assert not chat.query_one(Sidebar).display
        await pilot.press("f8")
        await pilot.pause()
        assert chat.query_one(Sidebar).display
        await pilot.press("f8", "a", "ctrl+o", "b")
        assert chat.query_one(Prompt).text == "a\nb"
        chat.query_one(Prompt).text = ""
        await ask(pilot, FERRY_QUESTION)
        await pilot.press("tab", "c")
        await pilot.pause()
        assert app.clipboard.startswith("“The last ferry")
        await pilot.press("f1")
        await pilot.pause()
        assert "F8" in "\n".join(shown(app.screen))


async def test_a_theme_chosen_is_there_the_next_time(library: Path) -> None:
    app = DatelineApp(library, start=Start(save=False))
    async with app.run_test() as pilot:
        await settle(pilot)
        assert app.theme == "dateline-dark"
        app.query_one(Prompt).text = "/theme dateline-l"
        await pilot.press("enter")
        await settle(pilot)
        assert app.theme == "dateline-light"
    assert read_settings(config_file()).theme == "dateline-light"


async def test_no_color_leaves_no_colour(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = DatelineApp(library, start=Start(save=False))
    async with app.run_test() as pilot:
        await settle(pilot)
        colours = {
            colour.triplet
            for strip in app.screen._compositor.render_strips()
            for segment in strip.apply_filter(app._filters[0], app.screen.background_colors[1])
            if segment.style and (colour := segment.style.color) and colour.triplet
        }
        assert colours
        assert all(c.red == c.green == c.blue for c in colours)


def test_docs_tell_every_key_and_every_command() -> None:
    page = (ROOT / "docs" / "tui.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", page, re.MULTILINE))
    assert told == {name: key.keys for name, key in KEYS.items()}
    for command in COMMANDS:
        assert f"`{command.usage}`" in page


def test_a_key_is_named_as_a_person_reads_it() -> None:
    assert key_name("ctrl+j,shift+enter") == "Ctrl+J, Shift+Enter"
    assert key_name("f2,y,delete") == "F2, y, Delete"


# --- originals


def article(url: str | None, path: str | None = None) -> Article:
    return Article("id", "t", "x", None, None, None, path, url, None, "0")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https://exam ple.org/",
        "https://example.org/\x1b[2J",
        "ftp://example.org/x",
        "mailto:a@example.org",
        "https://[broken",
    ],
)
def test_no_other_address_than_http_is_an_original(url: str) -> None:
    assert original_of(article(url)) is None


def test_an_original_is_an_address_or_a_file_that_is_there(tmp_path: Path) -> None:
    file = tmp_path / "a b.md"
    assert original_of(article("https://example.org/x")) == "https://example.org/x"
    assert original_of(article(None, str(file))) is None
    file.touch()
    assert original_of(article(None, str(file))) == file.as_uri()
    assert original_of(article("javascript:x", str(file))) == file.as_uri()
    assert original_of(article(None, "a\0b")) is None


# --- the article's panes


async def test_the_original_opens_only_on_its_key(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(Engine, "ask", two_citations)
    monkeypatch.setattr(tui.screens.article, "open_original", lambda a: opened.append(a) or True)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "Who counted the eggs of Skarn?")
        await pilot.press("1")
        await settle(pilot)
        assert opened == []
        await pilot.press("o")
        await settle(pilot)
        assert opened == ["https://example.org/bridge"]
        assert "opening https://example.org/bridge" in app.screen.query_one(StatusLine).said


async def test_panes_stand_side_by_side_where_there_is_room(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test(size=(130, 40)) as pilot:
        await settle(pilot)
        await ask(pilot, "Who counted the eggs of Skarn?")
        await ask(pilot, "again?")
        await pilot.press("1")
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, ArticleScreen)
        places, text = screen.query_one(PlaceList), screen.query_one(ArticleText)
        assert places.region.right <= text.region.x
        other = "Who counted the eggs of Skarn?"  # It answered that as well.
        assert other in "\n".join(shown(screen))
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert text.region.bottom <= places.region.y
        assert text.region.height >= 8
        await pilot.press("d")
        assert text.dimmed
