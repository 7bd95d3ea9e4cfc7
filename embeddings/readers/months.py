"""Months and weekdays by their names, in the languages that python-dateutil does not read."""

from __future__ import annotations

import unicodedata

# English, French, German, Spanish, Italian, Dutch and Portuguese, without accents; short
# forms that are no other month's name. No name means two months in two of these languages.
_NAMES = (
    "january jan januar janner januari janvier janv enero ene gennaio gen janeiro",
    "february feb februar februari fevrier fevr fev febrero febbraio fevereiro",
    "march mar marz maerz mrz mars marzo maart mrt marco",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mag mei maio",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug aout agosto ago augustus",
    "september sep sept septembre septiembre setiembre settembre set setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez decembre diciembre dic dicembre dezembro",
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "mon tue tues wed thu thur thurs fri sat sun",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
    "lunes martes miercoles jueves viernes sabado domingo",
    "lunedi martedi mercoledi giovedi venerdi domenica",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "segunda-feira terca-feira quarta-feira quinta-feira sexta-feira",
)
WEEKDAYS = frozenset(name for names in _DAYS for name in names.split())


def read_month(word: str) -> int | None:
    """The month, 1 to 12, that a word names in full or in short; None for any other word."""
    return _MONTHS.get(fold(word))


def fold(word: str) -> str:
    """A word as the tables have it: lower case, without accents or a full stop."""
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).rstrip(".")
