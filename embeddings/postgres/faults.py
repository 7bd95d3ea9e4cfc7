"""What to tell a person when a server will not do what is asked: one line, and no password."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from urllib.parse import unquote

import psycopg

from embeddings.errors import LibraryUnusable
from embeddings.places import Server

LEAST_SERVER = 14
LEAST_VECTOR = (0, 8)
_ASK_OWNER = (
    "ask whoever looks after the server to run CREATE EXTENSION vector in this database, "
    "and run the same again"
)
# From the phase of connecting there is no SQLSTATE, only what libpq says.
_REFUSALS = (
    (r"password authentication failed|no password supplied|authentication failed",
     "the user or the password is wrong; check the address, or ~/.pgpass"),
    (r"database .* does not exist", "there is no such database; make it with createdb"),
    (r"role .* does not exist", "there is no such user; check the address"),
    (r"no pg_hba\.conf entry", "the server lets nobody in from here; see its pg_hba.conf"),
    (r"translate host name|Name or service not known|resolve host",
     "there is no such host; check the address"),
    (r"refused|No such file or directory|unreachable|timeout expired|timed out|server running",
     "no server answers; check the address and that it runs, and run the same again"),
    (r"too many clients|connection slots", "the server has too many connections; try again"),
    (r"starting up|shutting down|in recovery mode",
     "the server is starting or stopping; try again in a moment"),
    (r"not read-write|not accepting|is read-only|in hot standby",
     "none of its hosts takes writes now; try again once one of them does"),
    (r"certificate|SSL", "no safe connection can be made; check sslmode and certificates"),
    (r"invalid|missing|could not parse", "the address is not one; write postgresql://USER@HOST/DATABASE"),
)  # fmt: skip


def versions_fault(server: int, vector: str | None) -> str | None:
    """What is wrong with a server's number (180006 is 18.6) and its pgvector's version."""
    if server // 10_000 < LEAST_SERVER:
        return (
            f"the server is PostgreSQL {server // 10_000} and Dateline needs {LEAST_SERVER} or "
            "later; upgrade it"
        )
    if vector is not None and _numbers(vector) < LEAST_VECTOR:
        return (
            f"the database's pgvector is {vector} and Dateline needs 0.8 or later; install it on "
            "the server, then run ALTER EXTENSION vector UPDATE"
        )
    return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])


@contextlib.contextmanager
def explaining(server: Server) -> Iterator[None]:
    """Turns what psycopg raises within into `LibraryUnusable`, fit for a person."""
    try:
        yield
    except psycopg.Error as error:
        # Not chained: what psycopg says may hold the address, and with it the password.
        raise LibraryUnusable(f"{server}: {explain(server, error)}") from None


def explain(server: Server, error: psycopg.Error) -> str:
    """One line: what happened, and what to do next."""
    said = without_secrets(server, _first_line(error))
    state = error.sqlstate or ""
    if state in ("58P01", "0A000") and "extension" in said:
        return f"pgvector is not installed on the server; install it there, or {_ASK_OWNER}"
    if state == "42501" and "extension" in said:
        return f"this user may not add pgvector; {_ASK_OWNER}"
    if state == "42501":
        return f"this user may not do that ({said}); ask the owner of the database for the right"
    if state == "25006":
        return "the library can only be read there; name a host that takes writes"
    if state == "55P03":
        return "another Dateline has been writing to it all this time; try again"
    if state.startswith("53"):
        return f"the server has no room left ({said}); make room and run the same again"
    if state in ("57P01", "57P02", "57P03") or (not state and _was_cut(error)):
        return "the server went away; what was finished is kept, run the same again"
    if not state or state.startswith("28") or state in ("3D000", "08001", "08006"):
        for pattern, meaning in _REFUSALS:
            if re.search(pattern, said, re.IGNORECASE):
                return meaning
    return f"the server failed: {said}; see dateline --doctor"


def was_cut(error: psycopg.Error) -> bool:
    """Whether the connection was lost, and not a statement refused."""
    state = error.sqlstate or ""
    return state in ("57P01", "57P02", "57P03") or state.startswith("08") or _was_cut(error)


def _was_cut(error: psycopg.Error) -> bool:
    return bool(
        re.search(
            r"connection (is lost|is closed|was closed|not open)|closed the connection|"
            r"consuming input failed|reset by peer|Broken pipe|SSL connection has been closed",
            str(error),
            re.IGNORECASE,
        )
    )


def without_secrets(server: Server, text: str) -> str:
    """The text without any password that the address holds."""
    secrets = re.findall(r"//[^/@?:]*:(.*)@", server.address, re.DOTALL)
    secrets += re.findall(r"[?&](?:ssl)?password=([^&]*)", server.address, re.IGNORECASE)
    text = text.replace(server.address, str(server))
    for secret in secrets:
        for form in (secret, unquote(secret)):
            if form:
                text = text.replace(form, "***")
    return text


def _first_line(error: psycopg.Error) -> str:
    # With several hosts libpq says a line for each; the last is of the last one tried.
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(("DETAIL", "HINT", "LINE", "CONTEXT"))]
    if not told:
        return type(error).__name__
    return told[-1] if isinstance(error, psycopg.OperationalError) else told[0]
