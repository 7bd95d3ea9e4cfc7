"""JSON Lines, one article a line: read as a stream, so a dump of any size fits in memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.bad_record import BadRecord
from embeddings.readers.cleaning import clean_line
from embeddings.readers.drafting import make_draft
from embeddings.readers.opening import show_path
from embeddings.records import Draft

MAX_LINE_BYTES = 16 * 1024 * 1024

# What other tools call our fields, the first present and not empty wins. Keys are compared
# without case, spaces, hyphens or underscores: "publishedAt" is "published_at".
_ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("id", "uid", "guid", "key"),
    "title": ("title", "headline", "name"),
    "text": ("text", "body", "content", "maintext", "fulltext", "articlebody", "article"),
    "published": (
        "published",
        "date",
        "publishedat",
        "datepublished",
        "publisheddate",
        "publicationdate",
        "pubdate",
    ),
    "source": ("source", "publisher", "sitename", "site", "outlet"),
    "author": ("author", "authors", "byline", "creator"),
    "url": ("url", "link", "canonicalurl", "sourceurl"),
    "language": ("language", "lang"),
}


def count_lines(path: Path) -> int:
    """The file's lines, or 1 where it cannot be read now: reading it will say why."""
    try:
        if not path.is_file():
            return 1
        with path.open("rb") as stream:
            return max(
                1, sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
            )
    except OSError:
        return 1


def read_jsonl(stream: BinaryIO, path: Path) -> Iterator[Draft | BadRecord]:
    """A draft for each good line and a bad record for each other; blank lines are passed over."""
    if stream.read(3) != b"\xef\xbb\xbf":
        stream.seek(0)
    number = 0
    records = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE_BYTES)
            yield BadRecord(f"line {number}", f"longer than {MAX_LINE_BYTES // 1024**2} MiB")
        elif line.strip():
            yield _read_line(line, number)
        else:
            continue
        records += 1
    if not records:
        raise ArticleUnreadable(
            f"{show_path(path)} has no records; write one JSON object a line, with its text"
        )


def _read_line(line: bytes, number: int) -> Draft | BadRecord:
    where = f"line {number}"
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return BadRecord(where, f"not UTF-8 (byte {error.start + 1})")
    except json.JSONDecodeError as error:
        return BadRecord(where, f"not JSON ({clean_line(error.msg)}, column {error.colno})")
    except (RecursionError, ValueError):  # ValueError: a number of thousands of digits.
        return BadRecord(where, "JSON too deep or too large to read")
    if not isinstance(record, dict):
        return BadRecord(where, "not a JSON object")
    return _to_draft(record, where)


def _to_draft(record: dict[str, Any], where: str) -> Draft | BadRecord:
    named = {"".join(c for c in key.lower() if c not in " _-"): v for key, v in record.items()}
    fields = {name: clean_line(_first(named, name)) for name in _ALIASES if name != "text"}
    text = _first(named, "text", "\n\n")
    key = (
        fields.pop("id")
        or fields["url"]
        or hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
    )
    draft = make_draft(text, fields, fields_from="record", key=key)
    return draft or BadRecord(where, "no text (looked under the keys text, body and content)")


def _first(record: dict[str, Any], field: str, joint: str = ", ") -> str:
    values = (_say(record.get(alias), joint) for alias in _ALIASES[field])
    return next((value for value in values if value.strip()), "")


def _say(value: object, joint: str) -> str:
    """A JSON value as text: lists joined, an object by its name, null and the rest empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else ""
    if isinstance(value, list):
        return joint.join(s for v in value if isinstance(v, str | dict) and (s := _say(v, joint)))
    if isinstance(value, dict):
        name = value.get("name")
        return name if isinstance(name, str) else ""
    return ""
