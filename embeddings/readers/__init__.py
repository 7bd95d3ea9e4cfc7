"""Files to drafts. To add a format, write one reader and add its line to the table below.

A reader is given an open, seekable stream and a path (a regular file's, or one made up for a
file inside another), and yields a `Draft` for each article, a `BadRecord` for each part that
gave none and a `Note` for what a person should know. It imports its heavy library when called,
never when imported, and raises nothing but `ArticleUnreadable`. docs/formats.md says more.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.archives import read_gz, read_tar, read_zip
from embeddings.readers.bad_record import BadRecord
from embeddings.readers.cleaning import clean_line
from embeddings.readers.docx import read_docx
from embeddings.readers.epub import read_epub
from embeddings.readers.feed import read_feed
from embeddings.readers.html import read_html
from embeddings.readers.mail import read_eml, read_mbox
from embeddings.readers.markdown import read_markdown
from embeddings.readers.mhtml import read_mhtml
from embeddings.readers.note import Note
from embeddings.readers.odt import read_odt
from embeddings.readers.opening import open_article, show_path
from embeddings.readers.other_kinds import ADVICE
from embeddings.readers.pdf import read_pdf
from embeddings.readers.plain import read_plain
from embeddings.readers.records_csv import read_csv
from embeddings.readers.records_json import read_json
from embeddings.readers.records_jsonl import count_lines, read_jsonl
from embeddings.readers.rtf import read_rtf
from embeddings.readers.warc import read_warc
from embeddings.records import Draft

__all__ = [
    "SUFFIXES",
    "BadRecord",
    "Found",
    "Note",
    "count_articles",
    "is_light",
    "is_supported",
    "read_file",
    "read_part",
    "show_path",
]

Found = Draft | BadRecord | Note
Reader = Callable[[BinaryIO, Path], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class _Format:
    """A format: its name, its reader, and whether the reader is our own work and bounded.

    The others run where they can be ended (`embeddings.parsing`).
    """

    name: str
    read: Reader
    is_light: bool = False


_TEXT = _Format("text", read_plain, is_light=True)
_MARKDOWN = _Format("Markdown", read_markdown, is_light=True)
_LINES = _Format("JSON Lines", read_jsonl)
_RECORDS = _Format("JSON", read_json)
_HTML = _Format("HTML", read_html)
_SAVED = _Format("saved page", read_mhtml)
_TABLE = _Format("table", read_csv)
_FEED = _Format("feed", read_feed)
_TAR = _Format("TAR archive", read_tar)

# Those whose articles' fields have names that a person may have to tell.
_BY_COLUMNS = {
    _TABLE.name: read_csv,
    _LINES.name: read_jsonl,
    _RECORDS.name: read_json,
}

# The longest suffix that fits is the one that counts: ".tar.gz" goes before ".gz".
_FORMATS: dict[str, _Format] = {
    ".txt": _TEXT,
    ".text": _TEXT,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".mhtml": _SAVED,
    ".mht": _SAVED,
    ".pdf": _Format("PDF", read_pdf),
    ".docx": _Format("Word", read_docx),
    ".odt": _Format("OpenDocument", read_odt),
    ".epub": _Format("EPUB", read_epub),
    ".rtf": _Format("rich text", read_rtf),
    ".eml": _Format("letter", read_eml),
    ".mbox": _Format("mailbox", read_mbox),
    ".jsonl": _LINES,
    ".ndjson": _LINES,
    ".json": _RECORDS,
    ".csv": _TABLE,
    ".tsv": _TABLE,
    ".rss": _FEED,
    ".atom": _FEED,
    ".xml": _FEED,
    ".warc": _Format("web archive", read_warc),
    ".warc.gz": _Format("web archive", read_warc),
    ".zip": _Format("ZIP archive", read_zip),
    ".tar": _TAR,
    ".tar.gz": _TAR,
    ".tgz": _TAR,
    ".gz": _Format("gzip", read_gz),
}

SUFFIXES: frozenset[str] = frozenset(_FORMATS)


def is_supported(path: Path) -> bool:
    """Whether a reader knows files of that name; the suffix's case does not matter."""
    return _format_of(path) is not None


def is_light(path: Path) -> bool:
    """Whether files of that name are read by our own bounded code alone, or not at all."""
    format_ = _format_of(path)
    return format_ is None or format_.is_light


def read_file(path: Path, columns: Mapping[str, str] | None = None) -> Iterator[Found]:
    """The articles of a file, as they are read; the file stays open while you iterate.

    Yields a `Draft` for each article, its text never empty, and a `BadRecord` for each
    record of the file that gave none: the good ones are kept, the bad ones are the caller's
    to report. Raises `ArticleUnreadable`, on iteration, when the file as a whole gives
    nothing: unsupported, absent, empty, not text, without an article.

    `columns` names a table's columns, or records' keys, by our fields, where their names do not
    tell.
    """
    format_ = _format_of(path)
    if format_ is None:
        raise ArticleUnreadable(f"{show_path(path)}: {_say_unread(path)}")
    with open_article(path) as stream:
        yield from _read(format_, stream, path, columns)


def _say_unread(path: Path) -> str:
    known = " ".join(sorted(SUFFIXES))
    if not path.suffix:
        return (
            "files without a suffix are not read; give it the one of what it is, of "
            f"{known}, or pipe it in with --rebuild -"
        )
    advice = ADVICE.get(path.suffix.lower(), f"convert it to one of {known}")
    return f"{show_path(Path(path.suffix))} files are not read; {advice}"


def read_part(
    stream: BinaryIO, path: Path, where: str, *, told_by: Path | None = None
) -> Iterator[Found]:
    """The articles of a file inside another, `where` it stands there; raises nothing of its own.

    `path` is the outer file's with the name inside it; `told_by` the name that errors go by.
    """
    format_ = _format_of(path)
    if format_ is None:
        yield BadRecord(where, "a kind of file that is not read; save it as .txt, .pdf or .docx")
        return
    try:
        for found in _read(format_, stream, path, None):
            match found:
                case Draft(key=key):
                    inner = f"{where}\n{key}" if where and key else where or key
                    yield dataclasses.replace(found, key=inner)
                case BadRecord(where=within, reason=reason):
                    yield BadRecord(f"{where} {within}".strip(), reason)
                case Note(text=text):
                    yield Note(f"{where}: {text}" if where else text)
    except ArticleUnreadable as error:
        said = str(error).removeprefix(f"{show_path(path)} ")
        yield BadRecord(where, said.removeprefix(f"{show_path(told_by or path)} "))


def _read(
    format_: _Format, stream: BinaryIO, path: Path, columns: Mapping[str, str] | None
) -> Iterator[Found]:
    try:
        if columns and (read := _BY_COLUMNS.get(format_.name)):
            yield from read(stream, path, columns)
        else:
            yield from format_.read(stream, path)
    except ImportError as error:
        raise ArticleUnreadable(
            f"{show_path(path)} cannot be read: the {format_.name} reader's parts are not "
            f"installed whole ({clean_line(str(error))}); install Dateline again with pip"
        ) from error


def _format_of(path: Path) -> _Format | None:
    format_ = _format_named(path.name)
    if format_ is None and "?" in path.name:
        # As wget saves what an address with a question mark gave: "story.html?page=2".
        return _format_named(path.name.partition("?")[0])
    return format_


def _format_named(name: str) -> _Format | None:
    path = Path(name)
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    format_ = _FORMATS.get("".join(suffixes)) or (_FORMATS.get(suffixes[-1]) if suffixes else None)
    if format_ is not None and format_.read is read_gz:
        return format_ if _format_named(path.stem) else None
    return format_


def count_articles(path: Path) -> int:
    """About how many articles the file has, told without reading them: for a progress bar."""
    return count_lines(path) if _format_of(path) is _LINES else 1
