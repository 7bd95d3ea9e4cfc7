"""Questions to begin with, made of the library's own sentences and kept only if it answers them.

A newcomer learns most from a question that works on the articles that are there. Sentences of a
few plain shapes are turned round by rule; the engine is then asked, and says which to show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from embeddings.errors import DatelineError
from embeddings.records import ArticleSummary
from qa.answer import Answer
from qa.output import one_line

if TYPE_CHECKING:
    from embeddings.library import Library

SEED_EXAMPLES = (
    "Where will Russian forces remain?",
    "When did the original Panama Canal open?",
    "Who developed the rinderpest vaccine?",
)
MOST_EXAMPLES = 3
MOST_ASKED = 9
MOST_ARTICLES = 30
_SENTENCES_AN_ARTICLE = 12
_MOST_WORDS = 13
_FEWEST_WORDS = 3

_NAME = r"(?:[A-Z][\w’'.-]*)(?: (?:of|de|van|von|al|bin|[A-Z][\w’'.-]*)){1,3}"
# Past forms that can stand after "who" as they are, and whose subject is a person or a body.
_DID = (
    r"(?:opened|founded|invented|discovered|designed|built|won|led|wrote|painted|directed|"
    r"developed|created|launched|counted|measured|established|signed|composed|published|"
    r"appointed|named|proposed|introduced|produced|patented|ordered|bought|sold|found|ran|"
    r"defeated|replaced|commanded|explored|organised|organized|rescued|chaired)"
)
_WHO = re.compile(rf"^(?:{_NAME})(?:, [^,]{{3,60}},)? ({_DID} .+)$")
_WHEN_WAS = re.compile(
    r"^(?P<what>(?:The|A|An|[A-Z][\w’'-]+) [\w’' -]{2,60}?) (?P<be>was|were) "
    r"(?P<did>(?:first |last )?(?:built|founded|opened|completed|discovered|established|signed|"
    r"launched|introduced|published|destroyed|closed|elected|appointed|killed|born)"
    r"(?: [\w’' -]{2,40}?)?) (?:in|on) (?:[A-Z][a-z]+ )?(?:\d{1,2} [A-Z][a-z]+ )?\d{4}\b"
)
_COST = re.compile(
    r"^(?P<what>(?:The|A|An) [\w’' -]{2,60}?) costs? (?:about |some |around )?[$£€]\d"
)
_BEGAN = {
    "opened": "open",
    "closed": "close",
    "began": "begin",
    "started": "start",
    "ended": "end",
    "reopened": "reopen",
    "sank": "sink",
    "sailed": "sail",
    "died": "die",
    "resigned": "resign",
    "collapsed": "collapse",
    "crashed": "crash",
    "erupted": "erupt",
}
_WHEN_DID = re.compile(
    rf"^(?P<what>(?:The|A|An) [\w’' -]{{2,60}}?|{_NAME}) (?P<did>{'|'.join(_BEGAN)})"
    r" (?:to |in |at |for |from |[\w ]{0,40})?.*?\b(?:on|in) (?:[A-Z]|\d)"
)
# A person introduced: Osama Rabie, the chairman of …
_WHO_IS = re.compile(
    r"(?<![\w.’'-] )\b([A-Z][a-zà-ÿ]+ (?:[A-Z][\w’'-]+ )?[A-Z][\w’'-]+), (?:the |an? |who )?"
    r"(?:[a-z’'-]+ ){0,4}(?:chairman|chairwoman|president|director|minister|head|chief|leader|"
    r"professor|mayor|governor|spokes\w+|secretary|scientist|engineer|author|captain|commander|"
    r"founder|owner|veterinarian|doctor|leads|led|ran|runs|founded|discovered|developed)\b"
)
_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|its|their|this|these)\b", re.IGNORECASE
)


def questions_from(sentences: Iterable[str]) -> Iterator[str]:
    """A question for each sentence that has a shape which can be turned round."""
    for sentence in sentences:
        text = one_line(sentence).rstrip(".")
        question = _turned(text)
        if question is None:
            continue
        words = question.split()
        # Without a name or a year, nobody who has not read the article knows what is meant.
        is_told = any(word[0].isupper() or word[:4].isdigit() for word in words[1:])
        if is_told and _FEWEST_WORDS <= len(words) <= _MOST_WORDS and not _PRONOUN.search(question):
            yield question


def _turned(text: str) -> str | None:
    if found := _WHEN_WAS.match(text):
        return f"When {found['be']} {_lowered(found['what'])} {found['did']}?"
    if found := _COST.match(text):
        return f"How much did {_lowered(found['what'])} cost?"
    if found := _WHEN_DID.match(text):
        return f"When did {_lowered(found['what'])} {_BEGAN[found['did']]}?"
    if found := _WHO.match(text):
        # As far as the first pause: what comes after it is rarely part of the question.
        return f"Who {re.split(r'[,;:—–“”]| and | who | which | after | before ', found[1])[0]}?"
    if found := _WHO_IS.search(text):
        return f"Who is {found[1]}?"
    return None


def _lowered(subject: str) -> str:
    """The subject as it stands within a sentence."""
    first, _, rest = subject.partition(" ")
    return f"{first.lower()} {rest}" if first in ("The", "A", "An") else subject


def examples(
    library: Library,
    articles: Sequence[ArticleSummary],
    ask: Callable[[str], Answer],
    *,
    cancelled: Callable[[], bool],
) -> Sequence[str]:
    """Up to three questions, of different articles, each of which `ask` answers."""
    good: list[str] = []
    asked = 0
    for article in articles[:MOST_ARTICLES]:
        if cancelled() or len(good) == MOST_EXAMPLES or asked == MOST_ASKED:
            break
        try:
            text = library.article(article.id).text
            spans = library.sentences(article.id)[:_SENTENCES_AN_ARTICLE]
            question = next(questions_from(text[s.start : s.end] for s in spans), None)
            if question is None:
                continue
            asked += 1
            if ask(question).answered:
                good.append(question)
        except DatelineError:
            continue  # Removed meanwhile, or cancelled.
    return good
