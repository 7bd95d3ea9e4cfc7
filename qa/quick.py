"""The nearest sentences by their words alone: something to look at until the models are there.

No answer and no refusal: nothing has read the sentences, so nothing is claimed of them. They
are cited as everything is (law 1), and are not kept.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from embeddings.errors import NotFound
from embeddings.library import Library
from embeddings.records import Filters, Passage, Sentence
from embeddings.words import content_words
from qa import dates
from qa.answer import Citation, cite

MOST = 3
_PASSAGES = 12
# The search takes "sailed" for "sail"; so does this, near enough, by how words begin.
_STEM = 5
_SHORTEST_WORDS = 4


def nearest_by_words(
    library: Library, question: str, *, filters: Filters = Filters(), most: int = MOST
) -> tuple[Citation, ...]:
    """Up to `most` sentences that share the question's rarer words, the best first.

    Reads the word index and the passages found, no model: milliseconds.
    """
    within = dates.look(library, question, filters).filters
    with library.one_state():
        found = library.search_words(question, limit=_PASSAGES, filters=within)
        passages = library.passages([passage_id for passage_id, _ in found])
    wanted = _stems(question)
    if not wanted:
        return ()
    once: dict[str, tuple[Passage, Sentence, set[str]]] = {}
    for passage_id, _ in found:
        passage = passages.get(passage_id)
        for span in passage.sentences if passage else ():
            assert passage is not None
            text = passage.text[span.start - passage.start : span.end - passage.start]
            if len(text.split()) >= _SHORTEST_WORDS and not text.rstrip().endswith("?"):
                once.setdefault(" ".join(text.split()), (passage, span, wanted & _stems(text)))
    # A word that few of these sentences have tells more than one that all of them have.
    common = Counter(stem for _, _, shared in once.values() for stem in shared)
    ranked = sorted(
        (entry for entry in once.values() if entry[2]),
        key=lambda entry: -sum(math.log(1 + len(once) / common[stem]) for stem in entry[2]),
    )
    return _cited(library, [(passage, span) for passage, span, _ in ranked[:most]])


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in content_words(text)}


def _cited(library: Library, found: Sequence[tuple[Passage, Sentence]]) -> tuple[Citation, ...]:
    citations: list[Citation] = []
    for passage, span in found:
        try:
            article = library.article(passage.article_id)
        except NotFound:
            continue  # Removed meanwhile.
        read = passage.text[span.start - passage.start : span.end - passage.start]
        if article.text[span.start : span.end] == read:
            number = len(citations) + 1
            citations.append(cite(article, span.start, span.end, number=number, score=0.0))
    return tuple(citations)
