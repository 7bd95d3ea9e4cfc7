"""Haystack's side of peers.py, run by it in Haystack's own environment; nothing of Dateline.

    python benchmarks/peer_haystack.py ARTICLES QUESTIONS MODEL OUT DEPTH

As its documentation has it: `DocumentSplitter` by its defaults (200 words, none shared), the
documents' vectors in its `InMemoryDocumentStore`, titles embedded with the text; once by vectors
alone and once with its BM25 beside them, joined by reciprocal rank. Its extractive reader comes
with no weights, so that passages are all it is measured by.
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

from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

Found = list[tuple[str, str, float]]
Ask = Callable[[str], Found]


def stored(articles: list[dict[str, Any]], model: str, folder: str) -> InMemoryDocumentStore:
    """The articles' passages with their vectors, saved in the folder."""
    documents = [
        Document(content=a["text"], meta={"title": a["title"], "article": a["id"]})
        for a in articles
    ]
    passages = DocumentSplitter().run(documents=documents)["documents"]
    embedder = SentenceTransformersDocumentEmbedder(
        model=model, meta_fields_to_embed=["title"], progress_bar=False
    )
    store = InMemoryDocumentStore()
    store.write_documents(embedder.run(documents=passages)["documents"])
    store.save_to_disk(f"{folder}/store.json")
    return store


def variants(store: InMemoryDocumentStore, model: str, depth: int) -> Iterator[tuple[str, Ask]]:
    """Each variant's name and how to ask it: (article id, passage, score) of hits, best first."""
    embedder = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
    near = InMemoryEmbeddingRetriever(store, top_k=depth)
    words = InMemoryBM25Retriever(store, top_k=depth)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=depth)

    def told(documents: list[Document]) -> Found:
        return [(str(d.meta["article"]), d.content or "", float(d.score or 0.0)) for d in documents]

    def by_vectors(question: str) -> list[Document]:
        vector = embedder.run(text=question)["embedding"]
        found: list[Document] = near.run(query_embedding=vector)["documents"]
        return found

    def by_both(question: str) -> list[Document]:
        lists = [by_vectors(question), words.run(query=question)["documents"]]
        joined: list[Document] = joiner.run(documents=lists)["documents"]
        return joined

    yield "haystack", lambda question: told(by_vectors(question))
    yield "haystack, hybrid", lambda question: told(by_both(question))


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
    named = f"haystack-ai {version('haystack-ai')}"
    with Path(out).open("w", encoding="utf-8") as file, tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        store = stored(articles, model, folder)
        cost = {
            "ingest_s": time.perf_counter() - begun,
            "passages": store.count_documents(),
        }
        for variant, ask in variants(store, model, int(depth)):
            head = {"variant": variant, "version": named, **cost}
            for record in (head, *asked(variant, questions, ask)):
                file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
