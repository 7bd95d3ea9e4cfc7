"""Every text that is not ours becomes a `Content` here, and nowhere else (law 5).

A `Content` is literal: Textual parses markup out of strings only. `printable` and
`one_line` leave nothing in it that a terminal would act on.
"""

from __future__ import annotations

from textual.content import Content

from qa.answer import Citation
from qa.output import one_line, printable

MARK = "❯ "
MUTED = "$foreground 60%"


def line(text: str, style: str = "") -> Content:
    """The text as one literal line."""
    return Content.styled(one_line(text), style)


def lines(text: str, style: str = "") -> Content:
    """The text literally, its lines kept."""
    return Content.styled(shown(text), style)


def shown(text: str) -> str:
    """The text as the screen has it. Maps character by character: parts of it join up again."""
    return printable(text).replace("\t", "    ")


def byline(*parts: str | None) -> str:
    """What is known of where a text comes from, on one line."""
    return " · ".join(one_line(part) for part in parts if part)


def sentence(citation: Citation, short_answer: str | None = None, style: str = "") -> Content:
    """The citation's sentence, whole, on one line; its short answer set off by `style`."""
    text = one_line(citation.text)
    content = Content(text)
    short = one_line(short_answer or "")
    start = text.find(short) if short else -1
    return content if start < 0 else content.stylize(style, start, start + len(short))
