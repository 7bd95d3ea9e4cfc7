"""Tables (CSV, TSV) to articles, one a row: columns known by their names, or by what they hold."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.bad_record import BadRecord
from embeddings.readers.cleaning import clean_line
from embeddings.readers.decoding import decode, refuse_known_binary
from embeddings.readers.note import Note
from embeddings.readers.opening import show_path
from embeddings.readers.pulse import beat
from embeddings.readers.record import draft_of_record, rank_of_key
from embeddings.records import Draft

MAX_CELL_CHARS = 16 * 1024 * 1024
_SAMPLE_BYTES = 256 * 1024
_SAMPLE_ROWS = 50
# Shorter cells are names and not stories.
_STORY_CHARS = 80


def read_csv(
    stream: BinaryIO, path: Path, columns: Mapping[str, str] | None = None
) -> Iterator[Draft | BadRecord | Note]:
    """A draft for each row with text, then a note of which column was taken for what.

    `columns` says which column is a field (``text``, ``title``, …) where names do not tell.
    """
    encoding, delimiter = _sniff(stream, path)
    # The limit is the process's own; no lower one is wanted anywhere.
    csv.field_size_limit(MAX_CELL_CHARS)
    lines = io.TextIOWrapper(stream, encoding, errors="replace", newline="")
    try:
        rows = csv.reader(_without_nul(lines), delimiter=delimiter)
        names = [clean_line(name) for name in _next_row(rows, path) or []]
        sample = [row for _, row in zip(range(_SAMPLE_ROWS), _good_rows(rows), strict=False)]
        fields = _choose(names, sample, columns or {}, path)
        yield Note(", ".join(f"{f} from column “{names[at]}”" for f, at in fields.items()))
        found = 0
        for number, row in enumerate(itertools.chain(sample, _good_rows(rows)), 2):
            if number % 100 == 0:
                beat()
            if isinstance(row, str):
                yield BadRecord(f"row {number}", row)
                continue
            if not any(cell.strip() for cell in row):
                continue
            record = {f: row[at] for f, at in fields.items() if at < len(row)}
            draft = draft_of_record(record, f"row {number}")
            if isinstance(draft, Draft):
                found += 1
                yield draft
            else:
                yield BadRecord(
                    draft.where,
                    f"no text in its column “{names[fields['text']]}”; fill it in, or name "
                    "another with --columns text=NAME",
                )
        if not found:
            raise ArticleUnreadable(f"{show_path(path)} has no row with text; check its columns")
    finally:
        lines.detach()


def _sniff(stream: BinaryIO, path: Path) -> tuple[str, str]:
    """The file's encoding and what parts its cells, told from its beginning."""
    sample = stream.read(_SAMPLE_BYTES)
    stream.seek(0)
    refuse_known_binary(sample, path)
    if not sample.strip():
        raise ArticleUnreadable(f"{show_path(path)} is empty; save the table again")
    text = decode(sample[: sample.rfind(b"\n") + 1] or sample, path)
    encoding = _encoding_of(sample, text)
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    counts = {mark: first.count(mark) for mark in ("\t", ",", ";", "|")}
    best = max(counts, key=lambda mark: counts[mark])
    return encoding, best if counts[best] else ","


def _encoding_of(sample: bytes, text: str) -> str:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for name in ("utf-8-sig", "cp1252"):
        whole = sample[: sample.rfind(b"\n") + 1] or sample
        try:
            if whole.decode(name).lstrip("\ufeff") == text.lstrip("\ufeff"):
                return name
        except UnicodeDecodeError:
            continue
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best else "utf-8-sig"


def _without_nul(lines: io.TextIOWrapper) -> Iterator[str]:
    # By blocks, not lines: csv joins quoted ones itself, and a line may be endless.
    while line := lines.readline(MAX_CELL_CHARS):
        yield line.replace("\0", "")


def _next_row(rows: Iterator[list[str]], path: Path) -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        raise ArticleUnreadable(
            f"{show_path(path)} is not a table ({clean_line(str(error))}); export it again"
        ) from error


def _good_rows(rows: Iterator[list[str]]) -> Iterator[list[str] | str]:
    """The rows; a word of complaint in place of one that is none."""
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield f"not a row of the table ({clean_line(str(error))}); mend it"


def _choose(
    names: Sequence[str], sample: Sequence[list[str] | str], told: Mapping[str, str], path: Path
) -> dict[str, int]:
    """Which column is which field: as told, by name, and the text else by its length."""
    folded = [name.casefold() for name in names]
    fields: dict[str, int] = {}
    for field, name in told.items():
        if name.casefold() not in folded:
            raise ArticleUnreadable(
                f"{show_path(path)} has no column {name!r}; it has {', '.join(names)}"
            )
        fields[field] = folded.index(name.casefold())
    # The surer a name tells its field, the sooner: "updated" is no day where "published" is one.
    known = sorted((*rank, at) for at, name in enumerate(names) if (rank := rank_of_key(name)))
    for _, field, at in known:
        if field not in fields and at not in fields.values():
            fields[field] = at
    if "text" not in fields:
        rows = [row for row in sample if isinstance(row, list)]
        lengths = [
            (sum(len(row[at]) for row in rows if at < len(row)) / max(1, len(rows)), at)
            for at in range(len(names))
            if at not in fields.values()
        ]
        length, at = max(lengths, default=(0, 0))
        if length < _STORY_CHARS:
            raise ArticleUnreadable(
                f"{show_path(path)} has no column that is known to hold the text; name it with "
                f"--columns text=NAME (it has {clean_line(', '.join(names))[:200]})"
            )
        fields["text"] = at
    return fields
