"""The pictures of docs/scale.md, from what the benchmarks wrote.

    python benchmarks/plots.py --into docs [--scale FILE] [--speed FILE]

FILE is what ``scale.py --json`` and ``speed.py --json`` wrote. Needs the extra ``benchmarks``.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update(
    {
        # The same figures give the same file.
        "svg.hashsalt": "dateline",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        # Readable on a page that is dark as on one that is light.
        "savefig.facecolor": "white",
    }
)
from matplotlib import pyplot  # noqa: E402  # after its settings

LINES = {
    "meaning": ("by meaning", "#1f5fa8", "-"),
    "meaning, 0.1 %": ("by meaning, of 0.1 %", "#1f5fa8", ":"),
    "meaning, 50 %": ("by meaning, of 50 %", "#1f5fa8", "--"),
    "words": ("by words", "#b3541e", "-"),
    "words, 0.1 %": ("by words, of 0.1 %", "#b3541e", ":"),
    "words, 50 %": ("by words, of 50 %", "#b3541e", "--"),
}
BARS = {
    "cold_s": "a question from a standing start, s",
    "askable_s": "first right answer after taking in begins, s",
    "cold_peak_mb": "most memory while asking, MB",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--scale", type=Path)
    parser.add_argument("--speed", type=Path)
    given = parser.parse_args()
    if given.scale:
        draw_scale(json.loads(given.scale.read_text("utf-8")), given.into / "scale.svg")
    if given.speed:
        draw_speed(json.loads(given.speed.read_text("utf-8")), given.into / "speed.svg")


def draw_scale(rows: list[dict[str, Any]], path: Path) -> None:
    """Median milliseconds of each search over the library's size, both in powers of ten."""
    figure, axes = pyplot.subplots(figsize=(6.4, 3.6), layout="constrained")
    sizes = [row["passages"] for row in rows]
    for key, (label, colour, dashes) in LINES.items():
        medians = [row[key]["median"] for row in rows]
        axes.loglog(sizes, medians, dashes, color=colour, label=label, marker="o", markersize=3)
    axes.set_xlabel("passages")
    axes.set_ylabel("milliseconds (median)")
    axes.grid(visible=True, which="major", linewidth=0.4)
    axes.legend(frameon=False, fontsize=8)
    save(figure, path)


def draw_speed(found: dict[str, Any], path: Path) -> None:
    """A bar for each system, of each of three figures."""
    systems = [name for name in found if name != "articles"]
    figure, all_axes = pyplot.subplots(1, len(BARS), figsize=(8.4, 2.2), layout="constrained")
    for axes, (key, label) in zip(all_axes, BARS.items(), strict=True):
        values = [found[name][key] for name in systems]
        heights = [statistics.median(v) if isinstance(v, list) else v for v in values]
        bars = axes.barh(systems, heights, color=["#1f5fa8", *["#9aa4ae"] * (len(systems) - 1)])
        axes.bar_label(bars, fmt="%.3g", fontsize=8, padding=2)
        axes.margins(x=0.18)
        axes.invert_yaxis()
        axes.set_title(label, fontsize=8)
    save(figure, path)


def save(figure: Any, path: Path) -> None:
    figure.savefig(path, format="svg", metadata={"Date": None})
    print(path)


if __name__ == "__main__":
    main()
