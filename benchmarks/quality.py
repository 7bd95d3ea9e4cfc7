"""Answer quality: does the right passage come, the right sentence first, a no where it is due.

    python benchmarks/quality.py --data DIR [--questions N] [--json FILE] [--library-cache DIR]

DIR holds ``squad/``, ``realtimeqa_gold/`` and ``clapnq/`` (benchmarks/sets.py says where they
are from). Libraries are built by the real `Rebuild`, into new folders, or into
`--library-cache`, where a second run finds them again. Squad's questions are those of articles
that neither the reader's training nor any constant saw. Questions go through the engine's own
parts; on some of them `Engine.ask` itself is timed, and its first sentence compared with
theirs. Beside them, in the same run: word search and vector search alone, each with the first
sentence of its best passage, and the L12 cross-encoder over 20 passages and their sentences.
Intervals are bootstrap 95 % over questions. benchmarks/peers.py measures other systems.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import l12
from benchmarks.readings import Asker
from benchmarks.sets import (
    Question,
    built,
    clapnq,
    holds_answer,
    is_gold_sentence,
    libraries_in,
    passage_rank,
    realtimeqa,
    same_spaces,
    sampled,
    squad_answerable,
    squad_swapped,
    squad_unanswerable,
)
from embeddings.records import Passage
from qa import compose, decide, read, scoring
from qa.engine import DEFAULT_TOP, Engine
from qa.reader import Reader

TIMED_QUESTIONS = 60
L12_PASSAGES = 20
DEEPEST = 20
Figures = dict[str, scoring.Figure]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a system made of a question: passages in its order, and the sentences it would cite.

    `short_answer` and `confidence` are the engine's; `took_ms` is the whole question's time.
    """

    question: Question
    passages: list[Passage]
    cited: list[str]
    took_ms: float
    short_answer: str | None = None
    confidence: float = 1.0

    @property
    def refused(self) -> bool:
        return self.confidence < decide.THRESHOLD

    def holds(self, first: int) -> bool:
        """Whether one of the first cited sentences says an answer."""
        return any(holds_answer(text, self.question.answers) for text in self.cited[:first])

    def article_rank(self) -> int:
        order = dict.fromkeys(passage.article_id for passage in self.passages)
        for rank, article in enumerate(order, 1):
            if article in self.question.gold_articles:
                return rank
        return sys.maxsize


System = Callable[[Question], Outcome]


def ours(asker: Asker) -> System:
    """The engine's parts, with what it throws away kept."""

    def ask(question: Question) -> Outcome:
        started = time.perf_counter()
        hits = asker.find(question.text)
        candidates = read.read(
            asker.reader,
            question.text,
            hits[: read.MOST_PASSAGES],
            sure=lambda found: decide.confidence(question.text, found[0]) >= decide.SURE,
        )
        whole = compose.compose(question.text, candidates, asker.library, most=DEFAULT_TOP)
        assert whole is not None
        cited = whole.citations
        short = cited[0].short_answer
        took_ms = (time.perf_counter() - started) * 1000
        order = {c.passage.id: c.passage for c in candidates}
        order |= {hit.passage.id: hit.passage for hit in hits if hit.passage.id not in order}
        return Outcome(
            question,
            list(order.values()),
            [citation.text for citation in cited],
            took_ms,
            None if short is None else short.text,
            decide.confidence(question.text, candidates[0]),
        )

    return ask


def cross_encoder(asker: Asker) -> System:
    """The L12 over `L12_PASSAGES` passages, then over the sentences of the best three."""
    model = l12.CrossEncoder()

    def ask(question: Question) -> Outcome:
        started = time.perf_counter()
        hits = asker.find(question.text)
        ranked = l12.rerank(model, question.text, hits[:L12_PASSAGES])
        chosen = l12.choose(model, question.text, ranked)
        took_ms = (time.perf_counter() - started) * 1000
        passages = [hit.passage for hit, _ in ranked]
        passages += [hit.passage for hit in hits[L12_PASSAGES:]]
        return Outcome(question, passages, [c.text for c in chosen[:DEFAULT_TOP]], took_ms)

    return ask


def words_alone(asker: Asker) -> System:
    """BM25's passages, and the first sentence of the best."""

    def ask(question: Question) -> Outcome:
        started = time.perf_counter()
        ids = [number for number, _ in asker.library.search_words(question.text, limit=DEEPEST)]
        return _first_sentence(question, asker, ids, started)

    return ask


def vectors_alone(asker: Asker) -> System:
    """The nearest passages, and the first sentence of the nearest."""

    def ask(question: Question) -> Outcome:
        started = time.perf_counter()
        vector = asker.encoder.encode_query(question.text)
        near = asker.library.search_vectors(vector, limit=DEEPEST)
        return _first_sentence(question, asker, [hit.passage_id for hit in near], started)

    return ask


def _first_sentence(
    question: Question, asker: Asker, ids: Sequence[int], started: float
) -> Outcome:
    found = asker.library.passages(ids)
    passages = [found[number] for number in ids]
    cited = []
    if passages:
        best = passages[0]
        first = best.sentences[0]
        cited = [best.text[first.start - best.start : first.end - best.start]]
    return Outcome(question, passages, cited, (time.perf_counter() - started) * 1000)


def ask_all(system: System, questions: Sequence[Question], what: str) -> list[Outcome]:
    outcomes = []
    for number, question in enumerate(questions, 1):
        outcomes.append(system(question))
        if number % 20 == 0 or number == len(questions):
            print(f"\r{what}: {number}/{len(questions)}   ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return outcomes


# --- figures


def share(right: Sequence[bool]) -> scoring.Figure:
    return scoring.mean_figure([float(flag) for flag in right])


def squad_figures(asked: Sequence[Outcome], *, refuses: bool) -> Figures:
    figures = {
        f"gold passage@{k}": share([passage_rank(o.passages, o.question) <= k for o in asked])
        for k in (1, 5, DEEPEST)
    }
    figures["first sentence holds an answer"] = share([o.holds(1) for o in asked])
    figures["a sentence of the first three does"] = share([o.holds(3) for o in asked])
    figures["sentences cited"] = scoring.mean_figure([float(len(o.cited)) for o in asked])
    figures["cited sentences that hold an answer"] = scoring.mean_figure(
        [float(holds_answer(text, o.question.answers)) for o in asked for text in o.cited]
    )
    if not refuses:
        return figures
    figures["first sentence is the annotated one"] = share(
        [bool(o.cited) and is_gold_sentence(o.cited[0], o.question) for o in asked]
    )
    answered = [o for o in asked if not o.refused]
    figures["first sentence holds an answer, a refusal a miss"] = share(
        [not o.refused and o.holds(1) for o in asked]
    )
    figures["first sentence holds an answer, of the answered"] = share(
        [o.holds(1) for o in answered]
    )
    figures["answered"] = share([not o.refused for o in asked])
    figures["short answer, exact match"] = scoring.mean_figure(
        [scoring.exact_match(o.short_answer, o.question.answers) for o in asked]
    )
    figures["short answer, F1"] = scoring.mean_figure(
        [scoring.token_f1(o.short_answer, o.question.answers) for o in asked]
    )
    return figures


def news_figures(asked: Sequence[Outcome], *, refuses: bool) -> Figures:
    told = [o for o in asked if o.question.gold_has_answer]
    figures = {
        f"gold article@{k}": share([o.article_rank() <= k for o in asked]) for k in (1, 5, DEEPEST)
    }
    figures["first sentence holds an answer"] = share([o.holds(1) for o in told])
    figures["a sentence of the first three does"] = share([o.holds(3) for o in told])
    figures["sentences cited"] = scoring.mean_figure([float(len(o.cited)) for o in told])
    if refuses:
        figures["a sentence of the first three does, a refusal a miss"] = share(
            [not o.refused and o.holds(3) for o in told]
        )
        figures["answered"] = share([not o.refused for o in told])
    return figures


def clapnq_figures(asked: Sequence[Outcome], *, refuses: bool) -> Figures:
    figures = {
        "F1 of cited sentences": scoring.mean_figure([sentence_f1(o) for o in asked]),
        "first sentence is a gold one": share(
            [bool(o.cited) and _is_one_of(o.cited[0], o.question.gold_sentences) for o in asked]
        ),
    }
    if refuses:
        figures["answered"] = share([not o.refused for o in asked])
    return figures


def sentence_f1(outcome: Outcome) -> float:
    """F1 of the cited sentences and the annotators', each found where one holds the other."""
    gold = outcome.question.gold_sentences
    if not gold or not outcome.cited:
        return 0.0
    right = [_is_one_of(text, gold) for text in outcome.cited]
    found = [_is_one_of(sentence, outcome.cited) for sentence in gold]
    precision, recall = sum(right) / len(right), sum(found) / len(found)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _is_one_of(text: str, others: Sequence[str]) -> bool:
    flat = same_spaces(text)
    return any(flat in same_spaces(other) or same_spaces(other) in flat for other in others)


def refusing(answerable: Sequence[Outcome], other: Sequence[Outcome]) -> dict[str, Any]:
    """Refusals as the thing to be found, on as many answerable questions as others."""
    count = min(len(answerable), len(other))
    found = scoring.refusal_figures(
        [o.confidence for o in answerable[:count]],
        [o.confidence for o in other[:count]],
        decide.THRESHOLD,
    )
    return {**found, "refused of all": share([o.refused for o in other])}


def timings(folder: Path, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """`Engine.ask`, warm, by stage; and whether it cites what the parts above chose."""
    engine = Engine(folder)
    try:
        engine.warm()
        engine.ask("What is this about?")
        spent: dict[str, list[float]] = {}
        agreed = []
        for outcome in outcomes[:TIMED_QUESTIONS]:
            answer = engine.ask(outcome.question.text)
            cited = answer.citations or (answer.refusal.nearest if answer.refusal else ())
            agreed.append(bool(cited) and cited[0].text == outcome.cited[0])
            for stage, stage_ms in answer.timings_ms.items():
                spent.setdefault(stage, []).append(stage_ms)
    finally:
        engine.close()
    return {
        "agrees": sum(agreed) / len(agreed),
        "questions": len(agreed),
        **{stage: _spread(each) for stage, each in spent.items()},
    }


def _spread(each_ms: Sequence[float]) -> dict[str, float]:
    return {
        "median_ms": round(float(np.median(each_ms)), 1),
        "p95_ms": round(float(np.percentile(each_ms, 95)), 1),
    }


BASELINES: dict[str, Callable[[Asker], System]] = {
    "words alone": words_alone,
    "vectors alone": vectors_alone,
    "L12 over 20": cross_encoder,
}


def measure_all(data: Path, most: int, cache: Path, split: str | None) -> dict[str, Any]:
    reader = Reader()
    squad = Asker(built(data, "squad", cache), reader)
    news = Asker(built(data, "realtimeqa_gold", cache), reader)
    wiki = Asker(built(data, "clapnq", cache), reader)
    answerable = sampled(squad_answerable(data, split), most)
    nearly = sampled(squad_unanswerable(data, split), most)
    swapped = sampled(squad_swapped(data, split), most)
    quiz = realtimeqa(data)
    long, longer = clapnq(data, answerable=True), clapnq(data, answerable=False)

    asked = ask_all(ours(squad), answerable, "squad")
    asked_news = ask_all(ours(news), quiz, "realtimeqa")
    asked_wiki = ask_all(ours(wiki), long, "clapnq")
    told = [o for o in asked_news if o.question.gold_has_answer]
    no = {
        "squad, nearly answered": (asked, ask_all(ours(squad), nearly, "squad, nearly")),
        "squad, swapped": (asked, ask_all(ours(squad), swapped, "squad, swapped")),
        "news questions to squad": (asked, ask_all(ours(squad), quiz, "news questions to squad")),
        "squad questions to news": (
            told,
            ask_all(ours(news), answerable[: len(quiz)], "squad questions to news"),
        ),
        "clapnq, unanswerable": (asked_wiki, ask_all(ours(wiki), longer, "clapnq, unanswerable")),
    }
    systems: dict[str, dict[str, Any]] = {"dateline": {}}
    systems["dateline"] = {
        "squad": squad_figures(asked, refuses=True),
        "realtimeqa_gold": news_figures(asked_news, refuses=True),
        "clapnq": clapnq_figures(asked_wiki, refuses=True),
    }
    took = {"dateline": [o.took_ms for o in asked[:TIMED_QUESTIONS]]}
    for name, make in BASELINES.items():
        theirs = ask_all(make(squad), answerable, f"{name}, squad")
        took[name] = [o.took_ms for o in theirs[:TIMED_QUESTIONS]]
        systems[name] = {
            "squad": squad_figures(theirs, refuses=False),
            "realtimeqa_gold": news_figures(
                ask_all(make(news), quiz, f"{name}, realtimeqa"), refuses=False
            ),
            "clapnq": clapnq_figures(ask_all(make(wiki), long, f"{name}, clapnq"), refuses=False),
        }
    confidences = [o.confidence for o in [*asked, *no["squad, nearly answered"][1]]]
    answers = [True] * len(asked) + [False] * len(no["squad, nearly answered"][1])
    return {
        "threshold": decide.THRESHOLD,
        "systems": systems,
        "refusing": {name: refusing(*pair) for name, pair in no.items()},
        "calibration error, squad's and its nearly answered": scoring.calibration_error(
            confidences, answers
        ),
        "reliability": scoring.reliability(confidences, answers),
        "took": {name: _spread(each) for name, each in took.items()},
        "timings": {
            "squad": timings(squad.folder, asked),
            "realtimeqa_gold": timings(news.folder, asked_news),
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    parser.add_argument("--questions", type=int, default=500, help="of each squad set, at most")
    parser.add_argument("--json", type=Path, help="also write the numbers here")
    parser.add_argument("--library-cache", type=Path, help="keep the libraries here")
    parser.add_argument(
        "--split",
        choices=("report", "calibrate", "train", "all"),
        default="report",
        help="squad articles whose questions are asked (default: those nothing was fitted on)",
    )
    given = parser.parse_args()
    split = None if given.split == "all" else given.split
    with libraries_in(given.library_cache) as cache:
        results = measure_all(given.data, given.questions, cache, split)
    report(results)
    if given.json:
        as_json = json.dumps(results, indent=2, default=asdict)
        given.json.write_text(as_json + "\n", encoding="utf-8")


def report(results: dict[str, Any]) -> None:
    for system, sets in results["systems"].items():
        for name, figures in sets.items():
            print(f"\n{system}: {name}")
            for what, each in figures.items():
                print(f"  {what:54}{_interval(each)}")
    print(f"\nrefusing below {results['threshold']}")
    for name, measures in results["refusing"].items():
        print(f"  {name}")
        for what, each in measures.items():
            print(f"    {what:52}{_interval(each)}")
    error = results["calibration error, squad's and its nearly answered"]
    print(f"\ncalibration error on squad's and its nearly answered: {error:.3f}")
    for row in results["reliability"]:
        print(f"  {row}")
    print("\na warm squad question, the parts alone, ms (median, p95)")
    for name, each in results["took"].items():
        print(f"  {name:54}{each['median_ms']:7.0f}{each['p95_ms']:7.0f}")
    for name, stages in results["timings"].items():
        print(
            f"\n{name}, Engine.ask warm, ms (median, p95) over {stages['questions']} questions; "
            f"first sentence the same in {stages['agrees']:.0%}"
        )
        for stage in ("retrieve", "read", "total"):
            print(f"  {stage:54}{stages[stage]['median_ms']:7.0f}{stages[stage]['p95_ms']:7.0f}")


def _interval(each: scoring.Figure) -> str:
    return f"{each.value:7.3f}  ({each.low:.3f} to {each.high:.3f})  n {each.questions}"


if __name__ == "__main__":
    main()
