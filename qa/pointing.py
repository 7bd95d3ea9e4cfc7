"""Follow-ups that point at what was cited: "the second one", "show me the source", "summarise it".

They ask nothing that a search could find: they choose one of the sentences shown, or ask where,
when or by whom it was written. Only what is wholly of such a form is taken so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.answer import Citation
from qa.which_one import ARTICLE, POINTED, pointed_at

What = Literal["read", "source", "date", "author", "summary", "speaker"]

_AHEAD = re.compile(
    r"^(?:(?:and|but|ok|okay|so|now|then|well|please|no|yes|sorry)\b[,.\s]*)*"
    r"(?:(?:can|could|would|will) you |(?:can|could|may) i |let me |i want to |i[’']d like to )?"
    r"(?:please )?",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"[,\s]+(?:please|again|then|exactly|for me|thanks)$", re.IGNORECASE)
_NOUN = rf"(?:{ARTICLE}|newspapers?|papers?|outlets?|websites?|sites?|pages?)"
_THE_ARTICLE = rf"(?:(?:the|that|this|these|those|your|its) (?:whole |full |original )?{_NOUN})"
_THAT = rf"(?:that|this|it|these|those|them|they|{_THE_ARTICLE}|{POINTED})"
_SHOW = r"(?:show|give|tell|see|open|read|cite|view|quote|choose|take|pick)(?: me)?"
_WAS = r"(?:[’']s| is| was| are| were)"


def _wholly(*forms: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{form})" for form in forms), re.IGNORECASE)


_FORMS: tuple[tuple[What, re.Pattern[str]], ...] = (
    (
        "read",
        _wholly(
            rf"(?:what about |i (?:mean|meant|want) )?{POINTED}",
            rf"what (?:does|did|do|is|was)(?: said)?(?: in)? {POINTED}(?: say| about)?",
            rf"{_SHOW}(?: on)?(?: in| from)? {POINTED}",
            rf"(?:tell me |say |show me |read )?(?:(?:more|on)(?: about| of| from| on| in)?|about)"
            rf" {POINTED}",
        ),
    ),
    (
        "summary",
        _wholly(
            rf"(?:summari[sz]e|sum up|recap)(?: {_THAT}| everything)?(?: up)?",
            r"(?:(?:give|show|write|make|have|get)(?: me)? )?(?:a|the) (?:short |brief |quick )?"
            rf"(?:summary|overview|gist|recap)(?: (?:of|for) {_THAT})?",
            rf"tl;?dr|what{_WAS} (?:{_THE_ARTICLE}|{POINTED}) (?:all )?about",
            rf"what{_WAS} the gist(?: of {_THAT})?",
            rf"what (?:does|do) {_THE_ARTICLE} say",
        ),
    ),
    (
        "date",
        _wholly(
            r"(?:when|(?:in |on )?(?:what|which) (?:day|date|month|year))(?: was| were| is)"
            rf" {_THAT} (?:published|written|printed|posted|dated)",
            rf"(?:when|what (?:date|day|year)) (?:is|was|does) {_THAT} (?:from|have)",
            rf"what(?:{_WAS})? (?:the )?(?:publication )?date (?:of|on|is|was) "
            rf"(?:{_THE_ARTICLE}|{POINTED})",
            rf"how (?:old|recent|new) (?:is|are) (?:{_THE_ARTICLE}|{POINTED})",
            rf"(?:the )?(?:publication )?date of (?:{_THE_ARTICLE}|{POINTED})",
        ),
    ),
    (
        "author",
        _wholly(
            rf"who (?:wrote|is the (?:author|writer|journalist|reporter) (?:of|behind)) {_THAT}",
            rf"who(?:{_WAS}) (?:{_THE_ARTICLE}|{POINTED}) by",
        ),
    ),
    (
        "source",
        _wholly(
            rf"{_SHOW} (?:it|{_THE_ARTICLE}|the sources?)(?: (?:for|of|to|behind) {_THAT})?",
            rf"{_SHOW} (?:the|your) sources? (?:for|of) {POINTED}",
            rf"(?:what|where){_WAS} (?:the|your) (?:source|citation|reference|article)s?"
            rf"(?: (?:for|of) {_THAT})?",
            r"where (?:does|do|did) (?:it|that|they|the articles?) say (?:that|this|so|it)",
            r"where did you (?:get|find|read|see|learn) (?:that|this|it)(?: from)?",
            rf"where (?:is|was|does|did|are) (?:that|this|{POINTED})(?: come)? from",
            r"where (?:is|was) (?:that|this|it) (?:written|said|stated)",
            r"show me where(?: (?:it|that|they) says? (?:that|this|so|it))?",
            r"are you (?:sure|certain)(?: (?:of|about) that)?|(?:is that|is it) (?:true|right|so)"
            r"|really|says who|prove it",
            r"how do you know(?: that| this| it| so)?",
            rf"(?:in |from |on )?(?:which|what) {_NOUN}{_WAS} {_THAT}(?: from| in| on)?",
            rf"(?:which|what) {_NOUN} (?:says?|said|reports?|reported) (?:that|this|so|it)",
            r"(?:in |from )?(?:which|what) (?:article|source|newspaper)",
            rf"what{_WAS} (?:that|this) from|who published (?:that|this|the article)",
            r"(?:is there |do you have )?(?:a |your |the )?(?:source|citation|link)s?"
            r"(?: (?:for|of) (?:that|this|it))?",
        ),
    ),
)
# How such a question is put in full: qa/pointed.py.
_ASKED_AS = re.compile(
    r"(Which article says so: “|When was “|Who wrote “|Who says so in “|How does “|What does “)"
    r".*”(?: published| begin| go on to say)?\?"
)
_BRINGS_MORE = ("How does “", "What does “")
_SPEAKER = re.compile(
    r"who (?:said|says|say|claims|claimed|told us) (?:so|that|this|it|all that)|says who", re.I
)
# What is written or published as an article is: "when was that published?" may mean it.
_PUBLISHED = re.compile(
    r"\b(?:book|report|stud(?:y|ie)|album|song|single|paper|novel|memoir|letter|poem|essay|list"
    r"|figure|data|result|photo|picture|image|manifesto|magazine|biography|finding|survey|poll"
    r"|review|play|script|screenplay|statement|law|rule|plan|guide|email|note|message|text|document|file|quote)s?\b",
    re.IGNORECASE,
)
_OF_ARTICLE = re.compile(rf"\b{_NOUN}\b|{POINTED}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pointing:
    """What is asked of what was cited; of the citation of that `number`, where not of all.

    `is_plain` is false where it may mean something of that kind that an article tells of, "the
    report".
    """

    what: What
    number: int | None = None
    is_plain: bool = True


def pointing(
    question: str, shown: Sequence[Citation], before: str = "", *, goes_on: bool = False
) -> Pointing | None:
    """What the question points at; None where it is to be searched.

    `shown` are the citations of the last answer that had any, `before` the question it answered;
    `goes_on` says that it only went on with an earlier answer, so that "who said so?" can be asked
    of nothing but what it cited. The number may be none that was shown.
    """
    plain = as_plain(question)
    if goes_on and _SPEAKER.fullmatch(plain):
        return Pointing("speaker")
    text, number = pointed_at(plain, shown, before)
    what = next((what for what, form in _FORMS if form.fullmatch(text)), None)
    if what is None:
        return None
    if what in ("date", "author") and not _OF_ARTICLE.search(text) and _PUBLISHED.search(before):
        return None
    return Pointing(what, number, _PUBLISHED.search(text) is None)


def as_plain(question: str) -> str:
    """Without what is only polite, and its mark."""
    plain = question.strip().rstrip("?!. ")
    if ahead := _AHEAD.match(plain):
        plain = plain[ahead.end() :] or plain
    return _BEHIND.sub("", plain).strip()


def is_of_pointed(asked_as: str) -> bool:
    """Whether a question in full is one of ours, about what was cited."""
    return _ASKED_AS.fullmatch(asked_as) is not None


def brings_more(asked_as: str) -> bool:
    """Whether it is one whose reply cites sentences that were not cited before."""
    return asked_as.startswith(_BRINGS_MORE)
