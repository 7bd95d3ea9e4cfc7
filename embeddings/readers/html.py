"""Web pages to articles: the story without its page, by trafilatura, from the file alone."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.cleaning import strip_controls
from embeddings.readers.decoding import decode
from embeddings.readers.drafting import make_draft
from embeddings.readers.markup import read_markup
from embeddings.readers.months import read_month
from embeddings.readers.opening import read_document, show_path
from embeddings.readers.page_body import in_paragraphs, with_missed_pieces
from embeddings.readers.page_tail import may_have_tail, without_tail
from embeddings.records import Draft

if TYPE_CHECKING:
    from trafilatura.settings import Document

MAX_PAGE_BYTES = 32 * 1024 * 1024
# Extraction takes time by the square of the elements: this many take half a minute.
_MAX_TAGS = 150_000

_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})"
    rb"|<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"<html\b[^<>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z]{2,3}(?:-\w+)*)", re.I)
# What parts a table's head from its rows.
_RULE_OF_TABLE = re.compile(r"^\|(?:-+\|)+\n?", re.MULTILINE)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
# Pages saved into one file carry their images like this, megabytes of them.
_EMBEDDED_FILE = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=]*")


def read_html(stream: BinaryIO, path: Path) -> Iterator[Draft]:
    """The page's article, with the title, author, date and site that the page declares."""
    draft = draft_of_page(read_document(stream, path, MAX_PAGE_BYTES), path)
    if draft is None:
        raise no_article(path)
    yield draft


def no_article(path: Path) -> ArticleUnreadable:
    """What to say of a page without one."""
    return ArticleUnreadable(
        f"{show_path(path)} has no article that could be told from its page; "
        "save the article's text as .txt"
    )


def draft_of_page(
    data: bytes, path: Path, *, charset: str | None = None, url: str | None = None
) -> Draft | None:
    """The article of a page's bytes; None where it has none. Raises `ArticleUnreadable`.

    `charset` and `url` are what whoever served the page said of it; the page's own word on
    its address goes before.
    """
    page = _read_page(data, path, charset)
    found = _extract(page, path)
    # Trafilatura ends every paragraph with one newline, and no paragraph holds one.
    if found is None:
        return None
    return make_draft(
        _RULE_OF_TABLE.sub("", found.text or "").replace("\n", "\n\n"),
        {
            "title": found.title,
            "published": None if _is_guess(found.date or "", page) else found.date,
            "source": found.sitename or found.hostname,
            "author": found.author,
            "url": found.url or url,
            "language": language[1] if (language := _LANGUAGE.search(page)) else None,
        },
        fields_from="html",
        path=path,
        full=read_markup(page),
    )


def _read_page(data: bytes, path: Path, charset: str | None) -> str:
    """The page as one whole document, however it was encoded or cut out."""
    declared = _CHARSET.search(data[:4096])
    encoding = charset or ((declared[1] or declared[2]).decode("ascii") if declared else None)
    page = strip_controls(decode(data, path, encoding))
    page = _EMBEDDED_FILE.sub("", _XML_DECLARATION.sub("", page, count=1))
    if page.count("<") > _MAX_TAGS:
        raise ArticleUnreadable(
            f"{show_path(path)} has too much markup for one article; save its text as .txt"
        )
    if "<body" not in page[:_BODY_WITHIN].lower() and "<html" not in page[:_BODY_WITHIN].lower():
        page = f"<html><body>{page}</body></html>"
    return page


_BODY_WITHIN = 64 * 1024


def _extract(page: str, path: Path) -> Document | None:
    import trafilatura

    _quieten()
    for favor_recall in (False, True):
        # Third parties' parsers on hostile markup: what they raise is not theirs to promise,
        # and one page must not end the ingest of the others.
        try:
            found = trafilatura.bare_extraction(
                page,
                include_comments=False,
                with_metadata=True,
                favor_recall=favor_recall,
                date_extraction_params={"original_date": True, "extensive_search": False},
            )
        except ImportError:  # A broken installation, which is not the page's fault.
            raise
        except Exception as error:
            raise ArticleUnreadable(
                f"{show_path(path)} has markup that could not be parsed "
                f"({type(error).__name__}); save the article's text as .txt"
            ) from error
        if found is not None and not isinstance(found, dict) and (found.text or "").strip():
            found.text = _settle(found.text or "", page)
            return found
    return None


def _settle(text: str, page: str) -> str:
    """The extracted text, with the story's other pieces, without what stands under it."""
    text = with_missed_pieces(in_paragraphs(text, page), page)
    if may_have_tail(text):
        return without_tail(text, _extract_strictly(page))
    return text


def _extract_strictly(page: str) -> str:
    """The page's text as trafilatura is sure of it; empty where it fails."""
    import trafilatura

    try:
        return trafilatura.extract(page, include_comments=False, favor_precision=True) or ""
    except Exception:  # noqa: BLE001 - as in `_extract`; the wide extraction is at hand.
        return ""


def _is_guess(day: str, page: str) -> bool:
    """Whether the page says that ISO day only as "03/04/2022", which htmldate reads one way."""
    if day.count("-") != 2:
        return False
    y, m, d = (int(part) for part in day.split("-"))
    if d > 12 or d == m:
        return False
    numbers = rf"(?<!\d)(?:0?{d}([./-])0?{m}|0?{m}([./-])0?{d})(?:\1|\2)(?:{y}|{y % 100:02})(?!\d)"
    if not re.search(numbers, page):
        return False
    if re.search(rf"(?<!\d){y}([-/._]?)0?{m}\1?0?{d}(?!\d)", page):
        return False
    # Every part is bounded, so that a page of one long word costs no more than its length.
    word, gap = r"([^\W\d_]{3,12})", r"\W{1,3}"
    named = (
        rf"(?<!\d)0?{d}(?!\d)\D{{0,6}}?{word}{gap}(?:de{gap})?{y}"
        rf"|(?<![^\W\d_]){word}{gap}0?{d}\D{{1,4}}{y}"
    )
    return not any(read_month(a or b) == m for a, b in re.findall(named, page))


def _quieten() -> None:
    """Keeps the parsers' complaints off stderr, where no handler was asked for."""
    for name in ("trafilatura", "htmldate", "courlan", "justext", "readability"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
