"""Cleaning: what leaves a text, and above all what stays in it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.readers.cleaning import (
    clean_line,
    clean_text,
    drop_repeats,
    drop_tail_boilerplate,
    is_boilerplate,
    strip_controls,
    tidy,
)

CAPTION = "Mayor Ada Quill (left) walks over the new bridge in Tamford on Friday."
PARAGRAPH = (
    "The council of Tamford voted on Friday evening to keep the old stone bridge open to "
    "walkers and cyclists while the new one is finished."
)


def test_whole_terminal_escapes_are_removed() -> None:
    text = "\x1b[31mRed\x1b[0m \x1b]8;;http://x.example\x1b\\link\x1b]8;;\x07 \x1b(Bend\x9b2J."
    assert strip_controls(text) == "Red link end."


def test_an_escape_without_an_end_takes_no_story_with_it() -> None:
    assert strip_controls("Before.\n\x1b]0;title\nAfter.\x07") == "Before.\n]0;title\nAfter."
    assert "The story" in strip_controls("\x9d The story \x9c goes on")


def test_controls_go_but_tabs_and_newlines_stay() -> None:
    assert strip_controls("a\x00b\x07c\x7fd\x9fe\tf\ng") == "abcde\tf\ng"


def test_every_kind_of_newline_becomes_one() -> None:
    assert strip_controls("a\r\nb\rc\x0bd\x0ce\u2028f\u2029g") == "a\nb\nc\nd\ne\nf\ng"


def test_windows_quotes_read_as_latin_1_are_put_right() -> None:
    assert strip_controls("It\x92s \x93fine\x94 \x96 so far\x85") == "It’s “fine” – so far…"


def test_a_lone_surrogate_becomes_a_replacement_character() -> None:
    assert strip_controls("a\ud800b") == "a\ufffdb"


@pytest.mark.parametrize(
    "text",
    [
        "“Curly” ‘quotes’",
        "e\u0301 and é",
        "ﬁ ½ Ⅷ",
        "no\xa0break",
        "日本語。",
        "a\u200db",
        "One 👩‍👧",
    ],
)
def test_other_unicode_is_left_as_the_article_has_it(text: str) -> None:
    assert clean_text(text) == text


def test_blank_lines_collapse_to_one_and_line_ends_lose_their_spaces() -> None:
    assert tidy("\n\n  a  \n \t\n\n\nb\nc \n\n") == "a\n\nb\nc"


@pytest.mark.parametrize("text", ["", " \n\t\n ", "\ufeff", "---\n***", "\x00\x1b[2J"])
def test_a_text_without_words_is_empty(text: str) -> None:
    assert clean_text(text) == ""


def test_a_caption_said_twice_in_a_row_is_kept_once() -> None:
    assert drop_repeats(f"{CAPTION}\n{CAPTION}\n\n{PARAGRAPH}") == f"{CAPTION}\n\n{PARAGRAPH}"
    assert drop_repeats(f"{CAPTION}\n\n{CAPTION}\n\n{PARAGRAPH}") == f"{CAPTION}\n\n{PARAGRAPH}"


def test_spacing_does_not_hide_a_repeat() -> None:
    assert drop_repeats(f"{CAPTION}\n\n{CAPTION.replace(' ', '  ')}") == CAPTION


def test_a_long_paragraph_that_comes_again_later_is_kept_once() -> None:
    text = f"{PARAGRAPH}\n\nSomething else.\n\n{PARAGRAPH}\n\nThe end."
    assert drop_repeats(text) == f"{PARAGRAPH}\n\nSomething else.\n\nThe end."


def test_a_refrain_stays() -> None:
    text = "Yes.\n\nYes.\n\nNo, he said.\n\nYes."
    assert drop_repeats(text) == text


def test_a_short_line_that_means_something_each_time_stays() -> None:
    text = (
        "Monday\nTamford Rovers vs. Eastvale, 7.10 p.m., Mill Lane ground.\n\n"
        "Tuesday\nTamford Rovers vs. Eastvale, 7.10 p.m., Mill Lane ground."
    )
    assert drop_repeats(text) == text


def test_a_question_put_to_each_candidate_stays() -> None:
    question = f"{PARAGRAPH} What would you do about it in your first year, and how?"
    text = f"Ada Quill\n\n{question}\n\nMend it.\n\nBo Reed\n\n{question}\n\nSell it."
    assert drop_repeats(text) == text


FOOTER = [
    "– Contact us at [email protected]",
    "Tamford Weekly Newsletter",
    "Please click here to unsubscribe",
    "Subscribe to our newsletter",
    "Sign up for our daily briefing.",
    "Follow us on Twitter",
    "Follow Jane Doe on X: @janedoe.",
    "Share this article",
    "Share | Tweet | Email | Print",
    "© 2021 The Tamford Times",
    "Copyright 2021 Tamford Times. All rights reserved.",
    "All rights reserved.",
    "Advertisement",
    "Privacy Policy | Terms of Use",
]

STORY = [
    "He will contact us at the office when the bridge opens.",
    "The paper said it would close its newsletter.",
    "She asked readers to subscribe to the idea that bridges matter.",
    "“Click here to win” was the message that emptied his account.",
    "“All rights reserved,” the notice said.",
    "Share prices fell by a third.",
    "Shares closed higher.",
    "Subscribers left in thousands.",
    "Unsubscribed readers numbered 400.",
    "Follow the river for a mile and turn left.",
    "Sign up sheets were stolen from the hall.",
    "The court upheld his copyright.",
    "He follows her on Twitter.",
    "Print is dead.",
    "Like many towns, Tamford has two bridges.",
    "Advertisements were banned.",
    "Copyright law does not cover recipes.",
    "Copyrights expire.",
    "(c) the owner of the bridge.",
    "He wrote newsletters.",
    "They printed a newsletter.",
    "Unsubscribe rates doubled.",
    "To opt out, write to the council.",
    "Sign up for the march by Friday.",
    "All rights reserved to the crown were sold.",
    "She learned that all rights reserved for the town had lapsed.",
    "Share with care, the mayor says.",
    "Like Twitter, the site was sold.",
    "May not be soon.",
    "Contact us to schedule a visit to the mill.",
    "No.",
]


@pytest.mark.parametrize("line", FOOTER)
def test_footer_lines_at_the_end_are_dropped(line: str) -> None:
    assert drop_tail_boilerplate(f"{PARAGRAPH}\n\n{line}") == PARAGRAPH


def test_a_whole_footer_is_dropped_with_the_rules_between_its_lines() -> None:
    assert clean_text(f"{PARAGRAPH}\n\n---\n\n" + "\n\n* * *\n".join(FOOTER[:10])) == PARAGRAPH


@pytest.mark.parametrize("line", STORY)
def test_a_sentence_of_the_story_is_never_taken_for_a_footer(line: str) -> None:
    assert not is_boilerplate(line)
    assert drop_tail_boilerplate(f"{PARAGRAPH}\n\n{line}").endswith(line)


def test_footer_lines_inside_the_story_stay() -> None:
    text = f"{PARAGRAPH}\n\nShare this article\n\nThe bridge reopens in May."
    assert clean_text(text) == text


def test_a_text_that_is_all_footer_is_kept() -> None:
    assert clean_text("Subscribe to our newsletter") == "Subscribe to our newsletter"


def test_a_title_is_one_line() -> None:
    assert clean_line(" A\ttitle\n on \x1b[1mtwo\x1b[0m lines ") == "A title on two lines"


@given(st.text())
def test_cleaned_text_is_safe_to_print_and_to_store(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in cleaned)
    assert "\n\n\n" not in cleaned
    assert cleaned == cleaned.strip("\n")


@given(st.text(alphabet="ab.\n\x1b[]31m\x9b\x9d\x07\\ \r\u2028\x85", max_size=80))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once


@given(st.lists(st.text(alphabet="abc .!?“”\t", max_size=200), max_size=12))
def test_every_line_of_prose_survives_somewhere(lines: list[str]) -> None:
    cleaned = clean_text("\n\n".join(lines))
    kept = {" ".join(line.split()) for line in cleaned.split("\n")}
    words = {" ".join(line.split()) for line in lines}
    assert not cleaned or {w for w in words if any(c.isalpha() for c in w)} <= kept
