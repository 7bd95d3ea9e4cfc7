"""How well articles in other languages than English are found, by their words and by meaning.

    python benchmarks/languages.py --data DIR [--only LANG ...] [--meaning] [--whole-runs]

DIR holds ``xquad/LANG/{articles,questions}.jsonl``: the same articles and questions, translated
by hand. Each language is a library of its own, a paragraph an article; told is how often the
question's own paragraph is among the first five. `--meaning` adds the default embedding model,
which knows English. `--whole-runs` searches as if no script were written without spaces, and as if
vowel signs parted words.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from embeddings import schema, words
from embeddings.library import Library, digest_of, encoded_text
from embeddings.records import Draft
from embeddings.sentences import split_sentences

FIRST = 5


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def paragraphs(folder: Path) -> dict[tuple[str, int], tuple[str, str]]:
    """(article, paragraph's number) to (title, text)."""
    return {
        (article["id"], number): (article["title"], text)
        for article in lines(folder / "articles.jsonl")
        for number, text in enumerate(article["text"].split("\n\n"))
    }


def measure(folder: Path, encoder: Any) -> tuple[int, int, float, float | None]:
    texts = paragraphs(folder)
    questions = lines(folder / "questions.jsonl")
    with tempfile.TemporaryDirectory() as home, Library(Path(home), create=True) as library:
        gold = {}
        for key, (title, text) in texts.items():
            gold[key] = f"{key[0]}#{key[1]}"
            spans = split_sentences(text)
            vectors = {}
            if encoder is not None:
                vector = encoder.encode_passages([encoded_text(title, text)])[0]
                vectors = {digest_of(title, text[spans[0].start : spans[-1].end]): vector}
            library.put_article(
                gold[key],
                Draft(title=title, text=text),
                path=gold[key],
                sha256=gold[key],
                sentences=spans,
                windows=[(0, len(spans) - 1)],
                vectors=vectors,
                model="benchmark",
            )
        library.set_model("benchmark", name="benchmark", precision="", dimension=384)
        by_words = by_meaning = 0
        for question in questions:
            wanted = gold[question["article_id"], question["paragraph_index"]]
            hits = library.search_words(question["question"], limit=FIRST)
            found = library.passages([passage for passage, _ in hits]).values()
            by_words += any(passage.article_id == wanted for passage in found)
            if encoder is not None:
                query = encoder.encode_query(question["question"])
                near = library.search_vectors(query, limit=FIRST, model="benchmark")
                found = library.passages([each.passage_id for each in near]).values()
                by_meaning += any(passage.article_id == wanted for passage in found)
    asked = len(questions)
    return len(texts), asked, by_words / asked, by_meaning / asked if encoder else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--meaning", action="store_true")
    parser.add_argument("--whole-runs", action="store_true")
    given = parser.parse_args()
    encoder = None
    if given.meaning:
        from embeddings.encoder import Encoder
        from embeddings.models import DEFAULT_MODEL, find_model

        encoder = Encoder(find_model(DEFAULT_MODEL))
    if given.whole_runs:
        for module in (schema, words):
            mock.patch.object(module, "spaced", lambda text: text).start()
        mock.patch.object(words, "split_word", lambda word: [word]).start()
        mock.patch.object(words, "WORD", re.compile(r"\w+")).start()
    for folder in sorted((given.data / "xquad").iterdir()):
        if folder.is_dir() and (not given.only or folder.name in given.only):
            count, asked, by_words, by_meaning = measure(folder, encoder)
            told = "" if by_meaning is None else f"  meaning {by_meaning:.3f}"
            print(
                f"{folder.name}  {count} paragraphs, {asked} questions  words {by_words:.3f}{told}"
            )


if __name__ == "__main__":
    main()
