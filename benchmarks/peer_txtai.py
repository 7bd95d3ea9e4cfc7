"""txtai's side of peers.py, run by it in txtai's own environment; imports nothing of Dateline.

    python benchmarks/peer_txtai.py ARTICLES QUESTIONS MODEL OUT DEPTH

As its documentation has it for longer texts: its own segmentation into paragraphs, one index
entry each, `content` on so that texts come back with the hits; once as it is by default (vectors
alone, Faiss) and once with `hybrid` (BM25 beside them, its own weights). Squad's questions were
written to just these paragraphs, one each. txtai searches no field for a title, so each entry
begins with its article's, which is not counted as part of the passage: of 300 questions' gold
paragraphs .597 came first with it and .593 without, with `hybrid` .750 and .730.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from txtai import Embeddings
from txtai.pipeline import Segmentation

VARIANTS = (("txtai", False), ("txtai, hybrid", True))
Found = list[tuple[str, str, float]]
Ask = Callable[[str], Found]


def ingested(
    articles: list[dict[str, Any]], model: str, *, hybrid: bool, depth: int, folder: str
) -> tuple[dict[str, Any], Ask]:
    """What ingesting cost, and how to ask: (article id, passage, score) of each hit, best first."""
    embeddings = Embeddings(path=model, content=True, hybrid=hybrid)
    segment = Segmentation(paragraphs=True)
    begun = time.perf_counter()
    passages = [(a["id"], a["title"], text) for a in articles for text in segment(a["text"])]
    embeddings.index(
        (number, f"{title}\n{text}") for number, (_, title, text) in enumerate(passages)
    )
    embeddings.save(folder)
    cost = {"ingest_s": time.perf_counter() - begun, "passages": len(passages)}

    def ask(question: str) -> Found:
        hits = embeddings.search(question, limit=depth)
        numbers = [int(hit["id"]) for hit in hits]
        return [
            (passages[number][0], passages[number][2], float(hit["score"]))
            for number, hit in zip(numbers, hits, strict=True)
        ]

    return cost, ask


def asked(variant: str, questions: list[str], ask: Ask) -> Iterator[dict[str, Any]]:
    """A record of each question: its passages and the milliseconds that it took."""
    ask("What is this about?")
    for number, question in enumerate(questions):
        begun = time.perf_counter()
        found = ask(question)
        spent_ms = (time.perf_counter() - begun) * 1000
        yield {"variant": variant, "question": number, "ms": spent_ms, "passages": found}


def main() -> None:
    articles_path, questions_path, model, out, depth = sys.argv[1:]
    with Path(articles_path).open(encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    with Path(questions_path).open(encoding="utf-8") as file:
        questions = [json.loads(line) for line in file]
    with Path(out).open("w", encoding="utf-8") as file:
        for variant, hybrid in VARIANTS:
            with tempfile.TemporaryDirectory() as folder:
                cost, ask = ingested(
                    articles, model, hybrid=hybrid, depth=int(depth), folder=f"{folder}/index"
                )
                head = {"variant": variant, "version": f"txtai {version('txtai')}", **cost}
                for record in (head, *asked(variant, questions, ask)):
                    file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
