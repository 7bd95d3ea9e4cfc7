"""Questions to begin with, made of the library's own sentences and kept only if it answers them.

A newcomer learns most from a question that works on the articles that are there. Sentences are
turned round by rule (`turning`); the engine is then asked, and those are kept that it answers
with the sentence they were made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.errors import DatelineError
from embeddings.records import ArticleSummary, Sentence
from qa.answer import Answer
from qa.output import one_line
from tui.turning import Turned, turned

if TYPE_CHECKING:
    from embeddings.library import Library

SEED_EXAMPLES = (
    "Where will Russian forces remain?",
    "When did the original Panama Canal open?",
    "Who developed the rinderpest vaccine?",
)
MOST_EXAMPLES = 3
MOST_ASKED = 12
MOST_ARTICLES = 150
_SENTENCES_AN_ARTICLE = 40
# From the one that shows best what can be asked.
_KINDS = ("when", "who", "how much", "how many", "where", "who is")


@dataclass(frozen=True, slots=True)
class _Candidate:
    turned: Turned
    article_id: str
    place: Sentence

    @property
    def names(self) -> frozenset[str]:
        """What the question names: two on the same teach less than two on different things."""
        return frozenset(w.strip("?,.") for w in self.turned.question.split()[1:] if w[0].isupper())


def examples(
    library: Library,
    articles: Sequence[ArticleSummary],
    ask: Callable[[str], Answer],
    *,
    cancelled: Callable[[], bool],
) -> Sequence[str]:
    """Up to three questions, each of which `ask` answers with the sentence that it is made of.

    `articles` are given newest first. The questions are of different kinds and different
    articles, as far as there are such.
    """
    left = [
        candidate
        for article in _spread(articles)
        if not cancelled()
        for candidate in _candidates(library, article.id)
    ]
    best: list[str] = []
    fair: list[str] = []
    used: list[_Candidate] = []
    for _ in range(MOST_ASKED):
        if cancelled() or len(best) == MOST_EXAMPLES or not left:
            break
        candidate = min(left, key=lambda c: _worth(c, used))
        left.remove(candidate)
        question = candidate.turned.question
        try:
            answer = ask(question)
        except DatelineError:
            continue  # Removed meanwhile, or cancelled.
        if _is_answered(answer, candidate):
            short = one_line(answer.short_answer or "")
            is_best = bool(short) and (short in candidate.turned.so or candidate.turned.so in short)
            (best if is_best else fair).append(question)
            used.append(candidate)
    return (best + fair)[:MOST_EXAMPLES]


def _spread(articles: Sequence[ArticleSummary]) -> Sequence[ArticleSummary]:
    """As many as are looked through: of a large library the newest, and some of every age."""
    if len(articles) <= MOST_ARTICLES:
        return articles
    newest = MOST_ARTICLES // 2
    step = (len(articles) - newest) / (MOST_ARTICLES - newest)
    return [
        *articles[:newest],
        *(articles[newest + int(n * step)] for n in range(MOST_ARTICLES - newest)),
    ]


def _candidates(library: Library, article_id: str) -> Iterator[_Candidate]:
    try:
        text = library.article(article_id).text
        places = library.sentences(article_id)[:_SENTENCES_AN_ARTICLE]
    except DatelineError:
        return  # Removed meanwhile.
    for place in places:
        for question in turned(text[place.start : place.end]):
            yield _Candidate(question, article_id, place)


def _worth(candidate: _Candidate, used: Sequence[_Candidate]) -> tuple[int, ...]:
    """The less, the sooner it is asked."""
    return (
        not candidate.turned.is_told,
        sum(u.article_id == candidate.article_id for u in used),
        sum(bool(u.names & candidate.names) for u in used),
        sum(u.turned.kind == candidate.turned.kind for u in used),
        _KINDS.index(candidate.turned.kind),
    )


def _is_answered(answer: Answer, candidate: _Candidate) -> bool:
    return answer.answered and any(
        cited.article_id == candidate.article_id
        and cited.start < candidate.place.end
        and candidate.place.start < cited.end
        for cited in answer.citations[:1]
    )
