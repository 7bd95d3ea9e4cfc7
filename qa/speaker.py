"""Who says a quoted sentence, where a neighbouring sentence tells.

A wrong speaker is far worse than none. So a quotation is followed to where it opens and closes,
over paragraphs that each open it anew, and what stands outside the marks there, or in the
sentence before, must parse as a whole as somebody saying something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from embeddings.words import STOP_WORDS

Span = tuple[int, int]
# Who speaks: the span of a phrase, and "", or the pronoun that it is.
Said = tuple[Span, str]

LONGEST_SPEAKER = 80
# Sentences looked at on either side; those that tell, back from a pronoun, and the names in one;
# the words of a quotation that may go on in its own paragraph: a shorter one may be a reply.
_FARTHEST, _MOST_BACK, _MOST_NAMES, _LEAST_WORDS = 60, 3, 12, 8
_QUOTED, _UNPAIRED, _MARKS, _CLOSING = "\0", "\1", '"“”„«»', "”“»\"'’"
_QUOTATION = re.compile(
    r"“[^“”]*(?:”|\Z)|„[^„“”]*(?:[“”]|\Z)|«[^«»]*(?:»|\Z)|(?<![^\s(\[—–-])\"[^\"]*(?:(?<=\S)\"|\Z)"
)
_SINGLE = re.compile(  # As long as it closes after a mark, or never; "the workers' hall" does not.
    r"(?<![^\s(\[—–])['‘](?=\w)(?!(?:tis|twas|til|em|cause|n|\d0s)\b)"
    r"(?:(?!(?<=[\s(])['‘]\w).)+?(?:(?<=[.,!?…])['’](?!\w)|(?<!\w['’])\Z)",
    re.S,
)
_SAYS = "said|says|told|tells|added|adds|wrote|writes|explained|insisted|confirmed|stressed"
_VERB = re.compile(
    rf"\b(?:(?P<plain>{_SAYS}|according to)|asked|asks|replied|responded|declared|recalled|noted"
    r"|notes|continued|concluded|warned|warns|argued|argues|claimed|commented|complained|joked"
    r"|tweeted|stated|remarked|admitted|acknowledged|predicted|exclaimed|testified|shouted)\b",
    re.I,
)
# What is said may be a third person's, or the words after the verb its subject's own clause.
_BORROWED = re.compile(r"\b(?:quot(?:es?|ed|ing)|citing|cited|reads?|reading|words of)\b")
_RELATIVE = re.compile(r"\s+(?:is|are|was|were|will|would|could|has|had|have)\b")
_SEGMENT = re.compile(r"[^\s,;:()—–\0](?:[^,;:()—–\0]*[^\s,;:()—–\0])?")
_PHRASE_END = re.compile(
    r"[,;:!?()\0—–]|\.?\s*\Z|\s(?:on|in|at|after|during|when|as|while|before|by|to|through|via|with"
    r"|who|which|that|but|last|this|earlier|later|about|and(?!\s[A-Z]))\s"
)
_SO_SAID = re.compile(r"(?P<dash>[—–-])|(?:So|Thus) (?:said|wrote)\b")
_ASKED = re.compile(r"\?[”\"’'»]|\basks?(?:ed)?\b")
_WORD = r"[A-ZÀ-Þ][\w’'-]*\.?"
_NAME = re.compile(rf"{_WORD}(?: (?:{_WORD}|de|van|von|al|bin)(?!\w))*(?=,? [a-z\d])")
_PLACED = re.compile(rf"\b(?:in|on|at|from|to|of|near|for) (?:the )?{_WORD}(?: {_WORD})*")
_NO_NOUN = re.compile(r"\b(?!fami|dai|week|assemb)[a-z]{3,}ly\b|\b(?:[a-z]\S*) and\b|\band [^A-Z]")
_NO_DESCRIPTION = re.compile(r"\b(?:day|week|month|year|morning|night|time|first|last|same|next)\b")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ARTICLES, _PRONOUNS = _words("the a an"), _words("he she they it")
_TIMES = _words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june "
    "july august september october november december yesterday today week month year"
)
_INTROS = _TIMES | _words(
    "in on at after before when as while during since for with by from of asked pressed under "
    "despite following until once if although though because meanwhile however but and so yet "
    "still then later earlier instead also finally recently separately speaking questioned"
)
_ADVERBS = _words(
    "also later then once previously recently earlier again has have had simply further even just "
    "only too publicly repeatedly famously quickly initially but and so yet still meanwhile"
)
_NOT_NOUNS = STOP_WORDS - _words("of the a an for in at by from with on and") | _words(
    "one another others someone everyone everybody many people himself herself themselves none "
    "never neither nobody whose since although though may might shall must yet us among every"
)
_UNNAMED = _NOT_NOUNS | _ADVERBS
_SOURCES = _words("police officials authorities investigators prosecutors witnesses researchers")
_SHE = _words("mrs mrs. ms ms. miss lady queen princess spokeswoman chairwoman mother wife sister")
_HE = _words("mr mr. sir lord king prince spokesman chairman father husband brother")
_ROLES = (_SHE | _HE) | _words(
    "president minister premier chancellor secretary senator sen. governor gov. mayor judge lawyer "
    "attorney prosecutor sheriff chief director head manager coach captain ceo founder owner "
    "economist professor prof. doctor dr. rep. gen. lt. col. sgt. officer official ambassador "
    "envoy spokesperson representative teacher author writer actor actress singer commissioner "
    "executive leader scientist researcher engineer pastor bishop archbishop pope general analyst"
)
_GROUPS = _words(
    "house nations states kingdom department ministry union bank party court police office agency "
    "company inc corp group university college city county council committee commission street "
    "association federation league club united airlines institute center centre team government"
)


class _Unclear(Exception):
    """Quotation marks that do not pair, or more than one possible speaker."""


def speaker(text: str, sentences: Sequence[Span], index: int) -> Span | None:
    """The span, in `text`, of who says the quoted sentence `index`, told by a neighbour of it.

    None where it is not speech, says itself who speaks, or does not make clear who does.
    """
    if not 0 <= index < len(sentences):
        return None
    first = max(0, index - _FARTHEST)
    try:
        return _Page(text, sentences[first : index + _FARTHEST]).speaker(index - first)
    except _Unclear:
        return None


class _Page:
    """Sentences of an article; `page` is its text with what they quote blotted out."""

    def __init__(self, text: str, sentences: Sequence[Span]) -> None:
        self.text = self.page = text
        self.sentences = sentences
        self.begins: set[int] = set()  # The sentences that begin a paragraph,
        self.left_open: set[int] = set()  # and those that end one inside a quotation.
        self.opened: set[int] = set()  # Where quotations open,
        self.closed: set[int] = set()  # and where they have closed.
        wrapped = any("\n" in text[slice(*span)] for span in sentences)
        first, pieces = 0, [text[: sentences[0][0]]]
        for at, (_, end) in enumerate(sentences, 1):
            gap = text[end : sentences[at][0]] if at < len(sentences) else text[end:]
            if at == len(sentences) or gap.count("\n") > wrapped:
                pieces += self._blotted(first, at), gap
                first = at
        self.page = "".join(pieces)

    def _blotted(self, first: int, after: int) -> str:
        """The paragraph of the sentences from `first` until `after`."""
        self.begins.add(first)
        begun = self.sentences[first][0]
        text = self.text[begun : self.sentences[after - 1][1]]
        quotation = _QUOTATION if any(mark in text for mark in _MARKS) else _SINGLE
        blotted = quotation.sub(lambda found: _QUOTED * len(found[0]), text)
        for found in quotation.finditer(text):
            self.opened.add(begun + found.start())
            if len(found[0]) > 1 and found[0][-1] in _CLOSING:
                self.closed.add(begun + found.end())
            elif text[: found.start()].rstrip()[-1:].isalnum():
                return _UNPAIRED * len(text)
            else:
                self.left_open.add(after - 1)
        return _UNPAIRED * len(text) if any(mark in blotted for mark in _MARKS) else blotted

    def outside(self, at: int) -> str:
        """The sentence, what it quotes blotted out."""
        outside = self.page[slice(*self.sentences[at])] if 0 <= at < len(self.sentences) else ""
        if not outside or _UNPAIRED in outside:
            raise _Unclear
        return outside

    def tells(self, at: int) -> bool:
        return any(character.isalnum() for character in self.outside(at))

    def speaker(self, index: int) -> Span | None:
        outside = self.outside(index)
        if _QUOTED not in outside:
            return None
        if self.tells(index):
            own = self.said(index)
            mostly = outside.count(_QUOTED) * 2 >= len(outside)
            return self.behind(own[1], index) if own and mostly else None
        opens, closes = self.quotation(index)
        tellers = [at for at in (opens, closes) if at != index and self.tells(at)]
        found = [(at, said) for at in tellers if (said := self.said(at))]
        if not tellers:
            found = self.beside(opens, closes)
        named = [span for _, (span, pronoun) in found if not pronoun]
        if len({self.text[slice(*span)].split()[-1] for span in named}) > 1:
            return None
        if named:
            return named[0]
        return self.behind(found[0][1][1], found[0][0]) if found else None

    def quotation(self, index: int) -> Span:
        """The sentences in which the quotation of this one opens and closes."""
        opens = closes = index
        while self.outside(opens)[0] == _QUOTED and (
            self.sentences[opens][0] not in self.opened or opens - 1 in self.left_open
        ):
            opens -= 1
        while self.outside(closes)[-1] == _QUOTED and self.sentences[closes][1] not in self.closed:
            closes += 1
            self.outside(closes)
            if closes in self.begins and self.sentences[closes][0] not in self.opened:
                raise _Unclear
        return opens, closes

    def beside(self, opens: int, closes: int) -> list[tuple[int, Said]]:
        """Who speaks in the sentence after a quotation that stands alone, or in the one before."""
        start, end = self.sentences[opens][0], self.sentences[closes][1]
        if self.text[start:end].rstrip(_CLOSING)[-1:] not in tuple(".!?…,;:—–"):
            return []  # A heading.
        if closes + 1 < len(self.sentences):
            after = self.sentences[closes + 1]
            lead = _SO_SAID.match(self.page, *after)
            if lead and not lead["dash"] and (so := _object(self.page, lead.end(), after[1])):
                return [(closes + 1, so)]
            if lead and lead["dash"] and opens in self.begins:
                return []  # A name after a dash is a speaker's or a reporter's: who can tell.
        if opens == 0:
            return []
        if opens in self.begins and _QUOTED in self.outside(opens - 1):
            asked = _ASKED.search(self.text, *self.sentences[opens - 1])
            if asked or len(self.text[start:end].split()) < _LEAST_WORDS:
                return []
        said = self.said(opens - 1)
        return [(opens - 1, said)] if said else []

    def said(self, at: int) -> Said | None:
        """Who speaks in a sentence, outside its quotation marks; None where nobody does."""
        outside, (start, end) = self.outside(at), self.sentences[at]
        verbs = list(_VERB.finditer(self.page, start, end))
        if _BORROWED.search(outside):
            raise _Unclear
        if _QUOTED in outside:
            quoted = start + outside.index(_QUOTED)
            before = [verb for verb in verbs if verb.end() <= quoted]
            verbs = before[-1:] + verbs[len(before) :][:1]
        elif not outside.endswith(":"):
            verbs = [verb for verb in verbs if verb["plain"]]
        found: set[Said] = set()
        for verb in verbs:
            if said := _reading(self.page, start, verb, end):
                found.add(said)
            elif not {*self.page[start : verb.start()].casefold().split()[-1:]} & _UNNAMED:
                raise _Unclear  # Another speaks, but who does not parse.
        if verbs and len(found) != 1:
            raise _Unclear
        return found.pop() if found else None

    def behind(self, pronoun: str, at: int) -> Span | None:
        """Who a pronoun in sentence `at` means: the one person speaking just before it."""
        seen = 0
        while pronoun and at > 0 and seen < _MOST_BACK:
            at -= 1
            if not self.tells(at):
                continue
            seen += 1
            span, other = self.said(at) or (self.led(at), "")
            if other == pronoun:
                continue
            if other or span is None or not self.fits(pronoun, self.text[slice(*span)]):
                return None
            name = self.text[slice(*span)].split()
            others = set(re.findall(_WORD, self.outside(at))).difference(name)
            return None if len(others) > _MOST_NAMES or any(map(self.speaks, others)) else span
        return None

    def led(self, at: int) -> Span | None:
        """The person whom a sentence that tells of nobody else begins with."""
        name = _NAME.match(self.page, *self.sentences[at])
        if name is None or not _names(name[0]):
            return None
        rest = _PLACED.sub("", self.page[name.end() : self.sentences[at][1]])
        aged = re.match(r", (?:who\b|\d\d?,)", rest)
        clear = not re.search(rf"(?<!\w)(?!I\b){_WORD}", rest)
        return name.span() if clear and (aged or self.speaks(name[0])) else None

    def speaks(self, name: str) -> bool:
        """Whether the article lets somebody of this last name speak, without a first name."""
        first, last = re.escape(name.split()[0]), re.escape(name.split()[-1])
        says = rf"(?<!{first} )\b{last} (?:{_SAYS})\b|\b(?:said|says) {last}\b"
        return re.search(says, self.text) is not None

    def fits(self, pronoun: str, phrase: str) -> bool:
        """Whether "he" or "she" may stand for what the phrase names."""
        known = set(phrase.casefold().split())
        if pronoun not in ("he", "she") or known & (_SHE if pronoun == "he" else _HE):
            return False
        names = [word for word in phrase.split() if word[0].isupper()]
        if known & _ROLES or not names or known & _GROUPS or phrase.split()[0] in _ARTICLES:
            return bool(known & _ROLES)
        if len(names) > 1:
            return not all(name.isupper() for name in names)
        return re.search(rf"[A-Z][\w.]+ {re.escape(names[0])}\b", self.text) is not None


def _reading(page: str, start: int, verb: re.Match[str], end: int) -> Said | None:
    """Whose verb it is, by all that stands before it in its sentence, or by what follows."""
    begun = max(start, page.rfind(_QUOTED, start, verb.start()) + 1)
    segments = [found.span() for found in _SEGMENT.finditer(page, begun, verb.start())]
    comma = page[begun : verb.start()].rstrip()[-1:] in tuple(",)—–")
    if verb[0].lower() == "according to" or not segments or (comma and len(segments) == 1):
        return _object(page, verb.end(), end)
    if _RELATIVE.match(page, verb.end(), end):
        return None
    fronted = page[slice(*segments[0])].split()[0].casefold() in _INTROS
    if comma:
        segments = segments[-2:] if fronted else segments
        return _phrase(page, segments[0], segments[1]) if 1 < len(segments) < 5 else None
    trailing = len(page[verb.end() : end].split()) <= 4
    return _phrase(page, segments[-1]) if len(segments) == 1 or fronted or trailing else None


def _object(page: str, at: int, end: int) -> Said | None:
    """Who is named from this offset on, as right after "said"."""
    at += len(page[at:end]) - len(page[at:end].lstrip())
    cut = _PHRASE_END.search(page, at, end)
    aside = _SEGMENT.search(page, cut.end(), end) if cut and cut[0] == "," else None
    stop = aside and _PHRASE_END.search(page, aside.start(), end)
    whole = aside and stop and not stop[0].strip().isalpha()
    said = cut and _phrase(
        page,
        (at, cut.start()),
        (aside.start(), stop.start()) if aside and stop and whole else None,
    )
    return said if said and not said[1] else None


def _phrase(page: str, phrase: Span, aside: Span | None = None) -> Said | None:
    """The phrase, without adverbs about it, with a short description beside it."""
    words = [found.span() for found in re.compile(r"\S+").finditer(page, *phrase)]
    plain = page[slice(*phrase)].casefold().split()
    while plain and plain[0] in _ADVERBS:
        del plain[0], words[0]
    while plain and plain[-1] in _ADVERBS | _TIMES:
        last = -2 if plain[-1] in _TIMES else -1
        del plain[last:], words[last:]
    if not plain:
        return None
    start, end = words[0][0], words[-1][1]
    if len(plain) == 1 and plain[0] in _PRONOUNS:
        return (start, end), plain[0]
    if not _names(page[start:end]) or end - start > LONGEST_SPEAKER:
        return None
    if aside and aside[1] - start <= LONGEST_SPEAKER and _describes(page[slice(*aside)]):
        end = aside[1] if page[end : aside[0]].strip() == "," else end
    return (start, end), ""


def _names(phrase: str) -> bool:
    """Whether all of a phrase may be the name or description of somebody."""
    words, plain = phrase.split(), phrase.casefold().split()
    if len(words) > 12 or {plain[0], *words} & _NOT_NOUNS or plain[0] in _INTROS:
        return False
    if (
        {*plain} & _TIMES
        or _NO_NOUN.search(phrase)
        or _VERB.search(phrase)
        or not words[-1][0].isalpha()
    ):
        return False
    return plain[0] in _ARTICLES or plain[-1] in _SOURCES or any(w[0].isupper() for w in words)


def _describes(aside: str) -> bool:
    words, known = aside.split(), set(aside.casefold().split())
    if not words or known & _NOT_NOUNS or _NO_DESCRIPTION.search(aside):
        return False
    return bool(known & _ROLES) or words[0] in _ARTICLES or words[0][0].isupper()
