"""What is only polite: "sorry, when is it?" asks "when is it?", and "thanks" asks nothing."""

from __future__ import annotations

import re

from qa.nouns import AUXILIARY
from qa.otherwise import WH

_THANKS = r"(?:many )?thanks(?: (?:a lot|so much|very much|again))?|thank you(?: (?:so|very) much)?"
_HELLO = r"hello|hi|hey|good (?:morning|afternoon|evening)"
_SURE = rf"{_THANKS}|{_HELLO}|sorry|pardon|excuse me|ok|okay|please"
# These may be the question's own first word, but for a comma after them: "right whales".
_PERHAPS = r"oh|ah|well|right|great|cool|wow|nice|alright|fine|good|hm+|interesting|i see|got it"
_AHEAD = re.compile(
    rf"^(?:(?:{_SURE})\b[\s,.!;:…–—-]*|(?:{_PERHAPS})\b\s*[,.!;:…–—-]+\s*)+", re.IGNORECASE
)
_ASKS = re.compile(rf"(?:(?:and|but|so) )?(?:{WH})\b", re.IGNORECASE)
_HELPS = re.compile(rf"(?:(?:and|but|so) )?{AUXILIARY}\b", re.IGNORECASE)
_PAUSED = re.compile(r"[,.!;:…–—-]\s*$")
_ALONE = re.compile(
    rf"\W*(?:(?:{_SURE}|{_PERHAPS}|goodbye|bye|that[’']s all)\b\W*)+", re.IGNORECASE
)


def without_politeness(question: str) -> str:
    """The question without what is polite ahead of it; as it is where no question follows."""
    ahead = _AHEAD.match(question)
    if ahead is None:
        return question
    rest = question[ahead.end() :]
    # "Sorry was sung by whom?" is about a song.
    asks = _ASKS.match(rest) or (_PAUSED.search(ahead.group()) and _HELPS.match(rest))
    return rest if asks else question


def only_polite(said: str) -> str | None:
    """What to say to what is polite and asks nothing; None where there is more to it."""
    if not _ALONE.fullmatch(said):
        return None
    if re.search(r"\bthank", said, re.IGNORECASE):
        return "you are welcome, but that asks nothing"
    hello = re.match(rf"\W*(?:{_HELLO})\b", said, re.IGNORECASE)
    return "hello, but that asks nothing" if hello else "that asks nothing"
