"""Files to drafts. To add a format, write one reader and add its lines below.

A reader is given the open stream of a regular file and its path, and yields a `Draft` for
each article and a `BadRecord` for each part that gave none. It imports its heavy library
when called, never when imported, and raises nothing but `ArticleUnreadable`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.bad_record import BadRecord
from embeddings.readers.cleaning import clean_line
from embeddings.readers.html import read_html
from embeddings.readers.markdown import read_markdown
from embeddings.readers.opening import open_article, show_path
from embeddings.readers.plain import read_plain
from embeddings.readers.records_jsonl import count_lines, read_jsonl
from embeddings.records import Draft

__all__ = ["SUFFIXES", "BadRecord", "count_articles", "is_supported", "read_file", "show_path"]

Reader = Callable[[BinaryIO, Path], Iterator[Draft | BadRecord]]

_READERS: dict[str, Reader] = {
    ".txt": read_plain,
    ".text": read_plain,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
}

_KINDS: dict[Reader, str] = {
    read_plain: "text",
    read_markdown: "Markdown",
    read_html: "HTML",
    read_jsonl: "JSON Lines",
}

SUFFIXES: frozenset[str] = frozenset(_READERS)


def is_supported(path: Path) -> bool:
    """Whether a reader knows files of that name; the suffix's case does not matter."""
    return path.suffix.lower() in _READERS


def read_file(path: Path) -> Iterator[Draft | BadRecord]:
    """The articles of a file, as they are read; the file stays open while you iterate.

    Yields a `Draft` for each article, its text never empty, and a `BadRecord` for each
    record of the file that gave none: the good ones are kept, the bad ones are the caller's
    to report. Raises `ArticleUnreadable`, on iteration, when the file as a whole gives
    nothing: unsupported, absent, empty, not text, without an article.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = " ".join(sorted(SUFFIXES))
        kind = f"{path.suffix} files" if path.suffix else "files without a suffix"
        raise ArticleUnreadable(
            f"{show_path(path)}: {show_path(Path(kind))} are not read; convert it to one of {known}"
        )
    with open_article(path) as stream:
        try:
            yield from reader(stream, path)
        except ImportError as error:
            raise ArticleUnreadable(
                f"{show_path(path)} cannot be read: the {_KINDS[reader]} reader's parts are not "
                f"installed whole ({clean_line(str(error))}); install Dateline again with pip"
            ) from error


def count_articles(path: Path) -> int:
    """About how many articles the file has, told without reading them: for a progress bar."""
    return count_lines(path) if _READERS.get(path.suffix.lower()) is read_jsonl else 1
