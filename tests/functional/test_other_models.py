"""Models that people bring: what their folder says of prompts, pooling and length is done.

Small ones of random weights stand for them, of the make of the multilingual ones: a Unigram
tokenizer, and vectors of another dimension than the default's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings.encoder import Encoder
from embeddings.errors import ModelUnavailable
from embeddings.models import find_model

TEXTS = [
    "Forces will remain at a seaport and an airfield.",
    "x",
    "A much longer text about bridges and ferries. " * 40,
    "Größe, 記事, 🙂 and naïve café",
    "Мост открыт рано утром",
    "  Two   spaces\nand a line",
]
QUESTION = "where will the forces remain?"

# Makes the models, and says what Sentence Transformers makes of the texts and the question.
MAKE = """
import json, sys
from pathlib import Path
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Dense, Normalize, Pooling, StaticEmbedding, Transformer
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

folder, texts, question = Path(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
pieces = Tokenizer(models.Unigram())
pieces.normalizer = normalizers.NFKC()
pieces.pre_tokenizer = pre_tokenizers.Metaspace()
marks = ["<s>", "<pad>", "</s>", "<unk>"]
pieces.train_from_iterator(
    texts * 3, trainers.UnigramTrainer(vocab_size=160, special_tokens=marks, unk_token="<unk>")
)
pieces.post_processor = processors.TemplateProcessing(
    single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
)
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=pieces, bos_token="<s>", eos_token="</s>", pad_token="<pad>",
    unk_token="<unk>", cls_token="<s>", sep_token="</s>", model_max_length=96,
)
torch.manual_seed(7)
config = XLMRobertaConfig(
    vocab_size=len(tokenizer), hidden_size=48, num_hidden_layers=2, num_attention_heads=4,
    intermediate_size=96, max_position_embeddings=98, type_vocab_size=1, initializer_range=0.4,
    pad_token_id=1, bos_token_id=0, eos_token_id=2,
)
XLMRobertaModel(config).eval().save_pretrained(folder / "raw")
tokenizer.save_pretrained(folder / "raw")

def save(name, *further, most=None, **settings):
    reading = Transformer(str(folder / "raw"), max_seq_length=most)
    model = SentenceTransformer(modules=[reading, *further], device="cpu", **settings)
    model.save(str(folder / name))
    # Another digest each time, so that no export of an earlier run is found in the cache.
    (folder / name / "made.txt").write_text(str(folder))
    return model

def said(model, question_prompt, text_prompt):
    encode = lambda given, prompt: model.encode(
        given, prompt=prompt, normalize_embeddings=True
    ).tolist()
    return [encode(texts, text_prompt), encode([question], question_prompt)[0]]

asked = {"query": "query: ", "passage": "passage: "}
found = {
    "prompts": said(
        save("prompts", Pooling(48), Normalize(), prompts=asked), "query: ", "passage: "
    ),
    "default": said(save(
        "default", Pooling(48), prompts={"both": "text: "}, default_prompt_name="both"
    ), "text: ", "text: "),
    "first": said(save("first", Pooling(48, pooling_mode="cls"), most=40), "", ""),
    "widest": said(save("widest", Pooling(48, pooling_mode="max"), Dense(48, 20)), "", ""),
    "both": said(save("both", Pooling(48, pooling_mode=("cls", "mean"))), "", ""),
}
save("unprompted", Pooling(48, include_prompt=False), prompts=asked)
static = SentenceTransformer(modules=[StaticEmbedding(pieces, embedding_dim=32)])
static.save(str(folder / "static"))
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("models")
    done = subprocess.run(
        [sys.executable, "-c", MAKE, str(folder), json.dumps(TEXTS), QUESTION],
        capture_output=True,
        text=True,
        check=True,
    )
    return folder, json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize(
    ("name", "dimension", "most_tokens"),
    [
        ("prompts", 48, 96),
        ("default", 48, 96),
        ("first", 48, 40),
        ("widest", 20, 96),
        ("both", 96, 96),
    ],
)
def test_its_vectors_are_those_of_sentence_transformers(
    made: tuple[Path, dict[str, Any]], name: str, dimension: int, most_tokens: int
) -> None:
    folder, said = made
    model = find_model(str(folder / name), precision="fp32")
    assert (model.dimension, model.max_tokens) == (dimension, most_tokens)
    encoder = Encoder(model)
    texts, question = (np.array(vectors) for vectors in said[name])
    rows = encoder.encode_passages(TEXTS)
    assert rows.shape == (len(TEXTS), dimension)
    assert (rows * texts).sum(axis=1).min() > 0.9999
    assert encoder.encode_query(QUESTION) @ question > 0.9999


def test_a_prompt_before_passages_takes_its_room(made: tuple[Path, dict[str, Any]]) -> None:
    encoder = Encoder(find_model(str(made[0] / "prompts"), precision="fp32"))
    assert encoder.max_tokens == 96 - encoder.count_tokens(["passage: "])[0]


def test_a_whole_round_with_it(
    made: tuple[Path, dict[str, Any]], tmp_path: Path, articles: Path, dateline: Any
) -> None:
    home, model = tmp_path / "library", made[0] / "prompts"
    done = dateline("--library", home, "--rebuild", articles, "--model", model)
    assert (done.returncode, done.stdout.split(",")[0]) == (0, "3 added")
    assert (
        "$84.5 million" in dateline("--library", home, "--ask", "what did the bridge cost?").stdout
    )
    assert "model      prompts@int8-" in dateline("--library", home, "--status").stdout
    doctor = dateline("--library", home, "--doctor")
    assert (doctor.returncode, doctor.stdout.splitlines()[-1]) == (0, "all is well")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("unprompted", "it leaves its prompts out of the vectors, which Dateline cannot"),
        ("static", "it is not one transformer with a fast tokenizer, the kind Dateline runs"),
    ],
)
def test_a_model_that_cannot_be_run_as_it_is_meant_is_refused(
    made: tuple[Path, dict[str, Any]], name: str, says: str
) -> None:
    with pytest.raises(ModelUnavailable, match=says):
        find_model(str(made[0] / name))
