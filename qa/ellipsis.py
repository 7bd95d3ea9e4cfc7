"""Follow-ups that are hardly a sentence: "why?", "and in 2017?", "what about Aleppo?", "no, Iraq".

Such a question is the one before it with something changed, and these rules change it. Each
returns the whole question, or None where it does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from qa.history import PERSONAL, WORD, content_stems
from qa.nouns import AUXILIARY, LED, SAID_ABOUT, is_many, subject_of
from qa.phrases import is_name, names_in

_WH = r"what|who|whom|whose|when|where|why|how(?: (?:many|much|long|often|far|old|big))?|which"
_LED = re.compile(rf"^(?:and |but |so )?({_WH})\b\s*", re.IGNORECASE)
_BARE = re.compile(
    rf"^(?:and |but |so )?(?:({_WH})(?: (?:so|then|exactly|not))?"
    r"|(when|why) (?:is|was) (?:it|that))\W*$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^(?:and |but |so )?(?:what|how) about (.+?)\W*$", re.IGNORECASE)
_AND = re.compile(r"^(?:and|but) (?!(?:then|also|now)\b)(.+?)\W*$", re.IGNORECASE)
_PREPOSITION = r"in|on|at|by|during|after|before|since|until|from|for|to|with|under"
_WITH_PLACE = re.compile(
    rf"^(?:and |but |what about |how about )?((?:{_PREPOSITION}) .+?)\W*$", re.IGNORECASE
)
# "From where?", "with which rocket?": asked instead of what the question before led with.
_PLACE_ASKED = re.compile(rf"^(?:{_PREPOSITION}) (?:{_WH})\b", re.IGNORECASE)
_LED_BY = re.compile(
    rf"^(?:(?:{_PREPOSITION}) )?(?:{_WH})(?: [\w-]+)? (?={AUXILIARY}\b)", re.IGNORECASE
)
_CORRECTION = re.compile(
    r"^(?:no|nope|sorry|rather|actually)\b[,.:;]?\s*(?:i (?:meant|mean)\s+)?"
    r"(?:not [^,]+,\s*)?(.+?)\W*$",
    re.IGNORECASE,
)
# "And the ferry?": but "and the first?" asks for another of the same.
_AND_THE = re.compile(
    r"^(?:and|but) (the (?!first|second|third|last|next|one|other|others|rest|same|\w+est\b)"
    r"[a-z][\w'’-]*(?: [a-z][\w'’-]*){0,2})"
    r"\W*$",
    re.IGNORECASE,
)
_TELL_ABOUT = re.compile(
    r"^(?:please |can you |could you )?(?:tell me|say)(?: something| more)? about (.+?)\W*$",
    re.IGNORECASE,
)
# What "who" or "which ship" did, told without an auxiliary: "who freed the Ever Given".
_DID = re.compile(r"^(who|(?:which|what)(?: [\w-]+){1,2}?) ([a-z]+) (.+)$", re.IGNORECASE)
_ASKED_OF_PRONOUN = re.compile(rf"((?:.*?\b)?{AUXILIARY}\s+)(?:he|she|they|it)\b", re.IGNORECASE)
_NOT = re.compile(r"\bnot\W*$", re.IGNORECASE)
# What comes before the verb that helps: "which rocket was used", "who will scrap the fare".
_ASKED_THEN = re.compile(
    r"^(?:(?:[Ww]hich|[Ww]hat|[Hh]ow many) ([\w-]+(?: [\w-]+)?)|[Ww]ho)"
    rf" ({AUXILIARY}) (?!(?:the|a|an|his|her|its|their|there)\b|[A-Z])([a-z].*)$"
)
_DONE = re.compile(r"(?:\w+ed|built|made|led|won|found|held|sold|bought)$")
_ONE = re.compile(r"^(?:the )?(.+?) ones?$", re.IGNORECASE)
_WHO_SAID = re.compile(
    r"^(?:and |but )?(who|(?:when|where|why) did (?:he|she|they))"
    r" (said|says|say|told|reported|reports|claims|claimed) (?:so|that|this|it)\W*$",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^(?:and|but|so)\b[,\s]+", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:in |since |until |by |during )?(?:1[0-9]{3}|20[0-9]{2})\b")
_SENTENCE_LIKE = re.compile(rf"\b{AUXILIARY}\b", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")
_SAID = re.compile(
    r"^who (?:said|says|told|reported|claims|claimed) (?:so: )?(?=\w+ )", re.IGNORECASE
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
    if len(question.split()) > MOST_WORDS:
        return None
    before = _LEAD.sub("", before.strip().rstrip("?!. "))
    if not _WHO_SAID.match(question):
        before = _SAID.sub("", before)
    if match := _WHO_SAID.match(question):
        what = _reported(_IN_BRACKETS.sub("", before[:1].lower() + before[1:]))
        return (
            f"{match[1]} {match[2]} {what} ({answer})?"
            if answer
            else f"{match[1]} {match[2]} {what}?"
        )
    if match := _BARE.match(question):
        whole = _asked_otherwise(match[1] or match[2], before, answer)
        return _denied(whole) if whole and _NOT.search(question) else whole
    if match := _CORRECTION.match(question):
        return _exchanged(match[1], before)
    if (match := _WITH_PLACE.match(question)) and not _SENTENCE_LIKE.search(question):
        return _led(match[1], before) if _PLACE_ASKED.match(match[1]) else _placed(match[1], before)
    if (match := _AND.match(question)) and _is_named(match[1]) and len(match[1].split()) <= 4:
        asks = _LED.match(match[1]) or _SENTENCE_LIKE.search(match[1])
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
    if match is None or typed == searched or _ONE.match(match[1]) or len(match[1].split()) > 5:
        return None
    pronoun = next((word for word in WORD.finditer(typed) if word.group() in PERSONAL), None)
    if pronoun is None or _SENTENCE_LIKE.search(match[1]) or _YEAR.search(match[1]):
        return None
    return f"{typed[: pronoun.start()]}{match[1]}{typed[pronoun.end() :]}"


def asked_of(
    new: str, before: str, alike: Callable[[str, str], bool] = lambda new, old: True
) -> str:
    """The question before, of another; what is said about it where that cannot be asked."""
    before = _IN_BRACKETS.sub("", before)
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
    if led is None or subject is None or not before.startswith(subject, led.end()):
        return before
    rest = before[led.end() + len(subject) :]
    if led[1].casefold() in ("do", "does"):
        return f"{before[: led.start()]}{subject}{rest}"
    if len(rest.split()) > 1:
        return before  # The subject may go on: "the new spire".
    return f"{before[: led.start()]}{subject} {led[1]}{rest}"


def _is_named(text: str) -> bool:
    return bool(names_in(f"x {text}") or _YEAR.search(text))


def _asked_otherwise(word: str, before: str, answer: str) -> str | None:
    """The question before, asking why, when, who … instead; `answer` is what was answered to it."""
    if said := SAID_ABOUT.match(before):
        return f"{word}: {said[1]}?"
    about, colon, before = before.rpartition(": ")
    led = _LED.match(before)
    rest = before[led.end() :] if led else before
    if not rest or not content_stems(rest):
        return None
    if word.casefold().startswith(("how m", "how o", "how l", "how f", "how b", "which")):
        return f"{about}{colon}{word} ({before})?"
    if (asked := _ASKED_THEN.match(before)) and word.casefold() != "who":
        doer = f"the {asked[1]}" if asked[1] else answer or "somebody"
        return f"{about}{colon}{word} {asked[2]} {doer} {asked[3]}?"
    if word.casefold() in ("when", "where", "why", "how") and (did := _DID.match(before)):
        return _of_what_was_done(word, did, answer) or f"{about}{colon}{word} {rest}?"
    return f"{about}{colon}{word} {rest}?"


def _denied(question: str) -> str:
    """Why it is not so: "why did the Pope not come?"."""
    led, subject = LED.search(question), subject_of(question)
    if led is None or subject is None or not question.startswith(subject, led.end()):
        return question
    at = led.end() + len(subject)
    return f"{question[:at]} not{question[at:]}"


def _of_what_was_done(word: str, did: re.Match[str], answer: str) -> str | None:
    """When, or why, was done what "who" did: "when was the Ever Given freed?"."""
    who, verb, rest = did[1], did[2], did[3]
    if re.search(rf"\b{AUXILIARY}\b", f"{who} {verb}", re.IGNORECASE):
        return None
    plain = _IN_BRACKETS.sub("", rest)
    if _DONE.match(verb) and subject_of(did.string) == plain:
        return f"{word} {'were' if is_many(plain) else 'was'} {plain} {verb}?"
    doer = answer if who.casefold() == "who" else f"the {who.split(maxsplit=1)[1]}"
    is_past = not verb.endswith("s")
    return f"{word} {'was' if is_past else 'is'} it that {doer or 'somebody'} {verb} {rest}?"


def _exchanged(new: str, before: str) -> str | None:
    """The question before with its name or year in place of which another is meant."""
    one = _ONE.match(new)
    if one:
        return _told_apart(one[1], before)
    before = _IN_BRACKETS.sub("", before)
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
        return f"{before.replace(replaced, new)}?"
    return f"{new}: {before.rpartition(': ')[2]}?" if _SENTENCE_LIKE.search(before) else None


def _told_apart(which: str, before: str) -> str:
    """The question before, its subject told from others like it: "the Syrian opposition"."""
    said = SAID_ABOUT.match(before)
    subject = said[1] if said else subject_of(before)
    if subject is None:
        return f"{before} ({which})?"
    words = subject.split()
    if words[0].casefold() == "the":
        words.insert(1, which)
    elif len(words) == 2 and words[0][0].isupper() and not words[1][0].isupper():
        words[0] = which  # "Russian forces": other forces are meant.
    else:
        return f"{before} ({which})?"
    return f"{before.replace(subject, ' '.join(words), 1)}?"


def _led(new: str, before: str) -> str:
    """The question before, led by "from where" instead of its own question word."""
    if LED.match(before):
        return f"{new} {before[0].lower()}{before[1:]}?"
    led = _LED_BY.match(before)
    if led is None or subject_of(before) is None:
        return f"{before} ({new})?"
    return f"{new} {before[led.end() :]}?"


def _placed(new: str, before: str) -> str:
    """The question before at another time or place, instead of its own where it has one."""
    year = _YEAR.search(before)
    if year and _YEAR.search(new):
        return f"{before[: year.start()]}{new}{before[year.end() :]}?"
    return f"{before} {new}?"


def is_whole(question: str) -> bool:
    """Whether it is a question with a verb that can be asked otherwise."""
    asks = _LED.match(_LEAD.sub("", question)) is not None
    if LED.match(_LEAD.sub("", question)) and content_stems(question):
        return True
    return asks and (bool(_SENTENCE_LIKE.search(question)) or subject_of(question) is not None)


def wants_more(question: str) -> bool:
    """Whether more of the same is asked for: "go on", "tell me more", "anything else?"."""
    return bool(_MORE.fullmatch(question))


def means_another(question: str) -> bool:
    """Whether another of the same is meant that it does not name: "no, the other one"."""
    return bool(_ANOTHER.fullmatch(question))


def empty(question: str) -> bool:
    """Whether nothing is asked at all: "and?", "him?"."""
    words = [word.casefold() for word in WORD.findall(question)]
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
_NOTHING_WORDS = """
and but so or then him her them it he she they this that these those there here ok okay yes no one
ones also too his hers their theirs its
"""
_NOTHING = frozenset(_NOTHING_WORDS.split())
