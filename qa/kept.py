"""A turn as the library keeps it, and back: JSON, whose citations are proved anew when read.

Written with the keys of docs/json.md, which are only ever added to, so that a session outlives
the version that kept it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from embeddings.records import Article
from qa.answer import Answer, Choice, Citation, Refusal, Slice, cite, cite_gone
from qa.conversation import Turn
from qa.output import answer_json

FindArticle = Callable[[str], Article | None]


def turn_body(turn: Turn) -> str:
    """The turn's question and answer, without how long it took."""
    answer = answer_json(turn.answer)
    # The text follows from the citations.
    del answer["answer"], answer["timings_ms"]
    return json.dumps({**answer, "notice": turn.answer.notice})


def turn_from(body: str, *, number: int, asked_at: str, find: FindArticle) -> Turn:
    """The turn that was kept; `find` looks up an article by its id.

    A citation whose sentence no longer stands in its article is marked gone.
    Raises `ValueError`, `KeyError` or `TypeError` where the body is not what `turn_body` makes.
    """
    kept = json.loads(body)
    refusal = kept["refusal"]
    answer = Answer(
        question=kept["question"],
        asked_as=kept["asked_as"],
        citations=_citations(kept["citations"], find),
        confidence=kept["confidence"],
        short_answer=kept["short_answer"],
        refusal=refusal and Refusal(refusal["reason"], _citations(refusal["nearest"], find)),
        notice=kept["notice"],
        differing=tuple(kept["differing"]),
        scope=kept["scope"],
        choices=tuple(Choice(c["label"], c["question"]) for c in kept["choices"]),
    )
    return Turn(number, answer.question, answer, asked_at)


def _citations(kept: list[dict[str, Any]], find: FindArticle) -> tuple[Citation, ...]:
    return tuple(_citation(citation, find) for citation in kept)


def _citation(kept: dict[str, Any], find: FindArticle) -> Citation:
    own = Slice(kept["start"], kept["end"], kept["text"])
    short, speaker = _slice(kept["short_answer"]), _slice(kept["speaker"])
    number, score, same_as = kept["number"], kept["score"], kept["same_as"]
    article = find(kept["article_id"])
    # Who says it stands beside the sentence: where either has changed, the citation has.
    if article is not None and all(_stands(piece, article) for piece in (own, short, speaker)):
        return cite(
            article,
            own.start,
            own.end,
            number=number,
            score=score,
            short_answer=_span(short),
            speaker=_span(speaker),
            same_as=same_as,
        )
    return cite_gone(
        number=number,
        article_id=kept["article_id"],
        title=kept["title"],
        published=kept["published"],
        source=kept["source"],
        path=kept["path"],
        url=kept["url"],
        start=own.start,
        end=own.end,
        text=own.text,
        score=score,
        short_answer=short,
        speaker=speaker,
        same_as=same_as,
        page=kept.get("page"),
    )


def _slice(kept: dict[str, Any] | None) -> Slice | None:
    return None if kept is None else Slice(kept["start"], kept["end"], kept["text"])


def _span(piece: Slice | None) -> tuple[int, int] | None:
    return None if piece is None else (piece.start, piece.end)


def _stands(piece: Slice | None, article: Article) -> bool:
    return piece is None or article.text[piece.start : piece.end] == piece.text
