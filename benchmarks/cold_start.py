"""One question, a process of its own: dateline beside plain sentence-transformers + faiss.

    python benchmarks/cold_start.py [--articles PATH] [--runs 7] [--json FILE]

The other side is what a person would write: a saved FAISS index of the same passages with
the same weights, loaded, the question encoded, the nearest passage printed; no words, no
reranking, no sentence, no refusal. Runs alternate, so that a busy machine is busy for both;
medians and their ratio are what to quote.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "where will Russian forces remain?"

PLAIN = """
import json, sys
import faiss
from sentence_transformers import SentenceTransformer
folder, model, question = sys.argv[1:]
index = faiss.read_index(folder + "/index.faiss")
texts = json.load(open(folder + "/texts.json"))
encoder = SentenceTransformer(model, device="cpu")
_, found = index.search(encoder.encode([question], normalize_embeddings=True), 3)
for at in found[0]:
    if at >= 0:
        print(texts[at])
"""


def build(articles: Path, folder: Path) -> tuple[Path, str]:
    """The library, and the plain index of its passages; the library's folder, the model's."""
    import faiss
    from sentence_transformers import SentenceTransformer

    from embeddings.library import Library, encoded_text
    from embeddings.modelfiles import MINILM_WEIGHTS

    library = folder / "library"
    run(["--library", str(library), "--rebuild", str(articles)])
    with Library(library) as opened:
        ids = opened.allowed(filters=_everything()).tolist()
        texts = [encoded_text(p.title, p.text) for p in opened.passages(ids).values()]
    model = str(MINILM_WEIGHTS.checked().parent)
    rows = SentenceTransformer(model, device="cpu").encode(texts, normalize_embeddings=True)
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows)
    faiss.write_index(index, str(folder / "index.faiss"))
    (folder / "texts.json").write_text(json.dumps(texts), "utf-8")
    return library, model


def _everything() -> object:
    from embeddings.records import Filters

    return Filters()


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "qa", *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )


def timed(command: list[str]) -> tuple[float, str]:
    """Seconds of the whole process, and what it printed."""
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return time.perf_counter() - begun, done.stdout


def main() -> None:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=Path, default=ROOT / "seeds")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library, model = build(given.articles.resolve(), folder)
        ask = [sys.executable, "-m", "qa", "--library", str(library), "--ask", QUESTION]
        plain = [sys.executable, "-c", PLAIN, str(folder), model, QUESTION]
        _, answer = timed(ask)  # Once each, so that the disk's cache is warm for both.
        timed(plain)
        ours, theirs = [], []
        for _ in range(given.runs):
            ours.append(timed(ask)[0])
            theirs.append(timed(plain)[0])
        stages = json.loads(timed([*ask, "--json"])[1])["timings_ms"]
    found = {
        "question": QUESTION,
        "answer": answer.splitlines()[0],
        "runs": given.runs,
        "dateline_s": sorted(ours),
        "plain_s": sorted(theirs),
        "dateline_median_s": statistics.median(ours),
        "plain_median_s": statistics.median(theirs),
        "ratio": statistics.median(theirs) / statistics.median(ours),
        "stages_ms": stages,
        "load_average": os.getloadavg()[0],
    }
    print(found["answer"])
    print(f"{'':28}  median s   fastest   slowest")
    for label, rows in (("dateline --ask", ours), ("sentence-transformers + faiss", theirs)):
        print(f"{label:30}  {statistics.median(rows):6.2f}    {min(rows):6.2f}    {max(rows):6.2f}")
    print(f"ratio of medians {found['ratio']:.1f}; stages {stages}")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), "utf-8")


if __name__ == "__main__":
    main()
