"""What a question names: its nouns with what leads to them, found without a parser.

"When was the last outbreak found?" names "the last outbreak". Where one word would do, a second
is part of the phrase where the articles cited have both side by side: "the morality police".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from embeddings.words import STOP_WORDS
from qa.history import WORD
from qa.nouns_by_kind import EVENTS, GROUPS, PLACES, THINGS
from qa.phrases import DATED

AUXILIARY = (
    "(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might|must)"
)
LED = re.compile(rf"\b{AUXILIARY}\b\s+", re.IGNORECASE)
_IS = re.compile(r"(?:is|are|was|were|has|have|had)\b", re.IGNORECASE)
# What was done to it, where "who" did it: "who designed the new spire?".
_DONE_TO = re.compile(
    r"^(?:and |but |so )?who (?:\w+ed|\w+s|built|made|wrote|led|won) ", re.IGNORECASE
)
_ASKED = re.compile(
    r"^\W*(?:and |but |so )?(?:in |on |at |from |by )?(how many|how much|which|what)\s+"
    r"((?:[^\W\d_][\w-]*\s+){0,2}?)([^\W\d_][\w-]*)",
    re.IGNORECASE,
)
# How a question asks for anything at all about something; ours are so put, too.
SAID_ABOUT = re.compile(r"^what (?:else )?is said about (.+?)\W*$", re.IGNORECASE)
_ASKS_NOUN = re.compile(r"^\W*(?:and |but |so )?(?:when|where|what|who)\s*$", re.IGNORECASE)
# "Who predicted gravitational waves?": what was done to many, without an article.
_DONE_TO_MANY = re.compile(
    r"^\W*(?:and |but |so )?(?:who|what) (?:\w+ed|built|made|wrote|led|won|found|saw) "
    r"((?:(?!the\b|all\b|his\b|her\b|its\b|their\b)[a-z]+ )?[a-z]{3,}(?<![sui])s)\W*$",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"\b(?:of|about|at|in|on|for|from|to|by|with|near|against|during|after|before|over|into)\s+$",
    re.IGNORECASE,
)
_ATTACHED = re.compile(r"\s+(?:of|at|in|on|near)\s+(?:the\s+)?(?=[A-Z])")
ARTICLES = frozenset(["the", "a", "an"])
# Words that come between an article and its noun.
_AHEAD_WORDS = """
first second third fourth fifth sixth next last final only same other new newest old oldest young
youngest big biggest large largest small smallest main major whole great greatest high highest low
lowest long longest early earliest late latest former current previous local national international
public private official one two three four five six seven eight nine ten most best worst best-known
giant ancient recent original
"""
_AHEAD = frozenset(_AHEAD_WORDS.split())
# A word for whose or what kind: "the Syrian opposition".
OF_A_KIND = re.compile(r"^[A-Z]\w+(?:ian|ean|ese|ish|ch|[mr]an)$")
# What is no noun after a name: "was the ticket sold", "did Obama often".
_NO_NAMES_WORDS = """
sold bought found built held made won lost said told sent shot hit cut put set kept left felt led
read paid met born torn hurt gone done against within without like near across among well ever
still even often later else actually
"""
NO_NAMES = STOP_WORDS | frozenset(_NO_NAMES_WORDS.split())
_ADVERBS_WORDS = """
abroad afterward afterwards again ago alone altogether anymore anyway anyways beforehand best better
exactly first forever hard home instead last least next nowadays overnight overseas so soon still
together today tomorrow tonight twice worldwide yesterday yet
"""
_ADVERBS = frozenset(_ADVERBS_WORDS.split())
# "Who called the vaccine safe?": what follows is said of it.
_MAKING_SO_WORDS = """
call called calling calls consider considered considers declare declared declares deem deemed find
found finds get gets got keep keeps kept leave left make makes made making name named names think
thought turn turned want wanted wants
"""
_MAKING_SO = frozenset(_MAKING_SO_WORDS.split())
# What stands for something whole after what was done.
_STANDS_FOR = frozenset(
    ["that", "this", "it", "him", "her", "them", "so", "out", "up", "off", "back"]
)
_NO_NOUN = ("ed", "en", "ing", "ly")
_NO_HEAD = (
    *("ern", "ular", "erent", "ous", "ful", "solar", "lunar", "nuclear", "polar", "ical", "ental"),
    *("nomic", "matic", "etic", "idential", "ercial", "nancial"),
)
_DOINGS = re.compile(r"(?:sion|tion|ment|[ae]nce|ship|ness|quake|fire|war|crash)$")
_PLURAL_WORDS = frozenset(["people", "police", "troops", "children", "men", "women", "both"])
_MOST_WORDS = 6
_MOST_OF_NAME = 9


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase of a question as it stands there.

    `role` is ``subject`` (what the verb is said of), ``asked`` ("which ship", "how many men"),
    ``object``, or ``beside`` (after a preposition).
    """

    text: str
    role: str


def is_many(text: str) -> bool:
    """Whether it is written as more than one: "Russian forces", "the United Nations".

    A name of several words that ends in an s is one person's, unless "the" leads it.
    """
    words = WORD.findall(text)
    if not words:
        return False
    last = words[-1].casefold()
    if len(words) > 1 and words[-1][0].isupper() and words[0].casefold() != "the":
        return False
    return last in _PLURAL_WORDS or _is_plural(last)


def subject_of(question: str, texts: Sequence[str] = ()) -> str | None:
    """The words after the first auxiliary that name something: "Russian forces"; else None.

    `texts` are what was said before, by which two words are known to belong together.
    """
    if said := SAID_ABOUT.match(question):
        return said[1]
    question = question.partition(" (")[0]
    led = LED.search(question)
    if led is None:
        return _done_to(question)
    words = list(WORD.finditer(question, led.end()))
    after_is = bool(_IS.match(led.group()))
    end = _end(words, 0, texts, is_led=True, after_is=after_is)
    if end is None:
        return None
    if after_is and end == len(words) - 1 and _ASKS_NOUN.match(question[: led.start()]):
        last = words[end].group()  # "When is the Apple event?"
        end += last.islower() and last not in NO_NAMES and not last.endswith(_NO_NOUN)
    return question[words[0].start() : words[end - 1].end()]


def nouns(question: str, texts: Sequence[str] = ()) -> list[Noun]:
    """The noun phrases of the question: its subject, then the others in their order."""
    found: list[Noun] = []
    led = LED.search(question)
    subject = subject_of(question, texts) if led else None
    at = 0
    if (asked := _ASKED.match(question)) and asked[3].casefold() not in NO_NAMES:
        noun, low = asked[2] + asked[3], asked[1].casefold()
        ahead = LED.match(question, asked.end()) or LED.match(question, asked.end() + 1)
        many = low == "how many" and _is_plural(asked[3].casefold())
        fits = low == "which" or (low == "what" and ahead) or many
        if fits and not LED.match(f"{noun} "):
            found.append(Noun(f"the {noun}", "asked"))
        at = asked.end()
    if subject is not None and led is not None:
        begin = question.index(subject, led.end())
        found.insert(0, Noun(_attached(question, begin, subject), "subject"))
        at = max(at, begin + len(found[0].text))
    plain = question.partition(" (")[0]
    words = list(WORD.finditer(question))
    index = 0
    while index < len(words):
        word = words[index]
        end = _end(words, index, texts) if word.start() >= at and index else None
        if end is None:
            index += 1
            continue
        text = question[word.start() : words[end - 1].end()]
        beside = _PREPOSITION.search(question[: word.start()]) or word.start() >= len(plain)
        whole = _attached(question, word.start(), text)
        whole = re.sub(r"^an?\s", "the ", whole, flags=re.IGNORECASE)
        found.append(Noun(whole, "beside" if beside else "object"))
        index = end
    if last := _DONE_TO_MANY.match(plain):
        found.append(Noun(last[1], "object"))
    return found


def _attached(question: str, begin: int, noun: str) -> str:
    """The noun with the name that tells which it is: "the fire at Notre-Dame"."""
    if noun.split()[0].casefold() not in ARTICLES or noun.split()[-1][0].isupper():
        return noun
    joined = _ATTACHED.match(question, begin + len(noun))
    if joined is None:
        return noun
    words = list(WORD.finditer(question, joined.end()))
    end = _run(words, 0)
    if DATED.fullmatch(words[0].group()):
        return noun
    return question[begin : words[end - 1].end()]


def _end(
    words: Sequence[re.Match[str]],
    at: int,
    texts: Sequence[str],
    *,
    is_led: bool = False,
    after_is: bool = False,
) -> int | None:
    """Where the phrase that begins with that word ends, one past its last; None where none does.

    `is_led` says that an auxiliary comes before, so that a bare plural is a noun.
    """
    if at >= len(words):
        return None
    low = words[at].group().casefold()
    begin = at + 1 if low in ARTICLES else at
    end = begin
    while begin > at and end + 1 < len(words) and _leads(words, end):
        end += 1
    if end >= len(words) or words[end].group().casefold() in STOP_WORDS:
        return end if end > begin else None
    word = words[end].group()
    if word[0].isupper():
        end = _run(words, end)
        last = words[end - 1].group()
        if re.search(r"[’']s$", last):
            return _owned(words, end, after_is=after_is)
        if end < len(words) and _goes_on(words, end, texts, after_is=after_is, led=begin > at):
            end += 1
            most = len(words) - (not after_is)  # What comes last after "did" is what was done.
            while end < most and _together(words, end, texts) and end - at < _MOST_WORDS:
                end += 1  # "The Lahaina banyan tree".
        end += 0 if is_led or begin == at else _left(words, at, end)
    elif begin > at:
        if word.casefold() in _AHEAD or word.endswith(_NO_HEAD):
            return None
        end += 1
        while end < len(words) and _together(words, end, texts) and end - at < _MOST_WORDS:
            end += 1
        end += 0 if is_led else _left(words, at, end)
    elif is_led and (_is_plural(word.casefold()) or word.casefold() in _PLURAL_WORDS):
        end += 1
    elif is_led and after_is and len(words) == at + 1 and not word.endswith(_NO_NOUN):
        if word in NO_NAMES:
            return None  # "How many were sold?"
        end += 1  # "What is rinderpest?"
    else:
        return None
    return end


def _left(words: Sequence[re.Match[str]], at: int, end: int) -> int:
    """How many words are left, one or two, all nouns: "because of the ash cloud"; else none."""
    left = words[end:]
    if not at or len(left) > 2 or words[at - 1].group().casefold() in _MAKING_SO:
        return 0
    text = words[at].string
    for before, word in pairwise(words[end - 1 :]):
        said = word.group()
        no_noun = said in NO_NAMES or said in _ADVERBS or said.endswith(_NO_NOUN)
        if text[before.end() : word.start()] != " " or not said.islower() or no_noun:
            return 0
    return len(left)


def _leads(words: Sequence[re.Match[str]], at: int) -> bool:
    """Whether the word only leads to a noun that follows: "the last outbreak"."""
    word, after = words[at].group(), words[at + 1].group()
    ahead = (
        word.casefold() in _AHEAD
        or word.isdigit()
        or bool(OF_A_KIND.match(word))
        or (word.islower() and word.endswith(("ing", "ed", "est")) and word not in EVENTS)
        or (word.islower() and word.endswith(_NO_HEAD) and after.islower())
    )
    return ahead and after.casefold() not in STOP_WORDS


def _run(words: Sequence[re.Match[str]], at: int) -> int:
    """One past the last of the words written like one name from there on."""
    end = at + 1
    text = words[at].string
    while end < len(words) and end - at < _MOST_OF_NAME:
        between = text[words[end - 1].end() : words[end].start()]
        ends = re.search(r"[’']s$", words[end - 1].group())
        if (
            ends
            or not (words[end].group()[0].isupper() or between == "-")  # "Chick-fil-A".
            or not re.fullmatch(r"\.? |[-–’'&. ]{1,3}", between)
        ):
            break
        end += 1
    return end


def _owned(words: Sequence[re.Match[str]], at: int, *, after_is: bool) -> int:
    """One past the noun that belongs to a name: "ABBA's new album", before "released".

    After "did" what comes last, or before a word that says little, is what was done: "write that".
    """
    end, leads = at, True
    while end < len(words) and end - at < 3:
        word = words[end].group()
        is_last = end + 1 >= len(words)
        if not (is_last or after_is or leads):
            is_last = words[end + 1].group().casefold() in _STANDS_FOR
        # "Disney's new streaming plan": what is no noun may lead to one.
        doing = end > at and word.endswith(_NO_NOUN)
        if word.casefold() in STOP_WORDS or (doing and (is_last or not leads)):
            break
        if end > at and is_last and not leads:
            break  # What is said of it: "was Lee's victory easy?".
        leads = doing or word.casefold() in _AHEAD
        end += 1
    return end


def _goes_on(
    words: Sequence[re.Match[str]], at: int, texts: Sequence[str], *, after_is: bool, led: bool
) -> bool:
    """Whether a noun follows the name: "was the Webb telescope launched"."""
    word = words[at].group()
    if led and word in EVENTS:
        return True  # "The Stockton shooting".
    if not word.islower() or word in NO_NAMES or word.endswith(_NO_NOUN):
        return False
    last = words[at - 1].group()
    if OF_A_KIND.match(last) or (not led and _is_plural(word) and not last.endswith("s")):
        return True  # "Russian forces".
    is_noun = _DOINGS.search(word) or word in PLACES or word in GROUPS or word in THINGS
    if _together(words, at, texts) or (led and is_noun):
        return True
    if at + 1 >= len(words):
        return False
    if led and not after_is and at + 2 == len(words) and _is_noun_in(word, texts):
        done = words[at + 1].group()  # "Will the Balkan pipeline cost?"
        return done.islower() and done not in NO_NAMES and done not in _ADVERBS
    return led and after_is and words[at + 1].group().casefold() not in NO_NAMES


def _together(words: Sequence[re.Match[str]], at: int, texts: Sequence[str]) -> bool:
    """Whether the articles have the word right after the one before it."""
    first, second = words[at - 1].group(), words[at].group()
    if second.casefold() in NO_NAMES or second.endswith(_NO_NOUN):
        return False
    pair = re.compile(rf"\b{re.escape(first)} {re.escape(second)}\b", re.IGNORECASE)
    return any(pair.search(text) for text in texts)


def _is_noun_in(word: str, texts: Sequence[str]) -> bool:
    """Whether the articles have the word as a noun: "a $1.2bn oil pipeline"."""
    ahead = r"(?:an?|the|this|its|their|his|her)\s+(?:[^\s,]+\s+){0,2}?"
    noun = re.compile(rf"\b{ahead}{re.escape(word)}\b(?! (?:an?|the|his|her|its)\b)", re.IGNORECASE)
    return any(noun.search(text) for text in texts)


def _is_plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))


def _done_to(question: str) -> str | None:
    led = _DONE_TO.match(question)
    if led is None:
        return None
    words = list(WORD.finditer(question, led.end()))
    end = 0
    while end < len(words) and end <= 4:
        word = words[end].group()
        if word in NO_NAMES and not (end == 0 and word.casefold() in ARTICLES):
            break
        end += 1
    named = end > 1 or (end == 1 and words[0].group()[0].isupper())
    return question[words[0].start() : words[end - 1].end()] if named else None
