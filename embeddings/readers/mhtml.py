"""Pages that a browser saved into one file (MHTML): the page itself, read as any page."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.cleaning import clean_line
from embeddings.readers.guard import guarded
from embeddings.readers.html import draft_of_page, no_article
from embeddings.readers.opening import read_document, show_path
from embeddings.records import Draft


def read_mhtml(stream: BinaryIO, path: Path) -> Iterator[Draft]:
    """The first page in the file; the pictures and styles beside it are left alone."""
    data = read_document(stream, path)
    page = charset = address = None
    with guarded(path, "saved page"):
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        for part in message.walk():
            if part.get_content_type() in ("text/html", "application/xhtml+xml"):
                page = part.get_payload(decode=True)
                charset = part.get_content_charset()
                address = part.get("Content-Location") or message.get("Snapshot-Content-Location")
                break
    if not isinstance(page, bytes) or not page.strip():
        raise ArticleUnreadable(f"{show_path(path)} holds no page; save the page again")
    url = clean_line(str(address or ""))
    draft = draft_of_page(page, path, charset=charset, url=url if url.startswith("http") else None)
    if draft is None:
        raise no_article(path)
    yield draft
