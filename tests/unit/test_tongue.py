"""The language of a text: told where it is plain, left open where it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.readers.drafting import make_draft
from embeddings.readers.tongue import read_tongue

TEXTS = {
    "en": "The ferry sailed on Monday for the first time since the storm, and the captain said "
    "that it was in better shape than before. Most of the islanders had waited for it at the quay.",
    "de": "Die Fähre fuhr am Montag zum ersten Mal seit dem Sturm, und der Kapitän sagte, dass sie "
    "in besserem Zustand ist als zuvor. Die meisten Bewohner hatten am Kai auf sie gewartet.",
    "fr": "Le ferry est parti lundi pour la première fois depuis la tempête, et le capitaine dit "
    "que l'état en est meilleur que par le passé. La plupart des habitants étaient sur le quai.",
    "es": "El transbordador salió el lunes por primera vez desde la tormenta, y el capitán dijo "
    "que está en mejor estado que antes. La mayoría de los isleños lo esperaban en el muelle.",
    "ru": "Паром вышел в понедельник впервые после шторма, и капитан сказал, что он в лучшем "
    "состоянии, чем раньше. Большинство жителей острова ждали его на причале с самого утра.",
    "uk": "Пором вийшов у понеділок уперше після шторму, і капітан сказав, що він у кращому стані, "
    "ніж раніше. Більшість жителів острова чекали на нього біля причалу від самого ранку.",
    "zh": "渡轮周一在风暴过后首次启航，船长说船的状况比以前更好。大多数居民从清晨起就在码头等候。",
    "ja": "フェリーは月曜日、嵐のあと初めて出航し、船長は船の状態が以前より良いと語った。" * 2,
    "ko": "여객선은 월요일 폭풍 이후 처음으로 출항했고 선장은 배의 상태가 전보다 좋다고 말했다. "
    * 2,
    "el": "Το πλοίο απέπλευσε τη Δευτέρα για πρώτη φορά μετά την καταιγίδα, και ο καπετάνιος είπε "
    "ότι είναι σε καλύτερη κατάσταση από πριν. Οι περισσότεροι κάτοικοι το περίμεναν.",
}
TEXTS = {language: f"{text}\n\n{text}" for language, text in TEXTS.items()}


@pytest.mark.parametrize("language", TEXTS)
def test_a_plain_text_is_told(language: str) -> None:
    assert read_tongue(TEXTS[language]) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The ferry sailed.",
        "12.5 13.8 99 " * 80,
        "Lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor " * 6,
        TEXTS["en"][:90] + TEXTS["ru"][:90] + TEXTS["el"][:90],
    ],
)
def test_what_is_not_plain_is_left_open(text: str) -> None:
    assert read_tongue(text) is None


def test_what_a_file_declares_goes_before_what_its_words_say() -> None:
    text = TEXTS["de"].replace("\n", " ")
    told, untold = make_draft(text, {"language": "gsw"}), make_draft(text)
    assert told is not None
    assert untold is not None
    assert (told.language, untold.language) == ("gsw", "de")


@given(st.text(max_size=400))
def test_no_text_is_an_error(text: str) -> None:
    read_tongue(text * 3)
