"""Taking thousands of articles in: how fast, with how much memory, and what came twice.

    python benchmarks/ingest.py --data DIR [--limit N] [--pairs N] [--json FILE]

DIR holds ``newspile_sample/articles.jsonl`` (research only: nothing of it is stored beyond the
run, and `--pairs` alone prints any of it). The articles are taken in three ways: as lines of one
file, as a file each, and again with nothing changed. `encoder` is the share of the whole time in
which the encoder was at work; `first` is when the first article could be found by its words; memory
is the peak of this process and of its readers. `--pairs` shows that many of the near copies found,
to be judged by hand.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.models import DEFAULT_MODEL, find_model
from embeddings.outcome import Outcome, Progress
from embeddings.rebuild import Rebuild


class Timed(Encoder):
    """The encoder, with a watch."""

    busy_s = 0.0

    def encode_passages(self, texts: Any) -> Any:
        begun = time.perf_counter()
        try:
            return super().encode_passages(texts)
        finally:
            self.busy_s += time.perf_counter() - begun


def timed(library: Library, encoder: Timed, path: Path) -> tuple[Outcome, dict[str, float]]:
    encoder.busy_s, begun, first = 0.0, time.perf_counter(), None

    def report(_: Progress) -> None:
        nonlocal first
        if first is None and library.count():
            first = time.perf_counter() - begun

    outcome = Rebuild(library, encoder, progress=report).run([path])
    whole = time.perf_counter() - begun
    taken = outcome.added + outcome.changed
    return outcome, {
        "articles": taken,
        "seconds": whole,
        "articles/s": taken / whole,
        "passages/s": outcome.passages / whole,
        "encoder": encoder.busy_s / whole,
        "first": first or 0.0,
        "unchanged": outcome.unchanged,
        "same text": outcome.same,
        "near copies": outcome.versions,
        "failed": len(outcome.failures),
    }


def peak_mib() -> tuple[float, float]:
    """Peak memory of this process and of the largest reader, in MiB."""
    return tuple(
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )  # type: ignore[return-value]


def show_pairs(library: Library, most: int) -> None:
    """The near copies and what answers in their stead, with what differs."""
    import difflib

    shown = 0
    for summary in library.articles():
        article = library.article(summary.id)
        if article.newer is None or shown >= most:
            continue
        shown += 1
        newer = library.article(article.newer)
        share = difflib.SequenceMatcher(
            None, article.text.split(), newer.text.split(), autojunk=False
        ).ratio()
        print(f"\n{shown}. {share:.2f} of the words in order")
        for one in (article, newer):
            print(f"   {one.published} {len(one.text)} {one.title!r}\n      {one.text[:200]!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    source = given.data / "newspile_sample" / "articles.jsonl"
    if not source.is_file():
        sys.exit(f"{source} is not there; see the top of this file for what it holds")
    encoder = Timed(find_model(DEFAULT_MODEL))
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as base, source.open(encoding="utf-8") as stream:
        lines = list(islice(stream, given.limit))
        one, many = Path(base) / "articles.jsonl", Path(base) / "files"
        one.write_text("".join(lines), "utf-8")
        many.mkdir()
        for number, line in enumerate(lines):
            (many / f"{number:05}.txt").write_text(json.loads(line)["text"], "utf-8")
        with Library(Path(base) / "a", create=True) as library:
            found["lines of a file"] = timed(library, encoder, one)[1]
            if given.pairs:
                show_pairs(library, given.pairs)
        with Library(Path(base) / "b", create=True) as library:
            found["a file each"] = timed(library, encoder, many)[1]
            found["nothing changed"] = timed(library, encoder, many)[1]
    names = list(found["a file each"])
    print("| | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    for name, figures in found.items():
        print(f"| {name} | " + " | ".join(f"{figures[n]:.4g}" for n in names) + " |")
    own, reader = peak_mib()
    print(f"\npeak memory: {own:.0f} MiB, and {reader:.0f} MiB for the largest reader")
    if given.json:
        found["peak MiB"] = [own, reader]
        given.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
