"""EPUB books to articles, one a chapter, in the order in which they are read."""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote

from embeddings.errors import ArticleUnreadable
from embeddings.readers.bad_record import BadRecord
from embeddings.readers.cleaning import clean_line
from embeddings.readers.decoding import decode
from embeddings.readers.drafting import make_draft
from embeddings.readers.markup import find_heading, parse_markup, text_of
from embeddings.readers.office import Parts, open_parts, read_properties
from embeddings.readers.opening import show_path
from embeddings.readers.pulse import beat
from embeddings.readers.xml_safe import local_name
from embeddings.records import Draft

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTAINER = "META-INF/container.xml"
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


def read_epub(stream: BinaryIO, path: Path) -> Iterator[Draft | BadRecord]:
    """A draft a chapter, its source the book; chapters without words are passed over."""
    found = 0
    with open_parts(stream, path, "EPUB book") as parts:
        package_name = _package_name(parts, path)
        package = parts.xml(package_name)
        book = read_properties(
            next((e for e in package.iter() if local_name(e) == "metadata"), package)
        )
        for href in _spine(package):
            name = posixpath.normpath(posixpath.join(posixpath.dirname(package_name), href))
            beat()
            if not parts.has(name):
                yield BadRecord(clean_line(name), "the chapter is missing; get a sound copy")
                continue
            draft = _read_chapter(decode(parts.read(name), path), book, name)
            if draft is not None:
                found += 1
                yield draft
    if not found:
        raise ArticleUnreadable(f"{show_path(path)} has no chapter with words; get another copy")


def _package_name(parts: Parts, path: Path) -> str:
    if parts.has("META-INF/rights.xml") or (
        parts.has("META-INF/encryption.xml")
        and b"aes" in parts.read("META-INF/encryption.xml").lower()
    ):
        raise ArticleUnreadable(f"{show_path(path)} is locked by its seller; get a copy without")
    for element in parts.xml(_CONTAINER).iter():
        if local_name(element) == "rootfile" and (name := element.get("full-path")):
            return str(name)
    raise ArticleUnreadable(f"{show_path(path)} names no contents; get a sound copy")


def _spine(package: _Element) -> list[str]:
    """The chapters' places in the archive, in reading order, without the table of contents."""
    items: dict[str, str] = {}
    order: list[str] = []
    for element in package.iter():
        name = local_name(element)
        if name == "item" and element.get("media-type") in _PAGES:
            if "nav" not in (element.get("properties") or "").split():
                items[element.get("id") or ""] = unquote(element.get("href") or "")
        elif name == "itemref":
            order.append(element.get("idref") or "")
    return list(dict.fromkeys(items[key] for key in order if items.get(key)))


def _read_chapter(source: str, book: dict[str, str | None], name: str) -> Draft | None:
    root = parse_markup(source)
    if root is None:
        return None
    heading = find_heading(root)
    text = text_of(root)
    fields = {**book, "title": heading or None, "source": book.get("title")}
    draft = make_draft(text.removeprefix(heading).lstrip("\n") or text, fields, key=name)
    if draft is None:
        return None
    if draft.published:
        draft = dataclasses.replace(draft, published_from="book")
    return draft
