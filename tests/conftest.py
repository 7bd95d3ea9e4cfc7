"""What every test shares: the real encoder, libraries made of small articles, no network."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres_server import PostgresServer, why_not

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["COLUMNS"] = "100"

ROOT = Path(__file__).resolve().parent.parent

SYRIA = """12 November 2018
Ministers meet their commander at the fortress on Monday. Photo: Agency
Ministers meet their commander at the fortress on Monday. Photo: Agency

Commander says army to start leaving the island

In a surprise move, the commander ordered his armed forces to start leaving the island.

The commander gave no deadline and said forces would remain at a seaport and an airfield on \
the island’s north coast.

“Our work has created the conditions for peace,” he said. The war has killed 250,000 people.

The spokesman, Dmitri Orlov, said the commander had telephoned the island's president on Tuesday.
"""

BRIDGE = """---
title: New bridge opens over the Tamber
date: 2021-05-03
source: Tamber Courier
author: J. K. Marsh
---

The new road bridge over the River Tamber opened to traffic on Monday, two years late.

It cost $84.5 million, and the mayor, Alice Grant, cut the ribbon before 3,000 people.

Engineers closed the old ferry the same evening.
"""

FLU = """---
title: Hospital reports a mild flu season
date: 2022-01-20
source: Health Weekly
---

St. Anne's Hospital admitted 41 patients with influenza this winter, half as many as last year.

Dr. Paul Weiss, who leads the ward, credited the early vaccination campaign.
"""


@pytest.fixture(scope="session", autouse=True)
def cache_folder(pytestconfig: pytest.Config) -> Path:
    """Exported models live as long as pytest's cache, and apart from the person's own."""
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir("dateline")
    os.environ["DATELINE_CACHE"] = str(folder)
    os.environ.pop("DATELINE_LIBRARY", None)
    return folder


@pytest.fixture(scope="session")
def encoder(cache_folder: Path) -> object:
    """The real default encoder."""
    from embeddings.encoder import Encoder
    from embeddings.models import DEFAULT_MODEL, find_model

    return Encoder(find_model(DEFAULT_MODEL))


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder with three articles."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "island.txt").write_text(SYRIA, "utf-8")
    (folder / "bridge.md").write_text(BRIDGE, "utf-8")
    (folder / "flu.md").write_text(FLU, "utf-8")
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Path:
    """A library of the three articles that tests only read; its articles lie beside it."""
    from embeddings.encoder import Encoder
    from embeddings.library import Library
    from embeddings.rebuild import Rebuild

    assert isinstance(encoder, Encoder)
    base = tmp_path_factory.mktemp("built")
    folder = base / "articles"
    folder.mkdir()
    (folder / "island.txt").write_text(SYRIA, "utf-8")
    (folder / "bridge.md").write_text(BRIDGE, "utf-8")
    (folder / "flu.md").write_text(FLU, "utf-8")
    with Library(base / "library", create=True) as library:
        outcome = Rebuild(library, encoder).run([folder])
    assert (outcome.added, outcome.failures) == (3, [])
    return base / "library"


Dateline = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def dateline(cache_folder: Path) -> Iterator[Dateline]:
    """Runs the real command in a process of its own."""

    def run(
        *arguments: str | Path, stdin: str = "", env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "qa", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        )

    yield run


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real server, for every test that wants one; each makes its own database on it."""
    if reason := why_not():
        pytest.skip(reason)
    server = PostgresServer(["fsync=off"])
    try:
        yield server.create().start()
    finally:
        server.stop()
