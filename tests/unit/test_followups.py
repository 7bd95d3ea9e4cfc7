"""Follow-ups are asked in full, openly; what stands by itself is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import ellipsis
from qa.antecedent import antecedent
from qa.followups import standalone
from qa.history import NAMES as FEATURE_NAMES
from qa.history import asked, content_stems, features, names_newer, stem, terms_of
from qa.nouns import subject_of
from qa.past import Past

REMAIN = Past(
    "where will Russian forces remain?",
    "where will Russian forces remain?",
    short_answer="a seaport and airbase",
    sentences=(
        "Putin said forces would remain at a seaport and airbase in Syria’s Latakia province.",
    ),
    titles=("Putin says Russia to start withdrawing from Syria",),
    article_ids=("ab12",),
)
LAUNCH = Past(
    "When was New Horizons launched?",
    "When was New Horizons launched?",
    short_answer="Jan. 19, 2006",
    sentences=("New Horizons was launched on Jan. 19, 2006, from Cape Canaveral, Florida.",),
    article_ids=("cd34",),
)
STERN = Past(
    "Who leads the mission?",
    "Who leads the mission?",
    short_answer="Alan Stern",
    sentences=("Alan Stern of the Southwest Research Institute leads the mission.",),
)
ABOUT = Past("what about the opposition?", "What is said about the opposition?")
SPIRE = Past(
    "who designed the new spire?",
    "who designed the new spire?",
    short_answer="Viollet-le-Duc",
    sentences=("The new spire is Viollet-le-Duc's.",),
)
MEDIATOR = Past(
    "Who is the mediator?",
    "Who is the mediator?",
    short_answer="an de Mistura",
    sentences=("Mediator Staffan de Mistura told them there was no plan.",),
)
COST = Past("how much did it cost?", "how much did the Ever Given cost?")
CANAL = Past(
    "what was blocked?",
    "what was blocked?",
    short_answer="Suez Canal",
    sentences=("It had blocked the Suez Canal for six days.",),
)
FARE = Past("who will scrap the fare?", "who will scrap the fare?", short_answer="Samuel Obi")
FOUND = Past("Which volcano erupted in Iceland?", "Which volcano erupted in Iceland?")
PLANET = Past("is Pluto a planet?", "is Pluto a planet?")
BORN = Past("when was she born?", "when was Ada Quill born?", short_answer="1950")
RESCUED = Past("how many of them were there?", "how many of the men were there?")


@pytest.mark.parametrize(
    ("past", "question", "full"),
    [
        (REMAIN, "and when do they leave?", "when do Russian forces leave?"),
        (REMAIN, "why?", "why will Russian forces remain?"),
        (REMAIN, "and in 2017?", "where will Russian forces remain in 2017?"),
        (
            REMAIN,
            "who said so?",
            "who said where Russian forces will remain (a seaport and airbase)?",
        ),
        (LAUNCH, "how long did it take?", "how long did New Horizons take?"),
        (LAUNCH, "where?", "where was New Horizons launched?"),
        (LAUNCH, "What about Voyager?", "When was Voyager launched?"),
        (LAUNCH, "no, Voyager", "When was Voyager launched?"),
        (LAUNCH, "no, the Webb telescope", "When was the Webb telescope launched?"),
        (REMAIN, "what about the opposition?", "What is said about the opposition?"),
        (LAUNCH, "tell me more", "What else is said about New Horizons?"),
        (STERN, "what did he say?", "what did Alan Stern say?"),
        (STERN, "What is his job?", "What is Alan Stern's job?"),
        (LAUNCH, "and Voyager?", "When was Voyager launched?"),
        (LAUNCH, "from where?", "from where was New Horizons launched?"),
        (LAUNCH, "with which rocket?", "with which rocket was New Horizons launched?"),
        (ABOUT, "no, the Syrian one", "What is said about the Syrian opposition?"),
        (ABOUT, "why?", "why: the opposition?"),
        (SPIRE, "how much did it cost?", "how much did the new spire cost?"),
        (MEDIATOR, "what did he say?", "what did Staffan de Mistura say?"),
        (COST, "no, the mine", "how much did the mine cost?"),
        (COST, "who owns it?", "who owns the Ever Given?"),
        (CANAL, "how long was it closed?", "how long was the Suez Canal closed?"),
        (RESCUED, "how did they get out?", "how did the men get out?"),
        (FARE, "when?", "when will Samuel Obi scrap the fare?"),
        (FOUND, "when?", "when was it that the volcano erupted in Iceland?"),
        (PLANET, "since when?", "since when is Pluto a planet?"),
        (PLANET, "why not?", "why is Pluto not a planet?"),
        (PLANET, "who said so?", "who said so: is Pluto a planet?"),
        (PLANET, "and Ceres?", "is Ceres a planet?"),
        (PLANET, "and the moons?", "What is said about the moons?"),
        (BORN, "who was president then?", "who was president in 1950?"),
    ],
)
def test_a_follow_up_is_asked_in_full(past: Past, question: str, full: str) -> None:
    assert standalone(question, [past]).text == full


@pytest.mark.parametrize(
    "question",
    [
        "Who was the UN mediator in Geneva?",
        "What did Dmitry Peskov say about Assad?",
        "When did Russia begin its air campaign?",
        "Is it true that Assad resigned?",
        "How many people live in Latakia province?",
    ],
)
def test_a_question_that_stands_by_itself_is_left_alone(question: str) -> None:
    found = standalone(question, [REMAIN, LAUNCH, STERN])
    assert (found.text, found.choices, found.unclear) == (question, (), None)


def test_the_year_asked_for_takes_the_place_of_the_one_before() -> None:
    past = [Past("Who won in 2016?", "Who won in 2016?")]
    assert standalone("and in 2017?", past).text == "Who won in 2017?"


def test_a_chain_goes_on_from_what_was_really_asked() -> None:
    first = standalone("and when do they leave?", [REMAIN]).text
    second = Past("and when do they leave?", first)
    assert standalone("why?", [REMAIN, second]).text == "why do Russian forces leave?"


def test_nothing_said_is_a_choice_among_what_is_in_play() -> None:
    found = standalone("and?", [LAUNCH])
    assert found.unclear
    assert [choice.label for choice in found.choices][:1] == ["New Horizons"]
    assert all(choice.label in choice.question for choice in found.choices)
    assert standalone("him?", [STERN]).choices[0].label == "Alan Stern"


def test_neither_a_day_nor_a_nationality_is_in_play() -> None:
    past = Past(
        "When do they go?",
        "When do Russian troops go?",
        sentences=("Syrian and Russian troops leave Latakia on Tuesday, Aug. 4.",),
    )
    labels = [choice.label for choice in standalone("and?", [past]).choices]
    assert "Latakia" in labels
    assert not {"Russian", "Syrian", "Aug", "Tuesday"} & set(labels)


def test_what_is_in_play_is_remembered_through_refusals() -> None:
    refused = Past("why?", "why is it so?")
    labels = [c.label for c in standalone("him?", [STERN, refused, refused, refused]).choices]
    assert labels[0] == "Alan Stern"
    assert "the mission" not in labels


def test_one_persons_name_is_no_they_for_ending_in_s() -> None:
    past = Past("and the first?", "and the first?", "Florencio Ávalos", ("Florencio Ávalos was.",))
    assert "Ávalos" not in standalone("how did they get out?", [RESCUED, past]).text
    assert antecedent("they", [past]) is None


def test_who_did_it_is_no_it() -> None:
    past = Past("who built it?", "who built the Webb telescope?", "NASA", ("NASA built it.",))
    assert (
        standalone("what will it look at?", [past]).text == "what will the Webb telescope look at?"
    )


def test_a_thing_never_named_is_asked_about_rather_than_guessed() -> None:
    assert standalone("Does this animal have antlers?", [REMAIN]).unclear == (
        "it is not clear which “animal” is meant"
    )
    assert standalone("Does this animal have antlers?", []).unclear
    seen = Past("What is a moose?", "What is a moose?", sentences=("A moose is an animal.",))
    assert standalone("Does this animal have antlers?", [seen]).unclear is None


def test_a_kind_of_thing_nobody_spoke_of_is_asked_about() -> None:
    found = standalone("How old is the stadium?", [STERN])
    assert found.unclear == "it is not clear which “stadium” is meant"
    assert "How old is Alan Stern?" in [choice.question for choice in found.choices]
    told = standalone("How old is the stadium?", [STERN], told=lambda word: word == "stadium")
    assert told.unclear is None


@pytest.mark.parametrize(
    "question",
    [
        "Who is the president?",
        "What is the population of the city of Aleppo?",
        "Did he leave the company?",
        "Who leads the company that built it?",
        "was this successful?",
        "Did this occur in Geneva?",
        "What was the response to that statement?",
        "How many people were killed this weekend?",
        "Who was elected this November?",
        "Was the mission led from the institute?",
    ],
)
def test_what_says_or_needs_no_name_is_not_called_unclear(question: str) -> None:
    assert standalone(question, [STERN]).unclear is None


def test_this_weekend_is_no_riddle_in_a_first_question() -> None:
    assert standalone("What was the Queen celebrating this weekend?", []).unclear is None


def test_nothing_before_leaves_nothing_for_a_pronoun() -> None:
    assert standalone("when do they leave?", []).unclear
    assert standalone("where will Russian forces remain?", []).unclear is None


def test_what_was_said_is_searched_beside_the_question_newest_first() -> None:
    found = standalone("why?", [LAUNCH, REMAIN])
    assert found.context.index("Latakia") < found.context.index("Canaveral")
    assert found.article_ids == ("ab12", "cd34")


def test_a_headline_does_not_count_as_what_is_talked_about() -> None:
    past = [Past("Who spoke?", "Who spoke?", titles=("Putin says Russia to start withdrawing",))]
    assert "withdrawing" not in standalone("when did he begin?", past).text


def test_every_feature_has_its_name() -> None:
    terms = terms_of([REMAIN, STERN])
    question = asked("what did he say?", [REMAIN, STERN], terms)
    rows = [features(term, question, names_newer(terms)) for term in terms.values()]
    assert {len(row) for row in rows} == {len(FEATURE_NAMES)}


def test_forms_of_a_word_meet() -> None:
    assert stem("Forces") == stem("force")
    assert stem("Syria’s") == "syria"
    assert content_stems("What are the Countries of the country?") == ["country"]


def test_subjects_are_found_after_the_verb_that_asks() -> None:
    assert subject_of("where will Russian forces remain?") == "Russian forces"
    assert subject_of("what did the opposition say?") == "the opposition"
    assert subject_of("why?") is None
    assert antecedent("they", [STERN]) is None
    assert antecedent("it", [LAUNCH]) == ("New Horizons", True)


def test_a_day_is_nobody() -> None:
    past = [Past("When did it begin?", "When did it begin?", short_answer="Tuesday")]
    assert antecedent("he", past) is None


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=120), max_size=4))
def test_whatever_is_said_something_can_be_asked(question: str, said: list[str]) -> None:
    past = [Past(text, text, text or None, (text,), (text,), ("a",)) for text in said]
    found = standalone(question, past)
    assert isinstance(found.text, str)
    assert ellipsis.empty(question) or found.unclear or found.text or not question


@pytest.mark.parametrize("question", ["why?", "who was it?", "and what about that then?", "When?"])
def test_a_first_question_about_nothing_is_not_looked_up(question: str) -> None:
    assert standalone(question, []).unclear == "nothing was said before that it could mean"


@pytest.mark.parametrize("question", ["为什么", "Who won?", "What is NATO?", "who is who in Oslo?"])
def test_a_first_question_about_anything_is(question: str) -> None:
    assert standalone(question, []).unclear is None


def test_when_who_does_something_does_it_is_asked_of_who_was_answered() -> None:
    parks = Past("Who is closing parks?", "Who is closing parks?", short_answer="Six Flags")
    assert standalone("when?", [parks]).text == "when is Six Flags closing parks?"


def test_the_other_one_is_asked_at_once_where_there_is_only_one() -> None:
    wente = Past("When does Susan Wente start?", "When does Susan Wente start?", titles=())
    boyle = Past("Who is Edward Boyle?", "Who is Edward Boyle?", article_ids=("a",))
    found = standalone("no, the other one", [wente, boyle])
    assert not found.choices
    assert found.text == "Who is Susan Wente?"


@pytest.mark.parametrize(
    ("before", "article", "followup", "whole"),
    [
        (
            "What is Disney's new streaming plan?",
            "Disney has a new streaming plan.",
            "how does it work?",
            "how does Disney's new streaming plan work?",
        ),
        (
            "Where is the new Chick-fil-A restaurant opening?",
            "A new Chick-fil-A restaurant opens in May.",
            "when does it open?",
            "when does the new Chick-fil-A restaurant open?",
        ),
        (
            "Did the Lahaina banyan tree survive?",
            "The Lahaina banyan tree survives; few thought the tree would survive.",
            "how old is it?",
            "how old is the Lahaina banyan tree?",
        ),
    ],
)
def test_a_thing_is_called_by_its_whole_name(
    before: str, article: str, followup: str, whole: str
) -> None:
    past = Past(before, before, sentences=(article,), article_ids=("a",))
    assert standalone(followup, [past]).text == whole


def told(asked: str, short: str | None, *sentences: str) -> Past:
    return Past(asked, asked, short, sentences, article_ids=("a",))


HACKED = told(
    "Who was hacked?", "Sony Pictures Entertainment", "Sony Pictures Entertainment was hacked."
)
BUILT = told(
    "Who built the jet?",
    "Lockheed Martin",
    "Lockheed Martin built the jet, said Chief Executive Marillyn Hewson.",
)
CHARGED = told(
    "Who charged the suspect?",
    "San Joaquin District Attorney Ron",
    "San Joaquin District Attorney Ron Freitas charged the suspect.",
)
RANDOM = told("Was the shooting random?", None, "The shooting was not random.")
HEARING = told("When is the hearing?", "Monday", "The hearing is on Monday.")
TOWN = told("What happened in Stockton?", "shooting", "A shooting in Stockton killed four people.")
SHOT = told("Who died in the Stockton shooting?", "three children", "Three children died.")
OFFICE = told(
    "Who is investigating?",
    "California Attorney General's Office",
    "The California Attorney General's Office is investigating.",
)
DRONES = told("Where were the drones seen?", "Oslo", "The drones were seen over Oslo.")
PARK = told("Which park is Six Flags closing in Maryland?", None, "Six Flags is closing it.")
FLIGHT = told("What happened to United?", None, "The pilot of a United flight died.")
RECALLED = told("What was recalled by Abbott?", "infant formula", "Abbott recalled formula.")
WON = told("Who won in France in May?", None, "Nobody won.")
MORE_OF = told("What else is said about Six Flags?", None, "The park will be sold.")
COUNTED = Past("how many?", "how many (Where was it seen (Oslo))?")
PROFESSORS = told("who are the professors?", None, "They teach.")


@pytest.mark.parametrize(
    ("past", "question", "full"),
    [
        (HACKED, "what is his plan?", "what is his plan?"),
        (HACKED, "what did she say?", "what did she say?"),
        (BUILT, "what is her job now?", "what is Marillyn Hewson's job now?"),
        (CHARGED, "what did he say?", "what did Ron Freitas say?"),
        (RANDOM, "was it random?", "was the shooting random?"),
        (HEARING, "who is its CEO?", "who is its CEO?"),
        (HEARING, "when did it begin?", "when did the hearing begin?"),
        (LAUNCH, "who is its founder?", "who is New Horizons' founder?"),
        (TOWN, "where did it happen?", "where did the shooting happen?"),
        (SHOT, "where did it happen?", "where did the Stockton shooting happen?"),
        (OFFICE, "who were they?", "who were the California Attorney General's Office?"),
    ],
)
def test_a_pronoun_is_never_what_the_question_cannot_be_asked_of(
    past: Past, question: str, full: str
) -> None:
    assert standalone(question, [past]).text == full


def test_who_was_asked_for_is_meant_before_what_he_does() -> None:
    chief = told("Who is the CEO of Boeing?", "Kelly Ortberg", "Kelly Ortberg is CEO of Boeing.")
    assert standalone("what did he say?", [chief]).text == "what did Kelly Ortberg say?"
    assert standalone("where is its headquarters?", [chief]).text == (
        "where is Boeing's headquarters?"
    )


def test_what_is_owned_is_no_state() -> None:
    lost = told("What did California lose?", None, "A park in California is closed.")
    assert antecedent("it", [lost], "how big is it?") == ("California", True)
    assert antecedent("it", [lost], "who owns it?") is None
    assert antecedent("it", [lost], "how much does it cost?") is None
    assert antecedent("its", [lost], "where is its headquarters?") is None
    assert antecedent("its", [lost], "who is its president?") == ("California", True)
    sold = told("Is the park in California sold?", None, "The park in California is sold.")
    assert standalone("who owns it?", [sold]).text.startswith("who owns the park")


def test_a_name_of_one_that_ends_in_an_s_is_no_they() -> None:
    who = told("Who is Zeppos?", "chancellor", "Nicholas Zeppos is the chancellor.")
    assert "are Zeppos" not in standalone("who are they?", [who]).text
    assert standalone("when did he leave?", [who]).text == "when did Nicholas Zeppos leave?"


@pytest.mark.parametrize(
    ("past", "question", "full"),
    [
        (DRONES, "how many?", "how many drones were seen?"),
        (SHOT, "how many?", "how many people died in the Stockton shooting?"),
        (COUNTED, "which?", "which (how many)?"),
        (PARK, "and in California?", "Which park is Six Flags closing in California?"),
        (PARK, "and in 2017?", "Which park is Six Flags closing in Maryland in 2017?"),
        (FLIGHT, "no, I meant the pilot who died", "What is said about the pilot who died?"),
        (WON, "and in Germany?", "Who won in Germany in May?"),
        (WON, "and in June?", "Who won in France in June?"),
        (RECALLED, "why?", "why was the infant formula recalled by Abbott?"),
        (MORE_OF, "who said so?", "who said so about Six Flags?"),
        (PROFESSORS, "and Zeppos?", "who is Zeppos?"),
    ],
)
def test_a_short_follow_up_makes_a_sentence(past: Past, question: str, full: str) -> None:
    assert standalone(question, [past]).text == full
