"""The words whose full stop need not end a sentence, and the words that begin one.

English, as newspapers write it. A word belongs here only where its full stop is often
followed by a capital or a digit: "approx. five" needs no rule, because a lower-case word
never begins a sentence. Words are given without their last full stop, in lower case; a set named
`..._CAPITALISED` holds those that are everyday words otherwise ("sat", "sun", "miss").
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Stand between what they join, so they never end a sentence.
LINKS = _words("vs v e.g i.e eg ie cf viz")

# Stand before a name. In lower case ("a sales rep.") they may end a sentence.
TITLES = _words(
    """
    mr mrs ms mx messrs mmes mlle mme dr drs prof profs rev revs msgr hon rt
    gen lt col maj capt cpt cmdr cdr comdr adm vadm sgt cpl pvt pfc spc det insp supt
    sen sens rep reps gov govs pres amb atty asst assoc dept natl intl mt mts ft
    """
)
TITLES_CAPITALISED = _words("Sec Brig Fr Def Treas Prop Univ Nat")

# Belong to the number after them; before anything else they are words, or end a sentence.
BEFORE_NUMBER = _words(
    """
    no nos nr p pp fig figs vol vols ch chap sec sect art arts eq eqs para paras par
    ver approx ca circa n° nº tel ext op cap ss avg pct
    jan feb mar apr jun jul aug sep sept oct nov dec
    """
)

# May end a sentence: they do when the next word is one that begins sentences.
OPEN = _words(
    """
    inc co corp cos ltd llc llp plc bros jr sr esq al st ave blvd rd hwy pkwy ste bldg
    mfg ed eds trans orig resp oz lbs yr yrs
    """
)
OPEN_CAPITALISED = _words(
    """
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
    Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun
    Ala Ariz Ark Calif Cal Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo
    Mont Neb Nev Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wisc Wyo Ont Que Alta
    Sask Man Dist Ct Pl Sq Ter Com
    """
)

# "6 p.m." ends a sentence before any capital but one of these.
CLOCK = frozenset({"a.m", "p.m"})
AFTER_CLOCK = _words(
    """
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thur Thurs Fri
    Sat Sun January February March April May June July August September October November December
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
    Eastern Central Mountain Pacific Greenwich Local
    """
)

# Names that carry their own mark.
SHOUTED_NAMES = frozenset({"yahoo", "jeopardy", "wham", "which"})

# "Figure 2. The harbour": the label belongs to its caption.
LABELS = _words(
    """
    figure fig table chart map photo box listing example chapter section part step rule question
    tip appendix exhibit lesson note
    """
)

# "Are you there?" Smith asked.
SPEAKING = "said|says|asked|asks|wrote|writes|added|told|replied|tweeted|shouted|wondered"

# Capitalised, these tell that a new sentence begins: function words, sentence adverbs and
# the plurals that news sentences begin with, none of them the second half of a name.
STARTERS = _words(
    """
    A About Above According Across Additionally After Again Against All Almost Along Already Also
    Although Among An Analysts And Another Any Anyone Are Around As Asked At Authorities Back Based
    Because Before Behind Being Below Besides Between Both But By Can Consequently Could Critics
    Currently Despite Did Do Does Dozens During Each Earlier Eight Either Even Eventually Every
    Everybody Everyone Everything Experts Few Finally First Five Following For Four From Further
    Furthermore Given Had Has Have Having He Hence Her Here Hers His How However Hundreds If In
    Indeed Initially Instead Investigators Is It Its Just Last Later Lawmakers Less Let Like Many
    Maybe Meanwhile Millions More Moreover Most Much My Nearly Neither Never Nevertheless Next Nine
    No Nobody None Nonetheless Nor Not Nothing Now Of Officials Often On Once One Only Or Other
    Others Otherwise Our Out Over Overall People Perhaps Please Previously Prosecutors Rather
    Recently Researchers Residents Roughly Separately Seven Several She Should Similarly Since Six
    So Some Someone Something Sometimes Soon Speaking Such Supporters Ten Than That The Their Them
    Then There Thereafter Therefore These They This Those Though Thousands Three Through Throughout
    Thus To Today Together Too Two Typically Under Unfortunately Unless Unlike Until Up Upon Using
    Was We Were What Whatever When Whenever Where Whereas Whether Which While Who Whose Why With
    Within Without Would Yes Yesterday Yet You Your
    """
)

# "At 5 a.m. Mr. Lowe": a time put first, and no sentence of its own.
PREPOSITIONS = _words("about after around at before by from just on since till until")
