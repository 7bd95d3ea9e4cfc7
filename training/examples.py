"""From public question sets to the groups the reader learns from.

    python training/examples.py --data DIR --library SQUAD_LIBRARY --out examples.jsonl \
        --ranked ranked.jsonl

A group is a question with passages of one library, some of which may answer it: the passage
that does, and passages our own retriever finds for it that do not, so that scores learn to
compare across passages. SQUAD_LIBRARY is the folder that benchmarks/quality.py builds with
`--library-cache`. Groups are made of the articles that `splits.py` leaves for training and for
calibrating, and say of which. `--ranked` also writes what training is watched by: questions of
the calibration articles with the passages found for them, in order.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from embeddings.discovery import path_key
from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.models import find_model
from embeddings.records import Filters, Passage
from embeddings.storing import article_id_for
from qa.retrieve import retrieve
from training.splits import split_of
from training.swaps import swap

SEED = 11
MINED = 8
RANKED = 16
NQG_TOKENS = 85
NQG_NEAR = 40
Group = dict[str, Any]


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def flat(text: str) -> str:
    return " ".join(text.split())


def as_record(passage: Passage, question: dict[str, Any] | None) -> dict[str, Any]:
    """The passage with the numbers of its sentences that answer and the answers' spans in it."""
    spans = [(s.start - passage.start, s.end - passage.start) for s in passage.sentences]
    gold: list[int] = []
    answers: list[list[int]] = []
    if question is not None:
        sentence = flat(question["answer_sentence"])
        for number, (start, end) in enumerate(spans):
            text = flat(passage.text[start:end])
            if not (sentence in text or (text in sentence and len(text) > 15)):
                continue
            inside = [
                [start + match.start(), start + match.end()]
                for answer in question["answers"]
                for match in re.finditer(re.escape(answer), passage.text[start:end])
            ]
            if sentence in text or inside:
                gold.append(number)
                answers += inside
    return {
        "title": passage.title,
        "text": passage.text,
        "sentences": spans,
        "gold": gold,
        "answers": sorted({(s, e) for s, e in answers}),
    }


class Squad:
    """Groups of the squad library."""

    def __init__(self, data: Path, library: Path) -> None:
        self.library = Library(library)
        name, precision = self.library.model_name, self.library.model_precision
        assert name is not None and precision is not None
        self.encoder = Encoder(find_model(name, precision=precision))
        self.answerable = read_jsonl(data / "squad" / "questions.jsonl")
        self.unanswerable = read_jsonl(data / "squad" / "unanswerable.jsonl")
        self.key = path_key(data / "squad" / "articles.jsonl")
        self.generator = random.Random(SEED)
        self.paragraphs = {
            record["id"]: record["text"].split("\n\n")
            for record in read_jsonl(data / "squad" / "articles.jsonl")
        }
        self.asked: dict[str, list[str]] = defaultdict(list)
        for question in self.answerable:
            self.asked[question["article_id"]].append(question["question"])

    def mined(self, text: str, limit: int = MINED) -> list[Passage]:
        vector = self.encoder.encode_query(text)
        return [hit.passage for hit in retrieve(self.library, text, vector, limit=limit)]

    def wrong(self, question: dict[str, Any], found: list[Passage]) -> list[dict[str, Any]]:
        """Passages found that neither have the sentence nor say an answer."""
        records = []
        for passage in found:
            record = as_record(passage, question)
            if not record["gold"] and not any(a in passage.text for a in question["answers"]):
                records.append(record)
        return records

    def groups(self, split: str) -> Iterator[Group]:
        windows = self._windows()
        for question in self.answerable:
            if split_of(question["article_id"]) != split:
                continue
            text = question["question"]
            found = self.mined(text)
            gold_article = article_id_for(self.key, question["article_id"])
            right = [as_record(p, question) for p in windows[gold_article]]
            right = [record for record in right if record["gold"]]
            if not right:
                continue
            wrong = self.wrong(question, found)
            yield {
                "kind": "squad",
                "split": split,
                "question": text,
                "right": right,
                "wrong": wrong,
            }
            swapped = swap(
                text,
                " ".join(record["text"] for record in right),
                self.asked[question["article_id"]],
                about=question["article_id"].removeprefix("squad:").replace("_", " "),
                generator=self.generator,
            )
            if swapped is not None:
                near = [{**record, "gold": [], "answers": []} for record in right]
                yield {
                    "kind": "swap",
                    "split": split,
                    "question": swapped[0],
                    "right": [],
                    "wrong": near,
                }
        for question in self.unanswerable:
            if split_of(question["article_id"]) != split:
                continue
            text = question["question"]
            own = self._of_paragraph(question, windows)
            found = [p for p in self.mined(text) if p.id not in {o.id for o in own}]
            wrong = [as_record(p, None) for p in own + found[:3]]
            if own:
                group = {"kind": "no", "split": split, "question": text, "right": []}
                yield {**group, "wrong": wrong, "own": len(own)}

    def ranked(self, split: str) -> Iterator[Group]:
        """Questions with the passages found for them, best first, and what is right in each."""
        for kind, questions in (("squad", self.answerable), ("no", self.unanswerable)):
            for question in questions:
                if split_of(question["article_id"]) != split:
                    continue
                known = question if kind == "squad" else None
                found = self.mined(question["question"], RANKED)
                yield {
                    "kind": kind,
                    "article": question["article_id"],
                    "question": question["question"],
                    "answers": question["answers"] if known else [],
                    "passages": [as_record(passage, known) for passage in found],
                }

    def _windows(self) -> dict[str, list[Passage]]:
        ids = self.library.allowed(Filters()).tolist()
        windows: dict[str, list[Passage]] = defaultdict(list)
        for passage in self.library.passages(ids).values():
            windows[passage.article_id].append(passage)
        return windows

    def _of_paragraph(
        self, question: dict[str, Any], windows: dict[str, list[Passage]]
    ) -> list[Passage]:
        """The windows that share the most text with the question's paragraph."""
        paragraph = self.paragraphs[question["article_id"]][question["paragraph_index"]]
        passages = windows[article_id_for(self.key, question["article_id"])]
        inside = [
            p
            for p in passages
            if any(p.text[s.start - p.start : s.end - p.start] in paragraph for s in p.sentences)
        ]
        return sorted(
            inside,
            key=lambda p: (
                -sum(p.text[s.start - p.start : s.end - p.start] in paragraph for s in p.sentences)
            ),
        )[:3]


_DETOKENISED = (
    (re.compile(r" ([,.;:?!%)\]]|'s\b|n't\b)"), r"\1"),
    (re.compile(r"([(\[$£]) "), r"\1"),
    (re.compile(r"`` | ''"), '"'),
)


def detokenised(text: str) -> str:
    for pattern, written in _DETOKENISED:
        text = pattern.sub(written, text)
    return text


def nqg_groups(data: Path, generator: random.Random) -> Iterator[Group]:
    """Groups of made passages: each answer sentence among those that stood near it."""
    pairs = read_jsonl(data / "nqg_pairs" / "pairs.jsonl")
    order = list(dict.fromkeys(pair["answer_sentence"] for pair in pairs))
    at = {sentence: number for number, sentence in enumerate(order)}
    lengths = [len(sentence.split()) for sentence in order]

    def window(first: int, gold: int | None) -> dict[str, Any]:
        text, spans, marks, held, number = "", [], [], 0, first
        while number < len(order) and (not spans or held + lengths[number] <= NQG_TOKENS):
            start = len(text) + (1 if text else 0)
            text = f"{text} {detokenised(order[number])}".strip()
            if number == gold:
                marks.append(len(spans))
            spans.append((start, len(text)))
            held += lengths[number]
            number += 1
        return {"title": "", "text": text, "sentences": spans, "gold": marks, "answers": []}

    for pair in pairs:
        gold = at[pair["answer_sentence"]]
        if not 5 <= lengths[gold] <= 70:
            continue
        first = gold
        before = generator.choice([0, 0, 1, 2])
        for _ in range(before):
            if first > 0 and sum(lengths[first - 1 : gold + 1]) <= NQG_TOKENS:
                first -= 1
        right = window(first, gold)
        words = set(pair["question"].split())
        rivals = []
        for start in range(max(0, gold - NQG_NEAR), min(len(order), gold + NQG_NEAR), 2):
            record = window(start, gold)
            if not record["gold"]:
                rivals.append((-len(words & set(record["text"].split())), start, record))
        rivals.sort(key=lambda rival: rival[:2])
        if right["gold"] and rivals:
            wrong = [rival[2] for rival in rivals[:3]]
            yield {
                "kind": "nqg",
                "split": "train",
                "question": detokenised(pair["question"]),
                "right": [right],
                "wrong": wrong,
            }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--ranked", type=Path)
    given = parser.parse_args()
    squad = Squad(given.data, given.library)
    counts: dict[str, int] = defaultdict(int)
    with given.out.open("w", encoding="utf-8") as file:
        for source in (
            squad.groups("train"),
            squad.groups("calibrate"),
            nqg_groups(given.data, random.Random(SEED)),
        ):
            for group in source:
                counts[group["kind"]] += 1
                file.write(json.dumps(group, ensure_ascii=False) + "\n")
    if given.ranked is not None:
        with given.ranked.open("w", encoding="utf-8") as file:
            for group in squad.ranked("calibrate"):
                file.write(json.dumps(group, ensure_ascii=False) + "\n")
    print(dict(counts))


if __name__ == "__main__":
    main()
