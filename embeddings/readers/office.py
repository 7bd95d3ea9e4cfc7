"""Documents that are ZIP files of XML (DOCX, ODT, EPUB): their parts, read within bounds."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.cleaning import clean_line
from embeddings.readers.guard import guarded
from embeddings.readers.opening import show_path
from embeddings.readers.spool import Allowance, spooled
from embeddings.readers.xml_safe import local_name, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_PART_BYTES = 64 * 1024 * 1024
# What documents say of themselves, by Dublin Core's names and OpenDocument's.
_FIELDS = {
    "title": "title",
    "creator": "author",
    "initial-creator": "author",
    "created": "published",
    "creation-date": "published",
    "date": "published",
    "language": "language",
    "publisher": "source",
}


class Parts:
    """The parts of one open document."""

    def __init__(self, archive: zipfile.ZipFile, path: Path, allowance: Allowance) -> None:
        self._archive = archive
        self._path = path
        self._allowance = allowance

    def has(self, name: str) -> bool:
        return name in self._archive.NameToInfo

    def read(self, name: str) -> bytes:
        """A part's bytes. Raises `ArticleUnreadable` where it is too large or encrypted."""
        info = self._archive.getinfo(name)
        if info.flag_bits & 1:
            raise ArticleUnreadable(
                f"{show_path(self._path)} is encrypted; save a copy without a password"
            )
        with (
            self._archive.open(info) as packed,
            spooled(packed, self._allowance, self._path) as whole,
        ):
            data = whole.read(_MAX_PART_BYTES + 1)
        if len(data) > _MAX_PART_BYTES:
            raise ArticleUnreadable(
                f"{show_path(self._path)} has a part larger than "
                f"{_MAX_PART_BYTES // 1024**2} MiB; split it"
            )
        return data

    def xml(self, name: str) -> _Element:
        return parse_xml(self.read(name), self._path)


@contextmanager
def open_parts(stream: BinaryIO, path: Path, kind: str) -> Iterator[Parts]:
    """The document's parts. Whatever is wrong with it becomes `ArticleUnreadable`."""
    if not stream.read(1):
        raise ArticleUnreadable(f"{show_path(path)} is empty; save the article again")
    if stream.seek(0) == 0 and stream.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        # Word's lock around an encrypted document, and its format before 2007.
        raise ArticleUnreadable(
            f"{show_path(path)} is encrypted or in an old format; save it as {kind} without "
            "a password"
        )
    size = stream.seek(0, 2)
    stream.seek(0)
    with guarded(path, kind), zipfile.ZipFile(stream) as archive:
        yield Parts(archive, path, Allowance(size))


def read_properties(root: _Element) -> dict[str, str | None]:
    """The fields of a `Draft` that a document's metadata gives; several authors are joined."""
    found: dict[str, list[str]] = {}
    for element in root.iter():
        field = _FIELDS.get(local_name(element))
        value = clean_line("".join(element.itertext())) if field else ""
        if field and value and value not in found.setdefault(field, []):
            found[field].append(value)
    joined: dict[str, str | None] = {
        field: ", ".join(values) if field == "author" else values[0]
        for field, values in found.items()
        if values
    }
    return joined


def has_placeholder_title(fields: Mapping[str, str | None]) -> bool:
    """Whether the declared title is a program's and not the author's: "Document1"."""
    title = (fields.get("title") or "").lower()
    return title.startswith(("document", "untitled", "microsoft word", "powerpoint")) or (
        posixpath.splitext(title)[1] in (".doc", ".docx", ".odt", ".rtf", ".indd", ".pdf", ".qxd")
    )
