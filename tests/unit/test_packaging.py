"""What an installed Dateline has with it: tests run from the checkout, and would not miss it."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_file_that_is_no_module_is_installed_with_its_package() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    told = settings["package-data"]
    for package in ("embeddings", "qa", "tui", "seeds"):
        folder = ROOT / package
        installed = {path for glob in told.get(package, ()) for path in folder.glob(glob)}
        there = {
            path
            for path in folder.rglob("*")
            if path.is_file() and path.suffix not in (".py", ".pyc")
        }
        assert there <= installed, sorted(path.name for path in there - installed)


def test_every_package_of_modules_is_installed() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    for package in ("embeddings", "qa", "tui", "seeds"):
        for module in (ROOT / package).rglob("*.py"):
            name = ".".join(module.parent.relative_to(ROOT).parts)
            assert name in settings["packages"], module
