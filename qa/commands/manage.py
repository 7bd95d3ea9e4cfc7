"""``--list``, ``--show``, ``--remove`` and ``--status``: seeing and tending the library."""

from __future__ import annotations

import datetime
import re
from dataclasses import asdict

from embeddings.library import Library, LibraryStatus
from embeddings.naming import article_named
from embeddings.places import Place
from embeddings.removal import key_of, remove_named, way_back
from qa.diagnostics import say
from qa.exitcodes import ExitCode
from qa.opening import open_library
from qa.output import (
    article_json,
    article_lines,
    counted,
    known_of,
    one_line,
    printable,
    write,
    write_json,
)

_SPAN = re.compile(r"(\w+):(\d{1,9})-(\d{1,9})", re.ASCII)


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


def show(folder: Place, name: str, *, as_json: bool, full: bool = False) -> ExitCode:
    """The stored text of the article with that id, or whose alone begins so: what citations'
    offsets count in.

    With a citation's span after the id (``ID:574-701``), just those characters. With `full`, all
    that its file said: what is known of it, then menus, newsletters and all.
    """
    span = _SPAN.fullmatch(name)
    if span:
        name = span[1]
    with _opened(folder) as library:
        article = library.article(article_named(library, name))
        whole = library.full_text(article.id) if full else None
    start, end = (int(span[2]), int(span[3])) if span else (0, len(article.text))
    if span and not start < end <= len(article.text):
        say(f"article {article.id} has {len(article.text)} characters; give a span of those")
        return ExitCode.USAGE
    if as_json:
        cited = {"span": {"start": start, "end": end, "text": article.text[start:end]}}
        write_json(
            asdict(article) | ({} if whole is None else {"full": whole}) | (cited if span else {})
        )
    elif span and not full:
        write(printable(article.text[start:end]) + "\n")
    elif whole is None:
        write(printable(article.text) + "\n")
    else:
        write(f"{known_of(article)}\n{printable(whole)}\n")
    return ExitCode.ANSWERED


def remove(folder: Place, name: str) -> ExitCode:
    """Remove an article by its id, or all that came from a file or folder."""
    with Library(folder) as library:
        key = key_of(library, name)
        removed = remove_named(library, name)
        library.tidy()
        back = way_back(library, key, removed)
    write(f"{removed} removed\n")
    if back:
        say(back)
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
        waits = "waits for its vector" if found.waiting == 1 else "wait for their vectors"
        fresh = f"{counted(found.waiting, 'passage')} {waits}; run dateline --rebuild"
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
