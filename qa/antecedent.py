"""What a pronoun stands for, where the turns before say it.

The newest turn that names something it may mean decides, and of that turn what the question was
about before what its answer tells: "they" is many or a group, "he" and "she" are persons, "it" is
none, "there" is a place (qa/kinds.py). Where nothing agrees, nothing is put in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from embeddings.words import STOP_WORDS
from qa.ellipsis import is_whole
from qa.history import PERSONAL, PRONOUNS, WORD
from qa.kinds import PERSONS, Kind, agrees, asks_of_event, kind_of, may_be, untitled
from qa.nouns import ARTICLES, LED, NO_NAMES, Noun, is_many, nouns
from qa.nouns_by_kind import EVENTS
from qa.past import Past
from qa.phrases import is_date, is_name, names_in

_WHO = re.compile(r"\W*(?:and |but )?who\b", re.IGNORECASE)
_WHERE = re.compile(r"\W*(?:and |but )?where\b", re.IGNORECASE)
_ASKS_WHAT = re.compile(r"\W*(?:and |but )?(?:what|which)\b", re.IGNORECASE)
# Whom a sentence begins with and says something of: "Putin said".
_LEADING = re.compile(
    r"([A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,3}) (?:also |later )?(?:said|told|added|says|announced"
    r"|wrote|argued|claimed|insisted|warned|ordered|called|denied|confirmed|promised)\b"
)
_RUNS = re.compile(
    r"\b(?:CEO|[Cc]hief [Ee]xecutive(?: [Oo]fficer)?|[Ss]pokes\w+|[Pp]resident|[Cc]hair\w*),? $"
)
_EMPTY = re.compile(r"\b(?:is|was) it that\b", re.IGNORECASE)
_OPENER = re.compile(r"^(?:and|but|so)\b[,\s]+", re.IGNORECASE)

_KINDS = ("he", "she", "they", "it", "there")
# How many turns back each may look.
_MEANT: tuple[tuple[str, Kind], ...] = (("he", "he"), ("she", "she"), ("it", "thing"))
_REACH = 4
_TIME = re.compile(r"\b(?:years?|days?|weeks?|months?|hours?|minutes?|times?)$", re.IGNORECASE)
_MOST_ANSWER_WORDS = 4
_SENTENCES = 2
_NO_FIRE = re.compile(r"\b(?:open(?:s|ed|ing)?|under|return(?:s|ed|ing)?|set|on) fire\b", re.I)


def antecedent(pronoun: str, past: Sequence[Past], question: str = "") -> tuple[str, bool] | None:
    """What the pronoun stands for, and whether a turn was about it; None where nothing agrees.

    `question` is the one that has the pronoun: what happened is no town.
    """
    kind = next((k for k in _KINDS if pronoun in PRONOUNS[k]), None)
    if kind is None:
        return None
    recent = past[-_REACH:]
    said = texts_of(recent)
    still_talked_of = len(on_topic(past))
    put_off: list[str] = []
    for age, turn in enumerate(reversed(recent)):
        for at, candidates in enumerate(_named_by(kind, turn, said)):
            if at and age >= still_talked_of:
                break  # Of another article, only what a question was about is remembered.
            fitting = [
                text
                for text in candidates
                if _fits(kind, text, turn, recent)
                and may_be(question, pronoun, text, kind_in(text, recent))
            ]
            if fitting and at and _goes_on(turn):
                # A question with a pronoun of its own goes on about what that means.
                put_off += fitting
            elif fitting:
                return in_full(kind, fitting[0], said), at == 0
    if put_off:
        return in_full(kind, put_off[0], said), False
    if kind in ("he", "she") and past and (somebody := _nearest_person(kind, past[-1])):
        return somebody, False
    event = _event(recent) if pronoun == "it" and asks_of_event(question) else ""
    return (event, True) if event else None


def _nearest_person(kind: str, turn: Past) -> str:
    """Who was asked for and not found, where the nearest sentence names one person; else empty."""
    if not turn.nearest or not _WHO.match(turn.asked_as):
        return ""
    names = dict.fromkeys(_persons_in(turn.nearest[0], turn.nearest))
    fitting = [name for name in names if agrees(kind, name, kind_of(name, turn.nearest))]
    return fitting[0] if len(fitting) == 1 else ""


def _event(past: Sequence[Past]) -> str:
    """What happened, of what was asked or answered last: "the shooting"; empty without."""
    for turn in reversed(past):
        for text in (turn.asked_as, short_answer(turn), *turn.sentences[:1], *turn.titles):
            for word in WORD.findall(_NO_FIRE.sub("", text)):
                if word in EVENTS:
                    return f"the {word}"
    return ""


def in_full(kind: str, text: str, said: Sequence[str]) -> str:
    """A family name with the name before it, where that was said."""
    if kind not in ("he", "she") or len(text.split()) > 1 or not is_name(text):
        return text
    for other in (name for words in said for name in (words, *names_in(words))):
        if is_name(other) and " of " not in other and f" {text} " in f" {other} ":
            return untitled(other)
    return text


def on_topic(past: Sequence[Past]) -> Sequence[Past]:
    """The turns since another article was turned to."""
    cited: set[str] = set()
    for at in range(len(past) - 1, -1, -1):
        here = set(past[at].article_ids)
        if cited and here and not cited & here:
            return past[at + 1 :]
        cited |= here
    return past


def texts_of(past: Sequence[Past]) -> list[str]:
    """What was answered in those turns, and asked, newest first: by which kinds are told."""
    return [
        text for turn in reversed(past) for text in (*turn.sentences, *turn.titles, turn.asked_as)
    ]


def told_in(past: Sequence[Past]) -> list[str]:
    """What the articles say of it, without the questions."""
    return [text for turn in reversed(past) for text in (*turn.sentences, *turn.titles)]


def kind_in(text: str, past: Sequence[Past]) -> Kind:
    """What a name or noun may be, by those turns, and by what pronouns meant it in them.

    Who was asked for is a person, mostly: a woman where "his wife" was.
    """
    its = kind_of(text, texts_of(past))
    if its not in ("", "person") or not is_name(text):
        return its
    for turn in past:
        for kind, meant in _MEANT:
            if text == _meant_before(kind, turn):
                return meant
        if _WHERE.match(turn.asked_as) and short_answer(turn) == text:
            its = "place"
        elif _WHO.match(turn.asked_as) and short_answer(turn) == text:
            asked_for = next((n.text for n in nouns(turn.asked_as) if n.role == "subject"), "")
            what = kind_of(asked_for.split()[-1], ()) if asked_for else ""
            its = what if what in PERSONS else "person"
    return its


def _fits(kind: str, text: str, turn: Past, past: Sequence[Past]) -> bool:
    words = WORD.findall(text)
    if not words or all(word.casefold() in STOP_WORDS for word in words):
        return False
    if words[0].casefold() in STOP_WORDS and words[0].casefold() not in ARTICLES:
        return False  # No noun: "after regulators and engine makers".
    bare = words[1:] if words[0].casefold() in ARTICLES else words
    if is_date(text) or _TIME.search(text) or (bare and bare[0][0].isdigit()):
        return False  # "The 1300s" are no "them".
    if kind in ("it", "they"):
        one_of_many = "they" if kind == "it" else "it"
        if any(text == _meant_before(one_of_many, turn) for turn in past):
            return False
    its = kind_in(text, past)
    if not its and kind in ("he", "she"):
        other = PRONOUNS["she" if kind == "he" else "he"]
        if any(word.casefold() in other for word in WORD.findall(turn.question)):
            return False  # After "what did she promise?" a "he" is somebody else.
    return agrees(kind, text, its)


def _goes_on(turn: Past) -> bool:
    """Whether the question had a pronoun or left something out: "which hospital?"."""
    spoken = any(word.casefold() in PERSONAL for word in WORD.findall(turn.question))
    return spoken or turn.asked_as != turn.question or not is_whole(turn.asked_as)


def _named_by(kind: str, turn: Past, said: Sequence[str]) -> Iterator[list[str]]:
    """What the turn names, the likeliest meant first; in the first list what it is about."""
    question, short = turn.asked_as, short_answer(turn)
    found = [
        noun
        for noun in nouns(question, (*turn.sentences, *turn.titles))
        if not noun.text[0].isdigit()
    ]
    asks_who = bool(_WHO.match(question))
    same = _meant_before(kind, turn)
    plain = _EMPTY.sub("", question)
    still = any(word.casefold() in PRONOUNS[kind] for word in WORD.findall(plain))
    about = [noun.text for noun in found if noun.role == "subject"]
    titles = [title for title in turn.titles if is_name(title)]
    asked = [noun.text for noun in found if noun.role == "asked"]
    if kind in ("he", "she"):
        # "Who is Ada Quill?" is answered by what she is, "who is the mayor?" by a name.
        asked_of = [t for t in about if is_name(t) and t.split()[0].casefold() not in ARTICLES]
        unknown = [t for t in (*asked_of, short) if is_name(t) and not kind_of(t, said)]
        unknown = [t for t in unknown if len(t.split()) > 1]
        names = _only_one(kind, turn, said)
        # Whom the answer says to run it is meant before what may be a company.
        run = any(_RUNS.search(s.partition(n)[0]) for s in turn.sentences for n in names)
        known_of = asks_who and unknown and run and not any(t in names for t in unknown)
        yield (
            names * bool(known_of and not still)
            + asked_of * (asks_who and not still)
            + [short] * (asks_who and is_name(short))
            + ([] if still else [same or "", *about, *asked])
        )
        others = _others(found)
        known = [text for text in others if kind_of(text, said) in PERSONS]
        objects = [noun.text for noun in found if noun.role == "object"]
        yield titles if still else [*titles, *known, *objects, *names, *others, short]
    elif kind == "there":
        there = [short] if _WHERE.match(question) else []
        yield there + [noun.text.removeprefix("the ") for noun in found] + [short]
        yield [name for text in turn.sentences[:1] for name in names_in(text)]
    else:
        named: list[str] = []
        done_to = [noun.text for noun in found if noun.role == "object"][:1]
        fitting = [text for text in about if agrees(kind, text, kind_of(text, said))]
        if not fitting and not done_to and not asked and _ASKS_WHAT.match(question):
            named = [_thing(short)]
        elif not about:
            named = [*asked, *done_to] or _others(found)[:1]
        if kind == "they" and not any(is_many(text) for text in about):
            about = [text for text in asked if is_many(text)] + about  # "How many cars has Ford?"
        of_who = [short] if asks_who and kind_of(short, said) == "group" else []
        yield of_who if still else [same or "", *about, *of_who, *named]
        yield titles if still else [*_others(found), *asked, *titles]
        if not still and not asks_who and (is_name(short) or is_many(short)):
            yield [short]


def _only_one(kind: str, turn: Past, said: Sequence[str]) -> list[str]:
    """The one person in the answer whom the pronoun may mean; nobody where there are several."""
    for sentence in turn.sentences[:_SENTENCES]:
        names = [n for n in _persons_in(sentence, said) if agrees(kind, n, kind_of(n, said))]
        if names:
            return names if len(set(names)) == 1 else []
    return []


def _others(found: Sequence[Noun]) -> list[str]:
    """What the question names beside its subject: what is done to before the rest."""
    objects = [noun.text for noun in found if noun.role == "object"]
    return [*objects, *(noun.text for noun in found if noun.role == "beside")]


def _persons_in(sentence: str, said: Sequence[str]) -> list[str]:
    """Whom the sentence begins with and says something of; else all that are surely persons."""
    leading = _LEADING.match(sentence)
    if leading and kind_of(leading[1], said) in (*PERSONS, ""):
        return [untitled(leading[1])]
    return [untitled(name) for name in names_in(sentence) if kind_of(name, said) in PERSONS]


def _thing(short: str) -> str:
    """The answer to "what was stolen?", as a question would name it; empty where it is no thing."""
    words = WORD.findall(short)
    if not 0 < len(words) <= _MOST_ANSWER_WORDS or LED.search(short) or short[0].isdigit():
        return ""
    if any(word.casefold() in NO_NAMES for word in words) or words[-1].endswith(("ed", "ing")):
        return ""
    owned = short[0].isupper() and re.match(r"[\w-]+(?:[’']s|s[’']) ", short)
    return short if is_name(short) or words[0].casefold() == "the" or owned else f"the {short}"


def _meant_before(kind: str, turn: Past) -> str | None:
    """What the same pronoun was taken to mean in the turn before, where it stood there."""
    pronoun = next(
        (m for m in WORD.finditer(turn.question) if m.group().casefold() in PRONOUNS[kind]), None
    )
    if pronoun is None or turn.asked_as == turn.question:
        return None
    ahead = _OPENER.sub("", turn.question[: pronoun.start()])
    rest = turn.question[pronoun.end() :].rstrip(" ?!.")
    said = re.match(
        rf"{re.escape(ahead)}(.+?)(?:['’]s?)?{re.escape(rest)}(?: \(.*\))?\W*$", turn.asked_as
    )
    return said[1] if said else None


def as_said(name: str, past: Sequence[Past]) -> str:
    """With its "the", where the turns say it with one, or it is no name."""
    if not name or name.split()[0].casefold() in ("the", "a", "an"):
        return name
    said = rf"\b[Tt]he {re.escape(name)}\b(?!\s[A-Z])"
    texts = (text for turn in past for text in (turn.asked_as, *turn.sentences))
    plain = len(name.split()) == 1 and name.islower()
    return f"the {name}" if plain or any(re.search(said, text) for text in texts) else name


def short_answer(turn: Past) -> str:
    """The short answer, of whole words, and the whole of a name that it is a part of."""
    short = (turn.short_answer or "").strip()
    if not short:
        return ""
    for sentence in turn.sentences[:1]:
        if whole := re.search(rf"[\w’']*{re.escape(short)}[\w’']*", sentence):
            short = re.sub(r"[’']s$", "", whole.group())
        if short[0].isupper():
            for name in names_in(sentence):
                # "Attorney Ron" of "District Attorney Ron Freitas".
                bare = untitled(name)
                whole_name = is_name(bare) and " of " not in name
                if whole_name and f" {short} " in f" {name} " and len(short.split()) <= 6:
                    return bare
    return short
