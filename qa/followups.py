"""Follow-up questions: what is asked in full, given what was said before.

No language model: what a question leaves out is found in the turns so far and put into it,
openly, so that a person sees, and can correct, what was searched. Rules fill in the shortest
follow-ups (qa/ellipsis.py); for the rest, trees say which words are missing (qa/carry.py).
A question that names what it asks about is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qa import ellipsis
from qa.answer import Choice
from qa.antecedent import DATED, antecedent, as_said, is_many, is_name, short_answer, subject_of
from qa.carry import needed
from qa.history import PERSONAL, PRONOUNS, WORD, Term, asked, content_stems, stem, terms_of
from qa.past import Past
from qa.phrases import Phrase, names_in, phrases
from qa.unclear import DEMONSTRATIVE, DUMMY_IT, POINTING, leans_on_nothing, unknown_noun

MOST_CHOICES = 4
MOST_ANSWERS = 3
MOST_PAST = 8
# The least probability of a word that is put in, by how plainly the question leans on the past:
# a pronoun; a demonstrative, or "else"; no sign but shortness. Fitted on the dialogues learned
# from, for at most 3 % of the questions that a person left alone to be changed.
BY_PRONOUN, BY_SIGN = 0.3, 0.45
# Beside what the pronoun stands for, only what is likelier than not.
BESIDE = 0.55
# A longer title is a headline: it names more than what is talked about.
MOST_TITLE_WORDS = 5
_POSSESSIVE = frozenset(["his", "her", "hers", "their", "theirs", "its"])
_ELSE = frozenset(["else", "other", "others", "another"])
# A word for whose or what kind: "Russian forces" are in play, "Russian" is not.
_OF_A_KIND = re.compile(r"^\w+(?:ian|ean|ese|ish|ch|[mr]an)$")
_LEAD = re.compile(r"^(?:and|but|so)\b[,\s]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Standalone:
    """The question to search. `choices` or `unclear` are set where it is unclear what is meant.

    `unclear` says in words what is missing. `context` is what was said before, newest first,
    to be searched beside the question, and `article_ids` the articles under discussion, to be
    preferred softly; neither where the question begins the conversation.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    unclear: str | None = None
    context: str = ""
    article_ids: tuple[str, ...] = ()


def standalone(
    question: str, past: Sequence[Past], *, told: Callable[[str], bool] = lambda word: False
) -> Standalone:
    """The question in full; as it is where it needs nothing from before.

    `told` says whether the articles under discussion have a word, so that "the ship" is no
    riddle where they tell of one.
    """
    past = [_as_subject(turn) for turn in past if turn.asked_as][-MOST_PAST:]
    if ellipsis.empty(question):
        return _choose(question, past)
    terms = terms_of(past)
    if (noun := unknown_noun(question, terms, told)) is not None:
        found = Standalone(question, unclear=f"it is not clear which “{noun}” is meant")
        choices = tuple(
            Choice(name, _with_name(question, noun, name)) for name in _in_play(past)[:MOST_CHOICES]
        )
        return Standalone(found.text, choices, found.unclear)
    if not past:
        if leans_on_nothing(question):
            return Standalone(question, unclear="nothing was said before that it could mean")
        return Standalone(question)
    context = _context(past)
    ids = tuple(dict.fromkeys(i for turn in reversed(past[-2:]) for i in turn.article_ids))
    whole = ellipsis.corrected(question, past[-1].question, past[-1].asked_as)
    last = _last_question(past)
    whole = whole or ellipsis.filled(question, last.asked_as, short_answer(last))
    if ellipsis.wants_more(question) and (subjects := _in_play(past)):
        whole = f"What is said about {subjects[0]}?"
    if whole is None:
        whole = _with_missing(question, past, terms)
    if whole != question:
        whole = _LEAD.sub("", whole)
    return Standalone(whole, context=context, article_ids=ids)


def _last_question(past: Sequence[Past]) -> Past:
    """The last turn, or the one before where that was no whole question."""
    return next((turn for turn in reversed(past) if ellipsis.is_whole(turn.asked_as)), past[-1])


def _with_missing(question: str, past: Sequence[Past], terms: dict[str, Term]) -> str:
    """The question with the phrases that it leaves out, in place of its pronoun or after it."""
    least = _least(question, terms)
    if least is None:
        return question
    likely = {
        word: probability
        for word, probability in needed(asked(question, past, terms), terms).items()
        if probability >= least
    }
    pronoun = _first_pronoun(question)
    if pronoun is not None:
        for word in _beside_themselves(pronoun.group().casefold(), past):
            likely.pop(word, None)
    meant = antecedent(pronoun.group().casefold(), past) if pronoun else None
    found = phrases(likely, past)
    if pronoun is not None and meant is None:
        many = pronoun.group().casefold() in PRONOUNS["they"]
        agreeing = [p for p in found if not (many and p.named and not is_many(p.text))]
        meant = next((p.text for p in agreeing if p.named), agreeing[0].text if agreeing else None)
    return _put_in(question, pronoun, meant and as_said(meant, past), found)


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


def _as_subject(turn: Past) -> Past:
    titles = tuple(t for t in turn.titles if len(t.split()) <= MOST_TITLE_WORDS)
    return replace(turn, titles=titles)


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


def _put_in(
    question: str, pronoun: re.Match[str] | None, meant: str | None, found: Sequence[Phrase]
) -> str:
    """What the pronoun means in its place, and other likely phrases in brackets at the end."""
    rest = [phrase for phrase in found if phrase.worth >= BESIDE or pronoun is None]
    if pronoun is not None and meant is not None:
        word = pronoun.group().casefold()
        owning = word in _POSSESSIVE and not (
            word == "her" and _ends_phrase(question, pronoun.end())
        )
        text = _owning(meant) if owning else meant
        question = question[: pronoun.start()] + text + question[pronoun.end() :]
    known = set(content_stems(question))
    left = []
    for phrase in rest:
        if not phrase.stems & known:
            left.append(phrase.text)
            known |= phrase.stems
    if not left:
        return question
    body, mark = (question[:-1], "?") if question.endswith("?") else (question, "")
    return f"{body} ({'; '.join(left)}){mark}"


def _owning(text: str) -> str:
    return f"{text}'" if text.endswith("s") else f"{text}'s"


def _ends_phrase(question: str, at: int) -> bool:
    following = WORD.search(question, at)
    return following is None or following.group().casefold() in {"in", "on", "at", "to", "for"}


def _context(past: Sequence[Past]) -> str:
    """What was said, newest first, as one text to search by."""
    return " ".join(part for turn in reversed(past) for part in (turn.asked_as, *turn.sentences))


def _in_play(past: Sequence[Past]) -> list[str]:
    """What the last turns were about, newest first: subjects, names, short answers."""
    found: dict[str, str] = {}
    answered = 0
    for turn in reversed(past):
        subject = subject_of(turn.asked_as) or ""
        texts = [subject, *_things_in(turn.asked_as), turn.short_answer or ""]
        for sentence in turn.sentences[:2]:
            texts += _things_in(sentence)
        for text in texts:
            if text and (text == subject or is_name(text)) and content_stems(text):
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


def _things_in(text: str) -> list[str]:
    """The names in the text, but for days and for what only says of which kind ("Russian")."""
    return [
        name for name in names_in(text) if not DATED.match(name) and not _OF_A_KIND.search(name)
    ]


def _choose(question: str, past: Sequence[Past]) -> Standalone:
    if not past:
        return Standalone(question, unclear="nothing was said before that it could mean")
    names = _in_play(past)
    low = {word.casefold() for word in WORD.findall(question)}
    if low & (PRONOUNS["he"] | PRONOUNS["she"]):
        names = [name for name in names if is_name(name)]
    choices = [Choice(name, f"What is said about {as_said(name, past)}?") for name in names]
    return Standalone(question, tuple(choices[:MOST_CHOICES]), "it is not clear what that asks")


def _with_name(question: str, noun: str, name: str) -> str:
    """The question with the name in place of the noun; "the country's" stays a possessive."""
    pattern = rf"\b(?:this|that|these|those|the)\s+{re.escape(noun)}\b"
    return re.sub(pattern, lambda match: name, question, count=1, flags=re.IGNORECASE)
