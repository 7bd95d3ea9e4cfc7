"""A library that a test may harm, and the fixtures of the chat's tests (see tests/driving.py)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from driving import app, config, fresh, gate, library

from embeddings.library import Library

__all__ = ["app", "config", "fresh", "gate", "library"]


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """A library of the three articles, without a session, that the test may harm."""
    home = Path(shutil.copytree(built, tmp_path / "library"))
    with Library(home) as copy:
        # Other tests have asked this library's original.
        for session in copy.sessions.summaries():
            copy.sessions.drop(session.id)
    return home
