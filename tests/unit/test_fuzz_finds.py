"""What fuzzing found once is not found again, and what it begins with holds."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path

import pytest

FUZZ = Path(__file__).parents[1] / "fuzz"
_spec = importlib.util.spec_from_file_location("fuzz_targets", FUZZ / "targets.py")
assert _spec is not None and _spec.loader is not None
targets = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(targets)
FINDS = sorted(path for path in (FUZZ / "finds").glob("*/*") if path.is_file())


@pytest.mark.parametrize("find", FINDS, ids=lambda path: f"{path.parent.name}-{path.name[:24]}")
def test_a_find_is_mended(find: Path) -> None:
    target, _ = targets.TARGETS[find.parent.name]
    target(find.read_bytes())


@pytest.mark.parametrize("name", targets.TARGETS)
def test_what_a_target_begins_with_and_what_is_near_it_holds(name: str) -> None:
    target, seeds = targets.TARGETS[name]
    chance = random.Random(name)
    for seed in seeds:
        target(seed)
        for _ in range(5):
            changed = bytearray(seed)
            for _ in range(3):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            target(bytes(changed))
