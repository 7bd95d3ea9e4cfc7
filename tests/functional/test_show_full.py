"""``--show --full``: all that a file said, beside the story that is searched and cited."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.rebuild import Rebuild

STORY = (
    "The ferry to Marrow Island sailed again on Monday after a winter of repairs.",
    "Its captain, Ruth Olsen, said the new engine had been tested for six weeks.",
    "The council paid 2.4 million crowns for the repairs and expects no further cost.",
)
CAPTION = "The ferry at the quay of Marrow Island, seen from the lighthouse."
PAGE = f"""<!doctype html><html lang="en"><head><title>Ferry sails again</title>
<meta property="article:published_time" content="2021-04-06"><script>track()</script></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport pages</a></nav>
<article><h1>Ferry sails again</h1>{"".join(f"<p>{line}</p>" for line in STORY)}</article>
<footer>Sign up for our morning newsletter. \x1b]0;owned\x07 Terms and conditions apply.</footer>
</body></html>"""


@pytest.fixture
def folder(tmp_path: Path, encoder: Encoder) -> Path:
    files = tmp_path / "files"
    files.mkdir()
    (files / "page.html").write_text(PAGE, "utf-8")
    twice = f"Quay reopens\n\n{CAPTION}\n\n{CAPTION}\n\n" + "\n\n".join(STORY).replace(
        "ferry", "boat"
    )
    (files / "twice.txt").write_text(f"{twice}\n\nShare this article\n", "utf-8")
    (files / "plain.txt").write_text("Storm\n\nA storm closed the port of Ely.\n", "utf-8")
    with Library(tmp_path / "library", create=True) as library:
        Rebuild(library, encoder).run([files])
    return tmp_path / "library"


def id_of(folder: Path, name: str) -> str:
    with Library(folder) as library:
        return next(a.id for a in library.articles() if (a.path or "").endswith(name))


def test_a_pages_menus_and_footers_are_shown_in_full_and_never_searched(
    dateline, folder: Path
) -> None:
    article = id_of(folder, "page.html")
    text = dateline("--library", folder, "--show", article).stdout
    full = dateline("--library", folder, "--show", article, "--full").stdout
    for line in STORY:
        assert line in text
        assert line in full
    for beside in ("Sport pages", "morning newsletter"):
        assert beside in full
        assert beside not in text
    assert "track()" not in full
    assert "\x1b" not in full
    with Library(folder) as library:
        assert library.search_words("newsletter conditions", limit=5) == []


def test_what_is_known_of_the_article_stands_first(dateline, folder: Path) -> None:
    full = dateline("--library", folder, "--show", id_of(folder, "page.html"), "--full").stdout
    head = full.partition("\n\n")[0].splitlines()
    assert "title     Ferry sails again" in head
    assert "date      2021-04-06 (from: html)" in head
    assert "language  en" in head
    assert any(line.startswith("file      ") and line.endswith("page.html") for line in head)


def test_a_caption_said_twice_and_a_share_bar_are_kept_beside_the_text(
    dateline, folder: Path
) -> None:
    article = id_of(folder, "twice.txt")
    shown = json.loads(dateline("--library", folder, "--show", article, "--full", "--json").stdout)
    assert shown["full"].count(CAPTION) == 2
    assert shown["text"].count(CAPTION) == 1
    assert "Share this article" in shown["full"]
    assert "Share this article" not in shown["text"]


def test_where_the_story_is_all_nothing_is_stored_twice(folder: Path) -> None:
    with Library(folder) as library:
        article = id_of(folder, "plain.txt")
        assert library.full_text(article) == library.article(article).text
        stored = library._catalog.full_text(article)
        assert stored is None


def test_full_goes_with_show(dateline, folder: Path) -> None:
    done = dateline("--library", folder, "--list", "--full")
    assert done.returncode == 2
    assert "--full goes with --show" in done.stderr
