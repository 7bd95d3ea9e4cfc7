"""JSON Lines, one article a line: read as a stream, so a dump of any size fits in memory."""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.bad_record import BadRecord
from embeddings.readers.cleaning import clean_line
from embeddings.readers.decoding import refuse_known_binary
from embeddings.readers.drafting import make_draft
from embeddings.readers.opening import show_path
from embeddings.records import Draft

MAX_LINE_BYTES = 16 * 1024 * 1024
# This many from the start, and the file is something else under a wrong name.
_NOT_TEXT_RECORDS = 5
_NOT_UTF_8 = "not UTF-8"

# What other tools call our fields, the first present and not empty wins. Keys are compared
# without case, spaces, hyphens or underscores: "publishedAt" is "published_at".
_ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("id", "uid", "guid", "key"),
    "title": (
        *("title", "headline", "name", "webtitle"),
        *("titel", "überschrift", "schlagzeile", "titre", "título", "titulo", "titolo"),
    ),
    "text": (
        *("text", "body", "content", "maintext", "fulltext", "articlebody", "article"),
        *("bodytext", "articletext", "articlecontent", "storytext", "cleantext", "rawtext"),
        *("inhalt", "volltext", "artikeltext", "texte", "contenu", "texto", "contenido", "testo"),
    ),
    # What says when it was changed counts where nothing says when it was published.
    "published": (
        *("published", "date", "publishedat", "datepublished", "publisheddate"),
        *("publicationdate", "pubdate", "publishdate", "webpublicationdate", "publishedon"),
        *("datum", "veröffentlicht", "fecha", "datepublication"),
        *("modified", "updated", "datemodified", "modifiedat", "updatedat", "lastmodified"),
    ),
    "source": (
        *("source", "publisher", "sitename", "site", "outlet"),
        *("quelle", "fuente", "fonte", "bron"),
    ),
    "author": ("author", "authors", "byline", "creator", "autor", "auteur", "autore"),
    "url": ("url", "link", "canonicalurl", "sourceurl", "weburl"),
    "language": ("language", "lang", "sprache", "langue", "idioma"),
}
# Where search engines and programs for content put the record itself.
_WRAPPINGS = ("_source", "fields", "attributes")


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
    """A draft for each good line and a bad record for each other; blank lines are passed over.

    Where the file opens with several lines that are not text, it is not JSON Lines: it is told
    once, and not by the line.
    """
    refuse_known_binary(stream.read(16), path)
    stream.seek(0)
    if stream.read(3) != codecs.BOM_UTF8:
        stream.seek(0)
    held: list[Draft | BadRecord] = []  # While no record has been text; none after.
    opening = True
    records = 0
    for record, is_text in _read_records(stream):
        records += 1
        opening = opening and not is_text
        if not opening:
            yield from held
            held.clear()
            yield record
            continue
        held.append(record)
        if len(held) == _NOT_TEXT_RECORDS:
            raise _not_text(path)
    if any(not _is_undecodable(record) for record in held):  # NUL bytes, then.
        raise _not_text(path)
    yield from held
    if not records:
        raise ArticleUnreadable(
            f"{show_path(path)} has no records; write one JSON object a line, with its text"
        )


def _not_text(path: Path) -> ArticleUnreadable:
    return ArticleUnreadable(
        f"{show_path(path)} is not UTF-8 text from its first line on; "
        "save it as UTF-8, one JSON object a line"
    )


def _read_records(stream: BinaryIO) -> Iterator[tuple[Draft | BadRecord, bool]]:
    """What each line that is not blank gives, and whether the line is text at all."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        is_text = b"\0" not in line
        if len(line) > MAX_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE_BYTES)
            reason = f"longer than {MAX_LINE_BYTES // 1024**2} MiB"
            yield BadRecord(f"line {number}", reason), is_text
        elif line.strip():
            record = _read_line(line, number)
            yield record, is_text and not _is_undecodable(record)


def _is_undecodable(record: Draft | BadRecord) -> bool:
    return isinstance(record, BadRecord) and record.reason.startswith(_NOT_UTF_8)


def _read_line(line: bytes, number: int) -> Draft | BadRecord:
    where = f"line {number}"
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return BadRecord(where, f"{_NOT_UTF_8} (byte {error.start + 1})")
    except json.JSONDecodeError as error:
        return BadRecord(where, f"not JSON ({clean_line(error.msg)}, column {error.colno})")
    except (RecursionError, ValueError):  # ValueError: a number of thousands of digits.
        return BadRecord(where, "JSON too deep or too large to read")
    if not isinstance(record, dict):
        return BadRecord(where, "not a JSON object")
    return draft_of_record(record, where)


def draft_of_record(record: dict[str, Any], where: str) -> Draft | BadRecord:
    """The article of one record of an export, whatever the program called its fields."""
    named = {_folded(key): value for key, value in _unwrapped(record).items()}
    fields = {name: clean_line(_first(named, name)) for name in _ALIASES if name != "text"}
    text = _first(named, "text", "\n\n")
    key = (
        fields.pop("id")
        or fields["url"]
        or hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
    )
    draft = make_draft(text, fields, fields_from="record", key=key)
    return draft or BadRecord(where, "no text (looked under the keys text, body and content)")


def _unwrapped(record: dict[str, Any]) -> dict[str, Any]:
    """The record with what lies in a wrapping of it, where nothing of that name lies outside."""
    for name in _WRAPPINGS:
        if isinstance(inner := record.get(name), dict):
            return {**inner, **{key: record[key] for key in record if key != name}}
    return record


def rank_of_key(key: str) -> tuple[int, str] | None:
    """Which of our fields a key or a column's name is, after how surely, the least first; None
    where it is none."""
    folded = _folded(key)
    for field, names in _ALIASES.items():
        if folded in names:
            return names.index(folded), field
    return None


def _folded(key: str) -> str:
    return "".join(c for c in key.lower() if c not in " _-")


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
        name = value.get("name") or value.get("main")
        return name if isinstance(name, str) else ""
    return ""
