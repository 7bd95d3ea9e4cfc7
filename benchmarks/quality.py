"""Answer quality: does the right passage come, the right sentence first, a no where it is due.

    python benchmarks/quality.py --data DIR [--questions N] [--json FILE] [--library-cache DIR]

DIR holds ``squad/`` and ``realtimeqa_gold/`` (see WHERE below). Both libraries are built by
the real `Rebuild`, the first into a new folder each, or into `--library-cache`, where a second
run finds them again (delete it after changes to reading, splitting or embedding). Questions
then go through the engine's own parts; on some of them `Engine.ask` itself is timed, and its
first sentence compared with theirs. Intervals are bootstrap 95 % over questions.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from embeddings import rebuild
from embeddings.cross_encoder import CrossEncoder
from embeddings.discovery import path_key
from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.models import DEFAULT_MODEL, find_model
from embeddings.records import Hit, Passage
from qa import decide, read
from qa.engine import DEFAULT_TOP, Engine
from qa.retrieve import SEARCH_DEPTH, retrieve

WHERE = """\
{path} is not there. The sets are JSON Lines made of public data, none of which comes with Dateline:
  squad/            articles.jsonl, questions.jsonl, unanswerable.jsonl: SQuAD 1.1 and 2.0 dev,
                    its paragraphs joined to articles (rajpurkar/SQuAD-explorer; CC BY-SA 4.0)
  realtimeqa_gold/  articles.jsonl, questions.jsonl: news articles and weekly quiz questions
                    (realtimeqa/realtimeqa_public; the articles are their publishers')"""
SEED = 7
TIMED_QUESTIONS = 60
BOOTSTRAPS = 1000
DEEPEST = 20
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its answer strings (none: the set says that it has no answer) and its group.

    `gold_sentence` is squad's, `gold_articles` are realtimeqa's; `group` is the squad article,
    by which questions are split where something is fitted.
    """

    text: str
    answers: tuple[str, ...] = ()
    gold_sentence: str = ""
    gold_articles: tuple[str, ...] = ()
    gold_has_answer: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the engine's parts made of a question."""

    question: Question
    hits: list[Hit]
    ranked: list[read.Ranked]
    candidates: list[read.Candidate]
    confidence: float

    @property
    def cited(self) -> list[read.Candidate]:
        """The sentences the engine would cite, were the confidence high enough."""
        return decide.enough(self.candidates, most=DEFAULT_TOP)

    def passage_rank(self, ranked: bool) -> int:
        """The rank, from 1, of the passage with the gold sentence; large where there is none."""
        passages = [found.hit.passage for found in self.ranked] if ranked else []
        seen = {passage.id for passage in passages}
        passages += [hit.passage for hit in self.hits if hit.passage.id not in seen]
        for holds in (_holds_sentence, _holds_part):
            for rank, passage in enumerate(passages, 1):
                if holds(passage, self.question):
                    return rank
        return sys.maxsize

    def article_rank(self, ranked: bool) -> int:
        """The rank, from 1, of a gold article among distinct articles in their passages' order."""
        order = [found.hit.passage.article_id for found in self.ranked] if ranked else []
        order += [hit.passage.article_id for hit in self.hits]
        for rank, article in enumerate(dict.fromkeys(order), 1):
            if article in self.question.gold_articles:
                return rank
        return sys.maxsize


class Bench:
    """A library with the models that answer from it."""

    def __init__(self, folder: Path, cross_encoder: CrossEncoder) -> None:
        self.folder = folder
        self.library = Library(folder)
        name, precision = self.library.model_name, self.library.model_precision
        assert name is not None and precision is not None
        self.encoder = Encoder(find_model(name, precision=precision))
        self.cross_encoder = cross_encoder

    def ask(self, question: Question) -> Outcome:
        """As `Engine.ask`, with what it throws away kept."""
        vector = self.encoder.encode_query(question.text)
        hits = retrieve(self.library, question.text, vector, limit=2 * SEARCH_DEPTH)
        ranked = read.rerank(self.cross_encoder, question.text, hits[: read.RERANKED])
        candidates = read.read(self.cross_encoder, question.text, ranked)
        return Outcome(question, hits, ranked, candidates, decide.confidence(candidates[0]))

    def ask_all(self, questions: Sequence[Question], what: str) -> list[Outcome]:
        outcomes = []
        for number, question in enumerate(questions, 1):
            outcomes.append(self.ask(question))
            if number % 50 == 0 or number == len(questions):
                print(f"\r{what}: {number}/{len(questions)}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        return outcomes


# --- the sets


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        raise SystemExit(WHERE.format(path=path))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def sampled(questions: list[Question], most: int) -> list[Question]:
    """The same questions whenever the same number is asked for, and a prefix of more."""
    random.Random(SEED).shuffle(questions)
    return questions[:most]


def squad_answerable(data: Path) -> list[Question]:
    return [
        Question(
            text=record["question"],
            answers=tuple(record["answers"]),
            gold_sentence=record["answer_sentence"],
            group=record["article_id"],
        )
        for record in read_jsonl(data / "squad" / "questions.jsonl")
    ]


def squad_unanswerable(data: Path) -> list[Question]:
    return [
        Question(text=record["question"], group=record["article_id"])
        for record in read_jsonl(data / "squad" / "unanswerable.jsonl")
    ]


def realtimeqa(data: Path) -> list[Question]:
    key = path_key(data / "realtimeqa_gold" / "articles.jsonl")
    return [
        Question(
            text=record["question"],
            answers=tuple(record["answers"]),
            gold_articles=tuple(
                rebuild.article_id_for(key, gold) for gold in record["gold_article_ids"]
            ),
            gold_has_answer=record["gold_contains_answer"],
            group="realtimeqa",
        )
        for record in read_jsonl(data / "realtimeqa_gold" / "questions.jsonl")
    ]


@contextlib.contextmanager
def libraries_in(cache: Path | None) -> Iterator[Path]:
    """The folder for libraries: the one that is kept, or a temporary one."""
    if cache is not None:
        cache.mkdir(parents=True, exist_ok=True)
        yield cache
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def built(data: Path, name: str, cache: Path) -> Path:
    """The set's library, built first where it is not yet; its folder names what it was made by."""
    articles = data / name / "articles.jsonl"
    if not articles.exists():
        raise SystemExit(WHERE.format(path=articles))
    encoder = Encoder(find_model(DEFAULT_MODEL))
    size = f"{rebuild.PASSAGE_TOKENS}-{rebuild.OVERLAP_TOKENS}"
    folder = cache / f"{name}-{encoder.model.id}-{size}"

    def say(progress: rebuild.Progress) -> None:
        print(f"\r{name}: {progress.passages} passages", end="", file=sys.stderr, flush=True)

    with Library(folder, create=True) as library:
        outcome = rebuild.Rebuild(library, encoder, progress=say).run([articles])
        print(f"\r{name}: {library.count()} articles", file=sys.stderr)
        if outcome.failures:
            raise SystemExit(f"{name}: {outcome.failures[0].path}: {outcome.failures[0].reason}")
    return folder


# --- right or wrong


def same_spaces(text: str) -> str:
    return " ".join(text.split())


def holds_answer(text: str, answers: Iterable[str]) -> bool:
    """Whether an answer stands in the text as whole words, case apart.

    Stricter than a substring, which lets "45" be found in "1945".
    """
    flat = same_spaces(text).casefold()
    return any(
        re.search(rf"(?<!\w){re.escape(same_spaces(answer).casefold())}(?!\w)", flat)
        for answer in answers
    )


def _holds_sentence(passage: Passage, question: Question) -> bool:
    return same_spaces(question.gold_sentence) in same_spaces(passage.text)


def _holds_part(passage: Passage, question: Question) -> bool:
    """For gold sentences that our splitter cuts: a part of it, in a passage with the answer."""
    if not any(answer in passage.text for answer in question.answers):
        return False
    gold = same_spaces(question.gold_sentence)
    return any(
        same_spaces(passage.text[s.start - passage.start : s.end - passage.start]) in gold
        for s in passage.sentences
    )


def is_gold_sentence(candidate: read.Candidate, question: Question) -> bool:
    """Whether the annotated sentence, or a part of it with the answer, was chosen."""
    gold, text = same_spaces(question.gold_sentence), same_spaces(candidate.text)
    return gold in text or (text in gold and holds_answer(text, question.answers))


# --- figures

Measure = Callable[[npt.NDArray[np.int64]], float]


def figure(count: int, measure: Measure) -> dict[str, float | int]:
    """The measure over questions 0 to count-1, with its bootstrap interval.

    `measure` is given the numbers of the questions drawn, of shape (count,).
    """
    generator = np.random.default_rng(SEED)
    draws = [measure(generator.integers(0, count, count)) for _ in range(BOOTSTRAPS)]
    low, high = np.percentile(draws, [2.5, 97.5])
    return {
        "value": round(measure(np.arange(count)), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "questions": count,
    }


def share(right: Sequence[bool]) -> dict[str, float | int]:
    flags = np.array(right, dtype=float)
    return figure(len(flags), lambda drawn: float(flags[drawn].mean()))


def auroc(answerable: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    """The chance that an answerable question has the higher confidence of two."""
    both = np.concatenate([answerable, other])
    _, inverse, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n, m = len(answerable), len(other)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def refusing(answerable: Sequence[float], other: Sequence[float]) -> dict[str, Any]:
    """Refusals as the thing to be found, on as many answerable questions as others."""
    count = min(len(answerable), len(other))
    good, bad = np.array(answerable[:count]), np.array(other[:count])

    def precision(drawn: npt.NDArray[np.int64]) -> float:
        wrong, right = _refused(good[drawn]), _refused(bad[drawn])
        return right / max(1, right + wrong)

    def recall(drawn: npt.NDArray[np.int64]) -> float:
        return _refused(bad[drawn]) / len(drawn)

    def f1(drawn: npt.NDArray[np.int64]) -> float:
        p, r = precision(drawn), recall(drawn)
        return 2 * p * r / max(1e-9, p + r)

    return {
        "precision": figure(count, precision),
        "recall": figure(count, recall),
        "f1": figure(count, f1),
        "auroc": figure(count, lambda drawn: auroc(good[drawn], bad[drawn])),
    }


def _refused(confidences: npt.NDArray[np.float64]) -> int:
    return int((confidences < decide.THRESHOLD).sum())


def timings(bench: Bench, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """`Engine.ask`, warm, by stage; and whether it cites what the parts above chose."""
    engine = Engine(bench.folder)
    try:
        engine.warm()
        engine.ask("What is this about?")
        spent: dict[str, list[float]] = {}
        agreed = []
        for outcome in outcomes[:TIMED_QUESTIONS]:
            answer = engine.ask(outcome.question.text)
            cited = answer.citations or (answer.refusal.nearest if answer.refusal else ())
            agreed.append(bool(cited) and cited[0].text == outcome.candidates[0].text)
            for stage, stage_ms in answer.timings_ms.items():
                spent.setdefault(stage, []).append(stage_ms)
    finally:
        engine.close()
    return {
        "agrees": sum(agreed) / len(agreed),
        "questions": len(agreed),
        **{
            stage: {
                "median_ms": round(float(np.median(each)), 1),
                "p95_ms": round(float(np.percentile(each, 95)), 1),
            }
            for stage, each in spent.items()
        },
    }


def measure_all(data: Path, most: int, cache: Path) -> dict[str, Any]:
    answerable = sampled(squad_answerable(data), most)
    unanswerable = sampled(squad_unanswerable(data), most)
    quiz = sampled(realtimeqa(data), most)
    cross_encoder = CrossEncoder()
    squad = Bench(built(data, "squad", cache), cross_encoder)
    news = Bench(built(data, "realtimeqa_gold", cache), cross_encoder)

    asked = squad.ask_all(answerable, "squad")
    no_answer = squad.ask_all(unanswerable, "squad, unanswerable")
    asked_news = news.ask_all(quiz, "realtimeqa")
    astray = squad.ask_all(quiz, "realtimeqa's questions to squad")
    astray_news = news.ask_all(answerable[: len(quiz)], "squad's questions to realtimeqa")
    with_answer = [o for o in asked_news if o.question.gold_has_answer]

    def first_right(outcome: Outcome) -> bool:
        return holds_answer(outcome.candidates[0].text, outcome.question.answers)

    def answered(outcome: Outcome) -> bool:
        return outcome.confidence >= decide.THRESHOLD

    def confidences(outcomes: Iterable[Outcome]) -> list[float]:
        return [outcome.confidence for outcome in outcomes]

    return {
        "threshold": decide.THRESHOLD,
        "squad": {
            **{
                f"gold passage@{k}": share([o.passage_rank(True) <= k for o in asked])
                for k in (1, 5)
            },
            **{
                f"gold passage@{k}, fused list before reranking": share(
                    [o.passage_rank(False) <= k for o in asked]
                )
                for k in (5, DEEPEST)
            },
            "first sentence holds an answer, refusing nothing": share(
                [first_right(o) for o in asked]
            ),
            "first sentence is the annotated one, refusing nothing": share(
                [is_gold_sentence(o.candidates[0], o.question) for o in asked]
            ),
            "first sentence holds an answer, a refusal a miss": share(
                [answered(o) and first_right(o) for o in asked]
            ),
            "of the answered, first sentence holds an answer": share(
                [first_right(o) for o in asked if answered(o)]
            ),
            "answerable questions answered": share([answered(o) for o in asked]),
        },
        "realtimeqa_gold": {
            **{
                f"gold article@{k}": share([o.article_rank(True) <= k for o in asked_news])
                for k in (1, 5, DEEPEST)
            },
            "gold article@5, fused list before reranking": share(
                [o.article_rank(False) <= 5 for o in asked_news]
            ),
            "first sentence holds an answer, refusing nothing": share(
                [first_right(o) for o in with_answer]
            ),
            "a cited sentence holds an answer, refusing nothing": share(
                [
                    any(holds_answer(c.text, o.question.answers) for c in o.cited)
                    for o in with_answer
                ]
            ),
            "first sentence holds an answer, a refusal a miss": share(
                [answered(o) and first_right(o) for o in with_answer]
            ),
            "questions with an answer answered": share([answered(o) for o in with_answer]),
        },
        "refusing": {
            "squad's unanswerable": refusing(confidences(asked), confidences(no_answer)),
            "realtimeqa's questions to squad": refusing(confidences(asked), confidences(astray)),
            "squad's questions to realtimeqa": refusing(
                confidences(with_answer), confidences(astray_news)
            ),
        },
        "timings": {
            "squad": timings(squad, asked),
            "realtimeqa_gold": timings(news, asked_news),
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    parser.add_argument("--questions", type=int, default=500, help="of each set, at most")
    parser.add_argument("--json", type=Path, help="also write the numbers here")
    parser.add_argument("--library-cache", type=Path, help="keep the libraries here")
    arguments = parser.parse_args()
    with libraries_in(arguments.library_cache) as cache:
        results = measure_all(arguments.data, arguments.questions, cache)
    report(results)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def report(results: dict[str, Any]) -> None:
    for name in ("squad", "realtimeqa_gold"):
        print(f"\n{name}")
        for what, each in results[name].items():
            print(f"  {what:58}{_interval(each)}  n {each['questions']}")
    print(f"\nrefusing below {results['threshold']}")
    for name, measures in results["refusing"].items():
        print(f"  {name}, n 2 x {measures['f1']['questions']}")
        for what, each in measures.items():
            print(f"    {what:56}{_interval(each)}")
    for name, stages in results["timings"].items():
        print(
            f"\n{name}, Engine.ask warm, ms (median, p95) over {stages['questions']} questions; "
            f"first sentence the same in {stages['agrees']:.0%}"
        )
        for stage in ("retrieve", "rerank", "read", "total"):
            print(f"  {stage:58}{stages[stage]['median_ms']:7.0f}{stages[stage]['p95_ms']:7.0f}")


def _interval(each: dict[str, float | int]) -> str:
    return f"{each['value']:7.3f}  ({each['low']:.3f} to {each['high']:.3f})"


if __name__ == "__main__":
    main()
