"""Kill Dateline at random moments of all that it writes, and see whether it keeps its promises.

    python tests/crash/campaign.py --kills 500 --seed 1

After each kill (SIGKILL, which nothing can catch): every finished article is whole, none is half,
index and truth agree, searches are what brute force finds, and the next run completes. Ends with 1
where anything was wrong. Needs a system that forks.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from crash import stage
from crash.victims import VICTIMS, Scene, Victim


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="one victim's name")
    parser.add_argument("--articles", type=int, default=16)
    parser.add_argument("--kills-a-library", type=int, default=5, help="then a fresh one")
    given = parser.parse_args()
    victims = [v for v in VICTIMS if given.only in (None, v.name)]
    with tempfile.TemporaryDirectory(prefix="dateline-crash-") as folder:
        return campaign(Path(folder), victims, given)


def campaign(folder: Path, victims: list[Victim], given: argparse.Namespace) -> int:
    """Kill so many; the exit status."""
    kills, seed, articles = given.kills, given.seed, given.articles
    first, second = stage.encoders()
    chance = random.Random(seed)
    base = folder / "base"
    stage.fill(base / "articles", chance, articles)
    scenes = {
        victim.name: Scene(base, folder / "work", first, second, chance.randrange(2**32))
        for victim in victims
    }
    # Paths are part of articles' ids, so every scene has the same.
    (folder / "work").mkdir()
    (base / "articles").rename(folder / "work" / "articles")
    stage.done_in_child(lambda _: stage.rebuild(base / "home", folder / "work" / "articles", first))
    (folder / "work" / "articles").rename(base / "articles")

    begun = time.monotonic()
    hit: collections.Counter[str] = collections.Counter()
    ended: collections.Counter[str] = collections.Counter()
    wrong: list[str] = []
    done = round_ = 0
    while done < kills:
        victim = victims[round_ % len(victims)]
        round_ += 1
        scene = scenes[victim.name]
        stage.few_are_many(victim.few_are_many)
        scene.reset()
        lasts = _time_of(victim, scene)
        for _ in range(given.kills_a_library):
            if done >= kills:
                break
            moment = chance.uniform(0.0, lasts)
            was_hit, faults = _kill(victim, scene, moment)
            (hit if was_hit else ended)[victim.name] += 1
            done += was_hit
            for fault in faults:
                line = f"{victim.name}, killed after {moment:.4f} of {lasts:.4f} s: {fault}"
                wrong.append(line)
                print(line, flush=True)
            if ended[victim.name] > 20 + 5 * hit[victim.name]:
                print(f"{victim.name} ends before it can be killed", flush=True)
                return 1
        rate = 60 * done / (time.monotonic() - begun)
        print(f"{done} of {kills} killed, {rate:.0f} a minute, {len(wrong)} wrong", flush=True)
    print(f"seed {seed}, {articles} articles, {time.monotonic() - begun:.0f} s")
    for victim in victims:
        print(f"{victim.name:14} killed {hit[victim.name]:4}, ended first {ended[victim.name]:3}")
    print(f"{sum(hit.values())} kills, {len(wrong)} wrong")
    return 1 if wrong else 0


def _time_of(victim: Victim, scene: Scene) -> float:
    """How long it takes when nobody ends it, in seconds; the library is then as if it had not."""
    state = scene.chance.getstate()
    _prepare(victim, scene)
    child = stage.Child(victim.act, scene)
    child.wait_for_begin()
    begun = time.monotonic()
    said = child.heard()
    lasted = time.monotonic() - begun
    if said and isinstance(said[-1], tuple) and said[-1][0] == "raised":
        raise RuntimeError(said[-1][1])
    scene.reset()
    scene.chance.setstate(state)
    return lasted


def _prepare(victim: Victim, scene: Scene) -> None:
    """In a child, whose chance and texts are then ours: nothing may be opened in this process."""

    def prepared(_: object) -> tuple[object, set[str]]:
        from crash import truth

        victim.prepare(scene)
        return scene.chance.getstate(), truth.texts_of(scene.articles)

    state, texts = stage.done_in_child(prepared)
    scene.chance.setstate(state)
    scene.known |= texts


def _kill(victim: Victim, scene: Scene, moment: float) -> tuple[bool, list[str]]:
    """Whether it was still at it when it was killed, and what was wrong then and later."""
    _prepare(victim, scene)
    child = stage.Child(victim.act, scene)
    child.wait_for_begin()
    time.sleep(moment)
    was_hit = child.process.is_alive()
    if was_hit:
        os.kill(child.process.pid or 0, signal.SIGKILL)
    said = child.heard()
    was_hit = was_hit and child.process.exitcode == -signal.SIGKILL
    # What it did by chance, the next may not repeat.
    scene.chance.random()
    faults: list[str] = []
    for step, run in (
        ("then", lambda _: victim.judge(scene, said)),
        ("after the next run", lambda _: victim.finish(scene)),
    ):
        try:
            faults += [f"{step}: {fault}" for fault in stage.done_in_child(run)]
        except RuntimeError as error:
            faults.append(f"{step}: {error}")
    if faults:
        scene.reset()
    return was_hit, faults


if __name__ == "__main__":
    sys.exit(main())
