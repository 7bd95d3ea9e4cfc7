"""``--list``, ``--show``, ``--remove`` and ``--status``: seeing and tending the library."""

from __future__ import annotations

import datetime
from dataclasses import asdict

from embeddings.library import Library, LibraryStatus
from embeddings.places import Place
from embeddings.removal import remove_named
from qa.diagnostics import say
from qa.exitcodes import ExitCode
from qa.opening import open_library
from qa.output import (
    article_json,
    article_lines,
    known_of,
    one_line,
    printable,
    write,
    write_json,
)


def list_articles(folder: Place, *, as_json: bool) -> ExitCode:
    """A line an article, newest first."""
    with _opened(folder) as library:
        articles = library.articles()
    if as_json:
        for article in articles:
            write_json(article_json(article))
    elif articles:
        write(article_lines(articles))
    else:
        say("the library is empty; add articles with dateline --rebuild PATH")
    return ExitCode.ANSWERED


def show(folder: Place, article_id: str, *, as_json: bool, full: bool = False) -> ExitCode:
    """An article's stored text, to which citations' offsets refer.

    With `full`, all that its file said: what is known of it, then menus, newsletters and all.
    """
    with _opened(folder) as library:
        article = library.article(article_id)
        whole = library.full_text(article_id) if full else None
    if as_json:
        write_json(asdict(article) | ({} if whole is None else {"full": whole}))
    elif whole is None:
        write(printable(article.text) + "\n")
    else:
        write(f"{known_of(article)}\n{printable(whole)}\n")
    return ExitCode.ANSWERED


def remove(folder: Place, name: str) -> ExitCode:
    """Remove an article by its id, or all that came from a file or folder."""
    with Library(folder) as library:
        removed = remove_named(library, name)
        library.tidy()
    write(f"{removed} removed\n")
    return ExitCode.ANSWERED


def status(folder: Place, *, as_json: bool) -> ExitCode:
    """What the library holds, and how fresh it is."""
    with _opened(folder) as library:
        found = library.status()
    if as_json:
        write_json(asdict(found))
    else:
        write(_status_text(found))
    return ExitCode.ANSWERED


def _opened(folder: Place) -> Library:
    library, notice = open_library(folder, say=say)
    if notice:
        say(notice)
    return library


def _status_text(found: LibraryStatus) -> str:
    if found.waiting:
        fresh = f"{found.waiting} passages wait for their vectors; run dateline --rebuild"
    else:
        fresh = "every passage has its vector"
    when = "never"
    if found.rebuilt_at is not None:
        then = datetime.datetime.fromisoformat(found.rebuilt_at).astimezone()
        when = then.strftime("%Y-%m-%d %H:%M")
    rows = {
        "library": found.folder + (" (read-only)" if found.read_only else ""),
        "articles": f"{found.articles}",
        "passages": f"{found.passages}",
        "model": found.model or "none yet",
        "index": f"{found.index}, {found.vectors} vectors",
        "size": f"{found.bytes_on_disk / 1e6:.1f} MB",
        "rebuilt": when,
        "freshness": fresh,
    }
    return "".join(f"{name:<10} {one_line(value)}\n" for name, value in rows.items())
