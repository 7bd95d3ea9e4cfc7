"""What a conversation is about just now: what a choice is offered of, and what is gone on about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answer import Choice
from qa.antecedent import antecedent, as_said, kind_in, told_in
from qa.history import PRONOUNS, WORD, content_stems
from qa.kinds import PERSONS, agrees
from qa.nouns import OF_A_KIND, nouns, subject_of
from qa.past import Past
from qa.phrases import is_date, is_name, names_in

MOST_CHOICES = 4
MOST_ANSWERS = 3
_MOST_TOPICS = 2


def in_play(past: Sequence[Past]) -> list[str]:
    """What the last turns were about, newest first: subjects, names, short answers."""
    found: dict[str, str] = {}
    answered = 0
    for turn in reversed(past):
        subject = subject_of(turn.asked_as, told_in(past)) or ""
        texts = [subject, *things_in(turn.asked_as), turn.short_answer or ""]
        for sentence in turn.sentences[:2]:
            texts += things_in(sentence)
        for text in texts:
            text = re.split(r"['’]s\b(?! [A-Z])", text)[0]
            if text and (subject.startswith(text) or is_name(text)) and content_stems(text):
                found.setdefault(text.casefold(), text)
        answered += bool(turn.sentences)
        if answered == MOST_ANSWERS:
            break
    names = list(found.values())
    return [
        name
        for name in names
        if not any(name != other and name.casefold() in other.casefold() for other in names)
    ]


def things_in(text: str) -> list[str]:
    """The names in the text, but for days and for what only says of which kind ("Russian")."""
    return [name for name in names_in(text) if not is_date(name) and not OF_A_KIND.search(name)]


def choices(question: str, past: Sequence[Past]) -> tuple[Choice, ...]:
    """Full questions about what is in play; about what its pronoun may mean where it has one."""
    names = in_play(past)
    low = {word.casefold() for word in WORD.findall(question)}
    for kind in ("he", "she", "they", "there"):
        if low & PRONOUNS[kind]:
            kinds = {name: kind_in(name, past) for name in names}
            names = [name for name in names if agrees(kind, name, kinds[name])]
            names = [name for name in names if kinds[name]] or names
    offered = [Choice(name, f"What is said about {as_said(name, past)}?") for name in names]
    return tuple(offered[:MOST_CHOICES])


def topic(past: Sequence[Past]) -> list[str]:
    """What a question that names nothing is about: what "it" would mean, and its names."""
    answer = antecedent("it", past) or antecedent("they", past)
    if answer is None:
        return []
    meant, _ = answer
    found = [meant]
    for turn in reversed(past):
        if not set(content_stems(meant)) & set(content_stems(turn.asked_as)):
            continue
        for noun in nouns(turn.asked_as, told_in(past)):
            known = {word for text in found for word in content_stems(text)}
            name = noun.text.removeprefix("the ")
            if kind_in(name, past) in PERSONS:
                continue
            if is_name(name) and not set(content_stems(name)) & known:
                found.append(noun.text)
        break
    return found[:_MOST_TOPICS]
