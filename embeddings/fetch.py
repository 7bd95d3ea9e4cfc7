"""One page of the web, fetched within bounds: of time, of size, of redirects, and of whom is asked.

Nothing here is kept between two calls. `fetch_polite` asks in turn and only where it may.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from embeddings.addresses import AddressRefused, resolve
from embeddings.errors import DatelineError

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

AGENT = "Dateline/0 (article reader; honours robots.txt)"
MAX_REDIRECTS = 5
MAX_BODY_BYTES = 32 * 1024 * 1024
CONNECT_S = 10.0
SILENCE_S = 20.0
WHOLE_S = 90.0
_BLOCK_BYTES = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)


class FetchFailed(DatelineError):
    """A page could not be fetched; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a server sent. `url` is where the last redirect led; `headers` are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The media type, in lower case; empty where none is given."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a fetch may take. Times in seconds; sizes after unpacking, in bytes."""

    whole_s: float = WHOLE_S
    silence_s: float = SILENCE_S
    body_bytes: int = MAX_BODY_BYTES
    redirects: int = MAX_REDIRECTS
    allow_private: bool = False


def fetch_once(url: str, bounds: Bounds, headers: Mapping[str, str] | None = None) -> Page:
    """Ask for one address, following nothing. Raises `FetchFailed`, `AddressRefused`."""
    host, port, target, is_safe = _take_apart(url)
    address = resolve(host, port, allow_private=bounds.allow_private)
    try:
        with _connected(address, host, port, is_safe, bounds) as connection:
            connection.request(
                "GET",
                target,
                headers={
                    "Host": host if port in (80, 443) else f"{_bracketed(host)}:{port}",
                    "User-Agent": AGENT,
                    "Accept": "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5",
                    "Accept-Encoding": "gzip, deflate",
                    **(headers or {}),
                },
                preload_content=False,
            )
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.headers.items()}
            body = b""
            if response.status not in _REDIRECTS and response.status != 304:
                body = _read_body(response.stream(_BLOCK_BYTES, decode_content=True), bounds)
            return Page(url, response.status, named, body)
    except TimeoutError as error:
        raise FetchFailed("the server takes too long; try again later") from error
    except ssl.SSLError as error:
        raise FetchFailed(_say_unsafe(error)) from error
    except OSError as error:
        reason = error.strerror or "the connection broke off"
        raise FetchFailed(f"cannot be reached ({reason}); try again later") from error
    except (FetchFailed, ImportError):
        raise
    except Exception as error:
        # urllib3's own, http.client's, and what servers' nonsense brings out of either.
        raise FetchFailed(_say_nonsense(error)) from error


def _say_nonsense(error: Exception) -> str:
    """One line on what urllib3 raises: that nobody answers, or how it is answered."""
    from urllib3.exceptions import IncompleteRead, NewConnectionError
    from urllib3.exceptions import TimeoutError as TooLong

    if isinstance(error, NewConnectionError):  # Before what it is a kind of.
        why = getattr(error.__cause__, "strerror", None) or "no connection"
        return f"cannot be reached ({why}); check the address, or try again later"
    if isinstance(error, TooLong):
        return "the server takes too long; try again later"
    if any(isinstance(cause, IncompleteRead) for cause in (error, error.__cause__, *error.args)):
        return "the connection broke off before the end; try again later"
    return f"the server's answer makes no sense ({type(error).__name__}); try again later"


def _say_unsafe(error: ssl.SSLError) -> str:
    """One line on a server that does not prove who it is, or does not speak TLS."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"no safe connection: its certificate cannot be trusted ({error.verify_message}); "
            "check the address, or name the file of a further authority with SSL_CERT_FILE"
        )
    return f"no safe connection ({error.reason or 'TLS'}); check the address"


def redirect_of(page: Page) -> str | None:
    """Where a page sends the reader on to; None where it does not."""
    if page.status not in _REDIRECTS or not (onward := page.headers.get("location")):
        return None
    try:
        whole = clean_url(urljoin(page.url, onward))
        _take_apart(whole)
    except (ValueError, FetchFailed) as error:
        raise FetchFailed(
            "redirects to something that is no web address; look at it in a browser"
        ) from error
    return whole


def clean_url(url: str) -> str:
    """The address without its fragment, its host in lower case and in ASCII."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii") if parts.hostname else ""
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError) as error:
        raise FetchFailed("not an address; check its spelling") from error
    path = parts.path or "/"
    return urlunsplit((parts.scheme.lower(), f"{_bracketed(host)}{port}", path, parts.query, ""))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _take_apart(url: str) -> tuple[str, int, str, bool]:
    """Host, port, what to ask for, and whether by https. Raises `FetchFailed`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchFailed("not an address; check its spelling") from error
    if parts.scheme not in ("http", "https"):
        raise FetchFailed("only http and https addresses are fetched; check its spelling")
    if not parts.hostname:
        raise FetchFailed("names no site; check its spelling")
    is_safe = parts.scheme == "https"
    target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    quoted = "".join(c if "!" <= c <= "~" else _quoted(c) for c in target)
    return parts.hostname, port or (443 if is_safe else 80), quoted, is_safe


def _quoted(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))


@contextlib.contextmanager
def _connected(
    address: str, host: str, port: int, is_safe: bool, bounds: Bounds
) -> Iterator[HTTPConnection]:
    """A connection to just that address, cut off when the whole time is up."""
    from urllib3.connection import HTTPConnection, HTTPSConnection

    timeout = min(CONNECT_S, bounds.whole_s)
    connection: HTTPConnection
    if is_safe:
        connection = HTTPSConnection(
            address,
            port,
            timeout=timeout,
            server_hostname=host,
            ssl_context=ssl.create_default_context(),
        )
    else:
        connection = HTTPConnection(address, port, timeout=timeout)
    cut = threading.Event()
    try:
        connection.connect()
        held = connection.sock
        assert held is not None
        # urllib3 sets it on the socket anew with every request.
        connection.timeout = min(bounds.silence_s, bounds.whole_s)
        held.settimeout(connection.timeout)

        def cut_off() -> None:
            # A server that sends a byte now and then keeps every single wait short.
            cut.set()
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(bounds.whole_s, cut_off)
        timer.daemon = True
        timer.start()
        try:
            yield connection
        except Exception as error:
            if cut.is_set():
                raise TimeoutError from error
            raise
        finally:
            timer.cancel()
        if cut.is_set():
            raise TimeoutError
    finally:
        connection.close()


def _read_body(blocks: Iterator[bytes], bounds: Bounds) -> bytes:
    """The unpacked body, counted as it comes."""
    body = bytearray()
    until = time.monotonic() + bounds.whole_s
    for block in blocks:
        body += block
        if len(body) > bounds.body_bytes:
            raise FetchFailed(
                f"larger than {bounds.body_bytes // 1024**2} MiB; save it and give the file"
            )
        if time.monotonic() > until:
            raise TimeoutError
    return bytes(body)


__all__ = [
    "AddressRefused",
    "Bounds",
    "FetchFailed",
    "Page",
    "clean_url",
    "fetch_once",
    "redirect_of",
]
