"""The question before, asked with another question word: "why?", "how many?", "when?"."""

from __future__ import annotations

import re

from qa.history import content_stems
from qa.nouns import AUXILIARY, LED, SAID_ABOUT, is_many, subject_of

WH = r"what|who|whom|whose|when|where|why|how(?: (?:many|much|long|often|far|old|big))?|which"
LED_WORD = re.compile(rf"^(?:and |but |so )?({WH})\b\s*", re.IGNORECASE)
# What "who" or "which ship" did, told without an auxiliary: "who freed the Ever Given".
_DID = re.compile(r"^(who|(?:which|what)(?: [\w-]+){1,2}?) ([a-z]+) (.+)$", re.IGNORECASE)
# What was done to what: "what was recalled by Abbott".
_WHAT_WAS = re.compile(
    r"^what (is|are|was|were|has been|have been|will be)"
    r" ((?:\w+ed|built|made|led|won|found|held|sold|bought|(?:brok|chos|driv|eat|froz"
    r"|giv|hidd|prov|stol|tak|writt)en)\b.*)$",
    re.IGNORECASE,
)
# Who did it, of whom there may be many: "who died", "who was killed".
_MANY_DID = re.compile(r"^who (?:(?:is|are|was|were) (?=\w+ed\b)|(?=[a-z]+ed\b))", re.IGNORECASE)
_WAS = re.compile(r"^(?:is|was)\b", re.IGNORECASE)
_WHICH_OF = re.compile(rf"^(?:what|which) ([a-z][\w-]*(?<!s)s) (?={AUXILIARY}\b)", re.IGNORECASE)
# What comes before the verb that helps: "which rocket was used", "who will scrap the fare".
_ASKED_THEN = re.compile(
    r"^(?:(?:[Ww]hich|[Ww]hat|[Hh]ow many) ([\w-]+(?: [\w-]+)?)|[Ww]ho)"
    rf" ({AUXILIARY}) (?!(?:the|a|an|his|her|its|their|there)\b|[A-Z])([a-z].*)$"
)
_ASKS_OBJECT = re.compile(
    r"^(?:what|whom?) (?:do|does|did|will|would|can|could|should|may|might|must) ", re.IGNORECASE
)
_IS_DOING = re.compile(r"^what (?:is|are|was|were) (?:[^\s()]+ ){1,4}doing\W*$", re.IGNORECASE)
_WHO_IS = re.compile(r"^[Ww]ho (?:is|was) [A-Z][\w’'.-]*(?: [A-Z][\w’'.-]*){0,3}\W*$")
_PARTICLES = frozenset(["for", "about", "to", "with", "of", "at", "on", "up", "out", "off", "over"])
_DONE = re.compile(r"(?:\w+ed|built|made|led|won|found|held|sold|bought)$")
IN_BRACKETS = re.compile(r"\s*\([^()]*\)")


def asked_otherwise(word: str, before: str, answer: str) -> str | None:
    """The question before, asking why, when, who … instead; `answer` is what was answered to it."""
    if said := SAID_ABOUT.match(before):
        return f"{word}: {said[1]}?"
    about, colon, before = before.rpartition(": ")
    led = LED_WORD.match(before)
    rest = before[led.end() :] if led else before
    if not rest or not content_stems(rest):
        return None
    if word.casefold() == "how many" and (counted := _counted(before)):
        return f"{about}{colon}{word} {counted}?"
    if word.casefold().startswith(("how m", "how o", "how l", "how f", "how b", "which")):
        return f"{about}{colon}{word} ({unbracketed(before)})?"
    if (done := _WHAT_WAS.match(before)) and word.casefold() in ("when", "where", "why", "how"):
        what, was = _as_thing(answer), done[1].split(maxsplit=1)
        return f"{about}{colon}{word} {' '.join([was[0], what, *was[1:]])} {done[2]}?"
    if (asked := _ASKED_THEN.match(before)) and word.casefold() != "who":
        doer = f"the {asked[1]}" if asked[1] else answer or "somebody"
        return f"{about}{colon}{word} {asked[2]} {doer} {asked[3]}?"
    if _WHO_IS.match(before) and word.casefold() in ("when", "why", "how"):
        return None  # "When is Dean Phillips?" asks nothing.
    that = ""
    if word.casefold() in ("when", "where", "why", "how"):
        if (did := _DID.match(before)) and (whole := _of_what_was_done(word, did, answer)):
            return whole
        if _asks_object(before):
            whom = re.match(r"whom? ", before, re.IGNORECASE)
            that = f" {answer or 'somebody'}" if whom else " that"
        counts = led is not None and led[1].casefold() == "how many"
        if counts and not LED.search(f"{rest} "):  # "How many people live there?"
            was = "was" if re.search(r"[a-z]ed\b", rest) else "is"
            return f"{about}{colon}{word} {was} it that {rest}?"
    return f"{about}{colon}{word} {rest}{that}?"


def _asks_object(before: str) -> bool:
    """Whether it asked what somebody did, or called for: asked why, it lacks what."""
    if _IS_DOING.match(before):
        return True
    done = _ASKS_OBJECT.match(before)
    subject = subject_of(before)
    if done is None or subject is None or not before.startswith(subject, done.end()):
        return False
    tail = before[done.end() + len(subject) :].split()
    return len(tail) == 1 or (len(tail) == 2 and tail[1] in _PARTICLES)


def _counted(before: str) -> str | None:
    """What is counted with what is said of it: "drones were seen"; None where it names no many."""
    before = unbracketed(before)
    if which := _WHICH_OF.match(before):
        return before[which.start(1) :]
    if who := _MANY_DID.match(before):
        was = who.group()[4:].casefold()
        return f"people {_WAS.sub('were' if was[:1] == 'w' else 'are', was)}{before[who.end() :]}"
    led, subject = LED.search(before), subject_of(before)
    if led is None or subject is None or not before.startswith(subject, led.end()):
        return None
    bare, rest = re.sub(r"^the ", "", subject, flags=re.IGNORECASE), before[led.end() :]
    helps = led.group().strip().casefold()
    if not is_many(bare) or not bare.islower() or helps not in ("are", "were", "have", "will"):
        return None
    said = rest[len(subject) :]
    return f"{bare} {helps}{said}" if said.strip() else None


def _as_thing(answer: str) -> str:
    """The answer as a question names it, "that" where it is too long or none."""
    if not 0 < len(answer.split()) <= 4 or answer[0].isdigit() or LED.search(f"{answer} "):
        return "that"
    answer = re.sub(r"^(?:an?|the) ", "the ", answer, flags=re.IGNORECASE)
    bare = answer[0].islower() and not answer.startswith("the ") and not is_many(answer)
    return f"the {answer}" if bare else answer


def unbracketed(question: str) -> str:
    """Without what stands in brackets, that none are put inside others."""
    while (plain := IN_BRACKETS.sub("", question)) != question:
        question = plain
    return question


def denied(question: str) -> str:
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
    plain = IN_BRACKETS.sub("", rest)
    if _DONE.match(verb) and subject_of(did.string) == plain:
        return f"{word} {'were' if is_many(plain) else 'was'} {plain} {verb}?"
    doer = answer if who.casefold() == "who" else f"the {who.split(maxsplit=1)[1]}"
    is_past = not verb.endswith("s")
    return f"{word} {'was' if is_past else 'is'} it that {doer or 'somebody'} {verb} {rest}?"
