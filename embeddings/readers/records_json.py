"""JSON exports to articles: a list of records, wherever it lies in the file, or one record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.bad_record import BadRecord
from embeddings.readers.cleaning import clean_line
from embeddings.readers.decoding import decode
from embeddings.readers.markup import read_markup
from embeddings.readers.note import Note
from embeddings.readers.opening import read_document, show_path
from embeddings.readers.pulse import beat
from embeddings.readers.record import (
    draft_of_record,
    drop_found,
    note_of_keys,
    note_of_missing,
)
from embeddings.records import Draft

# Where programs put their records, the first that holds some wins.
_LISTS = (
    *("articles", "items", "entries", "posts", "documents", "docs", "results", "records"),
    *("data", "hits", "response", "feed", "rows", "news", "stories"),
)
_DEEPEST = 3
_MOST_TOLD = 1000


def read_json(
    stream: BinaryIO, path: Path, columns: Mapping[str, str] | None = None
) -> Iterator[Draft | BadRecord | Note]:
    """A draft for each record with text, a bad record for each other.

    Before the first draft, a note of which key was taken for what. `columns` says which key is a
    field (``text``, ``title``, …) where names do not tell.
    """
    data = read_document(stream, path)
    try:
        whole = json.loads(decode(data, path))
    except json.JSONDecodeError as error:
        raise ArticleUnreadable(
            f"{show_path(path)} is not JSON ({clean_line(error.msg)}, line {error.lineno}); "
            "export it again, or name it .jsonl if it has one object a line"
        ) from error
    except (RecursionError, ValueError) as error:
        raise ArticleUnreadable(
            f"{show_path(path)} is JSON too deep or too large to read; export it as .jsonl"
        ) from error
    records = find_records(whole)
    is_feed = isinstance(whole, dict) and "jsonfeed.org" in str(whole.get("version", ""))
    found = 0
    missing = dict(columns or {})
    told: list[BadRecord] = []
    for number, record in enumerate(records, 1):
        where = f"record {number}"
        if not isinstance(record, dict):
            told.append(BadRecord(where, "not a JSON object; give it a title and a text"))
            continue
        if is_feed:
            record = _entry_of_feed(record, whole)
        drop_found(missing, record)
        draft = draft_of_record(record, where, columns)
        if isinstance(draft, BadRecord):
            told.append(draft)
        else:
            found += 1
            if found == 1 and not is_feed and (note := note_of_keys(record, columns)):
                yield note
            yield draft
        if number % 100 == 0:
            beat()
    if not found:
        why = (
            f"its first record: {told[0].reason}"
            if told
            else "it has no records: give a list of objects with a title and a text"
        )
        raise ArticleUnreadable(f"{show_path(path)} holds no articles; {why}")
    if missing:
        yield note_of_missing(missing)
    yield from told[:_MOST_TOLD]


def find_records(whole: object, depth: int = 0) -> list[Any]:
    """The list of records of an export, or the one record it is."""
    if isinstance(whole, list):
        return whole
    if not isinstance(whole, dict):
        return []
    for name in _LISTS if depth < _DEEPEST else ():
        inner = whole.get(name)
        if isinstance(inner, list) and any(isinstance(record, dict) for record in inner):
            return inner
        if isinstance(inner, dict) and (records := find_records(inner, depth + 1)) != [inner]:
            return records
    return [whole]


def _entry_of_feed(entry: dict[str, Any], feed: dict[str, Any]) -> dict[str, Any]:
    """A JSON feed's entry by our names, its HTML read."""
    marked = entry.get("content_html")
    authors = entry.get("authors") or entry.get("author") or feed.get("authors")
    return {
        "id": entry.get("id"),
        "title": entry.get("title"),
        "text": read_markup(marked) if isinstance(marked, str) else entry.get("content_text"),
        "published": entry.get("date_published"),
        "url": entry.get("url"),
        "author": authors if isinstance(authors, list) else [authors],
        "source": feed.get("title"),
        "language": entry.get("language") or feed.get("language"),
    }
