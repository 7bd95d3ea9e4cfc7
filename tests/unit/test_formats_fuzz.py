"""Whatever bytes a file has, a reader gives articles or says why not; nothing else comes out."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from embeddings.errors import ArticleUnreadable
from embeddings.readers import BadRecord, Found, Note, read_file
from embeddings.records import Draft
from embeddings.sentences import split_sentences

_spec = importlib.util.spec_from_file_location("samples", Path(__file__).parents[1] / "samples.py")
assert _spec is not None and _spec.loader is not None
samples = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(samples)
WHOLE: dict[str, bytes] = samples.whole()
# (kind of damage, where as a share of the file, how much or which byte)
_DAMAGE = st.lists(
    st.tuples(
        st.sampled_from(("set", "cut", "drop", "copy", "insert")),
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 255),
    ),
    min_size=1,
    max_size=8,
)


def damaged(content: bytes, damage: list[tuple[str, float, int]]) -> bytes:
    """The file with bytes set, cut off, dropped, said twice or put in."""
    made = bytearray(content)
    for kind, share, amount in damage:
        at = int(share * len(made))
        match kind:
            case "set" if made:
                made[at] = amount
            case "cut":
                del made[max(at, 1) :]
            case "drop":
                del made[at : at + amount]
            case "copy":
                made[at:at] = made[at : at + amount]
            case "insert":
                made[at:at] = bytes([amount]) * (amount % 7)
    return bytes(made)


def check(suffix: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(content)
        found: list[Found] = []
        try:
            found.extend(read_file(path))
        except ArticleUnreadable as error:
            assert str(error).isprintable()
    for one in found:
        match one:
            case Draft():
                assert one.text.strip() and one.title
                assert not any(c in one.text for c in "\x00\x1b\x9b\r")
                assert (one.published is None) == (one.published_from is None)
                assert list(one.pages) == sorted(one.pages)
                assert all(0 <= start <= len(one.text) for start in one.pages)
                for sentence in split_sentences(one.text):
                    assert one.text[sentence.start : sentence.end].strip()
            case BadRecord():
                assert one.reason and one.reason.isprintable() and one.where.isprintable()
            case Note():
                assert one.text.isprintable()


@pytest.mark.parametrize("suffix", sorted(WHOLE))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@example(damage=[("cut", 0.0, 0)])
@given(damage=_DAMAGE)
def test_a_damaged_file_gives_articles_or_says_why_not(
    suffix: str, damage: list[tuple[str, float, int]]
) -> None:
    check(suffix, damaged(WHOLE[suffix], damage))


@pytest.mark.parametrize("suffix", sorted(WHOLE))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=st.binary(max_size=400), head=st.integers(0, 64))
def test_any_bytes_give_articles_or_say_why_not(suffix: str, content: bytes, head: int) -> None:
    check(suffix, WHOLE[suffix][:head] + content)
