"""Letters (EML) and boxes of them (MBOX) to articles, one a letter."""

from __future__ import annotations

import email
import email.policy
import email.utils
import hashlib
import io
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import BinaryIO, cast

from embeddings.errors import ArticleUnreadable
from embeddings.readers.bad_record import BadRecord
from embeddings.readers.cleaning import clean_line, has_words
from embeddings.readers.decoding import decode
from embeddings.readers.drafting import make_draft
from embeddings.readers.guard import guarded
from embeddings.readers.markup import read_markup
from embeddings.readers.note import Note
from embeddings.readers.opening import read_document, show_path
from embeddings.readers.pulse import beat
from embeddings.records import Draft

MAX_MESSAGE_BYTES = 32 * 1024 * 1024
_MOST_PARTS = 200
_MOST_HEADER_CHARS = 8192


class _Bounded(email.policy.EmailPolicy):
    """Headers as they are, but for the ends of endless ones: parsing those takes for ever."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_MOST_HEADER_CHARS]


_BOUNDED = _Bounded()


def read_eml(stream: BinaryIO, path: Path) -> Iterator[Draft | BadRecord | Note]:
    """The letter's article, then those of the files it carries."""
    data = read_document(stream, path, MAX_MESSAGE_BYTES)
    found = 0
    for draft in _read_message(data, path):
        found += 1
        yield draft
    if not found:
        raise ArticleUnreadable(f"{show_path(path)} has no words to read; save its text as .txt")


def read_mbox(stream: BinaryIO, path: Path) -> Iterator[Draft | BadRecord | Note]:
    """A draft a letter, read as a stream; letters without words are told."""
    number = 0
    for number, data in enumerate(_messages(stream, path), 1):
        beat()
        where = f"letter {number}"
        if len(data) > MAX_MESSAGE_BYTES:
            reason = f"longer than {MAX_MESSAGE_BYTES // 1024**2} MiB; save its text as .txt"
            yield BadRecord(where, reason)
            continue
        key = ""
        try:
            for found in _read_message(data, path):
                key = key or (found.key if isinstance(found, Draft) else where)
                if isinstance(found, BadRecord):
                    found = BadRecord(f"{where} {found.where}", found.reason)
                yield found
        except ArticleUnreadable as error:
            yield BadRecord(where, str(error).removeprefix(f"{show_path(path)} "))
            continue
        if not key:
            yield BadRecord(where, "no words to read; save its text as .txt, if it has any")
    if not number:
        raise ArticleUnreadable(
            f"{show_path(path)} has no letters; a mailbox begins each with a line “From …”"
        )


def _messages(stream: BinaryIO, path: Path) -> Iterator[bytes]:
    """Each letter's bytes. A line "From " begins one, at the start or after a blank line."""
    lines: list[bytes] = []
    size = 0
    blank, begun = True, False
    while line := stream.readline(1024 * 1024):
        if blank and line.startswith(b"From "):
            if begun:
                yield b"".join(lines)
            lines, size, begun = [], 0, True
        elif begun and size <= MAX_MESSAGE_BYTES:
            lines.append(line[1:] if line.startswith(b">From ") else line)
            size += len(line)
        elif not begun and line.strip():
            raise ArticleUnreadable(
                f"{show_path(path)} is not a mailbox; one begins with a line “From …”"
            )
        blank = not line.strip()
    if begun:
        yield b"".join(lines)


def _read_message(data: bytes, path: Path) -> Iterator[Draft | BadRecord | Note]:
    from embeddings.readers import is_supported, read_part

    with guarded(path, "letter"):
        message = cast(EmailMessage, email.message_from_bytes(data, policy=_BOUNDED))
        fields = _read_fields(message)
        draft = make_draft(
            _body(message, path), fields, fields_from="letter", key=_key(message, data)
        )
        files = list(_files(message)) if message.is_multipart() else []
    if draft is not None:
        yield draft
    for name, content in files:
        if is_supported(Path(name)) and content:
            yield from read_part(io.BytesIO(content), path / Path(name).name, name)


def _read_fields(message: EmailMessage) -> dict[str, str | None]:
    name, address = email.utils.parseaddr(_header(message, "From"))
    date = _header(message, "Date")
    try:
        day: str | None = email.utils.parsedate_to_datetime(date).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        day = None
    return {
        "title": _header(message, "Subject"),
        "author": name or address,
        "published": day,
        "source": email.utils.parseaddr(_header(message, "List-Id"))[0] or None,
    }


def _header(message: EmailMessage, name: str) -> str:
    """A header as text; empty where it is absent or so damaged that it cannot be read."""
    try:
        return clean_line(str(message.get(name) or ""))
    except Exception:  # noqa: BLE001 - the standard library raises all sorts on damaged headers.
        return ""


def _key(message: EmailMessage, data: bytes) -> str:
    return _header(message, "Message-ID") or hashlib.sha256(data).hexdigest()[:32]


def _body(message: EmailMessage, path: Path) -> str:
    """The letter's text: as it was written plain, or else from its HTML."""
    plain: list[str] = []
    marked: list[str] = []
    for part in _parts(message):
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html"):
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or not content.strip():
            continue
        text = decode(content, path, part.get_content_charset())
        (plain if kind == "text/plain" else marked).append(text)
    said = "\n\n".join(plain)
    return said if has_words(said) else "\n\n".join(read_markup(text) for text in marked)


def _files(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    for part in _parts(message):
        name = clean_line(part.get_filename() or "")
        if name and part.get_content_disposition() == "attachment" and not part.is_multipart():
            content = part.get_payload(decode=True)
            yield name, content if isinstance(content, bytes) else b""


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The letter's parts, not by recursion, and not without end."""
    waiting = [message]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        yield part
        payload = part.get_payload()
        if part.is_multipart() and isinstance(payload, list):
            waiting[:0] = cast("list[EmailMessage]", payload)
