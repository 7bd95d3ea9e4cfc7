"""Questions about the opposite of what is said: "the largest" where the passage tells the smallest.

Made from answerable questions by exchanging one word for its opposite, which the passage does
not have. People who write nearly answerable questions do this next after exchanging names.
"""

from __future__ import annotations

import random
import re

_PAIRS = """
largest smallest; biggest smallest; highest lowest; longest shortest; oldest youngest
oldest newest
most fewest; most least; more less; more fewer; greatest least; best worst; first last
earliest latest
earlier later; before after; increase decrease; increased decreased; increases decreases
increasing decreasing; rise fall; rose fell; raised lowered; north south; northern southern
east west; eastern western; northeast southwest; northwest southeast; upper lower; inner outer
internal external; indoor outdoor; inside outside; above below; maximum minimum; major minor
majority minority; large small; big small; high low; long short; old new; ancient modern; early late
strong weak; stronger weaker; strength weakness; fast slow; faster slower; hot cold; warm cool
hotter colder; warmer cooler; wet dry; heavy light; heavier lighter; rich poor; wealthy poor
wealthiest poorest; richest poorest; public private; male female; men women; man woman; boys girls
husband wife; father mother; son daughter; brother sister; king queen; win lose; won lost
winner loser; winning losing; gain lose; gained lost; begin end; began ended; start stop
started stopped; opened closed; open close; arrive leave; arrived left; enter leave; entered left
join leave; joined left; accept reject; accepted rejected; approved rejected; allowed forbidden
allow forbid; allows forbids; permitted banned; legal illegal; support oppose; supported opposed
supporters opponents; supporting opposing; agree disagree; agreed disagreed; attack defend
attacked defended; buy sell; bought sold; import export; imported exported; imports exports
create destroy; created destroyed; built demolished; build demolish; founded dissolved
include exclude; included excluded; includes excludes; add remove; added removed; positive negative
advantage disadvantage; advantages disadvantages; benefit harm; benefits drawbacks; success failure
successful unsuccessful; succeed fail; succeeded failed; cause prevent; caused prevented
causes prevents; common rare; popular unpopular; popularity unpopularity
famous obscure; important unimportant; easy difficult; simple complex; similar different
similarity difference; same different; true false; visible invisible; possible impossible
necessary unnecessary; required optional; direct indirect; directly indirectly; natural artificial
permanent temporary; urban rural; young old; younger older; innocent guilty; war peace; enemy ally
enemies allies; victory defeat; victories defeats; domestic foreign; domestic international
local national; always never; often rarely; usually rarely; everyone nobody; all none
with without; near far; closest farthest; nearest farthest; left right; top bottom; front back
day night; morning evening; summer winter; birth death; born died; life death; alive dead
teachers students; teacher student; employer employee; parents children; parent child
expand shrink; expanded shrank; improve worsen; improved worsened; encourage discourage
encouraged discouraged; encourages discourages; appointed dismissed; hired fired; praised criticized
praise criticize; love hate; loved hated; liked disliked; trusted distrusted; rejected accepted
"""
_WORD = re.compile(r"[A-Za-z]+")
_OPPOSITES: dict[str, list[str]] = {}
for _pair in re.split(r"[;\n]", _PAIRS.strip()):
    _one, _other = _pair.split()
    _OPPOSITES.setdefault(_one, []).append(_other)
    _OPPOSITES.setdefault(_other, []).append(_one)


def opposite(question: str, passage: str, generator: random.Random) -> str | None:
    """The question with one word turned into its opposite; None where none can be.

    The passage has to be without the opposite, so that it does not answer what comes out.
    """
    low = set(_WORD.findall(passage.casefold()))
    found = [
        (match.span(), other)
        for match in _WORD.finditer(question)
        for other in _OPPOSITES.get(match.group(), ())
        if other not in low and other not in question.casefold() and not _asks(question, match)
    ]
    if not found:
        return None
    (start, end), other = generator.choice(found)
    return question[:start] + other + question[end:]


def _asks(question: str, match: re.Match[str]) -> bool:
    """Whether the word is part of the asking itself: "how long", "how high"."""
    return question[: match.start()].casefold().endswith("how ")
