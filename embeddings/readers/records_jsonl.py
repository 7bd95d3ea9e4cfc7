"""JSON Lines, one article a line: read as a stream, so a dump of any size fits in memory."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.bad_record import BadRecord
from embeddings.readers.cleaning import clean_line
from embeddings.readers.decoding import refuse_known_binary
from embeddings.readers.note import Note
from embeddings.readers.opening import show_path
from embeddings.readers.record import (
    draft_of_record,
    drop_found,
    note_of_keys,
    note_of_missing,
)
from embeddings.records import Draft

MAX_LINE_BYTES = 16 * 1024 * 1024
# This many from the start, and the file is something else under a wrong name.
_NOT_TEXT_RECORDS = 5
_NOT_UTF_8 = "not UTF-8"
_MEND = 'write {"title": "…", "text": "…"} on that line'
_SAVE = "save its text as a .txt of its own"


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


def read_jsonl(
    stream: BinaryIO, path: Path, columns: Mapping[str, str] | None = None
) -> Iterator[Draft | BadRecord | Note]:
    """A draft for each good line and a bad record for each other; blank lines are passed over.

    Before the first draft, a note of which key was taken for what. `columns` says which key is a
    field (``text``, ``title``, …) where names do not tell.

    Where the file opens with several lines that are not text, it is not JSON Lines: it is told
    once, and not by the line.
    """
    refuse_known_binary(stream.read(16), path)
    stream.seek(0)
    if stream.read(3) != codecs.BOM_UTF8:
        stream.seek(0)
    held: list[Draft | BadRecord | Note] = []  # While no record has been text; none after.
    opening = True
    records = 0
    for record, is_text in _read_records(stream, columns):
        records += not isinstance(record, Note)
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


def _read_records(
    stream: BinaryIO, columns: Mapping[str, str] | None
) -> Iterator[tuple[Draft | BadRecord | Note, bool]]:
    """What each line that is not blank gives, and whether the line is text at all."""
    number = 0
    is_first = True
    missing = dict(columns or {})
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        is_text = b"\0" not in line
        if len(line) > MAX_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE_BYTES)
            reason = f"longer than {MAX_LINE_BYTES // 1024**2} MiB; {_SAVE}"
            yield BadRecord(f"line {number}", reason), is_text
        elif line.strip():
            record = _read_line(line)
            if isinstance(record, dict):
                drop_found(missing, record)
                read = draft_of_record(record, f"line {number}", columns)
                if is_first and isinstance(read, Draft):
                    is_first = False
                    if note := note_of_keys(record, columns):
                        yield note, is_text
            else:
                read = BadRecord(f"line {number}", record)
            yield read, is_text and not _is_undecodable(read)
    if missing and not is_first:
        yield note_of_missing(missing), True


def _is_undecodable(record: Draft | BadRecord | Note) -> bool:
    return isinstance(record, BadRecord) and record.reason.startswith(_NOT_UTF_8)


def _read_line(line: bytes) -> dict[str, Any] | str:
    """The line's record; a word of complaint where it holds none."""
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return f"{_NOT_UTF_8} (byte {error.start + 1}); save the file as UTF-8"
    except json.JSONDecodeError as error:
        return f"not JSON ({clean_line(error.msg)}, column {error.colno}); {_MEND}"
    except (RecursionError, ValueError):  # ValueError: a number of thousands of digits.
        return f"JSON too deep or too large to read; {_SAVE}"
    return record if isinstance(record, dict) else f"not a JSON object; {_MEND}"
