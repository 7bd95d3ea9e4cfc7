"""Which words of a sentence are its short answer.

The reader scores where an answer may start and end, token by token. Left to itself it is fond of
saying the question again ("Robert of Jumièges archbishop of Canterbury", asked who was made
archbishop of Canterbury) and cuts brackets and quotations in two; both cost something here. The
costs were fitted on squad's calibration articles, each told of by a fit on the other four: exact
match .567 to .589, F1 .669 to .677 (docs/quality.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from embeddings.words import content_words

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
MOST_ANSWER_TOKENS = 24
# In the scores' own unit (logits): for each word that the question has, and for a part of a pair.
SAID_COST = 0.61
BROKEN_COST = 1.28
_STEM = 5
_OPENING, _CLOSING, _EITHER = frozenset("([{“«"), frozenset(")]}”»"), '"'


def asked_stems(question: str) -> frozenset[str]:
    """The beginnings of the question's content words, by which other forms of them are known."""
    return frozenset(word[:_STEM] for word in content_words(question))


@dataclass(frozen=True, slots=True)
class Marks:
    """What makes a span dear, for each token of a passage; every array of shape (tokens,).

    `words`: which word the token is of, growing. `said`: 1 at the first token of a word that the
    question has. `brackets`: opening marks less closing ones. `quotes`: how many straight ones.
    """

    words: Numbers
    said: Numbers
    brackets: Numbers
    quotes: Numbers

    def part(self, begin: int, end: int) -> Marks:
        """Those of the tokens from `begin` to before `end`."""
        return Marks(
            self.words[begin:end],
            self.said[begin:end],
            self.brackets[begin:end],
            self.quotes[begin:end],
        )


def mark(texts: Sequence[str], words: Numbers, asked: frozenset[str]) -> Marks:
    """The marks of tokens with these texts; `asked` is what `asked_stems` gives."""
    said = np.zeros(len(words), dtype=np.int64)
    begins = np.ones(len(words), dtype=np.bool_)
    begins[1:] = words[1:] != words[:-1]
    at = [*np.flatnonzero(begins).tolist(), len(words)]
    for first, last in pairwise(at):
        said[first] = "".join(texts[first:last]).casefold()[:_STEM] in asked
    return Marks(
        words,
        said,
        np.array([(text in _OPENING) - (text in _CLOSING) for text in texts], dtype=np.int64),
        np.array([text == _EITHER for text in texts], dtype=np.int64),
    )


def best_span(starts: Floats, ends: Floats, marks: Marks) -> tuple[int, int, float]:
    """First and last token of a sentence's short answer, and the sentence's best score.

    `starts` and `ends` are a score a token, as `marks` are. The span is of whole words. Its score
    is the greatest sum of a start's and an end's, with no cost taken off: what it says of the
    sentence beside others is not less for how the answer is cut.
    """
    reach = np.arange(len(starts))
    length = reach[None, :] - reach[:, None]
    within = (length >= 0) & (length < MOST_ANSWER_TOKENS)
    sums = np.where(within, starts[:, None] + ends[None, :], -np.inf)
    chosen = sums
    if marks.said.any():
        chosen = chosen - SAID_COST * _inside(marks.said)
    if marks.brackets.any() or marks.quotes.any():
        broken = (_inside(marks.brackets) != 0) | (_inside(marks.quotes) % 2 == 1)
        chosen = chosen - BROKEN_COST * broken
    first, last = divmod(int(chosen.argmax()), len(starts))
    # A token may be a part of a word; an answer is made of whole ones.
    first = int(np.searchsorted(marks.words, marks.words[first]))
    last = int(np.searchsorted(marks.words, marks.words[last], side="right")) - 1
    return first, last, float(sums.max())


def _inside(marked: Numbers) -> Numbers:
    """How many marks lie from each token to each, both counted; of shape (tokens, tokens)."""
    sums = np.cumsum(marked)
    return np.asarray(sums[None, :] - (sums - marked)[:, None])
