"""What is told of what was cited: it again, how its article goes on or begins, its date, author.

Every sentence is cited anew (law 1), so that one whose article has changed since is not passed off
as its; what an article is known by stands in the answer's scope.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from embeddings.errors import NotFound
from embeddings.library import Library
from embeddings.records import Article
from qa.answer import Citation, without_marks
from qa.further import citations_of, tells
from qa.pointing import Pointing

_SPEECH = re.compile(
    r"\b(?:said|says|told|added|adds|wrote|argued|argues|claimed|claims|warned|warns|announced"
    r"|insisted|denied|denies|confirmed|reported|reports|promised|according to|called|explained)\b"
)
# A whole sentence ends as one, and has some words that are no names.
_ENDS = re.compile(r"[.!?…][\s\"'”’)\]]*$")
_PLAIN_WORD = re.compile(r"\b[^\W\d_A-Z][^\W\d_]+\b")
_FEWEST = 3
_NOTHING_CITED = "the last question was not answered, so nothing was cited"
_NO_SUMMARY = "the first sentences of its article; Dateline cites, and writes no summary"


@dataclass(frozen=True, slots=True)
class Pointed:
    """What is told: the question in full, the citations and what is known of them in words.

    `refused` says why nothing is; the citations are then those that it is about.
    """

    asked_as: str
    citations: tuple[Citation, ...] = ()
    known: str | None = None
    refused: str | None = None


def pointed(
    library: Library,
    pointing: Pointing,
    shown: Sequence[Citation],
    *,
    question: str,
    most: int,
    are_nearest: bool = False,
) -> Pointed:
    """The reply to a question that points at one of the citations `shown`, or at all of them.

    Where they `are_nearest` to what was refused, and answer nothing, that is the reply.
    """
    number = pointing.number
    if number is not None and not 1 <= number <= len(shown):
        counted = f"{len(shown)} sentence{'s' * (len(shown) != 1)}"
        return Pointed(question, refused=f"the answer before has {counted}, and no [{number}]")
    with library.one_state():
        found = [(c, article) for c in shown if (article := _still_there(library, c))]
        if are_nearest:
            nearest = _again(library, found)
            also = "; these are the nearest sentences" if nearest else ""
            return Pointed(question, nearest, refused=f"{_NOTHING_CITED}{also}")
        if number is not None:
            found = [(c, article) for c, article in found if c.number == number]
        if not found:
            return Pointed(
                question, refused="the article cited before was removed or changed since"
            )
        return _told(library, pointing, found, most)


def beginning(library: Library, article_id: str, most: int) -> tuple[Citation, ...]:
    """The article's first sentences that say something, after its title where that is in it.

    Raises `NotFound`.
    """
    article = library.article(article_id)
    titled = re.search(rf"^{re.escape(article.title)}\s*$", article.text, re.MULTILINE)
    begun = titled.end() if titled else 0
    told = _from(library, article, begun, most, whole=True)
    return citations_of(library, told or _from(library, article, begun, most))


def _told(
    library: Library, pointing: Pointing, found: Sequence[tuple[Citation, Article]], most: int
) -> Pointed:
    first, article = found[0]
    title, again = article.title, _again(library, found)
    once = {a.id: (c, a) for c, a in reversed(found)}
    of_each = _again(library, list(reversed(once.values())))
    articles = [a for _, a in reversed(once.values())]
    if pointing.what == "read":
        spans = _from(library, article, first.start, most)
        return Pointed(f"What does “{title}” go on to say?", citations_of(library, spans))
    if pointing.what == "summary":
        return Pointed(
            f"How does “{title}” begin?", beginning(library, article.id, most), _NO_SUMMARY
        )
    if pointing.what == "speaker":
        speech = tuple(c for c in again if c.speaker or _SPEECH.search(c.text))
        nobody = None if speech else "nobody is quoted there: the article says so itself"
        return Pointed(f"Who says so in “{title}”?", _numbered(speech or again), nobody)
    if pointing.what == "date":
        asked = f"When was “{title}” published?"
        dates = [_dated(a) for a in articles]
        if not any(dates):
            none = f"no date is known of it; dateline --set {article.id} published=DATE keeps one"
            return Pointed(asked, of_each, refused=none)
        return Pointed(asked, of_each, f"published {_each([d or 'without a date' for d in dates])}")
    if pointing.what == "author":
        asked = f"Who wrote “{title}”?"
        authors = [without_marks(a.author or "") for a in articles]
        if not any(authors):
            none = f"no author is known of it; dateline --set {article.id} author=NAME keeps one"
            return Pointed(asked, of_each, refused=none)
        return Pointed(asked, of_each, f"by {_each([a or 'nobody named' for a in authors])}")
    whole = f"dateline --show {article.id} shows the article whole"
    return Pointed(f"Which article says so: “{title}”?", again, whole)


def _still_there(library: Library, citation: Citation) -> Article | None:
    if citation.gone:
        return None
    try:
        article = library.article(citation.article_id)
    except NotFound:
        return None
    same = article.text[citation.start : citation.end] == citation.text
    return article if same else None


def _again(library: Library, found: Sequence[tuple[Citation, Article]]) -> tuple[Citation, ...]:
    """The same sentences, cited anew."""
    return citations_of(library, [(article, (c.start, c.end)) for c, article in found])


def _numbered(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple(replace(c, number=number) for number, c in enumerate(citations, 1))


def _from(
    library: Library, article: Article, start: int, most: int, *, whole: bool = False
) -> list[tuple[Article, tuple[int, int]]]:
    """The first sentences of the article, from that character on, that say something new.

    With `whole`, only whole ones: no byline and no line that says when it was put there.
    """
    chosen: dict[str, tuple[Article, tuple[int, int]]] = {}
    for span in library.sentences(article.id):
        text = article.text[span.start : span.end]
        if whole and not (_ENDS.search(text) and len(_PLAIN_WORD.findall(text)) >= _FEWEST):
            continue
        is_first = span.start == start and not whole
        if span.start >= start and (is_first or tells(text, set(chosen))):
            chosen[" ".join(text.split())] = (article, (span.start, span.end))
            if len(chosen) == most:
                break
    return list(chosen.values())


def _dated(article: Article) -> str:
    """Its date, and where that was found."""
    if not article.published:
        return ""
    found = f" (from: {article.published_from})" if article.published_from else ""
    return f"{article.published}{found}"


def _each(said: Sequence[str]) -> str:
    """What is said of each article; by its citation's mark where there are several."""
    if len(said) == 1:
        return said[0]
    return ", ".join(f"[{number}] {each}" for number, each in enumerate(said, 1))
