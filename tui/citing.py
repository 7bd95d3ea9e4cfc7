"""A citation as text for elsewhere: the sentence, who says it, and where it stands."""

from __future__ import annotations

from qa.answer import Citation
from qa.output import one_line, said_by


def as_text(citation: Citation) -> str:
    """The sentence in quotation marks, then title, source, date and address, a line each part."""
    parts = (citation.title, citation.source, citation.published, citation.url or citation.path)
    place = ", ".join(one_line(part) for part in parts if part)
    return f"“{one_line(citation.text)}”{said_by(citation)}\n{place}"
