"""From what a reader found to a `Draft`: the one way, so that every format is cleaned alike."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from embeddings.readers.asides import drop_asides
from embeddings.readers.cleaning import (
    clean_line,
    drop_repeats,
    drop_tail_boilerplate,
    has_words,
    single_spaced,
    tidy,
)
from embeddings.readers.headline import make_title
from embeddings.readers.metadata import parse_date
from embeddings.readers.pulse import beat
from embeddings.readers.tongue import read_tongue
from embeddings.readers.top_matter import read_top_matter
from embeddings.records import Draft

_HEAD_LINES = 12


def make_draft(
    raw: str,
    fields: Mapping[str, str | None] | None = None,
    *,
    fields_from: str = "text",
    path: Path | None = None,
    key: str = "",
    full: str | None = None,
) -> Draft | None:
    """The article of a raw text; None where it has no words.

    `fields` are those of a `Draft` that the file declares (`fields_from` names the place, for
    ``published_from``); they go before what the text's own top lines say. `path` may give a
    title where nothing else does. `full` is all that the file says, where `raw` is less.
    """
    # A book as long as a library keeps each of these busy for seconds: signs of life between them.
    tidied = tidy(raw)
    beat()
    text = drop_repeats(tidied)
    beat()
    text = drop_tail_boilerplate(text)
    if not has_words(text):
        return None
    known = {name: clean_line(value) for name, value in (fields or {}).items() if value}
    declared_day = parse_date(known.get("published", ""))
    known["published"] = declared_day or ""
    beat()
    repeated = _find_repeated(tidied)
    beat()
    top = read_top_matter(text, known, repeated)
    beat()
    title = known.get("title") or top.title
    # Not before: a byline above the story looks like a picture's credit.
    text = drop_tail_boilerplate(drop_asides(top.text, spares_first=not title))
    beat()
    language = known.get("language") or read_tongue(text)
    beat()
    more = _more(tidied if full is None else tidy(full), text)
    beat()
    published = declared_day or top.published
    return Draft(
        title=title or make_title(text, path),
        text=text,
        key=key,
        published=published,
        published_from=(fields_from if declared_day else "text") if published else None,
        source=known.get("source") or top.source,
        author=known.get("author") or top.author,
        url=known.get("url") or top.url,
        language=language,
        full=more,
    )


def _find_repeated(tidied: str) -> frozenset[str]:
    """The lines that the top of a text says twice, as a caption or a headline is."""
    lines = (single_spaced(line) for line in tidied.split("\n") if line)
    counts = Counter(itertools.islice(lines, _HEAD_LINES))
    return frozenset(line for line, count in counts.items() if count > 1)


def _more(full: str, text: str) -> str | None:
    """All of it, where that has words which the text has not."""
    if full == text:
        return None
    said, kept = (Counter(whole.split()) for whole in (full, text))
    return full if said - kept else None
