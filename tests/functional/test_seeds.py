"""The seeds answer what a newcomer may ask them, with the right sentence first."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.engine import Engine
from qa.opening import SEEDS

QUESTIONS = [
    (
        "Where will Russian forces remain?",
        "russia-syria-withdrawal.md",
        "Russian forces will remain at two places on the Syrian coast",
    ),
    (
        "How did Assad hear the news from Putin?",
        "russia-syria-withdrawal.md",
        "Dmitry Peskov, the Kremlin spokesman, said Putin broke the n",
    ),
    (
        "To what does the Paris Agreement commit governments?",
        "paris-climate-agreement.md",
        "The Paris Agreement commits governments to hold the rise in ",
    ),
    (
        "When will the Paris agreement be opened for signature?",
        "paris-climate-agreement.md",
        "The agreement will be opened for signature at U.N. headquart",
    ),
    (
        "How wide is the Webb telescope's main mirror?",
        "webb-telescope-launch.md",
        "The telescope's main mirror measures 6.5 meters across and i",
    ),
    (
        "Who is the Webb telescope named after?",
        "webb-telescope-launch.md",
        "The observatory is named after James E. Webb, who led NASA f",
    ),
    (
        "How much sand was removed to free the Ever Given?",
        "ever-given-suez.md",
        "Dredgers removed about 30,000 cubic meters of sand from arou",
    ),
    (
        "Who owns the Ever Given?",
        "ever-given-suez.md",
        "The Ever Given is owned by Shoei Kisen Kaisha of Japan, char",
    ),
    (
        "How many donors gave money to rebuild Notre-Dame?",
        "notre-dame-reopening.md",
        "Donations of more than 840 million euros came from about 340",
    ),
    (
        "What did the 2019 Notre-Dame fire destroy?",
        "notre-dame-reopening.md",
        "The fire of April 15, 2019, destroyed the lead-covered roof,",
    ),
    (
        "Where are LIGO's two detectors?",
        "gravitational-waves.md",
        "It was picked up by LIGO's two detectors, one in Livingston,",
    ),
    (
        'Who said "We did it" about gravitational waves?',
        "gravitational-waves.md",
        "“We did it,” said David Reitze, executive director of the La",
    ),
    (
        "Where was the last known outbreak of rinderpest?",
        "rinderpest-eradicated.md",
        "The last known outbreak was found in 2001 among wild buffalo",
    ),
    (
        "Who developed the rinderpest vaccine?",
        "rinderpest-eradicated.md",
        "The key weapon was a cheap and lasting vaccine developed in ",
    ),
    (
        "How much ammonium nitrate exploded at the port of Beirut?",
        "beirut-port-explosion.md",
        "Officials say that a fire set off 2,750 tonnes of ammonium n",
    ),
    (
        "How many people lost their homes in the Beirut explosion?",
        "beirut-port-explosion.md",
        "Beirut's governor, Marwan Abboud, said up to 300,000 people ",
    ),
    (
        "Who was the last miner to reach the surface in Chile?",
        "chilean-miners-rescue.md",
        "The last of them, shift foreman Luis Urzúa, reached the surf",
    ),
    (
        "Which of the rescued miners was from Bolivia?",
        "chilean-miners-rescue.md",
        "One, Carlos Mamani, is from Bolivia, while the other 32 are ",
    ),
    (
        "How close did New Horizons come to Pluto's surface?",
        "new-horizons-pluto.md",
        "The probe, New Horizons, made its closest approach at 7:49 a",
    ),
    (
        "Whose ashes are aboard New Horizons?",
        "new-horizons-pluto.md",
        "Aboard the probe is a small portion of the ashes of Clyde W.",
    ),
    (
        "Which ship was first to cross the expanded Panama Canal?",
        "panama-canal-expansion.md",
        "The first vessel to make the official crossing was the COSCO",
    ),
    (
        "When did the original Panama Canal open?",
        "panama-canal-expansion.md",
        "The original canal, built by the U.S., opened on Aug. 15, 19",
    ),
    (
        "How many flights were canceled because of the volcanic ash?",
        "eyjafjallajokull-ash-cloud.md",
        "Eurocontrol, the agency that coordinates air traffic in Euro",
    ),
    (
        "How much did the ash cloud cost airlines?",
        "eyjafjallajokull-ash-cloud.md",
        "Giovanni Bisignani, the head of the International Air Transp",
    ),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory):
    opened = Engine(tmp_path_factory.mktemp("none") / "library")
    yield opened
    opened.close()


@pytest.mark.parametrize(("question", "file", "beginning"), QUESTIONS)
def test_the_sentence_that_answers_comes_first(
    engine: Engine, question: str, file: str, beginning: str
) -> None:
    answer = engine.ask(question)
    assert answer.answered, answer.refusal
    assert answer.citations[0].text.startswith(beginning)
    assert Path(str(answer.citations[0].path)).name == Path(file).name


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 2018 football world cup final?",
        "What is the recipe for sourdough bread?",
        "How do I install a printer driver?",
        "What did the prime minister of Canada say about the budget?",
    ],
)
def test_what_the_seeds_do_not_tell_is_refused(engine: Engine, question: str) -> None:
    answer = engine.ask(question)
    assert not answer.answered
    assert answer.citations == ()


def test_every_seed_is_dated_titled_and_in_the_library(engine: Engine) -> None:
    articles = engine.articles()
    assert len(articles) == len(list(SEEDS.glob("*.md"))) >= 10
    assert all(article.published and article.title and article.source for article in articles)
