"""The mean of two runs' weights, which does better than either.

    python training/average_weights.py --of FIRST/reader.pt SECOND/reader.pt --out reader.pt

Wortsman et al., "Model soups", ICML 2022; docs/reader.md says which runs.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch


def mean(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {
        name: (values + other[name]) / 2 if values.is_floating_point() else values
        for name, values in one.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--of", type=Path, nargs=2, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    one, other = (torch.load(path, weights_only=True)["network"] for path in given.of)
    torch.save({"network": mean(one, other)}, given.out)


if __name__ == "__main__":
    main()
