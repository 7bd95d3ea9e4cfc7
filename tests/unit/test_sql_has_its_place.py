"""SQL stands where the tables are kept: in the catalog and beside it, and nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_SQL = re.compile(
    r"\s*(?:SELECT\s|INSERT\s+(?:OR|INTO)\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+\w+\s"
    r"|ALTER\s+TABLE\s|DROP\s+\w+\s|PRAGMA\s|VACUUM|BEGIN\s+IMMEDIATE|ROLLBACK$|COMMIT$)"
)
# Searched articles are the catalog's. Its neighbours keep tables of their own in the same file,
# or mend, copy and check the file as a whole; on a server all of it is `postgres`.
CATALOG = "embeddings/catalog/"
NEIGHBOURS = {
    f"embeddings/{name}.py"
    for name in (
        *("kinship", "files", "remembered", "sessions"),
        *("schema", "soundness", "repair", "salvage", "tablelist", "dbcopy", "backups", "whole"),
    )
}
SERVER = "embeddings/postgres/"
MOST_LINES = 400


def _texts(module: Path) -> Iterator[str]:
    """Every text in the module that is no docstring: SQL is upper case here, prose is not."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _with_sql() -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for package in ("embeddings", "qa", "tui")
        for path in (ROOT / package).rglob("*.py")
        if any(_SQL.match(text) for text in _texts(path))
    }


def test_sql_stands_in_the_catalog_and_beside_it_alone() -> None:
    found = {path for path in _with_sql() if not path.startswith((CATALOG, SERVER))}
    assert found == NEIGHBOURS  # Nothing in qa or tui, and no neighbour that needs none.


def test_the_search_for_sql_finds_the_catalogs() -> None:
    assert {
        f"{CATALOG}{name}.py" for name in ("articles", "connection", "reading", "search", "vectors")
    } <= _with_sql()


@pytest.mark.parametrize(
    "module", sorted((ROOT / CATALOG).glob("*.py")), ids=lambda path: path.stem
)
def test_no_file_of_the_catalog_is_too_long_to_be_read(module: Path) -> None:
    assert len(module.read_text("utf-8").splitlines()) <= MOST_LINES
