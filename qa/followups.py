"""Follow-up questions: what is asked in full, given what was said before.

No language model: what a question leaves out is found in the turns so far and put into it,
openly, so that a person sees, and can correct, what was searched. Rules fill in the shortest
follow-ups (qa/ellipsis.py); for the rest, qa/missing.py says what is missing. A question that
names what it asks about is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from qa import ellipsis
from qa.answer import Choice
from qa.antecedent import as_said, kind_in, on_topic, short_answer
from qa.history import WORD, Term, content_stems, terms_of
from qa.in_play import MOST_CHOICES, choices, in_play
from qa.kinds import PERSONS
from qa.missing import about_the_same, with_missing
from qa.nouns import nouns, subject_of
from qa.past import Past
from qa.phrases import names_in
from qa.polite import only_polite, without_politeness
from qa.somebody import asked_of_each
from qa.standalone import Standalone
from qa.unclear import leans_on_nothing, unknown_noun

MOST_PAST = 8
# A longer title is a headline: it names more than what is talked about.
MOST_TITLE_WORDS = 5
_IS = re.compile(r"\b(what|who|where|when|why|how)[’']s\b", re.IGNORECASE)
_LEAD = re.compile(r"^(?:and|but|so)\b[,\s]+", re.IGNORECASE)


def standalone(
    question: str, past: Sequence[Past], *, told: Callable[[str], bool] = lambda word: False
) -> Standalone:
    """The question in full; as it is where it needs nothing from before.

    `told` says whether the articles under discussion have a word, so that "the ship" is no
    riddle where they tell of one.
    """
    past = [_as_subject(turn) for turn in past if turn.asked_as][-MOST_PAST:]
    if (reply := only_polite(question)) is not None:
        return Standalone(question, unclear=reply)
    question = without_politeness(question)
    if ellipsis.empty(question):
        if not past:
            return Standalone(question, unclear="nothing was said before that it could mean")
        return Standalone(question, choices(question, past), "it is not clear what that asks")
    if ellipsis.wants_more(question):
        return _more(question, past)
    terms = terms_of(past)
    if (noun := unknown_noun(question, terms, told)) is not None:
        offered = tuple(
            Choice(name, _with_name(question, noun, name)) for name in in_play(past)[:MOST_CHOICES]
        )
        return Standalone(question, offered, f"it is not clear which “{noun}” is meant")
    if not past:
        if leans_on_nothing(question) or ellipsis.means_one_of_several(question):
            return Standalone(question, unclear="nothing was said before that it could mean")
        return Standalone(question)
    if ellipsis.means_another(question):
        return _another(question, past)
    whole = ellipsis.corrected(question, past[-1].question, past[-1].asked_as)
    last = _last_question(past)
    whole = whole or ellipsis.filled(
        question, last.asked_as, short_answer(last), alike=lambda new, old: _alike(new, old, past)
    )
    if whole is None:
        whole = with_missing(question, past, terms)
        if whole == question and _is_of_the_same(question, terms, told):
            whole = about_the_same(question, past)
        if whole == question:
            return replace(in_context(question, past), choices=asked_of_each(question, past))
    if whole != question:
        whole = _LEAD.sub("", whole)
    return in_context(whole, past)


def _is_of_the_same(question: str, terms: Mapping[str, Term], told: Callable[[str], bool]) -> bool:
    """Whether it asks of "the governor", whom nothing said so far names and the articles do."""
    if names_in(f"x {question}") or any(word in terms for word in content_stems(question)):
        return False
    definite = [noun.text for noun in nouns(question) if noun.text.startswith("the ")]
    return bool(definite) and all(told(WORD.findall(text)[-1]) for text in definite)


def in_context(question: str, past: Sequence[Past]) -> Standalone:
    """The question as it is, searched with what was said before."""
    ids = tuple(dict.fromkeys(i for turn in reversed(past[-2:]) for i in turn.article_ids))
    return Standalone(question, context=_context(past), article_ids=ids)


def _alike(new: str, old: str, past: Sequence[Past]) -> bool:
    """Whether the same may be asked of both: not of a church what was asked of a president."""
    kinds = [kind_in(text, past) for text in (new, old)]
    return not all(kinds) or len({kind in PERSONS for kind in kinds}) == 1


def _more(question: str, past: Sequence[Past]) -> Standalone:
    """More of what the last turn that was answered is about."""
    answered = [at for at, turn in enumerate(past, 1) if turn.sentences]
    if not answered:
        return Standalone(question, unclear="nothing was answered yet of which there could be more")
    about = in_play(on_topic(past[: answered[-1]]))
    ids = past[answered[-1] - 1].article_ids
    text = f"What else is said about {as_said(about[0], past)}?" if about else question
    more = about[0] if about else " ".join(past[answered[-1] - 1].titles)
    return Standalone(text, context=_context(past), article_ids=ids, more=more)


def _another(question: str, past: Sequence[Past]) -> Standalone:
    """The last question asked of each of the others in play: "no, the other one"."""
    last = _last_question(past).asked_as.rstrip("?!. ")
    subject = subject_of(last) or ""
    names = [name for name in in_play(past) if name not in last]
    if kind_in(subject, past) in PERSONS:
        names = [name for name in names if kind_in(name, past) in PERSONS]
    offered = tuple(Choice(name, ellipsis.asked_of(name, last)) for name in names[:MOST_CHOICES])
    if len(offered) == 1:
        return in_context(offered[0].question, past)
    return Standalone(question, offered, "it is not clear which other one is meant")


def _last_question(past: Sequence[Past]) -> Past:
    """The last turn, or one before where that was no whole question, or only asked for more."""
    whole = (
        turn
        for turn in reversed(past)
        if ellipsis.is_whole(turn.asked_as) and not ellipsis.wants_more(turn.question)
    )
    return next(whole, past[-1])


def _as_subject(turn: Past) -> Past:
    """With titles that name what is talked about alone, and "what's" spelt out."""
    titles = tuple(t for t in turn.titles if len(t.split()) <= MOST_TITLE_WORDS)
    question, asked_as = (_IS.sub(r"\1 is", text) for text in (turn.question, turn.asked_as))
    return replace(turn, titles=titles, question=question, asked_as=asked_as)


def _context(past: Sequence[Past]) -> str:
    """What was said, newest first, as one text to search by."""
    return " ".join(part for turn in reversed(past) for part in (turn.asked_as, *turn.sentences))


def _with_name(question: str, noun: str, name: str) -> str:
    """The question with the name in place of the noun; "the country's" stays a possessive."""
    pattern = rf"\b(?:this|that|these|those|the)\s+{re.escape(noun)}\b"
    return re.sub(pattern, lambda match: name, question, count=1, flags=re.IGNORECASE)
