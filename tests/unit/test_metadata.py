"""Dates: what counts as one day, and what is too little or too much to be one."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
