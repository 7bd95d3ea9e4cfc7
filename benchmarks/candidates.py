"""How many passages to rerank and to read: what each number brings, and what it costs.

    python benchmarks/candidates.py --data DIR [--questions N] [--json FILE] [--library-cache DIR]

On squad and realtimeqa_gold, through the real `rerank` and `read`. The cross-encoder scores each
pair once and remembers it, so that every setting sees the same scores; what a setting costs is
the number of tokens that it would have had to read, as a share of the setting in use: on one
machine time goes with them, and other work does not disturb them. The settings:

- the number of passages reranked, and read;
- stopping early: only the first few are reranked where one of them is clear enough;
- reading only passages near the best one;
- cutting passages to their first tokens before they are reranked.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import quality
from embeddings.cross_encoder import CrossEncoder
from embeddings.graphs import open_tokenizer
from embeddings.modelfiles import RERANKER_TOKENIZER
from embeddings.records import Hit
from qa import read
from qa.retrieve import SEARCH_DEPTH, retrieve

RERANKED = (1, 3, 5, 8, 10, 12, 15, 20, 30)
READ = (1, 2, 3, 4, 5)
WITHIN = (1.0, 2.0, 4.0, 8.0, np.inf)
# (first passages reranked, the logit that is clear enough, all that are reranked otherwise)
EARLY = ((3, 6.0, 10), (5, 5.0, 12), (5, 7.0, 12), (6, 5.0, 12), (8, 5.0, 15), (8, 5.0, 20))
CUT_TOKENS = (48, 64, 96)


class Remembering(CrossEncoder):
    """Scores each pair once; counts the tokens of all that it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[str, str], tuple[float, int]] = {}
        self._measure = open_tokenizer(RERANKER_TOKENIZER.checked())
        self.tokens = 0

    def score(self, question: str, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if (question, text) not in self._known]
        if new:
            lengths = self._measure.encode_batch([(question, text) for text in new])
            for text, logit, pair in zip(new, super().score(question, new), lengths, strict=True):
                self._known[question, text] = (float(logit), len(pair.ids))
        found = [self._known[question, text] for text in texts]
        self.tokens += sum(length for _, length in found)
        return np.array([logit for logit, _ in found], dtype=np.float32)

    def cut(self, text: str, tokens: int) -> str:
        """The text's first tokens."""
        offsets = self._measure.encode(text, add_special_tokens=False).offsets
        return text[: offsets[tokens - 1][1]] if len(offsets) > tokens else text


@dataclass(frozen=True, slots=True)
class Setting:
    """What is done with the fused passages; `early` as in EARLY, `cut` in tokens."""

    name: str
    reranked: int = read.RERANKED
    passages_read: int = read.READ
    within: float = read.READ_WITHIN
    early: tuple[int, float, int] | None = None
    cut: int | None = None

    def answer(
        self, cross_encoder: Remembering, question: quality.Question, hits: Sequence[Hit]
    ) -> quality.Outcome:
        ranked = self._rerank(cross_encoder, question.text, hits)
        with patch.multiple(read, READ=self.passages_read, READ_WITHIN=self.within):
            candidates = read.read(cross_encoder, question.text, ranked)
        return quality.Outcome(question, list(hits), ranked, candidates, 0.0)

    def _rerank(
        self, cross_encoder: Remembering, question: str, hits: Sequence[Hit]
    ) -> list[read.Ranked]:
        if self.early is not None:
            first, clear, all_of_them = self.early
            ranked = read.rerank(cross_encoder, question, hits[:first])
            if ranked[0].logit < clear:
                ranked += read.rerank(cross_encoder, question, hits[first:all_of_them])
            return sorted(ranked, key=lambda found: -found.logit)
        if self.cut is None:
            return read.rerank(cross_encoder, question, hits[: self.reranked])
        whole = {hit.passage.id: hit for hit in hits}
        short = [
            replace(
                hit,
                passage=replace(hit.passage, text=cross_encoder.cut(hit.passage.text, self.cut)),
            )
            for hit in hits[: self.reranked]
        ]
        return [
            replace(found, hit=whole[found.hit.passage.id])
            for found in read.rerank(cross_encoder, question, short)
        ]


def settings() -> list[Setting]:
    return [
        Setting("in use"),
        *(Setting(f"rerank {n}", reranked=n) for n in RERANKED),
        *(Setting(f"read {n}", passages_read=n) for n in READ),
        *(Setting(f"read within {gap:g} of the best", within=gap) for gap in WITHIN),
        *(
            Setting(f"first {few}, all {most} where under {clear:g}", early=(few, clear, most))
            for few, clear, most in EARLY
        ),
        *(Setting(f"passages cut to {n} tokens", cut=n) for n in CUT_TOKENS),
    ]


def measure(
    bench: quality.Bench, cross_encoder: Remembering, questions: Sequence[quality.Question]
) -> list[dict[str, Any]]:
    found = [
        retrieve(
            bench.library,
            question.text,
            bench.encoder.encode_query(question.text),
            limit=2 * SEARCH_DEPTH,
        )
        for question in questions
    ]
    rows = []
    for setting in settings():
        cross_encoder.tokens = 0
        outcomes = [
            setting.answer(cross_encoder, question, hits)
            for question, hits in zip(questions, found, strict=True)
        ]
        print(f"\r{bench.folder.name}: {setting.name:40}", end="", file=sys.stderr, flush=True)
        right = [
            quality.holds_answer(outcome.candidates[0].text, outcome.question.answers)
            for outcome in outcomes
        ]
        places = [
            outcome.article_rank(True)
            if outcome.question.gold_articles
            else outcome.passage_rank(True)
            for outcome in outcomes
        ]
        rows.append(
            {
                "setting": setting.name,
                "gold@1": float(np.mean([place <= 1 for place in places])),
                "gold@5": float(np.mean([place <= 5 for place in places])),
                "first sentence": float(np.mean(right)),
                "tokens": cross_encoder.tokens / len(questions),
            }
        )
    print(file=sys.stderr)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    parser.add_argument("--questions", type=int, default=300, help="of each set, at most")
    parser.add_argument("--json", type=Path, help="also write the numbers here")
    parser.add_argument("--library-cache", type=Path, help="keep the libraries here")
    arguments = parser.parse_args()
    data, most = arguments.data, arguments.questions
    sets = {
        "squad": quality.sampled(quality.squad_answerable(data), most),
        "realtimeqa_gold": quality.sampled(
            [each for each in quality.realtimeqa(data) if each.gold_has_answer], most
        ),
    }
    cross_encoder = Remembering()
    results = {}
    with quality.libraries_in(arguments.library_cache) as cache:
        for name, questions in sets.items():
            bench = quality.Bench(quality.built(data, name, cache), cross_encoder)
            results[name] = measure(bench, cross_encoder, questions)
            report(name, len(questions), results[name])
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def report(name: str, count: int, rows: Sequence[dict[str, Any]]) -> None:
    gold = "passage" if name == "squad" else "article"
    print(f"\n{name}, {count} questions")
    print(
        f"{'':36}{f'{gold}@1':>12}{f'{gold}@5':>12}{'first sentence':>16}{'tokens':>9}{'cost':>7}"
    )
    for row in rows:
        print(
            f"{row['setting']:36}{row['gold@1']:12.3f}{row['gold@5']:12.3f}"
            f"{row['first sentence']:16.3f}{row['tokens']:9.0f}"
            f"{row['tokens'] / rows[0]['tokens']:7.2f}"
        )


if __name__ == "__main__":
    main()
