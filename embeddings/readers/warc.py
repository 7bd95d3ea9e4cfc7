"""Web archives (WARC) to articles, one a page that was fetched whole."""

from __future__ import annotations

import dataclasses
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from embeddings.errors import ArticleUnreadable
from embeddings.readers.bad_record import BadRecord
from embeddings.readers.cleaning import clean_line
from embeddings.readers.guard import guarded
from embeddings.readers.html import MAX_PAGE_BYTES, draft_of_page
from embeddings.readers.opening import show_path
from embeddings.readers.pulse import beat
from embeddings.readers.spool import Allowance, Counted
from embeddings.records import Draft

_PAGES = ("text/html", "application/xhtml+xml")


def read_warc(stream: BinaryIO, path: Path) -> Iterator[Draft | BadRecord]:
    """A draft for each page or PDF that was answered with 200; the rest is passed over."""
    found = pages = 0
    with guarded(path, "web archive"):
        from warcio.archiveiterator import ArchiveIterator

        for record in ArchiveIterator(_unpacked(stream, path), no_record_parse=False):
            beat()
            if record.rec_type != "response" or record.http_headers is None:
                continue
            kind = (record.http_headers.get_header("Content-Type") or "").partition(";")[0].lower()
            is_page = kind.strip() in _PAGES
            if record.http_headers.get_statuscode() != "200" or not (
                is_page or kind.strip() == "application/pdf"
            ):
                continue
            pages += 1
            url = clean_line(record.rec_headers.get_header("WARC-Target-URI") or "")
            body = record.content_stream().read(MAX_PAGE_BYTES + 1)
            for draft in _read_body(body, is_page, url, path):
                found += isinstance(draft, Draft)
                yield draft
    if not pages:
        raise ArticleUnreadable(f"{show_path(path)} holds no page; check that it is a web archive")
    if not found:
        raise ArticleUnreadable(
            f"{show_path(path)} holds no page with an article; give the pages themselves"
        )


def _unpacked(stream: BinaryIO, path: Path) -> BinaryIO:
    """The records, whether each was packed by itself, all together, or none."""
    size = stream.seek(0, 2)
    stream.seek(0)
    is_packed = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    if not is_packed:
        return stream
    counted = Counted(gzip.GzipFile(fileobj=stream, mode="rb"), Allowance(size), path)
    return cast(BinaryIO, io.BufferedReader(counted))


def _read_body(body: bytes, is_page: bool, url: str, path: Path) -> Iterator[Draft | BadRecord]:
    from embeddings.readers.pdf import read_pdf

    if len(body) > MAX_PAGE_BYTES:
        yield BadRecord(url, f"larger than {MAX_PAGE_BYTES // 1024**2} MiB; save its text as .txt")
        return
    try:
        if is_page:
            draft = draft_of_page(body, path, url=url)
        else:
            draft = dataclasses.replace(next(read_pdf(io.BytesIO(body), path)), url=url)
    except ArticleUnreadable as error:
        yield BadRecord(url, str(error).removeprefix(f"{show_path(path)} "))
        return
    if draft is not None:
        yield dataclasses.replace(draft, key=url)
