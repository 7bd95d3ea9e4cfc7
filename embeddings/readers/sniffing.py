"""What kind of file bytes are that came without a name."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
import zlib

from embeddings.readers.record import rank_of_key

_HEADS = (
    (b"%PDF-", ".pdf"),
    (b"{\\rtf", ".rtf"),
    (b"WARC/", ".warc"),
    (b"From ", ".mbox"),
)
_MAIL = (
    b"received:",
    b"from:",
    b"return-path:",
    b"message-id:",
    b"mime-version:",
    b"delivered-to:",
)
_FEEDS = (b"<rss", b"<feed", b"<rdf:rdf", b"<urlset", b"<sitemapindex")
_HEAD_BYTES = 4096
_TABLE_BYTES = 64 * 1024
_TABLE_ROWS = 20
# Where a TAR archive says that it is one.
_TAR_AT = 257


def suffix_of(data: bytes) -> str:
    """The suffix of the files that hold such bytes; ``.txt`` where nothing tells."""
    head = data[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    low = head.lower()
    for mark, suffix in _HEADS:
        if head.startswith(mark):
            return suffix
    if data.startswith(b"PK\x03\x04"):
        return _zip_suffix(data)
    if data.startswith(b"\x1f\x8b"):
        return _gzip_suffix(data)
    if data[_TAR_AT:].startswith(b"ustar"):
        return ".tar"
    if any(mark in low for mark in _FEEDS) and low.startswith(b"<"):
        return ".xml"
    if b"multipart/related" in low and b"content-location:" in low and not low.startswith(b"<"):
        return ".mhtml"
    if low.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in low[:512]:
        return ".html"
    if head.startswith((b"{", b"[")):
        return ".jsonl" if _is_lines(data) else ".json"
    if low.startswith(_MAIL):
        return ".eml"
    if head.startswith((b"---\n", b"# ")):
        return ".md"
    return _table_suffix(data) or ".txt"


def _zip_suffix(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ".zip"
    if "word/document.xml" in names:
        return ".docx"
    if "META-INF/container.xml" in names:
        return ".epub"
    return ".odt" if "content.xml" in names else ".zip"


def _gzip_suffix(data: bytes) -> str:
    try:
        head = zlib.decompressobj(wbits=31).decompress(data, _TABLE_BYTES)
    except zlib.error:
        return ".txt.gz"  # The reader says what is wrong with it.
    return f"{suffix_of(head)}.gz"


def _is_lines(data: bytes) -> bool:
    """Whether the first line is an object by itself, and another follows."""
    first, _, rest = data.lstrip().partition(b"\n")
    return first.rstrip().endswith(b"}") and rest.lstrip().startswith(b"{")


def _table_suffix(data: bytes) -> str:
    """That of a table whose first row names a text and something else; empty where it is none.

    Every row must have as many cells as the first: prose with commas in its first line has not.
    """
    begun = data[:_TABLE_BYTES].decode("utf-8-sig", "replace")
    for delimiter, suffix in (("\t", ".tsv"), (",", ".csv"), (";", ".csv")):
        try:
            reader = csv.reader(io.StringIO(begun, newline=""), delimiter=delimiter)
            rows = [row for row in itertools.islice(reader, _TABLE_ROWS) if row]
        except csv.Error:
            continue
        # The last may have been cut off.
        whole = rows[:-1] if len(rows) > 2 else rows
        if len(rows) < 2 or len({len(row) for row in whole}) > 1:
            continue
        known = [rank[1] for name in rows[0] if (rank := rank_of_key(name.strip()))]
        if "text" in known and len(known) > 1:
            return suffix
    return ""
