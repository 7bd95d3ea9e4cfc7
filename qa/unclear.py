"""Whether a follow-up leaves open what it is about: "this animal" where none was spoken of.

Nothing is unclear that the conversation, or an article under discussion, has a word for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from embeddings.words import STOP_WORDS, content_words
from qa.history import PERSONAL, WORD, Term, content_stems, stem
from qa.nouns import AUXILIARY
from qa.phrases import DATED

DEMONSTRATIVE = re.compile(r"\b(this|that|these|those|such)\s+([^\W\d_]{3,})", re.IGNORECASE)
# Nouns that point at what was said without naming it, and words that are no nouns.
_POINTING_WORDS = """
time times year years month week day period point case way reason thing things article section
area place kind sort type issue event events point one ones mean means is was are were has have
had does did do will would can could should may might same also not and but happen happened
happens work works make makes made the there they you she information process situation topic
question answer matter purpose said says weekend morning afternoon evening night spring summer
autumn winter season decade century quarter
"""
POINTING = frozenset(_POINTING_WORDS.split())
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
# Nouns for a kind of which each has a name of its own, and which a person or a thing spoken of
# does not bring along as a singer does a song: "the animal" of a question about nothing said.
_KINDS_WORDS = """
animal species bird fish plant tree breed actor actress author player athlete hero villain
defendant plaintiff president minister mayor governor king queen country nation state city town
village county province island river lake mountain park stadium museum library school university
college hospital clinic church court restaurant hotel company firm bank store brand product car
vehicle device machine loan bond fund
"""
_KINDS = frozenset(_KINDS_WORDS.split())
_THE = re.compile(r"\bthe\s+([^\W\d_]+)([’']s)?(?:\s+([^\W\d_]+)|\W|$)", re.IGNORECASE)
# "The city of California", "the court that tried him": told by what follows.
_TOLD_AFTER = frozenset(
    ["of", "that", "which", "who", "where", "whose", "in", "for", "with", "on", "from", "to", "by"]
)
# "Who is the president?" asks for the name.
_ASKS_WHICH = re.compile(r"\W*(?:and |but |so )?(?:who|what|which)(?:[’']s| is| was)?$", re.I)
# What was said, done or felt is spoken of by such a noun without the noun's being said before.
_OF_DOINGS = re.compile(r"(?:[st]ion|ment|[ae]nce|ship|ism|ity|ness|ing|ief|cy)s?$")
DUMMY_IT = re.compile(
    r"\b(?:is|was|will|would) it (?:true|possible|likely|safe|legal|necessary|important|ok|okay"
    r"|common|better|worth(?= \w+ing| it\b)|hard|easy|bad|good)\b"
    r"|\b(?:is it|was it|it is|it was|it[’']s) (?!\w+(?:ing|e[dn])\b)\w+ (?:to|that|never|if)\b"
    r"|\b(?:(?:is|was) it|it (?:is|was)|it[’']s) (?:an?|the) (?:\w+ ){0,2}"
    r"(?:day|night|morning|evening|moment|time|year|week)\b"
    r"|\b(?:(?:is|was|did|does|will) it|it (?:is|was|will)) (?:be )?(?:rain|snow|hail)(?:ing)?\b"
    r"|\bit (?:seems?|appears?|looks)\b|\bdoes it (?:take|make)s? (?:to|a|an)\b",
    re.IGNORECASE,
)


def unknown_noun(
    question: str, terms: Mapping[str, Term], told: Callable[[str], bool]
) -> str | None:
    """The noun, a word before it included, of "this animal" where nothing said could be it.

    `terms` are the words said so far by their stems, `told` whether the articles under discussion
    have a word.
    """
    if _CORRECTS.match(question):
        return None
    noun = _pointed_at(question, terms) or _of_a_kind(question, terms)
    if noun is None or any(told(word) for word in WORD.findall(noun)):
        return None
    return noun


def _pointed_at(question: str, terms: Mapping[str, Term]) -> str | None:
    """The noun after "this" or "these" that was never said."""
    for match in DEMONSTRATIVE.finditer(question):
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
            or low[0] in POINTING
            or low[0] in _VERBS
            or low[0].endswith(("ed", "ing", "ly"))
            or DATED.fullmatch(low[0])
            or any(_OF_DOINGS.search(word) for word in low)
            or (len(low) == 1 and _is_verb_or_adjective(question, match, words[0]))
        ):
            continue
        if any(stem(word) in terms or (terms and stem(word) in _CATEGORIES) for word in low):
            continue
        return question[words[0].start() : words[-1].end()]
    return None


def _is_verb_or_adjective(question: str, shown: re.Match[str], word: re.Match[str]) -> bool:
    """Whether "this" stands alone: "was this successful?", "did this occur in Geneva?"."""
    if not re.search(rf"\b{AUXILIARY}\s+$", question[: shown.start()], re.IGNORECASE):
        return False
    after = WORD.search(question, word.end())
    if after is None:
        return True
    low = after.group().casefold()
    return low in STOP_WORDS and not re.fullmatch(AUXILIARY, low)


def _of_a_kind(question: str, terms: Mapping[str, Term]) -> str | None:
    """The noun of "the animal" in a follow-up that shares no word with what was said."""
    if not terms or any(word in terms for word in content_stems(question)):
        return None
    for match in _THE.finditer(question):
        before = WORD.findall(question[: match.start()].casefold())
        if PERSONAL.intersection(before):
            return None  # "Did she rise in the company?": in hers.
        if stem(match[1]) not in _KINDS or _ASKS_WHICH.match(question[: match.start()].rstrip()):
            continue
        following = (match[3] or "").casefold()
        noun_goes_on = not match[2] and following and following not in STOP_WORDS
        if noun_goes_on and not following.endswith(("ed", "es")):
            continue  # "The state library", "the apple product": another noun's affair.
        if following in _TOLD_AFTER:
            continue
        return match[1]
    return None


def _opens(question: str, at: int) -> bool:
    before = WORD.findall(question[:at])
    openers = {"of", "in", "on", "at", "for", "is", "was", "does", "did", "to", "from", "about"}
    return bool(before) and before[-1].casefold() in openers


def leans_on_nothing(question: str) -> bool:
    """A first question that asks about "he" or "it" alone, or about nothing: "why?"."""
    if not content_words(question):
        return True
    words = [word.casefold() for word in WORD.findall(question)]
    plain = any(w in {"he", "she", "him", "they", "it"} for w in words)
    return plain and len(content_stems(question)) <= 1 and not DUMMY_IT.search(question)
