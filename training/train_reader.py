"""Train the reader on the groups of examples.py or second_stage.py.

    python training/train_reader.py --examples second.jsonl --ranked ranked.jsonl \
        --out CHECKPOINTS --epochs 6 [--device cuda] [--splits train calibrate] [--resume]

Over all sentences and tokens of a question's passages one softmax is taken together with a fixed
nought for "not here" (shared normalisation: Clark and Gardner, "Simple and Effective
Multi-Paragraph Reading Comprehension", ACL 2018), so that scores compare across passages and with
no answer at all. The learning rate goes by the steps, not by the clock, so that a slow machine
comes to what a fast one does. `--ranked` tells how the calibration articles' questions are
answered after each run (watch.py). A checkpoint every `--save-every` steps lets a run that was cut
off go on (`--resume`); on two CPU cores an epoch takes some hours, on a graphics card seconds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from training import watch
from training.batching import Batch, Group, Recipe, Tokens, batches
from training.model import ANSWERS, END, EVIDENCE, RELEVANCE, START, ReaderNetwork

WARM_SHARE = 0.05
SPAN_WEIGHT, ANSWERS_WEIGHT, KEPT_WEIGHT = 0.5, 0.5, 0.004
KEPT_EVERY = 3
AHEAD = 24
NEVER = -1e4


# Without slots, which would hide the defaults that the command line shows.
@dataclass(frozen=True)
class Schedule:
    """How one run goes. Rates per step; the embeddings and the first `frozen` layers stay."""

    epochs: float = 6
    rate: float = 7e-5
    head_rate: float = 5e-4
    groups_a_step: int = 24
    frozen: int = 0
    seed: int = 5
    recipe: Recipe = field(default_factory=Recipe)


def read_groups(path: Path, splits: Sequence[str] | None = None) -> list[Group]:
    """The groups of the file, of the splits given."""
    with path.open(encoding="utf-8") as lines:
        groups = [json.loads(line) for line in lines]
    return [group for group in groups if splits is None or group["split"] in splits]


def on(device: str, batch: Batch) -> dict[str, torch.Tensor]:
    """The batch's arrays as tensors of the device."""
    names = [name for name in Batch.__slots__ if name != "groups"]
    return {
        name: torch.from_numpy(getattr(batch, name)).to(device, non_blocking=True) for name in names
    }


def listwise(
    scores: torch.Tensor, group: torch.Tensor, right: torch.Tensor, groups: int
) -> torch.Tensor:
    """Per group, minus the log share of what is right; of nought where nothing is."""
    device = scores.device
    any_right = torch.zeros(groups, device=device).index_add(0, group, right.float()) > 0
    scores = torch.cat([scores, torch.zeros(groups, device=device)])
    right = torch.cat([right, ~any_right])
    group = torch.cat([group, torch.arange(groups, device=device)])

    def whole(values: torch.Tensor) -> torch.Tensor:
        top = torch.full((groups,), NEVER, device=device)
        top = top.scatter_reduce(0, group, values.detach(), "amax")
        parts = torch.exp(values - top[group])
        return top + torch.log(torch.zeros(groups, device=device).index_add(0, group, parts))

    return whole(scores) - whole(torch.where(right, scores, torch.full_like(scores, NEVER)))


def loss_of(
    batch: dict[str, torch.Tensor], groups: int, tokens: torch.Tensor, whole: torch.Tensor
) -> torch.Tensor:
    """`tokens` is (pairs, tokens, 3), `whole` (pairs, 2), both float32."""
    flat = tokens.reshape(-1, tokens.shape[-1])[batch["inside"]]
    sentences = len(batch["sentence_group"])
    sums = torch.zeros(sentences, device=flat.device)
    counts = torch.zeros_like(sums).index_add(0, batch["slot"], torch.ones_like(flat[:, 0]))
    evidence = sums.index_add(0, batch["slot"], flat[:, EVIDENCE]) / counts
    known = batch["spans_known"].float()
    spans = [
        (listwise(flat[:, end], batch["token_group"], batch[marks], groups) * known).sum()
        / known.sum().clamp(min=1)
        for end, marks in ((START, "starts"), (END, "ends"))
    ]
    answers = functional.binary_cross_entropy_with_logits(whole[:, ANSWERS], batch["labels"])
    sentence = listwise(evidence, batch["sentence_group"], batch["sentence_gold"], groups).mean()
    return sentence + SPAN_WEIGHT * (spans[0] + spans[1]) + ANSWERS_WEIGHT * answers


class Source(IterableDataset[Batch]):
    """The batches of a run, from its first step on."""

    def __init__(
        self, groups: Sequence[Group], tokens: Tokens, schedule: Schedule, begun: int
    ) -> None:
        self.made = (groups, tokens, schedule, begun)

    def __iter__(self) -> Iterator[Batch]:
        groups, tokens, schedule, begun = self.made
        return batches(
            groups,
            tokens,
            schedule.recipe,
            random.Random(schedule.seed + begun),
            groups_a_step=schedule.groups_a_step,
        )


def as_it_is(batch: Batch) -> Batch:
    return batch


def steps_of(groups: Sequence[Group], schedule: Schedule) -> int:
    """How many steps the epochs take."""
    counts: dict[str, int] = {}
    for group in groups:
        counts[group["kind"]] = counts.get(group["kind"], 0) + 1
    an_epoch = sum(min(schedule.recipe.an_epoch.get(k, n), n) for k, n in counts.items())
    return int(schedule.epochs * an_epoch / schedule.groups_a_step)


def optimizer_of(network: ReaderNetwork, schedule: Schedule) -> torch.optim.Optimizer:
    """AdamW over what may move: not the embeddings, nor the first layers that are frozen."""
    for module in [network.bert.embeddings, *network.bert.encoder.layer[: schedule.frozen]]:
        for parameter in module.parameters():
            parameter.requires_grad = False
    heads = {id(p) for p in [*network.tokens.parameters(), *network.answers.parameters()]}
    moving = [p for p in network.parameters() if p.requires_grad]
    plans: list[dict[str, Any]] = []
    for rate, chosen in (
        (schedule.rate, [p for p in moving if id(p) not in heads]),
        (schedule.head_rate, [p for p in moving if id(p) in heads]),
    ):
        plans.append({"params": chosen, "lr": rate, "rate": rate})
    return torch.optim.AdamW(plans, weight_decay=0.01, fused=moving[0].is_cuda)


def train(
    network: ReaderNetwork,
    base: nn.Module,
    groups: Sequence[Group],
    tokens: Tokens,
    schedule: Schedule,
    device: str,
    *,
    checkpoint: Path | None = None,
    save_every: int = 0,
) -> None:
    """Train `network` in place; `base` says what the relevance is held near."""
    torch.manual_seed(schedule.seed)
    optimizer = optimizer_of(network, schedule)
    steps, step = steps_of(groups, schedule), 0
    if checkpoint is not None and checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True, map_location=device)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    # Composed by a process of its own while the device works.
    source = DataLoader(
        Source(groups, tokens, schedule, step),
        batch_size=None,
        num_workers=1,
        prefetch_factor=AHEAD,
        collate_fn=as_it_is,
        multiprocessing_context="fork",
    )
    network.train()
    base.eval()
    since, told = time.perf_counter(), torch.zeros((), device=device)
    for batch in itertools.islice(source, steps - step):
        share = step / steps
        factor = min(share / WARM_SHARE + 0.01, 1.0) * max(0.02, 1 - share)
        for plan in optimizer.param_groups:
            plan["lr"] = plan["rate"] * factor
        here = on(device, batch)
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            said, whole = network(here["ids"], here["mask"], here["kinds"])
            kept = None
            if step % KEPT_EVERY == 0:
                with torch.no_grad():
                    kept = base(
                        input_ids=here["ids"],
                        attention_mask=here["mask"],
                        token_type_ids=here["kinds"],
                    ).logits[:, 0]
        loss = loss_of(here, batch.groups, said.float(), whole.float())
        told += loss.detach()
        if kept is not None:
            apart = functional.mse_loss(whole[:, RELEVANCE].float(), kept.float())
            loss = loss + KEPT_WEIGHT * apart
        loss.backward()
        nn.utils.clip_grad_norm_([p for p in network.parameters() if p.requires_grad], 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        if step % 100 == 0 or step == steps:
            spent = time.perf_counter() - since
            print(
                f"{spent:6.0f} s  step {step} of {steps}  loss {float(told) / 100:.3f}", flush=True
            )
            told.zero_()
        if checkpoint is not None and save_every and (step % save_every == 0 or step == steps):
            state = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save({**state, "step": step}, checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--ranked", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=Schedule.epochs)
    parser.add_argument("--rate", type=float, default=Schedule.rate)
    parser.add_argument("--groups-a-step", type=int, default=Schedule.groups_a_step)
    parser.add_argument("--frozen", type=int, default=Schedule.frozen)
    parser.add_argument("--seed", type=int, default=Schedule.seed)
    parser.add_argument("--splits", nargs="+", default=["train"])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--save-every", type=int, default=50)
    parser.add_argument("--resume", action="store_true")
    given = parser.parse_args()
    from embeddings.graphs import open_tokenizer
    from training.base import BASE_TOKENIZER, base_model

    given.out.mkdir(parents=True, exist_ok=True)
    checkpoint = given.out / "reader.pt"
    if not given.resume:
        checkpoint.unlink(missing_ok=True)
    tokens = Tokens(open_tokenizer(BASE_TOKENIZER.checked()))
    groups = read_groups(given.examples, given.splits)
    ranked = read_groups(given.ranked) if given.ranked else []
    tokens.take([*groups, *ranked])
    base = base_model().to(given.device)
    network = ReaderNetwork(base_model()).to(given.device)
    for model in (base, network):
        model.get_submodule("bert").config._attn_implementation = "sdpa"
    schedule = Schedule(
        epochs=given.epochs,
        rate=given.rate,
        groups_a_step=given.groups_a_step,
        frozen=given.frozen,
        seed=given.seed,
    )
    train(
        network,
        base,
        groups,
        tokens,
        schedule,
        given.device,
        checkpoint=checkpoint,
        save_every=given.save_every,
    )
    if ranked:
        print(watch.figures(watch.read_all(network, ranked, tokens, given.device), ranked))


if __name__ == "__main__":
    main()
