"""The story out of its page: what our reader of HTML keeps, beside trafilatura's own settings.

    python benchmarks/pages.py --data DIR [--limit N] [--only NAME] [--json FILE] [--worst N]

DIR holds ``html_extract/``: pages with their article's body (scrapinghub's
article-extraction-benchmark, MIT) and pages with text that must and must not be kept
(trafilatura's own tests, Apache-2.0).

`body`: words of the text against those of the body, as bags, averaged over pages. `segments`:
trafilatura's measure, where a piece of text that must be kept counts as found if it is anywhere in
what was extracted, white space aside, and one that must not as false if it is. Our title, date and
author are fields and not text, and are not looked at; nor are trafilatura's.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

Extractor = Callable[[bytes], str]
WORD = re.compile(r"\w+")


def dateline(page: bytes) -> str:
    from embeddings.errors import ArticleUnreadable
    from embeddings.readers.html import draft_of_page

    try:
        draft = draft_of_page(page, Path("page.html"))
    except ArticleUnreadable:
        return ""
    return draft.text if draft else ""


def trafilatura_with(**settings: Any) -> Extractor:
    import trafilatura

    def extract(page: bytes) -> str:
        return trafilatura.extract(page, include_comments=False, **settings) or ""

    return extract


def extractors() -> dict[str, Extractor]:
    return {
        "dateline": dateline,
        "trafilatura": trafilatura_with(),
        "trafilatura, precision": trafilatura_with(favor_precision=True),
        "trafilatura, recall": trafilatura_with(favor_recall=True),
        "trafilatura, no tables": trafilatura_with(include_tables=False),
    }


def shares(found: str, gold: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of the words, as bags."""
    ours, theirs = Counter(WORD.findall(found.lower())), Counter(WORD.findall(gold.lower()))
    both = (ours & theirs).total()
    precision = both / ours.total() if ours else 0.0
    recall = both / theirs.total() if theirs else 1.0
    return precision, recall, 2 * both / max(1, ours.total() + theirs.total())


def rows_of(data: Path, name: str, limit: int | None) -> list[dict[str, Any]]:
    lines = (data / "html_extract" / name).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines[:limit]]


def page_of(data: Path, row: dict[str, Any]) -> bytes:
    return gzip.decompress((data / "html_extract" / row["html_file"]).read_bytes())


def measure(extract: Extractor, data: Path, limit: int | None) -> dict[str, Any]:
    """The figures of one extractor, and its worst pages by what they lost."""
    begun = time.perf_counter()
    bodies = [
        (*shares(extract(page_of(data, row)), row["text"]), row["id"])
        for row in rows_of(data, "article_bodies.jsonl", limit)
    ]
    counts: Counter[str] = Counter()
    lost: list[tuple[str, str]] = []
    for row in rows_of(data, "segments.jsonl", limit):
        text = " ".join(extract(page_of(data, row)).split())
        for kind in ("with", "without"):
            for segment in row[kind]:
                is_kept = " ".join(segment.split()) in text
                counts[f"{kind}, {'kept' if is_kept else 'left out'}"] += 1
                if is_kept != (kind == "with"):
                    lost.append((row["id"], f"{kind}: {segment}"))
    kept, missed = counts["with, kept"], counts["with, left out"]
    false = counts["without, kept"]
    pages = max(1, len(bodies))
    return {
        "body precision": sum(b[0] for b in bodies) / pages,
        "body recall": sum(b[1] for b in bodies) / pages,
        "body F1": sum(b[2] for b in bodies) / pages,
        "segments precision": kept / max(1, kept + false),
        "segments recall": kept / max(1, kept + missed),
        "segments F1": 2 * kept / max(1, 2 * kept + missed + false),
        "seconds": time.perf_counter() - begun,
        "worst": [f"{b[3]} P {b[0]:.3f} R {b[1]:.3f}" for b in sorted(bodies, key=lambda b: b[2])],
        "lost": [f"{page} {segment}" for page, segment in lost],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="only the first pages of each set")
    parser.add_argument("--only", help="one extractor of the table")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--worst", type=int, default=0, help="show our worst pages and segments")
    given = parser.parse_args()
    if not (given.data / "html_extract").is_dir():
        sys.exit(f"{given.data} has no html_extract/; see the top of this file for what it holds")
    found = {}
    names = ("body precision", "body recall", "body F1")
    names += ("segments precision", "segments recall", "segments F1", "seconds")
    print("| | " + " | ".join(names) + " |")
    print("|---|" + "---|" * len(names))
    for name, extract in extractors().items():
        if given.only and name != given.only:
            continue
        found[name] = measure(extract, given.data, given.limit)
        cells = [f"{found[name][n]:.{1 if n == 'seconds' else 4}f}" for n in names]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    for kind in ("worst", "lost") if given.worst else ():
        print(f"\n{kind}:", *found["dateline"][kind][: given.worst], sep="\n  ")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
