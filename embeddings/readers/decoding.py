"""Bytes to text: byte-order marks, then UTF-8, then the best guess; and binary files refused."""

from __future__ import annotations

import codecs
from pathlib import Path

from embeddings.errors import ArticleUnreadable
from embeddings.readers.opening import show_path

# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive (or an office document)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"SQLite format 3\x00", "a database"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
)
# What browsers read under these names, which pages give for the encodings around them.
_LABELS = {
    **dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "x-sjis"), "cp932"),
    "iso-8859-9": "cp1254",
}
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# The guess is made on this much; the whole file is then decoded with it.
_SAMPLE_BYTES = 256 * 1024
# Text has few control bytes even when its encoding is unknown; a binary is full of them.
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\r\f\x1b\b\v")
_BINARY_SHARE = 0.02


def decode(data: bytes, path: Path, declared: str | None = None) -> str:
    """The text of a file. `declared` is the encoding it claims, believed after UTF-8."""
    refuse_known_binary(data, path)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.removeprefix(codecs.BOM_UTF8).decode(encoding, "replace")
    if text := _decode_unmarked_utf16(data):
        return text
    if not _is_binary(data):
        if text := _decode_utf8(data):
            return text
        for name in (declared and _LABELS.get(declared.lower(), declared), _guess(data)):
            if name and (text := _decode_as(name, data)):
                return text
    raise ArticleUnreadable(
        f"{show_path(path)} is not text in any known encoding; save it as UTF-8"
    )


def refuse_known_binary(data: bytes, path: Path) -> None:
    """Says what a file is whose first bytes tell that it is not text."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise ArticleUnreadable(
                f"{show_path(path)} is {kind} and not text, whatever its name says; "
                "rename it to what it is, or save its text"
            )


def _decode_utf8(data: bytes) -> str:
    """The text when it is UTF-8 but for a few damaged bytes; empty when it is something else."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    damaged = text.count(_REPLACEMENT)
    sound = sum(not c.isascii() for c in text) - damaged
    return text if damaged * 10 <= sound else ""


def _decode_as(name: str, data: bytes) -> str:
    """The text in that encoding; empty where it is none, or is not this file's."""
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        pass
    except (LookupError, ValueError, TypeError):  # No such encoding; or "hex", not of text.
        return ""
    text = data.decode(name, "replace")
    return text if text.count(_REPLACEMENT) <= len(text) // 100 else ""


def _is_binary(data: bytes) -> bool:
    sample = data[:_SAMPLE_BYTES]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls > max(2, _BINARY_SHARE * len(sample))


def _decode_unmarked_utf16(data: bytes) -> str:
    """UTF-16 without its mark: mostly Latin text shows as a zero in every second byte."""
    sample = data[:_SAMPLE_BYTES]
    if len(data) % 2 or len(sample) < 8:
        return ""
    for encoding, zeros, letters in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        half = len(sample) // 2
        if sample[zeros::2].count(0) > 0.7 * half and not sample[letters::2].count(0):
            return _decode_as(encoding, data)
    return ""


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    sample = data[:_SAMPLE_BYTES]
    if len(data) > _SAMPLE_BYTES:  # Whole lines, so that no character is cut in two.
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    found = from_bytes(sample)
    best = found.best()
    if best is None:
        return None
    # Short Western text is as good in several encodings: the commonest by far breaks the tie.
    ties = [m for m in found if (m.chaos, m.coherence) == (best.chaos, best.coherence)]
    return "cp1252" if any(m.encoding == "cp1252" for m in ties) else best.encoding
