"""The question file of ``--eval``: what a person asks, and what they expect to be cited.

A line is wrong or right by itself, so that every wrong one can be named before any is asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from embeddings.records import ArticleSummary
from qa.engine import CannotAsk, check_question
from qa.scoring import same_spaces


@dataclass(frozen=True, slots=True)
class Question:
    """A line of the file.

    `answers`, `sentence` and `articles` (names, as the person wrote them) are what is expected:
    nothing where the articles do not answer it, `answerable` being false.
    """

    line: int
    text: str
    answers: tuple[str, ...] = ()
    sentence: str | None = None
    articles: tuple[str, ...] = ()
    kind: str | None = None
    answerable: bool = True


def read_questions(content: bytes) -> tuple[list[Question], list[str]]:
    """The questions, and what is wrong, a line each, with its number; blank lines are neither."""
    questions, faults = [], []
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            questions.append(_question(number, line))
        except _Unfit as unfit:
            faults.append(f"line {number}: {unfit}")
    return questions, faults


class _Unfit(Exception):
    """A line cannot be measured; its text says why, and what to write."""


def _question(number: int, line: bytes) -> Question:
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise _Unfit("not UTF-8; save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        at = f", at column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise _Unfit(f"not JSON{at}; write one object a line") from None
    if not isinstance(record, dict):
        raise _Unfit('not a JSON object; write {"question": "…", "answers": ["…"]}')
    asked = _texts(record, "question")
    answers = _texts(record, "answers", "answer")
    sentences = _texts(record, "sentence")
    articles = _texts(record, "articles", "article")
    kinds = _texts(record, "kind")
    answerable = record.get("answerable")
    if len(asked) != 1:
        raise _Unfit('no "question", as one text')
    try:
        check_question(asked[0])
    except CannotAsk as error:
        raise _Unfit(str(error)) from None
    if len(sentences) > 1 or len(kinds) > 1:
        raise _Unfit(f'more than one "{"kind" if len(kinds) > 1 else "sentence"}"; give one')
    if answerable is not None and not isinstance(answerable, bool):
        raise _Unfit('"answerable" is neither true nor false')
    if answerable is False and (answers or sentences):
        raise _Unfit('"answerable" is false, yet an answer is expected; leave one of them out')
    if answerable is not False and not (answers or sentences or articles):
        raise _Unfit(
            'nothing is expected; give "answers", "article" or "sentence", or "answerable": false'
        )
    return Question(
        line=number,
        text=asked[0],
        answers=answers,
        sentence=sentences[0] if sentences else None,
        articles=articles if answerable is not False else (),
        kind=same_spaces(kinds[0]) if kinds else None,
        answerable=answerable is not False,
    )


def _texts(record: dict[str, Any], *keys: str) -> tuple[str, ...]:
    """The texts under the keys, each one text or a list; blank ones and nulls are none."""
    found: list[str] = []
    for key in keys:
        value = record.get(key)
        several = value if isinstance(value, list) else [] if value is None else [value]
        if not all(isinstance(text, str) for text in several):
            raise _Unfit(f'"{key}" is not text; write it in quotes')
        found += [text for text in several if text.strip()]
    return tuple(found)


def find_articles(
    questions: Sequence[Question], articles: Iterable[ArticleSummary]
) -> dict[int, set[str]]:
    """The ids of the articles that each question may mean, by its line.

    A name is an id, a title, an address, a path or its last parts; white space and case do not
    count. Where several articles have the name, any of them is meant.
    """
    named: dict[str, set[str]] = {_name(name): set() for q in questions for name in q.articles}
    for article in articles if named else ():
        names = {article.id, article.title, article.url or "", article.path or ""}
        parts = PurePath(article.path or "").parts
        names |= {"/".join(parts[at:]) for at in range(len(parts))}
        for name in {_name(name) for name in names} & named.keys():
            named[name].add(article.id)
    return {q.line: set().union(*(named[_name(name)] for name in q.articles)) for q in questions}


def _name(text: str) -> str:
    return same_spaces(text).casefold().removeprefix("./")
