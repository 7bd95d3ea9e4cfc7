"""Scripts that are written without spaces between words, made searchable word by word.

Nothing here knows the words of Chinese, Japanese, Thai, Lao, Khmer or Burmese. The index holds each
letter by itself, and a question asks for runs of neighbouring letters, which stand for words well
enough to search by and need no dictionary (`benchmarks/languages.py`). Korean has spaces.
"""

from __future__ import annotations

import functools
import re
import unicodedata

# Vowel signs and tone marks belong to the letter before them; Python's \w leaves them out.
MARKS = "".join(
    chr(code) for code in range(0x0300, 0x1800) if unicodedata.category(chr(code)).startswith("M")
) + "".join(map(chr, range(0x3099, 0x309B)))

# As numbers: written out, some would be taken for their look-alikes.
_WIDE = (
    r"\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"  # Kana.
    r"\u3105-\u312f\u31f0-\u31ff\uff66-\uff9f"  # Bopomofo, and kana of other widths.
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han.
)
_NARROW = (
    r"\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46"  # Thai.
    r"\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd\u0ec0-\u0ec6\u0edc-\u0edf"  # Lao.
    r"\u1780-\u17b3\u1000-\u102a\u103f\u1050-\u1055"  # Khmer, Burmese.
)
_WIDE_LETTER = f"[{_WIDE}][{MARKS}]*"
_NARROW_LETTER = f"[{_NARROW}][{MARKS}]*"


@functools.cache
def _letter() -> re.Pattern[str]:
    # Made when a text needs it: these two took 5 ms of each first question in English.
    return re.compile(f"{_WIDE_LETTER}|{_NARROW_LETTER}")


@functools.cache
def _run() -> re.Pattern[str]:
    return re.compile(f"(?P<wide>(?:{_WIDE_LETTER})+)|(?:{_NARROW_LETTER})+")


# A Han character says about as much as a syllable, a Thai letter less.
_WIDE_NEIGHBOURS, _NARROW_NEIGHBOURS = 2, 3


def spaced(text: str) -> str:
    """The text with a space on both sides of each such letter; the same text where it has none."""
    return _letter().sub(r" \g<0> ", text) if _has_any(text) else text


def split_word(word: str) -> list[str]:
    """A word's parts: runs of neighbouring letters where it has no spaces, else the word itself."""
    if not _has_any(word):
        return [word]
    parts: list[str] = []
    at = 0
    for run in _run().finditer(word):
        parts.append(word[at : run.start()])
        letters = _letter().findall(run.group())
        size = min(_WIDE_NEIGHBOURS if run["wide"] else _NARROW_NEIGHBOURS, len(letters))
        parts += ["".join(letters[i : i + size]) for i in range(len(letters) - size + 1)]
        at = run.end()
    parts.append(word[at:])
    return [part for part in parts if part]


def _has_any(text: str) -> bool:
    return not text.isascii() and _letter().search(text) is not None
