"""Follow-up questions: what is asked in full, given what was said before.

No language model: what a question leaves out is found in the turns so far and put into it,
openly, so that a person sees, and can correct, what was searched. Rules fill in the shortest
follow-ups (qa/ellipsis.py); for the rest, trees say which words are missing (qa/carry.py).
A question that names what it asks about is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from embeddings.words import STOP_WORDS
from qa import ellipsis
from qa.answer import Choice
from qa.antecedent import antecedent, is_name, subject_of
from qa.carry import needed
from qa.history import PRONOUNS, WORD, Term, asked, content_stems, stem, terms_of
from qa.past import Past
from qa.phrases import Phrase, names_in, phrases

MOST_CHOICES = 4
MOST_PAST = 8
# The least probability of a word that is put in, by how plainly the question leans on the past:
# a pronoun; a demonstrative, or "else"; no sign but shortness. Fitted on the dialogues learned
# from, for at most 3 % of the questions that a person left alone to be changed.
BY_PRONOUN, BY_SIGN = 0.3, 0.45
# Beside what the pronoun stands for, only what is likelier than not.
BESIDE = 0.55
# A longer title is a headline: it names more than what is talked about.
MOST_TITLE_WORDS = 5
_PERSONAL = frozenset().union(*(PRONOUNS[kind] for kind in ("he", "she", "they", "it")))
_POSSESSIVE = frozenset(["his", "her", "hers", "their", "theirs", "its"])
_ELSE = frozenset(["else", "other", "others", "another"])
_DEMONSTRATIVE = re.compile(r"\b(this|that|these|those|such)\s+([^\W\d_]{3,})", re.IGNORECASE)
# Nouns that point at what was said without naming it, and words that are no nouns.
_POINTING_WORDS = """
time times year years month week day period point case way reason thing things article section
area place kind sort type issue event events point one ones mean means is was are were has have
had does did do will would can could should may might same also not and but happen happened
happens work works make makes made the there they you she information process situation topic
question answer matter purpose said says
"""
_POINTING = frozenset(_POINTING_WORDS.split())
_CORRECTS = re.compile(r"\W*(?:no|sorry|i mean|i meant)\b", re.IGNORECASE)
# What follows "did this" where "this" is all that was said.
_VERBS_WORDS = """
affect lead cause help change end begin start become come go take taken include result influence
impact continue involve seem done given considered performed sound sounds huge same similar true
new look looks
"""
_VERBS = frozenset(_VERBS_WORDS.split())
# Nouns for whatever has a name: what was said before will have named one.
_CATEGORIES_WORDS = """
album song book film movie show series role band group team game match season city country state
company party person man woman character claim name release position speech deal plan law rule
report letter job war battle attack strike
"""
_CATEGORIES = frozenset(_CATEGORIES_WORDS.split())
_LEAD = re.compile(r"^(?:and|but|so)\b[,\s]+", re.IGNORECASE)
_DUMMY_IT = re.compile(
    r"\b(?:is|was|will|would) it (?:true|possible|likely|safe|legal|necessary|important|ok|okay"
    r"|common|better|worth|hard|easy|bad|good)\b",
    re.IGNORECASE,
)


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


def standalone(question: str, past: Sequence[Past]) -> Standalone:
    """The question in full; as it is where it needs nothing from before."""
    past = [_as_subject(turn) for turn in past if turn.asked_as][-MOST_PAST:]
    if ellipsis.empty(question):
        return _choose(question, past)
    terms = terms_of(past)
    if (noun := unknown_noun(question, terms)) is not None:
        found = Standalone(question, unclear=f"it is not clear which “{noun}” is meant")
        choices = tuple(Choice(name, _with_name(question, noun, name)) for name in _in_play(past))
        return Standalone(found.text, choices, found.unclear)
    if not past:
        if _leans_on_nothing(question):
            return Standalone(question, unclear="nothing was said before that it could mean")
        return Standalone(question)
    context = _context(question, past)
    ids = tuple(dict.fromkeys(i for turn in reversed(past[-2:]) for i in turn.article_ids))
    whole = ellipsis.filled(question, _last_question(past))
    if ellipsis.wants_more(question) and (subjects := _in_play(past)):
        whole = f"What else is said about {subjects[0]}?"
    if whole is None:
        whole = _with_missing(question, past, terms)
    if whole != question:
        whole = _LEAD.sub("", whole)
    return Standalone(whole, context=context, article_ids=ids)


def _last_question(past: Sequence[Past]) -> str:
    """The last turn's question, or the one before where that was no whole question."""
    whole = (turn.asked_as for turn in reversed(past) if ellipsis.is_whole(turn.asked_as))
    return next(whole, past[-1].asked_as)


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
    return _put_in(question, pronoun, meant, phrases(likely, past))


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
    found = (match for match in WORD.finditer(question) if match.group().casefold() in _PERSONAL)
    return next(found, None)


def _least(question: str, terms: dict[str, Term]) -> float | None:
    """How likely a word must be to be put in; None where the question stands by itself."""
    words = [word.casefold() for word in WORD.findall(question)]
    if any(word in _PERSONAL for word in words) and not _DUMMY_IT.search(question):
        pronoun = _first_pronoun(question)
        if pronoun is not None and names_in(f"x {question[: pronoun.start()]}"):
            return None  # "When did Russia begin its campaign?"
        return BY_SIGN if names_in(f"x {question}") else BY_PRONOUN
    if any(word in _ELSE for word in words):
        return BY_SIGN
    shown = _DEMONSTRATIVE.search(question)
    if shown is not None and (stem(shown[2]) in terms or shown[2].casefold() in _POINTING):
        return BY_SIGN
    if len(words) <= 3 and not names_in(f"x {question}") and not content_stems(question):
        return BY_SIGN
    return None


def _put_in(
    question: str, pronoun: re.Match[str] | None, meant: str | None, found: Sequence[Phrase]
) -> str:
    """What the pronoun means in its place, and other likely phrases in brackets at the end."""
    rest = [phrase for phrase in found if phrase.worth >= BESIDE or pronoun is None]
    if pronoun is not None:
        if meant is None and found:
            meant = next((phrase.text for phrase in found if phrase.named), found[0].text)
        if meant is not None:
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


def _context(question: str, past: Sequence[Past]) -> str:
    """Question and history, newest first, as one text to search by."""
    parts = [question]
    for turn in reversed(past):
        parts += [turn.asked_as, *turn.sentences]
    return " ".join(parts)


def _in_play(past: Sequence[Past]) -> list[str]:
    """What the last turns were about, newest first: subjects, names, short answers."""
    found: dict[str, str] = {}
    for turn in reversed(past[-3:]):
        texts = [subject_of(turn.asked_as) or "", *names_in(turn.asked_as)]
        texts += [turn.short_answer or ""]
        for sentence in turn.sentences[:2]:
            texts += names_in(sentence)
        for text in texts:
            named = is_name(text) or text == texts[0]
            if text and named and content_stems(text):
                found.setdefault(text.casefold(), text)
    names = list(found.values())
    return [
        name
        for name in names
        if not any(name != other and name.casefold() in other.casefold() for other in names)
    ][:MOST_CHOICES]


def _choose(question: str, past: Sequence[Past]) -> Standalone:
    if not past:
        return Standalone(question, unclear="nothing was said before that it could mean")
    before = past[-1].asked_as
    choices = []
    for name in _in_play(past):
        if stem(name) in content_stems(before) or name.casefold() in before.casefold():
            choices.append(Choice(name, f"What else is said about {name}?"))
        else:
            choices.append(Choice(name, f"What is said about {name}?"))
    return Standalone(question, tuple(choices), "it is not clear what that asks")


def unknown_noun(question: str, terms: dict[str, Term]) -> str | None:
    """The noun, a word before it included, of "this animal" where nothing said could be it."""
    if _CORRECTS.match(question):
        return None
    for match in _DEMONSTRATIVE.finditer(question):
        if match[1].casefold() == "that" and not _opens(question, match.start()):
            continue  # More often a conjunction than not.
        words: list[re.Match[str]] = []
        for word in WORD.finditer(question, match.start(2)):
            between = question[match.end(1) if not words else words[-1].end() : word.start()]
            if between.strip() or word.group().casefold() in STOP_WORDS or len(words) == 2:
                break
            words.append(word)
        low = [word.group().casefold() for word in words]
        if (
            not low
            or low[0] in _POINTING
            or low[0] in _VERBS
            or low[0].endswith(("ed", "ing", "ly"))
        ):
            continue
        if any(stem(word) in terms or (terms and stem(word) in _CATEGORIES) for word in low):
            continue
        return question[words[0].start() : words[-1].end()]
    return None


def _opens(question: str, at: int) -> bool:
    before = WORD.findall(question[:at])
    openers = {"of", "in", "on", "at", "for", "is", "was", "does", "did", "to", "from", "about"}
    return bool(before) and before[-1].casefold() in openers


def _with_name(question: str, noun: str, name: str) -> str:
    pattern = rf"\b(?:this|that|these|those)\s+{re.escape(noun)}\b"
    return re.sub(pattern, lambda match: name, question, count=1, flags=re.IGNORECASE)


def _leans_on_nothing(question: str) -> bool:
    """A first question that asks about "he" or "it" alone."""
    words = [word.casefold() for word in WORD.findall(question)]
    plain = any(w in {"he", "she", "him", "they", "it"} for w in words)
    return plain and len(content_stems(question)) <= 1 and not _DUMMY_IT.search(question)
