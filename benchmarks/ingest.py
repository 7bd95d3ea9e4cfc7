"""Taking thousands of articles in: how fast, with how much memory, and what came twice.

    python benchmarks/ingest.py --data DIR [--limit N] [--pairs N] [--json FILE] [--keep FOLDER]

DIR holds ``newspile_sample/articles.jsonl`` (research only: nothing of it is stored beyond the
run unless `--keep` names where, and `--pairs` alone prints any of it). The articles are taken in
as lines of one file, their vectors with them; as a file each, their vectors left for later, which
is how fast everything but the encoder is; and again with nothing changed. `encoder` is the share of
the whole time in which the encoder was at work; `first` is when the first article could be found by
its words; memory is the peak (VmHWM) of this process and of its largest reader, in MiB, so far.
`--pairs` shows that many of the near copies found and as many of the pairs that were nearly taken
for copies, chosen by chance, to be judged by hand.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import json
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.likeness import are_versions, may_be_one, share_of_runs, sketch
from embeddings.models import DEFAULT_MODEL, find_model
from embeddings.outcome import Outcome, Progress
from embeddings.rebuild import Rebuild

# Pairs that share less are not shown among those nearly taken for copies.
NEARLY = 0.3


class Timed(Encoder):
    """The encoder, with a watch."""

    busy_s = 0.0

    def encode_passages(self, texts: Any) -> Any:
        begun = time.perf_counter()
        try:
            return super().encode_passages(texts)
        finally:
            self.busy_s += time.perf_counter() - begun


def timed(
    library: Library, encoder: Timed, path: Path, *, embeds: bool = True
) -> tuple[Outcome, dict[str, float]]:
    encoder.busy_s, begun, first = 0.0, time.perf_counter(), None

    def report(_: Progress) -> None:
        nonlocal first
        if first is None and library.count():
            first = time.perf_counter() - begun

    with watched() as readers:
        outcome = Rebuild(library, encoder, progress=report, embeds=embeds).run([path])
    whole = time.perf_counter() - begun
    taken = outcome.added + outcome.changed
    return outcome, {
        "articles": taken,
        "passages": outcome.passages,
        "seconds": whole,
        "articles/s": taken / whole,
        "passages/s": outcome.passages / whole,
        "encoder": encoder.busy_s / whole,
        "first": first or 0.0,
        "unchanged": outcome.unchanged,
        "same text": outcome.same,
        "near copies": outcome.versions,
        "failed": len(outcome.failures),
        "peak": peak_of("self"),
        "reader's": max(readers),
        "load": os.getloadavg()[1],
    }


@contextlib.contextmanager
def watched() -> Iterator[list[float]]:
    """The peaks of this process's readers, while they live."""
    peaks, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            peaks.extend(peak_of(child.pid or 0) for child in multiprocessing.active_children())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peaks
    finally:
        over.set()
        watcher.join()


def peak_of(process: int | str) -> float:
    """The process's peak memory in MiB; 0 where it has gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def show_pairs(library: Library, most: int) -> None:
    """Near copies with what answers in their stead, and pairs that were nearly taken for some."""
    articles = {a.id: library.article(a.id) for a in library.articles()}
    chance = random.Random(5)
    linked = [(a.id, a.newer) for a in articles.values() if a.newer]
    print(f"{len(linked)} near copies")
    show(articles, chance.sample(linked, min(most, len(linked))))
    bands: dict[bytes, list[str]] = defaultdict(list)
    for article in articles.values():
        for band in sketch(article.text):
            bands[band].append(article.id)
    meeting = {pair for ids in bands.values() for pair in combinations(sorted(ids), 2)}
    apart = []
    for one, other in sorted(meeting):
        a, b = articles[one], articles[other]
        if (a.newer or a.id) == (b.newer or b.id) or share_of_runs(a.text, b.text) < NEARLY:
            continue
        apart.append((one, other))
    print(f"\n{len(apart)} pairs that share {NEARLY:.0%} or more of their runs, not linked")
    show(articles, chance.sample(apart, min(most, len(apart))))


def show(articles: dict[str, Any], pairs: list[tuple[str, str]]) -> None:
    for number, pair in enumerate(pairs, 1):
        one, other = (articles[each] for each in pair)
        words, others = one.text.split(), other.text.split()
        matcher = difflib.SequenceMatcher(None, words, others, autojunk=False)
        titles = "" if may_be_one(one.title, other.title, one.text) else ", titles of other things"
        runs = share_of_runs(one.text, other.text)
        verdict = "alike" if are_versions(one.text, other.text) else "not alike"
        print(f"\n{number}. runs {runs:.2f}, words {matcher.ratio():.2f}, {verdict}{titles}")
        for each in (one, other):
            print(f"   {each.id} {each.published} {len(each.text)} {each.title!r}")
            print(f"      {each.text[:160]!r}")
        for kind, a, b, c, d in matcher.get_opcodes():
            if kind != "equal":
                print(f"      {' '.join(words[a:b])[:120]!r} > {' '.join(others[c:d])[:120]!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", type=Path, help="an empty folder for the libraries and files")
    given = parser.parse_args()
    source = given.data / "newspile_sample" / "articles.jsonl"
    if not source.is_file():
        sys.exit(f"{source} is not there; see the top of this file for what it holds")
    encoder = Timed(find_model(DEFAULT_MODEL))
    found: dict[str, Any] = {}
    with contextlib.ExitStack() as stack:
        stream = stack.enter_context(source.open(encoding="utf-8"))
        base = given.keep or stack.enter_context(tempfile.TemporaryDirectory())
        lines = list(islice(stream, given.limit))
        one, many = Path(base) / "articles.jsonl", Path(base) / "files"
        one.parent.mkdir(parents=True, exist_ok=True)
        one.write_text("".join(lines), "utf-8")
        many.mkdir()
        for number, line in enumerate(lines):
            (many / f"{number:05}.txt").write_text(json.loads(line)["text"], "utf-8")
        with Library(Path(base) / "a", create=True) as library:
            found["lines of a file"] = timed(library, encoder, one)[1]
            print(found, flush=True)
            if given.pairs:
                show_pairs(library, given.pairs)
        with Library(Path(base) / "b", create=True) as library:
            found["a file each"] = timed(library, encoder, many, embeds=False)[1]
            found["nothing changed"] = timed(library, encoder, many, embeds=False)[1]
    names = list(found["a file each"])
    print("| | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    for name, figures in found.items():
        print(f"| {name} | " + " | ".join(f"{figures[n]:.4g}" for n in names) + " |")
    print(f"\n{os.cpu_count()} cores")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
