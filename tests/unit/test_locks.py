"""What CI installs is pinned with hashes, names no place to fetch it from, and fits pyproject."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(
    r"^([A-Za-z0-9][\w.-]*)==(\S+) \\\n((?: {4}--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M
)


def locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text("utf-8")
    return {canonicalize_name(found[1]): found[2] for found in PINNED.finditer(text)}


def needed(*extras: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"]]
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_is_a_version_with_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    rest = PINNED.sub("", text)
    allowed = ("#", "-r requirements.lock")
    assert [line for line in rest.splitlines() if line and not line.startswith(allowed)] == []
    for word in ("://", "--index-url", "--extra-index-url", "--find-links", "@ "):
        assert word not in text
    assert len(locked(name)) > 20


@pytest.mark.parametrize(("extras", "names"), [((), LOCKS[:1]), (("dev",), LOCKS)])
def test_the_locks_have_what_pyproject_asks_for_in_a_version_that_fits(
    extras: tuple[str, ...], names: tuple[str, ...]
) -> None:
    have = {name: version for lock in names for name, version in locked(lock).items()}
    for want in needed(*extras):
        version = have.get(canonicalize_name(want.name))
        assert version is not None, f"{want.name}; run python benchmarks/supply.py lock"
        assert want.specifier.contains(version, prereleases=True), f"{want} is {version}"


def test_a_package_is_in_one_lock_alone_and_none_brings_a_graphics_card() -> None:
    runtime, dev = (locked(name) for name in LOCKS)
    assert not runtime.keys() & dev.keys()
    assert runtime["torch"].endswith("+cpu")
    assert not [n for n in (*runtime, *dev) if n.startswith(("nvidia-", "cuda-", "triton"))]
