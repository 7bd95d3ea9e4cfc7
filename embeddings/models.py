"""Which embedding model a name means, and its exported graph, made once and kept.

A model is a Sentence Transformers name or folder. Two names are known without a hub, from
the wheels Dateline installs. Exports lie in the cache under the digest of what they were
made from, so a changed model never passes for the old one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from embeddings import children
from embeddings.errors import ModelUnavailable
from embeddings.export import EXPORT_FORMAT
from embeddings.modelfiles import MINILM_WEIGHTS, remembered_sha256
from embeddings.places import cache_folder, make_private

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_PRECISION = "int8"
EXPORT_TIMEOUT_S = 1800.0
_WEIGHTS = ("*.safetensors", "*.json", "*.txt", "*.model")


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """A graph ready to run: `folder` has ``model.onnx`` and ``tokenizer.json``.

    `id` names the vectors it makes: the model's name, its precision and its digest;
    `graph_digest` names the graph among all exports.
    """

    id: str
    name: str
    folder: Path
    graph_digest: str
    precision: str
    dimension: int
    max_tokens: int
    inputs: tuple[str, ...]
    query_prompt: str
    document_prompt: str


def find_model(
    name: str,
    *,
    precision: str = DEFAULT_PRECISION,
    say: Callable[[str], None] = lambda line: None,
    may_fetch: bool = True,
) -> ExportedModel:
    """The exported model of that name or folder, exporting it first where need be.

    `say` is told before work of more than a moment begins, and where from a model that is not
    Dateline's own is taken. Without `may_fetch`, the network is not asked for one that is not
    here. Raises `ModelUnavailable`.
    """
    short = name.removeprefix("sentence-transformers/")
    source, digest = _source(short)
    # The way of exporting is part of the name: vectors made in two ways are not compared.
    model_id = f"{Path(short).name}@{precision}-{digest[:12]}-v{EXPORT_FORMAT}"
    folder = cache_folder() / "models" / model_id
    if not (folder / "card.json").is_file():
        say(f"preparing {_whose(short, source, may_fetch)}, once (about 15 seconds)")
        _export(source, short, folder, precision, may_fetch)
    return _read(folder, model_id, name=short)


def weights_of(name: str) -> str:
    """What Sentence Transformers loads for an `ExportedModel`'s name. Raises `ModelUnavailable`."""
    return _source(name)[0]


def _whose(name: str, source: str, may_fetch: bool) -> str:
    """The model for a person, who must see it where its weights are not Dateline's own."""
    if name == DEFAULT_MODEL:
        return f"the model {name}"
    if Path(source).is_dir():
        return f"the model in the folder {source}, which is not Dateline's own"
    fetched = " and may have to be downloaded" if may_fetch else ""
    return f"the model {name}, which is not Dateline's own{fetched}"


def _source(name: str) -> tuple[str, str]:
    """What Sentence Transformers is to load, and the digest that names it."""
    if name == DEFAULT_MODEL:
        return str(MINILM_WEIGHTS.checked().parent), MINILM_WEIGHTS.sha256
    folder = Path(name).expanduser()
    if name.strip() and folder.is_dir():
        if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
            raise ModelUnavailable(
                f"{folder} is not a Sentence Transformers model: it has no modules.json; "
                "give a folder that SentenceTransformer.save wrote"
            )
        if not any(folder.rglob("*.safetensors")):
            raise ModelUnavailable(
                f"{folder} has no .safetensors weights, the only kind Dateline loads; "
                "save the model again with a current Sentence Transformers"
            )
        return str(folder.resolve()), _folder_digest(folder)
    if name.startswith((".", "/", "~")) or not name.strip():
        raise ModelUnavailable(
            f"there is no model folder {name!r}; give a folder or a model's name"
        )
    return name, hashlib.sha256(name.encode()).hexdigest()


def _folder_digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for pattern in _WEIGHTS:
        for file in sorted(folder.rglob(pattern)):
            whole.update(f"{file.relative_to(folder)} {remembered_sha256(file)}\n".encode())
    return whole.hexdigest()


def _export(source: str, name: str, folder: Path, precision: str, may_fetch: bool) -> None:
    try:
        make_private(folder.parent)
        work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".export-"))
    except OSError as error:
        raise ModelUnavailable(
            f"the model cannot be prepared in {folder.parent}: {error.strerror}; "
            "name another cache folder in $DATELINE_CACHE"
        ) from error
    try:
        done = subprocess.run(
            [*children.python("embeddings.export"), source, str(work), precision],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=EXPORT_TIMEOUT_S,
            check=False,
            env=_export_environment(may_fetch),
        )
        if done.returncode != 0 or not (work / "card.json").is_file():
            lines = done.stderr.strip().splitlines()
            why = lines[-1].rstrip(".") if lines else f"the export ended with {done.returncode}"
            advice = (
                "give a Sentence Transformers folder, or a name that this machine has or can "
                "download"
                if may_fetch
                else f"asking fetches nothing: fetch it with dateline --model {name}"
            )
            raise ModelUnavailable(f"the model {name} could not be loaded: {why}; {advice}")
        with contextlib.suppress(OSError):
            # Where another process was first, its export is as good as ours.
            work.rename(folder)
    except subprocess.TimeoutExpired as error:
        raise ModelUnavailable(f"exporting {name} took over {EXPORT_TIMEOUT_S:.0f} s") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _export_environment(may_fetch: bool) -> dict[str, str]:
    """The environment of the process that exports."""
    # A name that this machine does not have should fail in seconds where there is no network.
    patience = {"HF_HUB_ETAG_TIMEOUT": "5", "HF_HUB_DOWNLOAD_TIMEOUT": "20"}
    offline = {} if may_fetch else {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    return {**patience, **children.environment(), **offline}


def _read(folder: Path, model_id: str, *, name: str) -> ExportedModel:
    try:
        card = json.loads((folder / "card.json").read_text("utf-8"))
        return ExportedModel(
            id=model_id,
            name=name,
            folder=folder,
            graph_digest=hashlib.sha256(folder.name.encode()).hexdigest(),
            precision=str(card["precision"]),
            dimension=int(card["dimension"]),
            max_tokens=int(card["max_tokens"]),
            inputs=tuple(card["inputs"]),
            query_prompt=str(card["query_prompt"]),
            document_prompt=str(card["document_prompt"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelUnavailable(
            f"the exported model in {folder} is damaged; delete that folder and run again"
        ) from error
