"""What a page sets between a story's paragraphs leaves it, and no sentence of a story does."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.readers import pulse
from embeddings.readers.asides import drop_asides, without_aside
from embeddings.readers.drafting import make_draft

STORY = (
    "The council of Tamford voted on Friday evening to keep the old stone bridge open to walkers.",
    "Mayor Ada Quill said that the work had cost $4 million and gave no date for the old ford.",
    "Engineers closed the ferry the same evening, after 112 years of service on the river.",
)

OF_THE_PAGE = [
    "Courtesy of Jo Doe",
    "(Image credit: Jo Doe/Getty Images)",
    "(Photo by Jo Doe / Getty Images)",
    "(AP Photo/Jo Doe, File)",
    "AP Photo/Jo Doe",
    "Jo Doe/AFP/Getty Images",
    "Photo: Jo Doe",
    "Photos by Jo Doe and Al Roe/Reuters",
    "Image source, Tamford Press",
    "Foto: Jo Doe / dpa",
    "hide caption",
    "FILE - In this Nov. 5, 2018 file photo, Mayor Ada Quill speaks at the ford. (AP Photo/Jo Doe)",
    "Sign up for our newsletter.",
    "Sign up here for the 'Bridge Weekly' newsletter.",
    "BRIDGE NEWS: Sign up to get the latest from the river sent to your inbox",
    "Want more of the river? Sign up for the Tamford newsletter to receive it in your inbox.",
    "(You can get “Five Bridges” delivered to your inbox daily. Sign up here.)",
    "Support local journalism. Subscribe to tamford.com today.",
    "Become a digital subscriber",
    "Read more: Ferries of the valley, from the first to the last",
    "READ MORE:Ferries of the valley",
    "► More:Why the ferry's 'last day' came early",
    "RELATED: What the ford cost",
    "See also",
    "For subscribers:Who paid for the bridge?",
    "Lire aussi : Le pont de Tamford",
    "Lesen Sie auch:",
    "Advertisement",
    "- Anzeige",
    "Story continues below.",
    "Continue reading the main story",
    "Click here to read more.",
    "Share this article",
    "Follow us on Twitter",
    "Follow Jo Doe on X: @jodoe.",
    "Follow Tamford Press bridge reporter Jo Doe on Twitter @jodoe",
    "Reach the reporter at jo.doe@tamford.example or 555-0102. Follow her on Twitter @jodoe.",
    "This story was originally published on May 6.",
    "Editor’s Note: A version of this story first appeared in our Bridges newsletter.",
    "This story has been updated with additional details.",
    "(This article was updated to add new information.)",
    "We may earn a commission from links on this page.",
    "Reporting by Jo Doe in Tamford; Editing by Al Roe",
    "(Reporting by Jo Doe; additional reporting by Al Roe; Editing by Bo Poe)",
    "Contributing: Jo Doe, Tamford Press; The Associated Press",
    "— Tamford Press’s Jo Doe and Al Roe contributed to this report.",
]

OF_THE_STORY = [
    "Mayor Ada Quill walks over the new bridge in Tamford on Friday.",
    "FILE cabinets were carried out of the hall.",
    "Photos of the ford were found in her desk.",
    "Photo: The mayor walks over the bridge.",
    "Image rights were sold for $4 million.",
    "He sat beside Gov. Jo Doe/AP",
    "The agencies AP/Reuters disagreed on the count.",
    "Sign up by texting BRIDGE to 55501 to receive alerts.",
    "Sign up by appointment here.",
    "Sign up for the march at the town hall by Friday.",
    "Sign up for emergency alerts from the county.",
    "“Sign up for our newsletter,” the message said, and 400 did.",
    "The paper lost 4,000 subscribers after the mayor told readers to cancel.",
    "She asked readers to subscribe to the idea that bridges matter.",
    "Subscribe to your bridge?",
    "Read more books, the mayor says.",
    "Related: The storm also closed the schools.",
    "Up next: the ford. The newest plan is called Mill Lane, and it has a larger bridge.",
    "More: 500",
    "More than 500 people came.",
    "Fact check: False",
    "Advertisements were banned from the bridge.",
    "The story continues in court on Monday.",
    "Follow the river for a mile and turn left.",
    "Courtesy of the mayor, the pool opened early.",
    "Courtesy costs nothing, the mayor said.",
    f"{STORY[0]} Courtesy costs nothing.",
    "Follow her advice, the mayor said, and the bridge will stand.",
    "He follows her on Twitter.",
    "Contact the shelter at 555-0102 to give blankets.",
    "This story has been updated to correct the cost of the bridge, which was $4 million.",
    "Correction: A previous version of this story misstated the mayor's age. She is 58.",
    "The story was first told by her grandmother.",
    "This report was sent to the council in May.",
    "Reporting by the Guardian showed fraud at the mill.",
    "Five towns contributed to this report, which was paid for by the county.",
    "Writing by candlelight was forbidden.",
    "Edited by machines, the text was unreadable.",
    "Ford may earn more than its rivals.",
]


@pytest.mark.parametrize("line", OF_THE_PAGE)
def test_a_line_of_the_page_between_paragraphs_leaves_the_story(line: str) -> None:
    assert without_aside(line) == ""
    text = f"{STORY[0]}\n\n{line}\n\n{STORY[1]}\n\n{STORY[2]}"
    assert drop_asides(text) == "\n\n".join(STORY)


@pytest.mark.parametrize("line", OF_THE_STORY)
def test_a_line_that_tells_something_stays(line: str) -> None:
    assert without_aside(line) == line


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"{STORY[0]} Jo Doe/AFP/Getty Images", STORY[0]),
        (f"{STORY[0]} (AP Photo/Jo Doe, File)", STORY[0]),
        (f"{STORY[0]} Courtesy Jo Doe", STORY[0]),
        (f"{STORY[0]} Courtesy of Tamford Mill/Jo Doe", STORY[0]),
        ("The bridge in the fog (Image credit: Jo Doe/Alamy)", "The bridge in the fog"),
        (f"{STORY[1]} Sign up for our newsletter.", STORY[1]),
        (f"The mill lost 40 subscribers. {STORY[2]} Subscribe today.", None),
        (f"{STORY[2]} Follow him on Twitter @jodoe.", STORY[2]),
        ("Jo Doe covers bridges. Reach her at jo@tamford.example.", "Jo Doe covers bridges."),
        (f"She said so in an email. {STORY[2]} Follow Jo Doe on X @jodoe.", None),
    ],
)
def test_only_the_end_of_a_line_goes_where_the_rest_is_of_the_story(
    line: str, told: str | None
) -> None:
    left = without_aside(line)
    assert left == told if told else STORY[2] in left and line.startswith(left) and left != line


def test_the_middle_of_a_line_is_never_cut_out() -> None:
    line = f"{STORY[0]} Sign up here. {STORY[1]}"
    assert without_aside(line) == line


def test_the_first_line_stays_where_it_may_be_the_only_headline() -> None:
    text = "Photos: Jo Doe\n\n" + "\n\n".join(STORY)
    assert drop_asides(text) == text
    assert drop_asides(text, spares_first=False) == "\n\n".join(STORY)


def test_a_sentence_that_was_wrapped_is_not_taken_for_a_line_of_the_page() -> None:
    text = (
        "The paper lay on every table of the ferry and its first page said in red:\n"
        "Advertisement\nfor a bridge that nobody had seen.\n\n" + "\n\n".join(STORY)
    )
    assert drop_asides(text) == text


def test_a_text_that_is_mostly_such_lines_is_kept_whole() -> None:
    text = "\n\n".join(
        ["Links", *(f"Read more: The bridge, part {n}" for n in ("one", "two", "six"))]
    )
    assert drop_asides(text) == text


def test_what_was_left_out_is_kept_beside_the_text() -> None:
    raw = f"{STORY[0]}\n\nAdvertisement\n\n{STORY[1]}\n\n(Photo by Jo Doe/Reuters)\n\n{STORY[2]}"
    draft = make_draft(raw, {"title": "Bridge"})
    assert draft is not None
    assert draft.text == "\n\n".join(STORY)
    assert draft.full == raw


def test_a_byline_above_the_story_is_still_its_author() -> None:
    draft = make_draft("Bridge opens\n\nBy Jo Doe, Reuters\n\n" + "\n\n".join(STORY))
    assert draft is not None
    assert (draft.title, draft.author, draft.source) == ("Bridge opens", "Jo Doe", "Reuters")


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "A ",
            "A.",
            "a/",
            "Jo/",
            "Jo ",
            "Sign up for ",
            "to get ",
            "for more, ",
            "(photo by ",
            "in ",
        ),
        *(
            "Follow me on x ",
            "Reporting by A",
            "contributed ",
            "x@y.",
            "you can get ",
            "Subscribe: ",
        ),
    ],
)
def test_no_line_takes_long(piece: str) -> None:
    begun = time.process_time()
    for head in ("", "Sign up ", "Reporting by ", "FILE - ", "You can reach him "):
        without_aside((head + piece * 600)[:600])
    assert time.process_time() - begun < 0.5


def test_a_long_text_gives_signs_of_life_while_it_is_gone_through() -> None:
    heard: list[None] = []
    pulse.listen(lambda: heard.append(None))
    try:
        drop_asides("\n\n".join(["He read more about it in a report for the council."] * 5_000))
    finally:
        pulse.listen(None)
    assert len(heard) == 10


@given(st.lists(st.text(alphabet="abc .!?“”\t", max_size=200), max_size=12))
def test_a_story_without_any_such_word_stays_as_it_is(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert drop_asides(text, spares_first=False) == text


@given(st.lists(st.sampled_from([*OF_THE_PAGE, *OF_THE_STORY, *STORY, ""]), max_size=9))
def test_leaving_them_out_twice_changes_nothing_more(lines: list[str]) -> None:
    text = "\n\n".join([*STORY, *STORY, *STORY, *lines]).strip("\n")
    once = drop_asides(text)
    assert drop_asides(once) == once
