"""More of what is talked about, "tell me more", and whatever tells of something, "and the ferry?".

The next sentences, of the articles last cited, that the conversation has not cited yet; those that
name what it is about come before the rest. Verbatim and cited as every answer is (law 1); no
model is asked, since any of them is more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.errors import NotFound
from embeddings.library import Library
from embeddings.records import Article, Filters
from qa.answer import Citation, cite
from qa.history import content_stems
from qa.speaker import speaker

_SHORTEST_WORDS = 4
_PASSAGES = 12
_CLOSERS = " \t\n\"'”’)]»"
_LETTER = re.compile(r"[^\W\d_]")
# Any sentence of the article asked for is more of it.
_CERTAIN = 1.0


@dataclass(frozen=True, slots=True)
class Further:
    """The sentences that come next, at most as many as asked for; `titles` of the articles looked
    through, which have been cited to their end where there are none, and of those `removed` since
    they were cited."""

    citations: tuple[Citation, ...]
    titles: tuple[str, ...]
    removed: tuple[str, ...] = ()


def further(
    library: Library,
    cited: Sequence[Sequence[Citation]],
    *,
    about: str,
    most: int,
    filters: Filters = Filters(),
) -> Further | None:
    """What comes next, given what each turn cited, oldest first; None where no turn cited any.

    The articles are those of the last turn that cited one, `about` what is talked about.
    """
    last = next((turn for turn in reversed(cited) if turn), None)
    if last is None:
        return None
    with library.one_state():
        return _further(library, cited, last, set(content_stems(about)), most, filters)


def _further(
    library: Library,
    cited: Sequence[Sequence[Citation]],
    last: Sequence[Citation],
    about: set[str],
    most: int,
    filters: Filters,
) -> Further:
    known = {(c.article_id, c.start, c.end) for turn in cited for c in turn}
    said = {_plain(c.text) for turn in cited for c in turn}
    chosen: list[tuple[Article, tuple[int, int]]] = []
    titles: list[str] = []
    removed: list[str] = []
    for article_id, title in {c.article_id: c.title for c in last}.items():
        try:
            article = library.article(article_id)
        except NotFound:
            removed.append(title)
            continue
        if not _passes(article, filters):
            continue
        titles.append(article.title)
        after = max(c.start for c in last if c.article_id == article_id)
        spans = [(s.start, s.end) for s in library.sentences(article_id)]
        left = [
            span
            for span in spans
            if (article_id, *span) not in known and tells(article.text[slice(*span)], said)
        ]
        ordered = _in_order(article.text, left, after, about)
        chosen += [(article, span) for span in sorted(ordered[: most - len(chosen)])]
        if len(chosen) == most:
            break
    return Further(citations_of(library, chosen), tuple(titles), tuple(removed))


def telling_of(
    library: Library,
    about: str,
    *,
    preferred: Sequence[str],
    most: int,
    filters: Filters = Filters(),
) -> tuple[Citation, ...]:
    """The sentences that have all that `about` names, of the `preferred` articles before others'.

    Few are looked at, those of the passages that a search by words finds first.
    """
    wanted = set(content_stems(about))
    if not wanted:
        return ()
    with library.one_state():
        found = library.search_words(about, limit=_PASSAGES, filters=filters)
        passages = library.passages([passage_id for passage_id, _ in found])
        ordered = [passages[i] for i, _ in found if i in passages]
        ordered.sort(key=lambda passage: passage.article_id not in preferred)
        chosen: dict[str, tuple[Article, tuple[int, int]]] = {}
        for passage in ordered:
            for span in passage.sentences:
                text = passage.text[span.start - passage.start : span.end - passage.start]
                if wanted <= set(content_stems(text)) and tells(text, set(chosen)):
                    article = library.article(passage.article_id)
                    chosen[_plain(text)] = (article, (span.start, span.end))
        return citations_of(library, list(chosen.values())[:most])


def _passes(article: Article, filters: Filters) -> bool:
    """Whether the article is within the dates and of the source asked for."""
    if filters.source and filters.source.casefold() not in (article.source or "").casefold():
        return False
    if not filters.since and not filters.until:
        return True
    date = (article.published or "")[:10]
    return bool(date) and (filters.since or date) <= date <= (filters.until or date)


def tells(text: str, said: set[str]) -> bool:
    """Whether it is a sentence that says something, and something new."""
    plain = _plain(text)
    is_question = text.rstrip(_CLOSERS).endswith("?")
    return (
        len(plain.split()) >= _SHORTEST_WORDS
        and bool(_LETTER.search(plain))
        and not is_question
        and plain not in said
    )


def _plain(text: str) -> str:
    return " ".join(text.split())


def _in_order(
    text: str, spans: Sequence[tuple[int, int]], after: int, about: set[str]
) -> list[tuple[int, int]]:
    """Those that name what it is about first, from the last cited on, then from the top."""

    def place(span: tuple[int, int]) -> tuple[bool, bool, int]:
        names_it = bool(about & set(content_stems(text[slice(*span)])))
        return (not names_it, span[0] < after, span[0])

    return sorted(spans, key=place)


def citations_of(
    library: Library, chosen: Sequence[tuple[Article, tuple[int, int]]]
) -> tuple[Citation, ...]:
    """The sentences of those articles, cited in this order; each is just what was asked for."""
    citations = []
    for number, (article, span) in enumerate(chosen, 1):
        spans = [(s.start, s.end) for s in library.sentences(article.id)]
        told_by = speaker(article.text, spans, spans.index(span))
        citations.append(cite(article, *span, number=number, score=_CERTAIN, speaker=told_by))
    return tuple(citations)
