"""HTML that is all story (a book's chapter, a feed's entry, a letter) to text: nothing left out.

Unlike a page of the web, which `html` reads, it has no menus around it to be told apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embeddings.readers.cleaning import clean_line, has_words, strip_controls

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details"}
    | {"div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3"}
    | {"h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"}
    | {"summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
_SKIPPED = frozenset(
    {"head", "iframe", "math", "noscript", "object", "script", "style", "svg", "template", "title"}
)
_HEADINGS = ("h1", "h2", "h3")
# Letters count their views with pictures and hide the line that mail programs preview.
_HIDDEN = ("display:none", "visibility:hidden", "mso-hide:all")


def parse_markup(source: str) -> HtmlElement | None:
    """The root of a whole or partial HTML document; None where it holds no element."""
    from lxml import etree, html

    source = strip_controls(source)
    if not source.strip():
        return None
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        # As bytes: lxml refuses text that declares an encoding.
        return html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, ValueError):
        return None


def find_heading(root: HtmlElement) -> str:
    """The first heading with words; empty where there is none."""
    for element in root.iter(*_HEADINGS):
        if has_words(text := clean_line("".join(element.itertext()))):
            return text
    return ""


def read_markup(source: str) -> str:
    """The text of HTML, its blocks a blank line apart, in their order."""
    root = parse_markup(source)
    return "" if root is None else text_of(root)


def text_of(root: HtmlElement) -> str:
    """The text of an element, its blocks a blank line apart, table cells parted by ``|``."""
    from lxml import etree

    blocks: list[str] = []
    line: list[str] = []

    def end_block() -> None:
        text = "\n".join(" ".join(part.split()) for part in "".join(line).split("\0"))
        line.clear()
        if has_words(text):
            blocks.append(text.strip())

    skipping = 0
    # Not by recursion: a stranger's markup is as deep as he likes.
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else ""
        unread = name in _SKIPPED or not name or _is_hidden(element)
        if event == "start":
            skipping += unread
            if skipping:
                continue
            if name in _BLOCKS and name not in ("td", "th"):
                end_block()
            if name == "br":
                line.append("\0")
            elif name == "li":
                line.append("- ")
            elif name in ("td", "th") and any(part.strip() for part in line):
                line.append(" | ")
            line.append(element.text or "")
        else:
            skipping -= unread
            if not skipping:
                if name in _BLOCKS and name not in ("td", "th", "li"):
                    end_block()
                if element is not root:
                    line.append(element.tail or "")
    end_block()
    return "\n\n".join(blocks)


def _is_hidden(element: HtmlElement) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return any(hidden in style for hidden in _HIDDEN)
