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
PASSAGE_WORDS = 200


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


def build_haystack(articles: list[dict[str, Any]], model: str, folder: str) -> None:
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
    )

    documents = [Document(content=a["text"], meta={"title": a["title"]}) for a in articles]
    passages = DocumentSplitter().run(documents=documents)["documents"]
    embedder = SentenceTransformersDocumentEmbedder(
        model=model, meta_fields_to_embed=["title"], progress_bar=False
    )
    store = InMemoryDocumentStore()
    store.write_documents(embedder.run(documents=passages)["documents"])
    store.save_to_disk(f"{folder}/store.json")


def ask_haystack(folder: str, model: str, question: str) -> list[str]:
    from haystack.components.retrievers import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersTextEmbedder,
    )

    store = InMemoryDocumentStore.load_from_disk(f"{folder}/store.json")
    embedder = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
    vector = embedder.run(text=question)["embedding"]
    found = InMemoryEmbeddingRetriever(store, top_k=SHOWN).run(query_embedding=vector)
    return [document.content for document in found["documents"]]


def build_plain(articles: list[dict[str, Any]], model: str, folder: str) -> None:
    import faiss
    from sentence_transformers import SentenceTransformer

    passages = []
    for article in articles:
        words = article["text"].split(" ")
        passages += [
            f"{article['title']}\n{' '.join(words[at : at + PASSAGE_WORDS])}"
            for at in range(0, len(words), PASSAGE_WORDS)
        ]
    vectors = SentenceTransformer(model, device="cpu").encode(passages, normalize_embeddings=True)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, f"{folder}/index.faiss")
    Path(folder, "passages.json").write_text(json.dumps(passages), "utf-8")


def ask_plain(folder: str, model: str, question: str) -> list[str]:
    import faiss
    from sentence_transformers import SentenceTransformer

    passages: list[str] = json.loads(Path(folder, "passages.json").read_text("utf-8"))
    index = faiss.read_index(f"{folder}/index.faiss")
    encoder = SentenceTransformer(model, device="cpu")
    _, numbers = index.search(encoder.encode([question], normalize_embeddings=True), SHOWN)
    return [passages[at] for at in numbers[0]]


BUILD: dict[str, Callable[[list[dict[str, Any]], str, str], None]] = {
    "txtai": build_txtai,
    "llamaindex": build_llamaindex,
    "haystack": build_haystack,
    "plain": build_plain,
}
ASK: dict[str, Callable[[str, str, str], list[str]]] = {
    "txtai": ask_txtai,
    "llamaindex": ask_llamaindex,
    "haystack": ask_haystack,
    "plain": ask_plain,
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
