"""Dates: what counts as one day, and what is too little or too much to be one."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.readers.dateline import read_dateline, read_place_and_day_line
from embeddings.readers.day_line import DayLine, read_day_line
from embeddings.readers.metadata import parse_date


@pytest.mark.parametrize(
    "written",
    [
        "2018-11-12",
        "2018-11-12T10:00:00Z",
        "2018-11-12T23:30:00-05:00",
        "2018-11-12 10:00:00.123456+0000",
        "20181112",
        "2018/11/12",
        "12 November 2018",
        "12 november 2018",
        "12th November 2018",
        "Nov. 12, 2018",
        "November 12, 2018",
        "Nov. 12, 2018, 6:13 p.m. ET",
        "Monday, November 12, 2018 | 10:15 a.m.",
        "Mon, 12 Nov 2018 10:00:00 GMT",
        "Mon, 12 Nov 2018 23:30:00 -0500",
        "Published: 12 November 2018",
        "Updated Nov. 12, 2018, 9:18 p.m. ET",
        "Nov. 12, 2018 Updated Nov. 14, 2018, 1:00 p.m. ET",
        "12-Nov-2018",
    ],
)
def test_the_day_is_read_as_it_is_written(written: str) -> None:
    assert parse_date(written) == "2018-11-12"


@pytest.mark.parametrize("written", ["13/11/2018", "13.11.2018", "11/13/2018", "13-11-2018"])
def test_numbers_that_make_only_one_day_are_read(written: str) -> None:
    assert parse_date(written) == "2018-11-13"


def test_the_same_number_twice_is_one_day_either_way() -> None:
    assert parse_date("11/11/2018") == "2018-11-11"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "10",
        "March",
        "2018",
        "November 2018",
        "12 November",
        "12/11/2018",
        "12.11.2018",
        "10/11/12",
        "Monday",
        "10:00",
        "yesterday",
        "2018-13-45",
        "2018-02-30",
        "30 February 2018",
        "1599-12-31",
        "2201-01-01",
        "0000-00-00",
        "12 November 99999",
        "In 2018 the council met 12 times",
        "12 November 2018 was a cold day in Tamford",
        "1541980800",
        "10 2018",
        "1 2 2018",
        "2018 10 men",
        "9" * 79,
        "12 November 2018 " * 20,
    ],
)
def test_anything_less_than_one_certain_day_is_no_date(written: str) -> None:
    assert parse_date(written) is None


@given(st.dates(datetime.date(1600, 1, 1), datetime.date(2200, 12, 31)))
def test_every_day_is_read_back_from_the_common_forms(day: datetime.date) -> None:
    for written in (
        day.isoformat(),
        f"{day.day} {day:%B} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%a}, {day.day:02} {day:%b} {day.year:04} 10:00:00 GMT",
    ):
        assert parse_date(written) == day.isoformat(), written


@given(st.text(max_size=90))
def test_no_text_is_an_error(text: str) -> None:
    day = parse_date(text)
    assert day is None or datetime.date.fromisoformat(day).isoformat() == day


@given(st.text(alphabet="0123456789 /-.:,TZ+novNOVmarchdeFb日", max_size=40))
def test_nothing_like_a_date_is_an_error(text: str) -> None:
    day = parse_date(text)
    assert day is None or 1600 <= datetime.date.fromisoformat(day).year <= 2200


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("12 février 2019", "2019-02-12"),
        ("1er août 2019", "2019-08-01"),
        ("lundi 12 février 2019 à 10h30", "2019-02-12"),
        ("Publié le 12 févr. 2019", "2019-02-12"),
        ("12 fe\u0301vrier 2019", "2019-02-12"),
        ("5. März 2020", "2020-03-05"),
        ("Donnerstag, 5. März 2020, 10:15 Uhr", "2020-03-05"),
        ("Veröffentlicht am 5. Dezember 2020", "2020-12-05"),
        ("3 de mayo de 2021", "2021-05-03"),
        ("lunes 3 de mayo del 2021", "2021-05-03"),
        ("3 maggio 2021", "2021-05-03"),
        ("giovedì 12 marzo 2020 alle 10.15", "2020-03-12"),
        ("12 maart 2020", "2020-03-12"),
        ("12 mei 2020", "2020-05-12"),
        ("3 de março de 2020", "2020-03-03"),
        ("terça-feira, 3 de março de 2020", "2020-03-03"),
        ("Sun 5 Mar 2020 10.15 GMT", "2020-03-05"),
        ("June 3rd, 2021", "2021-06-03"),
    ],
)
def test_months_are_read_in_other_languages(written: str, day: str) -> None:
    assert parse_date(written) == day


@pytest.mark.parametrize(
    "written",
    [
        "février 2019",
        "12 février",
        "30 février 2019",
        "12 marzo 2020, 25 morti",
        "Le 12 février 2019, il",
        "Hormis 12 février 2019",
        "12 moutons 2019",
    ],
)
def test_a_foreign_line_that_is_more_or_less_than_a_day_is_no_date(written: str) -> None:
    assert parse_date(written) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Published: 3 June 2021", DayLine("2021-06-03")),
        ("Posted on June 3rd, 2021", DayLine("2021-06-03")),
        ("Date: 2021-06-03", DayLine("2021-06-03")),
        ("Published at 10:15 a.m. ET on June 3, 2021", DayLine("2021-06-03")),
        ("First published on Thu 3 Jun 2021 10.15 BST", DayLine("2021-06-03")),
        ("Last updated: 2021-06-03 10:15", DayLine("2021-06-03", is_update=True)),
        ("Mis à jour le 3 juin 2021", DayLine("2021-06-03", is_update=True)),
        ("Updated June 4, 2021 | Published June 3, 2021", DayLine("2021-06-03")),
        ("Published June 3, 2021. Updated June 4, 2021", DayLine("2021-06-03")),
        ("Published: 03/04/2022", DayLine(None)),
        ("Published: 03/04/22", DayLine(None)),
        ("Posted March 3, 10:15 a.m.", DayLine(None)),
        ("Updated 3 hours ago", DayLine(None, is_update=True)),
        ("03/04/2022", DayLine(None)),
        ("03.04.2022 10:15", DayLine(None)),
    ],
)
def test_a_line_that_only_says_when_is_known_as_one(line: str, expected: DayLine) -> None:
    assert read_day_line(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Updated plans for the bridge cost 3 million in 2021",
        "Published in 2021",
        "Issued 12 fines on Monday",
        "Date: to be confirmed",
        "Posted 5 guards at the gate on June 3, 2021",
        "Dated 3 June 2021, the letter names the mayor",
        "June 27, 2018, update",
        "March 3",
        "10/11/12",
        "10:15",
        "3 hours ago",
        "",
    ],
)
def test_a_line_that_says_anything_else_is_of_the_story(line: str) -> None:
    assert read_day_line(line) is None


@given(st.text(alphabet="0123456789 /-.:,|()PublishedUpdatedonJune3rdagoé", max_size=130))
def test_no_line_is_an_error(line: str) -> None:
    read_day_line(line)
    read_dateline(line)
    read_place_and_day_line(line)


@pytest.mark.parametrize(
    ("opening", "agency", "day"),
    [
        ("CAPE DORRAN, 17 January 2020 (AP) — The ferry sank.", "AP", "2020-01-17"),
        ("MADRID, Jan 5 2018 (Reuters) - The court met.", "Reuters", "2018-01-05"),
        ("LONDON, March 3 (Reuters) - The court met.", "Reuters", ""),
        ("WASHINGTON — Jan. 5, 2018 — The court met.", "", "2018-01-05"),
        ("TAMFORD, Mill County, Jan. 5, 2018 /TamWire/ -- A mill opened.", "", "2018-01-05"),
        ("SAN JOSÉ, Costa Rica, 5 January 2018 (AFP)—The court met.", "", "2018-01-05"),
        ("Paris, 12 février 2019 (AFP) — Le pont ouvre.", "AFP", "2019-02-12"),
        ("BERLIN, 5. März 2020 (dpa) - Die Brücke.", "", "2020-03-05"),
        ("NEW YORK (AP) — Jan 5, 2018 — The court met.", "AP", "2018-01-05"),
        ("LONDON, 03/04/2018 (Reuters) - The court met.", "", ""),
    ],
)
def test_a_dateline_gives_the_agency_and_the_day(opening: str, agency: str, day: str) -> None:
    found = read_dateline(opening)
    assert (found.agency, found.day) == (agency, day)


@pytest.mark.parametrize(
    "sentence",
    [
        "On Friday, January 5, 2018 — the day the mill closed — it rained.",
        "Tuesday, January 5, 2018 — a day to forget — began well.",
        "FRIDAY, January 5, 2018 — a day to forget — began well.",
        "LONDON — The Jan. 5, 2018, vote — held late — was close.",
        "NEW YORK (AP) — In a letter of January 5, 2018, he said no.",
        "LAKE TAM, Jan. 5 — In 2018 the lake froze.",
        "The bridge closed on January 5, 2018 — again.",
        "Quill, January 5, 2018 — “We’ll see.”",
    ],
)
def test_a_day_that_a_sentence_tells_of_is_not_the_articles(sentence: str) -> None:
    assert read_dateline(sentence).day == ""
