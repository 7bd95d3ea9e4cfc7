"""Words of time frame the evidence; where there is doubt, they frame nothing."""

from __future__ import annotations

import datetime
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.timeframe import Timeframe, closeness, newest_order, timeframe

TODAY = datetime.date(2026, 11, 25)  # a Wednesday


def frame(question: str) -> tuple[str | None, str | None, str]:
    found = timeframe(question, today=TODAY)
    assert found is not None
    assert found.said in question
    return found.since, found.until, found.said


def strict(question: str) -> bool:
    found = timeframe(question, today=TODAY)
    return found is not None and found.strict


@pytest.mark.parametrize(
    ("question", "since", "until", "said"),
    [
        ("What happened last week?", "2026-11-16", "2026-11-23", "last week"),
        ("What happened this week?", "2026-11-18", "2026-11-25", "this week"),
        ("Who spoke in the past week?", "2026-11-18", "2026-11-25", "the past week"),
        ("Who resigned this month?", "2026-11-01", "2026-11-25", "this month"),
        ("Who resigned this year?", "2026-01-01", "2026-11-25", "this year"),
        ("Who resigned yesterday?", "2026-11-24", "2026-11-25", "yesterday"),
        (
            "Who resigned the day before yesterday?",
            "2026-11-23",
            "2026-11-24",
            "the day before yes",
        ),
        ("What did the council decide last night?", "2026-11-24", "2026-11-25", "last night"),
        ("Who spoke this morning?", "2026-11-25", "2026-11-25", "this morning"),
        ("What did she say today?", "2026-11-25", "2026-11-25", "today"),
        ("Who was hurt 3 days ago?", "2026-11-22", "2026-11-23", "3 days ago"),
        ("Who won in the last two weeks?", "2026-11-11", "2026-11-25", "the last two weeks"),
        ("Who won in the past few days?", "2026-11-20", "2026-11-25", "the past few days"),
        ("Who won in the past six months?", "2026-05-25", "2026-11-25", "the past six months"),
        ("What has happened since 2015?", "2015-01-01", None, "since 2015"),
        ("Who has led it since March 2016?", "2016-03-01", None, "since March 2016"),
        ("Who has led it since the 1990s?", "1990-01-01", None, "since the 1990s"),
        ("Who has led it since 14 March 2016?", "2016-03-14", None, "since 14 March 2016"),
        ("What has she said since Monday?", "2026-11-23", None, "since Monday"),
        ("What has she said since last week?", "2026-11-16", None, "since last week"),
        ("Who led it before 2016-03-01?", None, "2016-02-29", "before 2016-03-01"),
        ("Who led it until 2016-03-01?", None, "2016-03-01", "until 2016-03-01"),
        ("Who led it after 2016-03?", "2016-04-01", None, "after 2016-03"),
        ("Who led it from May 2016 onwards?", "2016-05-01", None, "from May 2016 onwards"),
    ],
)
def test_what_only_articles_of_a_time_can_tell_is_asked_of_them_alone(
    question: str, since: str | None, until: str | None, said: str
) -> None:
    found = frame(question)
    assert found[:2] == (since, until)
    assert found[2].startswith(said)
    assert strict(question)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("articles from March 2016 about the bridge", "2016-03-01", "2016-03-31"),
        ("Which articles since March 2016 name her?", "2016-03-01", None),
        ("What do articles about the bridge published in 2016 say?", "2016-01-01", "2016-12-31"),
        ("What was published about the bridge in 2016?", "2016-01-01", "2016-12-31"),
        ("What was published in 2016 about the bridge?", "2016-01-01", "2016-12-31"),
        ("What is the news from last month?", "2026-10-01", "2026-10-31"),
        ("Whose name is in last week's headlines?", "2026-11-16", "2026-11-22"),
        ("Which articles published yesterday name her?", "2026-11-24", "2026-11-24"),
        ("Which articles from before March 2016 name her?", None, "2016-02-29"),
    ],
)
def test_articles_of_a_time_are_those_published_in_it_to_the_day(
    question: str, since: str | None, until: str | None
) -> None:
    assert frame(question)[:2] == (since, until)
    assert strict(question)


@pytest.mark.parametrize(
    ("question", "since", "until", "said"),
    [
        ("Who won in 2016?", "2016-01-01", "2016-12-31", "in 2016"),
        ("Who won in March 2016?", "2016-03-01", "2016-03-31", "in March 2016"),
        ("Who won in early March 2016?", "2016-03-01", "2016-03-31", "in early March 2016"),
        ("Who won on March 14, 2016?", "2016-03-14", "2016-03-14", "on March 14, 2016"),
        ("Who won on the 14th of March 2016?", "2016-03-14", "2016-03-14", "on the 14th of March"),
        ("Who won on 2016-03-14?", "2016-03-14", "2016-03-14", "on 2016-03-14"),
        ("Who won on 29 February 2016?", "2016-02-29", "2016-02-29", "on 29 February 2016"),
        ("How many lived there in 1990?", "1990-01-01", "1990-12-31", "in 1990"),
        ("Who won in the 1990s?", "1990-01-01", "1999-12-31", "in the 1990s"),
        ("Who won in the late 1990s?", "1996-09-01", "1999-12-31", "in the late 1990s"),
        ("Who won in early 2016?", "2016-01-01", "2016-04-30", "in early 2016"),
        ("Who won in mid-2016?", "2016-05-01", "2016-08-31", "in mid-2016"),
        ("Who won in the summer of 2016?", "2016-06-01", "2016-08-31", "in the summer of 2016"),
        ("Who won in winter 2016?", "2015-12-01", "2017-02-28", "in winter 2016"),
        ("What did it earn in Q4 2016?", "2016-10-01", "2016-12-31", "in Q4 2016"),
        ("Its loss in the third quarter of 2016?", "2016-07-01", "2016-09-30", "in the third"),
        ("Who won between May 2016 and June 2017?", "2016-05-01", "2017-06-30", "between May"),
        ("Who won between March and June 2016?", "2016-03-01", "2016-06-30", "between March"),
        ("Who led it from 2010 to 2015?", "2010-01-01", "2015-12-31", "from 2010 to 2015"),
        ("Who led it before March 2016?", None, "2016-02-29", "before March 2016"),
        ("Who led it after March 14, 2016?", "2016-03-15", None, "after March 14, 2016"),
        ("What did it earn last month?", "2026-10-01", "2026-10-31", "last month"),
        ("Who won last year?", "2025-01-01", "2025-12-31", "last year"),
        ("Who died two weeks ago?", "2026-11-08", "2026-11-14", "two weeks ago"),
        ("How has it changed in the past 30 years?", "1996-11-25", "2026-11-25", "the past 30"),
        ("Who spoke on Monday?", "2026-11-23", "2026-11-23", "on Monday"),
        ("Who spoke on Wednesday?", "2026-11-18", "2026-11-18", "on Wednesday"),
        ("Who spoke last Monday?", "2026-11-16", "2026-11-23", "last Monday"),
        ("who resigned in may?", "2026-05-01", "2026-05-31", "in may"),
        ("Who resigned in December?", "2025-12-01", "2025-12-31", "in December"),
    ],
)
def test_an_event_of_a_time_prefers_articles_of_it_and_hides_none(
    question: str, since: str | None, until: str | None, said: str
) -> None:
    found = frame(question)
    assert found[:2] == (since, until)
    assert found[2].startswith(said)
    assert not strict(question)


@pytest.mark.parametrize(
    "question",
    [
        "When did it close last week?",
        "In what year since 1990 did it open?",
        "What will open this week?",
        "Which novel was published in 2016?",
        "Who made the news in 2016?",
        "What is one of the two reports published in 2011?",
        "Do the article published on October 6, 2023 and the one of October 9, 2023 agree?",
    ],
)
def test_what_may_be_told_at_any_time_hides_no_article(question: str) -> None:
    assert timeframe(question, today=TODAY) is not None
    assert not strict(question)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?",
        "Who built the bridge?",
        "What happened in 1066?",
        "Who ruled between 1920 and 1950?",
        "How has it changed in the past 100 years?",
        "In what year did the canal open?",
        "When did the canal open?",
        "What did she say before the election?",
        "What did she say after the ceasefire?",
        "Who led it until 2016?",
        "How many had it sold by March 2016?",
        "Who won the 2016 election?",
        "How many voted after the 2007 election?",
        "How many of the 2016 people came?",
        "Who won in 2016,500 votes?",
        "What will happen in 2030?",
        "What happened in December 2026?",
        "What happened on 31 February 2016?",
        "What happened on 2016-13-45?",
        "What happened 99999999999999999999 years ago?",
        "What happened 999 years ago?",
        "Scientists revived an animal frozen 46,000 years ago; which?",
        "Who wrote The Last of the Mohicans?",
        "What is his last name?",
        "What did she learn in her last year?",
        "What did the king do in the last year of the war?",
        "Who was the president's last week for?",
        "What may a second witness say?",
        "Who led the March on Washington?",
        "Who spoke in March on Washington?",
        "Who prints Now magazine?",
        "Who plays in Apocalypse Now?",
        "Which city is now called Istanbul?",
        "What did her now-defunct company sell?",
        "Who hosts Last Week Tonight?",
        "Who writes for USA Today?",
        'Who sang "Yesterday"?',
        "Yesterday was written by whom?",
        "Who wrote “The Latest News” and ‘Since 2015’?",
        "When is the latest train?",
        "What is the latest date for a claim?",
        "By when at the latest must it be paid?",
        "What is the most recent common ancestor of apes?",
        "How recently was it painted?",
        "Why does the current flow?",
        "What did he do at the moment of impact?",
        "How far is it?",
        "Which way does the wind blow in July?",
        "When is the fair held in June?",
        "Who plays on Mondays?",
        "What is broadcast on Sunday Night Football?",
    ],
)
def test_other_questions_have_no_frame(question: str) -> None:
    assert timeframe(question, today=TODAY) is None


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is the latest news about the bridge?", "latest"),
        ("What are the newest figures?", "newest"),
        ("Who was hired most recently?", "recently"),
        ("When was the most recent eruption?", "most recent"),
        ("Who is the mayor now?", "now"),
        ("Who is now the mayor?", "now"),
        ("Who is the mayor today?", "today"),
        ("Who is the current mayor?", "current"),
        ("Who currently runs it?", "currently"),
        ("Who runs it at the moment?", "at the moment"),
        ("How many has it sold so far?", "so far"),
    ],
)
def test_a_question_about_the_present_state_asks_for_the_newest_first(
    question: str, said: str
) -> None:
    assert timeframe(question, today=TODAY) == Timeframe(None, None, False, True, said)


def test_a_frame_and_newest_first_go_together() -> None:
    found = timeframe("What is the latest news from last week?", today=TODAY)
    assert found == Timeframe("2026-11-16", "2026-11-22", True, True, "last week")


def test_of_several_times_the_frame_covers_all_and_what_must_hold_comes_first() -> None:
    assert frame("Who won in 2011 and who won in 2013?")[:2] == ("2011-01-01", "2013-12-31")
    assert frame("Who left last week the club that won in 2011?") == (
        "2026-11-16",
        "2026-11-23",
        "last week",
    )


def test_a_week_is_the_same_from_any_of_its_days() -> None:
    monday = datetime.date(2026, 11, 23)
    found = [
        timeframe("articles from last week", today=monday + datetime.timedelta(days=day))
        for day in range(7)
    ]
    assert set(found) == {Timeframe("2026-11-16", "2026-11-22", True, False, "last week")}


def test_shouted_questions_are_read_too() -> None:
    assert frame("WHAT DID DE GAULLE REJECT LAST YEAR?")[:2] == ("2025-01-01", "2025-12-31")


WORDS = """
last past this the a few two 7 999 0 week weeks weekend month months year years day days ago
since before after until by in on from to and between of early late mid summer winter Q3 Q9
first second quarter 2016 1990s 1959 2099 2016-02-31 2016-12 31 29th Feb February may May
Monday sunday yesterday today now latest recently articles published news what when did is
will March, - – ' ’s " ? fırst ſunday weeK ２０１６
"""


@given(
    question=st.one_of(
        st.text(), st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join)
    ),
    today=st.one_of(
        st.dates(),
        st.sampled_from([datetime.date.min, datetime.date.max, datetime.date(2024, 2, 29)]),
    ),
)
def test_any_question_on_any_day_gives_a_sound_frame_or_none(
    question: str, today: datetime.date
) -> None:
    found = timeframe(question, today=today)
    if found is None:
        return
    since, until = (
        None if day is None else datetime.date.fromisoformat(day)
        for day in (found.since, found.until)
    )
    assert since or until or found.newest_first
    assert since is None or since.year >= 1960
    assert since is None or since <= today
    assert since is None or until is None or since <= until
    assert found.said in question
    assert found.said == found.said.strip() != ""
    assert 0.0 <= closeness("2016-03-14", found) <= 1.0


@pytest.mark.parametrize(
    "words", [" ", "articles in 2016 ", "in 2016 and ", "the last a ", "'", "“"]
)
def test_a_long_question_takes_no_long_time(words: str) -> None:
    import time

    started = time.process_time()
    timeframe((words * 2000)[:2000] + " since 2015", today=TODAY)
    assert time.process_time() - started < 1.0


IN_2016 = Timeframe("2016-01-01", "2016-12-31", False, False, "in 2016")


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2016-01-01", 1.0),
        ("2016-12-31", 1.0),
        ("2018-12-31", 0.75),  # 730 days after
        ("2026-12-29", 0.515625),  # five times 730 days after
        ("2015-12-18", 0.5),  # 14 days before
        ("2015-12-04", 0.25),
        (None, 0.5),
        ("2016", 0.5),
    ],
)
def test_an_article_may_look_back_but_not_ahead(published: str | None, expected: float) -> None:
    assert closeness(published, IN_2016) == pytest.approx(expected, abs=0.001)


def test_outside_a_strict_frame_both_sides_fall_alike() -> None:
    frame = Timeframe("2016-03-01", "2016-03-31", True, False, "from March 2016")
    days = ["2016-02-16", "2016-03-01", "2016-03-31", "2016-04-14", "2020-01-01", None]
    assert [closeness(day, frame) for day in days] == pytest.approx(
        [0.5, 1.0, 1.0, 0.5, 0.0, 0.0], abs=1e-9
    )


def test_an_open_side_has_no_outside() -> None:
    since = Timeframe("2015-01-01", None, True, False, "since 2015")
    before = Timeframe(None, "2016-02-29", True, False, "before 2016-03-01")
    assert closeness("2099-01-01", since) == 1.0
    assert closeness("1901-01-01", before) == 1.0
    assert closeness("2014-12-18", since) == 0.5
    assert closeness("2016-03-14", before) == 0.5


def test_without_a_frame_every_date_is_close() -> None:
    newest = Timeframe(None, None, False, True, "now")
    assert [closeness(day, newest) for day in ("1901-01-01", None)] == [1.0, 1.0]


@given(st.lists(st.one_of(st.none(), st.dates().map(str)), max_size=9))
def test_closeness_never_rises_with_the_distance(days: list[str | None]) -> None:
    later = sorted(day for day in days if day and day > "2016-12-31")
    earlier = sorted((day for day in days if day and day < "2016-01-01"), reverse=True)
    for side in (later, earlier):
        fits = [closeness(day, IN_2016) for day in side]
        assert fits == sorted(fits, reverse=True)


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ([], []),
        (["2016-01-01"], [1.0]),
        ([None, None], [0.0, 0.0]),
        (["2016-01-01", "2016-01-01"], [1.0, 1.0]),
        (["2016-01-01", "2018-01-01", "2017-01-01"], [0.0, 1.0, 0.5]),
        (["2016-01-01", None, "2018-01-01"], [0.5, 0.0, 1.0]),
        (["2016-01-01", "soon", "2016-01-01"], [1.0, 0.0, 1.0]),
    ],
)
def test_the_newest_is_first_and_the_undated_last(
    published: list[str | None], expected: list[float]
) -> None:
    assert newest_order(published) == expected


def test_a_question_without_words_of_relative_time_imports_no_dateutil() -> None:
    program = (
        "import datetime, sys; from qa.timeframe import timeframe; "
        "timeframe('Who won in March 2016?', today=datetime.date(2026, 11, 25)); "
        "sys.exit('dateutil' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
