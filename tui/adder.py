"""The process beside the chat that takes articles in, as the chat sees it.

Reading, storing and embedding would take turns with the keyboard for Python's lock; in a process
of their own, of lower priority, they cannot hold up a key or a question. What the process tells
comes as lines of JSON and is taken as data alone, whatever a file has made of the process: no
object is ever unpickled here.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from embeddings.errors import DatelineError
from embeddings.outcome import Failure, Outcome, Progress
from embeddings.places import Place, place_text

_ROOT = Path(__file__).resolve().parent.parent
# -P: no module is ever taken from the folder that the person happens to be in.
COMMAND = (sys.executable, "-P", "-m", "tui.adding_main")
# Told to stop, it ends after the article it is at; a fetch or a file may take its time.
_PATIENCE_S = 10.0
_MOST_LINE = 64 * 1024 * 1024
_COUNTS = ("added", "changed", "unchanged", "removed", "passages", "same", "versions")


class AddingFailed(DatelineError):
    """Nothing more is added; the text says why, and what to do."""


class Adder:
    """Takes the paths into the library in `folder`, or looks again at all it knows where none."""

    def __init__(
        self, folder: Place, paths: Sequence[str], *, command: Sequence[str] = COMMAND
    ) -> None:
        self._given = json.dumps({"library": place_text(folder), "paths": list(paths)})
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        # `run` and `stop` are called by different threads.
        self._lock = threading.Lock()
        self.was_stopped = False

    @property
    def pid(self) -> int | None:
        """The process's id; None before it is started."""
        return None if self._process is None else self._process.pid

    def run(self, *, progress: Callable[[Progress], None], say: Callable[[str], None]) -> Outcome:
        """Start the process and wait until it has ended; what it did.

        Raises `AddingFailed`, with what it failed of.
        """
        with self._lock:
            if self.was_stopped:
                return Outcome()
            self._process = process = _started(self._command)
        assert process.stdout is not None
        ended: Outcome | None = None
        self._send(self._given)
        try:
            while line := process.stdout.readline(_MOST_LINE):
                told = _read(line)
                if "progress" in told:
                    progress(Progress(*(int(count) for count in told["progress"])))
                elif "said" in told:
                    say(str(told["said"]))
                elif "failed" in told:
                    raise AddingFailed(str(told["failed"]))
                else:
                    ended = _outcome(told["outcome"])
        except (ValueError, TypeError, KeyError) as error:
            raise AddingFailed(
                "the process that adds articles said what cannot be understood; what was "
                "finished is kept: add the same again to go on"
            ) from error
        finally:
            self._end(process)
        if ended is not None:
            return ended
        if self.was_stopped:
            return Outcome()
        raise AddingFailed(
            f"the process that adds articles was ended ({process.returncode}); what was finished "
            "is kept: add the same again to go on"
        )

    def stop(self) -> None:
        """Let it end after the article it is at; what is finished is kept. Does not wait."""
        with self._lock:
            self.was_stopped = True
        if self._process is not None:
            self._send("stop")
            impatient = threading.Timer(_PATIENCE_S, self._kill)
            impatient.daemon = True
            impatient.start()

    def _kill(self) -> None:
        # Articles are stored whole or not at all.
        if self._process is not None and self._process.poll() is None:
            self._process.kill()

    def _send(self, line: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        # Where it has ended, hearing from it will say so.
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Close its input, which ends it if it has not ended, and wait for that."""
        assert process.stdin is not None
        assert process.stdout is not None
        with self._lock, contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Textual has taken the terminal; nothing else may write to it.
            stderr=subprocess.DEVNULL,
            env=_environment(),
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
        )
    except OSError as error:
        raise AddingFailed(
            f"no process could be started to add articles: {error.strerror or error}; "
            "close other programs and try again"
        ) from error


def _environment() -> dict[str, str]:
    """This process's environment, with the packages importable from where they are now."""
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def _read(line: bytes) -> Mapping[str, Any]:
    told = json.loads(line)
    if not isinstance(told, dict):
        raise TypeError("not an object")
    return told


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """The outcome as it is sent."""
    failures = [[failure.path, failure.reason] for failure in outcome.failures]
    counts = {name: getattr(outcome, name) for name in _COUNTS}
    return {**counts, "failures": failures, "notes": [list(note) for note in outcome.notes]}


def _outcome(told: Mapping[str, Any]) -> Outcome:
    outcome = Outcome()
    for name in _COUNTS:
        setattr(outcome, name, int(told[name]))
    outcome.failures += [Failure(str(path), str(reason)) for path, reason in told["failures"]]
    outcome.notes += [(str(file), str(note)) for file, note in told["notes"]]
    return outcome
