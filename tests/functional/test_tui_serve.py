"""The chat in a browser: who is let in, and, where there is a Chromium, what it shows."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from driving import FERRY, FERRY_QUESTION

from qa.commands.serve import chat_arguments, is_loopback

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@pytest.fixture
def address(library: Path) -> Iterator[str]:
    """Where a real ``dateline --serve`` listens, with its token."""
    arguments = [sys.executable, "-m", "qa", "--serve", "--port", "0", "--no-save"]
    with subprocess.Popen(
        [*arguments, "--library", str(library)],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", process.stderr.readline())
        assert found
        yield found[0]
        process.terminate()
        assert process.wait(30) == 0


def test_only_this_machine_is_served_unless_a_person_knows(dateline: Any, library: Path) -> None:
    ran = dateline("--serve", "--host", "0.0.0.0", "--library", library)
    assert ran.returncode == 2
    assert "add --i-know" in ran.stderr
    for flags in (["--port", "80"], ["--host", "x"], ["--i-know"]):
        assert dateline(*flags).returncode == 2
    assert [is_loopback(h) for h in ("127.0.0.1", "::1", "localhost", "127.1.2.3")] == [True] * 4
    assert [is_loopback(h) for h in ("0.0.0.0", "192.168.0.2", "example.org", "")] == [False] * 4


def test_each_window_is_opened_with_the_flags_that_were_given() -> None:
    given = chat_arguments(
        Path("/l"), since="2020-01-01", until=None, source="-x", top=5, resume="", new=False,
        no_save=True,
    )  # fmt: skip
    assert given == [
        "--library=/l", "--since=2020-01-01", "--source=-x", "--top=5", "--resume", "--no-save",
    ]  # fmt: skip


async def test_nobody_comes_in_without_the_token_or_from_another_page(address: str) -> None:
    base, _, token = address.partition("/?token=")
    host = base.removeprefix("http://")
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        aiohttp.ClientSession() as stranger,
        aiohttp.ClientSession(cookie_jar=jar) as guest,
    ):

        async def status(session: aiohttp.ClientSession, path: str, **headers: str) -> int:
            async with session.get(base + path, headers=headers, allow_redirects=False) as got:
                return got.status

        for path in ("/", "/?token=", f"/?token={token[:-1]}", "/ws", "/static/js/textual.js"):
            assert await status(stranger, path, Origin=base) == 403
        assert await status(guest, f"/?token={token}", Host="evil.example") == 403
        assert await status(guest, f"/?token={token}", Origin="http://evil.example") == 403
        async with guest.get(address) as got:
            page = await got.text()
            assert (got.status, str(got.url)) == (200, base + "/")
            assert token not in page
            assert f"ws://{host}/ws" in page
            assert "default-src 'self'" in got.headers["Content-Security-Policy"]
        assert await status(guest, "/static/js/textual.js") == 200
        for origin in ({}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await guest.ws_connect(f"{base}/ws", headers=origin)
            assert refused.value.status == 403
        async with guest.ws_connect(f"{base}/ws", headers={"Origin": base}) as connected:
            first = await connected.receive(timeout=60)
            assert first.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT)


class Page:
    """As much of Chromium's own protocol as this test needs."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0

    async def call(self, method: str, **given: Any) -> dict[str, Any]:
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": given})
        while True:
            got = await self._socket.receive_json(timeout=60)
            if got.get("id") == self._number:
                assert "error" not in got, got
                return dict(got["result"])

    async def evaluate(self, script: str) -> Any:
        got = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        return got["result"].get("value")


@contextlib.asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[Page]:
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
        "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--remote-debugging-port=0", f"--user-data-dir={profile}",
        "--window-size=1100,700", "about:blank",
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        port = None
        async with asyncio.timeout(60):
            while port is None:
                line = (await process.stderr.readline()).decode("utf-8", "replace")
                if found := re.search(r"DevTools listening on ws://[^:]+:(\d+)/", line):
                    port = found[1]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as got:
                pages = json.loads(await got.text())
            target = next(p["webSocketDebuggerUrl"] for p in pages if p["type"] == "page")
            async with session.ws_connect(target, max_msg_size=0) as socket:
                yield Page(socket)
    finally:
        process.kill()
        await process.wait()


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
async def test_a_browser_asks_and_sees_the_answer_and_its_highlight(
    address: str, tmp_path: Path
) -> None:
    async with browser(tmp_path / "profile") as page:
        await page.call("Page.enable")
        await page.call("Page.addScriptToEvaluateOnNewDocument", source=_LISTENER)
        await page.call("Page.navigate", url=address)

        async def sees(text: str) -> None:
            """The terminal's stream holds it, as far as it has come."""
            wanted = re.escape(text).replace(r"\ ", r"\s+")
            heard = ""
            for _ in range(300):
                heard = re.sub(
                    r"\x1b\[[0-9;?]*[A-Za-z]", " ", await page.evaluate("window.__heard") or ""
                )
                if re.search(wanted, heard):
                    return
                await asyncio.sleep(0.2)
            raise AssertionError(f"{text!r} not in {heard[-2000:]!r}")

        await sees("2 articles")
        assert "token" not in await page.evaluate("location.href")
        await page.evaluate("document.querySelector('textarea').focus()")
        await page.call("Input.insertText", text=FERRY_QUESTION)
        for kind in ("rawKeyDown", "char", "keyUp"):
            await page.call(
                "Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r",
                windowsVirtualKeyCode=13,
            )  # fmt: skip
        await sees(FERRY.split(" on ")[0])
        await sees("Tamber Courier")
        await page.evaluate("window.__heard = ''")
        await page.call("Input.insertText", text="1")
        await sees("Engineers closed the old landing stage")
        drawn = await page.evaluate("window.__heard")
        assert ground_of("The last ferry", drawn) != ground_of("Engineers closed", drawn)
        picture = await page.call("Page.captureScreenshot")
        kept = base64.b64decode(picture["data"])
        assert kept.startswith(b"\x89PNG")
        folder = Path(os.environ.get("DATELINE_ARTEFACTS", tmp_path))
        (folder / "browser.png").write_bytes(kept)


def ground_of(text: str, drawn: str) -> str:
    """The background that the text was last drawn on: red;green;blue."""
    return re.findall(r"48;2;(\d+;\d+;\d+)m", drawn[: drawn.rindex(text)])[-1]


# What comes through the page's own connection, as text: a canvas tells no words.
_LISTENER = """
window.__heard = "";
const Real = window.WebSocket;
window.WebSocket = class extends Real {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", async (event) => {
      const data = event.data;
      if (typeof data === "string") return;
      const bytes = data instanceof Blob ? await data.arrayBuffer() : data;
      window.__heard += new TextDecoder().decode(bytes);
    });
  }
};
"""
