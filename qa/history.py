"""What was said so far as words a follow-up may need, each with what tells whether it does.

A follow-up leaves out words that stand in the turns before ("when do *they* leave?"). Every
content word of the titles, questions and answers so far is a `Term`; `features` describes it
beside the question, for the trees of qa/carry.py, which were trained on people's rewrites.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from embeddings.words import STOP_WORDS
from qa.past import Past

WORD = re.compile(r"[^\W_]+(?:[’'][^\W\d_]+)?", re.UNICODE)
MOST_ANSWER_CHARACTERS = 1200
_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")
# Words that stand for something said before, by what they can stand for.
PRONOUNS = {
    "he": frozenset(["he", "him", "his", "himself"]),
    "she": frozenset(["she", "her", "hers", "herself"]),
    "they": frozenset(["they", "them", "their", "theirs", "themselves"]),
    "it": frozenset(["it", "its", "itself"]),
    "this": frozenset(["this", "that", "these", "those"]),
    "there": frozenset(["there", "here"]),
    "then": frozenset(["then", "afterwards", "afterward"]),
    "you": frozenset(["you", "your", "we", "our", "us"]),
}
PERSONAL = frozenset().union(*(PRONOUNS[kind] for kind in ("he", "she", "they", "it")))
_ELSE_WORDS = """
else other others another more besides addition further
"""
_ELSE = frozenset(_ELSE_WORDS.split())
_SAYS_LITTLE_WORDS = """
anything something someone anyone everything thing things kind sort type many much ever also tell
know say said think find found interesting important notable significant aspect aspects article
happen happened happens get got gets go went going make made does done mean means like yes okay ok
please really still just even actually one ones way part time
"""
_SAYS_LITTLE = frozenset(_SAYS_LITTLE_WORDS.split())


@dataclass(slots=True)
class Term:
    """A word of the history. Counts and ages are in turns, the last turn's age being 0."""

    word: str
    written: str
    names: int = 0
    in_questions: int = 0
    in_answers: int = 0
    in_titles: int = 0
    age: int = 99
    question_age: int = 99
    answer_age: int = 99
    first_age: int = -1
    place: float = 1.0  # in the newest text that has it, 0 to 1
    beside: set[str] = field(default_factory=set)
    near: set[str] = field(default_factory=set)


def stem(word: str) -> str:
    """The word without a plural's or a possessive's end, so that forms of it meet."""
    word = word.casefold().replace("’", "'").removesuffix("'s").replace("'", "")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def content_stems(text: str) -> list[str]:
    """The stems of the text's words that say something, in order, each once."""
    return list(
        dict.fromkeys(
            stem(word)
            for word in WORD.findall(text)
            if word.casefold() not in STOP_WORDS and stem(word) not in STOP_WORDS
        )
    )


def terms_of(past: Sequence[Past]) -> dict[str, Term]:
    """The history's content words by their stems."""
    terms: dict[str, Term] = {}
    for age, turn in enumerate(reversed(past)):
        for title in turn.titles:
            _take(terms, title, age, "title")
        answer = " ".join(turn.sentences) or turn.short_answer or ""
        _take(terms, answer[:MOST_ANSWER_CHARACTERS], age, "answer")
        _take(terms, turn.asked_as, age, "question")
    return terms


def _take(terms: dict[str, Term], text: str, age: int, part: str) -> None:
    words = WORD.findall(text)
    stems = [stem(word) for word in words]
    said = [
        at
        for at, word in enumerate(words)
        if word.casefold() not in STOP_WORDS and stems[at] not in STOP_WORDS
    ]
    for at in said:
        word = words[at]
        term = terms.setdefault(stems[at], Term(stems[at], word))
        named = word[0].isupper() and (at > 0 or part == "title")
        if named and not term.names:
            term.written = word
        term.names += named
        if part == "question":
            term.in_questions += 1
            term.question_age = min(term.question_age, age)
        elif part == "answer":
            term.in_answers += 1
            term.answer_age = min(term.answer_age, age)
        else:
            term.in_titles += 1
        if part != "title" or term.age == 99:
            if age < term.age:
                term.place = at / max(1, len(words) - 1)
            term.age = min(term.age, age)
        term.first_age = max(term.first_age, age)
        term.beside.update(stems[max(0, at - 2) : at])
        term.beside.update(stems[at + 1 : at + 3])
        term.near.update(stems[max(0, at - 8) : at + 9])


NAMES = (
    "title", "named", "digit", "year", "length", "in questions", "in answers", "age",
    "question age", "answer age", "first age", "place", "beside", "near", "rank of names",
    "frequency", "little", "he", "she", "they", "it", "this", "there", "then", "you", "else",
    "words", "new words", "known words", "names in question", "turns", "first word", "definite",
    "plural", "about", "tokens", "has title", "titles named",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """The question's side of the features: what of it is known, what stands for something."""

    stems: frozenset[str]
    values: tuple[float, ...]


_OPENERS = {
    word: number
    for number, word in enumerate(
        ["what", "who", "when", "where", "why", "how", "which", "did", "does", "do", "is", "was"], 1
    )
}


def asked(question: str, past: Sequence[Past], terms: dict[str, Term]) -> Asked:
    words = WORD.findall(question)
    low = [word.casefold() for word in words]
    content = content_stems(question)
    telling = [word for word in content if word not in _SAYS_LITTLE]
    known = [word for word in telling if word in terms]
    kinds = [float(any(word in forms for word in low)) for forms in PRONOUNS.values()]
    named = sum(word[0].isupper() for word in words[1:] if stem(word) not in STOP_WORDS)
    definite = any(
        a in ("the", "this", "that", "these", "those") and stem(b) in terms
        for a, b in pairwise(low)
    )
    about = low[:2] in (["what", "about"], ["how", "about"]) or low[:1] == ["and"]
    return Asked(
        frozenset(content),
        (
            *kinds,
            float(any(word in _ELSE for word in low)),
            float(len(telling)),
            float(len(telling) - len(known)),
            float(len(known)),
            float(named),
            float(len(past)),
            float(_OPENERS.get(low[0], 0) if low else 0),
            float(definite),
            float(about),
            float(len(words)),
            float(any(turn.titles for turn in past)),
        ),
    )


def names_newer(terms: Mapping[str, Term]) -> dict[int, int]:
    """By age, how many terms that are names were said since."""
    ages = [term.age for term in terms.values() if term.names]
    return {age: sum(other < age for other in ages) for age in {t.age for t in terms.values()}}


def features(term: Term, question: Asked, newer: Mapping[int, int]) -> list[float]:
    """What describes the term beside the question; `NAMES` says in which order.

    `newer` is what `names_newer` says of all terms.
    """
    count = term.in_questions + term.in_answers + term.in_titles
    head, tail = question.values[:-2], question.values[-2:]
    return [
        float(term.in_titles),
        float(term.names > 0),
        float(term.word[0].isdigit()),
        float(bool(_YEAR.fullmatch(term.word))),
        float(len(term.word)),
        float(term.in_questions),
        float(term.in_answers),
        float(term.age),
        float(term.question_age),
        float(term.answer_age),
        float(term.first_age),
        term.place,
        float(len(term.beside & question.stems)),
        float(len(term.near & question.stems)),
        float(min(newer[term.age], 20)),
        float(count),
        float(term.word in _SAYS_LITTLE),
        *head[:-2],
        head[-2],
        float(term.written.casefold().endswith("s")),
        head[-1],
        *tail,
        float(term.in_titles > 0 and term.names > 0),
    ]
