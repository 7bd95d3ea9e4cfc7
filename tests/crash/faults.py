"""Every write, sync and renaming of a file of ours fails once, or is the last thing that happens.

    python tests/crash/faults.py

For each thing that writes whole files (a snapshot, a backup, a restored library, a repaired one,
what a migration keeps), for each kind of failure and for each n: the n-th operation fails, and the
library is judged as after a kill. Ends with 1 where anything was wrong.
"""

from __future__ import annotations

import argparse
import errno
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from crash import stage, truth
from crash.victims import VICTIMS, Scene, Victim

from embeddings import durable
from embeddings.errors import DatelineError

_OPERATIONS = ("_write", "_sync", "_rename", "_name")
_WRITERS = ("compaction", "backup", "restore", "repair", "migration")
_DIED = 77


def failing(how: str, nth: int) -> Callable[[], int]:
    """Have the n-th operation of this process fail; gives what counts them."""
    count = 0

    def wrap(name: str) -> None:
        real = getattr(durable, name)

        def operation(*arguments: Any) -> Any:
            nonlocal count
            count += 1
            if count != nth:
                return real(*arguments)
            if how == "dies":
                os._exit(_DIED)
            if how == "dies after half" and name == "_write":
                file, part = arguments
                file.write(part[: len(part) // 2])
                file.flush()
                os._exit(_DIED)
            if how == "dies after half":
                real(*arguments)
                os._exit(_DIED)
            code = getattr(errno, how)
            raise OSError(code, os.strerror(code))

        setattr(durable, name, operation)

    for name in _OPERATIONS:
        wrap(name)
    return lambda: count


def _act(send: Any, victim: Victim, scene: Scene, how: str, nth: int) -> tuple[int, str | None]:
    """How many operations there were, and what was raised, if anything a person could be shown."""
    counted = failing(how, nth)
    try:
        victim.act(send, scene)
    except (DatelineError, OSError) as error:
        return counted(), str(error)
    return counted(), None


def _judge(_: Any, victim: Victim, scene: Scene) -> list[str]:
    return victim.judge(scene, []) + victim.finish(scene)


def _prepare(_: Any, victim: Victim, scene: Scene) -> set[str]:
    victim.prepare(scene)
    if victim.name == "restore":
        # Into an empty library SQLite itself writes, and no file of ours.
        shutil.rmtree(scene.other, ignore_errors=True)
    return truth.texts_of(scene.articles)


def campaign(folder: Path, seed: int, only: str | None, most: int | None) -> int:
    """All kinds of failure at every operation, or the first `most`; the exit status."""
    first, second = stage.encoders()
    chance = random.Random(seed)
    scene = Scene(folder / "base", folder / "work", first, second, seed)
    (folder / "work").mkdir()
    stage.fill(folder / "work" / "articles", chance, 10)
    stage.done_in_child(
        lambda _: stage.rebuild(folder / "base" / "home", folder / "work" / "articles", first)
    )
    (folder / "work" / "articles").rename(folder / "base" / "articles")
    wrong = tried = 0
    for victim in VICTIMS:
        if victim.name not in _WRITERS or only not in (None, victim.name):
            continue
        stage.few_are_many(victim.few_are_many)
        for how in ("ENOSPC", "EIO", "dies", "dies after half"):
            nth = 0
            while most is None or nth < most:
                nth += 1
                scene.reset()
                scene.known |= stage.done_in_child(_prepare, victim, scene)
                child = stage.Child(_act, victim, scene, how, nth)
                said = child.heard()
                last = said[-1] if said else None
                faults: list[str] = []
                if child.process.exitcode != _DIED:
                    if not isinstance(last, tuple) or last[0] != "result":
                        faults.append(f"raised {last}")
                    elif last[1][0] < nth:
                        break
                try:
                    faults += stage.done_in_child(_judge, victim, scene)
                except RuntimeError as error:
                    faults.append(str(error))
                tried += 1
                for fault in faults:
                    wrong += 1
                    print(f"{victim.name}, {how} at operation {nth}: {fault}", flush=True)
        print(f"{victim.name}: {tried} tried so far, {wrong} wrong", flush=True)
    print(f"{tried} failures, {wrong} wrong")
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=_WRITERS)
    parser.add_argument("--most", type=int, help="no more than the first so many operations")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-faults-") as folder:
        return campaign(Path(folder), given.seed, given.only, given.most)


if __name__ == "__main__":
    sys.exit(main())
