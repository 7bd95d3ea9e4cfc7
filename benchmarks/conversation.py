"""How follow-up questions are understood: rewriting, retrieval, unclear ones, time added.

    python benchmarks/conversation.py --data DIR [--library-cache DIR] [--json FILE] [--all]

Beside ours stand the raw follow-up and the whole history put behind it, in the same run. Of
canard and mtrag_rewrites only the dialogues that nothing was learned from are reported
(`--all`: all, for a half that nothing was learned from at all).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import sets
from embeddings import rebuild
from embeddings.discovery import path_key
from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.models import DEFAULT_MODEL, find_model
from embeddings.records import Hit
from embeddings.storing import article_id_for
from qa import decide, read
from qa.followups import standalone
from qa.history import content_stems
from qa.past import Past
from qa.reader import Reader
from qa.retrieve import retrieve, with_newest
from training.conversations import Rewritten, turns

FIRST = 5
DEPTH = 40


@dataclass(frozen=True, slots=True)
class Case:
    """A follow-up, what was said before it, and the ids of the articles that answer it."""

    question: str
    past: tuple[Past, ...]
    gold: frozenset[str]
    kind: str = "ANSWERABLE"


def concatenated(question: str, past: Sequence[Past]) -> str:
    """The question and all that was said, the newest first, since what is too long is cut."""
    parts = [question]
    for turn in reversed(past):
        parts += [turn.question, *turn.sentences]
    return " ".join(parts)


# --- rewriting


def rewriting(some: Sequence[Rewritten], full: Callable[[Rewritten], str]) -> dict[str, float]:
    """Precision and recall of the content words that were added, beside a person's."""
    right = ours = theirs = 0
    for turn in some:
        asked = set(content_stems(turn.question))
        wanted = set(content_stems(turn.rewrite)) - asked
        added = set(content_stems(full(turn))) - asked
        right, ours, theirs = right + len(wanted & added), ours + len(added), theirs + len(wanted)
    return {"precision": right / max(1, ours), "recall": right / max(1, theirs), "added": ours}


def falsely(some: Sequence[Rewritten], full: Callable[[Rewritten], str]) -> tuple[int, int]:
    """Of the questions that a person left alone: how many are searched by other words; all."""
    alone = [t for t in some if content_stems(t.question) == content_stems(t.rewrite)]
    changed = [t for t in alone if content_stems(full(t)) != content_stems(t.question)]
    return len(changed), len(alone)


# --- retrieval


class Searched:
    """Passages as a library of their own, each an article."""

    def __init__(self, cache: Path, name: str, records: Sequence[dict[str, Any]]) -> None:
        self.encoder = Encoder(find_model(DEFAULT_MODEL))
        file = cache / f"{name}.jsonl"
        file.write_text("\n".join(json.dumps(record) for record in records), "utf-8")
        self.library = Library(cache / f"{name}-{self.encoder.model.id}", create=True)
        rebuild.Rebuild(self.library, self.encoder).run([file])
        self._key = path_key(file)

    def article(self, record_id: str) -> str:
        return article_id_for(self._key, record_id)

    def found(self, text: str, context: str = "") -> list[Hit]:
        vector = self.encoder.encode_query(text)
        beside = self.encoder.encode_query(with_newest(text, context)) if context else None
        return retrieve(
            self.library,
            text,
            vector,
            limit=DEPTH,
            context=context,
            context_vector=beside,
        )

    def recall(self, cases: Sequence[Case], ask: Callable[[Case], tuple[str, str]]) -> float:
        """The share of cases with a gold article among the first five."""
        hits = 0
        for case in cases:
            found = [hit.passage.article_id for hit in self.found(*ask(case))]
            hits += bool(case.gold & set(list(dict.fromkeys(found))[:FIRST]))
        return hits / max(1, len(cases))


def raw(case: Case) -> tuple[str, str]:
    return case.question, ""


def whole(case: Case) -> tuple[str, str]:
    return concatenated(case.question, case.past), ""


def ours(case: Case) -> tuple[str, str]:
    found = standalone(case.question, case.past)
    return found.text, found.context


def quac(data: Path, cache: Path) -> tuple[Searched, list[Case]]:
    dialogues = sets.read_jsonl(data / "quac_sample" / "dialogs.jsonl")
    searched = Searched(cache, "quac", [{"id": d["id"], "text": d["passage"]} for d in dialogues])
    cases = []
    for dialogue in dialogues:
        past: list[Past] = []
        for turn in dialogue["turns"]:
            if past:
                gold = frozenset({searched.article(dialogue["id"])})
                cases.append(Case(turn["question"], tuple(past), gold))
            said = () if turn["unanswerable"] else (turn["reference_answers_joined"],)
            past.append(Past(turn["question"], turn["question"], sentences=said))
    return searched, cases


def mtrag_un(data: Path, cache: Path) -> tuple[Searched, list[Case]]:
    passages = sets.read_jsonl(data / "mtrag_un" / "passages.jsonl")
    searched = Searched(
        cache,
        "mtrag_un",
        [{"id": p["id"], "title": p["title"], "text": p["text"]} for p in passages],
    )
    known = {p["id"] for p in passages}
    cases = []
    for record in sets.read_jsonl(data / "mtrag_un" / "turns.jsonl"):
        said = [part["text"] for part in record["history"]]
        past = tuple(
            Past(question, question, sentences=(answer,))
            for question, answer in zip(said[::2], said[1::2], strict=False)
        )
        gold = frozenset(searched.article(i) for i in record["context_ids"] if i in known)
        cases.append(Case(record["question"], past, gold, record["answerability"]))
    return searched, cases


# --- saying that it is not clear, or not there


def outcomes(searched: Searched, cases: Sequence[Case]) -> dict[str, dict[str, int]]:
    """By kind of turn: how many were answered, refused, and called unclear."""
    reader = Reader()
    counts: dict[str, dict[str, int]] = {}
    for case in cases:
        asked = standalone(case.question, case.past)
        if asked.unclear:
            outcome = "unclear"
        else:
            hits = searched.found(asked.text, asked.context)[: read.MOST_PASSAGES]
            outcome = "answered" if _answers(reader, asked.text, hits) else "refused"
        counts.setdefault(case.kind, {"answered": 0, "refused": 0, "unclear": 0})[outcome] += 1
    return counts


def _answers(reader: Reader, question: str, hits: Sequence[Hit]) -> bool:
    def likely(found: Sequence[read.Candidate]) -> float:
        return decide.confidence(question, found[0])

    best = read.read(reader, question, hits, sure=lambda found: likely(found) >= decide.SURE)
    return bool(best) and likely(best) >= decide.THRESHOLD


def precision_recall(
    counts: dict[str, dict[str, int]], kind: str, outcome: str
) -> tuple[float, float]:
    said = sum(count[outcome] for count in counts.values())
    right = counts.get(kind, {}).get(outcome, 0)
    return right / max(1, said), right / max(1, sum(counts.get(kind, {}).values()))


def added_ms(searched: Searched, cases: Sequence[Case]) -> dict[str, float]:
    """What understanding a follow-up adds: the words put in, the vector, and the searches."""
    spent = []
    for case in cases:
        begun = time.perf_counter()
        found = standalone(case.question, case.past)
        understood = time.perf_counter()
        searched.found(found.text)
        alone = time.perf_counter()
        searched.found(found.text, found.context)
        ended = time.perf_counter()
        added = (understood - begun) + (ended - alone) - (alone - understood)
        spent.append(added * 1000)
    return {"median": statistics.median(spent), "p95": float(np.quantile(spent, 0.95))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--library-cache", type=Path, default=None)
    parser.add_argument("--json", type=Path, default=None)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--no-outcomes", action="store_true")
    given = parser.parse_args()
    figures: dict[str, Any] = {}
    some = [turn for turn in turns(given.data) if given.all or not turn.learned]
    full = {
        "raw": lambda turn: turn.question,
        "concatenated": lambda turn: concatenated(turn.question, turn.past),
        "ours": lambda turn: standalone(turn.question, turn.past).text,
    }
    for source in ("canard", "mtrag"):
        its = [turn for turn in some if turn.source == source]
        for name, way in full.items():
            figures[f"rewriting {source} {name}"] = rewriting(its, way)
    figures["changed though left alone"] = falsely(some, full["ours"])
    with sets.libraries_in(given.library_cache) as cache:
        for name, load in (("quac", quac), ("mtrag_un", mtrag_un)):
            searched, cases = load(given.data, cache)
            follow = [c for c in cases if c.gold and c.past and c.kind == "ANSWERABLE"]
            for way in (raw, whole, ours):
                figures[f"recall@5 {name} {way.__name__} of {len(follow)}"] = searched.recall(
                    follow, way
                )
        unclear = {c.kind: 0 for c in cases}
        for case in follow:
            unclear[case.kind] += standalone(case.question, case.past).unclear is not None
        if not given.no_outcomes:
            counts = outcomes(searched, cases)
            figures["outcomes"] = counts
            figures["unclear P, R"] = precision_recall(counts, "UNDERSPECIFIED", "unclear")
            figures["refused P, R"] = precision_recall(counts, "UNANSWERABLE", "refused")
        figures["added ms"] = added_ms(searched, follow)
    for name, value in figures.items():
        print(f"{name:44} {value}")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
