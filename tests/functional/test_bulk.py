"""Embedding on a Ray cluster: the same vectors, each once, whatever happens to its machines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from embeddings import on_gpu
from embeddings.encoder import Encoder
from embeddings.library import Library, database_path, encoded_text
from embeddings.models import DEFAULT_MODEL, find_model
from embeddings.rebuild import Rebuild
from embeddings.records import Filters

ROOT = Path(__file__).resolve().parent.parent.parent
SEEDS = ROOT / "seeds"

# A cluster of two machines as Ray sees it, the second of which dies in the middle.
KILLING = """
import logging, sys, time
from pathlib import Path

def main():
    import ray
    from ray.cluster_utils import Cluster as Machines

    machines = Machines(initialize_head=True, head_node_args={"num_cpus": 1})
    second = machines.add_node(num_cpus=2)
    machines.wait_for_nodes()

    from embeddings import bulk
    from embeddings.library import Library
    from embeddings.models import DEFAULT_MODEL, find_model

    bulk.BATCH_PASSAGES = 8
    told = []

    def alive():
        return len([node for node in ray.nodes() if node["Alive"]])

    def watch(progress):
        told.append((progress.done, alive()))
        if len(told) == 2:
            machines.remove_node(second, allow_graceful=False)
            # The cluster notices a death only by and by; what follows must come after it.
            until = time.monotonic() + 60
            while alive() > 1 and time.monotonic() < until:
                time.sleep(0.1)

    model = find_model(DEFAULT_MODEL)
    with Library(Path(sys.argv[1])) as library, bulk.Cluster(machines.address) as cluster:
        done = cluster.embed(library, model, progress=watch)
    machines.shutdown()
    print(done, told[0][1], told[-1][1])

if __name__ == "__main__":
    main()
"""

# A cluster that says it has a GPU, which this machine may not have.
CLAIMING = """
import sys
from pathlib import Path

def main():
    import ray
    from ray.cluster_utils import Cluster as Machines

    machines = Machines(initialize_head=True, head_node_args={"num_cpus": 2, "num_gpus": 1})

    from embeddings import bulk
    from embeddings.library import Library
    from embeddings.models import DEFAULT_MODEL, find_model

    free = []
    model = find_model(DEFAULT_MODEL)
    with Library(Path(sys.argv[1])) as library, bulk.Cluster(machines.address) as cluster:
        def watch(progress):
            free.append(ray.available_resources().get("GPU", 0))
        bulk.BATCH_PASSAGES = 8
        done = cluster.embed(library, model, progress=watch)
    machines.shutdown()
    print(done, min(free), *sorted(cluster.devices))

if __name__ == "__main__":
    main()
"""


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    """A library of the seeds in which every passage waits for its vector."""
    folder = tmp_path / "library"
    with Library(folder, create=True) as library:
        Rebuild(library, Encoder(find_model(DEFAULT_MODEL)), embeds=False).run([SEEDS])
        assert library.waiting(str(library.model)) == library.status().passages > 40
    return folder


def all_found(folder: Path) -> int:
    """How many passages there are; the vector of each is the one this machine makes of it."""
    encoder = Encoder(find_model(DEFAULT_MODEL))
    with Library(folder) as library:
        ids = library.allowed(Filters()).tolist()
        assert library.check() == []
        assert library.status().vectors == len(ids)
        assert library.waiting(encoder.model.id) == 0
        for passage in library.passages(ids).values():
            vector = encoder.encode_passages([encoded_text(passage.title, passage.text)])[0]
            best = library.search_vectors(vector, limit=1)[0]
            assert best.passage_id == passage.id
            # The int8 graph scales a batch by its largest number: batched otherwise, a passage's
            # vector differs in the third digit, here and there alike.
            assert best.similarity > 0.98
    return len(ids)


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=300,
        check=False,
    )


def test_a_machine_that_dies_costs_nothing_and_no_vector_differs(
    waiting: Path, tmp_path: Path
) -> None:
    script = tmp_path / "killing.py"
    script.write_text(KILLING, "utf-8")
    ran = run(str(script), str(waiting))
    assert ran.returncode == 0, ran.stderr
    done, first, last = (int(word) for word in ran.stdout.splitlines()[-1].split())
    assert (first, last) == (2, 1)
    assert all_found(waiting) == done > 40


def test_where_the_cluster_has_a_gpu_a_worker_takes_it_and_does_without_where_torch_cannot(
    waiting: Path, tmp_path: Path
) -> None:
    script = tmp_path / "claiming.py"
    script.write_text(CLAIMING, "utf-8")
    ran = run(str(script), str(waiting))
    assert ran.returncode == 0, ran.stderr
    done, free, *devices = ran.stdout.splitlines()[-1].split()
    assert float(free) == 0
    assert devices == ["cuda" if on_gpu.is_here() else "cpu"]
    assert all_found(waiting) == int(done) > 40


def test_sentence_transformers_makes_the_vectors_that_the_graph_makes(waiting: Path) -> None:
    model = find_model(DEFAULT_MODEL)
    with Library(waiting) as library:
        texts = [encoded_text(title, body) for _, title, body in library.waiting_passages("", 40)]
    device = "cuda" if on_gpu.is_here() else "cpu"
    others = on_gpu.GpuEncoder(model, device=device).encode_passages(texts)
    ours = Encoder(model).encode_passages(texts)
    assert others.shape == ours.shape == (40, model.dimension)
    alike = ours @ others.T
    assert alike.diagonal().min() > 0.98
    assert (alike.argmax(axis=1) == np.arange(40)).all()


def test_a_rebuild_on_ray_takes_in_what_a_rebuild_takes_in(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    ran = run("-m", "qa", "--library", str(folder), "--rebuild", str(SEEDS), "--ray")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("12 added, 0 changed")
    asked = run(
        "-m", "qa", "--library", str(folder), "--json", "--no-save",
        "--ask", "where will Russian forces remain?",
    )  # fmt: skip
    assert "Latakia" in json.loads(asked.stdout)["citations"][0]["text"]
    assert all_found(folder) > 40


def test_a_cluster_that_is_not_there_is_one_line_and_leaves_no_library(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    ran = run("-m", "qa", "--library", str(folder), "--rebuild", str(SEEDS), "--ray", "no:where:1")
    assert ran.returncode == 3
    assert "no Ray cluster answers at no:where:1" in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert not database_path(folder).exists()


def test_without_ray_the_install_command_is_named(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    (hidden / "ray").mkdir(parents=True)
    (hidden / "ray" / "__init__.py").write_text("raise ImportError('no ray')\n", "utf-8")
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "qa", "--library", str(tmp_path / "l")),
            *("--rebuild", "seeds", "--ray"),
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(hidden), str(ROOT)])},
        timeout=60,
        check=False,
    )
    assert ran.returncode == 3
    assert "pip install 'dateline[ray]'" in ran.stderr
    assert "Traceback" not in ran.stderr
