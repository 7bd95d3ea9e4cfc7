"""How near the encoder comes to what the processor can multiply.

    python benchmarks/encoder_limit.py [--passages 400] [--runs 5] [--json FILE]

Three things in turn, several times, so that other work on the machine is there for each: a product
of two large float32 matrices (the processor's limit, in GFLOP/s), the float32 encoder and the
int8 one on the same passages of made words. A passage's work is reckoned from its tokens:
all-MiniLM-L6-v2 multiplies 6 layers of 12 times 384 squared weights a token, and its attention.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from embeddings.encoder import Encoder
from embeddings.models import DEFAULT_MODEL, find_model

LAYERS, WIDTH = 6, 384
SIDE = 2048
WORDS = (
    *("harbour", "council", "bridge", "minister", "vote", "river", "school", "clinic", "budget"),
    *("rain", "engine", "market", "strike", "film", "museum", "orchard", "border", "treaty"),
)


def flop_of(tokens: int) -> float:
    """The floating-point operations of a passage of so many tokens."""
    weights = 2 * 12 * WIDTH**2 * tokens
    attention = 2 * 2 * WIDTH * tokens**2
    return float(LAYERS * (weights + attention))


def multiplied(times: int = 8) -> float:
    """GFLOP/s of a product of two square matrices."""
    one = np.random.default_rng(0).random((SIDE, SIDE), dtype=np.float32)
    one @ one
    begun = time.perf_counter()
    for _ in range(times):
        one @ one
    return times * 2 * SIDE**3 / (time.perf_counter() - begun) / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--passages", type=int, default=400)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    chance = random.Random(1)
    texts = [
        " ".join(chance.choices(WORDS, k=chance.randrange(60, 110))) for _ in range(given.passages)
    ]
    encoders = {
        name: Encoder(find_model(DEFAULT_MODEL, precision=name)) for name in ("fp32", "int8")
    }
    # With the two marks at a text's ends.
    tokens = [count + 2 for count in encoders["int8"].count_tokens(texts)]
    gflop = sum(map(flop_of, tokens)) / 1e9
    limit: list[float] = []
    rates: dict[str, list[float]] = {name: [] for name in encoders}
    for _ in range(given.runs):
        limit.append(multiplied())
        for name, encoder in encoders.items():
            begun = time.perf_counter()
            encoder.encode_passages(texts)
            rates[name].append(len(texts) / (time.perf_counter() - begun))
    found = {
        "passages": len(texts),
        "mean tokens": statistics.mean(tokens),
        "limit, GFLOP/s": statistics.median(limit),
        "load": os.getloadavg()[0],
    }
    for name, each in rates.items():
        # Each run beside the limit that was measured just before it.
        shares = [rate * gflop / len(texts) / most for rate, most in zip(each, limit, strict=True)]
        found[f"{name}, passages/s"] = statistics.median(each)
        found[f"{name}, of the limit"] = statistics.median(shares)
    print(json.dumps(found, indent=1))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    os.environ["HF_HUB_OFFLINE"] = "1"
    main()
