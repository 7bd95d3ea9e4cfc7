"""More to learn from, made with the reader as it stands: the groups of a second stage.

    python training/second_stage.py --examples examples.jsonl --out second.jsonl

Two things are added to the groups of examples.py. The pairs of SQuAD training articles come
without their answers: the reader says where in the right sentence the short answer stands, and
where it is sure enough it is believed (self-training). And each answerable question gets up to
`SWAPS` other entities in turn instead of one, and its telling word's opposite where it has one
(opposites.py).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from embeddings.records import Passage, Sentence
from qa.reader import Reader
from training.opposites import opposite
from training.swaps import swap

SEED = 17
SWAPS = 3
BATCH = 64
# Start's and end's score together; on squad's calibration articles, given the right sentence,
# what is above has an F1 of .86 and is half of all; all together have .76.
SURE_OF_SPAN = 3.0
Group = dict[str, Any]


def as_passage(record: dict[str, Any]) -> Passage:
    spans = tuple(Sentence(start, end) for start, end in record["sentences"])
    text = record["text"]
    return Passage(0, "", 0, len(text), text, record["title"], spans)


def with_spans(groups: list[Group], reader: Reader, sure: float = SURE_OF_SPAN) -> int:
    """Give the right passages of the groups their answers' spans; how many were given one."""
    told = 0
    for group in groups:
        record = group["right"][0]
        reading = reader.read(group["question"], [as_passage(record)])[0]
        found = reading.sentences[record["gold"][0]]
        if found.answer is not None and found.answer_score >= sure:
            record["answers"] = [list(found.answer)]
            told += 1
    return told


def more_swaps(groups: list[Group], generator: random.Random) -> list[Group]:
    asked: dict[str, list[str]] = defaultdict(list)
    for group in groups:
        asked[group["right"][0]["title"]].append(group["question"])
    made = []
    for group in groups:
        title = group["right"][0]["title"]
        whole = " ".join(record["text"] for record in group["right"])
        near = [{**record, "gold": [], "answers": []} for record in group["right"]]
        seen = set()
        for _ in range(SWAPS):
            swapped = swap(group["question"], whole, asked[title], about=title, generator=generator)
            if swapped is not None and swapped[0] not in seen:
                seen.add(swapped[0])
                made.append(_unanswerable(group, swapped[0], near))
        turned = opposite(group["question"], whole, generator)
        if turned is not None:
            made.append(_unanswerable(group, turned, near))
    return made


def _unanswerable(group: Group, question: str, near: list[dict[str, Any]]) -> Group:
    split = group["split"]
    return {"kind": "swap", "split": split, "question": question, "right": [], "wrong": near}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    kinds: dict[str, list[Group]] = defaultdict(list)
    with given.examples.open(encoding="utf-8") as lines:
        for line in lines:
            group = json.loads(line)
            kinds[group["kind"]].append(group)
    told = with_spans(kinds["nqg"], Reader())
    kinds["swap"] = more_swaps(kinds["squad"], random.Random(SEED))
    with given.out.open("w", encoding="utf-8") as file:
        for some in kinds.values():
            for group in some:
                file.write(json.dumps(group, ensure_ascii=False) + "\n")
    print({kind: len(some) for kind, some in kinds.items()}, f"{told} pairs with an answer")


if __name__ == "__main__":
    main()
