"""Sentence splitters side by side: where they cut, against gold, and how long they take.

    python benchmarks/sentences.py --data DIR [--json FILE] [--errors dateline]

DIR holds ``sbd_golden/golden_rules.jsonl`` (pySBD's golden rules, MIT) and
``sbd_golden/gum_docs.jsonl`` (documents of the GUM corpus with gold sentences, CC BY / BY-SA).
Libraries that are not installed are left out of the table::

    pip install pysbd syntok blingfire sentencex nltk spacy

A boundary is the number of non-white-space characters before it, so that splitters may keep or
drop white space as they like. The end of a text is not counted: nobody can miss it. Every
library gets one paragraph at a time, since a blank line ends a sentence in Dateline whatever a
library thinks; `gum` therefore counts only boundaries inside paragraphs. The two other columns
take GUM's documents whole, so that the ends of paragraphs count too: `wrapped` at 72 columns, with
blank lines between paragraphs; `lines` with one line break between them and none inside.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

Splitter = Callable[[str], Sequence[str]]
BLANK_LINE = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its gold sentences, as the counts of non-space characters they end at."""

    name: str
    text: str
    ends: frozenset[int]


@dataclass(frozen=True, slots=True)
class Score:
    found: int
    missed: int
    false: int
    wholly_right: int
    documents: int
    text_changed: int

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + self.false)

    @property
    def recall(self) -> float:
        return self.found / max(1, self.found + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.found / max(1, 2 * self.found + self.missed + self.false)


def dense(text: str) -> str:
    return "".join(text.split())


def ends_of(sentences: Sequence[str]) -> list[int]:
    """Where each sentence ends, but for the last, in non-space characters."""
    ends, count = [], 0
    for sentence in sentences:
        length = len(dense(sentence))
        count += length
        if length:
            ends.append(count)
    return ends[:-1]


def document(name: str, text: str, sentences: Sequence[str]) -> Document:
    if dense(text) != dense("".join(sentences)):
        raise ValueError(f"{name}: the gold sentences are not the text")
    return Document(name, text, frozenset(ends_of(sentences)))


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        raise SystemExit(
            f"{path} is not there. The golden rules are pySBD's tests (github.com/nipunsadvilkar/"
            "pySBD), the documents GUM's (github.com/amir-zeldes/gum), both as JSON Lines."
        )
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def load_sets(data: Path) -> dict[str, list[Document]]:
    rules = read_jsonl(data / "sbd_golden" / "golden_rules.jsonl")
    documents = read_jsonl(data / "sbd_golden" / "gum_docs.jsonl")
    sets: dict[str, list[Document]] = {
        "golden": [
            document(rule["id"], rule["text"], rule["sentences"])
            for rule in rules
            if rule["lang"] == "english"
        ],
        "gum": [],
        "wrapped": [],
        "lines": [],
    }
    for each in documents:
        lines, wrapped, everything = [], [], []
        for number, paragraph in enumerate(each["paragraphs"]):
            name, sentences = f"{each['id']}:{number}", paragraph["sentences"]
            text = " ".join(sentences)
            sets["gum"].append(document(name, text, sentences))
            wrapped.append(textwrap.fill(text, 72, break_long_words=False, break_on_hyphens=False))
            lines.append(text)
            everything.extend(sentences)
        sets["wrapped"].append(document(each["id"], "\n\n".join(wrapped), everything))
        sets["lines"].append(document(each["id"], "\n".join(lines), everything))
    return sets


def measure(split: Splitter, documents: Sequence[Document], errors: bool = False) -> Score:
    found = missed = false = right = changed = 0
    for each in documents:
        sentences = list(split(each.text))
        if dense("".join(sentences)) != dense(each.text):
            changed += 1
        ends = frozenset(ends_of(sentences))
        found += len(ends & each.ends)
        missed += len(each.ends - ends)
        false += len(ends - each.ends)
        right += ends == each.ends
        if errors:
            show_errors(each, ends)
    return Score(found, missed, false, right, len(documents), changed)


def show_errors(each: Document, ends: frozenset[int]) -> None:
    places = [index for index, character in enumerate(each.text) if not character.isspace()]
    for kind, wrong in (("missed", each.ends - ends), ("false", ends - each.ends)):
        for end in sorted(wrong):
            at = places[end - 1] + 1
            before, after = each.text[max(0, at - 60) : at], each.text[at : at + 40]
            print(f"{kind:7}{each.name}: {before!r} | {after!r}", file=sys.stderr)


def dateline() -> Splitter:
    from embeddings.sentences import split_sentences

    return lambda text: [text[each.start : each.end] for each in split_sentences(text)]


def pysbd() -> Splitter:
    segmenter = importlib.import_module("pysbd").Segmenter(language="en", clean=False)
    return lambda text: list(segmenter.segment(text))


def syntok() -> Splitter:
    segmenter = importlib.import_module("syntok.segmenter")

    def split(text: str) -> list[str]:
        return [
            "".join(token.spacing + token.value for token in sentence)
            for paragraph in segmenter.analyze(text)
            for sentence in paragraph
        ]

    return split


def blingfire() -> Splitter:
    library = importlib.import_module("blingfire")

    def split(text: str) -> list[str]:
        # The offsets count code points; the text returned has its line breaks replaced.
        _, spans = library.text_to_sentences_and_offsets(text)
        return [text[start:end] for start, end in spans]

    return split


def sentencex() -> Splitter:
    library = importlib.import_module("sentencex")
    return lambda text: list(library.segment("en", text))


def nltk_untrained() -> Splitter:
    # Punkt's English model is a download, not part of the wheel; this is Punkt without it.
    tokenizer = importlib.import_module("nltk.tokenize.punkt").PunktSentenceTokenizer()
    return lambda text: list(tokenizer.tokenize(text))


def spacy_sentencizer() -> Splitter:
    pipeline = importlib.import_module("spacy").blank("en")
    pipeline.add_pipe("sentencizer")
    return lambda text: [sentence.text for sentence in pipeline(text).sents]


CANDIDATES: dict[str, tuple[str, Callable[[], Splitter]]] = {
    "dateline": ("embeddings.sentences", dateline),
    "pysbd": ("pysbd", pysbd),
    "syntok": ("syntok.segmenter", syntok),
    "blingfire": ("blingfire", blingfire),
    "sentencex": ("sentencex", sentencex),
    "nltk untrained": ("nltk.tokenize.punkt", nltk_untrained),
    "spacy sentencizer": ("spacy", spacy_sentencizer),
}


def import_ms(module: str, runs: int = 5) -> float:
    """The quickest of several imports, each in a fresh interpreter, beyond Python's own start."""
    program = (
        "import time; start = time.perf_counter();"
        f"import {module}; print((time.perf_counter() - start) * 1000)"
    )
    root, others = str(Path(__file__).resolve().parent.parent), os.environ.get("PYTHONPATH")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (root, others)))}
    command = [sys.executable, "-c", program]
    return min(
        float(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)
        for _ in range(runs)
    )


def ms_per_1000(split: Splitter, documents: Sequence[Document], runs: int = 3) -> float:
    sentences = sum(len(each.ends) + 1 for each in documents)
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        for each in documents:
            split(each.text)
        best = min(best, time.perf_counter() - start)
    return best * 1e6 / sentences


def one_paragraph_at_a_time(split: Splitter) -> Splitter:
    return lambda text: [part for block in BLANK_LINE.split(text) for part in split(block)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    parser.add_argument("--json", type=Path, help="also write the numbers here")
    parser.add_argument("--only", nargs="*", help="only these candidates")
    parser.add_argument("--errors", action="store_true", help="show each wrong boundary")
    arguments = parser.parse_args()

    sets = load_sets(arguments.data)
    rows: list[dict[str, Any]] = []
    for name, (module, build) in CANDIDATES.items():
        if arguments.only and name not in arguments.only:
            continue
        try:
            split = build() if name == "dateline" else one_paragraph_at_a_time(build())
        except ImportError as error:
            print(f"{name} was left out: {error}", file=sys.stderr)
            continue
        scores = {kind: measure(split, each, arguments.errors) for kind, each in sets.items()}
        rows.append(
            {
                "candidate": name,
                "ms_per_1000_sentences": round(ms_per_1000(split, sets["gum"]), 2),
                "import_ms": round(import_ms(module), 1),
                **{
                    kind: {
                        **asdict(score),
                        "precision": round(score.precision, 4),
                        "recall": round(score.recall, 4),
                        "f1": round(score.f1, 4),
                    }
                    for kind, score in scores.items()
                },
            }
        )
    report(rows)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def report(rows: Sequence[dict[str, Any]]) -> None:
    print(
        f"{'':18}{'golden rules':^30}{'GUM in paragraphs':^22}{'wrapped':^9}{'lines':^9}"
        f"{'ms/1000':>9}{'import':>8}{'text':>9}"
    )
    print(
        f"{'':18}{'P':>7}{'R':>7}{'F1':>7}{'right':>9}{'P':>8}{'R':>7}{'F1':>7}"
        f"{'F1':>9}{'F1':>9}{'':>9}{'ms':>8}{'changed':>9}"
    )
    for row in rows:
        golden, gum = row["golden"], row["gum"]
        changed = sum(row[kind]["text_changed"] for kind in ("golden", "gum", "wrapped", "lines"))
        print(
            f"{row['candidate']:18}{golden['precision']:7.3f}{golden['recall']:7.3f}"
            f"{golden['f1']:7.3f}{golden['wholly_right']:>6}/{golden['documents']}"
            f"{gum['precision']:8.3f}{gum['recall']:7.3f}{gum['f1']:7.3f}"
            f"{row['wrapped']['f1']:9.3f}{row['lines']['f1']:9.3f}"
            f"{row['ms_per_1000_sentences']:9.1f}{row['import_ms']:8.1f}{changed:9d}"
        )


if __name__ == "__main__":
    main()
