"""Articles that say the same, or differ, are told apart with care, and copies are found."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.agreement import Agreement, Told, agreement, copies, differ, same_thing

ARTICLE = " People on the quay saw the ferry and told the port, and prices and chairs were cheap."


def told(sentence: str, article_id: str = "a", article_text: str | None = None) -> Told:
    """A sentence whose short answer stands in [brackets]."""
    _, opened, rest = sentence.partition("[")
    text = sentence.replace("[", "").replace("]", "")
    own = " ".join(words(ord(article_id), 200))
    return Told(
        article_id=article_id,
        title="The ferry",
        published=None,
        text=text,
        short_answer=rest.partition("]")[0] if opened else None,
        article_text=text + ARTICLE + own if article_text is None else article_text,
    )


def verdict(a: str, b: str) -> str:
    """What two sentences are to one another, whichever comes first."""
    x, y = told(a, "a"), told(b, "b")
    assert (same_thing(x, y), differ(x, y)) == (same_thing(y, x), differ(y, x))
    assert not (same_thing(x, y) and differ(x, y))
    return "same" if same_thing(x, y) else "differ" if differ(x, y) else "unsure"


def words(seed: int, count: int) -> list[str]:
    drawn = random.Random(seed)
    return [f"word{drawn.randrange(5_000)}" for _ in range(count)]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("It sank on [March 14].", "It was on [March 14, 2016] that it sank."),
        ("It sank on [14 March].", "It sank on [March 14th]."),
        ("It sank in [2016].", "It sank in [March 2016]."),
        ("It stands in [Latakia].", "It stands in [Latakia province]."),
        ("It was built by [the Lind Yard].", "It was built by [“Lind Yard”]."),
        ("It sank off [the U.S.] coast.", "It sank off the [US] coast."),
        ("It was built by [Lind].", "It was built by [Ivo Lind]."),
        ("The ferry sinking killed [12] people.", "The sinking ferry killed [twelve]."),
        ("The ferry sinking killed [12 people].", "The sinking of the ferry cost [12 lives]."),
        ("It carries [1,200] people.", "It carries [about 1200] people."),
        ("It carries [1,200] people.", "It carries [one thousand two hundred] people."),
        ("It cost [1.2 million] crowns.", "It cost [1,200,000 crowns]."),
        ("It cost [$5.25 billion].", "It cost [5.25bn dollars]."),
        ("It carries [two dozen].", "It carries [twenty-four]."),
        ("Prices rose by [12%].", "Prices rose by [12 per cent]."),
        ("The fare is [3 to 5] crowns.", "The fare is [3 to 5 crowns]."),
    ],
)
def test_the_same_answer_in_another_form_is_the_same(a: str, b: str) -> None:
    assert verdict(a, b) == "same"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The ferry sinking killed [12] people.", "The ferry sinking killed [15] people."),
        ("The ferry sinking killed [12 people].", "The sinking of the ferry killed [15]."),
        ("The ferry sinking killed [12] people.", "A ferry sinking has killed [fifteen] people."),
        ("The ferry killed [fewer than 10] people.", "The ferry killed [12] people."),
        ("Ferry prices rose by [12 percent].", "Ferry prices rose by [15%]."),
        ("The ferry sank on [March 14].", "The ferry sank on [March 15, 2016]."),
        ("The ferry sank off Orlen in [2015].", "The ferry sank off Orlen in [2016]."),
        (
            "The old ferry was built at the yard of [Ivo Lind] in winter.",
            "In winter the old ferry was built at the yard of [Jane Doe].",
        ),
    ],
)
def test_answers_of_one_kind_that_cannot_both_hold_differ(a: str, b: str) -> None:
    assert verdict(a, b) == "differ"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # Another thing is counted, or in another measure, or nothing is known to be shared.
        ("The ferry sinking killed [12] people.", "The ferry cost [15] crowns after sinking."),
        ("Ferry prices rose by [12 percent].", "Ferry prices rose by [12 crowns]."),
        ("The ferry killed [12] people.", "A storm has cost [15 lives]."),
        ("The ferry sank with [12] people in [2015].", "The ferry sank with people in [2015]."),
        ("The ferry of Orlen killed [12] people.", "The ferry of Garda killed [15] people."),
        ("The ferry killed [12] people in 1990.", "The ferry killed [15] people in 1995."),
        ("The ferry killed [12] people.", "The ferry did not kill [15] people."),
        # One number is a bound, or rounded.
        ("The ferry killed [more than 10] people.", "The ferry killed [12] people."),
        ("The ferry killed more than [10] people.", "The ferry killed [12] people."),
        ("The ferry cost about [250] crowns.", "The ferry cost [256] crowns."),
        ("The ferry cost [250,000] crowns.", "The ferry cost [256,300] crowns."),
        # The grain is another, or the answer is a list.
        ("The ferry sank in [2015].", "The ferry sank in [March 2016]."),
        ("The ferry sank on [Monday].", "The ferry sank on [March 14]."),
        ("[Lind, Doe and Roe] built the ferry.", "[Hana, Orlo and Kim] built the ferry."),
        ("[12 of 30] people on the ferry died.", "[14] people on the ferry died."),
        # Names that may be of one thing.
        ("The lamp of the old ferry stands in [Syria].", "The lamp of the old ferry is in [Homs]."),
        ("The old ferry was built by [the UN].", "The old ferry was built by [United Nations]."),
        ("The old ferry was built by [Lind].", "Lind, or [Doe], built the old ferry."),
        # Another reading of the same words.
        ("It belongs to [Russia].", "It belongs to [Russia’s president]."),
        ("The ferry leaves [before May 3].", "The ferry leaves on [May 3]."),
        ("The ferry leaves before [May 3].", "The ferry leaves on [May 5]."),
        ("The ferry did not sink on [Monday].", "The ferry sank on [Monday]."),
        ("The ferry sank.", "The ferry killed [12] people."),
    ],
)
def test_where_it_is_not_sure_neither_is_said(a: str, b: str) -> None:
    assert verdict(a, b) == "unsure"


def test_without_a_short_answer_only_nearly_identical_sentences_say_the_same() -> None:
    first = "The old ferry sank in the bay of Orlen with 12 on board."
    assert verdict(first, "With 12 on board the old ferry sank in the bay of Orlen.") == "same"
    assert verdict(first, "The old ferry sank in the bay of Garda with 12 on board.") == "unsure"
    assert verdict(first, "The old ferry sank in the bay of Orlen with 15 on board.") == "unsure"
    assert verdict(first, "The old ferry never sank in the bay of Orlen with 12.") == "unsure"
    assert verdict(first, "The ferry was old.") == "unsure"
    assert verdict("Yes.", "Yes.") == "unsure"


@pytest.mark.parametrize(
    ("a", "b"), [("14", "17"), ("March 14", "March 15"), ("1.5", "15"), ("Ana Berg", "Ana Holm")]
)
def test_another_answer_is_not_the_same(a: str, b: str) -> None:
    assert not same_thing(told(f"It was [{a}].", "a"), told(f"Later [{b}].", "b"))


def test_a_copy_is_found_though_a_few_words_were_changed_or_the_end_cut_off() -> None:
    text = words(1, 600)
    edited = [*text[:100], "another", *text[101:400], "word", *text[401:]]
    assert copies(" ".join(text), " ".join(edited).upper())
    assert copies(" ".join(text), " ".join(text[:150]))
    assert copies(" ".join(text[:150]), " ".join(text))


def test_another_article_is_no_copy_though_it_quotes_or_shares_a_frame() -> None:
    text, other = words(1, 600), words(2, 600)
    assert not copies(" ".join(text), " ".join(other))
    assert not copies(" ".join(text), " ".join([*text[:100], *other]))
    assert not copies(" ".join(text[:300] + other[:300]), " ".join(text[:300] + other[300:]))
    assert not copies(" ".join(text), " ".join([*text[:20], *other[:10]]))
    assert not copies(" ".join(text), " ".join(text[:60]))
    assert not copies("", "")
    assert not copies("The ferry sank.", "The ferry sank.")


@pytest.mark.parametrize("seed", range(5))
def test_shingles_are_compared_as_a_brute_force_does(seed: int) -> None:
    drawn = random.Random(seed)
    text = words(seed, 200)
    for changes in (2, 6, 12, 24):
        edited = [w if drawn.random() > changes / 200 else "x" for w in text]
        a, b = ({" ".join(t[n : n + 5]) for n in range(len(t) - 4)} for t in (text, edited))
        near = len(a & b) / len(a | b) >= 0.6 or len(a & b) / min(len(a), len(b)) >= 0.8
        assert copies(" ".join(text), " ".join(edited)) == near


def test_ten_thousand_words_are_compared_in_a_moment() -> None:
    a, b = " ".join(words(1, 10_000)), " ".join(words(2, 10_000))
    started = time.perf_counter()
    assert not copies(a, b)
    assert time.perf_counter() - started < 0.5


def test_each_sentence_agrees_with_the_first_that_stands_for_itself() -> None:
    found = agreement(
        [
            told("The ferry killed [12] people.", "a"),
            told("The ferry killed [12 people], it says.", "a"),
            told("The ferry has killed [twelve].", "b"),
            told("A ferry killed [15] people.", "c"),
            told("The ferry killed [fifteen] people.", "d"),
            told("The ferry killed [21] people.", "e"),
        ]
    )
    assert found == Agreement(
        same_as=(None, None, 0, None, 3, None),
        copy_of=(None, None, None, None, None, None),
        differing=(0, 3, 5),
    )


def test_a_copy_is_told_and_neither_agrees_nor_differs() -> None:
    text = " ".join(words(1, 300))
    found = agreement(
        [
            told("The ferry killed [12] people.", "a", text),
            told("The ferry killed [12] people.", "b", text + " more"),
            told("The ferry killed [15] people.", "c", " ".join(words(2, 300))),
        ]
    )
    assert found == Agreement((None, None, None), (None, 0, None), (0, 2))


def test_a_copy_that_answers_otherwise_is_an_update() -> None:
    text = " ".join(words(1, 300))
    early = told("The ferry killed [12] people.", "a", text)
    late = told("The ferry killed [15] people.", "b", text)
    assert agreement([early, late]) == Agreement((None, None), (None, None), (0, 1))


def test_one_article_never_agrees_with_or_differs_from_itself() -> None:
    one = told("The ferry killed [12] people.")
    other = told("The ferry killed [15] people.")
    assert agreement([one, one, other]) == Agreement((None,) * 3, (None,) * 3, ())


def test_those_that_differ_all_differ_from_one_another() -> None:
    found = agreement(
        [
            told("The ferry killed [more than 10] people.", "a"),
            told("The ferry killed [12] people.", "b"),
            told("The ferry killed [15] people.", "c"),
            told("The ferry killed [5] people.", "d"),
        ]
    )
    assert found.differing == (0, 3)


def test_nothing_or_one_sentence_is_nothing_to_compare() -> None:
    assert agreement([]) == Agreement((), (), ())
    assert agreement([told("It sank.")]) == Agreement((None,), (None,), ())


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.lists(
    st.sampled_from(
        [
            *(
                "12",
                "1,200",
                "two",
                "hundred",
                "million",
                "dozen",
                "and",
                "$",
                "%",
                "-",
                "’s",
                "\0",
            ),
            *("March", "May 3", "2016", "Jane Doe", "in", "not", "more than", "ferry", "U.S.", "²"),
            *("9" * 40, "1.5", ".", ",", "İ", "५"),
        ]
    )
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS, st.none() | TEXTS, st.none() | TEXTS)
def test_any_texts_give_a_verdict_that_is_symmetrical_and_never_both(
    a: str, b: str, short_a: str | None, short_b: str | None
) -> None:
    x = Told("a", "", None, f"{a}{short_a or ''}", short_a, a)
    y = Told("b", "", None, f"{b}{short_b or ''}", short_b, b)
    assert same_thing(x, y) == same_thing(y, x)
    assert differ(x, y) == differ(y, x)
    assert not (same_thing(x, y) and differ(x, y))
    assert copies(a, b) == copies(b, a)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.sampled_from("abc")), max_size=6))
def test_what_is_pointed_at_is_earlier_of_another_article_and_first_hand(
    drawn: list[tuple[str, str]],
) -> None:
    sentences = [
        replace(told("[x]", key, text), text=text, short_answer=text) for text, key in drawn
    ]
    found = agreement(sentences)
    for at, pointed in enumerate(zip(found.same_as, found.copy_of, strict=True)):
        for other in pointed:
            if other is not None:
                assert other < at
                assert sentences[other].article_id != sentences[at].article_id
                assert found.copy_of[other] is None
    assert len(found.differing) != 1
