"""What a name or noun may be, so that a pronoun is not taken for what it cannot mean.

Told by the noun itself, by a title or a given name, and by what the turns say of it: "Mayor Ellen
Voss", "Hochul will pick her own", "in Geneva", "the Ever Given". Where none of them says
anything, it may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from embeddings.words import STOP_WORDS
from qa.given_names import HERS, HIS
from qa.history import WORD
from qa.nouns import AUXILIARY, OF_A_KIND, is_many
from qa.nouns_by_kind import (
    AMBIGUOUS,
    COMPANY_ENDS,
    DEEDS,
    EVENTS,
    FAMILY_NAMES,
    GROUPS,
    HERS_WORDS,
    HIS_WORDS,
    LANDS,
    PERSON_ENDS,
    PERSON_NOUNS,
    PLACES,
    THINGS,
)
from qa.phrases import JOINTS, is_name

Kind = Literal["he", "she", "person", "group", "place", "thing", ""]
PERSONS: tuple[Kind, ...] = ("he", "she", "person")

_HAPPENS = re.compile(r"\bit (?:happen|happened|occur|occurred|take place|took place)\b", re.I)
# What is done is so, and no town is.
_IS_DONE = re.compile(
    r"\bit (?:random|deliberate|intentional|accidental|unprovoked|premeditated|planned|expected"
    r"|arson|terrorism|(?:an? )?(?:accident|attack|crime|hate crime|mistake|coincidence|murder"
    r"|suicide|terror attack))\b",
    re.IGNORECASE,
)
_DOES_IT = re.compile(
    r"\bwho (?:all |else )?(?:did|does|committed|planned|is behind|was behind) it\b"
    r"|\bwhy (?:did|would|does) (?:he|she|they) do it\b",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\b(?:accus|advis|ask|assur|blam|convinc|hir|interview|invit|order|persuad|promis|remind|tell"
    r"|thank|urg|warn)(?:e?s|ed|ing|e)? (?:them|him|her)\b|\btold (?:them|him|her)\b",
    re.IGNORECASE,
)
_OWNS = re.compile(r"\b(?:owns?|owned|runs|sells|sold|bought|buys) it\b", re.IGNORECASE)
_OF_NO_LAND = re.compile(
    r"\bit (?:costs?|closed?|played|released|recalled|published|signed|stolen|launched|held|start"
    r"|begin|end|finish|stop)\b"
    r"|\b(?:against it|(?:say|said|think|feel|comment|react|respond) (?:about|of|on|to) it)\b"
    r"|\b(?:announce|confirm|deny|decide|explain|admit|predict|promise|propose|mention)d? it\b",
    re.IGNORECASE,
)
_OF_A_COMPANY = re.compile(
    r"\bits (?:[\w-]+ )?(ceo|chief executive|presidents?|founders?|spokes\w+|headquarters|board"
    r"|chair(?:man|woman)?|shareholders|shares|stock)\b",
    re.IGNORECASE,
)
# What a company has, and a person does not.
_A_COMPANYS = (
    "shares|stock|shareholders|customers|employees|workers|stores|cars|vehicles|planes|flights"
    "|dealers|factor(?:y|ies)|headquarters|spokes(?:man|woman|person|people)"
)
_PLACING = ("in", "near", "across", "outside", "throughout", "at")


def kind_of(text: str, said: Sequence[str]) -> Kind:
    """What it may be; ``""`` where nothing says. `said` are the texts in which it was spoken of."""
    text = re.sub(r"^(?:the|an?)\s+", "", whole := text, flags=re.IGNORECASE)
    if owned := re.search(r"[’']s?\s+(\w.*)$", text):
        return kind_of(owned[1], said) or "thing"  # "NBC's Olympics" are no person.
    words = [word.casefold() for word in WORD.findall(text)]
    if not words:
        return ""
    if not _is_written_large(text) or (len(words) == 1 and words[0] in PERSON_NOUNS):
        noun = re.split(r"\s(?:of|at|in|on|near)\s", text)[0]
        its = _of_noun(noun)
        return (_by_its_bearer(noun.split()[-1], said) or its) if its == "person" else its
    if len(words) > 1 and words[0] in HIS | HERS and words[-1] in FAMILY_NAMES:
        return "he" if words[0] in HIS else "she"
    for word in reversed(words[1:] if len(words) > 1 else words if words[0] in GROUPS else []):
        if word in words[:-1] and _is_person_word(word):
            break  # "San Joaquin District Attorney Ron Freitas".
        if word in PLACES or word in GROUPS or word in THINGS:
            return "group" if word in GROUPS else "place" if word in PLACES else "thing"
    if len(words) > 1 and words[0] in ("mount", "lake", "river", "port", "cape", "fort", "isle"):
        return "place"
    if len(words) > 1 and words[-1] in COMPANY_ENDS:
        return "group"
    if "&" in text or (len(words) == 1 and len(text) > 1 and text.isupper()) or _has_digit(text):
        return "group"
    if len(words) == 1 and words[0] in LANDS:
        return "place"
    its = _of_name(text, words, said)
    return its or ("thing" if text != whole and not is_many(whole) else "")


def agrees(pronoun: str, text: str, kind: Kind) -> bool:
    """Whether ``he``, ``she``, ``it``, ``they`` or ``there`` may stand for what is of that kind."""
    # "Zeppos" is one.
    one = kind in PERSONS and is_name(text) and not text.casefold().startswith("the ")
    many = is_many(text) and not one
    if pronoun in ("he", "she"):
        return (kind in (pronoun, "person") and not many) or (
            not kind and not many and is_name(text)
        )
    if pronoun == "it":
        named = is_name(text) and len(text.split()) > 1
        return kind not in ("he", "she", "person") and (not many or named)
    if pronoun == "they":
        return (many and kind != "place") or kind == "group"
    return kind == "place"


def _of_noun(text: str) -> Kind:
    """Of a noun that is no name: its last word says."""
    words = [word.casefold() for word in WORD.findall(text)]
    last = words[-1] if words else ""
    one = last.removesuffix("s")
    if last in GROUPS or one in GROUPS:
        return "group"
    if one in PERSON_NOUNS or one.endswith(PERSON_ENDS):
        return "she" if one in HERS_WORDS else "he" if one in HIS_WORDS else "person"
    return "place" if last in PLACES else "thing"


def _of_name(text: str, words: Sequence[str], said: Sequence[str]) -> Kind:
    titled = [word for word in words[:-1] if _is_person_word(word)]
    # "House Speaker Nancy Pelosi": the name begins after the last of the titles.
    begins = max((at for at, word in enumerate(words[:-1], 1) if word in titled), default=0)
    given = next((word for word in words[begins:] if len(word) > 1), "")
    gender: Kind = ""
    if any(word in HERS_WORDS for word in titled) or given in _hers(words):
        gender = "she"
    elif any(word in HIS_WORDS for word in titled) or given in _his(words):
        gender = "he"
    if gender:
        return gender
    kind: Kind = "person" if titled else ""
    bare = re.escape(text.split()[-1] if len(words) > 1 else text)
    exact = re.escape(text)
    for sentence in said:
        if not re.search(rf"\b{bare}\b", sentence):
            continue
        if kind in ("", "person") and (own := _its_pronoun(text, sentence)):
            return own
        if kind:
            continue
        if _is_led(exact, sentence) and not is_many(text):
            kind = "thing"
        elif re.search(rf"\b(?:{'|'.join(_PLACING)}) {exact}\b", sentence):
            kind = "place"
        elif len(words) == 1:
            kind = _by_whole_name(bare, sentence)
        if not kind and _is_run(exact, sentence):
            kind = "group"
        if not kind and re.search(rf"\b{exact}, (?:\d\d|who|whose)\b", sentence):
            kind = "person"
        if not kind and (ahead := re.search(rf"(\w+)[ .,]+{exact}\b", sentence)):
            kind = "person" if _is_person_word(ahead[1].casefold()) else ""
    return kind or ("thing" if any(_is_which(exact, sentence) for sentence in said) else "")


def _by_its_bearer(noun: str, said: Sequence[str]) -> Kind:
    """Of "the judge", by the name of the one judge spoken of: "Judge Katharine Parker"."""
    called = rf"\b{re.escape(noun.capitalize())} ([A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+){{1,2}})"
    names = {found[1] for sentence in said for found in re.finditer(called, sentence)}
    kinds = {kind_of(name, said) for name in names}
    return kinds.pop() if len(kinds) == 1 else ""


def _hers(words: Sequence[str]) -> frozenset[str]:
    return HERS if len(words) > 1 else HERS - AMBIGUOUS


def _his(words: Sequence[str]) -> frozenset[str]:
    return HIS if len(words) > 1 else HIS - AMBIGUOUS


def _is_led(name: str, sentence: str) -> bool:
    """Whether it has its article as no person has: "the Ever Given", but not "the Obama plan"."""
    for found in re.finditer(rf"\b[Tt]he {name}\b(?! ?[A-Z])(?: ([a-z]\w+))?", sentence):
        after = found[1]
        if after is None or after in STOP_WORDS or re.fullmatch(AUXILIARY, after):
            return True
        if after.endswith("ed"):
            return True
    return False


def _is_run(name: str, sentence: str) -> bool:
    """Whether it has an office or shares as only a company has: "the CEO of Lockheed Martin"."""
    chief = r"(?:CEO|C\.E\.O\.|[Cc]hief [Ee]xecutive(?: [Oo]fficer)?)"
    return bool(
        re.search(rf"\b{chief} (?:of|at) (?:the )?{name}\b", sentence)
        or re.search(rf"\b{name}(?:[’']s?)? (?:{chief}|{_A_COMPANYS})\b", sentence)
        or re.search(rf"\b(?:customers|employees|shares|workers) (?:of|at|in) {name}\b", sentence)
        or re.search(rf"\b(?:is|was|are|were) {name} recalling\b", sentence)
        or re.search(rf"\b{name} (?:(?:is|was) recalling|recall(?:s|ed))\b", sentence)
        or re.search(rf"\b{name},? (?:Inc|Corp|Co|Ltd|LLC)\b", sentence)
        or re.search(rf"\b{name}, the company\b", sentence)
    )


def _is_which(name: str, sentence: str) -> bool:
    """Whether it is spoken of as no person is: "Italy, which", "Italy opened its"."""
    its = rf"\b{name}(?:, which| (?:(?![A-Z])[\w’'-]+ ){{1,5}}?its)\b"
    return bool(re.search(its, sentence))


def asks_of_event(question: str) -> bool:
    """Whether it asks when, where or why "it" happened, who did it, or whether on purpose."""
    return any(form.search(question) for form in (_HAPPENS, _IS_DONE, _DOES_IT))


def may_be(question: str, pronoun: str, text: str, kind: Kind) -> bool:
    """Whether the question may ask that of it: what is owned is no state, what happens no town.

    `pronoun` is the one in the question. Nobody warns things: who is told something is no thing.
    """
    if pronoun in ("them", "him", "her"):
        return not (_TELLS.search(question) and kind in ("thing", "place"))
    if pronoun not in ("it", "its"):
        return True
    words = [word.casefold() for word in WORD.findall(text)]
    last = words[-1] if words else ""
    named = is_name(text) and not (words[0] == "the" and text[4:5].islower())
    if _DOES_IT.search(question):
        return last in EVENTS or (last in DEEDS and not named)
    if asks_of_event(question):
        return kind not in ("place", "group", *PERSONS) or last in EVENTS
    is_land = kind == "place" and named and last not in PLACES
    if found := _OF_A_COMPANY.search(question):
        may = named or kind in ("group", "place")
        return may and not (is_land and not found[1].casefold().startswith("president"))
    if _OWNS.search(question):
        return last not in EVENTS and not is_land
    return not (is_land and _OF_NO_LAND.search(question))


def _its_pronoun(text: str, sentence: str) -> Kind:
    """The "she" of "Voss said she would not", with no other name between."""
    family = text.split()[-1]
    for found in re.finditer(
        rf"\b(?:{re.escape(text)}|{re.escape(family)})(?:, [^.,]{{1,60}},)?"
        r"(?: (?![A-Z])[\w’'-]+){0,5}? (he|she|his|her|him)\b",
        sentence,
    ):
        ahead = sentence[: found.start()].split()
        place = ahead and ahead[-1].casefold() in _PLACING
        if not place and not (len(ahead) > 1 and ahead[-1][0].isupper()):
            return "she" if found[1] in ("she", "her") else "he"
    return ""


def _by_whole_name(bare: str, sentence: str) -> Kind:
    """Of a family name, by what stands before it: "Samuel Okafor", "Mayor Voss"."""
    for ahead in re.finditer(rf"\b((?:[A-Z][\w’'.-]*\s+){{1,4}}){bare}\b", sentence):
        words = [word.casefold() for word in WORD.findall(ahead[1])]
        if any(word in HERS for word in words):
            return "she"
        if any(word in HIS for word in words):
            return "he"
        if any(_is_person_word(word) for word in words):
            return "person"
    return ""


def untitled(name: str) -> str:
    """The name without what its bearer is, where two words of it are left: "Curator Priya Nair"."""
    parts = name.split()
    last = parts[-1].casefold() if parts else ""
    if last not in GROUPS | PLACES | THINGS | COMPANY_ENDS:
        # "San Joaquin District Attorney Ron Freitas".
        at = max((i for i, p in enumerate(parts[:-2], 1) if _is_title(p)), default=0)
        parts = parts[at:] if parts[at][0].isupper() else parts
    while len(parts) > 2 and (OF_A_KIND.match(parts[0]) or _is_title(parts[0])):
        parts = parts[1:]
    return " ".join(parts)


def _is_person_word(word: str) -> bool:
    return word in PERSON_NOUNS or (len(word) > 5 and word.endswith(PERSON_ENDS))


def _is_title(word: str) -> bool:
    return _is_person_word(word.casefold().rstrip("."))


def _is_written_large(text: str) -> bool:
    return all(w[0].isupper() for w in WORD.findall(text) if w.casefold() not in JOINTS)


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
