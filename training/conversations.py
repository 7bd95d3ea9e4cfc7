"""Public conversations with people's rewrites: whose turns are learned from, whose reported.

canard and mtrag_rewrites are laid out as docs/conversation.md says. By dialogue, in the order of
their ids' digests: seven of ten are learned from, and figures are of the other three.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa.past import Past

UNKNOWN = "I don't know."
_LEARNED = 7


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A turn with what was said before, and the question as a person wrote it out in full."""

    source: str
    dialogue: str
    past: tuple[Past, ...]
    question: str
    rewrite: str

    @property
    def learned(self) -> bool:
        return int(hashlib.sha256(self.dialogue.encode()).hexdigest(), 16) % 10 < _LEARNED


def canard(data: Path) -> Iterator[Rewritten]:
    """CANARD's turns; the topic stands where the cited article's title would."""
    with (data / "canard" / "turns.jsonl").open(encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            said = record["history"]
            past = tuple(
                Past(
                    question,
                    question,
                    sentences=() if answer == UNKNOWN else (answer,),
                    titles=(record["topic"],),
                )
                for question, answer in zip(said[::2], said[1::2], strict=False)
            )
            yield Rewritten(
                "canard", record["dialog_id"], past, record["question"], record["rewrite"]
            )


def mtrag(data: Path) -> Iterator[Rewritten]:
    """MTRAG's turns; of the history only the questions are given."""
    with (data / "mtrag_rewrites" / "turns.jsonl").open(encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            past = tuple(Past(text, text) for text in record["history"])
            yield Rewritten(
                "mtrag", record["dialog_id"], past, record["question"], record["rewrite"]
            )


def turns(data: Path) -> list[Rewritten]:
    return [*canard(data), *mtrag(data)]
