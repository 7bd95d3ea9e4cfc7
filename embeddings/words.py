"""From a question to an FTS5 expression: its words, quoted, any of them.

Quoting leaves FTS5's own syntax no way in; stop words are left out where others remain,
because they match everything and say nothing. Where a script has no spaces, runs of neighbouring
letters stand for words (`unspaced`).
"""

from __future__ import annotations

import re

from embeddings.unspaced import MARKS, spaced, split_word

MOST_WORDS = 64
WORD = re.compile(rf"\w[\w{MARKS}]*", re.UNICODE)

_STOP_WORDS = """
a about above after again all also am an and any are as at be because been before being below
between both but by can could d did do does doing down during each few for from further had has
have having he her here hers him his how i if in into is it its itself just ll m me more most my
no nor not now of off on once only or other our ours out over own re s same she should so some
such t than that the their theirs them then there these they this those through to too under
until up ve very was we were what when where which while who whom whose why will with would you
your yours
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


def content_words(text: str) -> list[str]:
    """The text's words in lower case, in order, without stop words, each once."""
    return [word for word in _each_once(text) if word not in STOP_WORDS]


def quoted_words(text: str) -> list[str]:
    """The text's content words, each an FTS5 phrase; stop words only where it has no other."""
    words = content_words(text) or _each_once(text)
    # A question a megabyte long would make FTS5 refuse; its first words decide.
    return [f'"{spaced(word).strip()}"' for word in words[:MOST_WORDS]]


def match_any(text: str) -> str | None:
    """An FTS5 expression for passages with any of the text's words; None where it has none."""
    return " OR ".join(quoted_words(text)) or None


def _each_once(text: str) -> list[str]:
    words = (part for word in WORD.findall(text.casefold()) for part in split_word(word))
    return list(dict.fromkeys(words))
