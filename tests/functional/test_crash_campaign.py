"""A bounded part of the campaigns in tests/crash and of the soak: the whole is run by hand, with
the commands in docs/reliability.md."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def ran(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


forks = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="this system does not fork"
)


@forks
@pytest.mark.usefixtures("encoder")
def test_kills_at_random_moments_break_nothing() -> None:
    # Two of each of the ten things that write.
    told = ran("tests/crash/campaign.py", "--kills", "20", "--kills-a-library", "2")
    assert told.splitlines()[-1] == "20 kills, 0 wrong"


@forks
@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize(("writer", "failures"), [("backup", 12), ("restore", 12)])
def test_no_failing_write_sync_or_renaming_breaks_anything(writer: str, failures: int) -> None:
    told = ran("tests/crash/faults.py", "--only", writer)
    assert told.splitlines()[-1] == f"{failures} failures, 0 wrong"


@forks
@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize("file", ["snapshot", "database", "log"])
def test_a_damaged_file_never_gives_a_wrong_answer(file: str) -> None:
    told = ran("tests/crash/damage.py", "--times", "1", "--only", file)
    assert told.splitlines()[-1].endswith(" damages, 0 wrong")
    assert not told.splitlines()[-1].startswith("0")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the soak reads /proc")
@pytest.mark.usefixtures("encoder")
def test_four_processes_on_one_library_fail_at_nothing(tmp_path: Path) -> None:
    # Half a minute tells errors, and handles that nobody closes, of which not one more may be open;
    # not growth: a busy machine first fills SQLite's log in the last third of it.
    told = ran(
        *("benchmarks/soak.py", "--minutes", "0.6", "--think", "0.2", "--most-growth", "400"),
        *("--work", str(tmp_path)),
    )
    assert told.splitlines()[-1] == "0 wrong"
