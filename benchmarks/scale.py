"""Libraries of many passages on one machine: what finding, opening and adding cost.

    python benchmarks/scale.py --data DIR --work FOLDER [--sizes 10000,100000,1000000] [--json FILE]
        [--keep] [--reuse] [--words]

Each library is a real one, made through `Library.put_article`, of twenty passages an article. Their
texts are real: sentences of DIR/realtimeqa_gold's articles, drawn anew. Their vectors are those of
its passages (48,000, embedded once in FOLDER), and beyond that many, ones drawn from them with
noise (cosine about .9 with what they were drawn from), since embedding a million takes hours:
near neighbours lie as in real libraries, but more of them. Questions are those of
realtimeqa_gold and squad. Recall is that of the ten nearest by comparing with every vector, and by
words, of the ten best with all scored that have any.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import sets
from embeddings.encoder import Encoder
from embeddings.library import Library, digest_of
from embeddings.models import DEFAULT_MODEL, find_model
from embeddings.records import Draft, Filters, Sentence
from embeddings.words import quoted_words
from embeddings.wordsearch import flags

Floats = npt.NDArray[np.float32]
A_TIME = 20
SENTENCES = 4
NOISE = 0.48
QUESTIONS = 100
OPENED = ("search, s", "words, s", "peak MB", "resident MB without files")
RARE, HALF = "Rare Gazette", "Half Times"
# Of such words questions are made that have no rare one.
FLOOD = (
    "people say new one said first year time government take last world country state week day "
    "work home life help public report police president company"
)
# Opened by a process of its own: what it takes to the first passages, and the memory it holds.
OPENING = """
import json, re, sys, time
begun = time.perf_counter()
import numpy as np
from pathlib import Path
from embeddings.library import Library
imported = time.perf_counter()
with Library(Path(sys.argv[1])) as library:
    query = np.load(sys.argv[2])[0]
    library.search_vectors(query, limit=10)
    found = time.perf_counter()
    library.search_words("who won the election?", limit=10)
    worded = time.perf_counter()
status = Path("/proc/self/status").read_text()
peak, anonymous = (
    int(re.search(rf"{name}:\\s*(\\d+) kB", status)[1]) * 1024 / 1e6
    for name in ("VmHWM", "RssAnon")
)
print(json.dumps([found - imported, worded - found, peak, anonymous]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--keep", action="store_true", help="leave the libraries in FOLDER")
    parser.add_argument("--reuse", action="store_true", help="measure libraries kept before")
    parser.add_argument("--words", action="store_true", help="with --reuse: word search alone")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    encoder = Encoder(find_model(DEFAULT_MODEL))
    asked = [q.text for q in sets.realtimeqa(given.data)]
    asked += [q.text for q in sets.sampled(sets.squad_answerable(given.data), 200)]
    random.Random(sets.SEED).shuffle(asked)
    asked = asked[:QUESTIONS]
    queries = np.stack([encoder.encode_query(question) for question in asked])
    rows = []
    if given.words:
        for size in map(int, given.sizes.split(",")):
            with Library(given.work / f"scale-{size}") as library:
                rows.append({"passages": size, **by_words(library, asked)})
            print(json.dumps(rows[-1], indent=1), flush=True)
        if given.json:
            given.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
        return
    with Library(sets.built(given.data, "realtimeqa_gold", given.work)) as real:
        base, texts = known(real)
    for size in map(int, given.sizes.split(",")):
        folder = given.work / f"scale-{size}"
        if not given.reuse:
            shutil.rmtree(folder, ignore_errors=True)
        row = measured(folder, size, base, texts, asked, queries)
        rows.append(row)
        print(json.dumps(row, indent=1), flush=True)
        if given.json:
            given.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
        if not given.keep:
            shutil.rmtree(folder)


def known(real: Library) -> tuple[Floats, list[str]]:
    """The vectors of a real library's passages, and the sentences of its articles."""
    ids = real.allowed(Filters()).tolist()
    vectors: list[Floats] = []
    store = real._searching._shadow.current()  # type: ignore[attr-defined]
    vectors = [store.vector(passage_id) for passage_id in ids]
    sentences: list[str] = []
    for passage in real.passages(ids[::3]).values():
        begin = passage.start
        sentences += [passage.text[s.start - begin : s.end - begin] for s in passage.sentences]
    return np.stack(vectors), sentences


def measured(
    folder: Path,
    size: int,
    base: Floats,
    texts: Sequence[str],
    asked: Sequence[str],
    queries: Floats,
) -> dict[str, Any]:
    """Everything of a library of that many passages."""
    row: dict[str, Any] = {"passages": size, "real vectors": min(size, len(base))}
    whole = vectors_like(base, size)
    with Library(folder, create=True) as library:
        if library.count() == 0:
            begun = time.perf_counter()
            fill(library, whole, texts)
            row["putting, s"] = time.perf_counter() - begun
            begun = time.perf_counter()
            library.tidy()
            row["index and snapshot, s"] = time.perf_counter() - begun
        status = library.status()
        row["index"] = status.index
        row["MB on disk"] = status.bytes_on_disk / 1e6
        row["snapshot MB"] = sum(f.stat().st_size for f in folder.glob("*.faiss")) / 1e6
        np.save(folder / "queries.npy", queries)
        row["opened"] = dict(zip(OPENED, opened(folder), strict=True))
        row["meaning"] = timed([lambda q=q: library.search_vectors(q, limit=100) for q in queries])
        row["recall@10"] = recall(library, whole, queries, Filters())
        row.update(by_words(library, asked))
        for name, source in (("0.1 %", RARE), ("50 %", HALF)):
            within = Filters(source=source)
            row[f"meaning, {name}"] = timed(
                [lambda q=q, w=within: library.search_vectors(q, limit=100, filters=w)
                 for q in queries[:20]]
            )  # fmt: skip
            row[f"recall@10, {name}"] = recall(library, whole, queries[:20], within)
        begun = time.perf_counter()
        put(library, "one more", "", texts[:SENTENCES], [base[0]], "New")  # replaces an earlier one
        near = library.search_vectors(base[0], limit=5)
        row["one more and asked, ms"] = (time.perf_counter() - begun) * 1000
        newest = library.passages([hit.passage_id for hit in near]).values()
        assert any(passage.article_id == "one more" for passage in newest)
    return row


def by_words(library: Library, asked: Sequence[str]) -> dict[str, Any]:
    """What finding by words costs, and how much it finds of what scoring all would find."""
    chooser = random.Random(5)
    floods = [" ".join(chooser.sample(FLOOD.split(), chooser.randint(3, 7))) for _ in range(20)]
    row: dict[str, Any] = {}
    for name, questions, within in (
        ("words", asked, Filters()),
        ("words, 0.1 %", asked[:40], Filters(source=RARE)),
        ("words, 50 %", asked[:40], Filters(source=HALF)),
        ("words, flood", floods, Filters()),
        ("words, flood, 0.1 %", floods, Filters(source=RARE)),
        ("words, flood, 50 %", floods, Filters(source=HALF)),
    ):
        row[name] = timed(
            [lambda q=q, w=within: library.search_words(q, limit=100, filters=w) for q in questions]
        )
        row[f"{name}, recall@10"] = recall_by_words(library, questions[:20], within)
    return row


def recall_by_words(library: Library, asked: Sequence[str], within: Filters) -> float:
    """The share of the ten best of all that have any of the words that are the ten found."""
    catalog = library._searching._catalog  # type: ignore[attr-defined]
    among = None if within.empty else flags(library.allowed(within))
    shares = []
    for question in asked:
        everything = " OR ".join(quoted_words(question))
        best = {i for i, _ in catalog.search_words(everything, limit=10, among=among)}
        found = library.search_words(question, limit=100, filters=within)[: len(best)]
        if best:
            shares.append(len(best & {i for i, _ in found}) / len(best))
    return statistics.mean(shares)


def vectors_like(base: Floats, size: int) -> Floats:
    """Unit vectors of shape (size, dimension): the base's, then ones drawn from them with noise."""
    generator = np.random.default_rng(3)
    whole = np.empty((size, base.shape[1]), dtype=np.float32)
    whole[: len(base)] = base[:size]
    for at in range(len(base), size, 10_000):
        end = min(size, at + 10_000)
        rows = base[generator.integers(0, len(base), end - at)]
        noise = generator.normal(size=rows.shape).astype(np.float32)
        noise /= np.linalg.norm(noise, axis=1, keepdims=True)
        rows = rows + NOISE * noise
        whole[at:end] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return whole


def fill(library: Library, whole: Floats, texts: Sequence[str]) -> None:
    """Articles of passages with those vectors, whose ids follow their order."""
    chooser = random.Random(3)
    size = len(whole)
    library.set_model("scale", name="scale", precision="fp32", dimension=whole.shape[1])
    for number, at in enumerate(range(0, size, A_TIME)):
        some = whole[at : at + A_TIME]
        told = chooser.choices(texts, k=SENTENCES * len(some))
        source = RARE if number % 1000 == 0 else HALF if number % 2 else "Other"
        title = " ".join(chooser.choice(texts).split()[:8])
        put(library, f"a{number}", title, told, list(some), source)
        if number % 5000 == 0:
            print(f"\r{at:,} of {size:,} passages", end="", file=sys.stderr, flush=True)


def put(
    library: Library,
    article_id: str,
    title: str,
    pieces: Sequence[str],
    vectors: Sequence[Floats],
    source: str,
) -> None:
    """An article of a passage for each vector, of four sentences each, in one transaction."""
    text, sentences = "", []
    for piece in pieces:
        sentences.append(Sentence(len(text), len(text) + len(piece)))
        text += f"{piece} "
    windows = [(at, at + SENTENCES - 1) for at in range(0, len(pieces), SENTENCES)]
    bodies = [text[sentences[a].start : sentences[b].end] for a, b in windows]
    library.put_article(
        article_id,
        Draft(title, text, source=source),
        path=f"/{article_id}",
        sha256=article_id,
        sentences=sentences,
        windows=windows,
        vectors=dict(zip((digest_of(title, body) for body in bodies), vectors, strict=True)),
        model="scale",
    )


def opened(folder: Path) -> list[float]:
    ran = subprocess.run(
        [sys.executable, "-c", OPENING, folder, folder / "queries.npy"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parent.parent,
    )
    found: list[float] = json.loads(ran.stdout)
    return found


def timed(calls: Sequence[Callable[[], object]]) -> dict[str, float]:
    """Milliseconds: the median and the 95th percentile, after one call that does not count."""
    calls[0]()
    spent = []
    for call in calls:
        begun = time.perf_counter()
        call()
        spent.append((time.perf_counter() - begun) * 1000)
    return {"median": statistics.median(spent), "p95": float(np.quantile(spent, 0.95))}


def recall(library: Library, whole: Floats, queries: Floats, within: Filters) -> float:
    """The share of the ten nearest of all that may be found that are among the ten found."""
    allowed = library.allowed(within)
    vectors = whole if within.empty else whole[allowed - 1]
    hits = 0
    for query in queries:
        scores = vectors @ query
        best = np.argpartition(-scores, 9)[:10]
        truth = {int(allowed[at]) for at in best}
        found = library.search_vectors(query, limit=100, filters=within)[:10]
        hits += len(truth & {hit.passage_id for hit in found})
    return hits / (10 * len(queries))


if __name__ == "__main__":
    os.environ["HF_HUB_OFFLINE"] = "1"
    main()
