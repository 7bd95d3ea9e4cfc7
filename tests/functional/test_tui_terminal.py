"""A chat whose terminal is no more ends, and does not run on by itself."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo terminals of this kind", allow_module_level=True)

import pty

from qa.exitcodes import ExitCode
from tui.terminal import is_gone


def test_who_has_hung_up_is_told_from_who_is_silent() -> None:
    ours, theirs = pty.openpty()
    try:
        assert not is_gone(theirs)
    finally:
        os.close(ours)
    assert is_gone(theirs)
    os.close(theirs)


def test_a_chat_ends_with_its_terminal_though_nobody_tells_it_to(
    library: Path, tmp_path: Path
) -> None:
    pid, terminal = pty.fork()
    if pid == 0:  # In the child, which becomes the chat.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        os.environ |= {"TERM": "xterm-256color", "DATELINE_CONFIG": str(tmp_path)}
        os.execv(sys.executable, [sys.executable, "-m", "qa", "--library", str(library)])
    ended = 0
    try:
        wait_for(b"Ask your articles", terminal)
        os.close(terminal)
        until = time.monotonic() + 30
        while not ended and time.monotonic() < until:
            ended, status = os.waitpid(pid, os.WNOHANG)
            time.sleep(0.05)
        assert ended, "the chat runs on without a terminal"
        assert os.waitstatus_to_exitcode(status) == ExitCode.INTERRUPTED
    finally:
        if not ended:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def test_a_chat_whose_errors_go_to_a_file_is_drawn_all_the_same(
    library: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "xterm-256color", "DATELINE_CONFIG": str(tmp_path)}
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT), 2)
        os.execv(sys.executable, [sys.executable, "-m", "qa", "--library", str(library)])
    try:
        wait_for(b"Ask your articles", terminal)
        assert log.read_bytes() == b""
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


@pytest.mark.parametrize("wait_s", [0, 0.4, 0.8])
def test_what_is_typed_while_the_chat_starts_is_asked(
    library: Path, tmp_path: Path, wait_s: float
) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "xterm-256color", "DATELINE_CONFIG": str(tmp_path)}
        os.execv(
            sys.executable, [sys.executable, "-m", "qa", "--no-save", "--library", str(library)]
        )
    try:
        time.sleep(wait_s)
        os.write(terminal, b"When did the last ferry across the Tamber sail?\r")
        wait_for(b"ninety passengers", terminal)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def wait_for(words: bytes, terminal: int) -> None:
    seen, until = b"", time.monotonic() + 60
    while words not in seen and time.monotonic() < until:
        if select.select([terminal], [], [], 0.2)[0]:
            seen += os.read(terminal, 65536)
    assert words in seen
