"""Which sentences of several articles say the same, which differ, and which are copies.

To say that articles differ is to say that one is wrong or out of date. So it takes two answers of
one kind that cannot both hold, in sentences otherwise about the same thing; where that is not
sure, nothing is said. To call two answers the same only cites them together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from embeddings.words import STOP_WORDS, WORD, content_words

SHINGLE_WORDS = 5
# Near-duplicates share this much of all their shingles; or of the shorter one's, where it has
# enough to tell, and is enough of the longer. Newsletters of one make share half of theirs.
COPY_JACCARD, COPY_CONTAINED, _LEAST_SHINGLES, _LEAST_PART = 0.6, 0.8, 30, 0.2
_MOST_CHARACTERS = 60_000
# How much of their content words sentences share that say the same without a short answer, that
# differ in a name, and that differ in a number or a date; and in how many words at least.
_NEAR_IDENTICAL, _STRONGLY, _ENOUGH, _LEAST_SHARED = 0.8, 0.6, 0.4, 2
# Words are compared by their first letters. Numbers this near may be one, rounded or "about";
# numbers this far apart count different things.
_STEM, _NEAR, _SO_MANY_TIMES, _LARGEST = 5, Fraction(1, 10), 20, 10**15

Token = str | Fraction
Shingles = frozenset[tuple[str, ...]]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES = {word: at for at, word in enumerate(_ONES.split())}
_VALUES |= {word: 10 * at for at, word in enumerate(_TENS.split(), 2)}
_ROUND = range(20, 100, 10)
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 10**3, "million": 10**6, "mln": 10**6}
_SCALES |= {"billion": 10**9, "bn": 10**9, "trillion": 10**12}
_MONTHS = "january february march april may june july august september october november december"
_MONTH_OF = {form: at for at, m in enumerate(_MONTHS.split(), 1) for form in (m, m[:3], m[:4])}
_DAYS = _words("monday tuesday wednesday thursday friday saturday sunday")
_SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "%": "percent", "cent": "percent"}
_TOKEN = re.compile(
    r"(\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,9})?|\d{1,15}(?:\.\d{1,9})?)(?![\d,.]*\d)(?:st|nd|rd|th)?"
    r"(?:\b|(?=bn\b))"
    r"|[’']s\b|[^\W\d_]+|\w+|[$€£¥%]"
)
_INITIAL = re.compile(r"(?<=\b[^\W\d_])\.")
_NEGATIONS = _words("not no never none neither nor nobody nothing without t cannot denied denies")
_TURNS = _NEGATIONS | _words("before after until except unlike outside former formerly")
_UP = _words("more over least above exceeding")
_DOWN = _words("less fewer under most below up")
_ABOUTS = _words("about around some roughly nearly almost approximately estimated")
_LOOSE = STOP_WORDS | _UP | _DOWN | _ABOUTS | _DAYS | _words("late early mid since")
_PLACES = _words("in at near outside inside from to across off")
_SMALL = _words("of de la le van von bin al the")


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence that answers, its short answer (a slice of it) and its article."""

    article_id: str
    title: str
    published: str | None
    text: str
    short_answer: str | None
    article_text: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """What sentences are to one another, by their places in the order given.

    `same_as` is the first earlier one, of another article, that says the same and is itself
    neither the same as another nor a copy; `copy_of` the first earlier one, itself no copy,
    whose article is nearly this one's. `differing` are those that all differ from one another.
    """

    same_as: tuple[int | None, ...]
    copy_of: tuple[int | None, ...]
    differing: tuple[int, ...]


def agreement(told: Sequence[Told]) -> Agreement:
    """What these sentences, in the order of an answer, are to one another."""
    texts = {one.article_id: one.article_text for one in told}
    shingles = {key: _shingles(text) for key, text in texts.items()} if len(texts) > 1 else {}
    same_as: list[int | None] = []
    copy_of: list[int | None] = []

    def first(at: int, holds: Callable[[Told, Told], bool], among: Iterable[int]) -> int | None:
        others = (e for e in among if told[e].article_id != told[at].article_id)
        return next((e for e in others if holds(told[e], told[at])), None)

    def copied(a: Told, b: Told) -> bool:
        # A near-duplicate that answers otherwise is an update, and worth citing.
        return _near(shingles[a.article_id], shingles[b.article_id]) and not differ(a, b)

    for at in range(len(told)):
        first_hand = [e for e in range(at) if copy_of[e] is None]
        copy_of.append(first(at, copied, first_hand))
        own = [e for e in first_hand if same_as[e] is None and copy_of[at] is None]
        same_as.append(first(at, same_thing, own))
    own = [at for at in range(len(told)) if copy_of[at] is None and same_as[at] is None]
    return Agreement(tuple(same_as), tuple(copy_of), _differing(told, own))


def _differing(told: Sequence[Told], own: Sequence[int]) -> tuple[int, ...]:
    """The first sentences, of different articles, that all differ from one another."""
    for at, one in enumerate(own):
        group = [one]
        for other in own[at + 1 :]:
            a = told[other]
            if all(told[e].article_id != a.article_id and differ(told[e], a) for e in group):
                group.append(other)
        if len(group) > 1:
            return tuple(group)
    return ()


def copies(a: str, b: str) -> bool:
    """Whether two articles' texts are near-duplicates, or one a shortened copy of the other."""
    return _near(_shingles(a), _shingles(b))


def _shingles(text: str) -> Shingles:
    words = WORD.findall(text[:_MOST_CHARACTERS].casefold())
    return frozenset(zip(*(words[n:] for n in range(SHINGLE_WORDS)), strict=False))


def _near(a: Shingles, b: Shingles) -> bool:
    shared, shorter = len(a & b), min(len(a), len(b))
    if shorter and shared >= COPY_JACCARD * (len(a) + len(b) - shared):
        return True
    enough = max(_LEAST_SHINGLES, _LEAST_PART * max(len(a), len(b)))
    return shorter >= enough and shared >= COPY_CONTAINED * shorter


def same_thing(a: Told, b: Told) -> bool:
    """Whether two sentences give the same answer; without one each, are nearly identical."""
    x, y = _read(a), _read(b)
    if a.short_answer and b.short_answer:
        return x.turns == y.turns and not _counted_apart(x, y) and _same(x.answer, y.answer)
    x, y = _read(replace(a, short_answer=None)), _read(replace(b, short_answer=None))
    alike = _overlap(x, y, max) >= _NEAR_IDENTICAL and x.names == y.names
    return alike and {*x.others} == {*y.others} and x.denies == y.denies


def differ(a: Told, b: Told) -> bool:
    """Whether two sentences give answers of one kind, to one thing, that cannot both hold."""
    x, y = _read(a), _read(b)
    if not x.answer or not y.answer or x.turns or y.turns or same_thing(a, b):
        return False
    fields = x.date.keys() & y.date.keys()
    least, of = _ENOUGH, min
    if "month" in x.date or "month" in y.date:
        apart = "month" in fields and any(x.date[field] != y.date[field] for field in fields)
    elif x.numbers or y.numbers:
        one = len(x.numbers) == len(y.numbers) == 1 and x.is_year == y.is_year is not None
        apart = one and not _may_both_hold(x, y)
        least = _ENOUGH if x.is_year or x.unit & y.unit else _STRONGLY
    else:
        least, of = _STRONGLY, max
        apart = _named_apart(a, b)
    if not apart or _overlap(x, y, of) < least or x.denies != y.denies:
        return False
    # Of another year, or another person, it is about something else.
    return not _replaced(x.others, y.others) and not _replaced(x.names, y.names)


def _replaced(a: Iterable[Token], b: Iterable[Token]) -> bool:
    return bool({*a} - {*b}) and bool({*b} - {*a})


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a sentence and its short answer are made of.

    `turns` are the words in or before the answer that turn it round, `hedges` those that bound
    it, `unit` what it counts. `is_year` is None where its number is part of another thing.
    `stems`, `names`, `others` (numbers) and `denies` are of what stands outside it.
    """

    answer: list[Token]
    numbers: list[Fraction]
    date: dict[str, Token]
    is_year: bool | None
    unit: frozenset[Token]
    hedges: frozenset[Token]
    turns: frozenset[Token]
    stems: frozenset[str]
    names: frozenset[Token]
    others: list[Fraction]
    denies: bool


@lru_cache(maxsize=16)
def _read(told: Told) -> _Reading:
    begun, short, ended = told.text.partition(told.short_answer or "\0")
    answer, before, after = _tokens(short), _tokens(begun), _tokens(ended)
    if not short.strip("\0"):
        answer = []
    own = [token for token in answer if isinstance(token, str) and token not in _LOOSE]
    unit = frozenset(
        token.removesuffix("s")
        for token in own or after[:1]
        if isinstance(token, str) and token not in _LOOSE
    )
    date = _date(answer)
    glued = re.search(r"[\w.-]\Z", begun) or any(t in _MONTH_OF for t in before[-1:] + after[:1])
    near = frozenset(before[-3:] + answer)
    return _Reading(
        answer=answer,
        numbers=_numbers(answer),
        date=date,
        is_year=None if glued or (date and unit) else bool(date),
        unit=unit,
        hedges=near & (_UP | _DOWN | _ABOUTS),
        turns=(near & _TURNS) | (frozenset(before[-5:]) & _NEGATIONS),
        stems=_stems(f"{begun} {ended}"),
        names=_names(f"{begun} {ended}", told),
        others=_numbers(before + after),
        denies=not _NEGATIONS.isdisjoint(before + after),
    )


def _names(outside: str, told: Told) -> frozenset[Token]:
    """Stems of the words that are written as names, but for days and months."""
    opening = told.text.split(maxsplit=1)[:1]
    names: set[Token] = set()
    for match in WORD.finditer(outside):
        word = match[0].casefold()
        if not match[0][0].isupper() or word in STOP_WORDS or _is_time(word):
            continue
        # A sentence's first word is no name where the article writes it small.
        if [match[0]] != opening or not re.search(rf"\b{word}\b", told.article_text):
            names.add(word[:_STEM])
    return frozenset(names)


def _same(x: list[Token], y: list[Token]) -> bool:
    """Whether two short answers are the same, or one holds the other by whole words."""
    p, q = _date(x), _date(y)
    if p and q:
        shared = p.keys() & q.keys()
        return bool(shared) and all(p[field] == q[field] for field in shared)
    n, m = _numbers(x), _numbers(y)
    if n and m and sorted(n) != sorted(m):
        return False
    if len(n) == len(m) == 1 and _leads(x) and _leads(y):
        return True
    less, more = sorted((x, y), key=len)
    for at in range(len(more) - len(less) + 1 if less else 0):
        after = more[at + len(less) :]
        if more[at : at + len(less)] == less and after[:1] != ["'s"]:
            return True
    return False


def _leads(tokens: Iterable[Token]) -> bool:
    """Whether the first telling token is a number."""
    first = next((t for t in tokens if t not in _LOOSE and t not in _SIGNS.values()), "")
    return isinstance(first, Fraction)


def _counted_apart(x: _Reading, y: _Reading) -> bool:
    """Whether two numbers bound apart, are of different measures, or of nothing in common."""
    if not (x.numbers and y.numbers):
        return False
    if (x.hedges & _UP and y.hedges & _DOWN) or (x.hedges & _DOWN and y.hedges & _UP):
        return True
    if not (x.unit and y.unit) or x.unit & y.unit:
        return False
    return bool((x.unit | y.unit) & {*_SIGNS.values()}) or not _overlap(x, y, max)


def _may_both_hold(x: _Reading, y: _Reading) -> bool:
    """Whether two numbers are of different things, or one of them is rounded, or a bound."""
    n, m = x.numbers[0], y.numbers[0]
    if (x.unit and y.unit and not x.unit & y.unit) or max(n, m) > _SO_MANY_TIMES * min(n, m):
        return True
    if (x.hedges & _UP and (m >= n or y.hedges & _UP)) or (y.hedges & _UP and n >= m):
        return True
    if (x.hedges & _DOWN and (m <= n or y.hedges & _DOWN)) or (y.hedges & _DOWN and n <= m):
        return True
    figures = (f"{float(number):.9g}".replace(".", "").strip("0") for number in (n, m))
    rounded = len({len(digits) for digits in figures}) == 2
    about = rounded or bool((x.hedges | y.hedges) & _ABOUTS)
    return n == m or (about and abs(n - m) <= _NEAR * max(n, m))


def _named_apart(a: Told, b: Told) -> bool:
    """Whether both short answers are names, and as far as told not of the same thing."""
    short, other = a.short_answer or "", b.short_answer or ""
    if not (_is_name(short) and _is_name(other)) or _stems(short) & _stems(other):
        return False
    if _initials(short) & _initials(other) or short in b.text or other in a.text:
        return False
    # Of two places one may lie in the other.
    lead = [told.text.partition(told.short_answer or "")[0].split()[-1:] for told in (a, b)]
    return not any(word in _PLACES for words in lead for word in words)


def _is_name(text: str) -> bool:
    words = text.split()
    capital = {word for word in words if word[0].isupper()}
    single = not re.search(r"[,;/&\d]| and ", text) and {*words} - capital <= _SMALL
    return bool(capital) and single and not any(map(_is_time, content_words(text)))


def _initials(name: str) -> set[str]:
    """A name as letters, where it may be an abbreviation, and its initials."""
    plain = _INITIAL.sub("", name).removeprefix("the ").removeprefix("The ")
    return {plain.casefold(), "".join(w[0] for w in plain.split() if w[0].isupper()).casefold()}


def _is_time(word: str) -> bool:
    return word in _DAYS or word in _MONTH_OF


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in content_words(text))


def _overlap(x: _Reading, y: _Reading, of: Callable[[int, int], int]) -> float:
    """How much of their content words two sentences share, of the fewer or of the more."""
    shared = len(x.stems & y.stems)
    return shared / of(len(x.stems), len(y.stems)) if shared >= _LEAST_SHARED else 0.0


def _numbers(tokens: Iterable[Token]) -> list[Fraction]:
    return [token for token in tokens if isinstance(token, Fraction)]


def _date(tokens: Sequence[Token]) -> dict[str, Token]:
    """The year, month and day that a short answer is made of; empty where it is no date."""
    found: dict[str, Token] = {}
    for token in tokens:
        if isinstance(token, Fraction):
            field = "year" if 1800 <= token <= 2100 else "day" if 1 <= token <= 31 else ""
        else:
            field = "month" if token in _MONTH_OF else "" if token not in _LOOSE else "-"
        if field in found or not field:
            return {}
        if field != "-":
            found[field] = token if isinstance(token, Fraction) else Fraction(_MONTH_OF[token])
    return found if "month" in found or "year" in found else {}


def _tokens(text: str) -> list[Token]:
    """A text's words in lower case, without articles, and its numbers as numbers."""
    matches = _TOKEN.finditer(_INITIAL.sub("", text.casefold()))
    found = [(match[0].replace("’", "'"), match[1]) for match in matches]
    tokens: list[Token] = []
    at = 0
    while at < len(found):
        number, after = _number_at(found, at)
        word = found[at][0]
        if after > at:
            tokens.append(number)
        elif word not in ("a", "an", "the", "per"):
            tokens.append(_SIGNS.get(word, word))
        at = max(after, at + 1)
    return tokens


def _number_at(found: Sequence[tuple[str, str | None]], at: int) -> tuple[Fraction, int]:
    """The number written from this word on, in figures or words, and where it ends."""
    begun, whole, part = at, Fraction(0), Fraction(0)
    while at < len(found):
        word, figures = found[at]
        value, scale = _VALUES.get(word), _SCALES.get(word)
        if figures and at == begun:
            part = Fraction(figures.replace(",", ""))
        elif scale and part < _LARGEST and (part or at == begun):
            part = (part or Fraction(1)) * scale
            if scale > 100:
                whole, part = whole + part, Fraction(0)
        elif value is not None and (part % 100 == 0 or (value < 10 and part % 100 in _ROUND)):
            part += value
        else:
            break
        at += 1
        if scale and [word for word, _ in found[at : at + 1]] == ["and"]:
            at += any(word in _VALUES for word, _ in found[at + 1 : at + 2])
    return whole + part, at
