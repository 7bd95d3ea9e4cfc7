"""The lines that pages set between a story's paragraphs, as patterns of whole lines and sentences.

Each is narrow: it was read through on some 6,000 news articles, and what it would have taken from a
story was taken out of it. English, with the commonest labels of five other languages.
"""

from __future__ import annotations

import re

from embeddings.readers.cleaning import SITE

_NAME = r"[A-ZÀ-Þ][\w.'’&-]*"
_NAMES = (
    rf"{_NAME}(?:(?:\ |,\ |,?\ and\ |\ for\ |\ of\ |\ via\ |\ de\ |\ van\ |\ in\ ){_NAME}){{0,9}}"
)
_AGENCY = (
    r"(?:(?:[\w-]+\ via\ )?Getty(?:\ Images)?|AP(?:\ Photo)?|Associated\ Press|AFP|Reuters|REUTERS"
    r"|EPA|Shutterstock|Bloomberg|Alamy|ZUMA|Xinhua|PA(?:\ Images|\ Wire)?|dpa|UPI|NurPhoto"
    r"|USA\ TODAY(?:\ NETWORK|\ Sports|\ Network)?|Imagn(?:\ Images)?|Polaris|Redux|Anadolu)"
)
_PICTURE = r"(?:images?|photos?|photographs?|pictures?|videos?|illustrations?|graphics?)"
# Of whom a picture is: "Craig Ruttle/AP", "Jim Bourg/Pool/Getty Images", "AFP via Getty Images".
_OWNED = (
    rf"(?:(?:{_NAME}\ ){{0,3}}{_NAME}(?:/[\w.'’&-]+(?:\ [\w.'’&-]+){{0,4}})*"
    rf"(?:/|\ via\ ){_AGENCY}|Getty\ Images)"
)
_BRACKETED = (
    rf"\((?:(?i:{_PICTURE})(?:\ (?i:credits?|courtesy|by|source|provided))*(?:\ (?i:by|of))?"
    rf"\ ?[:/]?\ [^()]{{2,120}}|AP\ Photo/[^()]{{2,90}}|{_OWNED}(?:,\ [Ff]ile)?"
    rf"|{_AGENCY}/[^()]{{2,60}})\)"
)
CREDIT = re.compile(
    rf"""
      {_BRACKETED}\.?
    | {_OWNED}
    | AP\ Photo/[^.!?]{{2,60}}
    | (?i:{_PICTURE}\ (?:credit|source|courtesy|copyright)s?)
      \ ?(?:[:|,]|of\b|by\b)\ ?[^.!?]{{2,90}}
    | (?i:{_PICTURE}\ by|(?:photo(?:graph)?|image)s?:)\ {_NAMES}(?:\ ?/\ ?{_AGENCY})?
    | (?i:foto|photo|fotos|crédit(?:\ photo)?|bild|imagen)\ ?:\ [^.!?]{{2,60}}/\ ?[\w\ ]{{2,30}}
    | (?i:(?:hide|toggle|enlarge)\ (?:caption|this\ image))
    | Courtesy(?:\ of)?\ [A-ZÀ-Þ][^.!?]{{2,70}}
    """,
    re.VERBOSE,
)
# A picture of another day, which its caption may not even name.
FROM_FILES = re.compile(
    rf"FILE\ ?[-–—:].*(?:{_BRACKETED}|\(File\)|\bfile\ photo\b.{{0,300}})\.?", re.VERBOSE
)
# After a caption's full stop; one without it could end in a name of the story.
CREDIT_AT_END = re.compile(
    rf"(?<=[.!?”\"’])\ +(?:{_BRACKETED}\.?|{_OWNED}|Courtesy(?:\ of)?\ [A-ZÀ-Þ][^.!?]{{2,70}})$"
    rf"|(?<=[\w,])\ +(?:{_BRACKETED})$",
    re.VERBOSE,
)

_WHERE_TO = (
    r"(?:newsletters?|inbox(?:es)?|mailing\ list|e-?mail\ (?:updates|alerts|digest)|news\ alerts"
    r"|briefing|digest|roundup|subscriber)"
)
_LABEL = r"(?:[^.:!?]{1,60}\ ?:\ ?)?"
CALL = re.compile(
    rf"""
      {_LABEL}(?:(?:please|and|or|also|simply|just)\ )?(?:you\ can\ (?:also\ )?)?
      (?:sign[\ -]?up|subscribe|register)(?:\ (?:now|today|for\ free|for\ it|free)|,)*
      (?:\ (?:right\ )?here|\ (?:now|today)|)
    | {_LABEL}(?:(?:please|and|or|also)\ )?(?:you\ can\ (?:also\ )?)?
      (?:sign[\ -]?up|subscribe)\ (?:for|to|here|now|today)\b.{{0,120}}\b{_WHERE_TO}\b.*
    | (?:to\ (?:get|receive|have|read)\b.{{2,80}},\ |for\ more\b.{{2,80}},\ )
      (?:sign[\ -]?up|subscribe)\b.*
    | (?:you\ can\ (?:also\ )?(?:get|have|receive)|{_LABEL}get|receive)\b.{{2,160}}
      \b(?:your\ (?:e-?mail\ )?inbox|newsletter)\b.*
    | (?:and\ )?become\ a\ (?:{_NAME}\ ){{0,4}}(?:digital\ )?subscriber(?:\ .{{0,40}})?
    | (?:please\ )?(?:consider\ )?(?:help\ )?{_LABEL}support(?:ing)?\ (?:our|local)
      \ (?:work|journalis(?:m|ts))(?:[;,]?\ (?:and\ |by\ )?(?:subscrib|becom|stay\ in|today|with\ a)
      \w*.{{0,120}})?
    | (?:please\ )?consider\ (?:supporting|subscribing)\b.{{0,60}}\b(?:journalism|subscri\w+)\b.*
    | {_LABEL}(?:you\ can\ (?:also\ )?)?subscribe
      (?:\ to\ (?:our|the|{_NAME}|[a-z]+\.com)\b.{{0,120}})?
      \ (?:today|here|now)
    | (?:interested\ in\ .{{2,60}}\?\ )?subscribe\ to\ (?:the\ )?[\w.]+\.com
    | read\ more\ on\ .{{2,40}}\ and\ sign\ up\ for\ our\ .{{2,60}}
    | SUBSCRIBE\ &\ SAVE.*
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What stands before a call and is of it: an offer to whoever reads, or a question put to them.
PITCH = re.compile(
    rf"""
      .*\b(?:you|your|our|us)\b.*\b(?:{_WHERE_TO}|subscri\w+|favorite|journalism)\b.*
    | .*\b(?:{_WHERE_TO}|subscri\w+|journalism)\b.*\b(?:you|your|our|us)\b.*
    | .{{2,60}}\ is\ (?:a|our|free)\b.{{0,60}}\b(?:{_WHERE_TO}|subscri\w+)\b.*
    | (?:want|need|like|love|enjoy|looking|interested|curious|what['’]s|not\ a)\b.{{2,70}}\?
    """,
    re.VERBOSE | re.IGNORECASE,
)
LINK = re.compile(
    rf"""
      (?:(?:to\ )?read\ (?:more|next|also|the\ (?:full|whole|rest)[\w\ ]{{0,30}})|also\ read
        |see\ also
        |related(?:\ (?:story|stories|articles?|coverage|videos?|content|reading|topics?))?
        |(?:you\ (?:may|might)\ (?:also\ )?like)|(?:just\ )?for\ subscribers|don['’]t\ miss
        |more\ (?:stories|coverage|news|reading)|people\ are\ also\ reading|(?:à\ )?lire\ aussi
        |lesen\ sie\ auch|mehr\ zum\ thema|le[ea]\ también|leer\ más|leggi\ anche
        |leia\ (?:também|mais))
      (?:\ ?:.*[^.]|\ (?:here|below)|)
    | up\ next
    | (?:more|live\ updates?):\ [^\W\d_]\S*(?:\ \S+){{3,}}(?<!\.)
    | more:\d.*
    | (?:more|opinion|photos?|videos?|watch|listen|fact\ check|live\ updates?|updates?|previously
        |read|recap|graphics?|newsletter|podcasts?|story|timeline|gallery|learn\ more
        |more\ (?:on|from|in|about)\ [^:]{{2,40}}):(?=[^\W\d_]|['"‘“$]).*
    | read\ more\ (?:about|on)\ [^.:]{{2,60}}\ here
    | (?:story|article|content)\ continues\ (?:below|after)\b.{{0,40}}
    | continue\ reading(?:\ (?:below|the\ main\ story|after\b.{{0,30}}))?
    | (?:skip|back)\ to\ (?:main\ content|advertisement|top)
    | (?:advertisements?|anzeige|werbung|publicité|publicidad|pubblicità|sponsored\ content)
    | (?:scroll|swipe)\ (?:down|left|right)?\ ?(?:for|to)\ (?:more|see|continue|read)\b.{{0,60}}
    | (?:please\ )?(?:click|tap|click\ or\ tap)\ here\ (?:to|for)\ (?:read|see|view|subscribe|sign
        |more|watch|listen|get|our|them)\b.{{0,80}}
    | video\ ad\ feedback\b.*
    | share\ this\ (?:article|story|post|page|video)
    | (?:like|follow|find|join|connect\ with)\ us\ on\ {SITE}\b.{{0,120}}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_STORY = r"(?:story|article|post|piece|report|page|column|essay|list|analysis)"
_NEWS = (
    r"(?:information|details?|developments?|reporting|reactions?|comments?|quotes|context|content"
    r"|video|photos|updates?|images?|statements?|material|news)"
)
_DAYS = r"(?:(?:on\ )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
NOTE = re.compile(
    rf"""
      (?:update(?:d)?:\ )?(?:this|our)\ {_STORY}(?:,?\ and\ (?:its\ )?(?:headline|photo|video)s?)?
      \ (?:has\ been|have\ been|was|is\ being|will\ be)\ (?:continually\ |frequently\ )?updated
      (?:\ (?:throughout|with|to\ (?:add|include|reflect))(?:\ (?:additional|further|new|more|latest
        |the|breaking|as|and|{_NEWS}))*)?(?:\ (?:as\ )?(?:it\ )?(?:becomes?\ available|{_DAYS}))?
    | (?:editor['’]s\ note:?\ )?(?:(?:a|an\ (?:earlier|edited|extended))\ version\ of\ )?
      this\ (?:{_STORY}|interview)\ (?:was\ |has\ been\ )?
      (?:(?:originally|first)\ (?:published|appeared|ran|posted)|republished|also\ appeared)\b.*
    | a\ version\ of\ this\ {_STORY}\ (?:also\ )?(?:was\ |has\ )?(?:first\ )?
      (?:appear(?:ed|s)|published)\b.*
    | this\ {_STORY}\ is\ part\ of\ .{{2,80}}\bnewsletter
    | (?:we|{_NAMES})\ may\ (?:earn|receive|get)\ .{{0,60}}\b(?:commission|affiliate)\b.*
    | purchases\ (?:you\ make\ )?(?:through|via)\ our\ links\ may\ earn\b.*
    | if\ you\ (?:make\ a\ purchase|buy|click)\b.{{2,80}}\bmay\ (?:earn|receive)\b.*
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Names and the small words between them, and nothing that a sentence needs.
_PEOPLE = (
    r"(?:(?:[A-ZÀ-Þ][\w.'’-]*|\d+/\d+|in|and|for|of|the|at|with|from|by|via|also|editing|writing"
    r"|reporting|additional|produced|de|da|van|der|von|bin|al|el|la|staff|reporters?|writers?"
    r"|correspondents?|producers?|colleagues|wire|services?)(?:[,;:.&]*(?:\ |$)))"
)
CONTRIBUTORS = re.compile(
    rf"""
      (?i:contribut(?:ing|ors?|ed)(?:\ (?:writers?|reporters?|by))?):\ ?.{{2,500}}
    | (?:{_PEOPLE}){{1,40}}(?:has\ |have\ )?contributed
      \ (?:reporting|to\ this\ (?:report|story|article|piece))
      (?:\ from\ {_NAMES})?
    | (?i:(?:additional\ |with\ additional\ |original\ )?reporting|written|writing|edited|editing
      |compiled|translated|produced)\ (?:and\ (?i:writing|editing|reporting)\ )?by
      \ (?:{_PEOPLE}){{1,40}}
    """,
    re.VERBOSE,
)
FOLLOW = re.compile(
    rf"""
      (?:(?:you\ can\ )?(?:also\ )?(?:follow|find|tweet|reach|contact|e-?mail)|and\ follow)
      \ (?:(?!to\b|for\b)[\w.,'’&/-]+\ ){{0,9}}?(?:(?:on|at|via)\ )?
      (?:(?:{SITE}|twitter/x)(?:\ (?:and|or)\ {SITE})*:?(?:\ at)?(?:\ ?@\w+)?|@\w+)
      (?:\ (?:and|or|&)\ (?:@?\w+|on\ {SITE}\ ?@?\w*))?
    | (?:for\ [^.]{{2,60}},\ )?join\ us\ on\ [^.]{{2,40}}
    | (?:you\ can\ )?(?:reach|contact|e-?mail|follow)\ (?:him|her|them|the\ reporter)\b
      [^!?]{{0,60}}[\w.-]+@[\w-]+\.[a-z]{{2,12}}(?:(?:\ or|\ and|,)\ [^!?]{{2,80}})?
    """,
    re.VERBOSE | re.IGNORECASE,
)
# One of these is in whatever one of the rules above can match: it saves the time of trying them.
HINTS = (
    *("sign up", "sign-up", "signup", "subscri", "register", "newsletter", "inbox", "journalis"),
    *("read", "see also", "related", "may like", "might like", "also like", "like us", " miss"),
    *("up next", "more:", "more on ", "more from ", "more in ", "more about ", "more stories"),
    *("more coverage", "more news", "photo", "image", "picture", "video"),
    *("illustration", "graphic", "foto", "bild", "imagen", "crédit", "caption", "courtesy"),
    *("file", "continues ", "continue reading", "skip to", "back to", "click", "tap ", "scroll"),
    *("swipe", "advert", "publici", "pubblici", "published", "anzeige", "werbung", "sponsored"),
    *("share this", "contribut", "updated", "reporting by", "written by", "writing by"),
    *("edited by", "editing by", "compiled by", "translated by", "produced by", "appeared"),
    *("version of this", "may earn", "may receive", "may get", "getty", "/", "via ", "opinion:"),
    *("watch:", "listen:", "updates:", "update:", "previously:", "recap:", "podcast", "story:"),
    *("timeline:", "gallery:", "check:", "follow", "find ", "reach ", "tweet", "contact ", "mail "),
    *(" ran", "lesen", "leer", "leggi", "lire", "leia", "zum thema"),
)
