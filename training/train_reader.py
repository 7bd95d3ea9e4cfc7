"""Train the reader on the groups of examples.py.

    python training/train_reader.py --examples examples.jsonl --out CHECKPOINTS --minutes 62
    python training/train_reader.py --examples second.jsonl --out SECOND --minutes 62 \
        --from-weights CHECKPOINTS/reader.pt

The learning rate falls to nothing over the minutes given; a checkpoint every ten lets a run
that was cut off go on (`--resume`). `--from-weights` begins the second stage, on what
second_stage.py made, with more pairs and more swapped questions an epoch. Over all sentences and
tokens of a question's passages one softmax is taken together with a fixed nought for "not here"
(shared normalisation: Clark and Gardner, "Simple and Effective Multi-Paragraph Reading
Comprehension", ACL 2018), so that scores compare across passages and with no answer at all.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.l12 import CrossEncoder
from embeddings.graphs import open_tokenizer
from training.base import BASE_TOKENIZER, base_model
from training.model import ANSWERS, END, EVIDENCE, RELEVANCE, START, ReaderNetwork

SEED = 5
MOST_TOKENS = 224
GROUPS_A_STEP = 12
CHUNKS = 3
FROZEN_LAYERS = 4
RATE, HEAD_RATE = 7e-5, 5e-4
WARM_SHARE = 0.05
TITLE_DROPPED = 0.15
SPAN_WEIGHT, ANSWERS_WEIGHT, KEPT_WEIGHT = 0.5, 0.5, 0.004
KEPT_EVERY = 3
# Of each kind of group that many an epoch, in the first stage and the second; and the share of
# pairs shown with nothing but wrong passages.
AN_EPOCH = ({"nqg": 1700, "swap": 700}, {"nqg": 4500, "swap": 1500})
PAIRS_WITHOUT = (0.12, 0.3)
NEVER = -1e4


@dataclass(slots=True)
class Pair:
    """A tokenised question and passage, with what is right about it."""

    group: int
    ids: list[int]
    kinds: list[int]
    sentence_of: list[int]  # per token, -1 outside
    starts: list[int]
    ends: list[int]
    gold: list[int]
    spans_known: bool
    text: str
    question: str


def sampled(
    groups: Sequence[dict[str, Any]], generator: random.Random, stage: int
) -> list[dict[str, Any]]:
    """One epoch: groups with the passages drawn for this time."""
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for group in groups:
        by_kind.setdefault(group["kind"], []).append(group)
    epoch = []
    for kind, some in by_kind.items():
        most = AN_EPOCH[stage].get(kind, len(some))
        for group in generator.sample(some, min(most, len(some))):
            right, wrong = group["right"], group["wrong"]
            if kind == "squad":
                chosen = [] if generator.random() < 0.06 else [_best(right, generator)]
                chosen += wrong[:3] and [generator.choice(wrong[:3])]
                if len(wrong) > 3 and generator.random() < 0.4:
                    chosen.append(generator.choice(wrong[3:]))
            elif kind == "no":
                chosen = [generator.choice(wrong[: group["own"]])]
                if len(wrong) > group["own"] and generator.random() < 0.3:
                    chosen.append(generator.choice(wrong[group["own"] :]))
            elif kind == "swap":
                chosen = [generator.choice(wrong)]
            else:
                chosen = [] if generator.random() < PAIRS_WITHOUT[stage] else [right[0]]
                chosen.append(generator.choice(wrong))
            if chosen:
                epoch.append({"kind": kind, "question": group["question"], "passages": chosen})
    generator.shuffle(epoch)
    return epoch


def _best(right: list[dict[str, Any]], generator: random.Random) -> dict[str, Any]:
    with_span = [record for record in right if record["answers"]]
    return generator.choice(with_span or right)


def tokenised(
    tokenizer: Any, number: int, group: dict[str, Any], record: dict[str, Any], title: bool
) -> Pair:
    head = f"{record['title']}. " if record["title"] and title else ""
    encoding = tokenizer.encode(group["question"], head + record["text"])
    begun = len(head)
    starts_at = {begun + s for s, _ in record["answers"]}
    ends_at = {begun + e for _, e in record["answers"]}
    sentence_of = [-1] * len(encoding.ids)
    starts, ends = [], []
    spans = [(begun + s, begun + e) for s, e in record["sentences"]]
    for token, (part, (start, end)) in enumerate(
        zip(encoding.sequence_ids, encoding.offsets, strict=True)
    ):
        if part != 1 or start < begun or start == end:
            continue
        for at, (first, last) in enumerate(spans):
            if first <= start < last:
                sentence_of[token] = at
                break
        if any(start <= at < end for at in starts_at):
            starts.append(token)
        if any(start < at <= end for at in ends_at):
            ends.append(token)
    return Pair(
        group=number,
        ids=encoding.ids,
        kinds=encoding.type_ids,
        sentence_of=sentence_of,
        starts=starts,
        ends=ends,
        gold=record["gold"],
        spans_known=group["kind"] != "nqg" or not record["gold"] or bool(record["answers"]),
        text=record["text"],
        question=group["question"],
    )


def batches(
    groups: Sequence[dict[str, Any]], tokenizer: Any, generator: random.Random, stage: int
) -> Iterator[list[Pair]]:
    """Steps without end: the pairs of `GROUPS_A_STEP` groups each."""
    while True:
        epoch = sampled(groups, generator, stage)
        for begin in range(0, len(epoch) - GROUPS_A_STEP + 1, GROUPS_A_STEP):
            yield [
                tokenised(tokenizer, number, group, record, generator.random() > TITLE_DROPPED)
                for number, group in enumerate(epoch[begin : begin + GROUPS_A_STEP])
                for record in group["passages"]
            ]


def run(network: ReaderNetwork, pairs: list[Pair]) -> list[tuple[Pair, torch.Tensor, torch.Tensor]]:
    """Each pair with its token scores and pair scores, run in chunks of like length."""
    order = sorted(pairs, key=lambda pair: -len(pair.ids))
    size = -(-len(order) // CHUNKS)
    done = []
    for begin in range(0, len(order), size):
        some = order[begin : begin + size]
        width = len(some[0].ids)
        ids = torch.zeros((len(some), width), dtype=torch.long)
        kinds, mask = torch.zeros_like(ids), torch.zeros_like(ids)
        for row, pair in enumerate(some):
            ids[row, : len(pair.ids)] = torch.tensor(pair.ids)
            kinds[row, : len(pair.ids)] = torch.tensor(pair.kinds)
            mask[row, : len(pair.ids)] = 1
        tokens, whole = network(ids, mask, kinds)
        done += [(pair, tokens[row], whole[row]) for row, pair in enumerate(some)]
    return done


def loss_of(done: list[tuple[Pair, torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    groups: dict[int, list[tuple[Pair, torch.Tensor, torch.Tensor]]] = {}
    for item in done:
        groups.setdefault(item[0].group, []).append(item)
    sentence, span = [], []
    for items in groups.values():
        scores, right = [torch.zeros(1)], [False]
        ends: dict[int, list[torch.Tensor]] = {START: [torch.zeros(1)], END: [torch.zeros(1)]}
        good: dict[int, list[bool]] = {START: [False], END: [False]}
        for pair, tokens, _ in items:
            owner = torch.tensor(pair.sentence_of)
            for number in sorted({at for at in pair.sentence_of if at >= 0}):
                scores.append(tokens[: len(owner)][owner == number, EVIDENCE].mean().reshape(1))
                right.append(number in pair.gold)
            inside = [at for at, number in enumerate(pair.sentence_of) if number >= 0]
            for kind, marked in ((START, pair.starts), (END, pair.ends)):
                ends[kind].append(tokens[inside, kind])
                good[kind] += [at in marked for at in inside]
        sentence.append(_listwise(torch.cat(scores), right))
        if all(pair.spans_known for pair, _, _ in items):
            span += [_listwise(torch.cat(ends[kind]), good[kind]) for kind in (START, END)]
    labels = torch.tensor([float(bool(pair.gold)) for pair, _, _ in done])
    answers = torch.stack([whole[ANSWERS] for _, _, whole in done])
    return (
        torch.stack(sentence).mean()
        + 2 * SPAN_WEIGHT * (torch.stack(span).mean() if span else 0)
        + ANSWERS_WEIGHT * functional.binary_cross_entropy_with_logits(answers, labels)
    )


def _listwise(scores: torch.Tensor, right: list[bool]) -> torch.Tensor:
    """Minus the log share of what is right; the first score, "not here", where nothing is."""
    marks = torch.tensor(right)
    if not marks.any():
        marks[0] = True
    return torch.logsumexp(scores, 0) - torch.logsumexp(scores.masked_fill(~marks, NEVER), 0)


def kept(base: CrossEncoder, done: list[tuple[Pair, torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    """How far the relevance has moved from what the base said of the same texts."""
    said = [float(base.score(pair.question, [pair.text])[0]) for pair, _, _ in done]
    ours = torch.stack([whole[RELEVANCE] for _, _, whole in done])
    return functional.mse_loss(ours, torch.tensor(said))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--from-weights", type=Path, default=None)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    random_numbers = random.Random(SEED)
    torch.manual_seed(SEED)
    with given.examples.open(encoding="utf-8") as lines:
        groups = [json.loads(line) for line in lines]
    tokenizer = open_tokenizer(BASE_TOKENIZER.checked())
    tokenizer.enable_truncation(MOST_TOKENS, strategy="only_second")
    base = CrossEncoder()
    network = ReaderNetwork(base_model())
    network.bert.config._attn_implementation = "sdpa"
    frozen = [network.bert.embeddings, *network.bert.encoder.layer[:FROZEN_LAYERS]]
    for module in frozen:
        for parameter in module.parameters():
            parameter.requires_grad = False
    heads = {id(p) for p in [*network.tokens.parameters(), *network.answers.parameters()]}
    moving = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in moving if id(p) not in heads], "lr": RATE, "rate": RATE},
            {"params": [p for p in moving if id(p) in heads], "lr": HEAD_RATE, "rate": HEAD_RATE},
        ],
        weight_decay=0.01,
    )
    spent_s, step, saved_s, losses = 0.0, 0, 0.0, []
    if given.from_weights is not None:
        network.load_state_dict(torch.load(given.from_weights, weights_only=True)["network"])
    checkpoint = given.out / "reader.pt"
    if given.resume and checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        spent_s, step = state["spent_s"], state["step"]
        random_numbers.seed(SEED + step)
    network.train()
    total_s = given.minutes * 60
    saved_s = spent_s
    since = time.perf_counter()
    stage = int(given.from_weights is not None)
    for pairs in batches(groups, tokenizer, random_numbers, stage):
        done_share = spent_s / total_s
        if done_share >= 1:
            break
        factor = min(done_share / WARM_SHARE + 0.01, 1.0) * max(0.02, 1 - done_share)
        for parameters in optimizer.param_groups:
            parameters["lr"] = parameters["rate"] * factor
        done = run(network, pairs)
        loss = loss_of(done)
        losses.append(float(loss.detach()))
        if step % KEPT_EVERY == 0:
            loss = loss + KEPT_WEIGHT * kept(base, done)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(moving, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        now = time.perf_counter()
        spent_s += now - since
        since = now
        if step % 20 == 0:
            print(
                f"{spent_s / 60:5.1f} min  step {step}  loss {sum(losses) / len(losses):.3f}",
                flush=True,
            )
            losses = []
        if spent_s - saved_s > 600 or spent_s >= total_s:
            saved_s = spent_s
            state = {
                "network": network.state_dict(),
                "optimizer": optimizer.state_dict(),
                "spent_s": spent_s,
                "step": step,
            }
            torch.save(state, checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)


if __name__ == "__main__":
    main()
