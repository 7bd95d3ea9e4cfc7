"""Every way known to us to have somebody's own machine or network asked, in one table.

Time, size, robots.txt and what else a server may do wrong is in test_web.py.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from embeddings import addresses
from embeddings.encoder import Encoder
from embeddings.errors import DatelineError
from embeddings.fetch import Bounds, fetch_once
from embeddings.fetch_polite import Guest
from embeddings.library import Library
from embeddings.rebuild import Rebuild
from embeddings.web import Web

# {port} is that of a server on this machine which must hear nothing.
DIRECT = {
    "the name": "http://localhost:{port}/",
    "the name with a dot": "http://localhost.:{port}/",
    "a name below it": "http://x.localhost:{port}/",
    "in capitals": "HTTP://LOCALHOST:{port}/",
    "decimal": "http://2130706433:{port}/",
    "hexadecimal": "http://0x7f000001:{port}/",
    "octal": "http://0177.0.0.1:{port}/",
    "short": "http://127.1:{port}/",
    "another loopback": "http://127.8.8.8:{port}/",
    "zero": "http://0:{port}/",
    "all zeros": "http://0.0.0.0:{port}/",
    "IPv6": "http://[::1]:{port}/",
    "IPv6, long": "http://[0:0:0:0:0:0:0:1]:{port}/",
    "IPv6 of IPv4": "http://[::ffff:127.0.0.1]:{port}/",
    "IPv6 of IPv4, hexadecimal": "http://[::ffff:7f00:1]:{port}/",
    "IPv6 of IPv4, old": "http://[::127.0.0.1]:{port}/",
    "IPv6, translated": "http://[64:ff9b::7f00:1]:{port}/",
    "IPv6, any": "http://[::]:{port}/",
    "IPv6, with a zone": "http://[fe80::1%25lo]:{port}/",
    "round digits": "http://①②⑦.⓪.⓪.①:{port}/",
    "wide digits": "http://１２７.0.0.1:{port}/",
    "wide dots": "http://127。0。0。1:{port}/",
    "behind a user": "http://example.org@127.0.0.1:{port}/",
    "behind a password": "http://example.org:80@127.0.0.1:{port}/",
    "before a fragment": "http://127.0.0.1:{port}#@example.org/",
    "with a backslash": "http://127.0.0.1:{port}\\@example.org/",
    "with a tab": "http://127.0.0.1\t:{port}/",
    "with a line's end": "http://127.0.0.1:{port}/\r\nHost: example.org",
    "with a zero": "http://127.0.0.1\0.example.org:{port}/",
    "metadata of a cloud": "http://169.254.169.254/latest/meta-data/",
    "metadata, as a number": "http://2852039166/latest/meta-data/",
    "a file": "file:///etc/passwd",
    "a file by another name": "file://localhost/etc/passwd",
    "ftp": "ftp://127.0.0.1:{port}/",
    "gopher": "gopher://127.0.0.1:{port}/_x",
    "data": "data:text/html,hello",
    "a script": "javascript:alert(1)",
    "no scheme": "//127.0.0.1:{port}/",
    "nothing": "http://",
    "no host": "http://:{port}/",
    "a port that is none": "http://example.org:99999999/",
}


@pytest.fixture
def untouched() -> Iterator[int]:
    """The port of a server that must not be asked by anybody."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    assert heard == []


@pytest.mark.parametrize("way", DIRECT)
def test_no_way_of_writing_it_reaches_this_machine(untouched: int, way: str) -> None:
    url = DIRECT[way].format(port=untouched)
    for fetch in (lambda: fetch_once(url, Bounds()), lambda: Guest(Bounds()).fetch(url)):
        with pytest.raises(DatelineError) as refused:
            fetch()
        assert "\n" not in str(refused.value) and "; " in str(refused.value)


INDIRECT = {
    "a redirect": (302, "text/html", "{bad}"),
    "a redirect of robots.txt": (200, "robots", "{bad}"),
    "a feed's link": (
        200, "application/rss+xml",
        "<rss version='2.0'><channel><item><title>x</title><link>{bad}</link></item></channel>"
        "</rss>",
    ),
    "an enclosure": (
        200, "application/rss+xml",
        "<rss version='2.0'><channel><item><title>x</title><enclosure url='{bad}'/>"
        "<description>It was told in the feed itself, in so many words.</description></item>"
        "</channel></rss>",
    ),
    "a sitemap's page": (
        200, "application/xml", "<urlset><url><loc>{bad}</loc></url></urlset>",
    ),
    "a sitemap's sitemap": (
        200, "application/xml", "<sitemapindex><sitemap><loc>{bad}</loc></sitemap></sitemapindex>",
    ),
    "what a page points to": (
        200, "text/html",
        "<html><head><link rel=canonical href='{bad}'><meta http-equiv=refresh content='0;{bad}'>"
        "<base href='{bad}'></head><body><img src='{bad}'><iframe src='{bad}'></iframe><article>"
        "<p>The pier was closed on Friday, the mayor said, for as long as repairs go on.</p>"
        "</article></body></html>",
    ),
    "an outer entity": (
        200, "application/rss+xml",
        "<!DOCTYPE x [<!ENTITY e SYSTEM '{bad}'>]><rss version='2.0'><channel><item>"
        "<description>&e;</description></item></channel></rss>",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "bad",
    ["http://127.0.0.2:{port}/x", "file:///etc/passwd", "http://x.example:99999999/", "http://["],
)
@pytest.mark.parametrize("way", INDIRECT)
def test_no_page_of_the_web_leads_to_this_machine(
    untouched: int, monkeypatch: pytest.MonkeyPatch, tmp_path, encoder: Encoder, way: str, bad: str
) -> None:
    status, kind, body = INDIRECT[way]
    bad = bad.format(port=untouched)
    body = body.replace("{bad}", bad)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_robots = self.path == "/robots.txt"
            code = 302 if is_robots and kind == "robots" else 404 if is_robots else status
            self.send_response(code)
            if code == 302:
                self.send_header("Location", bad)
            self.send_header("Content-Type", kind if "/" in kind else "text/html")
            self.end_headers()
            self.wfile.write(b"" if code == 302 else body.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    # 127.0.0.1 plays the public web, and 127.0.0.2, on another port, the person's own network.
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    asked: list[str] = []
    real = socket.getaddrinfo

    def noting(host: str, *args: object, **more: object) -> object:
        asked.append(str(host))
        return real(host, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", noting)
    public = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=public.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{public.server_address[1]}/"
        with Library(tmp_path / "library", create=True) as library:
            source = Web([url], Guest(Bounds(), between_s=0))
            outcome = Rebuild(library, encoder).run([], sources=[source])
            texts = [library.article(one.id).text for one in library.articles()]
    finally:
        public.shutdown()
        public.server_close()
    assert "127.0.0.1" in asked, "the public page was asked"
    assert not any("root:" in text for text in texts)
    for failure in outcome.failures:
        assert "\n" not in failure.reason
