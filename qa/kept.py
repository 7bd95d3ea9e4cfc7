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
    try:
        kept = json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    refusal = kept["refusal"]
    answer = Answer(
        question=_text(kept["question"]),
        asked_as=_text(kept["asked_as"]),
        citations=_citations(kept["citations"], find),
        confidence=_number(kept["confidence"]),
        short_answer=_perhaps(kept["short_answer"]),
        refusal=None
        if refusal is None
        else Refusal(_text(refusal["reason"]), _citations(refusal["nearest"], find)),
        notice=_perhaps(kept["notice"]),
        differing=tuple(_whole(number) for number in kept["differing"]),
        scope=_perhaps(kept["scope"]),
        choices=tuple(Choice(_text(c["label"]), _text(c["question"])) for c in kept["choices"]),
    )
    return Turn(number, answer.question, answer, asked_at)


def _citations(kept: list[dict[str, Any]], find: FindArticle) -> tuple[Citation, ...]:
    return tuple(_citation(citation, find) for citation in kept)


def _citation(kept: dict[str, Any], find: FindArticle) -> Citation:
    own = Slice(_whole(kept["start"]), _whole(kept["end"]), _text(kept["text"]))
    short, speaker = _slice(kept["short_answer"]), _slice(kept["speaker"])
    number, score = _whole(kept["number"]), _number(kept["score"])
    same_as = None if kept["same_as"] is None else _whole(kept["same_as"])
    article = find(_text(kept["article_id"]))
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
        title=_text(kept["title"]),
        published=_perhaps(kept["published"]),
        source=_perhaps(kept["source"]),
        path=_perhaps(kept["path"]),
        url=_perhaps(kept["url"]),
        start=own.start,
        end=own.end,
        text=own.text,
        score=score,
        short_answer=short,
        speaker=speaker,
        same_as=same_as,
        page=None if kept.get("page") is None else _whole(kept["page"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _perhaps(value: object) -> str | None:
    return None if value is None else _text(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not a whole number")
    return value


def _slice(kept: dict[str, Any] | None) -> Slice | None:
    if kept is None:
        return None
    return Slice(_whole(kept["start"]), _whole(kept["end"]), _text(kept["text"]))


def _span(piece: Slice | None) -> tuple[int, int] | None:
    return None if piece is None else (piece.start, piece.end)


def _stands(piece: Slice | None, article: Article) -> bool:
    return piece is None or article.text[piece.start : piece.end] == piece.text
