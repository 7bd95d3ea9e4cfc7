"""Dateline's search beside other libraries', over the same articles and the same weights.

    python benchmarks/peers.py --data DIR --work FOLDER [--library-cache CACHE] [--questions N]
        [--sets squad,realtimeqa_gold] [--articles N]
        [--peers txtai,llamaindex,haystack,plain] [--engine] [--json FILE]

Each peer is installed in an environment of its own in FOLDER, once, and runs there in a process
of its own (peer_txtai.py and its neighbours say what was chosen for it). It is given the
articles, the questions and the folder of all-MiniLM-L6-v2's weights, and returns passages; it is
scored on those alone, having no reader of sentences that comes with weights. Peers run the
weights in float32, Dateline its int8 graph of them. The longer a passage, the likelier it holds
an answer: read the figures with the words per passage beside them.

A gold passage holds squad's annotated sentence, or half of it and an answer. Dateline's own rows
are its search as the engine uses it, each half of that alone, and, with `--engine`, what
`Engine.ask` cites where it may refuse nothing, on articles its reader was not trained on. The
first sentence of the passage that words alone put first is the plainest thing that answers in
sentences. Times are of one question after another, warm; ingesting is from records in memory,
or for Dateline from their file, to an index on disk, without the loading of the model.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import sets
from benchmarks.sets import Question
from embeddings import rebuild
from embeddings.discovery import path_key
from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.modelfiles import MINILM_WEIGHTS
from embeddings.models import DEFAULT_MODEL, find_model
from embeddings.records import Passage
from embeddings.storing import article_id_for
from qa.engine import Engine
from qa.retrieve import retrieve
from qa.scoring import holds_answer, holds_sentence, mean_figure, same_spaces

HERE = Path(__file__).resolve().parent
DEPTH = 20
# Exact, so that a later run measures the same; torch by itself and first, because asked for by
# another package it may come with gigabytes of CUDA.
TORCH = "torch==2.13.0"
REQUIREMENTS = {
    "txtai": ("txtai==9.14.0",),
    "llamaindex": (
        "llama-index-core==0.14.25",
        "llama-index-embeddings-huggingface==0.8.0",
        "llama-index-retrievers-bm25==0.8.0",
    ),
    "haystack": ("haystack-ai==3.4.1", "sentence-transformers-haystack==2.0.0"),
    "plain": ("sentence-transformers==6.2.0", "faiss-cpu==1.15.1"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage, or a cited sentence; `sentence` is what of it is shown as the answer, if any."""

    article_id: str
    text: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What a system showed for each question, best first, and the milliseconds of each.

    `ingest_s` and `passages` are nought where another run has ingested for it.
    """

    name: str
    version: str
    shown: list[list[Shown]]
    ms: list[float]
    ingest_s: float = 0.0
    passages: int = 0


# --- peers


def environment(work: Path, peer: str) -> Path:
    """The Python of the peer's own environment, made first where it is not there or not whole."""
    folder = work / peer
    python = folder / "bin" / "python"
    wanted = "\n".join((TORCH, *REQUIREMENTS[peer]))
    installed = folder / "installed.txt"
    if not installed.exists() or installed.read_text("utf-8") != wanted:
        print(f"{peer}: installing", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        for what in ((TORCH,), (TORCH, *REQUIREMENTS[peer])):
            subprocess.run([python, "-m", "pip", "install", "--quiet", *what], check=True)
        installed.write_text(wanted, "utf-8")
    return python


def peer_runs(
    peer: str, work: Path, articles: Path, questions: Sequence[Question]
) -> Iterator[Run]:
    """The peer's variants, run in its environment."""
    python = environment(work, peer)
    asked, out = work / "questions.jsonl", work / f"{peer}.jsonl"
    asked.write_text("".join(json.dumps(q.text) + "\n" for q in questions), "utf-8")
    print(f"{peer}: {articles.parent.name}", file=sys.stderr)
    subprocess.run(
        [
            *(python, "-P", HERE / f"peer_{peer}.py"),
            *(articles, asked, MINILM_WEIGHTS.checked().parent, out, str(DEPTH)),
        ],
        check=True,
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
    )
    with out.open(encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    key = path_key(articles)
    for head in (record for record in records if "question" not in record):
        own = [r for r in records if r["variant"] == head["variant"] and "question" in r]
        yield Run(
            name=head["variant"],
            version=head["version"],
            shown=[
                [Shown(article_id_for(key, id_), text) for id_, text, _ in r["passages"]]
                for r in own
            ],
            ms=[r["ms"] for r in own],
            ingest_s=head["ingest_s"],
            passages=head["passages"],
        )


# --- Dateline


def dateline_runs(folder: Path, articles: Path, questions: Sequence[Question]) -> Iterator[Run]:
    """Search as the engine uses it, vectors alone and words alone, over a built library."""
    with Library(folder) as library:
        encoder = Encoder(find_model(DEFAULT_MODEL))

        def fused(question: str) -> list[Passage]:
            vector = encoder.encode_query(question)
            return [hit.passage for hit in retrieve(library, question, vector, limit=DEPTH)]

        def dense(question: str) -> list[Passage]:
            near = library.search_vectors(encoder.encode_query(question), limit=DEPTH)
            return in_order([hit.passage_id for hit in near])

        def words(question: str) -> list[Passage]:
            return in_order([id_ for id_, _ in library.search_words(question, limit=DEPTH)])

        def in_order(ids: list[int]) -> list[Passage]:
            found = library.passages(ids)
            return [found[id_] for id_ in ids]

        def passages(search: Callable[[str], list[Passage]]) -> Callable[[str], list[Shown]]:
            return lambda question: [Shown(p.article_id, p.text) for p in search(question)]

        def first_sentences(question: str) -> list[Shown]:
            return [Shown(p.article_id, p.text, first_sentence(p)) for p in words(question)]

        ingest_s, count = ingested(articles, encoder)
        yield replace(
            timed("dateline", questions, passages(fused)), ingest_s=ingest_s, passages=count
        )
        yield timed("dateline, vectors alone", questions, passages(dense))
        yield timed("dateline, words alone", questions, first_sentences)


def first_sentence(passage: Passage) -> str:
    """The text of the passage's first sentence."""
    first = passage.sentences[0]
    return passage.text[first.start - passage.start : first.end - passage.start]


def ingested(articles: Path, encoder: Encoder) -> tuple[float, int]:
    """Seconds to build a library of the articles anew, and its passages."""
    with tempfile.TemporaryDirectory() as name, Library(Path(name), create=True) as library:
        begun = time.perf_counter()
        rebuild.Rebuild(library, encoder).run([articles])
        spent_s = time.perf_counter() - begun
        return spent_s, library.status().passages


def engine_run(folder: Path, questions: Sequence[Question]) -> Run:
    """`Engine.ask`, refusing nothing: each sentence it cites is what is shown."""
    engine = Engine(folder)

    def cited(question: str) -> list[Shown]:
        citations = engine.ask(question, threshold=0.0).citations
        return [Shown(c.article_id, c.text, c.text) for c in citations]

    try:
        engine.warm()
        return timed("dateline, cited sentences", questions, cited)
    finally:
        engine.close()


def timed(name: str, questions: Sequence[Question], ask: Callable[[str], list[Shown]]) -> Run:
    """The run of a system in this process: each question asked alone, after one for warmth."""
    print(name, file=sys.stderr)
    ask("What is this about?")
    shown, ms = [], []
    for question in questions:
        begun = time.perf_counter()
        shown.append(ask(question.text))
        ms.append((time.perf_counter() - begun) * 1000)
    return Run(name, "this checkout", shown, ms)


# --- right or wrong


def holds_gold(text: str, question: Question) -> bool:
    """Whether the annotated sentence is there, or half of it together with an answer."""
    if holds_sentence(text, question.gold_sentence):
        return True
    gold, text = same_spaces(question.gold_sentence), same_spaces(text)
    half = (len(gold) + 1) // 2
    overlaps = gold[:half] in text or gold[-half:] in text or (len(text) >= half and text in gold)
    return overlaps and holds_answer(text, question.answers)


def measured(run: Run, questions: Sequence[Question]) -> dict[str, Any]:
    """The run's figures; shares are over those questions of which they can be asked."""
    pairs = list(zip(questions, run.shown, strict=True))
    annotated = [(q, shown) for q, shown in pairs if q.gold_sentence]
    answerable = [(q, shown) for q, shown in pairs if q.gold_sentence or q.gold_has_answer]
    found: dict[str, Any] = {
        f"gold passage@{k}": share(
            [any(holds_gold(s.text, q) for s in shown[:k]) for q, shown in annotated]
        )
        for k in (1, 5)
    }
    for k in (1, 5):
        order = [(q, list(dict.fromkeys(s.article_id for s in shown))[:k]) for q, shown in pairs]
        found[f"gold article@{k}"] = share(
            [any(gold in articles for gold in q.gold_articles) for q, articles in order]
        )
    for what, k in (("first", 1), ("first three", 3)):
        found[f"answer in the {what}"] = share(
            [any(holds_answer(s.text, q.answers) for s in shown[:k]) for q, shown in answerable]
        )
    sentences = [(q, shown[0].sentence if shown else "") for q, shown in answerable]
    found["answer in the sentence shown"] = (
        share([holds_answer(sentence, q.answers) for q, sentence in sentences])
        if any(sentence for _, sentence in sentences)
        else None
    )
    words = [len(shown[0].text.split()) for shown in run.shown if shown]
    found |= {
        "version": run.version,
        "words in the first, mean": round(float(np.mean(words)), 1),
        "a question, median ms": round(float(np.median(run.ms)), 1),
        "a question, p95 ms": round(float(np.percentile(run.ms, 95)), 1),
    }
    if run.ingest_s:
        found |= {
            "passages": run.passages,
            "ingesting, s": round(run.ingest_s, 1),
            "ingesting, passages/s": round(run.passages / run.ingest_s, 1),
        }
    return found


def share(right: Sequence[bool]) -> dict[str, float] | None:
    """The share that is right, with its interval; None of no questions."""
    return asdict(mean_figure(right)) if right else None


# --- all of it


def asked_of(name: str, data: Path, most: int, *, split: str | None) -> list[Question]:
    """The set's questions, each with the ids of its gold articles in a library."""
    if name == "realtimeqa_gold":
        return sets.sampled(sets.realtimeqa(data), most)
    key = path_key(data / name / "articles.jsonl")
    return [
        Question(
            text=question.text,
            answers=question.answers,
            gold_sentence=question.gold_sentence,
            gold_articles=(article_id_for(key, question.group),),
            group=question.group,
        )
        for question in sets.sampled(sets.squad_answerable(data, split), most)
    ]


def reduced(name: str, data: Path, most: int, work: Path) -> Path:
    """A folder of data whose set has so many articles: its questions' own, then others in order.

    Where each system embeds tens of thousands of passages, hours go by; with fewer wrong articles
    to find everyone's figures are better, so that they compare only with each other.
    """
    folder = work / f"reduced-{most}"
    (folder / name).mkdir(parents=True, exist_ok=True)
    for file in (data / name).iterdir():
        if file.is_file() and file.name != "articles.jsonl":
            (folder / name / file.name).write_bytes(file.read_bytes())
    with (data / name / "articles.jsonl").open(encoding="utf-8") as file:
        lines = [line for line in file if line.strip()]
    key = path_key((data / name / "articles.jsonl").absolute())
    gold = {id_ for q in asked_of(name, data, most, split=None) for id_ in q.gold_articles}
    own = [article_id_for(key, str(json.loads(line)["id"])) in gold for line in lines]
    # Those that are asked about come first, whatever comes after.
    order = sorted(range(len(lines)), key=lambda at: not own[at])[:most]
    (folder / name / "articles.jsonl").write_text(
        "".join(lines[at] for at in sorted(order)), "utf-8"
    )
    return folder


def measure(name: str, given: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Every system's figures on one set, by the system's name."""
    data, cache = given.data, given.library_cache or given.work / "libraries"
    if given.articles:
        data = reduced(name, data, given.articles, given.work)
        cache = given.work / "libraries" / data.name
    articles = (data / name / "articles.jsonl").absolute()
    questions = asked_of(name, data, given.questions, split="report" if given.engine else None)
    if not questions:
        raise SystemExit(f"{name}: none of its questions is about the articles asked for")
    folder = sets.built(data, name, cache)
    runs = [*dateline_runs(folder, articles, questions)]
    if given.engine:
        runs.append(engine_run(folder, questions))
    for peer in given.peers:
        runs += peer_runs(peer, given.work, articles, questions)
    return {run.name: measured(run, questions) for run in runs}


def report(results: dict[str, dict[str, dict[str, Any]]]) -> None:
    """A table of each set in Markdown, a system a column; `-` where there is nothing to tell."""
    for name, systems in results.items():
        count = next(iter(systems.values()))["gold article@1"]["questions"]
        print(f"\n| {name}, {count} questions | " + " | ".join(systems) + " |")
        print("|---" * (len(systems) + 1) + "|")
        for what in dict.fromkeys(what for each in systems.values() for what in each):
            cells = [_cell(each.get(what)) for each in systems.values()]
            if any(cell != "-" for cell in cells):
                print(f"| {what} | " + " | ".join(cells) + " |")


def _cell(figure: dict[str, float] | float | str | None) -> str:
    if isinstance(figure, dict):
        return f"{figure['value']:.3f} ({figure['low']:.2f} to {figure['high']:.2f})"
    return "-" if figure is None else str(figure)


def main() -> None:
    """Measure, print the tables, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    parser.add_argument("--work", type=Path, required=True, help="keep the environments here")
    parser.add_argument("--library-cache", type=Path, help="keep Dateline's libraries here")
    parser.add_argument("--questions", type=int, default=300, help="of each set, at most")
    parser.add_argument("--articles", type=int, help="of each set, so many; else all")
    parser.add_argument("--sets", type=_names(("squad", "realtimeqa_gold")))
    parser.add_argument("--peers", type=_names(tuple(REQUIREMENTS)))
    parser.add_argument("--engine", action="store_true", help="also what Engine.ask cites")
    parser.add_argument("--json", type=Path, help="also write the numbers here")
    parser.set_defaults(sets=["squad", "realtimeqa_gold"], peers=list(REQUIREMENTS))
    given = parser.parse_args()
    given.work = given.work.absolute()
    given.work.mkdir(parents=True, exist_ok=True)
    results = {name: measure(name, given) for name in given.sets}
    report(results)
    if given.json:
        found = {"sets": results, "load_average": os.getloadavg()[0], "cores": os.cpu_count()}
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _names(known: tuple[str, ...]) -> Callable[[str], list[str]]:
    """A reader of names with commas between them."""

    def read(text: str) -> list[str]:
        names = [name for name in text.split(",") if name]
        if unknown := [name for name in names if name not in known]:
            raise argparse.ArgumentTypeError(f"{unknown[0]} is none of {', '.join(known)}")
        return names

    return read


if __name__ == "__main__":
    main()
