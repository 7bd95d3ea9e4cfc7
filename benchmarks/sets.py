"""The public sets that benchmarks ask from, and what counts as right.

None of them comes with Dateline; WHERE says where they can be had. Squad's questions are split
by article as the reader's training split them (training/splits.py): figures are reported on
articles that neither its weights nor any constant saw.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from embeddings import rebuild
from embeddings.discovery import path_key
from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.models import DEFAULT_MODEL, find_model
from embeddings.records import Passage
from embeddings.storing import article_id_for
from qa.scoring import holds_answer
from training.splits import split_of
from training.swaps import swap

WHERE = """\
{path} is not there. The sets are JSON Lines made of public data, none of which comes with Dateline:
  squad/            articles.jsonl, questions.jsonl, unanswerable.jsonl: SQuAD 1.1 and 2.0 dev,
                    its paragraphs joined to articles (rajpurkar/SQuAD-explorer; CC BY-SA 4.0)
  realtimeqa_gold/  articles.jsonl, questions.jsonl: news articles and weekly quiz questions
                    (realtimeqa/realtimeqa_public; the articles are their publishers')"""
SEED = 7
# The swapped questions of the reported articles that were read by hand and found to be good
# questions that their article does not answer, of 388 (see `squad_swapped`).
_ACCEPTED = """
3f1b99e6 c00d3900 69d4342d 79838f8c fc75b468 7d22ecc4 80eea9e5 f838283f e7222bd9
b6dc55c8 27e4a7fa 08e3a41a 9b395ac8 40ac36f7 6375f107 6ea8a1a7 59fb6648 280d2c4c
82ebe969 76cfa95e 658420fd ce5f1722 063dbe53 858fae1c 0ba4bc79 e00215e5 38461013
a8d9223d 888d2119 6f6fa688 07f747a4 2a7cf554 7c1adde0 69738ad7 aad6d8b0 e2251fa9
5baad8a4 b513bf3c f87dc224 535d7960 82700ea0 fe38c09c df80832c 328bac58 b32b5ec6
d093368d e5125ae6 ddbbae74 567b4254 e9f85554 1a4f84b7 8bb5d214 669f5c48 6e702f6a
ed03c98f ceb472e8 f42933e3 99a89b6c c06f972a 131fd890 2a210051 483414dc a7c6340b
17a2301a de340149 e951ed9f 0a263332 1822ee98 a2306b11 06a929c7 9d6f93fa 153f377d
"""
ACCEPTED = frozenset(_ACCEPTED.split())


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its answer strings (none: the set says that it has no answer) and its group.

    `gold_sentence` is squad's, `gold_sentences` are clapnq's, `gold_articles` realtimeqa's;
    `group` is the squad article, by which questions are split where something is fitted.
    """

    text: str
    answers: tuple[str, ...] = ()
    gold_sentence: str = ""
    gold_articles: tuple[str, ...] = ()
    gold_has_answer: bool = False
    gold_sentences: tuple[str, ...] = ()
    group: str = ""


# --- the sets


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        raise SystemExit(WHERE.format(path=path))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def sampled(questions: list[Question], most: int) -> list[Question]:
    """The same questions whenever the same number is asked for, and a prefix of more."""
    random.Random(SEED).shuffle(questions)
    return questions[:most]


def squad_answerable(data: Path, split: str | None = None) -> list[Question]:
    """Squad's questions with an answer, of one split's articles (None: of all)."""
    return [
        Question(
            text=record["question"],
            answers=tuple(record["answers"]),
            gold_sentence=record["answer_sentence"],
            group=record["article_id"],
        )
        for record in _of_split(data, "questions.jsonl", split)
    ]


def squad_unanswerable(data: Path, split: str | None = None) -> list[Question]:
    """Squad's questions that their own paragraph nearly answers."""
    return [
        Question(text=record["question"], group=record["article_id"])
        for record in _of_split(data, "unanswerable.jsonl", split)
    ]


def squad_swapped(data: Path, split: str | None = None) -> list[Question]:
    """Squad's answerable questions with a name, year or number exchanged for another's.

    An exchange may leave a question that its article does answer, or none at all, so of the
    reported articles only those in ACCEPTED are taken; the others are taken as they come.
    """
    records = _of_split(data, "questions.jsonl", split)
    paragraphs = {
        record["id"]: record["text"].split("\n\n")
        for record in read_jsonl(data / "squad" / "articles.jsonl")
    }
    asked: dict[str, list[str]] = {}
    for record in records:
        asked.setdefault(record["article_id"], []).append(record["question"])
    generator = random.Random(SEED)
    questions = []
    for record in records:
        group = record["article_id"]
        found = swap(
            record["question"],
            paragraphs[group][record["paragraph_index"]],
            asked[group],
            about=group.removeprefix("squad:").replace("_", " "),
            generator=generator,
            alike=True,
        )
        checked = split_of(group) != "report" or (found and digest(found[0]) in ACCEPTED)
        if found is not None and checked:
            questions.append(Question(text=found[0], group=group))
    return questions


def digest(text: str) -> str:
    """A short name for a question, so that none need be copied here."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _of_split(data: Path, file: str, split: str | None) -> list[dict[str, Any]]:
    records = read_jsonl(data / "squad" / file)
    return [r for r in records if split in (None, split_of(r["article_id"]))]


def clapnq(data: Path, *, answerable: bool) -> list[Question]:
    """ClapNQ's questions; `gold_sentences` are those that any annotator chose."""
    return [
        Question(
            text=record["question"],
            gold_sentences=tuple(
                dict.fromkeys(
                    same_spaces(sentence)
                    for answer in record.get("answers") or []
                    for sentence in answer["selected_sentences"]
                )
            ),
            group="clapnq",
        )
        for record in read_jsonl(data / "clapnq" / "questions.jsonl")
        if record["answerable"] is answerable
    ]


def realtimeqa(data: Path) -> list[Question]:
    key = path_key(data / "realtimeqa_gold" / "articles.jsonl")
    return [
        Question(
            text=record["question"],
            answers=tuple(record["answers"]),
            gold_articles=tuple(article_id_for(key, gold) for gold in record["gold_article_ids"]),
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


def passage_rank(passages: Sequence[Passage], question: Question) -> int:
    """The rank, from 1, of the passage with the gold sentence; large where there is none."""
    for holds in (_holds_sentence, _holds_part):
        for rank, passage in enumerate(passages, 1):
            if holds(passage, question):
                return rank
    return sys.maxsize


def is_gold_sentence(text: str, question: Question) -> bool:
    """Whether the text is the annotated sentence, or a part of it with the answer."""
    gold, text = same_spaces(question.gold_sentence), same_spaces(text)
    return gold in text or (text in gold and holds_answer(text, question.answers))
