"""Follow-ups as people type them, each asked in full; where that cannot be known, a choice."""

from __future__ import annotations

import pytest

from qa.followups import standalone
from qa.past import Past
from qa.phrases import names_in, phrases
from qa.unclear import DUMMY_IT


def past(question: str, short: str | None = None, *told: str, asked_as: str | None = None) -> Past:
    ids = ("ab12",) if told else ()
    return Past(question, asked_as or question, short, told, article_ids=ids)


WON = past("Who won the election?", "Ada Quill", "Ada Quill won the election on Tuesday.")
RECALL = past(
    "How many cars is Tarnmobil recalling?", "6,700", "Tarnmobil is recalling 6,700 cars."
)
SHOT = past(
    "How many died in Elster?", "five", "Five men were shot in Elster; the shooting is over."
)
YOUNGEST = past("who was the youngest?", "Jimmy Sand", "The youngest, Jimmy Sand, is 19.")
FIRST = past("When was the first shot given?", "Monday", "The first shot was given on Monday.")
OLD = past("how long is the new canal?", "80 kilometers", "The new canal is 80 kilometers long.")
LIVE = past("How many homeless people live in Elster?", "200", "About 200 do.")
CALLED = past("What did Ada Quill call for?", None, "Ada Quill called for reform of the pact.")
HELD = past(
    "Who was censured by the board?", "Ada Quill", "The board censured Ada Quill on Friday."
)
NEXT = past("When does England play next?", "Saturday", "England play on Saturday.")
DEATHS = past("How many deaths does alcohol cause?", "2.8 million", "It causes 2.8 million deaths.")
CAFE = past("where is Bosk?", "Aspen", "Bosk , Aspen (Barclay Dodge) has earned a star.")
ASH = past(
    "How many flights were canceled because of the ash cloud?", "95,000", "95,000 were canceled."
)
RATE = past("what's the rate in Germany?", "12.1%", "The rate is 12.1% in Germany.")
RELAY = past("Who is leading the Olympic torch relay?", "Ada Quill", "Ada Quill is leading it.")
COST = past(
    "what did it cost the town?", "2 million", "It cost the town 2 million, Mayor Voss said."
)


@pytest.mark.parametrize(
    ("before", "question", "whole"),
    [
        (YOUNGEST, "and the oldest?", "who was the oldest?"),
        (FIRST, "and the second one?", "When was the second shot given?"),
        (FIRST, "the last one", "When was the last shot given?"),
        (OLD, "what about the old one?", "how long is the old canal?"),
        (LIVE, "why?", "why is it that homeless people live in Elster?"),
        (CALLED, "why?", "why did Ada Quill call for that?"),
        (HELD, "what for?", "why was Ada Quill censured by the board?"),
        (HELD, "how come?", "why was Ada Quill censured by the board?"),
        (NEXT, "against whom?", "against whom does England play next?"),
        (DEATHS, "per year?", "How many deaths does alcohol cause per year?"),
        (SHOT, "was it random?", "was the shooting random?"),
        (SHOT, "was it an accident?", "was the shooting an accident?"),
        (ASH, "what did it cost?", "what did the ash cloud cost?"),
        (RECALL, "what's wrong with them?", "what's wrong with the cars?"),
        (RATE, "and Spain?", "what is the rate in Spain?"),
        (RELAY, "where does it start?", "where does the Olympic torch relay start?"),
        (CAFE, "who is the chef there?", "who is the chef in Aspen?"),
        (COST, "who said that?", "who said so: what did it cost the town (2 million)?"),
    ],
)
def test_what_is_left_out_is_put_in(before: Past, question: str, whole: str) -> None:
    assert standalone(question, [before]).text == whole


def test_what_somebody_is_told_to_do_is_no_name() -> None:
    assert names_in("The Bible says, 'Forgive your enemies.'") == []


CLOSING = past("Who wants to close Camp Alba?", "Tarnia", "Tarnia wants to close Camp Alba.")


def test_what_only_the_articles_under_discussion_name_is_asked_of_what_is_talked_about() -> None:
    governor = "what did the governor say?"
    assert standalone(governor, [CLOSING], told=lambda word: word == "governor").text == (
        "what did the governor say (Camp Alba)?"
    )
    assert standalone(governor, [CLOSING]).text == governor
    assert standalone("how old is the camp?", [CLOSING], told=lambda word: True).text == (
        "how old is the camp?"
    )
    named = "what did the governor of Tarnia say?"
    assert standalone(named, [CLOSING], told=lambda word: True).text == named


def test_what_somebody_owns_is_no_person() -> None:
    joining = past(
        "Who is joining NBN's Olympics coverage?",
        "SAND",
        "SAND reports.",
        "Singer Kelly Clark will join NBN Universal's coverage.",
    )
    assert standalone("what will she do?", [joining]).text.startswith("what will Kelly Clark do")


def test_what_somebody_owns_has_no_article() -> None:
    said = past("What did Mayor Carla Voss plan?", "Carl's rally", "She planned Carl's rally.")
    assert standalone("was it political?", [said]).text == "was Carl's rally political?"


def test_nobody_warns_things() -> None:
    opposition = past("What did the opposition say?", "no", "The opposition said no.")
    talks = past("where are the talks?", "Geneva", "The talks are in Geneva.")
    asked = standalone("what did he warn them about?", [opposition, talks]).text
    assert asked == "what did he warn the opposition about?"


def test_nobody_announces_a_town_and_no_country_starts() -> None:
    killed = past(
        "How many people were killed in Elster?", "150", "The blast in Elster killed 150."
    )
    assert "announce Elster" not in standalone("when did Voss announce it?", [killed]).text
    leaving = past("Is Russia leaving Syria?", None, "Some forces in Russia said it was leaving.")
    assert "Russia start" not in standalone("when does it start?", [leaving]).text


def test_what_is_changed_is_meant_before_the_change() -> None:
    pact = past(
        "Why does the chancellor want to change the stability pact?",
        "more freedom",
        "German Chancellor Carl Voss has called for reform of the EU's stability pact.",
    )
    assert (
        standalone("what does it say now?", [pact]).text == "what does the stability pact say now?"
    )


def test_what_a_sentence_begins_with_is_no_name_for_its_capital() -> None:
    fell = past("why did they fall?", None, "Shares in Tarn Energy fell.")
    found = phrases({"share": 0.9, "tarn": 0.9, "energy": 0.8}, [fell])
    assert [(phrase.text, phrase.named) for phrase in found] == [("shares in Tarn Energy", False)]


def test_a_protest_is_no_superlative() -> None:
    latest = past("who won the latest race?", "Ada Quill", "Ada Quill won the latest race.")
    assert standalone("and the protest?", [latest]).text == "What is said about the protest?"


def test_a_he_with_whom_nobody_agrees_may_be_asked_of_each_person_in_play() -> None:
    found = standalone("how old is he?", [WON])
    assert (found.text, found.unclear) == ("how old is he?", None)
    assert found.context
    assert [choice.question for choice in found.choices] == ["how old is Ada Quill?"]
    assert standalone("how old is she?", [WON]).text == "how old is Ada Quill?"


def test_where_no_person_is_in_play_a_he_is_searched_as_it_is() -> None:
    found = standalone("what did he say?", [RECALL])
    assert (found.text, found.unclear) == ("what did he say?", None)


def test_a_company_has_no_her() -> None:
    assert standalone("what is her job?", [RECALL]).text == "what is her job?"


def test_hardly_a_question_between_does_not_change_who_he_is() -> None:
    ill = past("Why was Pope Carl hospitalized?", "lung infection", "Pope Carl had an infection.")
    fever = past(
        "did he have a fever?",
        None,
        "The pope has no fever, spokesman Max Brandt said.",
        asked_as="did Pope Carl have a fever?",
    )
    which = past("which hospital?", "Elster", "Brandt said Carl went to the Elster hospital.")
    assert standalone("is he better?", [ill, fever, which]).text == "is Pope Carl better?"


def test_the_judge_is_she_whose_name_is_hers() -> None:
    judge = past(
        "and the judge?",
        None,
        "He pleaded not guilty before Judge Katharine Parker in Elster.",
        asked_as="What is said about the judge?",
    )
    pleaded = past(
        "how did Mayor Eric Adler plead?", "not guilty", "Eric Adler pleaded not guilty."
    )
    assert "the judge" not in standalone("when is he in court?", [pleaded, judge]).text


def test_who_was_asked_for_and_not_found_may_still_be_meant() -> None:
    refused = Past(
        "who chaired it?",
        "who chaired the talks?",
        nearest=("Laurent Voss, the president of the talks, brought down the gavel.",),
    )
    talks = past("When did the talks end?", "Saturday", "The talks ended on Saturday.")
    assert standalone("what did he say?", [talks, refused]).text.startswith("what did Laurent Voss")


def test_a_day_that_something_was_is_no_it() -> None:
    assert DUMMY_IT.search("who said it was a great day?")
    assert DUMMY_IT.search("was it the first time?")
    assert not DUMMY_IT.search("was it a great book?")


def test_more_is_told_of_the_article_last_cited() -> None:
    first = Past(
        "Who led the mission?", "Who led the mission?", "Alan Sand", ("Alan Sand did.",), (), ("a",)
    )
    other = Past("what of the plague?", "what of the plague?", None, ("It is gone.",), (), ("b",))
    found = standalone("tell me more", [first, other])
    assert (found.text, found.more, found.article_ids) == ("tell me more", "", ("b",))


def test_why_after_more_asks_of_the_question_before_it() -> None:
    more = past(
        "tell me more", None, "The board met on Friday.", asked_as="What else is said about Quill?"
    )
    assert standalone("why?", [HELD, more]).text == "why was Ada Quill censured by the board?"


def test_a_phrase_ends_where_another_noun_begins() -> None:
    chair = past("is she the chair?", None, "Yes.", asked_as="is Ronna Voss the chair?")
    found = phrases({"ronna": 0.9, "voss": 0.9, "chair": 0.8}, [chair])
    assert "Ronna Voss" in [phrase.text for phrase in found]
