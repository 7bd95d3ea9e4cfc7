"""Fuzzes one of our parsers with coverage, as tests/fuzz/targets.py says.

    python tests/fuzz/run.py NAME [--executions N] [--seconds S] [--found FOLDER]

Needs atheris. What breaks a promise, hangs for 10 s or takes 2 GiB is written to the folder (by
default tests/fuzz/finds/NAME), and ends the run with a status other than 0.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent)]

with atheris.instrument_imports(include=["embeddings", "qa", "tui"]):
    from targets import TARGETS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("name", choices=TARGETS)
    parser.add_argument("--executions", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=0, help="end after so long (0: never)")
    parser.add_argument("--found", type=Path)
    given = parser.parse_args()
    target, seeds = TARGETS[given.name]
    found = given.found or HERE / "finds" / given.name
    found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds):
            (Path(corpus) / f"{number}").write_bytes(seed)
        flags = [
            f"-runs={given.executions}", f"-max_total_time={given.seconds}", "-timeout=10",
            "-rss_limit_mb=2048", "-max_len=4096", "-verbosity=1", "-print_final_stats=1",
            f"-artifact_prefix={found}/", corpus,
        ]  # fmt: skip
        atheris.Setup([sys.argv[0], *flags], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
