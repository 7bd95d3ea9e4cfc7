"""No framework at all: sentence-transformers and Faiss, in some twenty lines; for peers.py.

    python benchmarks/peer_plain.py ARTICLES QUESTIONS MODEL OUT DEPTH

What a person would write who has a folder of articles and an afternoon: passages of 200 words,
each with its article's title before it when it is embedded, an exact index.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer

PASSAGE_WORDS = 200


def main() -> None:
    articles_path, questions_path, model, out, depth = sys.argv[1:]
    with Path(articles_path).open(encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    with Path(questions_path).open(encoding="utf-8") as file:
        questions = [json.loads(line) for line in file]
    encoder = SentenceTransformer(model, device="cpu")
    begun = time.perf_counter()
    passages = []
    for article in articles:
        words = article["text"].split(" ")
        passages += [
            (article["id"], article["title"], " ".join(words[at : at + PASSAGE_WORDS]))
            for at in range(0, len(words), PASSAGE_WORDS)
        ]
    vectors = encoder.encode(
        [f"{title}\n{text}" for _, title, text in passages], normalize_embeddings=True
    )
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    with tempfile.TemporaryDirectory() as folder:
        faiss.write_index(index, f"{folder}/index.faiss")
        Path(folder, "passages.json").write_text(json.dumps(passages), "utf-8")
    head = {
        "variant": "plain",
        "version": f"sentence-transformers {version('sentence-transformers')}",
        "ingest_s": time.perf_counter() - begun,
        "passages": len(passages),
    }

    def ask(question: str) -> list[tuple[str, str, float]]:
        vector = encoder.encode([question], normalize_embeddings=True)
        scores, numbers = index.search(vector, int(depth))
        return [
            (passages[at][0], passages[at][2], float(score))
            for at, score in zip(numbers[0], scores[0], strict=True)
            if at >= 0
        ]

    ask("What is this about?")
    with Path(out).open("w", encoding="utf-8") as file:
        file.write(json.dumps(head) + "\n")
        for number, question in enumerate(questions):
            started = time.perf_counter()
            found = ask(question)
            spent_ms = (time.perf_counter() - started) * 1000
            record = {"variant": "plain", "question": number, "ms": spent_ms, "passages": found}
            file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
