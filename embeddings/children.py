"""What a process of ours, and those it starts, may not do: run strangers' code, or tell strangers.

``python -c`` and ``python -m`` look for modules in the current folder before all others. Where
articles are read in the folder they were downloaded to, a file named ``pickle.py`` among them would
be run (law 5), so every process of ours is started with a safe path.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

_SAFE_PATH = "PYTHONSAFEPATH"
# onnxruntime's own builds tell their maker, when they are loaded, and keep a number for this
# machine; the hub's counts how it is used.
_SILENCED = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}
_ROOT = Path(__file__).resolve().parent.parent
_starting = threading.Lock()


def python(module: str) -> list[str]:
    """The beginning of a command line that runs a module of ours."""
    return [sys.executable, "-P", "-m", module]


def environment() -> dict[str, str]:
    """This process's environment, with the packages importable from where they are now."""
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **_SILENCED, _SAFE_PATH: "1"}


def keep_to_ourselves() -> None:
    """Have no library that is loaded after this tell its maker, in this process or in a child."""
    os.environ.update(_SILENCED)


def start(process: BaseProcess) -> None:
    """Start a process that multiprocessing spawns, and with it what it needs to be watched.

    It is given no environment of its own, so this one's says it meanwhile; not for longer: a
    viewer that a person opens from here may be a Python program that finds its parts that way.
    """
    with _starting:
        before = os.environ.get(_SAFE_PATH)
        os.environ[_SAFE_PATH] = "1"
        try:
            process.start()
        finally:
            if before is None:
                del os.environ[_SAFE_PATH]
            else:
                os.environ[_SAFE_PATH] = before
