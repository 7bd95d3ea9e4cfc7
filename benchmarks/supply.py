"""What Dateline is built upon: pinned with hashes, its known faults, its licences, its parts' list.

    pip install -e '.[supply]'
    python benchmarks/supply.py lock [--find-links FOLDER]   # write the two lock files anew
    python benchmarks/supply.py audit                        # known faults of what is locked
    python benchmarks/supply.py licences                     # of what is locked and installed
    python benchmarks/supply.py sbom FILE                    # CycloneDX, JSON

The locks are for Linux on x86-64, Python 3.11 and PyTorch's build for CPUs, which is not on PyPI:
`--find-links` names a folder, or a page, where it lies. Exit status: 0 where all is well, 1 where
something is not, 3 where nobody could be asked, as without a network.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import sysconfig
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNTIME, DEV = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
WELL, NOT_WELL, UNASKED = 0, 1, 3
_HEAD = """\
# {what}, pinned with hashes, for Linux on x86-64 and Python 3.11.
# Written by: python benchmarks/supply.py lock
"""
_PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==(\S+)", re.MULTILINE)
# Whoever gives away what has these must give its source away as well, or ask a lawyer.
_STRICT = re.compile(r"\b(A?GPL|SSPL|Affero|GNU General Public)", re.IGNORECASE)
_LESSER = re.compile(r"LGPL|Lesser", re.IGNORECASE)


def pinned(text: str) -> dict[str, str]:
    """Name, as PEP 503 writes it, to version, of each line that pins one."""
    return {re.sub(r"[-_.]+", "-", n).lower(): v for n, v in _PINNED.findall(text)}


def blocks(text: str) -> dict[str, str]:
    """Each package's lines of a lock, hashes and all, by name."""
    parts = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    return {next(iter(pinned(part))): part for part in parts}


def tool(name: str) -> str:
    """Where a tool of the `supply` extra lies."""
    found = Path(sysconfig.get_path("scripts")) / name
    if not found.exists():
        raise SystemExit(f"{name} is not installed; pip install -e '.[supply]'")
    return str(found)


def lock(find_links: str | None) -> int:
    """Write the locks; the second has only what the first has not, and begins with it."""
    more = ["--find-links", find_links] if find_links else []
    written = []
    for extra in ([], ["--extra", "dev"]):
        with tempfile.NamedTemporaryFile(suffix=".txt") as made:
            subprocess.run(
                [tool("uv"), "pip", "compile", "pyproject.toml", *extra, *more, "--quiet",
                 "--python-version", "3.11", "--python-platform", "x86_64-unknown-linux-gnu",
                 "--generate-hashes", "--no-annotate", "--no-header", "--output-file", made.name],
                cwd=ROOT, check=True,
            )  # fmt: skip
            written.append(blocks(Path(made.name).read_text("utf-8")))
    runtime, whole = written
    apart = {n: b for n, b in runtime.items() if whole.get(n) != b}
    if apart:
        print(f"the two differ in {', '.join(apart)}; pin them in pyproject.toml")
        return NOT_WELL
    head = _HEAD.format(what="What Dateline needs to run")
    RUNTIME.write_text(head + "\n".join(runtime.values()) + "\n", "utf-8")
    rest = [block for name, block in whole.items() if name not in runtime]
    head = _HEAD.format(what="What its tests need as well") + f"-r {RUNTIME.name}\n"
    DEV.write_text(head + "\n".join(rest) + "\n", "utf-8")
    print(f"{len(runtime)} packages in {RUNTIME.name}, {len(rest)} more in {DEV.name}")
    return WELL


def audit() -> int:
    """Known faults of each locked package, from PyPI's database."""
    done = subprocess.run(
        [tool("pip-audit"), "-r", str(RUNTIME), "-r", str(DEV), "--no-deps", "--disable-pip",
         "--require-hashes", "--format", "json", "--progress-spinner", "off"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"nothing was audited: {(done.stderr.strip().splitlines() or ['no reason'])[-1]}")
        return UNASKED
    unasked = [one["name"] for one in found if "skip_reason" in one]
    faulty = [one for one in found if one.get("vulns")]
    for one in faulty:
        for fault in one["vulns"]:
            fixed = ", ".join(fault["fix_versions"]) or "no version"
            print(f"{one['name']} {one['version']}: {fault['id']}; mended in {fixed}")
    known = len(found) - len(unasked)
    print(f"{known} of {len(found)} packages were looked up, {len(faulty)} have known faults")
    if unasked:
        print("NOT AUDITED, the database of faults cannot be reached or lacks them: "
              + ", ".join(unasked))  # fmt: skip
    return NOT_WELL if faulty else UNASKED if unasked else WELL


def licences() -> int:
    """The licences of what is locked; 1 where one is not known, or would bind who gives it away."""
    done = subprocess.run(
        [tool("pip-licenses"), "--python", sys.executable, "--format", "json", "--from", "mixed",
         "--with-system"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = {re.sub(r"[-_.]+", "-", one["Name"]).lower(): one for one in json.loads(done.stdout)}
    by_licence: dict[str, list[str]] = defaultdict(list)
    odd, absent = [], []
    runtime = pinned(RUNTIME.read_text("utf-8"))
    for name in {**runtime, **pinned(DEV.read_text("utf-8"))}:
        if name not in said:
            absent.append(name)
            continue
        licence = " ".join(said[name]["License"].split())[:70]
        by_licence[licence].append(name)
        strict = _STRICT.search(licence) and not _LESSER.search(licence)
        if licence == "UNKNOWN" or (strict and " OR " not in licence and ";" not in licence):
            odd.append(f"{name} ({licence})")
    for licence, names in sorted(by_licence.items(), key=lambda pair: -len(pair[1])):
        print(f"{licence:<70}  {', '.join(sorted(names))}")
    print(f"\n{sum(map(len, by_licence.values()))} packages, {len(runtime)} of them to run")
    if absent:
        print(f"not installed here, so not looked at: {', '.join(absent)}")
    if odd:
        print(f"LOOK AT: {', '.join(odd)}")
    return NOT_WELL if odd else UNASKED if absent else WELL


def sbom(file: Path) -> int:
    """The list of what is needed to run, as CycloneDX writes it."""
    subprocess.run(
        [tool("cyclonedx-py"), "requirements", str(RUNTIME), "--pyproject", "pyproject.toml",
         "--output-format", "JSON", "--output-reproducible", "--output-file", str(file)],
        cwd=ROOT, check=True,
    )  # fmt: skip
    parts = json.loads(file.read_text("utf-8"))["components"]
    print(f"{len(parts)} components in {file}")
    return WELL


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("lock").add_argument("--find-links", metavar="FOLDER")
    commands.add_parser("audit")
    commands.add_parser("licences")
    commands.add_parser("sbom").add_argument("file", type=Path)
    given = parser.parse_args()
    match given.command:
        case "lock":
            return lock(given.find_links)
        case "audit":
            return audit()
        case "licences":
            return licences()
        case _:
            return sbom(given.file)


if __name__ == "__main__":
    raise SystemExit(main())
