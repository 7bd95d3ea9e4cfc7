"""Long files and many files: how long they take to read, in how much memory, and how both grow.

    python benchmarks/long_files.py [--only NAME ...] [--share X ...] [--reading] [--folder DIR]
                                    [--json FILE]

Makes, of words by chance: `lines`, 300 MB of JSON Lines; `one line`, 50 MB of text without a line
break; `pages`, a PDF of 2,000 pages; `files`, 100,000 small files; `unchanged`, 10,000 files that
were read before; `archive`, a ZIP of 10,000 pages. Each is taken into a library of its own by a
process of its own: found, read, cut into sentences and passages, compared with what is there,
stored and indexed by its words. Embedding is left out (`--rebuild` does it afterwards, at the
speed that `benchmarks/ingest.py` tells). Each is done at a half and at the whole of its size:
`grows` is the whole's processor time (`cpu`, all processes together) by the half's, 2 where work
is in proportion to the size and 4 where it is quadratic. Memory is the peak (VmHWM) of the process
that stores and of the largest that reads, in MiB; the first holds the embedding model, and 0 for
the second says that no process was needed. `--reading` only reads, and stores nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import multiprocessing
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

Texts = Iterator[str]
MB = 1_000_000


def texts(length: int) -> Texts:
    """Stories of about so many characters, each unlike the others, the same every time."""
    from embeddings.models import DEFAULT_MODEL, find_model

    # Words that the model knows, so that there are as many passages as of English.
    tokenizer = json.loads((find_model(DEFAULT_MODEL).folder / "tokenizer.json").read_bytes())
    words = sorted(w for w in tokenizer["model"]["vocab"] if w.isascii() and w.isalpha())
    chance = random.Random(11)
    sentences = [
        " ".join(chance.choices(words, k=chance.randint(6, 30))).capitalize() + "."
        for _ in range(100_000)
    ]
    while True:
        said: list[str] = []
        held = 0
        while held < length:
            said.append(chance.choice(sentences))
            held += len(said[-1]) + 1
        yield " ".join(said)


def make_lines(folder: Path, share: float) -> Path:
    path, left = folder / "articles.jsonl", int(300 * MB * share)
    with path.open("w", encoding="utf-8") as stream:
        for number, text in enumerate(texts(5_000)):
            left -= stream.write(
                json.dumps({"id": number, "title": text[:60], "text": text}) + "\n"
            )
            if left <= 0:
                return path
    raise AssertionError


def make_one_line(folder: Path, share: float) -> Path:
    path = folder / "one-line.txt"
    path.write_text(next(texts(int(50 * MB * share))), "utf-8")
    return path


def make_pages(folder: Path, share: float) -> Path:
    import textwrap

    spec = importlib.util.spec_from_file_location("samples", ROOT / "tests" / "samples.py")
    assert spec is not None and spec.loader is not None
    samples = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(samples)
    told = texts(3_500)
    path = folder / "pages.pdf"
    pages = [textwrap.wrap(next(told), 85) for _ in range(int(2_000 * share))]
    path.write_bytes(samples.pdf(pages))
    return path


def make_files(folder: Path, share: float, count: int = 100_000) -> Path:
    told = texts(400)
    for number in range(int(count * share)):
        inner = folder / f"{number // 1_000:03}"
        inner.mkdir(exist_ok=True)
        (inner / f"{number:06}.txt").write_text(next(told), "utf-8")
    return folder


def make_unchanged(folder: Path, share: float) -> Path:
    return make_files(folder, share, 10_000)


def make_archive(folder: Path, share: float) -> Path:
    told, path = texts(3_000), folder / "pages.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(int(10_000 * share)):
            said = "</p><p>".join(next(told).split(". "))
            page = f"<html><body><nav>Home</nav><article><p>{said}</p></article></body></html>"
            archive.writestr(f"{number:05}.html", page)
    return path


CASES: dict[str, Callable[[Path, float], Path]] = {
    "lines": make_lines,
    "one line": make_one_line,
    "pages": make_pages,
    "files": make_files,
    "unchanged": make_unchanged,
    "archive": make_archive,
}


def peak_of(process: int | str) -> float:
    """The process's peak memory in MiB; 0 where it has gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def cpu_s() -> float:
    """The processor time of this process and of those it has ended."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def measured(name: str, given: Path, home: Path) -> dict[str, Any]:
    """Takes what was made into a library; runs in a process of its own."""
    from embeddings.encoder import Encoder
    from embeddings.library import Library
    from embeddings.models import DEFAULT_MODEL, find_model
    from embeddings.rebuild import Rebuild

    readers, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            readers.extend(peak_of(child.pid or 0) for child in multiprocessing.active_children())

    encoder = Encoder(find_model(DEFAULT_MODEL))
    with Library(home, create=True) as library:
        if name == "unchanged":
            Rebuild(library, encoder, embeds=False).run([given])
        watcher = threading.Thread(target=watch)
        watcher.start()
        begun, worked = time.perf_counter(), cpu_s()
        outcome = Rebuild(library, encoder, embeds=False).run([given])
        seconds, worked = time.perf_counter() - begun, cpu_s() - worked
        over.set()
        watcher.join()
        status = library.status()
        return {
            "seconds": seconds,
            "cpu": worked,
            "articles": outcome.added + outcome.unchanged,
            "passages": status.passages,
            "same or near": outcome.same + outcome.versions,
            "failed": [f"{f.path}: {f.reason}" for f in outcome.failures[:5]],
            "library, MB": status.bytes_on_disk / MB,
            "peak": peak_of("self"),
            "reader": max(readers),
        }


def only_read(given: Path) -> dict[str, Any]:
    """Reads what was made, as a rebuild does, and puts it nowhere; in a process of its own."""
    from embeddings.discovery import article_files
    from embeddings.parsing import Parsed, Parsing, Task, Unread

    begun, worked = time.perf_counter(), cpu_s()
    articles, readers, failed = 0, 0.0, []
    tasks = [Task(str(path), path) for path in article_files(given, unseen=lambda path: None)]
    with Parsing() as parsing:
        for task, event in parsing.read(tasks):
            articles += isinstance(event, Parsed)
            if isinstance(event, Unread):
                failed.append(f"{task.key}: {event.reason}")
            if articles % 1000 == 1:
                peaks = [peak_of(child.pid or 0) for child in multiprocessing.active_children()]
                readers = max(readers, *peaks, 0.0)
    return {
        "seconds": time.perf_counter() - begun,
        "cpu": cpu_s() - worked,
        "articles": articles,
        "passages": 0,
        "failed": failed[:5],
        "peak": peak_of("self"),
        "reader": readers,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", nargs="*", choices=CASES, default=list(CASES))
    parser.add_argument("--share", nargs="*", type=float, default=[0.5, 1.0])
    parser.add_argument("--reading", action="store_true", help="store nothing")
    parser.add_argument("--folder", type=Path, help="where there is room for a few GB")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        name, path, home = given.measure[0], Path(given.measure[1]), Path(given.measure[2])
        print(json.dumps(only_read(path) if given.reading else measured(name, path, home)))
        return
    print("| | MB | articles | passages | seconds | cpu | grows | peak | reader's peak |")
    print("|---|---|---|---|---|---|---|---|---|")
    found: dict[str, Any] = {}
    for name in given.only:
        before = None
        for share in given.share:
            base = Path(tempfile.mkdtemp(dir=given.folder))
            try:
                (base / "made").mkdir()
                path = CASES[name](base / "made", share)
                size = sum(f.stat().st_size for f in (base / "made").rglob("*") if f.is_file())
                ran = subprocess.run(
                    [sys.executable, __file__, "--measure", name, path, base / "library",
                     *(["--reading"] if given.reading else [])],
                    stdout=subprocess.PIPE, text=True, check=True,
                )  # fmt: skip
            finally:
                shutil.rmtree(base)
            row = json.loads(ran.stdout)
            found[f"{name}, {share:.0%}"] = row
            grows = f"{row['cpu'] / before:.2f}" if before else ""
            before = row["cpu"]
            print(
                f"| {name}, {share:.0%} | {size / MB:.1f} | {row['articles']} | {row['passages']} "
                f"| {row['seconds']:.1f} | {row['cpu']:.1f} | {grows} "
                f"| {row['peak']:.0f} | {row['reader']:.0f} |",
                *row["failed"], flush=True,
            )  # fmt: skip
    print(f"\nload at the end: {os.getloadavg()[1]:.1f} over {os.cpu_count()} cores")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
