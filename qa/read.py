"""From passages to the sentences that answer.

The reader reads a few passages at a time, best first, and stops where it is sure, so that an
easy question costs four passages and a hard one sixteen. A sentence is worth what the reader
says of it, of its short answer and of its passage, and a little for where its passage was found.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from embeddings.records import Hit, Passage, Sentence
from embeddings.sentences import is_dateline
from qa.reader import Reader, Reading, SentenceReading

# How many passages have been read after each step.
STEPS = (0, 4, 8, 16)
MOST_PASSAGES = STEPS[-1]
# What a sentence's evidence, its short answer, its passage's answering and relevance, and the
# place its passage was found at are worth. benchmarks/calibrate.py fits and compares them.
WEIGHTS = (0.4741, 0.3582, 0.1998, 0.1598, 2.0841)
PLACE_CONSTANT = 5
# What a sentence loses for being a question. News asks what readers ask (quizzes, headings),
# and a question is like nothing so much as itself.
ASKING_COST = 4.0
# What it loses for leading to another article: "More: Mayor resigns" is a headline, and tells
# nothing of the article it stands in. 6,139 news articles have 1,407 such lines.
ELSEWHERE_COST = 4.0
_ELSEWHERE = re.compile(
    r"\W*(?:more|story|stories|read(?: more)?|related(?: \w+)?|watch|videos?|photos?|listen"
    r"|see also|also read|interactive|graphic|gallery|slideshow|live updates)\s*:\s?\S",
    re.IGNORECASE,
)
_CLOSERS = " \t\n\"'”’)]»"
_SHORTEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, as read in the best passage it stands in.

    `answer` is the span, in the article's text, of its best short answer. `bonus` is what its
    article's date adds. `share`, 0 to 1, is its part of all that was read: near 1 where
    nothing else comes close.
    """

    passage: Passage
    span: Sentence
    text: str
    evidence: float
    answer_score: float
    answer: tuple[int, int] | None
    passage_answers: float
    relevance: float
    place: int
    bonus: float = 0.0
    share: float = 0.0

    @property
    def article_id(self) -> str:
        return self.passage.article_id

    @property
    def features(self) -> tuple[float, float, float, float, float]:
        """What `WEIGHTS` weigh."""
        return (
            self.evidence,
            self.answer_score,
            self.passage_answers,
            self.relevance,
            PLACE_CONSTANT / (PLACE_CONSTANT + self.place),
        )

    @property
    def worth(self) -> float:
        """What sentences are ordered by."""
        asks = self.text.rstrip(_CLOSERS).endswith("?")
        known = sum(w * f for w, f in zip(WEIGHTS, self.features, strict=True))
        leads_away = _ELSEWHERE.match(self.text) is not None
        return known + self.bonus - ASKING_COST * asks - ELSEWHERE_COST * leads_away


def read(
    reader: Reader,
    question: str,
    hits: Sequence[Hit],
    *,
    sure: Callable[[Sequence[Candidate]], bool],
    bonus: Mapping[str, float] = {},
    asked: Mapping[str, str] = {},
    pause: Callable[[], None] = lambda: None,
) -> list[Candidate]:
    """The sentences of the hits read, most worthy first, the same text only once.

    Reads on while `sure` says no of what was read so far; `pause` is called between steps and
    may raise. `bonus` is what articles' dates add to their sentences' worth, by id; `asked` is
    what is asked of an article, where that is not the question itself.
    """
    found: list[Candidate] = []
    for begin, end in pairwise(STEPS):
        some = hits[begin:end]
        if not some:
            break
        readings: dict[int, Reading] = {}
        questions = [asked.get(hit.passage.article_id, question) for hit in some]
        for each in dict.fromkeys(questions):
            of_it = [hit.passage for hit, its in zip(some, questions, strict=True) if its == each]
            for passage, reading in zip(of_it, reader.read(each, of_it), strict=True):
                readings[passage.id] = reading
        for place, hit in enumerate(some, begin):
            reading = readings[hit.passage.id]
            found += candidates_of(hit, reading, place, bonus.get(hit.passage.article_id, 0.0))
        ordered = in_order(found)
        if sure(ordered):
            break
        pause()
    return ordered if found else []


def as_question(asked: str) -> str:
    """With its mark where it was left out, so that the same is answered with it and without.

    All questions that the reader learned from have one: without, 160 answerable squad questions
    had a confidence of .76 in place of .72, and 4 % fewer were refused, rightly or not.
    """
    return f"{asked}?" if asked[-1:].isalnum() else asked


def candidates_of(hit: Hit, reading: Reading, place: int, bonus: float = 0.0) -> list[Candidate]:
    """The passage's sentences; where there are others, none of a word or two and no dateline."""
    passage = hit.passage
    texts = [
        passage.text[s.start - passage.start : s.end - passage.start] for s in passage.sentences
    ]
    told = [
        at
        for at, text in enumerate(texts)
        if len(text.split()) >= _SHORTEST_WORDS and not is_dateline(text)
    ]
    chosen = told or range(len(texts))

    def candidate(at: int, sentence: SentenceReading) -> Candidate:
        return Candidate(
            passage=passage,
            span=passage.sentences[at],
            text=texts[at],
            evidence=sentence.evidence,
            answer_score=sentence.answer_score,
            answer=sentence.answer,
            passage_answers=reading.answers,
            relevance=reading.relevance,
            place=place,
            bonus=bonus,
        )

    return [candidate(at, reading.sentences[at]) for at in chosen]


def in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Most worthy first, the same text only once, each with its share."""
    once: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda candidate: -candidate.worth):
        once.setdefault(" ".join(candidate.text.split()), candidate)
    best = max((candidate.worth for candidate in once.values()), default=0.0)
    # The weights were fitted to make this softmax likely, so it needs no temperature.
    parts = [math.exp(candidate.worth - best) for candidate in once.values()]
    whole = sum(parts)
    return [
        replace(candidate, share=part / whole)
        for candidate, part in zip(once.values(), parts, strict=True)
    ]
