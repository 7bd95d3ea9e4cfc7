"""A folder of downloads that one stands in may hold programs: none of them is ever run."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from qa.commands import serve

ROOT = Path(__file__).resolve().parents[2]
# What Python, multiprocessing and our own processes import before anything else, and after.
NAMES = (
    *("pickle", "socket", "tempfile", "json", "os", "re", "struct", "sitecustomize", "logging"),
    *("numpy", "torch", "sentence_transformers", "onnx", "lxml", "trafilatura", "feedparser"),
    *("qa", "embeddings", "tui", "textual", "aiohttp"),
)
PAGE = (
    "<html><body><article><h1>Ferry</h1><p>The ferry to Skarn stopped in May 2019, the mayor said "
    "on Monday in a long statement.</p></article></body></html>"
)


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """Articles, and beside them modules that leave a mark when they are imported."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.py").write_text(
            f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r} + '\\n')\nraise ImportError\n"
        )
    (folder / "ferry.html").write_text(PAGE)
    return folder


def ran(downloads: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command as it is installed: its own folder, and not the current one, comes first."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "qa", "--library", str(downloads.parent / "library"),
         *arguments],
        cwd=downloads, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_no_module_in_the_folder_one_stands_in_is_imported(downloads: Path, tmp_path: Path) -> None:
    # A page is read in a process of its own.
    found = ran(downloads, "--rebuild", ".")
    assert (found.returncode, found.stdout.split(",")[0]) == (0, "1 added"), found.stderr
    assert ran(downloads, "--ask", "When did the ferry to Skarn stop?").returncode == 0
    assert not (tmp_path / "ran").exists()


async def test_no_window_of_the_browsers_chat_imports_one(
    downloads: Path, tmp_path: Path, built: Path
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "qa", "--serve", "--port", "0", "--no-save",
        "--library", str(built),
        cwd=downloads, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        assert process.stderr is not None
        line = (await process.stderr.readline()).decode()
        address = re.search(r"http://\S+", line)
        assert address, line
        base = address[0].partition("/?")[0]
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as guest:
            async with guest.get(address[0]) as got:
                assert got.status == 200
            async with guest.ws_connect(f"{base}/ws", headers={"Origin": base}) as connected:
                drawn = await connected.receive(timeout=60)
                assert drawn.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT)
    finally:
        process.terminate()
        await process.wait()
    assert not (tmp_path / "ran").exists()


def test_every_process_of_ours_is_started_with_a_safe_path() -> None:
    """Whoever starts Python elsewhere must start it as `embeddings.children` does."""
    for file in sorted((*ROOT.glob("embeddings/**/*.py"), *ROOT.glob("qa/**/*.py"),
                        *ROOT.glob("tui/**/*.py"))):  # fmt: skip
        text = file.read_text("utf-8")
        for found in re.finditer(r"sys\.executable[^\n]*", text):
            assert '"-P"' in found[0], f"{file}: {found[0]}"
    assert "-P" in shlex.split(serve.window_command(["--new"]))
