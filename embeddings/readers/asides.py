"""What a page sets between a story's paragraphs: credits, calls to subscribe, links, notes.

They are no sentences of the story, and were cited as if they were. Only what is unmistakable on
its own goes: a whole line, a picture's credit at the end of its caption, or the last sentences of
a line. A line that quotes somebody stays, and so do captions and corrections. Where little else
would be left, everything stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from embeddings.readers.aside_rules import (
    CALL,
    CONTRIBUTORS,
    CREDIT,
    CREDIT_AT_END,
    FOLLOW,
    FROM_FILES,
    HINTS,
    LINK,
    NOTE,
    PITCH,
)
from embeddings.readers.cleaning import has_words, single_spaced
from embeddings.readers.pulse import beat
from embeddings.sentences import split_sentences

# Longer lines are prose, or a whole page in one line.
_LONGEST_LINE = 600
# Of a text that is mostly such lines, a list of links, they are what it says.
_LEAST_LEFT = 0.5
_LINES_A_BEAT = 1_000
_MARKS = " -–—−|•·*>►▶♦■●…_"

# A newsletter's name in quotation marks quotes nobody.
_NAMED = re.compile(r"[“\"'‘](?:[^“”\"'‘’.!?]|(?<=\w)['’](?=\w)){1,50}[”\"'’]")
_QUOTED = re.compile('["“”«»„]')
_ENDED = re.compile(r"[.!?:;…。！？”\"’)\]]\s*$")


def drop_asides(text: str, *, spares_first: bool = True) -> str:
    """The tidy text without what its page set between the paragraphs of the story.

    `spares_first` leaves the first line, which may be its only headline.
    """
    lines = text.split("\n")
    # Few of them stand in any one text, and each is looked for in every line of it.
    hints = _hints_in(text)
    kept: list[str] = []
    for at, line in enumerate(lines):
        if at % _LINES_A_BEAT == 0:
            beat()
        if (
            (at == 0 and spares_first)
            or len(line) > _LONGEST_LINE
            or not line
            or _is_within(lines, at)
        ):
            kept.append(line)
        elif left := without_aside(line, hints):
            kept.append(left)
    if len(kept) == len(lines) and kept == lines:
        return text
    whole = _one_blank_line("\n".join(kept))
    return whole if len(whole) >= _LEAST_LEFT * len(text) else text


def without_aside(line: str, hints: Sequence[str] = HINTS) -> str:
    """The line as it is, without the credit or the last sentences that are not of the story, or
    empty, where none of it is. `hints` are those that may stand in it."""
    lowered = line.lower()
    for hint in hints:
        if hint in lowered:
            break
    else:
        return line
    words = single_spaced(line).strip(_MARKS)
    bare = words.rstrip(".!: ")
    if FROM_FILES.fullmatch(words):
        return ""
    if (found := CREDIT_AT_END.search(line.rstrip())) and _begins_sentence(line, found):
        return line[: found.start()].rstrip()
    if CREDIT.fullmatch(words) or CREDIT.fullmatch(bare):
        return ""
    bracketed = words[1:-1].strip() if words.startswith(("(", "[")) and words[-1] in ")]" else words
    # A headline that is linked may quote.
    if any(LINK.fullmatch(whole) for whole in (words, bracketed, _ended(bracketed))):
        return ""
    if any(CONTRIBUTORS.fullmatch(whole) for whole in (bare, bracketed.rstrip(".!: "))):
        return ""
    if _QUOTED.search(_NAMED.sub("", words)):
        return line
    return _without_last(line, bracketed)


def _hints_in(text: str) -> list[str]:
    lowered = text.lower()
    return [hint for hint in HINTS if hint in lowered]


def _without_last(line: str, words: str) -> str:
    """The line without the run of sentences at its end that is a call or a note."""
    said = [words[s.start : s.end] for s in split_sentences(words)]
    of_page = [_is_of_page(sentence) for sentence in said]
    if not any(of_page):
        return line
    first = of_page.index(True)
    # After a call stands what it offers; before it, what it asks.
    after = all(of_page[first:]) or (first == 0 and bool(CALL.fullmatch(_bare(said[0]))))
    if not after:
        return line
    while first and _is_pitch(said[first - 1]):
        first -= 1
    if first == 0:
        return ""
    cut = line.find(said[first])
    return line[:cut].rstrip() if cut > 0 and has_words(line[:cut]) else line


def _begins_sentence(line: str, found: re.Match[str]) -> bool:
    """Whether the credit found is no part of a sentence, as after "with Gov."."""
    credit = found[0].lstrip()
    start = found.end() - len(credit)
    return credit.startswith("(") or any(s.start == start for s in split_sentences(line))


def _is_of_page(sentence: str) -> bool:
    bare = _bare(sentence)
    return any(rule.fullmatch(bare) for rule in (CALL, NOTE, FOLLOW, CONTRIBUTORS))


def _ended(words: str) -> str:
    """Without its full stop, where it is a short call; a headline has none, and a sentence has."""
    return words.rstrip(".!: ") if ":" not in words.rstrip(".!: ") else words


def _bare(sentence: str) -> str:
    return sentence.strip(_MARKS + "()[]").rstrip(".!: ")


def _is_pitch(sentence: str) -> bool:
    return PITCH.fullmatch(sentence.strip(_MARKS)) is not None


def _is_within(lines: Sequence[str], at: int) -> bool:
    """Whether the line is in the midst of a sentence that was wrapped."""
    before = lines[at - 1] if at else ""
    after = lines[at + 1] if at + 1 < len(lines) else ""
    return bool(before and not _ENDED.search(before) and len(before) > 50) or after[:1].islower()


def _one_blank_line(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
