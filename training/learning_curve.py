"""What more training data brings: the same short recipe over ever more articles.

    python training/learning_curve.py --examples groups.jsonl --ranked ranked.jsonl --work FOLDER \
        [--points 1 2 4 8 15] [--share 0.25] [--bfloat16] [--draw docs/learning-curve.svg]

A point is a number of squad's training articles, each set holding the one before it, with a share
of their questions. Every run starts from the base, whose first layers stay (frozen.py), and has
the same `STEPS` steps, so that what differs is how often a question is seen again; it is told of
the calibration articles' questions as watch.py tells, with the first four passages found. Two
passages a question, nothing dropped out, no question and sentence pairs: a weaker recipe than
train_reader.py's, so that what is worth reading is how much a doubling brings. FOLDER keeps the
frozen layers' states, checkpoints and figures: a run that was cut off goes on, and what is
finished is only drawn again. `--seed` draws another order of articles.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from training import watch
from training.base import BASE_TOKENIZER, base_model
from training.batching import Group, Ints, Recipe, Tokens, passages_of
from training.frozen import FrozenBase, FrozenReader, States
from training.train_reader import Schedule, read_groups, train

KINDS = ("squad", "no", "swap")
STEPS, GROUPS_A_STEP = 240, 12
RATE, HEAD_RATE = 3e-4, 3e-3
SWAPS = 0.5  # of an article's exchanged questions: about as many as an epoch of the reader's has
WRONG = 2
PASSAGES, TOKENS = 4, 160
RECIPE = Recipe(an_epoch={}, near_wrong=1, far_wrong=0, own=1, cut=0, title_dropped=0)
FIGURES = {
    "first": ("first sentence right", "#1f5fa8"),
    "f1": ("short answer, F1", "#b3541e"),
    "auroc": ("nearly answered told, AUROC", "#3b7a3b"),
}
# SQuAD 2.0's training set, by its authors' count.
ALL_OF_SQUAD = 130_319


def article_of(group: Group) -> str:
    title: str = (group["right"] or group["wrong"])[0]["title"]
    return title


def short(group: Group) -> Group:
    """The group with the passages that these runs show: one that answers, two that do not."""
    if group["kind"] == "swap":
        return {**group, "wrong": group["wrong"][:1]}
    if group["kind"] == "no":
        own, found = group["wrong"][: group["own"]], group["wrong"][group["own"] :]
        return {**group, "wrong": [*own[:1], *found[:1]], "own": 1}
    told = [record for record in group["right"] if record["answers"]]
    return {**group, "right": (told or group["right"])[:1], "wrong": group["wrong"][:WRONG]}


def chosen(groups: Sequence[Group], articles: int, share: float, seed: int) -> list[Group]:
    """The groups of so many articles; with less of either, a part of what more would have had."""
    by_article: dict[str, dict[str, list[Group]]] = defaultdict(lambda: defaultdict(list))
    for group in groups:
        by_article[article_of(group)][group["kind"]].append(group)
    order = sorted(by_article)
    random.Random(seed).shuffle(order)
    some = []
    for title in order[:articles]:
        for kind, own in sorted(by_article[title].items()):
            # Of each article the same questions, however many articles there are.
            random.Random(f"{title} {kind}").shuffle(own)
            some += own[: round(len(own) * share * (SWAPS if kind == "swap" else 1))]
    return [short(group) for group in some]


def shown(groups: Iterable[Group], tokens: Tokens) -> list[Ints]:
    return [
        tokens.shown(group["question"], record).ids
        for group in groups
        for record in passages_of(group)
    ]


def run(
    name: str,
    groups: list[Group],
    ranked: Sequence[Group],
    tokens: Tokens,
    states: States,
    work: Path,
    *,
    bfloat16: bool,
) -> dict[str, Any]:
    """Train on the groups and say what came of it."""
    since = time.perf_counter()
    schedule = Schedule(
        epochs=(STEPS + 0.5) * GROUPS_A_STEP / len(groups),
        rate=RATE,
        head_rate=HEAD_RATE,
        groups_a_step=GROUPS_A_STEP,
        frozen=states.layers,
        recipe=RECIPE,
    )
    network, before = (FrozenReader(base_model(), states, bfloat16=bfloat16) for _ in range(2))
    checkpoint = work / f"{name}.pt"
    base = FrozenBase(before)
    train(network, base, groups, tokens, schedule, "cpu", checkpoint=checkpoint, save_every=40)
    found: dict[str, Any] = watch.figures(watch.read_all(network, ranked, tokens, "cpu"), ranked)
    found["articles"] = len({article_of(group) for group in groups})
    found["questions"] = sum(group["kind"] != "swap" for group in groups)
    found["epochs"] = round(schedule.epochs, 1)
    found["minutes"] = round((time.perf_counter() - since) / 60, 1)
    checkpoint.unlink()
    return found


def slope(rows: Sequence[dict[str, Any]], figure: str) -> tuple[float, float, float]:
    """What a doubling of the questions brings, and two guesses for all of SQuAD 2.0's.

    The guesses go on from the last row: one by as much for each doubling, the other by the same
    part of what is missing to 1 (a power law of the error).
    """
    doublings = np.log2([row["questions"] for row in rows])
    values = np.array([row[figure] for row in rows])
    more = np.log2(ALL_OF_SQUAD) - doublings[-1]
    each = float(np.polyfit(doublings, values, 1)[0])
    part = float(np.polyfit(doublings, np.log(1 - values), 1)[0])
    level = 1 - (1 - values[-1]) * np.exp(part * more)
    return each, min(1.0, float(values[-1] + each * more)), float(level)


def draw(rows: Sequence[dict[str, Any]], path: Path) -> None:
    from matplotlib import pyplot

    from benchmarks.plots import save

    figure, axes = pyplot.subplots(figsize=(6.4, 3.6), layout="constrained")
    questions = [row["questions"] for row in rows]
    for name, (label, colour) in FIGURES.items():
        values = [row[name] for row in rows]
        axes.plot(questions, values, color=colour, label=label, marker="o", markersize=4)
    axes.set_xscale("log", base=2)
    axes.set_xticks(questions, [f"{row['questions']:,}\n{row['articles']}" for row in rows])
    axes.minorticks_off()
    axes.set_xlabel("questions learned from, and their articles")
    axes.set_ylabel("on other articles")
    axes.grid(visible=True, linewidth=0.4)
    axes.legend(frameon=False, fontsize=8)
    save(figure, path)


def report(results: dict[str, dict[str, Any]], picture: Path | None) -> None:
    """The slopes over the points, from each on, and the picture."""
    rows = sorted(results.values(), key=lambda row: int(row["questions"]))
    if len(rows) < 2:
        return
    for figure in FIGURES:
        for begun in range(0, len(rows) - 1):
            each, line, level = slope(rows[begun:], figure)
            print(
                f"{figure}: from {rows[begun]['questions']} questions on {each:+.4f} a doubling; "
                f"at {ALL_OF_SQUAD} {line:.3f} by the line, {level:.3f} by the power law"
            )
    if picture is not None:
        draw(rows, picture)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--ranked", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--points", nargs="+", type=int, default=[1, 2, 4, 8, 15])
    parser.add_argument("--share", type=float, default=0.25, help="of each article's questions")
    parser.add_argument("--frozen", type=int, default=9)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--bfloat16", action="store_true")
    parser.add_argument("--threads", type=int, help="fewer waste less beside others' work")
    parser.add_argument("--draw", type=Path)
    given = parser.parse_args()
    from embeddings.graphs import open_tokenizer

    if given.threads:
        torch.set_num_threads(given.threads)
    tokens = Tokens(open_tokenizer(BASE_TOKENIZER.checked()), TOKENS)
    states = States(given.work, given.frozen)
    groups = [group for group in read_groups(given.examples, ["train"]) if group["kind"] in KINDS]
    ranked = [
        {**group, "passages": group["passages"][:PASSAGES]} for group in read_groups(given.ranked)
    ]
    tokens.take(ranked)
    states.take(shown(ranked, tokens))
    of_run = f"{given.frozen}-{given.seed}-{given.share}"
    kept = given.work / f"figures-{of_run}.json"
    results = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    for articles in given.points:
        point = str(articles)
        if point not in results:
            some = chosen(groups, articles, given.share, given.seed)
            tokens.take(some)
            states.take(shown(some, tokens))
            name = f"{of_run}-{point}"
            results[point] = run(
                name, some, ranked, tokens, states, given.work, bfloat16=given.bfloat16
            )
            kept.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
        print(point, results[point], flush=True)
    report({str(point): results[str(point)] for point in given.points}, given.draw)


if __name__ == "__main__":
    main()
