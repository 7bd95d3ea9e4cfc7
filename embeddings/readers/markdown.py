"""Markdown to an article: front matter to fields, the first heading to the title, and the
rest to text that reads as its author meant it to be read, without the marks."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.cleaning import clean_line, has_words, strip_controls
from embeddings.readers.decoding import decode
from embeddings.readers.drafting import make_draft
from embeddings.readers.front_matter import split_front_matter
from embeddings.readers.metadata import parse_date
from embeddings.readers.opening import read_document, show_path
from embeddings.readers.top_matter import is_field_line
from embeddings.records import Draft

if TYPE_CHECKING:
    from markdown_it.token import Token

_HEAD_BLOCKS = 6

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(r"</?(?:br|p|div|li|tr|h[1-6]|blockquote)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def read_markdown(stream: BinaryIO, path: Path) -> Iterator[Draft]:
    """The file's article; what front matter says goes before what the text says."""
    source = strip_controls(decode(read_document(stream, path), path)).lstrip("\n")
    front = split_front_matter(source)
    fields = dict(front.fields)
    try:
        heading, text = _to_text(front.body, bool(fields.get("title")))
    except RecursionError as error:
        raise ArticleUnreadable(
            f"{show_path(path)} is nested too deep to read; save it as plain text"
        ) from error
    fields["title"] = fields.get("title") or heading or front.doubtful_title
    draft = make_draft(text, fields, fields_from="front matter", path=path)
    if draft is None and heading:
        draft = make_draft(heading, fields, fields_from="front matter", path=path)
    if draft is None:
        raise ArticleUnreadable(f"{show_path(path)} has no text to read; save the article again")
    if not draft.published and (day := parse_date(path.name[:10])):
        # The convention of blogs: "2018-11-12-a-title.md".
        draft = dataclasses.replace(draft, published=day, published_from="file name")
    yield draft


def _to_text(body: str, has_title: bool) -> tuple[str, str]:
    """The first level-one heading (empty where the title is known), and the text without it."""
    from markdown_it import MarkdownIt

    # Deeper than this is dropped by the parser; its own limit, 20, could cost a quoted letter.
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    renderer = _Renderer(wants_title=not has_title)
    for token in parser.parse(body):
        renderer.add(token)
    return renderer.title, "".join(renderer.blocks)


class _Renderer:
    """Takes the tokens in turn; collects blocks of text, and the first heading as the title."""

    def __init__(self, *, wants_title: bool) -> None:
        self.title = ""
        self.blocks: list[str] = []
        self._wants_title = wants_title
        self._heading = ""
        self._numbers: list[int | None] = []  # The open lists' next numbers; None: bullets.
        self._marker = ""
        self._cells: list[str] | None = None
        self._tight = False

    def add(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self._heading = token.tag
            case "heading_close":
                self._heading = ""
            case "bullet_list_open":
                self._numbers.append(None)
            case "ordered_list_open":
                self._numbers.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
                self._tight = bool(self._numbers)
            case "list_item_open":
                self._marker = self._take_marker()
            case "tr_open":
                self._cells = []
            case "tr_close":
                row, self._cells = " | ".join(self._cells or []), None
                self._add_line(row)
            case "table_close":
                self._tight = False
            case "inline":
                self._add_inline(self._render(token.children or []))
            case "fence" | "code_block":
                self._add_block(token.content.rstrip("\n"))
            case "html_block":
                self._add_block(_strip_tags(token.content))

    def _render(self, children: Sequence[Token]) -> str:
        """A paragraph's lines run together, but for those of fields that open the file."""
        if len(self.blocks) >= _HEAD_BLOCKS or self._heading or self._numbers:
            return _to_plain(children)
        lines: list[list[Token]] = [[]]
        for token in children:
            if token.type == "softbreak":
                lines.append([])
            else:
                lines[-1].append(token)
        plain = [_to_plain(line) for line in lines]
        fields = list(itertools.takewhile(is_field_line, plain))
        return "\n".join([*fields, " ".join(plain[len(fields) :])]).rstrip("\n")

    def _take_marker(self) -> str:
        number = self._numbers[-1]
        if number is None:
            return "- "
        self._numbers[-1] = number + 1
        return f"{number}. "

    def _add_inline(self, text: str) -> None:
        if self._cells is not None:
            self._cells.append(" ".join(text.split()))
        elif self._heading == "h1" and self._wants_title and has_words(text):
            self.title = clean_line(text)
            self._wants_title = False
        elif self._marker:
            self._add_line(self._marker + text)
        else:
            self._add_block(text)

    def _add_line(self, text: str) -> None:
        """A line of a list or a table: close to the line before, if that is one as well."""
        gap = "\n" if self._tight else "\n\n"
        self._add_block(text, gap)
        self._tight = True

    def _add_block(self, text: str, gap: str = "\n\n") -> None:
        if text.strip():
            self.blocks.append(gap + text)
            self._marker = ""
            self._tight = False


def _to_plain(children: Sequence[Token]) -> str:
    parts: list[str] = []
    for token in children:
        match token.type:
            case "text" | "code_inline" | "text_special":
                parts.append(token.content)
            case "image":  # Its alternative text is the caption.
                parts.append(_to_plain(token.children or []))
            case "softbreak":
                parts.append(" ")
            case "hardbreak":
                parts.append("\n")
            case "html_inline" if token.content.lower().startswith("<br"):
                parts.append("\n")
    return "".join(parts)


def _strip_tags(html: str) -> str:
    """The text of HTML inside Markdown. A tag is dropped, whatever it is; nothing is run."""
    from html import unescape

    html = _SCRIPT.sub("", _COMMENT.sub("", html))
    return unescape(_TAG.sub("", _BREAK.sub("\n", html))).strip()
