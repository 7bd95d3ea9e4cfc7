"""Answer or refuse: one calibrated probability, and one threshold (law 4).

The weights are a logistic regression's, fitted by benchmarks/calibrate.py on answerable and
unanswerable questions of articles the reader was not trained on; docs/quality.md has its
figures and limits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from embeddings.records import Passage
from embeddings.words import WORD, content_words
from qa.read import Candidate

# Two regressions, since questions go unanswered in two ways: that the passage is about what is
# asked, by its relevance (weight, bias); and that it says it, by `features`. One regression over
# all kinds of questions refused 90 % of squad's questions put to news articles where the two
# together refuse 95 %, and 13 % of the answerable news questions where they refuse 8 %.
ABOUT = (0.5565, 0.0857)
WEIGHTS = (0.4333, 0.1062, 0.5979, -0.1373, -1.2753)
BIAS = 1.4719
# Both together, made a probability again: scale and offset of the log-odds of their product.
SCALE, OFFSET = 0.7144, 0.7506
# The least confidence that answers: more likely answered than not.
THRESHOLD = 0.5
# Reading on brings next to nothing once the best sentence is this likely: .840 first sentences
# right by 6 passages on average, .842 by always 16.
SURE = 0.6
# A further sentence is cited where it is at least this likely to answer, beside the best.
FURTHER_SHARE = 0.15
MOST_MISSING = 3
# Words that ask, count or help another, and are no matter that an article could be about.
_SAYS_LITTLE_WORDS = """
many much more most lot lots little few several any anyone anybody anything someone somebody
something somewhere everyone everybody everything nobody nothing none one ones else other another
others also ever yet still even really exactly actually already always never often maybe perhaps
please ok okay yes hello hi thanks say says said saying tell tells told ask asks asked talk mention
mentions mentioned give gives gave given get gets got getting go goes going went gone come comes
came coming make makes made making take takes took taken put do does did done happen happens
happened happening mean means meant know knows knew think thinks thought like want wants need needs
let use used way thing things kind sort type time times long big old far good well about around
without within per us may might must shall cannot sorry thank myself himself herself itself yourself
themselves call calls called calling start starts started begin begins began begun try tries tried
turn turns turned seem seems seemed show shows showed hers
"""
_SAYS_LITTLE = frozenset(_SAYS_LITTLE_WORDS.split())
_STEM = 5
# Forms of one word that its beginning does not show.
_ONE_WORD = tuple(
    frozenset(forms.split())
    for forms in (
        "die dies died dead death deaths dying",
        "win wins won winner winners winning",
        "buy buys bought",
        "sell sells sold sale sales",
        "leave leaves left leaving",
        "pay pays paid",
    )
)
_SHORTEST_STEM = 4
# A sentence's own logistic regression, for `Citation.score`: its evidence, its share, the bias.
SENTENCE_WEIGHTS = (0.2937, 5.3561)
SENTENCE_BIAS = -2.1865
_NAME_OR_NUMBER = re.compile(r"\b[A-Z0-9][\w’'-]*")


# Where the relevance stands among the features.
RELEVANCE = 3


def features(question: str, best: Candidate) -> tuple[float, ...]:
    """What tells an answerable question from another, of the best candidate found."""
    passage = best.passage
    return (
        best.evidence,
        best.answer_score,
        best.passage_answers,
        best.relevance,
        float(len(missing_names(question, f"{passage.title} {passage.text}"))),
    )


def confidence(question: str, best: Candidate) -> float:
    """The probability, 0 to 1, that the articles answer, from the best candidate found."""
    weighed = zip(WEIGHTS, features(question, best), strict=True)
    says = _logistic(BIAS + sum(weight * feature for weight, feature in weighed))
    both = says * _logistic(ABOUT[0] * best.relevance + ABOUT[1])
    return _logistic(SCALE * math.log(both / (1 - both)) + OFFSET)


def sentence_score(candidate: Candidate) -> float:
    """The probability, 0 to 1, that this sentence answers."""
    own, share = SENTENCE_WEIGHTS
    return _logistic(SENTENCE_BIAS + own * candidate.evidence + share * candidate.share)


def enough(candidates: Sequence[Candidate], *, most: int) -> list[Candidate]:
    """The best candidate, and those after it that are likely enough beside it to be cited."""
    best = sentence_score(candidates[0])
    further = [c for c in candidates[1:most] if sentence_score(c) >= FURTHER_SHARE * best]
    return [candidates[0], *further]


def why_refused(question: str, nearest: Sequence[Passage]) -> str:
    """What is missing, where that can be said in honesty; it follows "not in your articles".

    `nearest` are the passages found of the articles whose sentences are shown as the nearest:
    what one of them has is not missing.
    """
    text = " ".join(f"{passage.title} {passage.text}" for passage in nearest)
    said = set(content_words(text))
    missing = [
        word
        for word in missing_words(question, text)
        if (low := word.casefold()) not in _SAYS_LITTLE
        and not any(low in forms and said & forms for forms in _ONE_WORD)
    ]
    if missing := missing[:MOST_MISSING]:
        return "the nearest passage says nothing of " + ", ".join(f"“{word}”" for word in missing)
    return "the words are there, but no sentence that answers"


def missing_words(question: str, text: str) -> list[str]:
    """The question's content words that the text does not have, as the question writes them.

    A word counts as there where another form of it may be ("withdraw", "withdrawal"): a
    stemmer would cost an import, and a word wrongly called missing misleads.
    """
    said = content_words(text)
    written = {word.casefold(): word for word in reversed(WORD.findall(question))}
    return [
        written.get(word, word)  # Parts of what has no spaces are written nowhere by themselves.
        for word in content_words(question)
        if not any(
            other.startswith(word[:_STEM])
            or (len(other) >= _SHORTEST_STEM and word.startswith(other))
            for other in said
        )
    ]


def missing_names(question: str, text: str) -> list[str]:
    """Those of the missing words that are numbers, or written like names inside the question."""
    named = {
        part.casefold()
        for match in _NAME_OR_NUMBER.finditer(question)
        # Whatever a question begins with is written large; a number is one anywhere.
        if match.start() > 0 or match.group()[0].isdigit()
        for part in WORD.findall(match.group())
    }
    return [word for word in missing_words(question, text) if word.casefold() in named]


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))
