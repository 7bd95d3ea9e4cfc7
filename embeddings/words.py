"""From a question to an FTS5 expression: its words, quoted, any of them.

Quoting leaves FTS5's own syntax no way in; stop words are left out where others remain,
because they match everything and say nothing.
"""

from __future__ import annotations

import re

MOST_WORDS = 64
WORD = re.compile(r"\w+", re.UNICODE)

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
    found = dict.fromkeys(word.casefold() for word in WORD.findall(text))
    return [word for word in found if word not in STOP_WORDS]


def match_any(text: str) -> str | None:
    """An FTS5 expression for passages with any of the text's words; None where it has none."""
    words = content_words(text) or list(
        dict.fromkeys(word.casefold() for word in WORD.findall(text))
    )
    # A question a megabyte long would make FTS5 refuse; its first words decide.
    return " OR ".join(f'"{word}"' for word in words[:MOST_WORDS]) or None
