"""Four Datelines on one library for hours: does anything grow, fail or slow down?

    python benchmarks/soak.py --minutes 120 --think 5 [--work FOLDER] [--json FILE]
    python benchmarks/soak.py --minutes 10 --think 5 --most-growth 25 --slower 10  # as in .ci/run

Each process is open all the while, as a chat is, and by chance asks, goes on with a session, adds,
changes and removes articles, rebuilds a folder, lists, removes a session, backs up, closes the
library and opens it again; between two of these it waits for `--think` seconds on average. How many
articles and sessions there are stays about the same, so that nothing has a reason to grow.
Memory, open files and threads are read from /proc (Linux). After a warm-up of a fifth of the time,
and when each process has done everything once, the first third is held against the last. Exit
status 1 where anything failed, grew or slowed down:

- open files and threads are counted when something is done. The fewest of the last third may not
  be one more than the fewest of the first: threads end a little later, but what is left open stays.
- of memory and the library, the middle may grow by so many percent, and by what comes and goes:
  an allocator keeps some of what it was given back, and how much is a matter of chance. In ten
  minutes a process opens its library some six times; models that stay behind are 45 MB each time.
- an answer is slower where the processor, and not the clock alone, says so, and says it of thirty
  and more, since others use the machine as well, and make the processor's own time longer.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from embeddings import backups
from embeddings.encoder import Encoder
from embeddings.errors import NotFound
from embeddings.library import Library, database_path
from embeddings.models import DEFAULT_MODEL, find_model
from embeddings.rebuild import Rebuild
from embeddings.removal import remove_named
from qa.engine import Engine
from qa.sessions import Sessions, open_conversation

PROCESSES = 4
ARTICLES = 120
MOST_SESSIONS = 24
MOST_TURNS = 8
SAMPLE_S = 5.0
WARM_UP = 0.2
# Whoever has not ended by then hangs, and is killed, which is told as wrong.
LATE_S = 300.0
# What is no growth. A log of SQLite's is written into its database from 4 MB on.
SLACK = {"memory, MB": 12.0, "library, MB": 4.0}
EXACT = ("open files", "threads")
DATABASE = database_path(Path()).name
# So many counts, and so many times, tell something.
ENOUGH_COUNTS = 5
ENOUGH_TIMES = 30
PLACES = ("Tamford", "Corvin", "Mill Lane", "Ostrava Bay", "Lindholm", "Port Ede", "Garsby")
THINGS = ("boats", "books", "bridges", "patients", "votes", "trains", "orchards", "wells")
DOINGS = ("counted", "closed", "opened", "repaired", "sold", "inspected", "lost", "moved")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--think", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument("--most-growth", type=float, default=8, metavar="PERCENT")
    parser.add_argument("--slower", type=float, default=1.5, metavar="TIMES")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="where library and articles are made")
    parser.add_argument("--json", type=Path, help="write all samples there as well")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker is not None:
        Worker(given.work, given.worker, given.seed, given.think).run(60 * given.minutes)
        return 0
    # Told to end, it ends its processes and takes its folder away.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="dateline-soak-", dir=given.work) as folder:
        return soak(Path(folder), given)


# --- one process


class Worker:
    """Does this and that until its time is up, and writes a line of JSON for each."""

    def __init__(self, work: Path, number: int, seed: int, think_s: float) -> None:
        self.home = work / "library"
        self.own = work / "articles" / f"{number}"
        self.chance = random.Random(seed * 100 + number)
        self.think_s = think_s
        self.work = work
        self.log = (work / f"{number}.jsonl").open("w", encoding="utf-8")
        self.said: list[str] = []
        self.engine = Engine(self.home, say=self.said.append)
        self.doings: dict[str, tuple[int, Callable[[], object]]] = {
            "ask": (42, self.ask),
            "go on": (15, self.go_on),
            "add": (10, self.add),
            "change": (5, self.change),
            "remove": (10, self.remove),
            "rebuild": (3, self.rebuild),
            "list": (5, self.list),
            "remove session": (4, self.remove_session),
            "reopen": (5, self.reopen),
            "back up": (1, self.back_up),
        }

    def run(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        names = list(self.doings)
        weights = [self.doings[name][0] for name in names]
        # Everything once, by chance after that: what a process starts once is there then.
        first, started_by = list(names), os.getppid()
        while time.monotonic() < ends and os.getppid() == started_by:
            if first:
                self.do(first[0], self.doings[first.pop(0)][1], first=True)
            else:
                (name,) = self.chance.choices(names, weights)
                self.do(name, self.doings[name][1])
            if self.think_s:
                time.sleep(min(self.chance.expovariate(1 / self.think_s), 8 * self.think_s))
        self.engine.close()

    def do(self, name: str, doing: Callable[[], object], *, first: bool = False) -> None:
        begun, used, wrong = time.perf_counter(), time.process_time(), None
        try:
            doing()
        except NotFound:
            name = "gone meanwhile"  # Another process was quicker: told so, as it should be.
        except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for.
            wrong = traceback.format_exc()
        if self.said:
            wrong = "\n".join([wrong or "", *self.said])
            self.said.clear()
        line = {
            "at": time.time(),
            "what": name,
            "s": time.perf_counter() - begun,
            "cpu_s": time.process_time() - used,
            "wrong": wrong,
            "first": first,
            **held(os.getpid()),
        }
        self.log.write(json.dumps(line) + "\n")
        self.log.flush()

    def ask(self, resume: str | None = None) -> None:
        sessions = Sessions(self.engine.library)
        if resume is None and len(sessions.list()) >= MOST_SESSIONS:
            self.remove_session()
        talk = open_conversation(self.engine, resume=resume, say=self.said.append)
        place, thing = self.chance.choice(PLACES), self.chance.choice(THINGS)
        doing = self.chance.choice(DOINGS)
        asked = [
            f"how many {thing} were {doing} in {place}?",
            f"what did the clerk of {place} say the {thing} cost?",
            "and when was that?" if talk.turns else f"who {doing} the {thing}?",
            f"why is the {place} parliament on the moon?",
        ]
        answer = talk.ask(self.chance.choice(asked))
        for citation in answer.citations:
            assert citation.text, "a citation of nothing"

    def go_on(self) -> None:
        sessions = list(Sessions(self.engine.library).list())
        if not sessions:
            return self.ask()
        session = self.chance.choice(sessions)
        if session.turns >= MOST_TURNS:
            Sessions(self.engine.library).remove(session.id)
            return None
        return self.ask(session.id)

    def add(self) -> None:
        if len(list(self.own.iterdir())) > 1.3 * ARTICLES / PROCESSES:
            return self.remove()
        path = self.own / f"{self.chance.randrange(10**9):09}.md"
        path.write_text(story(self.chance), "utf-8")
        return self._rebuild(path)

    def change(self) -> None:
        path = self.chance.choice(sorted(self.own.iterdir()))
        path.write_text(story(self.chance), "utf-8")
        self._rebuild(path)

    def remove(self) -> None:
        paths = sorted(self.own.iterdir())
        if len(paths) < 0.7 * ARTICLES / PROCESSES:
            return self.add()
        path = self.chance.choice(paths)
        path.unlink()
        with Library(self.home) as library:
            remove_named(library, str(path))
            library.tidy()
        return None

    def rebuild(self) -> None:
        self._rebuild(self.own)

    def _rebuild(self, path: Path) -> None:
        encoder = self.engine.encoder()
        assert encoder is not None
        with Library(self.home) as library:
            outcome = Rebuild(library, encoder).run([path])
            library.tidy()
        assert not outcome.failures, outcome.failures

    def list(self) -> None:
        found = self.chance.choice(list(self.engine.articles()))
        article = self.engine.article(found.id)
        spans = self.engine.library.sentences(found.id)
        assert all(article.text[s.start : s.end].strip() for s in spans)
        self.engine.status()

    def remove_session(self) -> None:
        sessions = Sessions(self.engine.library)
        if len(found := list(sessions.list())) > MOST_SESSIONS // 2:
            sessions.remove(self.chance.choice(found).id)

    def reopen(self) -> None:
        self.engine.close()
        # Or there would be the models of both at once.
        del self.engine
        self.engine = Engine(self.home, say=self.said.append)
        self.engine.warm()

    def back_up(self) -> None:
        file = self.work / f"backup-{self.own.name}.db"
        try:
            backups.back_up(self.home, file)
        finally:
            file.unlink(missing_ok=True)


def story(chance: random.Random) -> str:
    """A small article like no other."""
    place, day = chance.choice(PLACES), chance.randrange(1, 29)
    paragraphs = [
        f"In {chance.choice(PLACES)} the council {chance.choice(DOINGS)} "
        f"{chance.randrange(2, 90_000):,} {chance.choice(THINGS)} near pier "
        f"{chance.randrange(1, 900)}, said the clerk of {chance.choice(PLACES)}. "
        f"The {chance.choice(THINGS)} cost ${chance.randrange(1, 900)} million in {1900 + day}."
        for _ in range(chance.randrange(2, 14))
    ]
    title = f"{place} report {chance.randrange(1_000_000)}"
    return f"---\ntitle: {title}\ndate: 2021-05-{day:02}\n---\n\n" + "\n\n".join(paragraphs) + "\n"


# --- all of them


def soak(work: Path, given: argparse.Namespace) -> int:
    """Run the processes in the folder, sample them, and tell; the exit status."""
    chance = random.Random(given.seed)
    for number in range(PROCESSES):
        (work / "articles" / f"{number}").mkdir(parents=True)
        for at in range(ARTICLES // PROCESSES):
            (work / "articles" / f"{number}" / f"{at:03}.md").write_text(story(chance), "utf-8")
    with Library(work / "library", create=True) as library:
        Rebuild(library, Encoder(find_model(DEFAULT_MODEL))).run([work / "articles"])
        library.tidy()
    command = [
        *(sys.executable, __file__, "--work", str(work), "--seed", str(given.seed)),
        *("--minutes", str(given.minutes), "--think", str(given.think), "--worker"),
    ]
    begun = time.time()
    running = [subprocess.Popen([*command, str(number)]) for number in range(PROCESSES)]
    samples: list[dict[str, Any]] = []
    load: list[float] = []
    try:
        latest = begun + 60 * given.minutes + LATE_S
        while any(one.poll() is None for one in running) and time.time() < latest:
            time.sleep(min(SAMPLE_S, given.minutes))
            if time.time() < begun + 60 * given.minutes:
                samples += [s for n, one in enumerate(running) if (s := sample(n, one.pid))]
                samples.append({"at": time.time(), "who": "library", **folder_size(work)})
                load.append(os.getloadavg()[0])
    finally:
        for one in running:
            if one.poll() is None:
                one.kill()
    wrong = [f"process {n} ended with {p.returncode}" for n, p in enumerate(running) if p.wait()]
    done = [
        {**json.loads(line), "who": f"process {number}"}
        for number in range(PROCESSES)
        for line in (work / f"{number}.jsonl").read_text("utf-8").splitlines()
    ]
    wrong += [f"{one['what']}: {one['wrong']}" for one in done if one["wrong"]]
    wrong += last_look(work)
    if given.json:
        told = {"given": vars(given), "samples": samples, "done": done, "wrong": wrong}
        given.json.write_text(json.dumps(told, default=str), "utf-8")
    begins = begun + WARM_UP * 60 * given.minutes
    ends = begun + 60 * given.minutes
    print(f"{given.minutes:g} minutes, {PROCESSES} processes, {len(done)} things done, ", end="")
    print(f"load {statistics.median(load):.1f} in the middle")
    wrong += growth(samples, done, begins, ends, given.most_growth)
    wrong += latencies(done, begins, (ends - begins) / 3, given.slower)
    for fault in wrong:
        print(f"WRONG: {fault}")
    print(f"{len(wrong)} wrong")
    return 1 if wrong else 0


def sample(number: int, pid: int) -> dict[str, Any] | None:
    """What the process holds now; None where it has ended."""
    try:
        return {"at": time.time(), "who": f"process {number}", **held(pid)}
    except (FileNotFoundError, ProcessLookupError, KeyError):
        return None


def held(pid: int) -> dict[str, float]:
    """What the process holds of the system, the database's own descriptors left out.

    SQLite keeps those of closed connections until the last of the process is closed, since
    closing one would let go of all locks; an open connection is told by its log's.
    """
    opened = 0
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            opened += handle.readlink().name != DATABASE
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    return {
        "memory, MB": int(status["VmRSS"].split()[0]) / 1024,
        "open files": opened,
        "threads": int(status["Threads"]),
    }


def folder_size(work: Path) -> dict[str, float]:
    size = 0
    for path in (work / "library").glob("**/*"):
        try:
            size += path.stat().st_size
        except FileNotFoundError:
            pass  # A passing file.
    return {"library, MB": size / 1e6}


def last_look(work: Path) -> list[str]:
    """What is wrong with the library that they leave."""
    with Library(work / "library") as library:
        found = list(library.check())
        held = {article.path for article in library.articles()}
        if waiting := library.status().waiting:
            found.append(f"{waiting} passages wait for a vector")
    files = {str(path) for path in (work / "articles").glob("*/*.md")}
    if held != files:
        found.append(f"the library holds {len(held)} files, the folder {len(files)}")
    return found


def growth(
    samples: Sequence[dict[str, Any]],
    done: Sequence[dict[str, Any]],
    begins: float,
    ends: float,
    percent: float,
) -> list[str]:
    """Tell of what was held, a row a process and measure; what grew."""
    wrong = []
    print(f"\n{'':10} {'':12} {'first third':>12} {'last third':>12} {'an hour':>10}")
    for who in dict.fromkeys(one["who"] for one in samples):
        since = max([begins, *(s["at"] for s in done if s["who"] == who and s["first"])])
        for measure in (*SLACK, *EXACT):
            told = samples if measure in SLACK else done
            told = [s for s in told if s["who"] == who and measure in s]
            points = [(s["at"], s[measure]) for s in told if s["at"] > since]
            first = [value for at, value in points if at < since + (ends - since) / 3]
            last = [value for at, value in points if at >= ends - (ends - since) / 3]
            if told and measure in SLACK and not (first and last):
                wrong.append(f"{who} was not there all the while")
            if min(len(first), len(last)) < (ENOUGH_COUNTS if measure in EXACT else 1):
                continue
            middle = min if measure in EXACT else statistics.median
            one, other = middle(first), middle(last)
            slope = 3600 * statistics.linear_regression(*zip(*points, strict=True)).slope
            print(f"{who:10} {measure:12} {one:12.1f} {other:12.1f} {slope:+10.1f}")
            most = 0.0 if measure in EXACT else max(SLACK[measure], one * percent / 100)
            if other > one + most:
                wrong.append(f"{who}: {measure} grew from {one:.1f} to {other:.1f}")
    return wrong


def latencies(
    done: Sequence[dict[str, Any]], begins: float, third_s: float, slower: float
) -> list[str]:
    """Tell how long each thing took at first and at last; what became slower."""
    wrong = []
    print(f"\n{'':15} {'times':>6} {'middle, ms: first':>18} {'last third':>11} ", end="")
    print(f"{'processor: first':>17} {'last third':>11} {'longest':>9}")
    for what, times in Counter(one["what"] for one in done).most_common():
        mine = [one for one in done if one["what"] == what and one["at"] >= begins]
        first = [one for one in mine if one["at"] < begins + third_s]
        last = [one for one in mine if one["at"] >= begins + 2 * third_s]
        if not first or not last:
            print(f"{what:15} {times:6}")
            continue
        wall, cpu = (
            [1000 * statistics.median(one[key] for one in part) for part in (first, last)]
            for key in ("s", "cpu_s")
        )
        longest = 1000 * max(one["s"] for one in mine)
        print(f"{what:15} {times:6} {wall[0]:18.0f} {wall[1]:11.0f} ", end="")
        print(f"{cpu[0]:17.0f} {cpu[1]:11.0f} {longest:9.0f}")
        enough = min(len(first), len(last)) >= ENOUGH_TIMES
        if enough and all(b > slower * a for a, b in (wall, cpu)):
            wrong.append(f"{what} took {wall[0]:.0f} ms at first and {wall[1]:.0f} at last")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
