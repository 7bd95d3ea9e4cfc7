"""What stands under a page's story goes only where a strict extraction leaves all of it out."""

from __future__ import annotations

from embeddings.readers.cleaning import is_boilerplate
from embeddings.readers.page_tail import may_have_tail, without_tail

STORY = [
    "The mayor opened the Mill Lane bridge two months early on Friday, before a thousand people.",
    "She said that the work had cost $4 million, and gave no date for the removal of the old ford.",
    "Engineers closed the ferry the same evening, after one hundred and twelve years of service.",
]
TAIL = ["Thanks!", "- Ford floods again", "- Ten bridges to see", "- Mill sold"]


def test_a_list_under_the_story_goes() -> None:
    wide = "\n".join([*STORY, *TAIL])
    assert may_have_tail(wide)
    assert without_tail(wide, "\n".join(STORY)) == "\n".join(STORY)


def test_prose_that_the_strict_extraction_lost_stays() -> None:
    more = [f"{line} It was a Friday like any other in the town." for line in STORY]
    wide = "\n".join([*STORY, *more])
    assert without_tail(wide, "\n".join(STORY)) == wide


def test_two_last_lines_may_be_the_storys() -> None:
    wide = "\n".join([*STORY, "“We’ll see,”", "she said"])
    assert without_tail(wide, "\n".join(STORY)) == wide


def test_a_strict_extraction_of_something_else_says_nothing() -> None:
    wide = "\n".join([*STORY, *TAIL])
    assert without_tail(wide, "Cookie notice") == wide
    assert without_tail(wide, "") == wide


def test_what_stands_in_the_middle_stays() -> None:
    wide = "\n".join([STORY[0], *TAIL, *STORY[1:]])
    assert without_tail(wide, "\n".join(STORY)) == wide


def test_a_story_that_ends_in_prose_is_not_extracted_twice() -> None:
    assert not may_have_tail("\n".join(STORY * 2))


def test_the_lines_of_comment_boxes_and_lists_end_no_story() -> None:
    for line in ("comments", "12 comments", "Tell us what YOU think...", "Related stories:"):
        assert is_boilerplate(line), line
    for line in ("He made no comments on it.", "Related stories differ on the cost.", "Read me"):
        assert not is_boilerplate(line), line
