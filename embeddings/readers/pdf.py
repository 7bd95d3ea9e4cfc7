"""PDF files with text to articles, with where each page begins, so that a citation can say it."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.cleaning import clean_line
from embeddings.readers.drafting import make_draft
from embeddings.readers.guard import guarded
from embeddings.readers.office import has_placeholder_title
from embeddings.readers.opening import show_path
from embeddings.readers.pdf_layout import Paragraph, paragraphs_of
from embeddings.readers.pulse import beat
from embeddings.records import Draft

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PAGES = 20_000


def read_pdf(stream: BinaryIO, path: Path) -> Iterator[Draft]:
    """The document's article. Pages that are pictures have no text, and none is guessed."""
    with guarded(path, "PDF"):
        from pypdf import PdfReader
        from pypdf.errors import DependencyError

        logging.getLogger("pypdf").setLevel(logging.CRITICAL)
        start = stream.read(1024)
        if not start.strip():
            raise ArticleUnreadable(f"{show_path(path)} is empty; save the article again")
        stream.seek(0)
        try:
            reader = PdfReader(stream, strict=False)
            if reader.is_encrypted and not reader.decrypt(""):
                raise ArticleUnreadable(_encrypted(path))
            pages = _read_pages(reader, path)
        except DependencyError as error:
            raise ArticleUnreadable(_encrypted(path)) from error
        fields = _read_fields(reader)
    paragraphs = paragraphs_of(pages)
    draft = make_draft(
        "\n\n".join(paragraph.text for paragraph in paragraphs),
        fields,
        fields_from="document",
        path=path,
    )
    if draft is None:
        raise ArticleUnreadable(
            f"{show_path(path)} has no text, only pictures of it; "
            "run it through text recognition (OCR) first"
        )
    yield dataclasses.replace(draft, pages=_page_starts(draft.text, paragraphs, len(pages)))


def _encrypted(path: Path) -> str:
    return f"{show_path(path)} is encrypted; save a copy without a password"


def _read_pages(reader: PdfReader, path: Path) -> list[str]:
    count = len(reader.pages)
    if count > MAX_PAGES:
        raise ArticleUnreadable(f"{show_path(path)} has more than {MAX_PAGES} pages; split it")
    pages = []
    for page in reader.pages:
        pages.append(page.extract_text())
        beat()
    return pages


def _read_fields(reader: PdfReader) -> dict[str, str | None]:
    """Title, author and day that the document declares; a damaged declaration is none."""
    try:
        said = reader.metadata
        made = said.creation_date if said else None
        fields: dict[str, str | None] = {
            "title": clean_line(said.title or "") if said else None,
            "author": clean_line(said.author or "") if said else None,
            "published": made.date().isoformat() if made else None,
        }
    except Exception:  # noqa: BLE001 - the parser's, on damaged values; the text is sound.
        return {}
    if has_placeholder_title(fields):
        fields["title"] = None
    return fields


def _page_starts(text: str, paragraphs: list[Paragraph], count: int) -> tuple[int, ...]:
    """Where in the article's text each page begins, in characters.

    Cleaning has left out whole paragraphs only, so the text's are found again in their order.
    """
    starts: list[int | None] = [None] * count
    at = offset = 0
    for line in text.split("\n"):
        match = next(
            (n for n in range(at, min(at + _LOOK_AHEAD, len(paragraphs)))
             if paragraphs[n].text == line),
            None,
        )  # fmt: skip
        if line and match is not None:
            for within, page in paragraphs[match].pages:
                if starts[page] is None:
                    starts[page] = offset + within
            at = match + 1
        offset += len(line) + 1
    # A page of which nothing was kept begins where the next one does.
    following = len(text)
    for page in reversed(range(count)):
        begin = starts[page]
        following = following if begin is None else begin
        starts[page] = following
    if starts:
        starts[0] = 0
    return tuple(start or 0 for start in starts)


_LOOK_AHEAD = 50
