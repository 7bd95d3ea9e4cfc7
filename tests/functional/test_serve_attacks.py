"""Attacks on the browser's door, as bytes on a real connection: none opens it."""

from __future__ import annotations

import asyncio
import base64
import inspect
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from qa.commands import serve

ROOT = Path(__file__).resolve().parents[2]
HEADERS = {
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@dataclass(frozen=True)
class Door:
    """Where a real ``dateline --serve`` listens, and what its person was given."""

    port: int
    token: str

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def cookie(self) -> str:
        return f"dateline-{self.port}={self.token}"

    def send(self, *lines: str, raw: bytes | None = None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case and body of what is answered; 0 where nothing is."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as connected:
            connected.settimeout(10)
            kind = "Upgrade" if "Upgrade: websocket" in lines else "close"
            said = "\r\n".join([*lines, f"Connection: {kind}", "", ""]).encode("latin-1", "replace")
            connected.sendall(said if raw is None else raw)
            answer = b""
            try:
                while len(answer) < 200_000 and (block := connected.recv(65536)):
                    answer += block
                    if answer.startswith(b"HTTP/1.1 101") or _is_whole(answer):
                        break
            except (TimeoutError, ConnectionError):
                pass
        head, _, body = answer.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        named = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in rest)}
        status = re.match(r"HTTP/1\.\d (\d{3})", first)
        return int(status[1]) if status else 0, named, body

    def get(self, path: str, *more: str, host: str | None = None, cookie: bool = True) -> int:
        lines = [f"GET {path} HTTP/1.1", f"Host: {host or self.host}", *more]
        return self.send(*lines, *[f"Cookie: {self.cookie}"] * cookie)[0]


def _is_whole(answer: bytes) -> bool:
    """Whether all has come that its head promised, where the connection is kept open after it."""
    head, between, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(between and length and len(body) >= int(length[1]))


@pytest.fixture(scope="module")
def door(built: Path) -> Iterator[Door]:
    with subprocess.Popen(
        [sys.executable, "-m", "qa", "--serve", "--port", "0", "--no-save", "--library", built],
        stderr=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        assert process.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)", process.stderr.readline())
        assert found
        yield Door(int(found[1]), found[2])
        process.terminate()
        assert process.wait(30) == 0


def upgrade(door: Door, *more: str, cookie: str | None = None) -> tuple[str, ...]:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        "GET /ws HTTP/1.1", f"Host: {door.host}", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}",
        f"Cookie: {door.cookie if cookie is None else cookie}", *more,
    )  # fmt: skip


def test_the_person_comes_in_and_every_answer_has_its_headers(door: Door) -> None:
    assert door.get("/") == 200
    for path, cookie in (
        ("/", True), ("/", False), ("/nothing", True), ("/download/x", True), ("/static/", True),
        (f"/?token={door.token}", False), ("/static/js/textual.js", True),
    ):  # fmt: skip
        lines = [f"GET {path} HTTP/1.1", f"Host: {door.host}"]
        status, named, _ = door.send(*lines, *[f"Cookie: {door.cookie}"] * cookie)
        assert status in (200, 303, 403, 404), path
        assert named.items() >= HEADERS.items(), path
        policy = named["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert policy.startswith("default-src 'self'" if status == 200 else "default-src 'none'")
        assert "access-control-allow-origin" not in named


def test_the_cookie_is_for_this_door_alone(door: Door) -> None:
    _, named, _ = door.send(f"GET /?token={door.token} HTTP/1.1", f"Host: {door.host}")
    assert named["location"] == "/"
    cookie = named["set-cookie"]
    assert cookie.startswith(f"{door.cookie};")
    assert {"HttpOnly", "SameSite=Strict"} <= {part.strip() for part in cookie.split(";")}


@pytest.mark.parametrize(
    "token", ["", "x", "{0}x", "x{0}", "{0}%00", "{0}/../", "*", "null", "%ff", "é", "{1}"]
)
def test_a_token_that_is_not_quite_right_is_none(door: Door, token: str) -> None:
    given = token.format(door.token, door.token.swapcase())
    assert door.get(f"/?token={given}", cookie=False) in (400, 403)
    status, _, _ = door.send(
        "GET / HTTP/1.1", f"Host: {door.host}", f"Cookie: dateline-{door.port}={given}"
    )
    assert status in (400, 403)


def test_a_token_is_compared_in_constant_time() -> None:
    source = inspect.getsource(serve.ChatServer._is_token)
    assert "hmac.compare_digest" in source
    assert "==" not in source


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{0}", "127.0.0.1.evil.example:{0}", "localhost.:{0}",
     "127.0.0.1", "127.0.0.1:1", "127.1:{0}", "2130706433:{0}", "[::1]:{0}", "0.0.0.0:{0}",
     "127.0.0.1:{0}@evil.example", "LOCALHOST:{0}.evil.example", ""],
)  # fmt: skip
def test_a_name_that_is_pointed_at_this_machine_is_not_served(door: Door, host: str) -> None:
    """A page of another site that has its own name resolve to this machine (DNS rebinding)."""
    lines = (f"Host: {host.format(door.port)}", f"Cookie: {door.cookie}")
    assert door.send("GET / HTTP/1.1", *lines)[0] in (400, 403)
    assert door.send(f"GET /?token={door.token} HTTP/1.1", *lines)[0] in (400, 403)


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "", "http://127.0.0.1", "https://127.0.0.1:{0}",
     "http://localhost:{0}", "http://127.0.0.1:{0}.evil.example", "http://127.0.0.1:{0}/",
     "file://", "http://evil.example http://127.0.0.1:{0}", None],
)  # fmt: skip
def test_a_page_of_another_origin_opens_no_connection(door: Door, origin: str | None) -> None:
    more = () if origin is None else (f"Origin: {origin.format(door.port)}",)
    assert door.send(*upgrade(door, *more))[0] == 403


def test_the_persons_own_page_does_and_nobody_without_the_cookie(door: Door) -> None:
    own = f"Origin: http://{door.host}"
    assert door.send(*upgrade(door, own))[0] == 101
    assert door.send(*upgrade(door, own, cookie=""))[0] == 403
    assert door.send(*upgrade(door, own, cookie=f"dateline-{door.port}=x"))[0] == 403
    assert door.send(*upgrade(door, own, cookie=f"dateline-1={door.token}"))[0] == 403


@pytest.mark.parametrize(
    "path",
    ["/static/../server.py", "/static/..%2fserver.py", "/static/%2e%2e/server.py",
     "/static/..%5cserver.py", "/static//etc/passwd", "/static/%2fetc%2fpasswd",
     "/static/js/../../app_service.py", "/static/....//server.py", "/static/%00", "/..%2f..%2fetc",
     "//etc/passwd", "/etc/passwd", "/static/js/textual.js/../../../server.py",
     "/download/../../etc/passwd", "/download/%2e%2e%2fetc%2fpasswd", "/download/x", "/library.db",
     "/static/js/textual.js%00.py", "http://127.0.0.1/etc/passwd", "/?token=../../etc/passwd"],
)  # fmt: skip
def test_no_other_file_is_served(door: Door, path: str) -> None:
    for more in ((), ("Range: bytes=0-9",), ("X-Original-URL: /etc/passwd",)):
        status, _, body = door.send(
            f"GET {path} HTTP/1.1", f"Host: {door.host}", f"Cookie: {door.cookie}", *more
        )
        assert status in (200, 400, 403, 404)
        assert b"root:" not in body and b"SQLite format" not in body
        assert b"import " not in body or b"<html" in body.lower()
        if status == 200:
            assert path.startswith(("/?", "//")) or b"<html" in body.lower(), path


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "CONNECT"]
)
def test_nothing_else_than_looking_is_understood(door: Door, method: str) -> None:
    lines = (f"{method} / HTTP/1.1", f"Host: {door.host}", f"Cookie: {door.cookie}")
    assert door.send(*lines)[0] in (400, 403, 404, 405)


@pytest.mark.parametrize(
    "raw",
    [b"\x00" * 1000, b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n\r\n", b"\x16\x03\x01\x02\x00",
     b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
     b"GET " + b"/x" * 50_000 + b" HTTP/1.1\r\n\r\n",
     b"GET / HTTP/1.1\r\n" + b"".join(b"X%d: y\r\n" % n for n in range(20_000)) + b"\r\n",
     b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /"],
     ids=["zeros", "another version", "no version", "TLS", "two hosts", "a long path",
          "many headers", "two lengths"],
)  # fmt: skip
def test_what_is_no_request_leaves_the_door_standing(door: Door, raw: bytes) -> None:
    assert door.send(raw=raw)[0] in (0, 400, 403, 404, 405)
    assert door.get("/") == 200


async def test_more_windows_than_a_person_has_are_refused(door: Door) -> None:
    own = f"Origin: http://{door.host}"
    held = []
    try:
        for _ in range(serve.MOST_WINDOWS + 2):
            reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
            writer.write("\r\n".join([*upgrade(door, own), "Connection: Upgrade", "", ""]).encode())
            held.append((reader, writer))
        firsts = [await asyncio.wait_for(reader.readline(), 30) for reader, _ in held]
        # The window of an earlier test may still be closing.
        came_in = sum(b" 101 " in first for first in firsts)
        assert serve.MOST_WINDOWS - 1 <= came_in <= serve.MOST_WINDOWS
        assert sum(b" 429 " in first for first in firsts) == len(held) - came_in
    finally:
        for _, writer in held:
            writer.close()
