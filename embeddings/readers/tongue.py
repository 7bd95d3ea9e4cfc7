"""The language of a text that does not say its own: by its script, then by its commonest words.

Recorded only where it is plain. A wrong language is worse than none, so a text that is short,
of several scripts, or between two languages stays without. The libraries at hand keep their models
pickled, weigh a hundred megabytes, or took one English article in four for another language.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_MOST_CHARACTERS = 20_000
_LEAST_LETTERS = 200
# A character of Chinese, or a syllable of Korean, says as much as three letters.
_DENSE, _DENSE_WORTH = ("CJK", "HANGUL"), 3
# Of a text's words, so many must be of the language's commonest, and so much more than the next.
_LEAST_SHARE, _AHEAD = 0.08, 1.4
_LEAST_SCRIPT = 0.6

# Words that stand in nearly every paragraph of a language and seldom in its neighbours'.
_COMMON = {
    "en": "the of and to in that is was for with as on by it at from his were are which this not",
    "de": "der die und den von zu das mit des im auf für ist nicht ein eine als auch werden sich",
    "nl": "de het een van en in is dat op te zijn voor met die niet aan er ook door naar werd bij",
    "fr": "le la les des et du en une un que est pour dans qui par sur au plus pas avec il ne ce",
    "es": "de la que el en y los las del se por con una para su al lo como más pero fue es un",
    "pt": "de a o que e do da em um para com não uma os no se na por mais as dos ao das foi é",
    "it": "di e il la che in un per è del della una con non dei le si da al nel sono gli alla più",
    "ro": "de și în a la cu pe din care o un fost este mai al nu se pentru ale lui că prin sau",
    "sv": "och i att det som en på är av för med den till inte om har de ett var från eller sig",
    "da": "og i at det er en på til af for med den som ikke de har et var fra der han blev ved",
    "no": "og i det er på en til som av for at med den har de ikke et om var fra han seg ble ved",
    "fi": "ja on oli se että ei hän mutta myös kun joka ovat sen ollut tai niin kuin hänen sekä",
    "pl": "i w na z do się nie że to jest o jak od po za jego przez był dla oraz są ale które",
    "cs": "a v na se je že o s z do i to jako za byl by pro ale jsou od který které podle nebo",
    "hu": "a az és hogy nem is egy volt meg de ez azt csak mint már vagy el még ki kell után",
    "tr": "ve bir bu için ile da de olarak olan daha çok en gibi sonra kadar ancak tarafından ise",
    "id": "yang dan di dengan untuk dari pada ini itu dalam tidak akan oleh juga sebagai adalah",
    "vi": "và của là có các được trong một cho với không người những đã này để khi từ về đến cũng",
    "ru": "и в на не что с по как это из для к был от а его но у за они также который при или",
    "uk": "і в на не що з та до як це для від у за його але був про які також або він є й",
    "bg": "и на в да се за от с по че е са не до като при са към това които е или през беше",
    "sr": "и у је да на се за од са су као који што не из али то до или године није био",
    "ar": "في من على إلى أن عن التي كان هذا مع الذي ما هذه لا بعد كما بين وقد قد ذلك",
    "fa": "و در به از که این را با است برای آن یک می شد خود تا بر نیز های بود شده",
    "ur": "کے کی میں ہے اور سے کا کو نے پر کہ ہیں یہ ایک تھا بھی اس کیا جو",
    "hi": "के में की है और से को का ने पर कि यह हैं एक था भी इस किया जो थे लिए",
    "mr": "आहे आणि या च्या ही हे होते ते व की तो होता यांनी केली आहेत",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_ALL_WORDS = frozenset[str]().union(*_WORDS.values())
# Letters that one language of a script has and the others have not; the first there decides.
_OWN_LETTERS = {
    "ї": "uk",
    "є": "uk",
    "ј": "sr",
    "ђ": "sr",
    "ы": "ru",
    "ے": "ur",
    "ٹ": "ur",
    "گ": "fa",
}
_LEAST_OWN = 0.002
# Which languages a script may be of; one alone needs no words.
_SCRIPTS = {
    "LATIN": tuple(_COMMON)[:18],
    "CYRILLIC": ("ru", "uk", "bg", "sr"),
    "ARABIC": ("ar", "fa", "ur"),
    "DEVANAGARI": ("hi", "mr"),
    "GREEK": ("el",),
    "HEBREW": ("he",),
    "THAI": ("th",),
    "HANGUL": ("ko",),
    "HIRAGANA": ("ja",),
    "CJK": ("zh",),
    "GEORGIAN": ("ka",),
    "ARMENIAN": ("hy",),
    "BENGALI": ("bn",),
    "TAMIL": ("ta",),
    "KHMER": ("km",),
    "LAO": ("lo",),
}
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f\u0900-\u097f]+[^\W\d_]*)*")


def read_tongue(text: str) -> str | None:
    """The ISO 639-1 code of the text's language; None where it is not plain."""
    text = text[:_MOST_CHARACTERS]
    scripts: Counter[str] = Counter()
    for letter, count in Counter(text[::3]).items():
        if letter.isalpha():
            scripts[_script(letter)] += count
    letters = scripts.total()
    dense = sum(scripts[script] for script in _DENSE)
    if 3 * (letters + (_DENSE_WORTH - 1) * dense) < _LEAST_LETTERS:
        return None
    # Japanese is written with Chinese characters, too, and never without kana.
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > 0.1 * letters:
        return "ja"
    script, count = scripts.most_common(1)[0]
    possible = _SCRIPTS.get(script, ())
    if not possible or count < _LEAST_SCRIPT * letters:
        return None
    for letter, language in _OWN_LETTERS.items():
        if language in possible and text[::3].count(letter) > _LEAST_OWN * letters:
            return language
    return possible[0] if len(possible) == 1 else _by_words(text, possible)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split(" ", 1)[0].split("-", 1)[0]


def _by_words(text: str, possible: tuple[str, ...]) -> str | None:
    words = Counter(_WORD.findall(unicodedata.normalize("NFC", text).casefold()))
    whole = words.total()
    common = {word: count for word, count in words.items() if word in _ALL_WORDS}
    shares = sorted(
        (
            (
                sum(common[word] for word in _WORDS[language] & common.keys()) / max(1, whole),
                language,
            )
            for language in possible
        ),
        reverse=True,
    )
    (best, language), (second, _) = shares[:2]
    return language if best >= _LEAST_SHARE and best > _AHEAD * second else None
