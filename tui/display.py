"""Every text that is not ours becomes a `Content` here, and nowhere else (law 5).

A `Content` is literal: Textual parses markup out of strings only. `printable` and
`one_line` leave nothing in it that a terminal would act on.
"""

from __future__ import annotations

from textual.content import Content

from embeddings.records import Filters
from qa.answer import Citation, forged_marks
from qa.output import one_line, printable, quoted

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
    return " · ".join(quoted(part) for part in parts if part)


def narrowed(within: Filters) -> str:
    """Which articles alone are asked, in words; nothing where all are."""
    return byline(
        within.since and f"since {within.since}",
        within.until and f"until {within.until}",
        within.source and f"source “{within.source}”",
    )


def sentence(citation: Citation, style: str = "") -> Content:
    """The citation's sentence, whole, on one line; its short answer set off by `style`."""
    content = Content(one_line(citation.text))
    short = citation.short_answer
    if short is None or not one_line(short.text):
        return own_marks(content)
    before = citation.text[: short.start - citation.start]
    # A letter put behind keeps the white space at the end, so that the place is right.
    start = len(one_line(before + "x")) - 1
    return own_marks(content.stylize(style, start, start + len(one_line(short.text))))


def own_marks(content: Content) -> Content:
    """An article's words as `qa.output.quoted` has them: no mark in them passes for ours."""
    for at in reversed(forged_marks(content.plain)):
        content = Content.assemble(content[:at], "\\", content[at:])
    return content


def said_by(citation: Citation) -> Content:
    """Who says the sentence, where a neighbouring one tells."""
    if citation.speaker is None:
        return Content("")
    return Content.assemble(" — ", own_marks(line(citation.speaker.text, "italic")))
