"""What a sentence is, held by sentences of our own and by properties of any text."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.sentences import LONGEST_SENTENCE, split_sentences

FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "Mr.",
            "Ana",
            "the",
            "U.S.",
            "6 p.m.",
            "No.",
            "12",
            "word.",
            "Word.",
            "went?",
            "Stop!",
            "...",
            "…",
            ". . .",
            '"',
            "“",
            "”",
            "’",
            "(",
            ")",
            "[3]",
            "1.",
            "2)",
            "a)",
            "•",
            "—",
            "-",
            "said",
            "你好。",
            "」",
            "مرحبا؟",
            "J.",
            "I",
            "e.g.",
            "Inc.",
            "www.a.org",
            "https://a.org/?b=1.",
            "é",
            "\n",
            "\n\n",
            "\r\n",
            "\t",
            "\u2029",
            "\xa0",
            "\u200b",
            "a" * 900,
            "word.Next",
        ]
    ),
    max_size=40,
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.builds(" ".join, FRAGMENTS),
    st.builds("".join, FRAGMENTS),
)


def cut(text: str) -> list[str]:
    return [text[sentence.start : sentence.end] for sentence in split_sentences(text)]


def test_spans_are_offsets_into_the_text_they_came_from() -> None:
    text = "  Rain fell.\tIt  stopped. \n\n The end"
    assert [(s.start, s.end) for s in split_sentences(text)] == [(2, 12), (13, 25), (29, 36)]


@pytest.mark.parametrize("text", ["", " ", "\n\n\t\r\n", "\u2029\xa0"])
def test_white_space_holds_no_sentence(text: str) -> None:
    assert split_sentences(text) == ()


# Each line holds one text; "|" stands where it must be cut and nowhere else.
@pytest.mark.parametrize(
    "marked",
    [
        "The ferry sank.| Nobody was hurt.",
        "Is it open?| Yes!| Come in.",
        "She owes $4.50.| He owes 3.25 million.",
        "Really?!| Nobody knew.",
        # Titles, initials, abbreviations.
        "Mr. Okafor met Dr. Lund and Sen. Amy Cole, R-Ohio, near Mt. Etna.| They left.",
        "J. K. Marlowe and W.E.B. Hart wrote it.| No one read it.",
        "Adm. Rosa Diaz, Lt. Gen. Paul Ng and Brig. Ian Poe resigned.",
        "It is sold by Acme Inc. Chief executive Ida Holm said so.",
        "It is sold by Acme Inc.| The price is low.",
        "He moved to the U.S. Army base.| He left the U.S.| They stayed in the U.S. for years.",
        "Harvests of wheat, rye, etc. fell.| See No. 7, p. 12 and Fig. 3 in vol. 2.",
        "No.| Seven people came.| Say no.| He did.",
        "He is a sales rep.| The job pays.| Rep. The Nguyen won.",
        "Sales ran from 24-Aug. 25 to mid-Sept. 2.| I heard Jay-Z.| Rihanna sang.",
        "“So I am.”| He was.",
        "The case of Lane v. Ortiz began on Jan. 5 and ended in Sept. 2019.",
        "He studied in Tulsa, Okla.| The town is small.",
        "He lives in Missoula, Mont.| “I ski,” he said.",
        "She chose plan B.| It worked.| Ask George F. Hale.",
        "Some animals, e.g. Tasmanian devils, bite.| Prices rose approx. 3 percent.",
        # Clock times.
        "Doors open at 6 p.m. Tuesday.| It ends at 9 p.m. ET on Friday.",
        "We left at 6 p.m.| Anna stayed.",
        "At 5 a.m. Mr. Lowe woke.",
        # Quotations and brackets.
        '"We won."| She smiled.| "It is over," he said.',
        "“We won.”| She smiled.| ‘Never again.’| He sat.",
        "“Are we late?” she asked.| “Go!” Tom Reed shouted.",
        "“Are we late?”| Tom Reed looked at his watch.",
        "He ran (he was late.) and fell.| (She laughed.)| They went home.",
        'He called it "a slow death" (Marsh 12).| Others agreed.',
        "It was “good enough.” (Marsh 12).| Others agreed.",
        "Sales fell.[4]| Profits rose. [5] [6]| Costs did not. [citation needed]| It closed.",
        "„Es regnet.“| Sie ging.| « Il pleut. »| Elle sortit.",
        # Ellipses.
        "I thought ... well, never mind.| We went... and came back.",
        "I waited ... I gave up.| He never came....| She left.",
        "It rose.| ... It fell.| … It rose.| He paused…| Then he spoke.",
        "The pact held.| . . . They had won.",
        "It was late.| …There was no bus.",
        # Datelines.
        "LONDON (Reuters) - Shares fell on Friday.| Oil rose.",
        "GENEVA — Talks began.| WASHINGTON, D.C. — The House met.| FARGO, N.D. – In snow, it shut.",
        # Addresses.
        "Read https://a.example.org/b.html?c=d.e&f=1.2.| Then write to ann.b@example.org.| Thanks.",
        "Write to [email protected].| We answer.| Or to [email protected] today.",
        "It is on Booking.com now.| Corrections follow.| https://example.org/errata",
        # Spaces left out.
        "The vote failed.|Mayor Ruth Ash was glad.",
        "“It failed.”|She was glad.",
        'She said "it failed."|He was glad.',
        'He was glad.|"It failed," she said.',
        # Lists.
        "1. Cut the bread.| 2. Butter it.| 3. Eat.",
        "1) Cut the bread| 2) Butter it| 3) Eat",
        "a) Cut the bread| b) Butter it",
        "• 1. Cut the bread| • 2. Butter it",
        "2.1. Methods of the survey",
        "Figure 2. The harbour at dawn.| It froze.",
        # Names that end in a mark, small letters after one.
        "She works at Yahoo! in sales.| Yahoo! Finance saw it.| The iPhone sold.| eBay fell.",
        # Upper case throughout.
        "THE TALKS IN THE U.S.| THEY WENT ON.| MR. LOWE OF THE U.S. ARMY LEFT.",
        # Other full stops.
        "今日は晴れ。|明日は雨？|はい！|「行こう。」と彼は言った。",
        "هل وصلت؟| نعم.| وصلت الآن.",
        "वह गया।| मैं रुका।",
    ],
)
def test_a_text_is_cut_where_its_sentences_end(marked: str) -> None:
    text = marked.replace("|", "")
    expected, end = [], 0
    for part in marked.split("|"):
        expected.append(text[end : end + len(part)].strip())
        end += len(part)
    assert cut(text) == expected


def test_a_blank_line_always_ends_a_sentence() -> None:
    assert cut("It was\n\nnever, \r\n\r\nended.\n \t\nReally") == [
        "It was",
        "never,",
        "ended.",
        "Really",
    ]


def test_line_breaks_within_a_wrapped_paragraph_are_white_space() -> None:
    paragraph = (
        "The council of Port Elin voted on Tuesday to sell the old lighthouse to Mr. Aldo Brandt, "
        "who runs a hotel in the U.S. Virgin Islands. Neighbours of the tower had asked for a "
        "park. Brandt, 61, wants to keep the lamp lit."
    )
    text = "Lighthouse to be sold\nBy Ina Falk\n" + textwrap.fill(paragraph, 60)
    assert [" ".join(sentence.split()) for sentence in cut(text)] == [
        "Lighthouse to be sold",
        "By Ina Falk",
        paragraph[: paragraph.index(" Neighbours")],
        "Neighbours of the tower had asked for a park.",
        "Brandt, 61, wants to keep the lamp lit.",
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028"])
def test_lines_that_were_not_wrapped_are_apart(newline: str) -> None:
    lines = ["Budget passes", "Members of the house voted late", "Storm nears", "- Rain", "- wind"]
    assert cut(newline.join(lines)) == lines


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028"])
def test_a_small_letter_continues_the_line_above(newline: str) -> None:
    text = newline.join(["The harbour froze", "in the night,", "Ada said."])
    assert cut(text) == [text]


def test_a_sentence_is_never_longer_than_the_limit() -> None:
    clause = "and the list of things that nobody had thought of before went on "
    text = clause * 20 + "; " + clause * 60 + "x" * 5_000 + " end"
    sentences = cut(text)
    assert max(map(len, sentences)) <= LONGEST_SENTENCE
    assert sentences[0].endswith(";")
    assert text[len(" ".join(sentences[:2]))].isspace()
    assert max(map(len, sentences[2:5])) == LONGEST_SENTENCE
    assert "".join("".join(sentences).split()) == "".join(text.split())


def test_a_hard_cut_does_not_part_a_letter_from_its_accent() -> None:
    text = "x" * (LONGEST_SENTENCE - 1) + "e\u0301" * 50
    assert cut(text)[0] == "x" * (LONGEST_SENTENCE - 1)
    assert cut(text)[1] == "e\u0301" * 50


@given(TEXTS)
@settings(deadline=None)
def test_every_character_but_white_space_is_in_exactly_one_sentence(text: str) -> None:
    covered = [0] * len(text)
    for sentence in split_sentences(text):
        for index in range(sentence.start, sentence.end):
            covered[index] += 1
    for character, count in zip(text, covered, strict=True):
        assert count == 1 or (count == 0 and character.isspace())


@given(TEXTS)
@settings(deadline=None)
def test_sentences_are_in_order_apart_trimmed_and_short_enough(text: str) -> None:
    previous = 0
    for sentence in split_sentences(text):
        assert previous <= sentence.start < sentence.end <= len(text)
        assert not text[sentence.start].isspace()
        assert not text[sentence.end - 1].isspace()
        assert sentence.end - sentence.start <= LONGEST_SENTENCE
        previous = sentence.end


@given(st.text(max_size=300))
@settings(deadline=None)
def test_a_sentence_alone_is_one_sentence(text: str) -> None:
    # On one line: whether a line break is an end depends on the lines around it.
    for sentence in cut(" ".join(text.split())):
        assert cut(sentence) == [sentence]


@given(TEXTS, TEXTS)
@settings(deadline=None)
def test_a_paragraph_without_line_breaks_is_cut_alike_wherever_it_stands(
    one: str, two: str
) -> None:
    one, two = " ".join(one.split()), " ".join(two.split())
    assert cut(f"{one}\n\n{two}") == cut(one) + cut(two)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda n: "a" * n, id="no white space"),
        pytest.param(lambda n: "word " * (n // 5), id="no full stop"),
        pytest.param(lambda n: "The end came. " * (n // 14), id="one line"),
        pytest.param(lambda n: "no end. " * (n // 8), id="stops that end nothing"),
        pytest.param(lambda n: "." * n, id="only full stops"),
        pytest.param(lambda n: ". " * (n // 2), id="spaced full stops"),
        pytest.param(lambda n: 'end."Next ' * (n // 10), id="glued quotations"),
        pytest.param(lambda n: "A? " + '"' * n, id="quotation marks"),
        pytest.param(lambda n: "A. (" * (n // 4), id="brackets"),
        pytest.param(lambda n: "1. A " * (n // 5), id="list markers"),
        pytest.param(lambda n: "A." + " " * n + "B", id="white space"),
        pytest.param(lambda n: "\n " * (n // 2), id="blank lines"),
        pytest.param(lambda n: "a line of words\n" * (n // 16), id="lines"),
        pytest.param(lambda n: "。" * n, id="ideographic full stops"),
        pytest.param(lambda n: "e\u0301\u0301" * (n // 3), id="accents"),
    ],
)
def test_work_grows_in_proportion_to_the_text(make: Callable[[int], str]) -> None:
    def seconds(length: int) -> float:
        text, best = make(length), float("inf")
        for _ in range(3):
            start = time.process_time()
            split_sentences(text)
            best = min(best, time.process_time() - start)
        return best

    # Eight times the text: linear work is 8 times as long, quadratic 64 times.
    assert seconds(160_000) < 28 * max(seconds(20_000), 1e-4)


def test_importing_the_splitter_brings_in_nothing_but_python_and_records() -> None:
    program = (
        "import sys; before = set(sys.modules); import embeddings.sentences;"
        "print(*sorted({name for name in set(sys.modules) - before"
        " if name.split('.')[0] not in sys.stdlib_module_names}))"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == [
        "embeddings",
        "embeddings.abbreviations",
        "embeddings.records",
        "embeddings.sentences",
    ]
