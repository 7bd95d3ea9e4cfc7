"""A story that its page sets in pieces is put together; other stories on the page are left."""

from __future__ import annotations

from embeddings.readers.page_body import with_missed_pieces

ONE, TWO, THREE, FOUR = (
    f"{word} the mayor opened the Mill Lane bridge two months early, before a thousand people, "
    "and said that the work had cost less than anybody had thought that it would."
    for word in ("First", "Second", "Third", "Fourth")
)


def piece(*paragraphs: str, kind: str = "piece") -> str:
    told = "".join(f"<p>{text}</p>" for text in paragraphs)
    return f'<div class="grid"><div class="{kind}">{told}</div></div>'


def page(*pieces: str) -> str:
    return f'<html><body><div class="story">{"".join(pieces)}</div></body></html>'


def test_the_other_pieces_are_put_at_their_places() -> None:
    whole = page(piece(ONE), piece(TWO, THREE), piece(FOUR))
    assert with_missed_pieces(f"{TWO}\nA heading\n{THREE}", whole) == (
        f"{ONE}\n{TWO}\nA heading\n{THREE}\n{FOUR}"
    )


def test_boxes_of_another_make_are_other_stories() -> None:
    whole = page(piece(ONE), piece(TWO, THREE, FOUR, kind="teaser"))
    assert with_missed_pieces(ONE, whole) == ONE


def test_boxes_elsewhere_are_other_stories() -> None:
    whole = page(piece(ONE)) + f'<div class="more">{piece(TWO, THREE, FOUR)}</div>'
    assert with_missed_pieces(ONE, whole) == ONE


def test_asides_and_footers_are_no_pieces() -> None:
    whole = page(piece(ONE), f"<aside>{piece(TWO, THREE)}</aside>", f"<footer>{FOUR}</footer>")
    assert with_missed_pieces(ONE, whole) == ONE


def test_a_missed_caption_changes_nothing() -> None:
    whole = page(piece(ONE, TWO, THREE), piece(FOUR))
    text = "\n".join((ONE, TWO, THREE))
    assert with_missed_pieces(text, whole) == text


def test_a_page_without_paragraphs_is_left_as_it_was() -> None:
    assert with_missed_pieces("One.", "<div>One.</div>") == "One."
