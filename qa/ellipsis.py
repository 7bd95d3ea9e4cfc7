"""Follow-ups that are hardly a sentence: "why?", "and in 2017?", "what about Aleppo?", "no, Iraq".

Such a question is the one before it with something changed, and these rules change it. Each
returns the whole question, or None where it does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from qa.history import PERSONAL, WORD, content_stems
from qa.nouns import AUXILIARY, LED, SAID_ABOUT, subject_of
from qa.otherwise import IN_BRACKETS, LED_WORD, WH, asked_otherwise, denied, unbracketed
from qa.phrases import is_date, is_name, names_in
from qa.told_apart import ONE, PLACE, another_asked, told_apart

_BARE = re.compile(
    rf"^(?:and |but |so )?(?:({WH})(?: (?:so|then|exactly|not))?"
    r"|(when|why) (?:is|was) (?:it|that)"
    r"|what for|how come|for what(?: reason)?|on what grounds)\W*$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^(?:and |but |so )?(?:what|how) about (.+?)\W*$", re.IGNORECASE)
_AND = re.compile(r"^(?:and|but) (?!(?:then|also|now)\b)(.+?)\W*$", re.IGNORECASE)
_PREPOSITION = r"in|on|at|by|during|after|before|since|until|from|for|to|with|under|per"
_OTHER_PREPOSITION = r"against|about|of|over|into|through|between|behind|without|towards?|near"
_WITH_PLACE = re.compile(
    rf"^(?:and |but |what about |how about )?((?:{_PREPOSITION}) .+?"
    rf"|(?:{_OTHER_PREPOSITION}) (?:{WH})\b.*?)\W*$",
    re.IGNORECASE,
)
# "From where?", "with which rocket?": asked instead of what the question before led with.
_PLACE_ASKED = re.compile(rf"^(?:{_PREPOSITION}|{_OTHER_PREPOSITION}) (?:{WH})\b", re.IGNORECASE)
_LED_BY = re.compile(
    rf"^(?:(?:{_PREPOSITION}) )?(?:{WH})(?: [\w-]+)? (?={AUXILIARY}\b)", re.IGNORECASE
)
_CORRECTION = re.compile(
    r"^(?:no|nope|sorry|rather|actually)\b[,.:;]?\s*(?:i (?:meant|mean)\s+)?"
    r"(?:not [^,]+,\s*)?(.+?)\W*$",
    re.IGNORECASE,
)
# "And the ferry?": but "and the first?" asks for another of the same.
_AND_THE = re.compile(
    rf"^(?:and|but) (the (?!(?:{PLACE}|one|other|others|rest|same)\b)"
    r"[a-z][\w'’-]*(?: [a-z][\w'’-]*){0,2})"
    r"\W*$",
    re.IGNORECASE,
)
_TELL_ABOUT = re.compile(
    r"^(?:please |can you |could you )?(?:tell me|say)(?: something| more)? about (.+?)\W*$",
    re.IGNORECASE,
)
_MONTH = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
)
_PRONOUN = re.compile(r"(?:he|she|they|it|you|we|this|that)\b", re.IGNORECASE)
_ASKED_OF_PRONOUN = re.compile(rf"((?:.*?\b)?{AUXILIARY}\s+)(?:he|she|they|it)\b", re.IGNORECASE)
# A description: told apart from others by what follows.
_DESCRIBED = re.compile(
    r"^(?:no\b[,.:;]?\s*)?(?:sorry\b[,.:;]?\s*)?(?:i (?:meant|mean) )?"
    r"(the (?:[\w’'-]+ ){1,4}(?:who|that|which|whose) .+?)\W*$",
    re.IGNORECASE,
)
_IN_PLACE = re.compile(
    rf"\b(in|at|near) ((?:the )?[A-Z][\w’'.-]*(?: [A-Z][\w’'.-]*)*)"
    rf"(?= (?:{AUXILIARY}|{_PREPOSITION})\b|$)"
)
_ON_DAY = re.compile(
    rf"\bon (?:(?:the )?(?:({_MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?|(\d{{1,2}})(?:st|nd|rd|th))"
    rf"|(?:the )?\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{_MONTH})"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_WHO_ARE = re.compile(r"^who are (?=the\b)", re.IGNORECASE)
_NOT = re.compile(r"\bnot\W*$", re.IGNORECASE)
_WHO_SAID = re.compile(
    r"^(?:and |but )?(who|(?:when|where|why) did (?:he|she|they))"
    r" (said|says|say|told|reported|reports|claims|claimed) (?:so|that|this|it)\W*$",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^(?:and|but|so)\b[,\s]+", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:in |since |until |by |during )?(?:1[0-9]{3}|20[0-9]{2})\b")
_SENTENCE_LIKE = re.compile(rf"\b{AUXILIARY}\b", re.IGNORECASE)
_SAID = re.compile(
    r"^who (?:said|says|told|reported|claims|claimed) (?:so: )?(?=\w+ )", re.IGNORECASE
)
# "Who visited before Pelosi?": what was done, told without a verb that helps.
_WHO_DID = re.compile(
    r"^who (?:else |first |also )?(?:[a-z]+ed|won|wrote|built|made|led|took|got|gave|saw|met|ran"
    r"|came|went|found|held|sold|bought|paid|shot|lost|left|beat|spoke|stood|fell|flew) \w",
    re.IGNORECASE,
)
MOST_WORDS = 7


def filled(
    question: str,
    before: str,
    answer: str = "",
    *,
    alike: Callable[[str, str], bool] = lambda new, old: True,
) -> str | None:
    """The follow-up with the question `before` put into it, where it is one of these kinds.

    `answer` is the short answer to that question, where it had one; `alike` says whether the same
    may be asked of two names.
    """
    if (match := _DESCRIBED.match(question)) and _CORRECTION.match(question):
        return f"What is said about {match[1]}?"
    if len(question.split()) > MOST_WORDS:
        return None
    answer = re.sub(r"\s*[()]\s*", " ", answer).strip()
    before = _LEAD.sub("", before.strip().rstrip("?!. "))
    if not _WHO_SAID.match(question):
        before = _SAID.sub("", before)
    if match := _WHO_SAID.match(question):
        if about := SAID_ABOUT.match(before):
            return f"{match[1]} {match[2]} so about {about[1]}?"
        what = _reported(IN_BRACKETS.sub("", before[:1].lower() + before[1:]))
        return (
            f"{match[1]} {match[2]} {what} ({answer})?"
            if answer
            else f"{match[1]} {match[2]} {what}?"
        )
    if match := _BARE.match(question):
        whole = asked_otherwise(match[1] or match[2] or "why", before, answer)
        return denied(whole) if whole and _NOT.search(question) else whole
    if (whole := another_asked(question, before)) is not None:
        return whole
    if match := _CORRECTION.match(question):
        return _exchanged(match[1], before)
    if (match := _WITH_PLACE.match(question)) and not _SENTENCE_LIKE.search(question):
        return _led(match[1], before) if _PLACE_ASKED.match(match[1]) else _placed(match[1], before)
    if (match := _AND.match(question)) and _is_named(match[1]) and len(match[1].split()) <= 4:
        asks = LED_WORD.match(match[1]) or _SENTENCE_LIKE.search(match[1])
        return None if asks else asked_of(match[1], before, alike)
    if (match := _AND_THE.match(question)) and not _SENTENCE_LIKE.search(question):
        return f"What is said about {match[1]}?"
    if match := _TELL_ABOUT.match(question):
        return f"What is said about {match[1]}?"
    if (match := _ABOUT.match(question)) and len(match[1].split()) <= 5:
        # "What about Aleppo?" asks the same of another; of "the opposition", anything at all.
        if _is_named(match[1]):
            return asked_of(match[1], before, alike)
        return f"What is said about {match[1]}?"
    return None


def corrected(question: str, typed: str, searched: str) -> str | None:
    """The question before, as it was typed, with what its pronoun was really meant to be.

    None where this is no correction, or the question before was searched as it was typed.
    """
    match = _CORRECTION.match(question)
    if match is None or typed == searched or ONE.match(match[1]) or len(match[1].split()) > 5:
        return None
    pronoun = next((word for word in WORD.finditer(typed) if word.group() in PERSONAL), None)
    if pronoun is None or _SENTENCE_LIKE.search(match[1]) or _YEAR.search(match[1]):
        return None
    return f"{typed[: pronoun.start()]}{match[1]}{typed[pronoun.end() :]}"


def asked_of(
    new: str, before: str, alike: Callable[[str, str], bool] = lambda new, old: True
) -> str:
    """The question before, of another; what is said about it where that cannot be asked."""
    before = IN_BRACKETS.sub("", before)
    if of_somebody := _ASKED_OF_PRONOUN.match(before):
        return f"{of_somebody[1]}{new}{before[of_somebody.end() :]}?"
    known = names_in(before)
    subject = subject_of(before)
    same = is_whole(before) and (len(known) == 1 or subject is not None)
    if LED.match(before) and not (subject and is_name(subject)):
        same = False
    if subject and not alike(new, subject):
        same = False
    return (_exchanged(new, before) if same else None) or f"What is said about {new}?"


def _reported(before: str) -> str:
    """As it stands inside another question: "where Russian forces will remain"."""
    if LED.match(before):
        return f"so: {before}"
    subject, led = subject_of(before), re.search(rf"\b({AUXILIARY})\s+", before, re.IGNORECASE)
    if led is not None and _PRONOUN.match(before, led.end()):
        return f"so: {before}"
    if led is None or subject is None or not before.startswith(subject, led.end()):
        return before
    rest = before[led.end() + len(subject) :]
    if led[1].casefold() in ("do", "does"):
        return f"{before[: led.start()]}{subject}{rest}"
    if len(rest.split()) > 1:
        return f"so: {before}"  # The subject may go on: "the new spire".
    return f"{before[: led.start()]}{subject} {led[1]}{rest}"


def _is_named(text: str) -> bool:
    return bool(names_in(f"x {text}") or _YEAR.search(text))


def _exchanged(new: str, before: str) -> str | None:
    """The question before with its name or year in place of which another is meant."""
    one = ONE.match(new)
    if one:
        return told_apart(one[1], before)
    before = IN_BRACKETS.sub("", before)
    old_year, new_year = _YEAR.search(before), _YEAR.search(new)
    if old_year and new_year and new_year.group() == new:
        return f"{before[: old_year.start()]}{new}{before[old_year.end() :]}?"
    old = names_in(before)
    subject = subject_of(before)
    if subject is not None and (len(old) != 1 or old[0] in subject):
        old = [subject]
    if len(old) == 1 and names_in(f"x {new}") and old[0].casefold() not in new.casefold():
        replaced = old[0] if old[0].casefold().startswith("the ") else f"the {old[0]}"
        if replaced not in before:
            replaced = old[0]
        if is_name(new) and not new.casefold().startswith("the "):
            before = _WHO_ARE.sub("who is ", before)  # "And Zeppos?"
        if " and " in new:
            before = re.sub(r"^(who) is ", r"\1 are ", before, flags=re.IGNORECASE)
        return f"{before.replace(replaced, new)}?"
    return f"{new}: {before.rpartition(': ')[2]}?" if _SENTENCE_LIKE.search(before) else None


def _led(new: str, before: str) -> str:
    """The question before, led by "from where" instead of its own question word."""
    if said := SAID_ABOUT.match(before):
        return f"{new}: {said[1]}?"
    if LED.match(before):
        return f"{new} {before[0].lower()}{before[1:]}?"
    led = _LED_BY.match(before)
    if led is None or subject_of(before) is None:
        return f"{unbracketed(before)} ({new})?"
    return f"{new} {before[led.end() :]}?"


def _placed(new: str, before: str) -> str:
    """The question before at another time or place, instead of its own where it has one."""
    year = _YEAR.search(before)
    if year and _YEAR.search(new):
        return f"{before[: year.start()]}{new}{before[year.end() :]}?"
    if (day := _ON_DAY.fullmatch(new)) and len(days := list(_ON_DAY.finditer(before))) == 1:
        month = days[0][1] if day[2] else None  # "On July 11", and "on the 14th?" of July.
        other_day = f"on {month} {day[2]}" if month else new
        return f"{before[: days[0].start()]}{other_day}{before[days[0].end() :]}?"
    if other := _IN_PLACE.fullmatch(new):
        found = _IN_PLACE.finditer(before)
        places = [match for match in found if is_date(match[2]) == is_date(other[2])]
    if other and len(places) == 1:
        return f"{before[: places[0].start()]}{new}{before[places[0].end() :]}?"
    return f"{before} {new}?"


def is_whole(question: str) -> bool:
    """Whether it is a question with a verb that can be asked otherwise."""
    asks = LED_WORD.match(_LEAD.sub("", question)) is not None
    if LED.match(_LEAD.sub("", question)) and content_stems(question):
        return True
    if asks and _WHO_DID.match(_LEAD.sub("", question)):
        return True
    return asks and (bool(_SENTENCE_LIKE.search(question)) or subject_of(question) is not None)


def wants_more(question: str) -> bool:
    """Whether more of the same is asked for: "go on", "tell me more", "anything else?"."""
    return bool(_MORE.fullmatch(question))


def means_another(question: str) -> bool:
    """Whether another of the same is meant that it does not name: "no, the other one"."""
    return bool(_ANOTHER.fullmatch(question))


def means_one_of_several(question: str) -> bool:
    """Whether it only tells one from others: "the second one", "no, the other one"."""
    return means_another(question) or bool(_ONE_OF_SEVERAL.fullmatch(question))


def empty(question: str) -> bool:
    """Whether nothing is asked at all: "and?", "him?", "he it they why?"."""
    words = [word.casefold() for word in WORD.findall(question)]
    if len(words) > _MOST_BARE and re.search(rf"\b(?:{WH})$", " ".join(words)):
        words = [word for word in words if not LED_WORD.fullmatch(word)] or words
        return all(word in _NOTHING for word in words)
    return bool(words) and len(words) <= 2 and all(word in _NOTHING for word in words)


_MORE = re.compile(
    r"\W*(?:please |and |ok |okay |yes |so |can you |could you )*"
    r"(?:(?:go|read|carry) on|(?:tell|show|give) me more|say more|more|continue|keep going|proceed"
    r"|(?:is there |do you have |do they say )?any(?:thing)? (?:else|more)|what (?:else|more)"
    r"|what else (?:is said|is there|do they say|does it say)|what happened next)"
    r"(?: about (?:it|this|that|him|her|them))?(?: please)?\W*",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"\W*(?:no|nope|not (?:that|this) one)?\W*(?:i (?:meant|mean) )?(?:and |what about )?"
    r"(?:(?:the|an) ?)?other (?:one|man|woman|person|people|ones|thing)\W*",
    re.IGNORECASE,
)
_ONE_OF_SEVERAL = re.compile(
    r"\W*(?:no|nope)?\W*(?:i (?:meant|mean|want) )?(?:and |what about )?"
    rf"(?:the (?:(?:{PLACE}) |[a-z-]+ )?ones?|the (?:{PLACE})|(?:this|that) one|both(?: of them)?"
    r"|neither|(?:the )?(?:former|latter))\W*",
    re.IGNORECASE,
)
# "And why then?" asks something; four such words and no other do not.
_MOST_BARE = 3
_NOTHING_WORDS = """
and but so or then him her them it he she they this that these those there here ok okay yes no one
ones also too his hers their theirs its thanks thank you hello hi hey cool great wow
"""
_NOTHING = frozenset(_NOTHING_WORDS.split())
