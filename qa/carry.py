"""Which words of the conversation a follow-up needs: a small model of trees, read from a file.

Gradient-boosted trees over the features of qa/history.py, trained by
training/train_followups.py on people's rewrites; docs/conversation.md has the figures.
"""

from __future__ import annotations

import json
import math
from functools import cache

from embeddings.modelfiles import FOLLOW_UPS
from qa.history import Asked, Term, features, names_newer

# Terms are many and the trees take 20 microseconds each: the newest are enough.
MOST_TERMS = 160


@cache
def _trees() -> tuple[float, list[list[list[float]]]]:
    stored = json.loads(FOLLOW_UPS.checked().read_text("utf-8"))
    return float(stored["base"]), stored["trees"]


def needed(question: Asked, terms: dict[str, Term]) -> dict[str, float]:
    """The probability, 0 to 1, of each term not in the question that a person would put it in."""
    base, trees = _trees()
    since = names_newer(terms)
    newest = sorted(terms.values(), key=lambda term: (term.in_titles == 0, term.age))
    chosen = [term for term in newest if term.word not in question.stems][:MOST_TERMS]
    found = {}
    for term in chosen:
        row = features(term, question, since)
        score = base
        for nodes in trees:
            node = nodes[0]
            while len(node) > 1:
                node = nodes[int(node[2] if row[int(node[0])] <= node[1] else node[3])]
            score += node[0]
        found[term.word] = 1 / (1 + math.exp(-score))
    return found
