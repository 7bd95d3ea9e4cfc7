"""Fetching: polite, within bounds, and never where it may not, of a server that misbehaves."""

from __future__ import annotations

import gzip
import importlib.util
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from embeddings import addresses, fetch_polite
from embeddings.addresses import AddressRefused, is_public
from embeddings.encoder import Encoder
from embeddings.feedlists import read_feed_list
from embeddings.fetch import Bounds, FetchFailed, fetch_once
from embeddings.fetch_polite import Guest
from embeddings.library import Library
from embeddings.rebuild import Outcome, Rebuild
from embeddings.removal import remove_named, way_back
from embeddings.web import Web

_spec = importlib.util.spec_from_file_location("samples", Path(__file__).parents[1] / "samples.py")
assert _spec is not None and _spec.loader is not None
samples = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(samples)

Answer = Callable[[BaseHTTPRequestHandler], None]
QUICK = Bounds(whole_s=2.0, silence_s=0.7, body_bytes=1024 * 1024, allow_private=True)


class Server:
    """A web server whose every page is a function; remembers what it was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                named = {name.lower(): value for name, value in self.headers.items()}
                outer.asked.append((self.path, named))
                answer = outer.pages.get(self.path.partition("?")[0], missing)
                try:
                    answer(self)
                except OSError:
                    pass  # The guest has gone.

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked if path != "/robots.txt"]


def say(
    body: bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str
) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def send(target: str, status: int = 302) -> Answer:
    return say(b"", status=status, Location=target)


missing = say(b"gone", status=404)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library", create=True) as opened:
        yield opened


def guest(bounds: Bounds = QUICK) -> Guest:
    return Guest(bounds, between_s=0)


def fetched(library: Library, encoder: Encoder, *urls: str) -> Outcome:
    return Rebuild(library, encoder).run([], sources=[Web(urls, guest())])


def page(title: str, url: str) -> bytes:
    told = "".join(f"<p>{title} said that {text}</p>" for text in samples.STORY)
    return (
        f"<html><head><title>{title}</title><link rel='canonical' href='{url}'></head>"
        f"<body><article><h1>{title}</h1>{told}</article></body></html>"
    ).encode()


# --- what is asked, and of whom -------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1"),
        *("fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1"),
        *("2002:7f00:1::", "2001:db8::1", "2001:0:1:2:3:4:80ff:fffe"),
    ],
)
def test_a_private_address_is_none_of_the_web_whatever_wraps_it(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34"])
def test_a_public_address_is_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::1]"])
def test_the_own_machine_is_not_asked_unless_allowed(server: Server, host: str) -> None:
    server.pages["/"] = say(b"secret")
    with pytest.raises(AddressRefused, match="--allow-private-addresses"):
        fetch_once(f"http://{host}:{server.port}/", Bounds())
    assert server.asked == []
    assert fetch_once(f"{server.url}/", QUICK).body == b"secret"


def test_a_redirect_to_a_private_address_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One local address plays the public web, so that another can be the private one.
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    server.pages["/"] = send(f"http://127.0.0.2:{server.port}/secret")
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.2"):
        Guest(Bounds(), between_s=0).fetch(f"{server.url}/")
    assert server.paths() == ["/"]


def test_a_name_that_changes_its_address_is_held_to_the_one_that_was_judged(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    told = iter(["127.0.0.1", "127.0.0.2"])
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: str, *args: object, **more: object) -> object:
        if host != "rebind.example":
            return real(host, *args, **more)  # type: ignore[arg-type]
        asked.append(host)
        return real(next(told), *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    server.pages["/"] = say(b"public")
    url = f"http://rebind.example:{server.port}/"
    assert fetch_once(url, Bounds()).body == b"public"
    assert asked == ["rebind.example"]
    assert server.asked[-1][1]["host"] == f"rebind.example:{server.port}"
    with pytest.raises(AddressRefused):
        fetch_once(url, Bounds())


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    both = [(*entry, ("93.184.216.34", 80)), (*entry, ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        fetch_once("http://mixed.example/", Bounds())


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://x.example/", "gopher://x/", "//"])
def test_a_redirect_to_another_kind_of_address_is_refused(server: Server, target: str) -> None:
    server.pages["/"] = send(target)
    with pytest.raises(FetchFailed, match=r"redirects to something that is no web|more than 5"):
        guest().fetch(f"{server.url}/")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://", "names no site; check"),
        ("http:///path", "names no site; check"),
        ("ftp://x.example/", "only http and https"),
        ("http://[::1", "not an address; check"),
        ("http://127.0.0.1:1/", r"cannot be reached \(Connection refused\); check"),
    ],
)
def test_an_address_where_nobody_answers_is_told_for_what_it_is(address: str, says: str) -> None:
    with pytest.raises(FetchFailed, match=says):
        fetch_once(address, QUICK)


def test_an_address_in_figures_is_named_once() -> None:
    with pytest.raises(AddressRefused, match=r"^127\.0\.0\.1 is not of the public web; give"):
        fetch_once("http://127.0.0.1/", Bounds())


def test_a_feed_that_lists_nothing_is_followed_and_told(
    server: Server, library: Library, encoder: Encoder
) -> None:
    server.pages["/feed"] = say(samples.rss(""), "application/rss+xml")
    outcome = fetched(library, encoder, f"{server.url}/feed")
    assert (outcome.added, outcome.failures) == (0, [])
    assert outcome.notes == [
        (f"{server.url}/feed", "lists nothing now; it is asked again by every --rebuild")
    ]
    assert library.roots() == [f"{server.url}/feed"]


def test_redirects_are_followed_so_far_and_no_further(server: Server) -> None:
    for n in range(5):
        server.pages[f"/{n}"] = send(f"/{n + 1}", status=(301, 302, 303, 307, 308)[n])
    server.pages["/5"] = say(b"there")
    assert guest().fetch(f"{server.url}/0").url == f"{server.url}/5"
    server.pages["/5"] = send("/0")
    with pytest.raises(FetchFailed, match="redirects"):
        guest().fetch(f"{server.url}/0")


# --- politeness -----------------------------------------------------------------------------


def test_robots_txt_is_asked_once_and_obeyed(server: Server) -> None:
    server.pages["/robots.txt"] = say(b"User-agent: dateline\nDisallow: /no/\n", "text/plain")
    server.pages["/yes"] = server.pages["/no/page"] = say(b"page")
    someone = guest()
    assert someone.fetch(f"{server.url}/yes").status == 200
    with pytest.raises(FetchFailed, match=r"robots\.txt asks not"):
        someone.fetch(f"{server.url}/no/page")
    assert [path for path, _ in server.asked] == ["/robots.txt", "/yes"]
    assert all(named["user-agent"].startswith("Dateline/") for _, named in server.asked)


def test_a_redirect_does_not_get_around_robots_txt(server: Server) -> None:
    server.pages["/robots.txt"] = say(b"User-agent: *\nDisallow: /no\n", "text/plain")
    server.pages["/yes"], server.pages["/no"] = send("/no"), say(b"page")
    with pytest.raises(FetchFailed, match=r"robots\.txt"):
        guest().fetch(f"{server.url}/yes")
    assert "/no" not in server.paths()


def test_a_site_whose_robots_txt_fails_is_left_alone(server: Server) -> None:
    server.pages["/robots.txt"] = say(b"", status=503)
    server.pages["/"] = say(b"page")
    with pytest.raises(FetchFailed, match="try again later"):
        guest().fetch(f"{server.url}/")
    assert server.paths() == []


def test_a_site_is_asked_no_oftener_than_it_wishes(server: Server) -> None:
    server.pages["/robots.txt"] = say(b"User-agent: *\nCrawl-delay: 7\n", "text/plain")
    server.pages["/a"] = server.pages["/b"] = say(b"page")
    slept: list[float] = []
    someone = Guest(QUICK, between_s=1, sleep=slept.append)
    someone.fetch(f"{server.url}/a")
    someone.fetch(f"{server.url}/b")
    assert [round(wait) for wait in slept] == [7, 7]
    assert fetch_polite.BETWEEN_S >= 1


# --- bounds ---------------------------------------------------------------------------------


def drip_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(600):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def drip_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(600):
        handler.wfile.write(b"X-%d: y\r\n" % n)
        time.sleep(0.05)


def silent(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(5)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65536)


_BOMB = gzip.compress(b" " * 50_000_000, 1)


def bomb(handler: BaseHTTPRequestHandler) -> None:
    say(_BOMB, Content_Encoding="gzip")(handler)


def nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"\x00\xff" * 500 + b"\r\n\r\n")


def short(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b"only this")


def false_gzip(handler: BaseHTTPRequestHandler) -> None:
    say(b"not packed at all", Content_Encoding="gzip")(handler)


def long_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n")


def close_at_once(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


def stalled(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b"<p>")
    handler.wfile.flush()
    time.sleep(9)


@pytest.mark.parametrize("answer", [silent, stalled])
def test_a_server_that_falls_silent_is_waited_for_as_long_as_is_said(
    server: Server, answer: Answer
) -> None:
    server.pages["/page"] = answer
    bounds = Bounds(whole_s=30.0, silence_s=0.7, allow_private=True)
    begun = time.monotonic()
    with pytest.raises(FetchFailed, match="the server takes too long; try again later"):
        fetch_once(f"{server.url}/page", bounds)
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (drip_body, "takes too long"),
        (drip_head, "takes too long|makes no sense"),
        (silent, "takes too long"),
        (endless, "larger than 1 MiB"),
        (bomb, "larger than 1 MiB"),
        (nonsense, "makes no sense"),
        (short, "broke off before the end"),
        (false_gzip, "makes no sense"),
        (long_head, "makes no sense"),
        (close_at_once, "cannot be reached|makes no sense"),
        (say(b"", status=404), "no such page"),
        (say(b"", status=403), "not show it to everyone"),
        (say(b"", status=429), "patience"),
        (say(b"", status=500), "answered 500"),
    ],
)
def test_a_misbehaving_server_costs_one_line_and_little_time(
    server: Server, library: Library, encoder: Encoder, answer: Answer, reason: str
) -> None:
    server.pages["/robots.txt"] = missing
    server.pages["/page"] = answer
    begun = time.monotonic()
    outcome = fetched(library, encoder, f"{server.url}/page")
    assert time.monotonic() - begun < 8
    assert [failure.path for failure in outcome.failures] == [f"{server.url}/page"]
    assert re.search(reason, outcome.failures[0].reason)
    assert "; " in outcome.failures[0].reason
    assert library.roots() == []


# --- what comes of it -----------------------------------------------------------------------


def test_a_page_is_read_once_and_asked_for_again_only_if_newer(
    server: Server, library: Library, encoder: Encoder
) -> None:
    url = f"{server.url}/bridge"
    told = page("Ada Quill", url)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("If-None-Match") == '"1"':
            handler.send_response(304)
            handler.end_headers()
        else:
            say(told, ETag='"1"', Last_Modified="Mon, 12 Nov 2018 10:00:00 GMT")(handler)

    server.pages["/bridge"] = answer
    outcome = fetched(library, encoder, url)
    assert (outcome.added, outcome.failures) == (1, [])
    (article,) = library.articles()
    assert (article.path, article.url, article.title) == (url, url, "Ada Quill")
    assert library.roots() == [url]
    again = fetched(library, encoder, url)
    assert (again.added, again.unchanged, again.failures) == (0, 1, [])
    named = server.asked[-1][1]
    assert named["if-modified-since"] == "Mon, 12 Nov 2018 10:00:00 GMT"


def test_a_feeds_entries_are_fetched_when_they_are_new_and_stay(
    server: Server, library: Library, encoder: Encoder
) -> None:
    def item(name: str) -> str:
        return (
            f"<item><title>{name}</title><link>{server.url}/{name}</link>"
            f"<description>{name} was told in the feed alone, with these few words.</description>"
            "</item>"
        )

    for name in ("one", "two", "three"):
        server.pages[f"/{name}"] = say(page(name.title(), f"{server.url}/{name}"))
    server.pages["/feed"] = say(samples.rss(item("one") + item("absent")), "application/rss+xml")
    outcome = fetched(library, encoder, f"{server.url}/feed")
    assert (outcome.added, outcome.failures) == (2, [])
    assert {article.title for article in library.articles()} == {"One", "absent"}
    server.pages["/feed"] = say(samples.rss(item("two") + item("three")), "application/rss+xml")
    server.asked.clear()
    outcome = fetched(library, encoder, f"{server.url}/feed")
    assert (outcome.added, outcome.removed) == (2, 0)
    assert sorted(server.paths()) == ["/feed", "/three", "/two"]
    assert library.count() == 4


def test_what_a_feed_lists_and_was_removed_stays_out_until_it_is_named(
    server: Server, library: Library, encoder: Encoder
) -> None:
    links = "".join(
        f"<item><title>{name}</title><link>{server.url}/{name}</link></item>"
        for name in ("one", "two")
    )
    for name in ("one", "two"):
        server.pages[f"/{name}"] = say(page(name.title(), f"{server.url}/{name}"))
    server.pages["/feed"] = say(samples.rss(links), "application/rss+xml")
    assert fetched(library, encoder, f"{server.url}/feed").added == 2
    one, _ = sorted(library.articles(), key=lambda article: article.title)
    assert remove_named(library, one.id) == 1
    assert remove_named(library, f"{server.url}/two") == 1
    assert fetched(library, encoder, f"{server.url}/feed").added == 0
    back = way_back(library, f"{server.url}/one", 1)
    assert back is not None and f"--rebuild {server.url}/one" in back
    assert fetched(library, encoder, f"{server.url}/one").added == 1


def test_a_page_that_was_removed_comes_back_though_it_is_what_it_was(
    server: Server, library: Library, encoder: Encoder
) -> None:
    url = f"{server.url}/bridge"

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("If-None-Match"):
            handler.send_response(304)
            handler.end_headers()
        else:
            say(page("Ada Quill", url), ETag='"1"')(handler)

    server.pages["/bridge"] = answer
    for name in (lambda: library.articles()[0].id, lambda: url):
        assert fetched(library, encoder, url).added == 1
        assert remove_named(library, name()) == 1
        assert library.roots() == []
    assert fetched(library, encoder, url).added == 1


def test_a_sitemaps_new_pages_are_fetched(
    server: Server, library: Library, encoder: Encoder
) -> None:
    server.pages["/one"] = say(page("One", f"{server.url}/one"))
    server.pages["/map"] = say(
        f"<urlset><url><loc>{server.url}/one</loc></url></urlset>".encode(), "application/xml"
    )
    server.pages["/maps"] = say(
        f"<sitemapindex><sitemap><loc>{server.url}/map</loc></sitemap></sitemapindex>".encode(),
        "application/xml",
    )
    assert fetched(library, encoder, f"{server.url}/maps").added == 1
    server.asked.clear()
    fetched(library, encoder, f"{server.url}/maps")
    assert "/one" not in server.paths()


def test_the_command_takes_addresses_and_lists_of_feeds(
    server: Server, tmp_path: Path, dateline: Callable[..., object]
) -> None:
    server.pages["/one"] = say(page("One", f"{server.url}/one"))
    listed = tmp_path / "feeds.opml"
    listed.write_text(f'<opml><body><outline xmlUrl="{server.url}/one"/></body></opml>')
    home = tmp_path / "home"
    refused = dateline("--library", home, "--rebuild", f"{server.url}/one")
    assert refused.returncode == 4  # type: ignore[attr-defined]
    assert "--allow-private-addresses" in refused.stderr  # type: ignore[attr-defined]
    assert server.asked == []
    done = dateline("--library", home, "--feeds", listed, "--allow-private-addresses")
    assert done.returncode == 0, done  # type: ignore[attr-defined]
    assert done.stdout.startswith("1 added")  # type: ignore[attr-defined]


def test_a_list_of_feeds_is_opml_or_an_address_a_line(tmp_path: Path) -> None:
    opml, lines = tmp_path / "a.opml", tmp_path / "a.txt"
    opml.write_text(
        '<opml><body><outline><outline xmlUrl="https://x.example/f"/></outline></body></opml>'
    )
    lines.write_text("# mine\nhttps://x.example/f\n\nhttps://x.example/f\n")
    assert read_feed_list(opml) == read_feed_list(lines) == ["https://x.example/f"]
