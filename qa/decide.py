"""Answer or refuse: one calibrated probability, and one threshold (law 4).

The weights are a logistic regression's, fitted by benchmarks/calibrate.py on answerable
and unanswerable development questions; docs/refusing.md has its figures and limits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.words import content_words
from qa.read import Candidate, Ranked


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of how well the best sentence answers; the regression's features."""

    sentence_logit: float
    passage_logit: float
    similarity: float
    coverage: float

    def features(self) -> tuple[float, ...]:
        return (self.sentence_logit, self.passage_logit, self.similarity, self.coverage)


WEIGHTS = (0.30, 0.15, 1.5, 2.0)
BIAS = -2.0
THRESHOLD = 0.5
# A further sentence is cited where it is at least this likely to answer, beside the best.
FURTHER_SHARE = 0.5
MOST_MISSING = 3
# A sentence's own logistic regression, for `Citation.score`: worth, and its bias.
SENTENCE_WEIGHTS = (0.25, -1.0)


def evidence(question: str, ranked: Sequence[Ranked], candidates: Sequence[Candidate]) -> Evidence:
    """The features of the best candidate, of which there must be one."""
    best = candidates[0]
    similarities = [found.hit.similarity for found in ranked if found.hit.similarity is not None]
    return Evidence(
        sentence_logit=best.logit,
        passage_logit=ranked[0].logit,
        similarity=max(similarities, default=0.0),
        coverage=coverage(question, f"{best.title} {ranked[0].hit.passage.text} {best.text}"),
    )


def confidence(found: Evidence) -> float:
    """The probability, 0 to 1, that the articles answer the question."""
    terms = zip(WEIGHTS, found.features(), strict=True)
    return _logistic(BIAS + sum(weight * value for weight, value in terms))


def sentence_score(candidate: Candidate) -> float:
    """The probability, 0 to 1, that this sentence answers."""
    weight, bias = SENTENCE_WEIGHTS
    return _logistic(weight * candidate.worth + bias)


def enough(candidates: Sequence[Candidate], *, most: int) -> list[Candidate]:
    """The best candidate, and those after it that are likely enough beside it to be cited."""
    best = sentence_score(candidates[0])
    further = [c for c in candidates[1:most] if sentence_score(c) >= FURTHER_SHARE * best]
    return [candidates[0], *further]


def why_refused(question: str, ranked: Sequence[Ranked]) -> str:
    """What is missing, where that can be said in honesty; it follows "not in your articles"."""
    nearest = " ".join(f"{f.hit.passage.title} {f.hit.passage.text}" for f in ranked)
    missing = missing_words(question, nearest)[:MOST_MISSING]
    if missing:
        return "nothing near it speaks of " + ", ".join(f"“{word}”" for word in missing)
    return "the words are there, but no sentence that answers"


def coverage(question: str, text: str) -> float:
    """The share of the question's content words that the text has too, by their stems."""
    asked = {_stem(word) for word in content_words(question)}
    said = {_stem(word) for word in content_words(text)}
    return len(asked & said) / len(asked) if asked else 0.0


def missing_words(question: str, text: str) -> list[str]:
    """The question's content words that the text does not have, in the question's order."""
    said = {_stem(word) for word in content_words(text)}
    return [word for word in content_words(question) if _stem(word) not in said]


def _stem(word: str) -> str:
    # Enough to let "withdraw" meet "withdrawal": a stemmer would cost an import.
    return word[:5]


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))
