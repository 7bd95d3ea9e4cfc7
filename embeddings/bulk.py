"""Embedding many passages at once on a Ray cluster, which may be this machine alone.

Articles are read and stored here, as always, and can be found by their words at once; what
waits for a vector goes to workers that each load the encoder once. Vectors come back in any
order and are stored by this process, under the digest of the text they were made from: a
passage that two workers embedded, because one of their machines died, is stored once. Where the
cluster has GPUs there is a worker for each; else one for each core.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.encoder import Encoder
from embeddings.errors import DatelineError, ModelUnavailable
from embeddings.library import Library, encoded_text
from embeddings.models import ExportedModel, find_model
from embeddings.on_gpu import GpuEncoder, is_here
from embeddings.outcome import Progress

if TYPE_CHECKING:
    from ray.data import Dataset

# Passages sent to the cluster in one go: some hundred MB in its memory, and so many that
# starting the workers, once for each, does not count.
MOST_SENT = 100_000
# One worker's task, and one transaction here.
BATCH_PASSAGES = 256
INSTALL = "--ray needs Ray; install it with pip install 'dateline[ray]'"


class ClusterUnusable(DatelineError):
    """Ray is not installed, or its cluster cannot be reached or has given up."""


class Cluster:
    """A Ray cluster that embeds. A context manager: what it started, it ends.

    `address` is that of a running cluster (``host:port``, or ``auto``); where it is empty, one
    is started on this machine. Raises `ClusterUnusable`.
    """

    def __init__(self, address: str = "") -> None:
        self._address = address
        # What the workers ran on, "cpu" or "cuda", as far as they have answered.
        self.devices: set[str] = set()

    def __enter__(self) -> Cluster:
        # Ray reports its use to its makers unless told otherwise; Dateline tells nobody.
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        try:
            import ray
            import ray.data
        except ImportError as error:
            raise ClusterUnusable(INSTALL) from error
        # Without "local" Ray joins whatever cluster somebody last started on this machine.
        settings: dict[str, Any] = {"address": self._address or "local"}
        if not self._address:
            settings["include_dashboard"] = False
        try:
            ray.init(
                **settings,
                log_to_driver=False,
                logging_level=logging.ERROR,
                ignore_reinit_error=True,
            )
        except (ConnectionError, OSError, RuntimeError, ValueError) as error:
            where = f"at {self._address}" if self._address else "on this machine"
            first = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ClusterUnusable(
                f"no Ray cluster answers {where} ({first}); start one with ray start --head, "
                "or leave the address out"
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        import ray

        ray.shutdown()

    def embed(
        self,
        library: Library,
        model: ExportedModel,
        *,
        progress: Callable[[Progress], None] = lambda progress: None,
    ) -> int:
        """Give every passage that waits for one a vector of the model; how many it took.

        Every group that comes back is stored at once, so what an interruption leaves undone is
        all that the next time does. Raises `ClusterUnusable` where the cluster gives up, and
        `ModelUnavailable` where a worker has not just this model.
        """
        done, total = 0, library.waiting(model.id)
        while waiting := library.waiting_passages(model.id, MOST_SENT):
            before = done
            for digests, rows in self._embedded(waiting, model):
                library.put_vectors(model.id, dict(zip(digests, rows, strict=True)))
                done += len(digests)
                progress(Progress(done, total, done))
            if done == before:
                raise ClusterUnusable("the Ray cluster embedded nothing; see its logs")
        return done

    def _embedded(
        self, waiting: list[tuple[bytes, str, str]], model: ExportedModel
    ) -> Iterator[tuple[list[bytes], list[np.ndarray[Any, np.dtype[np.float32]]]]]:
        import ray

        # Ray's own progress bars and logs would be written over our own.
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        rows = [
            {"digest": digest.hex(), "text": encoded_text(title, body)}
            for digest, title, body in waiting
        ]
        resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        gpus = int(resources.get("GPU", 0))
        workers = gpus or max(1, int(resources.get("CPU", 1)))
        batches: Dataset = ray.data.from_items(
            rows, override_num_blocks=max(1, -(-len(rows) // BATCH_PASSAGES))
        ).map_batches(
            Worker,
            fn_constructor_kwargs={
                "name": model.name, "precision": model.precision, "model_id": model.id,
                "has_gpu": gpus > 0,
            },
            batch_size=BATCH_PASSAGES,
            # As many as there is room for, and never waiting for more than that.
            compute=ray.data.ActorPoolStrategy(min_size=1, max_size=workers),
            num_cpus=1,
            num_gpus=1 if gpus else None,
        )  # fmt: skip
        try:
            for batch in batches.iter_batches(batch_size=BATCH_PASSAGES, batch_format="numpy"):
                self.devices.update(map(str, batch["device"]))
                digests = [bytes.fromhex(str(digest)) for digest in batch["digest"]]
                yield digests, list(np.asarray(batch["vector"], dtype=np.float32))
        except ray.exceptions.RayError as error:
            for cause in _causes(error):
                if isinstance(cause, ModelUnavailable):
                    raise ModelUnavailable(str(cause)) from error
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise ClusterUnusable(
                f"the Ray cluster gave up ({lines[-1].strip()}); what was embedded is kept, "
                "and the next rebuild goes on"
            ) from error


class Worker:
    """On whichever machine Ray puts it: loads the encoder once, and embeds batches."""

    def __init__(self, *, name: str, precision: str, model_id: str, has_gpu: bool = False) -> None:
        """Raises `ModelUnavailable` where this machine has another model of that name.

        With `has_gpu` Ray has given it a GPU; where torch cannot use that, all cores are used.
        """
        model = find_model(name, precision=precision)
        if model.id != model_id:
            raise ModelUnavailable(
                f"a worker's model {name} is {model.id} and the library's is {model_id}; install "
                "the same Dateline and model on every machine"
            )
        self._device = "cuda" if has_gpu and is_here() else "cpu"
        self._encoder: Encoder | GpuEncoder
        if self._device == "cuda":
            self._encoder = GpuEncoder(model)
        else:
            # There is a worker a core, or one a GPU.
            self._encoder = Encoder(model, threads=None if has_gpu else 1)

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        vectors = self._encoder.encode_passages([str(text) for text in batch["text"]])
        devices = [self._device] * len(vectors)
        return {"digest": batch["digest"], "vector": vectors, "device": devices}


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it wraps, whichever way Ray wrapped it."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = getattr(seen, "cause", None) or seen.__cause__
