"""From groups to batches of numbers: questions and passages are tokenised once, then composed.

A group is a question with passages (examples.py). Its tokens are kept by sentence, so that a
passage can be shown without the sentence that answers: what is left speaks of the same and does
not say it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Group = dict[str, Any]
Ints = npt.NDArray[np.int64]

MOST_TOKENS = 256
CLS, SEP = 101, 102
OUTSIDE = -1


@dataclass(slots=True)
class Record:
    """A passage's tokens; `sentence_of` and the answers' ends are per token of `body`."""

    head: Ints
    body: Ints
    sentence_of: Ints
    starts: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.bool_]
    offsets: Ints
    gold: tuple[int, ...]
    has_answers: bool


@dataclass(slots=True)
class Shown:
    """One pair as it is shown: the tokens, and what is right about them."""

    ids: Ints
    kinds: Ints
    first: int  # where the passage's own tokens begin
    sentence_of: Ints
    starts: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.bool_]
    gold: tuple[int, ...]


@dataclass(slots=True)
class Batch:
    """Padded pairs, and flat indices into them. Arrays, made tensors by the trainer."""

    ids: Ints  # (pairs, tokens)
    kinds: Ints
    mask: Ints
    labels: npt.NDArray[np.float32]  # (pairs,): whether the passage answers
    inside: Ints  # flat positions of the passages' own tokens
    slot: Ints  # per such token, its sentence's place in `sentence_group`
    token_group: Ints
    starts: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.bool_]
    sentence_group: Ints
    sentence_gold: npt.NDArray[np.bool_]
    spans_known: npt.NDArray[np.bool_]  # (groups,)
    groups: int


@dataclass(slots=True)
class Tokens:
    """Questions' and passages' tokens, each made once; a pair has at most `most_tokens`."""

    tokenizer: Any
    most_tokens: int = MOST_TOKENS
    questions: dict[str, Ints] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)

    def take(self, groups: Sequence[Group]) -> None:
        """Tokenise all of the groups at once."""
        texts = sorted({group["question"] for group in groups})
        for text, encoding in zip(texts, self._encoded(texts), strict=True):
            self.questions[text] = np.array(encoding.ids, dtype=np.int64)
        records = [record for group in groups for record in passages_of(group)]
        titles = sorted({record["title"] for record in records})
        heads = {
            title: np.array(encoding.ids if title else [], dtype=np.int64)
            for title, encoding in zip(
                titles, self._encoded([f"{title}. " for title in titles]), strict=True
            )
        }
        known: dict[str, Any] = {}
        bodies = sorted({record["text"] for record in records})
        for text, encoding in zip(bodies, self._encoded(bodies), strict=True):
            known[text] = (
                np.array(encoding.ids, dtype=np.int64),
                np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2),
            )
        for record in records:
            ids, offsets = known[record["text"]]
            self.records[id(record)] = _record(record, heads[record["title"]], ids, offsets)

    def _encoded(self, texts: Sequence[str]) -> list[Any]:
        return list(self.tokenizer.encode_batch(list(texts), add_special_tokens=False))

    def shown(
        self, question: str, record: dict[str, Any], *, title: bool = True, cut: bool = False
    ) -> Shown:
        """The pair; `cut` leaves the sentences out that answer."""
        asked = self.questions[question]
        told = self.records[id(record)]
        kept = np.ones(len(told.body), dtype=np.bool_)
        if cut:
            kept = ~np.isin(told.sentence_of, told.gold)
        head = told.head if title else told.head[:0]
        begun = 2 + len(asked) + len(head)
        room = self.most_tokens - begun - 1
        where = np.flatnonzero(kept)[: max(0, room)]
        ids = np.concatenate([[CLS], asked, [SEP], head, told.body[where], [SEP]])
        kinds = np.zeros(len(ids), dtype=np.int64)
        kinds[2 + len(asked) :] = 1
        return Shown(
            ids=ids,
            kinds=kinds,
            first=begun,
            sentence_of=told.sentence_of[where],
            starts=told.starts[where],
            ends=told.ends[where],
            gold=() if cut else told.gold,
        )


def passages_of(group: Group) -> list[dict[str, Any]]:
    return [
        *group.get("right", ()),
        *group.get("wrong", ()),
        *group.get("passages", ()),
    ]


def _record(record: dict[str, Any], head: Ints, ids: Ints, offsets: Ints) -> Record:
    sentence_of = np.full(len(ids), OUTSIDE, dtype=np.int64)
    for number, (start, end) in enumerate(record["sentences"]):
        sentence_of[(offsets[:, 0] >= start) & (offsets[:, 0] < end)] = number
    starts = np.zeros(len(ids), dtype=np.bool_)
    ends = np.zeros(len(ids), dtype=np.bool_)
    for start, end in record["answers"]:
        starts |= (offsets[:, 0] <= start) & (start < offsets[:, 1])
        ends |= (offsets[:, 0] < end) & (end <= offsets[:, 1])
    return Record(
        head=head,
        body=ids,
        sentence_of=sentence_of,
        starts=starts,
        ends=ends,
        offsets=offsets,
        gold=tuple(record["gold"]),
        has_answers=bool(record["answers"]),
    )


def composed(shown: Sequence[tuple[int, Shown]], spans_known: Sequence[bool]) -> Batch:
    """A batch of pairs, each with its group's number in the batch."""
    width = max(len(pair.ids) for _, pair in shown)
    ids = np.zeros((len(shown), width), dtype=np.int64)
    kinds, mask = np.zeros_like(ids), np.zeros_like(ids)
    inside, slot, token_group, starts, ends = [], [], [], [], []
    sentence_group: list[int] = []
    sentence_gold: list[bool] = []
    for row, (group, pair) in enumerate(shown):
        ids[row, : len(pair.ids)] = pair.ids
        kinds[row, : len(pair.ids)] = pair.kinds
        mask[row, : len(pair.ids)] = 1
        own = np.flatnonzero(pair.sentence_of != OUTSIDE)
        numbers, at = np.unique(pair.sentence_of[own], return_inverse=True)
        inside.append(row * width + pair.first + own)
        slot.append(len(sentence_group) + at)
        token_group.append(np.full(len(own), group, dtype=np.int64))
        starts.append(pair.starts[own])
        ends.append(pair.ends[own])
        sentence_group += [group] * len(numbers)
        sentence_gold += [int(number) in pair.gold for number in numbers]
    return Batch(
        ids=ids,
        kinds=kinds,
        mask=mask,
        labels=np.array([bool(pair.gold) for _, pair in shown], dtype=np.float32),
        inside=np.concatenate(inside),
        slot=np.concatenate(slot),
        token_group=np.concatenate(token_group),
        starts=np.concatenate(starts),
        ends=np.concatenate(ends),
        sentence_group=np.array(sentence_group, dtype=np.int64),
        sentence_gold=np.array(sentence_gold, dtype=np.bool_),
        spans_known=np.array(spans_known, dtype=np.bool_),
        groups=len(spans_known),
    )


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one epoch is made of."""

    an_epoch: dict[str, int] = field(default_factory=lambda: {"nqg": 4500, "swap": 2200})
    near_wrong: int = 2  # of the first wrong passages found, for an answerable question
    far_wrong: int = 1
    own: int = 2  # of the passages that nearly answer
    without: float = 0.06  # answerable questions shown with nothing that answers
    pairs_without: float = 0.2
    cut: float = 0.08  # ... shown with the sentence that answers left out
    title_dropped: float = 0.15


def epoch_of(
    groups: Sequence[Group], tokens: Tokens, recipe: Recipe, generator: random.Random
) -> Iterator[tuple[list[Shown], bool]]:
    """Each group once: its pairs drawn for this time, and whether its answers' spans are known."""
    by_kind: dict[str, list[Group]] = {}
    for group in groups:
        by_kind.setdefault(group["kind"], []).append(group)
    chosen: list[Group] = []
    for kind, some in by_kind.items():
        chosen += generator.sample(some, min(recipe.an_epoch.get(kind, len(some)), len(some)))
    generator.shuffle(chosen)
    for group in chosen:
        pairs, known = _drawn(group, tokens, recipe, generator)
        if pairs:
            yield pairs, known


def _drawn(
    group: Group, tokens: Tokens, recipe: Recipe, generator: random.Random
) -> tuple[list[Shown], bool]:
    kind, right, wrong = group["kind"], group["right"], group["wrong"]
    title = generator.random() > recipe.title_dropped

    def some(records: list[dict[str, Any]], most: int) -> list[Shown]:
        taken = generator.sample(records, min(most, len(records)))
        return [tokens.shown(group["question"], record, title=title) for record in taken]

    if kind == "no":
        own = group["own"]
        return some(wrong[:own], recipe.own) + some(wrong[own:], 1), True
    if kind == "swap":
        return some(wrong, recipe.own), True
    pairs = some(wrong[:4], recipe.near_wrong) + some(wrong[4:], recipe.far_wrong)
    luck = generator.random()
    if luck < (recipe.without if kind == "squad" else recipe.pairs_without):
        return pairs, True
    record = generator.choice([r for r in right if r["answers"]] or right)
    cut = generator.random() < recipe.cut
    shown = tokens.shown(group["question"], record, title=title, cut=cut)
    if cut and (shown.sentence_of == OUTSIDE).all():
        return pairs, True
    return [shown, *pairs], cut or kind != "nqg" or bool(record["answers"])


def batches(
    groups: Sequence[Group],
    tokens: Tokens,
    recipe: Recipe,
    generator: random.Random,
    *,
    groups_a_step: int,
) -> Iterator[Batch]:
    """Steps without end."""
    held: list[tuple[list[Shown], bool]] = []
    while True:
        for item in epoch_of(groups, tokens, recipe, generator):
            held.append(item)
            if len(held) == groups_a_step:
                yield composed(
                    [(number, pair) for number, (pairs, _) in enumerate(held) for pair in pairs],
                    [known for _, known in held],
                )
                held = []
