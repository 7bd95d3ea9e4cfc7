"""One peer's side of speed.py, run by it in the peer's own environment; nothing of Dateline.

    python benchmarks/speed_peer.py PEER build ARTICLES MODEL FOLDER
    python benchmarks/speed_peer.py PEER ask FOLDER MODEL QUESTION

The script a person would write with each library to keep an index and ask it one question:
imports, the model, the saved index, the question, the passages on stdout.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SHOWN = 3


def build_txtai(articles: list[dict[str, Any]], model: str, folder: str) -> None:
    from txtai import Embeddings
    from txtai.pipeline import Segmentation

    segment = Segmentation(paragraphs=True)
    embeddings = Embeddings(path=model, content=True, hybrid=True)
    embeddings.index(
        f"{article['title']}\n{text}" for article in articles for text in segment(article["text"])
    )
    embeddings.save(f"{folder}/index")


def ask_txtai(folder: str, _: str, question: str) -> list[str]:
    from txtai import Embeddings

    embeddings = Embeddings()
    embeddings.load(f"{folder}/index")
    return [hit["text"] for hit in embeddings.search(question, limit=SHOWN)]


def build_llamaindex(articles: list[dict[str, Any]], model: str, folder: str) -> None:
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    documents = [Document(text=a["text"], metadata={"title": a["title"]}) for a in articles]
    nodes = SentenceSplitter(chunk_size=256, chunk_overlap=20).get_nodes_from_documents(documents)
    embedder = HuggingFaceEmbedding(model_name=model, device="cpu")
    VectorStoreIndex(nodes, embed_model=embedder).storage_context.persist(folder)


def ask_llamaindex(folder: str, model: str, question: str) -> list[str]:
    from llama_index.core import StorageContext, load_index_from_storage
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    embedder = HuggingFaceEmbedding(model_name=model, device="cpu")
    index = load_index_from_storage(
        StorageContext.from_defaults(persist_dir=folder), embed_model=embedder
    )
    hits = index.as_retriever(similarity_top_k=SHOWN).retrieve(question)
    return [hit.node.text for hit in hits]


BUILD: dict[str, Callable[[list[dict[str, Any]], str, str], None]] = {
    "txtai": build_txtai,
    "llamaindex": build_llamaindex,
}
ASK: dict[str, Callable[[str, str, str], list[str]]] = {
    "txtai": ask_txtai,
    "llamaindex": ask_llamaindex,
}


def main() -> None:
    peer, what, *rest = sys.argv[1:]
    if what == "build":
        articles, model, folder = rest
        with Path(articles).open(encoding="utf-8") as file:
            BUILD[peer]([json.loads(line) for line in file], model, folder)
    else:
        print("\n\n".join(ASK[peer](*rest)))


if __name__ == "__main__":
    main()
