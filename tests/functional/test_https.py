"""Fetching by https: only from a server that proves who it is, to an authority that is trusted."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from embeddings.fetch import Bounds, FetchFailed, fetch_once
from embeddings.fetch_polite import Guest

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
QUICK = Bounds(whole_s=5.0, silence_s=1.0, body_bytes=1024 * 1024, allow_private=True)
STORY = "The ferry to Skarn stopped in May 2019, the mayor said on Monday in a long statement."
PAGE = f"<html><body><article><h1>Ferry</h1><p>{STORY}</p></article></body></html>".encode()


class Certificates:
    """An authority of our own and what it signed, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = self._self_signed("authority", "/CN=Authority of the tests")

    def _run(self, *arguments: str | Path) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def _self_signed(self, name: str, subject: str, *more: str) -> Path:
        self._run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", subject,
                  "-keyout", f"{name}.key", "-out", f"{name}.crt", *more)  # fmt: skip
        return self.folder / f"{name}.crt"

    def own(self, name: str, names: str) -> Path:
        """One that vouches for itself."""
        return self._self_signed(name, "/CN=itself", "-addext", f"subjectAltName={names}")

    def signed(self, name: str, names: str) -> Path:
        """One that the authority has signed, for these names."""
        self._run("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=server",
                  "-keyout", f"{name}.key", "-out", f"{name}.csr")  # fmt: skip
        said = self.folder / f"{name}.ext"
        said.write_text(f"subjectAltName={names}\n")
        self._run("x509", "-req", "-in", f"{name}.csr", "-CA", "authority.crt",
                  "-CAkey", "authority.key", "-CAcreateserial", "-days", "2",
                  "-extfile", said, "-out", f"{name}.crt")  # fmt: skip
        return self.folder / f"{name}.crt"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


class Pages(BaseHTTPRequestHandler):
    """The same page at every address, and no rules for robots."""

    def do_GET(self) -> None:
        found = self.path != "/robots.txt"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE) if found else 0))
        self.end_headers()
        self.wfile.write(PAGE if found else b"")

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(certificate: Path | None) -> Iterator[str]:
    """A server's own part of an address; without a certificate it speaks plain http."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass  # A guest that does not trust the certificate hangs up.

    server = Server(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def test_a_page_of_a_server_whose_authority_is_trusted_is_read(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(certificates.signed("good", "IP:127.0.0.1")) as where:
        with pytest.raises(FetchFailed, match="SSL_CERT_FILE"):
            fetch_once(f"https://{where}/", QUICK)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
        assert fetch_once(f"https://{where}/", QUICK).body == PAGE


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda c: c.own("own", "IP:127.0.0.1"), "self.signed"),
        (lambda c: c.signed("other", "DNS:other.example"), "127.0.0.1|mismatch"),
        (lambda c: None, "no safe connection"),
    ],
)
def test_a_server_that_does_not_prove_who_it_is_is_refused_in_one_line(
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Certificates], Path | None],
    reason: str,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    with serving(make(certificates)) as where, pytest.raises(FetchFailed, match=reason) as told:
        fetch_once(f"https://{where}/", QUICK)
    said = str(told.value)
    assert "; " in said and "\n" not in said and len(said) < 300


def test_a_server_that_never_shakes_hands_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        begun = time.monotonic()
        with pytest.raises(FetchFailed, match="takes too long"):
            fetch_once(
                f"https://127.0.0.1:{listener.getsockname()[1]}/",
                Bounds(whole_s=1.0, silence_s=1.0, allow_private=True),
            )
        assert time.monotonic() - begun < 8


def test_a_redirect_to_a_server_that_is_not_trusted_leads_nowhere(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        serving(certificates.own("onward", "IP:127.0.0.1")) as onward,
        serving(certificates.signed("first", "IP:127.0.0.1")) as where,
    ):

        def send_on(self: Pages) -> None:
            self.send_response(302)
            self.send_header("Location", f"https://{onward}/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        monkeypatch.setattr(Pages, "do_GET", send_on)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
        with pytest.raises(FetchFailed, match="no safe connection"):
            Guest(QUICK, between_s=0).fetch(f"https://{where}/")


def test_the_command_reads_a_page_by_https_and_says_why_it_does_not(
    certificates: Certificates, dateline, tmp_path: Path
) -> None:
    home = ("--library", tmp_path / "library", "--allow-private-addresses", "--rebuild")
    with serving(certificates.signed("command", "IP:127.0.0.1")) as where:
        refused = dateline(*home, f"https://{where}/")
        assert refused.returncode == 4
        assert "no safe connection" in refused.stderr and "Traceback" not in refused.stderr
        taken = dateline(
            *home, f"https://{where}/", env={"SSL_CERT_FILE": str(certificates.authority)}
        )
        assert taken.stdout.startswith("1 added"), taken.stderr
        assert taken.returncode == 0
