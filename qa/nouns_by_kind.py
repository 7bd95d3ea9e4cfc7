"""Nouns by what they are of: a person, a place, a group, a thing; listed, not learned."""

from __future__ import annotations

_PERSON_WORDS = """
accountant administrator actor actress architect admiral adviser advisor alderman ambassador analyst
archbishop artist assassin astronaut athlete attorney author baby bishop boy bride brother captain
ceo cellist chair chairman chairwoman chancellor chef chemist chief child coach colonel composer
conductor cosmonaut commander commissioner comptroller congressman constable congresswoman
contractor curator daughter dean defender detective defendant deputy dictator director director-
general doctor driver duchess duke economist editor emperor engineer envoy executive farmer father
fiance fiancee fiancé fiancée fighter firefighter foreman founder general girl goalkeeper governor
guitarist gunman heir host hydrologist inmate inventor investigator journalist judge justice killer
king lady lawmaker lawyer leader lieutenant magistrate lord man manager mayor mediator midfielder
marshal mother minister model miner musician narrator nurse officer operator owner painter passenger
patient pilot player poet pope premier president president-elect priest prime prince princess
professor prosecutor provost queen rapper rep representative reporter researcher rider runner sailor
scientist secretary senator sen sergeant sheriff shooter singer sir sister skipper soldier speaker
spokesman spokesperson spokeswoman star striker student superintendent successor suspect surgeon
swimmer teacher teenager traveler treasurer trooper victim wife husband winner woman writer witness
gov gen lt col sgt dr mr mrs ms prof rev widow widower girlfriend boyfriend aunt uncle niece nephew
grandmother grandfather
"""
PERSON_NOUNS = frozenset(_PERSON_WORDS.split())
PERSON_ENDS = ("man", "woman", "ist", "ician", "person")
HERS_WORDS = frozenset(
    [
        "actress",
        "woman",
        "wife",
        "mother",
        "daughter",
        "girl",
        "queen",
        "princess",
        "duchess",
        "sister",
        "mrs",
        "ms",
        "lady",
        "spokeswoman",
        "chairwoman",
        "congresswoman",
        "bride",
        "fiancee",
        "fiancée",
        "widow",
        "girlfriend",
        "aunt",
        "niece",
        "grandmother",
    ]
)
HIS_WORDS = frozenset(
    [
        "man",
        "husband",
        "father",
        "son",
        "boy",
        "king",
        "prince",
        "duke",
        "brother",
        "mr",
        "sir",
        "spokesman",
        "pope",
        "chairman",
        "congressman",
        "lord",
        "archbishop",
        "fiancé",
        "widower",
        "boyfriend",
        "uncle",
        "nephew",
        "grandfather",
        "foreman",
        "gunman",
    ]
)
_PLACE_WORDS = """
airport arena bay beach bridge building camp canal capital castle cathedral cemetery center centre
church city club coast college country county desert district factory forest garden gulf hall harbor
harbour hill hospital hotel house island islands jail kingdom lake library mine mosque mount
mountain nation area museum north ocean palace park peninsula plant port prison province region
market markets supermarket restaurant river road school sea site south square stadium state station
store street strait theater theatre tower town university valley village volcano zoo east west
lagoon spaceport
"""
PLACES = frozenset(_PLACE_WORDS.split())
# Lands, by their names: no "she", whatever is said of one. Those that are given names are left out.
_LANDS_WORDS = """
alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho
illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota
mississippi missouri nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont
wisconsin wyoming afghanistan albania algeria argentina australia austria bangladesh belarus belgium
bolivia brazil britain bulgaria cambodia canada chile china colombia croatia cuba denmark ecuador
egypt england ethiopia europe finland france germany ghana greece greenland haiti hungary iceland
india indonesia iran iraq ireland italy japan kenya kosovo kuwait latvia lebanon libya lithuania
macedonia malaysia mexico moldova mongolia morocco myanmar nepal netherlands nigeria norway pakistan
panama peru philippines poland portugal qatar romania russia scotland serbia singapore slovakia
slovenia somalia spain sudan sweden switzerland syria taiwan thailand tunisia turkey uganda ukraine
uruguay venezuela vietnam wales yemen zimbabwe africa asia
"""
LANDS = frozenset(_LANDS_WORDS.split())
# Family names that are places, too.
FAMILY_NAMES = frozenset(
    ["hill", "church", "park", "lake", "west", "north", "hall", "house", "forest", "street", "law"]
)
# Given names that are as often something else.
_AMBIGUOUS_WORDS = """
florence victoria virginia sydney charlotte paris chelsea jordan grace faith hope joy mark will
bill rose may april june august jack frank ray lance grant guy max don chuck rob rich carol regina
martin warren marina
"""
AMBIGUOUS = frozenset(_AMBIGUOUS_WORDS.split())
_GROUP_WORDS = """
administration agency army association authority band bank board bureau cabinet coalition commission
committee company congress consortium corporation council country court crew department family
federation firm force foundation fund government group institute league ministry movement office
opposition organisation organization parliament party police quartet senate service society squad
staff team union inc ltd co corp & nfl nasa couple pair crowd public
"""
GROUPS = frozenset(_GROUP_WORDS.split())
# Words that end a company's name, and are no groups by themselves.
_COMPANY_WORDS = """
airlines airways brands broadcasting communications electronics energy enterprises entertainment
financial foods holdings industries international laboratories llc media motors network networks
partners pharmaceuticals pictures plc records solutions studios systems technologies technology
"""
COMPANY_ENDS = frozenset(_COMPANY_WORDS.split())
# What happens.
_EVENT_WORDS = """
accident arrest assault attack avalanche battle blast blaze bombing breach burglary collapse
collision coronation coup crash derailment earthquake election eruption explosion fire flood
flooding hack hacking hearing heist hurricane incident kidnapping killing landing landslide launch
massacre meeting merger murder outage outbreak protest quake raid rally recall rescue riot robbery
shooting sinking spill stabbing storm strike theft tornado trial tsunami uprising war wedding
wildfire
"""
EVENTS = frozenset(_EVENT_WORDS.split())
# What is done by somebody, and nothing that happens.
_DEED_WORDS = """
study survey research work interview analysis poll review test experiment job deed
"""
DEEDS = frozenset(_DEED_WORDS.split())
_THING_WORDS = """
accord act agreement album award bill book boat brooch car crash cup deal disease draft earthquake
eruption explosion fire flood game games horizons hurricane law locks match medal mission movie
open parade plan pandemic prize program project quake race report rocket satellite ship show
spacecraft storm summit telescope title treaty trophy virus vaccine vessel virus war waves
"""
THINGS = frozenset(_THING_WORDS.split())
