"""Answer or refuse: one calibrated probability, and one threshold (law 4).

The weights are a logistic regression's, fitted by benchmarks/calibrate.py on answerable
and unanswerable development questions; docs/quality.md has its figures and limits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from embeddings.words import WORD, content_words
from qa.read import Candidate, Ranked

# The regression's weights on the best sentence's own logit and on its passage's, and its bias.
# More told no better, on articles held out: not the similarity of the vectors, the question's
# words found or missing, names and numbers missing, the kind of answer asked for, nor the lead
# over the second (docs/quality.md).
# These constants: benchmarks/calibrate.py --questions 500 on squad and realtimeqa_gold.
WEIGHTS = (0.2444, 0.098)
BIAS = -1.0814
# The least confidence that answers: low, but it refuses 98 % of questions about something else.
# Equal precision and recall on squad's unanswerable (0.69) would refuse 38 % of its answerable.
THRESHOLD = 0.33
# A further sentence is cited where it is at least this likely to answer, beside the best. At 0.4
# some cited sentence holds the answer for 68 % of realtimeqa_gold's questions (the first alone:
# 59 %) and 89 % of squad's (85 %), with 2.2 and 1.3 sentences cited; citing three always would
# make it 73 % and 92 %, by sentences most of which do not answer.
FURTHER_SHARE = 0.4
MOST_MISSING = 3
_STEM = 5
_SHORTEST_STEM = 4
# A sentence's own logistic regression, for `Citation.score`: its logit, its share, the bias.
SENTENCE_WEIGHTS = (0.0821, 4.5209)
SENTENCE_BIAS = -2.2006


def confidence(best: Candidate) -> float:
    """The probability, 0 to 1, that the articles answer, from the best candidate found."""
    own, passages = WEIGHTS
    return _logistic(BIAS + own * best.logit + passages * best.passage_logit)


def sentence_score(candidate: Candidate) -> float:
    """The probability, 0 to 1, that this sentence answers."""
    own, share = SENTENCE_WEIGHTS
    return _logistic(SENTENCE_BIAS + own * candidate.logit + share * candidate.share)


def enough(candidates: Sequence[Candidate], *, most: int) -> list[Candidate]:
    """The best candidate, and those after it that are likely enough beside it to be cited."""
    best = sentence_score(candidates[0])
    further = [c for c in candidates[1:most] if sentence_score(c) >= FURTHER_SHARE * best]
    return [candidates[0], *further]


def why_refused(question: str, ranked: Sequence[Ranked]) -> str:
    """What is missing, where that can be said in honesty; it follows "not in your articles"."""
    nearest = ranked[0].hit.passage
    missing = missing_words(question, f"{nearest.title} {nearest.text}")[:MOST_MISSING]
    if missing:
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
        written[word]
        for word in content_words(question)
        if not any(
            other.startswith(word[:_STEM])
            or (len(other) >= _SHORTEST_STEM and word.startswith(other))
            for other in said
        )
    ]


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))
