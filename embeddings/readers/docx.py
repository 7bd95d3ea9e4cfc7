"""Word documents to articles: paragraphs, lists and tables in order, as they were last left."""

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

_BODY = "word/document.xml"
_PROPERTIES = "docProps/core.xml"
# What was struck out, fields' codes, and the copy of a text box that older programs read.
_SKIPPED = frozenset(
    ("del", "moveFrom", "instrText", "delText", "Fallback", "pPr", "rPr", "sectPr")
)


def read_docx(stream: BinaryIO, path: Path) -> Iterator[Draft]:
    """The document's article; its own metadata goes before what the text says."""
    with open_parts(stream, path, "Word document (.docx)") as parts:
        fields = read_properties(parts.xml(_PROPERTIES)) if parts.has(_PROPERTIES) else {}
        if has_placeholder_title(fields):
            fields.pop("title")
        blocks = _Blocks()
        blocks.walk(parts.xml(_BODY))
        fields["title"] = blocks.title or fields.get("title")
        draft = make_draft("\n\n".join(blocks.found), fields, fields_from="document", path=path)
    if draft is None:
        raise ArticleUnreadable(f"{show_path(path)} has no words to read; save the article again")
    yield draft


class _Blocks:
    """The document's paragraphs and table rows, and the paragraph in the style "Title"."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.title = ""

    def walk(self, root: _Element) -> None:
        from lxml import etree

        words: list[list[str]] = []
        cells: list[list[str]] = []
        skipping = 0
        is_title = False
        for event, element in etree.iterwalk(root, events=("start", "end")):
            name = local_name(element)
            if event == "start":
                skipping += name in _SKIPPED
                if name == "pStyle":
                    is_title = _attribute(element, "val").lower() == "title"
                if skipping:
                    continue
                if name == "p":
                    words.append([])
                    is_title = False
                elif name == "tr":
                    cells.append([])
                elif name == "tc" and cells:
                    cells[-1].append("")
                elif words:
                    words[-1].append(_text_of(name, element))
                continue
            skipping -= name in _SKIPPED
            if skipping:
                continue
            if name == "p" and words:
                self._add("".join(words.pop()), cells, is_title)
            elif name == "tr" and cells:
                row = " | ".join(cell for cell in cells.pop() if cell)
                self._add(row, cells, False)

    def _add(self, text: str, cells: list[list[str]], is_title: bool) -> None:
        if not has_words(text):
            return
        if cells and cells[-1]:
            cells[-1][-1] = f"{cells[-1][-1]} {clean_line(text)}".strip()
        elif is_title and not self.title:
            self.title = clean_line(text)
        else:
            self.found.append("\n".join(" ".join(line.split()) for line in text.split("\n")))


def _text_of(name: str, element: _Element) -> str:
    match name:
        case "t":
            return element.text or ""
        case "tab":
            return "\t"
        case "br" | "cr":
            return "\n"
        case "noBreakHyphen":
            return "-"
    return ""


def _attribute(element: _Element, name: str) -> str:
    return next(
        (str(value) for key, value in element.attrib.items() if str(key).endswith(f"}}{name}")), ""
    )
