"""OpenDocument texts to articles: paragraphs, lists and tables in their order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.cleaning import clean_line, has_words
from embeddings.readers.drafting import make_draft
from embeddings.readers.office import has_placeholder_title, open_parts, read_properties
from embeddings.readers.opening import show_path
from embeddings.readers.xml_safe import local_name
from embeddings.records import Draft

if TYPE_CHECKING:
    from lxml.etree import _Element

# Comments, struck-out text and what pictures hold are not of the story.
_SKIPPED = frozenset(("annotation", "tracked-changes", "binary-data", "forms", "sequence-decls"))
_PARAGRAPHS = ("p", "h")
_MANIFEST = "META-INF/manifest.xml"
_MOST_SPACES = 100


def read_odt(stream: BinaryIO, path: Path) -> Iterator[Draft]:
    """The document's article; its own metadata goes before what the text says."""
    with open_parts(stream, path, "OpenDocument text (.odt)") as parts:
        if parts.has(_MANIFEST):
            _refuse_encrypted(parts.read(_MANIFEST), path)
        fields = read_properties(parts.xml("meta.xml")) if parts.has("meta.xml") else {}
        if has_placeholder_title(fields):
            fields.pop("title")
        title, blocks = _read_blocks(parts.xml("content.xml"))
        fields["title"] = title or fields.get("title")
        draft = make_draft("\n\n".join(blocks), fields, fields_from="document", path=path)
    if draft is None:
        raise ArticleUnreadable(f"{show_path(path)} has no words to read; save the article again")
    yield draft


def _refuse_encrypted(manifest: bytes, path: Path) -> None:
    if b"encryption-data" in manifest:
        raise ArticleUnreadable(f"{show_path(path)} is encrypted; save a copy without a password")


def _read_blocks(root: _Element) -> tuple[str, list[str]]:
    """The paragraph in the style "Title", if there is one, and the other blocks."""
    from lxml import etree

    title = ""
    blocks: list[str] = []
    open_paragraphs: list[list[str]] = []
    rows: list[list[str]] = []
    skipping = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = local_name(element)
        if event == "start":
            skipping += name in _SKIPPED
            if skipping:
                continue
            if name in _PARAGRAPHS:
                open_paragraphs.append([])
            elif name == "table-row":
                rows.append([])
            elif name == "table-cell" and rows:
                rows[-1].append("")
            if open_paragraphs:
                open_paragraphs[-1].append(_mark(name, element) + (element.text or ""))
            continue
        skipping -= name in _SKIPPED
        if not skipping:
            text = ""
            if name in _PARAGRAPHS and open_paragraphs:
                text = "".join(open_paragraphs.pop())
            elif name == "table-row" and rows:
                text = " | ".join(cell for cell in rows.pop() if cell)
            if has_words(text):
                if rows and rows[-1]:
                    rows[-1][-1] = f"{rows[-1][-1]} {clean_line(text)}".strip()
                elif not title and _style(element) == "title":
                    title = clean_line(text)
                else:
                    blocks.append("\n".join(" ".join(s.split()) for s in text.split("\n")))
            # What follows a paragraph is the white space between two of them.
            if open_paragraphs and name not in _PARAGRAPHS:
                open_paragraphs[-1].append(element.tail or "")
    return title, blocks


def _mark(name: str, element: _Element) -> str:
    match name:
        case "tab":
            return "\t"
        case "line-break":
            return "\n"
        case "s":
            count = next((v for k, v in element.attrib.items() if str(k).endswith("}c")), "1")
            return " " * min(_MOST_SPACES, int(count)) if str(count).isdecimal() else " "
    return ""


def _style(element: _Element) -> str:
    found = (v for k, v in element.attrib.items() if str(k).endswith("}style-name"))
    return str(next(found, "")).lower()
