"""LlamaIndex's side of peers.py, run by it in its own environment; imports nothing of Dateline.

    python benchmarks/peer_llamaindex.py ARTICLES QUESTIONS MODEL OUT DEPTH

Its defaults first: `SentenceSplitter` (1,024 tokens, 200 of them shared with the next) into a
`VectorStoreIndex`. The weights read no more than 256 tokens of a text, so that much of such a
chunk has no part in its vector; the other two variants split at 256, sharing the 20 that are its
general default, and the last adds its BM25 retriever, fused by reciprocal rank. Titles are
metadata, which it puts before a text that is embedded or searched, and not into the passage.
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

from llama_index.core import Document, VectorStoreIndex
from llama_index.core.constants import DEFAULT_CHUNK_OVERLAP
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import BaseRetriever, QueryFusionRetriever
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever

MODEL_TOKENS = 256
Found = list[tuple[str, str, float]]
Ask = Callable[[str], Found]


def variants(
    articles: list[dict[str, Any]], model: str, *, depth: int, folder: str
) -> Iterator[tuple[str, dict[str, Any], Ask]]:
    """Each variant's name, what ingesting cost, and how to ask it."""
    embedder = HuggingFaceEmbedding(model_name=model, device="cpu")
    documents = [
        Document(text=a["text"], doc_id=a["id"], metadata={"title": a["title"]}) for a in articles
    ]
    fitted = SentenceSplitter(chunk_size=MODEL_TOKENS, chunk_overlap=DEFAULT_CHUNK_OVERLAP)
    for name, splitter in (("llamaindex", SentenceSplitter()), ("llamaindex, 256", fitted)):
        begun = time.perf_counter()
        nodes = splitter.get_nodes_from_documents(documents)
        index = VectorStoreIndex(nodes, embed_model=embedder)
        index.storage_context.persist(folder)
        ingest_s = time.perf_counter() - begun
        cost = {"ingest_s": ingest_s, "passages": len(nodes)}
        yield name, cost, asking(index.as_retriever(similarity_top_k=depth))
    begun = time.perf_counter()
    both = QueryFusionRetriever(
        [
            index.as_retriever(similarity_top_k=depth),
            BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=depth),
        ],
        llm=MockLLM(),  # Never asked: one query means that none is generated.
        num_queries=1,
        mode="reciprocal_rerank",
        similarity_top_k=depth,
        use_async=False,
    )
    more_s = time.perf_counter() - begun
    yield "llamaindex, 256, hybrid", cost | {"ingest_s": ingest_s + more_s}, asking(both)


def asking(retriever: BaseRetriever) -> Ask:
    """How to ask a retriever: (article id, passage, score) of each hit, best first."""

    def ask(question: str) -> Found:
        hits = retriever.retrieve(question)
        return [(hit.node.ref_doc_id, hit.node.text, float(hit.score or 0.0)) for hit in hits]

    return ask


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
    named = f"llama-index-core {version('llama-index-core')}"
    with Path(out).open("w", encoding="utf-8") as file, tempfile.TemporaryDirectory() as folder:
        for variant, cost, ask in variants(articles, model, depth=int(depth), folder=folder):
            head = {"variant": variant, "version": named, **cost}
            for record in (head, *asked(variant, questions, ask)):
                file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
