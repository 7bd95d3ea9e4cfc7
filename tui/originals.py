"""Where an article came from, as an address that may be opened: http(s), or a file that is there.

An article's address is whatever its file says (law 5), so nothing else is ever opened.
"""

from __future__ import annotations

import contextlib
import webbrowser
from pathlib import Path
from urllib.parse import urlsplit

from embeddings.records import Article


def original_of(article: Article) -> str | None:
    """The address to open; None where there is none that may be."""
    if article.url is not None and _is_web_address(article.url):
        return article.url
    if article.path is not None:
        # ValueError: a path that no file system has.
        with contextlib.suppress(OSError, ValueError):
            path = Path(article.path)
            if path.is_absolute() and path.is_file():
                return path.as_uri()
    return None


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and url.isprintable()
        and not any(character.isspace() for character in url)
    )


def open_original(address: str) -> bool:
    """Open it in the person's browser; False where that would be a browser in this terminal."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    if type(browser) is webbrowser.GenericBrowser:
        return False  # It would draw over the chat.
    return browser.open(address)
