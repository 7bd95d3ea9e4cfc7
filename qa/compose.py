"""From sentences in order of worth to an answer: which are cited, in which order, and what
they say to one another.

One sentence is enough for most questions; others are cited where they are likely to answer
too and say something more. What another article says the same is cited as such, a copy of an
article not at all, and articles that differ stand side by side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from embeddings.library import Library
from embeddings.records import Article
from embeddings.words import content_words
from qa import decide
from qa.agreement import Told, agreement
from qa.answer import Citation, cite
from qa.read import Candidate
from qa.speaker import speaker

# How many likely sentences are looked at for agreement, and how many agreeing ones are cited.
LOOKED_AT = 8
MOST_AGREEING = 3
# A short answer is given where its two ends together score this much above "not here".
SHORT_LEAST = -8.0
# No words of an article are a yes or a no to a question: it gets the sentences that decide it.
_YES_OR_NO = re.compile(
    r"\W*(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might"
    r"|must|isn't|aren't|wasn't|weren't|don't|doesn't|didn't|hasn't|haven't|won't|can't)\s",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Composed:
    """The citations of an answer, and the numbers of those that differ from one another."""

    citations: tuple[Citation, ...]
    differing: tuple[int, ...] = ()


def nearest(
    candidates: Sequence[Candidate], library: Library, *, most: int
) -> tuple[Citation, ...] | None:
    """The nearest sentences of a refusal; None where an article is no longer what was read.

    Raises `NotFound` where an article is gone.
    """
    return _cited(candidates[:most], library)


def compose(
    question: str,
    candidates: Sequence[Candidate],
    library: Library,
    *,
    most: int,
    newest_first: bool = False,
) -> Composed | None:
    """The citations for the best candidates; None where an article is no longer what was read.

    At most `most` sentences that say something of their own; those of other articles that say
    the same come beside them. Of sentences that differ, the newest comes first where
    `newest_first`. Raises `NotFound` where an article is gone.
    """
    likely = decide.enough(candidates, most=LOOKED_AT)
    if _YES_OR_NO.match(question):
        likely = [replace(candidate, answer=None) for candidate in likely]
    articles = {c.article_id: library.article(c.article_id) for c in likely}
    told = [_told(candidate, articles[candidate.article_id]) for candidate in likely]
    found = agreement(told)
    # Sentences that say what the first says, or the contrary, took their shares from it.
    first = sum(
        decide.sentence_score(candidate)
        for at, candidate in enumerate(likely)
        if at == 0 or 0 in (found.same_as[at], found.copy_of[at]) or {0, at} <= {*found.differing}
    )
    own: list[int] = []
    agreeing: list[int] = []
    for at, candidate in enumerate(likely):
        if found.copy_of[at] is not None:
            continue
        if (like := found.same_as[at]) is not None:
            if like in own and len(agreeing) < MOST_AGREEING:
                agreeing.append(at)
        elif at and at not in found.differing and _too_little(candidate, first):
            continue
        elif len(own) < most and not _adds_nothing(candidate, [likely[i] for i in own]):
            own.append(at)
    differing = [at for at in own if at in found.differing]
    if newest_first and len(differing) > 1:
        by_date = sorted(differing, key=lambda at: told[at].published or "", reverse=True)
        places = dict(zip(differing, by_date, strict=True))
        own = [places.get(at, at) for at in own]
    else:
        own = _that_reads(own, likely)
    order = own + agreeing
    number_of = {at: number for number, at in enumerate(order, 1)}
    cited = _cited(
        [likely[at] for at in order],
        library,
        [number_of.get(like) if (like := found.same_as[at]) is not None else None for at in order],
    )
    if cited is None:
        return None
    apart = sorted(number_of[at] for at in differing)
    return Composed(cited, tuple(apart) if len(apart) > 1 else ())


def _told(candidate: Candidate, article: Article) -> Told:
    return Told(
        article_id=candidate.article_id,
        title=article.title,
        published=article.published,
        text=candidate.text,
        short_answer=_short_text(candidate),
        article_text=article.text,
    )


def _short(candidate: Candidate) -> tuple[int, int] | None:
    return candidate.answer if candidate.answer_score >= SHORT_LEAST else None


def _short_text(candidate: Candidate) -> str | None:
    span, begun = _short(candidate), candidate.passage.start
    return span and candidate.passage.text[span[0] - begun : span[1] - begun]


def _too_little(candidate: Candidate, first: float) -> bool:
    return decide.sentence_score(candidate) < decide.FURTHER_SHARE * first


def _adds_nothing(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    """Whether every telling word of the sentence stands in those chosen already."""
    words = set(content_words(candidate.text))
    said = {word for other in chosen for word in content_words(other.text)}
    return bool(chosen) and words <= said


def _that_reads(order: list[int], likely: Sequence[Candidate]) -> list[int]:
    """The best first; then the others, those of an article together and in its order."""
    articles = list(dict.fromkeys(likely[at].article_id for at in order))
    rest = sorted(
        order[1:],
        key=lambda at: (articles.index(likely[at].article_id), likely[at].span.start),
    )
    return [*order[:1], *rest]


def _cited(
    candidates: Sequence[Candidate],
    library: Library,
    same_as: Sequence[int | None] | None = None,
) -> tuple[Citation, ...] | None:
    """Citations in this order; with short answers and speakers where `same_as` is given."""
    citations = []
    for at, candidate in enumerate(candidates):
        article = library.article(candidate.article_id)
        span = (candidate.span.start, candidate.span.end)
        if article.text[slice(*span)] != candidate.text:
            return None
        answers = same_as is not None
        citations.append(
            cite(
                article,
                *span,
                number=at + 1,
                score=round(decide.sentence_score(candidate), 4),
                short_answer=_short(candidate) if answers else None,
                speaker=_speaker(article, span, library) if answers else None,
                same_as=same_as[at] if same_as else None,
            )
        )
    return tuple(citations)


def _speaker(article: Article, span: tuple[int, int], library: Library) -> tuple[int, int] | None:
    spans = [(s.start, s.end) for s in library.sentences(article.id)]
    return speaker(article.text, spans, spans.index(span)) if span in spans else None
