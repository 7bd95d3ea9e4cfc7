"""Which line is the headline, and what to call an article that has none.

A headline that is missed stays in the text, where it does no harm; a sentence of the story
taken for one could never be cited. So a line is a headline only when it could hardly be
prose, and where none is found the text is left alone and only a title is made up.
"""

from __future__ import annotations

import re
from pathlib import Path

from embeddings.readers.cleaning import clean_line, has_words, is_boilerplate
from embeddings.sentences import is_dateline

TITLE_CHARS = 80
_HEADLINE_CHARS = 150
_HEADLINE_WORDS = range(2, 31)
# No hard-wrapped text has lines this long: the line is a paragraph of its own.
_PARAGRAPH_LINE_CHARS = 120
_WRAPPED_HEADLINE_LINES = 3
_STORY_WITHIN_LINES = 10

# A full stop after a word, and more after it: prose, and not "the U.S. Army".
_SENTENCE_BREAK = re.compile(r"(?:[^\W\d_A-Z]{3,}|\d)[.…]['\"’”)]*\s+\S")
_CLOSERS = "'\"’”)»"
_PROSE_ENDS = tuple(".,;:…-–—")
# "LAKE TAM — Is the water safe?": a place in capitals and a dash open a story.
_PLACE_OPENING = re.compile(r"[^\W\d_a-z][^a-z]{2,40} [-–—]{1,2} ")
_CAPTION = re.compile(
    r"\b(?:photo|image|picture|photograph|credit|caption)s?\s*[:/]"
    r"|\((?:photo|image|picture|file photo|ap photo|credit)\b"
    r"|\b(?:getty images|ap photo|shutterstock)\b|\b(?:afp|reuters)/|/(?:afp|reuters|ap)\b"
    r"|\((?:left|right|cent(?:er|re)|top|bottom|pictured|l|r|c)\)",
    re.IGNORECASE,
)

# Names that a file is given by a program or in haste, and that tell a reader nothing.
_UNTELLING = frozenset(
    {"article", "articles", "untitled", "document", "doc", "file", "text", "txt", "new", "copy"}
    | {"page", "index", "download", "downloads", "news", "story", "item", "export", "output"}
    | {"test", "note", "notes", "draft", "final", "clipping", "content", "data", "readme"}
)


def is_caption(line: str) -> bool:
    """Whether a line credits a picture or says who stands where in it."""
    return _CAPTION.search(line) is not None


def breaks_into_sentences(line: str) -> bool:
    """Whether a sentence ends inside the line and another begins."""
    return _SENTENCE_BREAK.search(line) is not None


def measure_headline(lines: list[str], at: int) -> int:
    """How many lines from `at` are a headline with a story after it; 0 when unsure."""
    end = at
    while end < len(lines) and lines[end].strip():
        end += 1
    block = [line.strip() for line in lines[at:end]]
    story_follows = any(_is_prose(line) for line in lines[end : end + _STORY_WITHIN_LINES])
    if len(block) == 1:
        return int(story_follows and looks_like_headline(block[0]))
    # The next line follows at once: paragraphs one to a line, a wrapped headline, or prose.
    if len(block[1]) >= _PARAGRAPH_LINE_CHARS and not block[1][0].islower():
        return int(looks_like_headline(block[0]))
    if not story_follows or len(block) > _WRAPPED_HEADLINE_LINES:
        return 0
    if block[1][0].islower():
        return len(block) if looks_like_headline(" ".join(block)) else 0
    return int(all(looks_like_headline(line) for line in block))


def may_be_sentence(headline: str) -> bool:
    """Whether a headline may as well be the story's first sentence: "Is the bridge safe?"."""
    return headline.rstrip(_CLOSERS).endswith(("?", "!"))


def looks_like_headline(line: str) -> bool:
    """Short, of several words, not ended like prose, and without a sentence break inside."""
    if len(line) > _HEADLINE_CHARS or len(line.split()) not in _HEADLINE_WORDS:
        return False
    if line.rstrip(_CLOSERS).endswith(_PROSE_ENDS) or breaks_into_sentences(line):
        return False
    if is_caption(line) or is_boilerplate(line) or _PLACE_OPENING.match(line):
        return False
    first = line.lstrip("“\"‘'«([")[:1]
    return first.isalnum() and not first.islower()


def _is_prose(line: str) -> bool:
    """A line that ends a sentence. A first line with none below it is a table's or a list's."""
    line = line.strip().rstrip(_CLOSERS)
    return len(line) >= _PARAGRAPH_LINE_CHARS or line.endswith((".", "!", "?", "。"))


def make_title(text: str, path: Path | None = None) -> str:
    """A title where none was found: a short first line, a telling file name, or the opening."""
    lines = [line.strip() for line in text.split("\n") if has_words(line)]
    first = clean_line(next((line for line in lines if not is_dateline(line)), lines[0]))
    first = first.lstrip("-–—•* ")
    if len(first) <= TITLE_CHARS:
        return first
    if path is not None and (title := _read_stem(path)):
        return title
    return shorten(first)


def shorten(line: str) -> str:
    """The first words of a line, 80 characters at most, with an ellipsis where it was cut."""
    if len(line) <= TITLE_CHARS:
        return line
    head = line[: TITLE_CHARS - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > TITLE_CHARS // 2 else head).rstrip(" ,;:-–—") + "…"


def _read_stem(path: Path) -> str | None:
    """A file's name as a title; None where it is a number, a digest or says nothing."""
    # A byte of the name that is not UTF-8 is a surrogate in it, and becomes U+FFFD here.
    words = re.split(r"[\s_\-+.]+", clean_line(path.stem).strip(" _-+."))
    while len(words) > 1 and words[0].isdigit():
        words.pop(0)
    telling = [w for w in words if len(w) > 2 and w.isalpha() and w.lower() not in _UNTELLING]
    if len(telling) < 2 and not (len(words) == 1 and telling and len(telling[0]) > 4):
        return None
    title = shorten(" ".join(words))
    return title[0].upper() + title[1:]
