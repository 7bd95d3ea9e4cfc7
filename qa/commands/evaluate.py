"""``--eval``: a person's own questions with what they expect, measured over their library.

docs/eval.md says what the file holds and what each figure means.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from embeddings.places import Place
from embeddings.records import Filters
from qa import scoring
from qa.answer import CONTRACT_VERSION, Answer
from qa.diagnostics import say
from qa.engine import DEFAULT_TOP, Engine
from qa.exitcodes import ExitCode
from qa.output import one_line, write, write_json
from qa.questions import Question, find_articles, read_questions
from qa.scoring import Figure

# The measures of a single question, 0 to 1, and what the table calls them.
MARKS = {
    "sentence_at_1": "first sentence right",
    "sentence_at_3": "one of the first three right",
    "article_at_1": "first article right",
    "article_cited": "an article right",
    "exact_match": "short answer, exact match",
    "f1": "short answer, F1",
    "answered": "answered",
}
FIRST = 3
MOST_FAULTS = 5
MOST_LINES = 20
PROGRESS_EVERY_S = 5.0
Ask = Callable[[str], Answer]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question. `marks` has those of `MARKS` that what it expects can tell.

    `best_right` is whether the best sentence found is right, cited or, in a refusal, nearest;
    None where the question does not tell.
    """

    question: Question
    answered: bool
    confidence: float
    took_ms: float
    marks: Mapping[str, float]
    best_right: bool | None


def evaluate(
    library: Place,
    file: str,
    *,
    filters: Filters,
    top: int | None,
    threshold: float | None,
    as_json: bool,
) -> ExitCode:
    """Ask every question of the file and write the figures; `USAGE` where the file is wrong."""
    questions = _read(file)
    if not questions:
        return ExitCode.USAGE
    engine = Engine(library, say=say)
    try:
        if engine.notice:
            say(engine.notice)
        expected = find_articles(questions, engine.articles())
        absent = [q.line for q in questions if q.articles and not expected[q.line]]
        if absent:
            say(_absent(absent))
        engine.warm()
        top = top or DEFAULT_TOP
        outcomes = ask_all(
            lambda text: engine.ask(text, filters=filters, top=top, threshold=threshold),
            questions,
            expected,
        )
    finally:
        engine.close()
    kinds = dict.fromkeys(q.kind for q in questions if q.kind is not None)
    measured = {
        "all": measures(outcomes),
        "kinds": {k: measures([o for o in outcomes if o.question.kind == k]) for k in kinds},
    }
    if as_json:
        asked_with = {"top": top, "threshold": threshold, **asdict(filters)}
        write_json(
            {
                "version": CONTRACT_VERSION,
                "asked_with": asked_with,
                "lines_without_article": absent,
                **_plain(measured),
                "outcomes": [_outcome_json(outcome) for outcome in outcomes],
            }
        )
    else:
        write(table(measured))
    return ExitCode.ANSWERED


def _read(file: str) -> list[Question]:
    """The file's questions; none, said to the person, where any line of it is wrong."""
    called = "standard input" if file == "-" else one_line(file)
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        say(f"{called} cannot be read: {why}; give a file of questions, a JSON object a line")
        return []
    questions, faults = read_questions(content)
    for fault in faults[:MOST_FAULTS]:
        say(f"{called}, {fault}")
    if len(faults) > MOST_FAULTS:
        say(f"{called}: {len(faults) - MOST_FAULTS} more lines are wrong")
    if not faults and not questions:
        say(f'{called} has no question; write {{"question": "…", "answers": ["…"]}}, one a line')
    return [] if faults else questions


def _absent(lines: Sequence[int]) -> str:
    some = ", ".join(map(str, lines[:MOST_LINES]))
    more = f" and {len(lines) - MOST_LINES} more" if len(lines) > MOST_LINES else ""
    one = len(lines) == 1
    return (
        f"{len(lines)} question{'' if one else 's'} expect{'s' if one else ''} an article that is "
        f"not in the library, which nothing can cite: line{'' if one else 's'} {some}{more}"
    )


# --- asking


def ask_all(
    ask: Ask, questions: Sequence[Question], expected: Mapping[int, set[str]]
) -> list[Outcome]:
    """An outcome a question, in order; on a terminal, a line of progress now and then.

    `expected` has the ids of the articles that each question may mean, by its line.
    """
    # A model's first run takes longer than any after it, and is not what a question takes.
    ask(questions[0].text)
    begun = last = time.monotonic()
    outcomes = []
    for done, question in enumerate(questions):
        now = time.monotonic()
        if done and now - last >= PROGRESS_EVERY_S and sys.stderr.isatty():
            last = now
            left_s = (now - begun) * (len(questions) - done) / done
            say(f"{done} of {len(questions)} questions, about {left_s:.0f} s left")
        started = time.perf_counter()
        answer = ask(question.text)
        took_ms = (time.perf_counter() - started) * 1000
        outcomes.append(judge(question, answer, took_ms, expected[question.line]))
    return outcomes


def judge(question: Question, answer: Answer, took_ms: float, expected: set[str]) -> Outcome:
    """What the answer is worth; `expected` are the ids of the articles that may be cited."""
    cited = answer.citations
    right = [_is_right(citation.text, question) for citation in cited]
    marks: dict[str, float] = {}
    if question.answerable:
        marks["answered"] = float(answer.answered)
    tells = question.answerable and bool(question.answers or question.sentence)
    if tells:
        marks["sentence_at_1"] = float(any(right[:1]))
        marks["sentence_at_3"] = float(any(right[:FIRST]))
    if question.answerable and question.articles:
        marks["article_at_1"] = float(any(c.article_id in expected for c in cited[:1]))
        marks["article_cited"] = float(any(c.article_id in expected for c in cited))
    if question.answers:
        short = answer.short_answer
        marks["exact_match"] = scoring.exact_match(short, question.answers)
        marks["f1"] = scoring.token_f1(short, question.answers)
    best = [*cited, *(answer.refusal.nearest if answer.refusal else ())][:1]
    best_right = any(_is_right(citation.text, question) for citation in best)
    return Outcome(
        question=question,
        answered=answer.answered,
        confidence=answer.confidence,
        took_ms=took_ms,
        marks=marks,
        best_right=best_right if tells or not question.answerable else None,
    )


def _is_right(text: str, question: Question) -> bool:
    return scoring.holds_answer(text, question.answers) or (
        question.sentence is not None and scoring.holds_sentence(text, question.sentence)
    )


# --- figures


def measures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of these questions; None where they cannot tell one."""
    answerable = [o for o in outcomes if o.question.answerable]
    other = [o for o in outcomes if not o.question.answerable]
    answered = [o for o in answerable if o.answered]
    judged = [o for o in outcomes if o.best_right is not None]
    refusals = scoring.refused_figures(
        [not o.answered for o in answerable], [not o.answered for o in other]
    )
    refusals["auroc"] = scoring.auroc_figure(
        [o.confidence for o in answerable], [o.confidence for o in other]
    )
    took_ms = [o.took_ms for o in outcomes]
    return {
        "questions": len(outcomes),
        "answerable": len(answerable),
        "figures": {name: _mean(name, answerable) for name in MARKS},
        "of_answered": {name: _mean(name, answered) for name in MARKS if name != "answered"},
        "refusals": {name: _told(figure) for name, figure in refusals.items()},
        "calibration": {
            "answerable": _calibration(
                outcomes if answerable and other else [],
                [o.question.answerable for o in outcomes],
            ),
            "sentence_right": _calibration(
                judged if any(o.question.answerable for o in judged) else [],
                [bool(o.best_right) for o in judged],
            ),
        },
        "latency_ms": {
            "median": scoring.percentile_figure(took_ms, 50),
            "p95": scoring.percentile_figure(took_ms, 95),
        },
    }


def _mean(name: str, outcomes: Sequence[Outcome]) -> Figure | None:
    return _told(scoring.mean_figure([o.marks[name] for o in outcomes if name in o.marks]))


def _told(figure: Figure) -> Figure | None:
    return None if math.isnan(figure.value) else figure


def _calibration(outcomes: Sequence[Outcome], came: Sequence[bool]) -> dict[str, Any]:
    if not outcomes:
        return {"error": None, "bins": []}
    confidences = [o.confidence for o in outcomes]
    return {
        "error": scoring.calibration_figure(confidences, came),
        "bins": scoring.reliability(confidences, came),
    }


# --- written


def table(measured: Mapping[str, Any]) -> str:
    """The figures for a person: a block for all questions, and one for each kind."""
    blocks = [_block("all", measured["all"])]
    blocks += [_block(one_line(kind), each) for kind, each in measured["kinds"].items()]
    return "\n".join(blocks)


def _block(name: str, found: Mapping[str, Any]) -> str:
    refusals, calibration, latency = found["refusals"], found["calibration"], found["latency_ms"]
    rows = [
        (what, found["figures"][mark], found["of_answered"].get(mark))
        for mark, what in MARKS.items()
    ]
    rows += [
        ("refusals, precision", refusals["precision"], None),
        ("refusals, recall", refusals["recall"], None),
        ("refusals, F1", refusals["f1"], None),
        ("confidence, AUROC", refusals["auroc"], None),
        ("calibration error, answerable", calibration["answerable"]["error"], None),
        ("calibration error, sentence", calibration["sentence_right"]["error"], None),
        ("latency, median ms", latency["median"], None),
        ("latency, p95 ms", latency["p95"], None),
    ]
    count = found["questions"]
    lines = [
        f"{name}: {count} question{'s' * (count != 1)}, {found['answerable']} answerable",
        f"  {'':30}{'':7}  {'95 %':15}{'n':>5}   {'of the answered':24}{'n':>5}",
    ]
    for what, figure, of_answered in rows:
        if figure is not None:
            second = "" if of_answered is None else f"   {_cells(of_answered)}"
            digits = 0 if what.startswith("latency") else 3
            lines.append(f"  {what:30}{_cells(figure, digits)}{second}")
    return "\n".join(lines) + "\n"


def _cells(figure: Figure, digits: int = 3) -> str:
    span = f"{figure.low:.{digits}f} to {figure.high:.{digits}f}"
    return f"{figure.value:7.{digits}f}  {span:15}{figure.questions:5}"


def _plain(value: Any) -> Any:
    """The value with every figure and bin as an object of rounded numbers, for JSON."""
    if isinstance(value, Figure | scoring.Bin):
        return {
            key: round(each, 4) if isinstance(each, float) else each
            for key, each in asdict(value).items()
        }
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "line": outcome.question.line,
        "question": outcome.question.text,
        "kind": outcome.question.kind,
        "answerable": outcome.question.answerable,
        "answered": outcome.answered,
        "confidence": outcome.confidence,
        "took_ms": round(outcome.took_ms, 1),
        **{name: outcome.marks.get(name) for name in MARKS if name != "answered"},
    }
