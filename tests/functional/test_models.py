"""The models as they really are: the export equals Sentence Transformers, and harm is seen."""

from __future__ import annotations

import json
import os
import pickle
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import Unigram

from embeddings import token_counts
from embeddings.encoder import Encoder
from embeddings.errors import ModelUnavailable
from embeddings.graphs import share_tokenizer
from embeddings.library import Library
from embeddings.modelfiles import MINILM_WEIGHTS, PinnedFile, remembered_sha256, sha256_of
from embeddings.models import DEFAULT_MODEL, find_model
from embeddings.rebuild import Rebuild
from embeddings.records import Passage
from embeddings.sentences import split_sentences
from embeddings.token_counts import TokenCounts
from qa.engine import Engine
from qa.reader import Reader

TEXTS = [
    "Forces will remain at a seaport and an airfield.",
    "x",
    "A much longer text. " * 80,
    "Größe, 記事, 🙂 and naïve café",
]

REFERENCE = """
import json, sys
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], device="cpu")
print(json.dumps(model.encode(json.loads(sys.argv[2]), normalize_embeddings=True).tolist()))
"""


@pytest.fixture(scope="module")
def reference() -> np.ndarray:
    """Sentence Transformers' own vectors, from a process that may import torch."""
    done = subprocess.run(
        [sys.executable, "-c", REFERENCE, str(MINILM_WEIGHTS.path().parent), json.dumps(TEXTS)],
        capture_output=True,
        text=True,
        check=True,
    )
    return np.array(json.loads(done.stdout), dtype=np.float32)


def test_the_exact_export_gives_sentence_transformers_vectors(reference: np.ndarray) -> None:
    rows = Encoder(find_model(DEFAULT_MODEL, precision="fp32")).encode_passages(TEXTS)
    np.testing.assert_allclose(rows, reference, atol=2e-5)


def test_the_int8_export_stays_close_to_them(reference: np.ndarray) -> None:
    rows = Encoder(find_model(DEFAULT_MODEL, precision="int8")).encode_passages(TEXTS)
    assert ((rows * reference).sum(axis=1) > 0.96).all()
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_tokens_are_counted_beyond_what_the_model_reads(encoder: Encoder) -> None:
    assert encoder.count_tokens(["word " * 1000, "two words", ""]) == [1000, 2, 0]


def counted_by_the_tokenizer(tokenizer: Tokenizer, texts: list[str]) -> list[int]:
    encodings = tokenizer.encode_batch(texts, add_special_tokens=False)
    return [len(e.ids) + sum(len(rest.ids) for rest in e.overflowing) for e in encodings]


def test_tokens_are_counted_as_the_tokenizer_makes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = share_tokenizer(find_model(DEFAULT_MODEL).folder / "tokenizer.json", most_tokens=64)
    chance = random.Random(36)
    # Other spaces than the plain one, what BERT drops, takes apart or has tokens of its own for.
    letters = [
        *" .,;:!?'\"()[]#-%_abcXYZ019\t\n\r\x00\x0b\x0c\x1c\x85\xa0\xad",
        *"\u2028\u3000\u200b\u0301éÇİıßΣσςﬁ中国กัด🙂\ud7a3\ufffd",
        *("[SEP]", "[MASK]", "[UNK]", "##s", "a" * 101),
    ]
    texts = ["".join(chance.choices(letters, k=chance.randint(0, 40))) for _ in range(20_000)]
    texts += [*TEXTS, "", " ", "...", "word " * 1000, "(the 'end'.)"]
    counts = TokenCounts(tokenizer)
    assert counts.of(texts) == counted_by_the_tokenizer(tokenizer, texts)
    monkeypatch.setattr(token_counts, "_MOST_BYTES", 10_000)  # Begun anew again and again.
    for at in range(0, len(texts), 100):
        some = texts[at : at + 100]
        assert counts.of(some) == counted_by_the_tokenizer(tokenizer, some)


def test_tokens_that_reach_over_spaces_are_counted_so() -> None:
    pieces = [("<unk>", 0.0), ("new york", -1.0), ("new", -3.0), ("york", -3.0), (" ", -3.0)]
    tokenizer = Tokenizer(Unigram(pieces, unk_id=0))
    assert TokenCounts(tokenizer).of(["new york", "york new", ""]) == [1, 3, 0]


def test_the_order_of_texts_is_kept_whatever_their_lengths(encoder: Encoder) -> None:
    texts = [f"report {number} " + "and so on " * (number * 7 % 50) for number in range(80)]
    together = encoder.encode_passages(texts)
    for at in (0, 13, 79):
        alone = encoder.encode_passages([texts[at]])[0]
        others = np.delete(together @ alone, at)
        assert together[at] @ alone > max(0.97, others.max())


def passage(text: str) -> Passage:
    return Passage(1, "a", 0, len(text), text, "A title", tuple(split_sentences(text)))


def test_the_reader_prefers_the_text_that_answers() -> None:
    texts = [
        "The cat sat on the mat.",
        "France has many regions. The capital of France is Paris, on the Seine.",
        "France has many regions.",
    ]
    question = "What is the capital of France?"
    readings = Reader().read(question, [passage(text) for text in texts])
    assert [len(reading.sentences) for reading in readings] == [1, 2, 1]
    assert readings[1].answers > 0 > max(readings[0].answers, readings[2].answers)
    other, right = readings[1].sentences
    assert right.evidence > max(0.0, other.evidence)
    assert right.answer_score > 0 > other.answer_score
    assert right.answer is not None
    assert texts[1][slice(*right.answer)] == "Paris"


@pytest.mark.parametrize("question", ["字" * 1000, "?", "why " * 600])
def test_the_reader_takes_questions_and_texts_of_any_length(question: str) -> None:
    texts = ["x", "x " * 5000, "字" * 5000]
    for text, reading in zip(
        texts, Reader().read(question, [passage(text) for text in texts]), strict=True
    ):
        assert np.isfinite([reading.answers, reading.relevance]).all()
        assert len(reading.sentences) == len(split_sentences(text))
        for sentence in reading.sentences:
            assert np.isfinite([sentence.evidence, sentence.answer_score]).all()
            assert sentence.answer is None or sentence.answer[1] <= len(text)


def test_a_batch_reads_as_each_passage_does_alone() -> None:
    texts = ["The canal opened in 1914.", "It rained. " * 20 + "The canal opened in 1914."]
    reader = Reader()
    together = reader.read("When did the canal open?", [passage(text) for text in texts])
    for text, reading in zip(texts, together, strict=True):
        (alone,) = reader.read("When did the canal open?", [passage(text)])
        # int8 activations are scaled by the batch, so not to the last digit.
        assert reading.answers == pytest.approx(alone.answers, abs=0.6)


def test_a_model_file_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    wrong = PinnedFile(MINILM_WEIGHTS.package, "model/config.json", MINILM_WEIGHTS.sha256)
    with pytest.raises(ModelUnavailable, match="--force-reinstall"):
        wrong.checked()
    with pytest.raises(ModelUnavailable, match="is missing"):
        PinnedFile(MINILM_WEIGHTS.package, "model/nothing", "0").path()
    with pytest.raises(ModelUnavailable, match="not installed"):
        PinnedFile("no_such_package_at_all", "x", "0").path()


def test_a_changed_file_is_hashed_again(tmp_path: Path) -> None:
    file = tmp_path / "weights"
    file.write_bytes(b"one")
    assert remembered_sha256(file) == sha256_of(file)
    file.write_bytes(b"other")
    assert remembered_sha256(file) == sha256_of(file)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("./no/such/folder", "there is no model folder"),
        ("", "there is no model folder"),
        ("nobody/no-such-model-anywhere", "could not be loaded"),
    ],
)
def test_a_model_that_is_not_there_is_named_in_one_line(name: str, says: str) -> None:
    with pytest.raises(ModelUnavailable, match=says) as caught:
        find_model(name)
    assert "\n" not in str(caught.value)


def test_a_folder_without_safetensors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"a pickle, never loaded")
    with pytest.raises(ModelUnavailable, match="safetensors"):
        find_model(str(tmp_path))


@pytest.fixture(scope="module")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small Sentence Transformers model of another dimension, saved by the library itself."""
    folder = tmp_path_factory.mktemp("model") / "smaller"
    code = """
import sys, torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Dense
torch.manual_seed(1)
model = SentenceTransformer(sys.argv[1], device="cpu")
model.insert(2, Dense(in_features=384, out_features=32)) if hasattr(model, "insert") else None
model.save(sys.argv[2])
"""
    subprocess.run(
        [sys.executable, "-c", code, str(MINILM_WEIGHTS.path().parent), str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return folder


def test_changing_the_model_embeds_again_from_the_stored_text_and_goes_on_after_a_stop(
    tmp_path: Path, articles: Path, encoder: Encoder, other_model: Path, dateline
) -> None:
    home = tmp_path / "library"
    with Library(home, create=True) as library:
        Rebuild(library, encoder).run([articles])
        for file in articles.iterdir():
            file.unlink()
        other = Encoder(find_model(str(other_model)))
        question = "how much did the bridge cost?"
        before = library.search_vectors(encoder.encode_query(question), limit=3)

        # Stopped before it is whole: the old vectors serve.
        Rebuild(library, other, cancelled=lambda: True).embed_waiting()
        rows = library.waiting_passages(other.model.id, 1)
        library.put_vectors(other.model.id, {rows[0][0]: other.encode_passages(["x"])[0]})
        assert library.model == encoder.model.id
        assert library.search_vectors(encoder.encode_query(question), limit=3) == before
        waiting = library.waiting(other.model.id)

    done = dateline("--library", home, "--model", other_model)
    assert (done.returncode, done.stdout) == (
        0,
        f"{waiting} passages embedded; {other_model} answers now\n",
    )
    with Library(home) as library:
        assert library.model == other.model.id
        assert library.check() == []
        found = library.search_vectors(other.encode_query(question), limit=3)
        assert len(found) == 3
    assert "$84.5 million" in dateline("--library", home, "--ask", question).stdout


def test_an_open_engine_follows_a_change_of_model(
    tmp_path: Path, articles: Path, encoder: Encoder, other_model: Path, dateline
) -> None:
    home = tmp_path / "library"
    assert dateline("--library", home, "--rebuild", articles).returncode == 0
    engine = Engine(home)
    try:
        question = "how much did the bridge cost?"
        first = engine.ask(question)
        assert dateline("--library", home, "--model", other_model).returncode == 0
        second = engine.ask(question)
        assert first.citations[0].text == second.citations[0].text
        assert engine.library.check() == []
    finally:
        engine.close()


def test_vectors_of_another_model_are_never_compared(built: Path, encoder: Encoder) -> None:
    with Library(built) as library:
        query = encoder.encode_query("the bridge")
        assert library.search_vectors(query, limit=3, model=encoder.model.id)
        assert library.search_vectors(query, limit=3, model="another@int8-0") == []


def test_a_library_embedded_by_another_export_is_searched_by_words_until_it_is_rebuilt(
    tmp_path: Path, articles: Path, encoder: Encoder, dateline
) -> None:
    home = tmp_path / "library"
    assert dateline("--library", home, "--rebuild", articles).returncode == 0
    with Library(home) as library:
        library.set_model(
            "all-MiniLM-L6-v2@int8-older", name=DEFAULT_MODEL, precision="int8", dimension=384
        )
    done = dateline("--library", home, "--ask", "how much did the bridge cost?")
    assert done.returncode == 0
    assert "$84.5 million" in done.stdout
    assert "searching by words alone until dateline --rebuild" in done.stderr
    done = dateline("--library", home, "--rebuild")
    assert done.stdout.startswith("0 added, 0 changed, 3 unchanged, 0 removed, 0 failed")
    with Library(home) as library:
        assert library.model == encoder.model.id
        assert (library.waiting(encoder.model.id), library.check()) == (0, [])
        assert library.status().vectors == library.status().passages


def test_a_part_of_a_model_that_is_pickled_is_not_loaded(
    tmp_path: Path, other_model: Path, dateline
) -> None:
    model = tmp_path / "pickled"
    shutil.copytree(other_model, model)
    (weights,) = model.glob("*_Dense/*.safetensors")
    weights.unlink()
    proof = tmp_path / "loaded"
    weights.with_name("pytorch_model.bin").write_bytes(pickle.dumps(Touching(proof)))
    with pytest.raises(ModelUnavailable, match="pickled, and only safetensors are loaded"):
        find_model(str(model))
    assert not proof.exists()


class Touching:
    """Makes a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mknod, (str(self._file),)


def test_a_model_from_elsewhere_is_named_before_it_is_used(
    tmp_path: Path, other_model: Path
) -> None:
    model = tmp_path / "elsewhere"
    shutil.copytree(other_model, model)
    # Another digest than that of the model it is a copy of, and than those of earlier copies.
    (model / "README.txt").write_text(f"A copy: {tmp_path}")
    said: list[str] = []
    find_model(str(model), say=said.append)
    assert said == [
        f"preparing the model in the folder {model}, which is not Dateline's own, once (about 15 "
        "seconds)"
    ]


def test_asking_fetches_no_model_that_a_library_names(
    tmp_path: Path, articles: Path, encoder: Encoder, dateline
) -> None:
    home = tmp_path / "library"
    with Library(home, create=True) as library:
        Rebuild(library, encoder).run([articles])
        library.set_model("x@int8-0", name="somebody/model", precision="int8", dimension=384)
    done = dateline(
        "--library", home, "--ask", "how much did the bridge cost?", env={"HF_HUB_OFFLINE": "0"}
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert "fetch it with dateline --model somebody/model" in done.stderr
