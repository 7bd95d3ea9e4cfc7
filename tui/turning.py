"""Sentences turned round into questions, by rule: those of a few plain shapes, the rest not.

What comes out is only offered where the engine, asked it, answers with the sentence it is from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.output import one_line

_MOST_WORDS = 14
_FEWEST_WORDS = 3

_NAMED = r"[A-Z][\w’'.-]*(?: (?:(?:of|de|van|von|al|bin|the) )?[A-Z][\w’'.-]*){0,3}"
_NAMED_IN_FULL = r"[A-Z][\w’'.-]*(?: (?:(?:of|de|van|von|al|bin|the) )?[A-Z][\w’'.-]*){1,3}"
_THING = rf"(?:(?:The|A|An) [\w’' -]{{2,70}}?|{_NAMED_IN_FULL})"
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|March|April|May|June|July|Aug(?:ust|\.)?|"
    r"Sept(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = rf"(?:\d{{1,2}} {_MONTH}|{_MONTH} \d{{1,2}}|{_MONTH}|(?:1|2)\d{{3}})\b"
_MANY = r"(?:(?:about|almost|around|at least|more than|nearly|only|over|some) )?\d[\d,.]*"
_MANY += r"(?: (?:thousand|million|billion))?"
# Past forms that stand after "who" as they are, and after "was" too.
_DID = (
    r"(?:appointed|bought|built|chaired|closed|commanded|composed|counted|created|defeated|"
    r"designed|developed|directed|discovered|established|explored|found|founded|introduced|"
    r"invented|killed|launched|led|made|measured|opened|ordered|organi[sz]ed|painted|patented|"
    r"produced|proposed|published|replaced|rescued|returned|signed|sold|won)"
)
_BASES = {
    "began": "begin", "closed": "close", "collapsed": "collapse", "crashed": "crash",
    "died": "die", "ended": "end", "erupted": "erupt", "opened": "open", "reopened": "reopen",
    "resigned": "resign", "sailed": "sail", "sank": "sink", "started": "start",
}  # fmt: skip
_COUNTED = {
    "attracted": "attract", "built": "build", "carried": "carry", "employed": "employ",
    "employs": "employ", "hired": "hire", "injured": "injure", "killed": "kill",
    "lost": "lose", "planted": "plant", "produced": "produce", "produces": "produce",
    "received": "receive", "rescued": "rescue", "saved": "save", "sold": "sell",
}  # fmt: skip

_WHEN_WAS = re.compile(
    rf"^(?P<what>{_THING}) (?P<be>was|were|is|are) "
    r"(?P<did>(?:(?:due|expected|first|last|planned|scheduled|re-?)\s?)?(?:to be |to )?"
    r"[a-z]+(?:ed|en|ilt|ound|ade|old|orn|on|eld|it|unk)\b(?: [\w’' -]{2,40}?)?) "
    rf"(?:in|on) (?:[A-Z][a-z]+, )?(?P<so>{_DAY})"
)
_WHEN_WILL = re.compile(
    rf"^(?P<what>{_THING}) will (?P<did>(?!not )[a-z]+(?: [\w’' -]{{2,40}}?)?)"
    rf" (?:in|on|by) (?P<so>{_DAY})"
)
_WHEN_DID = re.compile(
    rf"^(?P<what>{_THING}) (?P<did>{'|'.join(_BASES)})"
    r"(?P<how>(?: (?:in|at|near|off|on|to|for|from) [\w’' -]{2,30}?)?)"
    r"(?:,? after [^,]{3,60},?)?"
    rf" (?:in|on) (?:[A-Z][a-z]+, )?(?P<so>{_DAY})"
)
_COST = re.compile(
    rf"^(?P<what>{_THING})(?:, [^,]{{3,60}},)?(?: now)? (?P<will>will cost|costs?)"
    r" (?:about |almost |around |nearly |some )?(?P<so>[$£€¥]\d[\d,.]*|\d[\d,.]*"
    r"(?: (?:million|billion))? (?:crowns|dollars|euros|francs|kroner|pesos|pounds|"
    r"rupees|yen|yuan))"
)
_HOW_MANY = re.compile(
    rf"^(?P<what>{_THING}) (?P<did>{'|'.join(_COUNTED)}) (?P<so>{_MANY}) "
    r"(?P<of>(?:[a-z]+ )?(?:people|children|[a-z]{3,}s))\b"
)
_WHO = re.compile(
    rf"^(?P<so>{_NAMED})(?:, [^,]{{3,60}},)? (?P<did>{_DID} "
    r"(?:the |an? |its |[A-Z\d])[^,;:—–“”‘()]+)"
)
_BY = re.compile(
    rf"^(?P<what>{_THING}) (?:was|were) (?P<did>{_DID})"
    rf"(?P<how>(?: (?:in|at|on) [\w’' -]{{2,30}}?)?)"
    rf" by (?:the |an? )?(?:[a-z]+ ){{0,2}}(?P<so>{_NAMED})"
)
_WHERE = re.compile(
    rf"^(?P<what>{_THING}) (?P<be>was|were|is|will be) (?P<did>(?:born|based|built|buried|found|"
    rf"held|located|signed|stationed|made|discovered)) (?:in|at|near|outside) (?P<so>{_NAMED})"
)
# A person introduced: Osama Rabie, the chairman of …
_WHO_IS = re.compile(
    r"(?<![\w.’'-] )\b(?P<who>[A-Z][a-zà-ÿ]+ (?:[A-Z][\w’'-]+ )?[A-Z][\w’'-]+), "
    r"(?P<so>(?:the |an? |who )?(?:[a-z’'-]+ ){0,4}(?:chairman|chairwoman|president|director|"
    r"minister|head|chief|leader|professor|mayor|governor|spokes\w+|secretary|scientist|engineer|"
    r"author|captain|commander|founder|owner|veterinarian|doctor|leads|led|ran|runs|founded|"
    r"discovered|developed)\b)"
)
_WHEN_ZH = re.compile(
    r"^(?P<what>[\u4e00-\u9fff·《》“”]{2,16})(?:于|在)(?P<so>\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?)"
    r"(?P<did>[\u4e00-\u9fff]{2,14})$"
)
_WHO_ZH = re.compile(
    r"^(?P<what>[\u4e00-\u9fff·《》“”]{2,16})(?:是)?由(?P<so>[\u4e00-\u9fff·]{2,12}?)"
    r"(?P<did>设计|建造|发明|发现|创立|创办|创作|主持|执导|撰写|编写|修建)(?:的)?$"
)
_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|its|their|this|these|we|our|i|my|you)\b", re.IGNORECASE
)
# A clause within what should be a plain subject.
_CLAUSE = re.compile(r"\b(?:could|would|estimated|said|says|which|who|because|when|that will)\b")
# A verb within what should be a plain subject: then the shape has been misread.
_VERB = re.compile(
    r"\b(?:has|have|had|is|are|was|were|be|been|will|can|may|might|must|not|did|does|to|"
    r"that|which|who|when)\b"
)
# A word that begins a sentence, and no name.
_NO_NAME = re.compile(
    r"^(?:About|After|All|Also|An?|And|As|At|Before|Both|But|By|Each|Even|Every|First|For|From|He|"
    r"Her|His|How|I|If|In|It|Its|Last|Local|Many|More|Most|My|No|Now|Of|On|One|Other|Our|She|Since|"
    r"So|Some|Such|That|The|Their|Then|There|These|They|This|Those|To|Two|Three|Under|Until|We|"
    r"What|When|Where|While|Who|With|You)\b"
)
_OFFICE = re.compile(
    r"^(?:Captain|Chancellor|Chief|Coach|Democrat|Detective|Director|Dr|Gen|General|Goalkeeper|"
    r"Governor|Judge|Justice|King|Librarian|Lord|Mayor|Minister|Mr|Mrs|Ms|President|Prince|Princess|"
    r"Prof|Professor|Queen|Rep|Republican|Secretary|Sen|Senator|Sir|"
    r"[A-Z][a-z]+(?:ist|ian|eer))\.? (?=[A-Z])"
)
_PASSING = re.compile(
    r"(?: (?:late |(?<!days )(?<!hours )(?<!months )(?<!weeks )(?<!years )early )?"
    r"(?:on )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?: \w+ing| night)?| "
    r"(?:last|this|next|the same) (?:day|morning|evening|week|month|year|night)|"
    r" (?:yesterday|today|tomorrow|tonight)|"
    r" (?:(?:about|almost|more than|nearly) )?\w+ (?:days|weeks|months|years|decades) ago)\b"
)


@dataclass(frozen=True, slots=True)
class Turned:
    """A question made of a sentence; `kind` is how it asks, `so` what of the sentence answers it.

    `is_told`: it names something, so that whoever has not read the article knows what is meant.
    """

    question: str
    kind: str
    so: str
    is_told: bool


def turned(sentence: str) -> Iterator[Turned]:
    """The questions that a sentence answers, where it is of a shape that can be turned round."""
    text = _PASSING.sub("", one_line(sentence)).rstrip(".。 ")
    if _WHEN_ZH.search(text) or _WHO_ZH.search(text):
        yield from _chinese(text)
        return
    for kind, question, so in _english(text):
        words = question.split()
        is_short = _FEWEST_WORDS <= len(words) <= _MOST_WORDS
        is_odd = any(mark in question for mark in '()“”‘"') or _CLAUSE.search(question[5:])
        if is_short and not is_odd and not _PRONOUN.search(question):
            is_told = any(word[0].isupper() or word[:4].isdigit() for word in words[1:])
            yield Turned(question, kind, so, is_told)


def _chinese(text: str) -> Iterator[Turned]:
    if found := _WHEN_ZH.search(text):
        question = f"{found['what']}是什么时候{found['did']}的？"
        yield Turned(question, "when", found["so"], is_told=True)
    elif found := _WHO_ZH.search(text):
        question = f"{found['what']}是由谁{found['did']}的？"
        yield Turned(question, "who", found["so"], is_told=True)


def _english(text: str) -> Iterator[tuple[str, str, str]]:
    """Kind, question and answer."""
    if found := _plain(_BY, text):
        what = f"{_within(found['what'], 'the')}{found['how']}"
        yield "who", f"Who {found['did']} {what}?", found["so"]
    if found := _plain(_WHEN_WAS, text):
        what = _within(found["what"], "the")
        yield "when", f"When {found['be']} {what} {found['did']}?", found["so"]
    elif (found := _plain(_WHEN_WILL, text)) and not found["what"].endswith(" that"):
        what = _within(found["what"], "the")
        yield "when", f"When will {what} {found['did']}?", found["so"]
    elif found := _plain(_WHEN_DID, text):
        did = f"{_BASES[found['did']]}{found['how']}"
        yield "when", f"When did {_within(found['what'], 'the')} {did}?", found["so"]
    if found := _plain(_COST, text):
        does = {"will cost": "will", "costs": "does"}.get(found["will"], "did")
        yield "how much", f"How much {does} {_within(found['what'])} cost?", found["so"]
    if found := _plain(_HOW_MANY, text):
        does = "does" if found["did"].endswith("s") else "did"
        did = f"{does} {_within(found['what'])} {_COUNTED[found['did']]}"
        yield "how many", f"How many {found['of']} {did}?", found["so"]
    if (found := _WHO.match(text)) and not _NO_NAME.match(found["so"]):
        # As far as the first pause: what comes after it is rarely part of the question.
        did = re.split(r" and | who | which | that | after | before | while | as ", found["did"])[0]
        yield "who", f"Who {did}?", found["so"]
    if found := _plain(_WHERE, text):
        yield "where", f"Where {found['be']} {_within(found['what'])} {found['did']}?", found["so"]
    if found := _WHO_IS.search(text):
        who = _OFFICE.sub("", found["who"])
        if " " in who and not _NO_NAME.match(who):
            yield "who is", f"Who is {who}?", found["so"]


def _plain(shape: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The match of a shape whose subject is no more than that."""
    found = shape.match(text)
    return found if found and not _VERB.search(found["what"]) else None


def _within(subject: str, article: str = "") -> str:
    """The subject as it stands within a sentence; its article put in place of a, an and the."""
    first, _, rest = subject.partition(" ")
    if first in ("The", "A", "An"):
        return f"{article or first.lower()} {rest}"
    return subject
