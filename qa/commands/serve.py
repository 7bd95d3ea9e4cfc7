"""``--serve``: the chat in a browser, for the one person at this machine.

Whoever can reach the page can read the articles and write files as that person, so it listens
on the loopback address, knows its visitor by a random token, and takes no connection that a page
of another origin, or a name pointed at this machine, has begun.
"""

from __future__ import annotations

import hmac
import ipaddress
import os
import secrets
import shlex
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar

from aiohttp import web
from textual_serve.server import Server

from embeddings import children, places
from qa.diagnostics import say
from qa.exitcodes import ExitCode

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8017
MOST_WINDOWS = 4
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# Where the browser found the page: what the page's own addresses must begin with.
_origin: ContextVar[str] = ContextVar("_origin")


def serve(arguments: Sequence[str], *, host: str, port: int, i_know: bool) -> ExitCode:
    """Serve the chat that `arguments` open until interrupted; 0 as `port` takes a free one."""
    if not is_loopback(host) and not i_know:
        say(
            f"{host} can be reached from other machines, whose people could then read your "
            "articles and write files as you; add --i-know, if that is meant"
        )
        return ExitCode.USAGE
    try:
        listening = _listen(host, port)
    except OSError as error:
        say(f"{host}, port {port}: {error.strerror or error}; name another with --port")
        return ExitCode.USAGE
    ChatServer(window_command(arguments), listening, host=host).serve()
    return ExitCode.ANSWERED


def window_command(arguments: Sequence[str]) -> str:
    """What a shell is given to open the chat of one window."""
    return shlex.join([*children.python("qa"), *arguments])


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches that host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        # At once, so that whoever reads the address can come.
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


class ChatServer(Server):
    """Textual's server, with a guard at its door."""

    def __init__(self, command: str, listening: socket.socket, *, host: str) -> None:
        port = listening.getsockname()[1]
        super().__init__(command, host=host, port=port, title="Dateline", public_url="")
        self._listening = listening
        self._token = secrets.token_urlsafe(32)
        # Cookies know no ports: two servers on one machine must not take each other's.
        self._cookie = f"dateline-{port}"
        self._windows = 0

    @property
    def url(self) -> str:
        """Where the person goes; it holds the token."""
        return f"http://{self._authority(self.host)}/?token={self._token}"

    def _authority(self, host: str) -> str:
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    # The page's addresses begin with where the browser found it; the base class asks for them
    # under this name.
    @property
    def public_url(self) -> str:
        return _origin.get()

    @public_url.setter
    def public_url(self, url: str) -> None:
        pass

    def initialize_logging(self) -> None:
        """Log nothing: a log would hold the token."""

    async def on_startup(self, app: web.Application) -> None:  # noqa: ARG002
        say(f"the chat is at {self.url} (Ctrl+C ends it)")

    def serve(self, debug: bool = False) -> None:  # noqa: ARG002
        # aiohttp turns Ctrl+C into a clean end.
        web.run_app(self._make_app(), sock=self._listening, print=None, access_log=None)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        try:
            response = await self._let_in(request, handler)
        except web.HTTPException as refused:
            refused.headers.update(_HEADERS)
            refused.headers["Content-Security-Policy"] = (
                "default-src 'none'; frame-ancestors 'none'"
            )
            raise
        if not response.prepared:
            response.headers.update(_HEADERS)
            response.headers["Content-Security-Policy"] = (
                "default-src 'self'; script-src 'self' 'unsafe-inline'; "
                "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
                f"connect-src 'self' ws://{request.host}; frame-ancestors 'none'; "
                "base-uri 'none'; form-action 'none'; object-src 'none'"
            )
        return response

    async def _let_in(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        origin = f"http://{request.host}"
        if not self._is_known_host(request.host):
            raise web.HTTPForbidden(text="this name is not Dateline's; use the address it printed")
        said = request.headers.get("Origin")
        if (said is None and request.path == "/ws") or said not in (None, origin):
            raise web.HTTPForbidden(text="another page may not come in here")
        _origin.set(origin)
        if request.path == "/" and self._is_token(request.query.get("token")):
            # On without it, so that it stays neither in the address bar nor in what is copied.
            found = web.HTTPSeeOther("/")
            found.set_cookie(self._cookie, self._token, httponly=True, samesite="Strict")
            raise found
        if not self._is_token(request.cookies.get(self._cookie)):
            raise web.HTTPForbidden(text="open the whole address that dateline --serve printed")
        return await handler(request)

    def _is_token(self, given: str | None) -> bool:
        return hmac.compare_digest((given or "").encode("utf-8", "replace"), self._token.encode())

    def _is_known_host(self, host: str) -> bool:
        """A name that somebody has pointed at the loopback address is none of ours."""
        if not is_loopback(self.host):
            return True
        names = {self.host, "localhost", "127.0.0.1"}
        return host in {self._authority(name) for name in names}

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        if self._windows >= MOST_WINDOWS:
            raise web.HTTPTooManyRequests(text="close another window of this chat first")
        self._windows += 1
        try:
            return await super().handle_websocket(request)
        finally:
            self._windows -= 1


def chat_arguments(
    library: places.Place,
    *,
    since: str | None,
    until: str | None,
    source: str | None,
    top: int | None,
    resume: str | None,
    new: bool,
    no_save: bool,
) -> list[str]:
    """The flags with which each window's chat is opened."""
    given = {
        "--library": None if isinstance(library, places.Server) else str(library.absolute()),
        "--since": since,
        "--until": until,
        "--source": source,
        "--top": None if top is None else str(top),
    }
    if isinstance(library, places.Server):
        # A command line is seen by whoever lists processes, and the address may have a password.
        os.environ[places.LIBRARY_VARIABLE] = library.address
    # With = so that a value may begin with a dash.
    flags = [f"{flag}={value}" for flag, value in given.items() if value is not None]
    if resume is not None:
        flags += ["--resume", *([resume] if resume else [])]
    return flags + ["--new"] * new + ["--no-save"] * no_save
