"""Cut a text into sentences, as exact spans of it: what Dateline retrieves, reads and cites.

A full stop ends a sentence unless something says that it does not: a lower-case word after it,
an abbreviation or an initial before it, a list marker, a figure's label. Own rules, because
they cut where gold sentences do more often than the libraries that could be depended on
(`benchmarks/sentences.py` repeats the comparison), and keep every offset.

Line breaks. A blank line always ends a sentence. A single line break is white space where a
paragraph was wrapped, and an end where it was not: a line was wrapped if the word after the
break would not have fitted on it (`_is_wrapped`).

Length. A sentence longer than `LONGEST_SENTENCE` characters is cut after the last semicolon,
colon or dash of the second half of that length, or else after its last comma, at its last white
space, or at the limit, in this order; so that the windows built of sentences stay within a
model's limit whatever a file holds.

Work grows in proportion to the text: every look back or ahead from a full stop is bounded, or
reaches no further than the next one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from embeddings.abbreviations import (
    AFTER_CLOCK,
    BEFORE_NUMBER,
    CLOCK,
    LABELS,
    LINKS,
    OPEN,
    OPEN_CAPITALISED,
    PREPOSITIONS,
    SHOUTED_NAMES,
    SPEAKING,
    STARTERS,
    TITLES,
    TITLES_CAPITALISED,
)
from embeddings.records import Sentence

LONGEST_SENTENCE = 2_000

# How far an enumeration's next item may lie, and the longest word looked at before a full stop.
_ITEM_REACH = 1_000
_WORD_REACH = 40

# A text was wrapped if this share of its lines begins without a capital, and 9 in 10 lines are no
# longer than a width within these bounds. A line is full from this share of that width on.
_CONTINUED_SHARE = 0.3
_NARROWEST_WRAP, _WIDEST_WRAP = 40, 160
_FULL_SHARE = 0.9
_LINES_MEASURED = 5_000

_LINE = re.compile(r"\S(?:[^\n\r\v\f\x85\u2028\u2029]*\S)?")
_BLANK_LINE = re.compile(
    r"(?:\r\n|\r(?!\n)|[\n\v\x85\u2028])[^\S\n\r\v\x85\u2028]*[\n\r\v\x85\u2028]|[\f\u2029]"
)
_LIST_LINE = re.compile(r"[•⁃‣▪◦●■*-]\s|[–—]\s+[^\Wa-z]|\d{1,3}[.)]\s|[a-z]\)\s|[#>|]")

# Full stops with what closes the sentence along with them. The pattern always matches whole
# runs, so that a run is looked at once.
_STOP = re.compile(
    r"(?P<marks>[.!?…‽⁇⁈⁉]+(?:[ \xa0](?:\.+(?![.\w])|…(?!\w)))*|(?P<wide>[。！？｡।॥؟۔።፧։။]+))"
    r"(?P<closers>(?:[\"'”’)\]}»›」』）】》〉]|[ \xa0\u202f][»”](?!\w)|“(?!\w)"
    r"|\s?\[(?:\d{1,3}|[a-z]|note \d{1,2}|citation needed)\])*)"
)
_NEXT = re.compile(
    r"\s*(?P<open>[\"'“”‘’„‚«‹(\[{¿¡*_]*)(?P<lead>(?:\.{2,}|…)(?=\w))?"
    r"(?P<dash>[-–—]*)\s*(?P<word>[^\W_]{0,40})(?P<more>\S?)"
)
_CITATION = re.compile(r"\s*\((?:[^().!?…。！？]|\.(?=\S|\s[a-z\d])){1,80}\)[.!?]")
_SPEAKER = re.compile(
    rf"\s+(?:(?:[A-Z][\w’'-]{{1,30}}|[A-Z]\.|(?:Mrs?|Ms|Dr|Sen|Rep|Gov)\.)\s+){{1,3}}(?:{SPEAKING})\b"
)
_GLUED = re.compile(r"[\"“‘(]?(?P<word>[A-Z][a-z]*)(?=[\s,’'])")
_MARKER = re.compile(
    r"(?:[•⁃‣▪◦●■*–-]\s*)?"
    r"(?:(?P<number>\d{1,3})|(?P<letter>[a-z])|\d{1,2}(?:\.\d{1,2}){1,3}|[A-Z]|[IVX]{2,5})"
    r"(?P<style>\.\)|[.)])(?=\s)"
)
_ACRONYM = re.compile(r"(?:[^\W\d_]{1,3}\.)+[^\W\d_]{1,3}")
_JOINT = re.compile(r"[-–—/(\[]")
_OPENERS = "\"'“”‘’„‚«‹([{<*_-–—/"
_CONTINUES = frozenset(["", *",;:)]}/=&+%.!?…"])
_DATELINE = re.compile(r"(?:\S+\s+){1,8}(?:[—–-]|--)")
_CLAUSE_ENDS = (re.compile(r"[;:]\s|[—–]|[；：]"), re.compile(r",\s|[，、]"), re.compile(r"\s"))


def is_dateline(line: str) -> bool:
    """Whether it is where a story was written, on a line of its own: "New York CNN Business —"."""
    return _DATELINE.fullmatch(line) is not None


def split_sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of `text`, in order: they hold all of it that is not white space."""
    return tuple(find_sentences(text))


def find_sentences(text: str) -> Iterator[Sentence]:
    """As `split_sentences`, one after the other."""
    for piece_start, piece_end in _pieces(text):
        for sentence_start, sentence_end in _sentences(text, piece_start, piece_end):
            for start, end in _shortened(text, sentence_start, sentence_end):
                yield Sentence(start, end)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Stretches that no sentence leaves: paragraphs, list items, lines that were not wrapped."""
    lines = [match.span() for match in _LINE.finditer(text)]
    if not lines:
        return
    blank = [
        _BLANK_LINE.search(text, line[1], following[0]) is not None
        for line, following in pairwise(lines)
    ]
    width = _wrap_width(text, [index for index, ends in enumerate(blank) if not ends], lines)
    start, end = lines[0]
    for ends, (line, following) in zip(blank, pairwise(lines), strict=True):
        if ends or not _is_wrapped(text, line, following, width):
            yield start, end
            start = following[0]
        end = following[1]
    yield start, end


def _wrap_width(text: str, breaks: list[int], lines: list[tuple[int, int]]) -> int:
    """The width that a text was wrapped to; 0 if it was not. `breaks`: the lines with one below.

    Sentences begin with capitals, so lines that often begin without one were wrapped.
    """
    breaks = breaks[:_LINES_MEASURED]
    continued = sum(not text[lines[index + 1][0]].isupper() for index in breaks)
    if not breaks or continued < _CONTINUED_SHARE * len(breaks):
        return 0
    lengths = sorted(lines[index][1] - lines[index][0] for index in breaks)
    width = lengths[len(lengths) * 9 // 10]
    return width if _NARROWEST_WRAP <= width <= _WIDEST_WRAP else 0


def _is_wrapped(text: str, line: tuple[int, int], following: tuple[int, int], width: int) -> bool:
    """Whether the break between two lines was made for want of room."""
    if _LIST_LINE.match(text, following[0]):
        return False
    first, last = text[following[0]], text[line[1] - 1]
    if first.islower() or last in ",;&-–—([":
        return True
    word = text[following[0] : following[0] + _WORD_REACH].split(None, 1)[0]
    return width > 0 and line[1] - line[0] + 1 + len(word) >= width * _FULL_SHARE


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    marker, item = _list_item(text, start, end)
    for stop in _STOP.finditer(text, start, end):
        while start < item < stop.end():
            yield start, _stripped(text, item)
            start = item
            marker, item = _list_item(text, start, end)
        if stop.end() <= marker:
            continue
        cut = _sentence_end(text, start, end, stop)
        if cut:
            yield start, cut
            start = cut
            while text[start].isspace():
                start += 1
            marker, item = _list_item(text, start, end)
    while start < item:
        yield start, _stripped(text, item)
        start = item
        marker, item = _list_item(text, start, end)
    yield start, end


def _list_item(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the list marker at `start` ends, and where the next item starts ("1) one 2) two")."""
    marker = _MARKER.match(text, start, end)
    if marker is None:
        return start, start
    if marker["number"]:
        successor = str(int(marker["number"]) + 1)
    elif marker["letter"] and marker["letter"] < "z":
        successor = chr(ord(marker["letter"]) + 1)
    else:
        return marker.end(), start
    bullet = re.escape(text[start]) + r"\s*" if not text[start].isalnum() else ""
    item = re.compile(rf"(?<=\s){bullet}{successor}{re.escape(marker['style'])}\s+[^\W\d_a-z]")
    found = item.search(text, marker.end(), min(end, start + _ITEM_REACH))
    return marker.end(), found.start() if found else start


def _stripped(text: str, end: int) -> int:
    while text[end - 1].isspace():
        end -= 1
    return end


def _sentence_end(text: str, start: int, end: int, stop: re.Match[str]) -> int:
    """Where the sentence from `start` ends, if it does so at this stop; otherwise 0."""
    at = stop.end()
    if at >= end:
        return 0
    if stop["wide"]:
        return 0 if stop["closers"] and text[at] in "とっ、，" else at
    if not text[at].isspace():
        return _glued_end(text, start, end, stop)
    tail = text[max(start, stop.start() - _WORD_REACH) : stop.start()]
    following = _NEXT.match(text, at, end)
    if following is None or not any(character.isalnum() for character in tail):
        return 0
    word, marks = following["word"], stop["marks"]
    if following["lead"]:
        return at
    if word[:1].islower() and not word[1:2].isupper():
        return at if word.startswith(("http", "www")) and following["more"] in (":", ".") else 0
    if not word and (following["dash"] or following["more"] in _CONTINUES):
        return 0  # `more` is empty, and so among them, where nothing follows but a stray quote.
    if "(" in following["open"] and _CITATION.match(text, at, end):
        return 0
    if len(marks) > 1 or marks == "…":
        return _ellipsis_end(text, stop, word)
    bare = _last_word(tail)
    if marks != ".":
        if bare.lower() in SHOUTED_NAMES and not stop["closers"]:
            return at if word in STARTERS else 0
        return 0 if stop["closers"] and _SPEAKER.match(text, at, end) else at
    return 0 if _abbreviates(text, start, stop, bare, following) else at


def _last_word(tail: str) -> str:
    """The word before a stop; of "mid-Sept", "Sept"; but "Jay-Z" is one word."""
    word = tail.split()[-1].lstrip(_OPENERS)
    part = _JOINT.split(word)[-1]
    return part if len(part) > 1 else word


def _ellipsis_end(text: str, stop: re.Match[str], word: str) -> int:
    marks = stop["marks"]
    if marks.strip(".… \xa0"):
        return stop.end()
    dots = marks.count(".") + 3 * marks.count("…")
    if dots == 3 and word == "I":
        return 0
    if marks in (". . . .", ". ...", ". …") and not text[stop.start() - 1].isspace() and word:
        # "He left. . . . They stayed": the full stop, then what was left out.
        return stop.start() + 1
    return stop.end()


def _glued_end(text: str, start: int, end: int, stop: re.Match[str]) -> int:
    """The end of a sentence whose next one follows without a space, if that is what this is."""
    before = text[max(start, stop.start() - _WORD_REACH) : stop.start()].split()[-1:]
    if not before or not before[0][-2:].isalpha() or not before[0][-2:].islower():
        return 0
    if any(sign in before[0] for sign in "./@#_:") or stop["marks"] not in (".", "?", "!"):
        return 0
    following = _GLUED.match(text, stop.end(), end)
    if following is None or following["word"] in ("Com", "Net", "Org", "Ai", "Js", "Io", "Co"):
        return 0
    if stop["closers"] == "'" or (
        stop["closers"] == '"' and text.count('"', start, stop.start()) % 2 == 0
    ):
        return stop.end("marks")
    return stop.end()


def _abbreviates(
    text: str, start: int, stop: re.Match[str], bare: str, following: re.Match[str]
) -> bool:
    """Whether a single full stop, a capital or a digit after it, only shortens its word."""
    if not bare:
        return False
    key, word = bare.lower(), following["word"]
    so_far = text[start : stop.start()].split(None, 4) if stop.start() - start < 60 else []
    if len(so_far) == 2 and so_far[0].lower() in LABELS and bare[0].isdigit():
        return True
    if key in LINKS or bare in TITLES_CAPITALISED:
        return True
    if key in TITLES:
        return not (bare.islower() and word in STARTERS)
    if word[:1].isdigit() and key in BEFORE_NUMBER:
        return True
    initial = len(bare) == 1 and bare.isalpha()
    acronym = _ACRONYM.fullmatch(bare) is not None
    if not (initial or acronym or key in CLOCK or key in OPEN or bare in OPEN_CAPITALISED):
        return False
    if following["dash"] or word[:1].isdigit():
        return True
    if following["open"] and following["open"][0] in '"“‘' and not (initial or acronym):
        return False
    if key in CLOCK and word:
        fronted = 1 < len(so_far) < 5 and so_far[0].lower() in PREPOSITIONS
        return fronted or word in AFTER_CLOCK or (len(word) > 1 and word.isupper())
    if word.isupper() and text[start : min(start + _WORD_REACH, stop.end())].isupper():
        word = word.capitalize()
    return word not in STARTERS


def _shortened(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence, cut where it is longer than `LONGEST_SENTENCE`."""
    while end - start > LONGEST_SENTENCE:
        cut = _place_to_cut(text, start)
        yield start, _stripped(text, cut)
        start = cut
        while text[start].isspace():
            start += 1
    yield start, end


def _place_to_cut(text: str, start: int) -> int:
    half, limit = start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE
    for pattern in _CLAUSE_ENDS:
        places = [match.end() for match in pattern.finditer(text, half, limit)]
        if places:
            return places[-1]
    cut = limit
    while cut > half and (unicodedata.combining(text[cut]) or "\u200d" in text[cut - 1 : cut + 1]):
        cut -= 1
    return cut
