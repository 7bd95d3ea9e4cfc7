"""Law 1, all the way: whatever Unicode an article holds, what is cited is its exact slice."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.discovery import path_key
from embeddings.library import Library
from embeddings.rebuild import Rebuild
from embeddings.records import Filters
from embeddings.storing import article_id_for
from qa.answer import cite

EVERYTHING = Filters()


class WordCounter:
    """An encoder that only counts words: hundreds of articles a second, where vectors do not
    matter. The real one is used everywhere else."""

    model = SimpleNamespace(id="words@0", name="words", precision="fp32", dimension=4)
    max_tokens = 64

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]

    def encode_passages(self, texts):
        rows = np.ones((len(texts), 4), dtype=np.float32)
        return rows / 2


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("law")
    with Library(folder / "library", create=True) as library:
        yield folder, library


PIECES = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60),
    st.sampled_from(
        ["He left. ", "“Stay,” she said.\n", "Mr. B. went to the U.S. in 1.5 hours. ", "\n\n",
         "\r\n", "الأخبار؟ ", "記事。", "e\u0301\u0327 ", "\u202eabc\u202c ",
         "🙂🏽 ", "\u2028", "\x1b[1m"]
    ),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=25).map("".join))
def test_every_sentence_of_every_passage_cites_exactly_its_slice(place, text: str) -> None:
    folder, library = place
    file = Path(folder) / "article.txt"
    file.write_bytes(text.encode())
    outcome = Rebuild(library, WordCounter()).run([file])
    if outcome.failures:
        assert not text.strip() or all(failure.reason for failure in outcome.failures)
        return
    article = library.article(article_id_for(path_key(file), ""))
    passages = library.passages(library.allowed(filters=EVERYTHING).tolist()).values()
    assert passages
    covered = np.zeros(len(article.text), dtype=bool)
    for passage in passages:
        assert article.text[passage.start : passage.end] == passage.text
        for number, span in enumerate(passage.sentences, 1):
            made = cite(article, span.start, span.end, number=number, score=0.5)
            assert made.text == article.text[made.start : made.end] != ""
            assert passage.start <= span.start < span.end <= passage.end
            covered[span.start : span.end] = True
    assert all(covered[at] or article.text[at].isspace() for at in range(len(article.text)))
