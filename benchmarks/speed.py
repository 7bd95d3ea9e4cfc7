"""A question from a standing start, and articles askable at once: beside other libraries.

    python benchmarks/speed.py --data DIR --work FOLDER [--articles 300] [--runs 5]
        [--peers txtai,llamaindex,haystack,plain] [--json FILE]

The first articles of DIR/newspile_sample are taken in by each system, with the same weights of
all-MiniLM-L6-v2 (peers run them in float32, Dateline its int8 graph), each peer in an environment
of its own in FOLDER (peers.py makes it). Then one question, each time by a process of its own,
the systems in turn: seconds from its start to its end, and the most memory it held. "Askable" is
how long after the start of taking the articles in a question about the last of them is first
answered with the sentence that says it: a peer's index can be asked when it is saved; Dateline is
asked by its command while its rebuild runs, as soon as a word of that article is found, and again
until it answers. Sizes are of what each keeps on disk.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.peers import environment
from embeddings.errors import LibraryUnusable
from embeddings.library import Library
from embeddings.modelfiles import MINILM_WEIGHTS

HERE = Path(__file__).resolve().parent
# Its last article; the name stands in no other article of the set, so that an answer is right
# where it says it.
MARK = {
    "id": "last",
    "title": "Harbour bridge at Ostervik to close",
    "text": "The harbour bridge at Ostervik will close for repairs on 3 May, the council said. "
    "Engineer Torvald Brenning found cracks in two of its piers last week.",
}
QUESTION = "Who found cracks in the piers of the bridge at Ostervik?"
SAYS = "Torvald Brenning"


@dataclass(slots=True)
class Figures:
    """A system's figures; seconds, and megabytes of a million bytes."""

    askable_s: float = 0.0
    ingest_s: float = 0.0
    ingest_peak_mb: float = 0.0
    disk_mb: float = 0.0
    cold_s: list[float] = field(default_factory=list)
    cold_peak_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that has ended: its seconds, the most memory it held, and what it printed."""

    seconds: float
    peak_mb: float
    printed: str


def run(command: list[str | Path], environ: dict[str, str]) -> Ran:
    """Run a command to its end, which must be a good one (or Dateline's refusal, 1)."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, env=environ)
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        code = process.returncode = os.waitstatus_to_exitcode(status)
        if code not in (0, 1):
            raise SystemExit(f"{command}: {code}\n{said.decode(errors='replace')[-2000:]}")
        out.seek(0)
        return Ran(seconds, used.ru_maxrss * 1024 / 1e6, out.read().decode(errors="replace"))


def size_mb(folder: Path) -> float:
    """What a folder's files take on disk."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


class Dateline:
    """The command, with a library of its own."""

    def __init__(self, work: Path) -> None:
        self.folder = work / "library"
        self.environ = os.environ | {"HF_HUB_OFFLINE": "1"}
        self.ask: list[str | Path] = [
            *(sys.executable, "-m", "qa", "--library", self.folder, "--no-save", "--ask", QUESTION)
        ]

    def build(self, articles: Path, figures: Figures) -> None:
        """Rebuild, asking again and again until the answer is there."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        begun = time.perf_counter()
        command = [sys.executable, "-m", "qa", "--library", self.folder, "--rebuild", articles]
        process = subprocess.Popen(command, env=self.environ, stdout=subprocess.DEVNULL)
        # Asking all the time would take a core from the rebuild; a search takes a millisecond.
        while not self._finds_mark():
            time.sleep(0.1)
        while SAYS not in self.cold().printed:
            time.sleep(0.1)
        figures.askable_s = time.perf_counter() - begun
        process.wait()
        figures.ingest_s = time.perf_counter() - begun
        after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        figures.ingest_peak_mb = max(before, after) * 1024 / 1e6
        figures.disk_mb = size_mb(self.folder)

    def cold(self) -> Ran:
        return run(self.ask, self.environ)

    def _finds_mark(self) -> bool:
        try:
            with Library(self.folder) as library:
                return bool(library.search_words(SAYS.split()[-1], limit=1))
        except LibraryUnusable:  # Not made yet.
            return False


class Peer:
    """A peer's script, in its environment."""

    def __init__(self, name: str, work: Path) -> None:
        self.name = name
        self.folder = work / f"index-{name}"
        self.folder.mkdir()
        self.python = environment(work.parent, name)
        self.model = MINILM_WEIGHTS.checked().parent
        self.environ = os.environ | {"HF_HUB_OFFLINE": "1"}
        self.script: list[str | Path] = [self.python, "-P", HERE / "speed_peer.py", name]

    def build(self, articles: Path, figures: Figures) -> None:
        command = [*self.script, "build", articles, self.model, self.folder]
        ran = run(command, self.environ)
        figures.ingest_s, figures.ingest_peak_mb = ran.seconds, ran.peak_mb
        figures.disk_mb = size_mb(self.folder)
        asked = self.cold()
        if SAYS not in asked.printed:
            raise SystemExit(f"{self.name} does not find the marked article")
        figures.askable_s = ran.seconds + asked.seconds

    def cold(self) -> Ran:
        return run([*self.script, "ask", self.folder, self.model, QUESTION], self.environ)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peers", default="txtai,llamaindex,haystack,plain")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.work) as name:
        work = Path(name)
        articles = work / "articles.jsonl"
        with (given.data / "newspile_sample" / "articles.jsonl").open(encoding="utf-8") as lines:
            some = [line for line, _ in zip(lines, range(given.articles), strict=False)]
        articles.write_text("".join(some) + json.dumps(MARK) + "\n", "utf-8")
        systems: dict[str, Dateline | Peer] = {"dateline": Dateline(work)}
        for peer in filter(None, given.peers.split(",")):
            systems[peer] = Peer(peer, work)
        found = {name: Figures() for name in systems}
        for label, system in systems.items():
            print(f"{label}: taking in {len(some)} articles", file=sys.stderr)
            system.build(articles, found[label])
        for _ in range(given.runs):
            for label, system in systems.items():
                ran = system.cold()
                found[label].cold_s.append(ran.seconds)
                found[label].cold_peak_mb = max(found[label].cold_peak_mb, ran.peak_mb)
    print(
        f"{'':12} {'cold s':>8} {'fastest':>8} {'peak MB':>8} {'askable s':>10} {'ingest s':>9}"
        f" {'peak MB':>8} {'disk MB':>8}"
    )
    for label, figures in found.items():
        cold = statistics.median(figures.cold_s)
        print(
            f"{label:12} {cold:8.2f} {min(figures.cold_s):8.2f} {figures.cold_peak_mb:8.0f}"
            f" {figures.askable_s:10.1f} {figures.ingest_s:9.1f} {figures.ingest_peak_mb:8.0f}"
            f" {figures.disk_mb:8.1f}"
        )
    print(f"load average {os.getloadavg()[0]:.1f}")
    if given.json:
        whole = {"articles": len(some) + 1, **{k: asdict(v) for k, v in found.items()}}
        given.json.write_text(json.dumps(whole, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
