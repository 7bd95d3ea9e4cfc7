"""What a question leaves out, put into it: for its pronouns what they stand for, beside it what a
person would have said, too.

Pronouns are resolved by qa/antecedent.py; where that is not sure, and for all else, the trees of
qa/carry.py say which words are missing. Nothing is put in that does not agree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.antecedent import (
    antecedent,
    as_said,
    in_full,
    kind_in,
    on_topic,
    short_answer,
    texts_of,
)
from qa.carry import needed
from qa.history import PERSONAL, PRONOUNS, WORD, Term, asked, content_stems, stem, terms_of
from qa.in_play import topic
from qa.kinds import PERSONS, Kind, agrees, kind_of, may_be
from qa.nouns import NO_NAMES, nouns
from qa.past import Past
from qa.phrases import Phrase, is_date, is_name, names_in, phrases
from qa.unclear import DEMONSTRATIVE, DUMMY_IT, POINTING

# The least probability of a word that is put in, by how plainly the question leans on the past:
# a pronoun; a demonstrative, or "else"; no sign but shortness. Fitted on the dialogues learned
# from, for at most 3 % of the questions that a person left alone to be changed.
BY_PRONOUN, BY_SIGN = 0.3, 0.45
# Beside what the pronoun stands for, only what is likelier than not.
BESIDE = 0.6
# What has more words and is no name is a headline.
MOST_NOUN_WORDS = 4
_POSSESSIVE = frozenset(["his", "her", "hers", "their", "theirs", "its"])
_ACRONYM = 5
_ELSE = frozenset(["else", "other", "others", "another"])
# "There" and "then" at the end are a place and a time; in "is there a bridge?" and "how many were
# there?" they are neither.
_THERE = re.compile(
    r"\bthere(?=(?: (?:before|again|already|first|now|today|too|yet|still|earlier|next))?\W*$)",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"^\W*(?:and |but |so )?(?:how many|what)\b", re.IGNORECASE)
_THEN = re.compile(r"(?<=\w )\bthen(?=\W*$)", re.IGNORECASE)
_DATE = re.compile(r"\b(?:1[0-9]{3}|20[0-9]{2})\b|\b[A-Z][a-z]+\.? \d{1,2}\b|\b\d{1,2} [A-Z][a-z]+")
_INDEFINITE = re.compile(
    r"\b(?:any(?:one|body)|some(?:one|body)|no one|nobody|every(?:one|body)|how many people)\b"
    r"|^\W*(?:and |but |so )?how many (?:are|is|was|were|have|had|died|[a-z]+ed)\b",
    re.IGNORECASE,
)


def with_missing(question: str, past: Sequence[Past], terms: dict[str, Term]) -> str:
    """The question with the phrases that it leaves out, in place of its pronouns or after it.

    `terms` are the words said so far by their stems.
    """
    question = _where_and_when(question, past)
    if _names_nothing(question) and (about := topic(past)):
        return _in_brackets(question, about)
    least = _least(question, terms)
    if least is None:
        return question
    recent = on_topic(past)
    terms = terms_of(recent) if len(recent) < len(past) else terms
    likely = {
        word: probability
        for word, probability in needed(asked(question, recent, terms), terms).items()
        if probability >= least
    }
    first = _first_pronoun(question)
    if first is not None:
        for word in _beside_themselves(first.group().casefold(), past):
            likely.pop(word, None)
    found = phrases(likely, recent)
    meant = _meant(question, past, found)
    rest = [phrase for phrase in found if phrase.worth >= BESIDE or first is None]
    for pronoun, text in reversed(meant):
        question = exchanged(question, pronoun, as_said(text, past))
    return _in_brackets(question, _besides(rest, first, [match for match, _ in meant], past))


def about_the_same(question: str, past: Sequence[Past]) -> str:
    """The question with what is talked about in brackets, where that has a name."""
    named = [about for about in topic(past)[:1] if names_in(f"x {about}")]
    return _in_brackets(question, named)


def _meant(
    question: str, past: Sequence[Past], found: Sequence[Phrase]
) -> list[tuple[re.Match[str], str]]:
    """The pronouns of the question that something agrees with, in order, each with what."""
    meant: dict[str, tuple[re.Match[str], str]] = {}
    for pronoun in WORD.finditer(question):
        kind = _kind_of_pronoun(pronoun)
        if kind is None or kind in meant or _has_its_own(question, pronoun, kind):
            continue
        text, sure = antecedent(low := pronoun.group().casefold(), past, question) or (None, False)
        if not sure:
            agreeing = [
                phrase
                for phrase in found
                if agrees(kind, phrase.text, its := kind_in(phrase.text, past))
                and may_be(question, low, phrase.text, its)
                and not is_date(phrase.text)
                and not _is_dateline(phrase.text)
                and (phrase.named or not phrase.text.endswith(("ed", "ing")))
                and (phrase.named or len(phrase.text.split()) <= MOST_NOUN_WORDS)
                and phrase.text.casefold() not in NO_NAMES
            ]
            if kind in ("he", "she"):
                agreeing = [p for p in agreeing if p.named]
            likely = next((p for p in agreeing if p.named), agreeing[0] if agreeing else None)
            known = text is not None and kind in ("he", "she") and kind_in(text, past)
            if likely is not None and (
                text is None
                or (
                    (likely.worth >= BESIDE and (not known or kind_in(likely.text, past)))
                    and (likely.named or (" " in likely.text and not _is_among(text, found)))
                )
            ):
                text = in_full(kind, likely.text, texts_of(past))
        if text is not None and text not in [other for _, other in meant.values()]:
            meant[kind] = (pronoun, text)
    return list(meant.values())


def _is_among(text: str, found: Sequence[Phrase]) -> bool:
    """Whether a person would likely put in some of its words."""
    words = set(content_stems(text))
    return any(words & phrase.stems for phrase in found)


def _kind_of_pronoun(word: re.Match[str]) -> str | None:
    low = word.group().casefold()
    return next((kind for kind in ("he", "she", "they", "it") if low in PRONOUNS[kind]), None)


def _has_its_own(question: str, pronoun: re.Match[str], kind: str) -> bool:
    """Whether the question itself names what it means: "do companies pay their employees?"."""
    own = next((n for n in nouns(question) if n.role in ("subject", "asked")), None)
    if own is None:
        return False
    ahead = question.find(own.text.removeprefix("the "))
    return 0 <= ahead < pronoun.start() and agrees(kind, own.text, kind_of(own.text, ()))


def _where_and_when(question: str, past: Sequence[Past]) -> str:
    """With the place that a "there" at its end means, or the date that a "then" means."""
    there = _THERE.search(question)
    if there is not None and not _HOW_MANY.match(question):
        if (found := antecedent("there", past)) is None:
            return question
        place, _ = found
        said = rf"\b(in|at|on|near)\s+(?:the\s+)?{re.escape(place)}\b"
        texts = (text for turn in past for text in (turn.asked_as, *turn.sentences))
        at = next((match[1] for text in texts if (match := re.search(said, text))), "in")
        place = as_said(place, past)
        return f"{question[: there.start()]}{at} {place}{question[there.end() :]}"
    if then := _THEN.search(question):
        date = short_answer(past[-1])
        if _DATE.search(date):
            at = "in" if re.fullmatch(r"\d{4}", date) else "on"
            return f"{question[: then.start()]}{at} {date}{question[then.end() :]}"
    return question


def _names_nothing(question: str) -> bool:
    """Whether it asks of nobody in particular, of nothing named: "did anyone die?"."""
    if not _INDEFINITE.search(question) or any(c.isdigit() for c in question):
        return False
    words = {word.casefold() for word in WORD.findall(question)}
    return (
        not nouns(question)
        and not words & (PERSONAL | _ELSE)
        and not _THERE.search(question)
        and not names_in(f"x {question}")
    )


def _besides(
    found: Sequence[Phrase],
    first: re.Match[str] | None,
    meant: Sequence[re.Match[str]],
    past: Sequence[Past],
) -> list[str]:
    """The phrases to put in brackets, `first` being the question's first pronoun.

    Where its pronouns are `meant` for something, none that they might have meant instead, and
    nobody else; unless an article's whole title says that it is all about them.
    """
    titles = [set(content_stems(title)) for turn in past for title in turn.titles if _names(title)]
    kinds = [kind for pronoun in meant if (kind := _kind_of_pronoun(pronoun))]
    chosen = []
    for phrase in found:
        its = kind_in(phrase.text, past)
        if is_date(phrase.text) or _is_dateline(phrase.text):
            continue  # "CHARLOTTE — …" is where a report comes from.
        if not phrase.named and phrase.text[0].isupper() and len(phrase.stems) == 1:
            continue  # What every sentence begins with says nothing.
        if first is not None and not meant and not _may_be(first, phrase, its):
            continue
        instead = any(agrees(kind, phrase.text, its) for kind in kinds)
        another = bool(meant) and its in PERSONS
        if (instead or another) and not any(phrase.stems <= title for title in titles):
            continue
        chosen.append(phrase.text)
    return chosen


def _is_dateline(text: str) -> bool:
    """Whether it is where a report comes from: "CHARLOTTE — …"."""
    return text.isupper() and len(text) > _ACRONYM


def _names(title: str) -> bool:
    """Whether the title, but for a note in brackets, is a name and no headline."""
    return is_name(re.sub(r"\s*\([^)]*\)\s*$", "", title))


def _may_be(pronoun: re.Match[str], phrase: Phrase, its: Kind) -> bool:
    """Whether the pronoun may stand for the phrase, or for what it is a part of."""
    kind = _kind_of_pronoun(pronoun)
    if kind is None or kind == "they":
        return its not in ("place", "thing")
    return not its or agrees(kind, phrase.text, its)


def _beside_themselves(pronoun: str, past: Sequence[Past]) -> set[str]:
    """Stems that only questions with a "he" or "she" of their own have: somebody else is meant.

    After "Why did he miss the Games?" a "he" is not the Games.
    """
    kind = next((k for k in ("he", "she") if pronoun in PRONOUNS[k]), None)
    if kind is None:
        return set()
    inside: set[str] = set()
    elsewhere: set[str] = set()
    for turn in past:
        has_own = any(w.casefold() in PRONOUNS[kind] for w in WORD.findall(turn.asked_as))
        (inside if has_own else elsewhere).update(content_stems(turn.asked_as))
        for text in (*turn.titles, *turn.sentences, turn.short_answer or ""):
            elsewhere.update(content_stems(text))
    return inside - elsewhere


def _first_pronoun(question: str) -> re.Match[str] | None:
    found = (match for match in WORD.finditer(question) if match.group().casefold() in PERSONAL)
    return next(found, None)


def _least(question: str, terms: dict[str, Term]) -> float | None:
    """How likely a word must be to be put in; None where the question stands by itself."""
    words = [word.casefold() for word in WORD.findall(question)]
    if any(word in PERSONAL for word in words) and not DUMMY_IT.search(question):
        pronoun = _first_pronoun(question)
        if pronoun is not None and names_in(f"x {question[: pronoun.start()]}"):
            return None  # "When did Russia begin its campaign?"
        return BY_SIGN if names_in(f"x {question}") else BY_PRONOUN
    if any(word in _ELSE for word in words):
        return BY_SIGN
    shown = DEMONSTRATIVE.search(question)
    if shown is not None and (stem(shown[2]) in terms or shown[2].casefold() in POINTING):
        return BY_SIGN
    if len(words) <= 3 and not names_in(f"x {question}") and not content_stems(question):
        return BY_SIGN
    return None


def exchanged(question: str, pronoun: re.Match[str], meant: str) -> str:
    """The question with what the pronoun means in its place."""
    word = pronoun.group().casefold()
    owning = word in _POSSESSIVE and not (word == "her" and _ends_phrase(question, pronoun.end()))
    text = _owning(meant) if owning else meant
    return question[: pronoun.start()] + text + question[pronoun.end() :]


def _in_brackets(question: str, texts: Sequence[str]) -> str:
    """The question with what it does not say yet in brackets at its end."""
    known = set(content_stems(question))
    left = []
    for text in texts:
        stems = set(content_stems(text))
        if not stems & known:
            left.append(text)
            known |= stems
    if not left:
        return question
    body, mark = (question[:-1], "?") if question.endswith("?") else (question, "")
    return f"{body} ({'; '.join(left)}){mark}"


def _owning(text: str) -> str:
    return f"{text}'" if text.endswith("s") else f"{text}'s"


def _ends_phrase(question: str, at: int) -> bool:
    following = WORD.search(question, at)
    return following is None or following.group().casefold() in {"in", "on", "at", "to", "for"}
