"""A "he" or "she" with whom nobody spoken of last agrees: whom it may mean.

It is searched as it is, since the articles under discussion may tell all the same; where they
do not, it is offered of each person in play.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answer import Choice
from qa.antecedent import as_said, kind_in
from qa.history import PRONOUNS, WORD
from qa.in_play import MOST_CHOICES, in_play
from qa.kinds import PERSONS, untitled
from qa.missing import exchanged
from qa.nouns import nouns
from qa.past import Past
from qa.phrases import names_in

_HE_OR_SHE = PRONOUNS["he"] | PRONOUNS["she"]


def asked_of_each(question: str, past: Sequence[Past]) -> tuple[Choice, ...]:
    """The question asked of each person in play; none where it names somebody itself."""
    pronoun = _first(question)
    if pronoun is None or names_in(f"x {question}") or nouns(question[: pronoun.start()]):
        return ()
    known = (untitled(name) for name in in_play(past) if kind_in(name, past) in PERSONS)
    persons = list(dict.fromkeys(known))
    return tuple(
        Choice(name, exchanged(question, pronoun, as_said(name, past)))
        for name in persons[:MOST_CHOICES]
    )


def _first(question: str) -> re.Match[str] | None:
    found = (match for match in WORD.finditer(question) if match.group().casefold() in _HE_OR_SHE)
    return next(found, None)
