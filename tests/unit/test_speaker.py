"""Who says a quoted sentence is told only where a neighbour makes it clear."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.sentences import split_sentences
from qa.speaker import LONGEST_SPEAKER, speaker

FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *('"', "“", "”", "‘", "’", "'", "«", "»", "„", "(", ")", "—", "\n", "\n\n", "\0", "\1"),
            *("said", "he said.", "Jane Doe", "told", "according to", ", the mayor,", "added:"),
            *(
                "The tide turned.",
                "It rose.",
                "who",
                "and",
                "On Monday,",
                "Why?",
                "So said",
                "İ",
                "",
            ),
        ]
    )
)


def speakers(text: str) -> list[str | None]:
    """Who is found to say each sentence of a text."""
    spans = [(sentence.start, sentence.end) for sentence in split_sentences(text)]
    found = [speaker(text, spans, at) for at in range(len(spans))]
    return [span and text[slice(*span)] for span in found]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("“We built it twice. It will stand,” said Jane Doe.", ["Jane Doe", None]),
        ('"We built it twice. It will stand," said Jane Doe.', ["Jane Doe", None]),
        ("‘We built it twice. It will stand,’ said Jane Doe.", ["Jane Doe", None]),
        ("'We built it twice. It will stand,' said Jane Doe.", ["Jane Doe", None]),
        ("«We built it twice. It will stand», said Jane Doe.", ["Jane Doe", None]),
        ("„We built it twice. It will stand“, said Jane Doe.", ["Jane Doe", None]),
    ],
)
def test_every_kind_of_quotation_mark_is_followed_to_where_it_closes(
    text: str, told: list[str | None]
) -> None:
    assert speakers(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Orlova added: “The locks are safe. They were tested.”", [None, "Orlova"]),
        ("Jane Doe told reporters: “It is safe. We tested it.”", [None, "Jane Doe"]),
        (
            "In a letter, the harbour board said: “It is safe. It is dry.”",
            [None, "the harbour board"],
        ),
        ("The locks are dry, said Jane Doe. “We tested them.”", [None, "Jane Doe"]),
        ("According to the harbour master, it is dry. “We saw it.”", [None, "the harbour master"]),
        ("Jane Doe told a court it was dry.\n\n“We saw it.”", [None, "Jane Doe"]),
        ("Jane Doe told reporters:\n\n“We saw it.”", [None, "Jane Doe"]),
        ("“It is dry,” Jane Doe said. “We saw it. I am glad.”", [None, "Jane Doe", "Jane Doe"]),
        ("“It is dry,” Jane Doe said, “and safe. We saw it.”", [None, "Jane Doe"]),
        ("“It is dry. We saw it.” So said Jane Doe.", ["Jane Doe", "Jane Doe", None]),
    ],
)
def test_the_speaker_may_stand_before_or_after_or_where_the_quotation_opens(
    text: str, told: list[str | None]
) -> None:
    assert speakers(text) == told


def test_a_quotation_goes_on_over_paragraphs_that_each_open_it_anew() -> None:
    before = "Jane Doe told reporters: “It is dry.\n\n“We saw it.\n\n“I am glad.”\n\nRain fell."
    after = "“It is dry.\n\n“We saw it.\n\n“I am glad,” said Jane Doe.\n\nRain fell."
    assert speakers(before) == [None, "Jane Doe", "Jane Doe", None]
    assert speakers(after) == ["Jane Doe", "Jane Doe", None, None]


def test_paragraphs_may_be_wrapped_lines() -> None:
    text = (
        "The keeper of the lighthouse at the end of the long mole was not\n"
        "surprised by it. “The lamp is old. We have asked for a new one and\n"
        "nobody came. We will ask again,” said Jane Doe."
    )
    assert speakers(text) == [None, "Jane Doe", "Jane Doe", None]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "“We saw it. It rose,” said Jane Doe, the mayor of Orlen.",
            "Jane Doe, the mayor of Orlen",
        ),
        ("“We saw it. It rose,” said Jane Doe, who was there.", "Jane Doe"),
        ("“We saw it. It rose,” the mayor, Jane Doe, said on Monday.", "the mayor, Jane Doe"),
        ("“We saw it. It rose,” Jane Doe later told the council.", "Jane Doe"),
        ("“We saw it. It rose,” said Sen. Jane Doe (I-Orlen), in tears.", "Sen. Jane Doe"),
        ("“We saw it. It rose,” said a spokesman for the port.", "a spokesman for the port"),
        (
            "“We saw it. It rose,” said Jane Doe of the Lamp Society.",
            "Jane Doe of the Lamp Society",
        ),
    ],
)
def test_a_name_comes_with_its_short_description_and_nothing_more(text: str, told: str) -> None:
    assert speakers(text)[0] == told


def test_a_description_too_long_is_left_out() -> None:
    long = "the mayor of " + " and ".join(["Orlen"] * 20)
    assert speakers(f"“We saw it. It rose,” said Jane Doe, {long}.")[0] == "Jane Doe"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Jane Doe said it rose. “We saw it,” she said. “I ran.”", "Jane Doe"),
        ("Port spokesman Ivo Lind said it rose. “We saw it,” he said.", "Port spokesman Ivo Lind"),
        ("Jane Doe, 61, keeps the lamp. “We saw it,” she said.", "Jane Doe"),
        ("“It rose,” said Jane Doe. She wept. “We saw it,” she said.", None),
        ("Jane Doe said Ivo Lind ran. “We saw it,” she said. “It rose,” Lind said.", None),
        ("Jane Doe thanked Ivo Lind. “We saw it,” she said.", None),
        ("Mr. Lind said it rose. “We saw it,” she said.", None),
        ("The ministry said it rose. “We saw it,” he said.", None),
        ("Officials said it rose. “We saw it,” he said.", None),
        ("“We saw it,” he said.", None),
    ],
)
def test_a_pronoun_is_the_one_person_just_before_it_or_nobody(text: str, told: str | None) -> None:
    spans = [(sentence.start, sentence.end) for sentence in split_sentences(text)]
    at = next(n for n, span in enumerate(spans) if "saw it" in text[slice(*span)])
    span = speaker(text, spans, at)
    assert (span and text[slice(*span)]) == told


@pytest.mark.parametrize(
    "text",
    [
        "Jane Doe said the tide rose. The lamp went out.",
        "“The tide rose,” Jane Doe said.",
        "Jane Doe said: “The tide rose.”",
        "According to Jane Doe, “the tide rose”.",
        "The film is called “The Tide”. It opened in May.",
        "Jane Doe disagreed with the plan. “The Tide” opened in May.",
    ],
)
def test_what_is_not_speech_or_says_itself_who_speaks_has_no_speaker(text: str) -> None:
    assert set(speakers(text)) == {None}


@pytest.mark.parametrize(
    "text",
    [
        "The report was clear. “The tide rose.”",
        "Jane Doe was told: “It rose. You ran.”",
        "Nobody said: “It rose. We ran.”",
        "Doe said Lind told the court: “It rose. We ran.”",
        "Doe read out a letter, quoting her mother: “It rose. We ran.”",
        "Doe said it was bad and Lind said it was good. “It rose.”",
        "When Doe met Lind in Orlen he said: “It rose. We ran.”",
        "“Did it rise?” Jane Doe asked.\n\n“It rose at noon and then it fell again by night.”",
        "“It rose,” Jane Doe said.\n\n“No.”",
        "“It rose,” Jane Doe said.\n\n“A night by the sea without any lamp at all”\n\nRain fell.",
        "“It rose and fell and rose again all night.”\n\n– Jane Doe, Orlen Post",
        "Jane Doe said: “It rose. We ran.\n\nThe lamp went out.",
        "It rose. We ran,” said Jane Doe.",
    ],
)
def test_where_it_is_not_clear_who_speaks_nobody_does(text: str) -> None:
    quoted = [at for at, told in enumerate(speakers(text)) if told]
    assert quoted == []


def test_whose_wife_or_lawyer_speaks_is_never_mistaken_for_the_speaker() -> None:
    assert speakers("The wife of Ivo Lind said: “It rose. We ran.”")[1] == "The wife of Ivo Lind"
    assert speakers("Lind’s lawyer said: “It rose. We ran.”")[1] == "Lind’s lawyer"


def test_an_apostrophe_opens_and_closes_no_quotation() -> None:
    text = "Rock 'n' roll came in the '60s. 'It was the workers' hall. We sang,' said Jane Doe."
    assert speakers(text) == [None, "Jane Doe", None]


def test_an_index_outside_has_no_speaker() -> None:
    assert speaker("“It rose.”", [(0, 10)], 1) is None
    assert speaker("", [], 0) is None
    assert speaker("“It rose.”", [(0, 10)], -1) is None


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])) | FRAGMENTS.map(" ".join))
def test_of_any_text_the_speaker_is_a_short_slice_outside_its_sentence(text: str) -> None:
    spans = [(sentence.start, sentence.end) for sentence in split_sentences(text)]
    for at, (start, end) in enumerate(spans):
        span = speaker(text, spans, at)
        if span is not None:
            told = text[slice(*span)]
            assert 0 < len(told) <= LONGEST_SPEAKER
            assert told == told.strip(" ,;:—–()“”\"'«»")
            assert span[1] <= start or span[0] >= end


@settings(deadline=None)
@given(st.text(alphabet="aA .,“”\n", max_size=60), st.data())
def test_any_spans_at_all_raise_nothing(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = list(pairwise(cuts))
    for at in range(len(spans)):
        speaker(text, spans, at)


@pytest.mark.parametrize("piece", ["‘a ", '"a ', "“Aa bb. ", "Doe said Lind told, ", "A (b "])
def test_time_stays_short_on_what_would_make_a_pattern_run_back(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    spans = [(sentence.start, sentence.end) for sentence in split_sentences(text)]
    started = time.perf_counter()
    speaker(text, spans, len(spans) // 2)
    assert time.perf_counter() - started < 2.0
