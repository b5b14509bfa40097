"""The committed curves, drawn into docs/."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks import figures, hour, svg
from benchmarks.curves import CURVES, lines_of

FOLDER = Path(__file__).parent.parent / "docs/curves"


def drawings() -> dict[Path, str]:
    """What each file is to hold."""
    committed = figures.load("curves")
    found = {}
    for curve in CURVES:
        lines = lines_of(curve, committed)
        chart = svg.Chart(curve.title, curve.across, lines, curve.by_powers)
        found[FOLDER / f"{curve.key}.svg"] = svg.draw(chart)
    found[FOLDER / "hour.svg"] = svg.draw(hour_chart(figures.load("hour")))
    return found


def hour_chart(committed: Mapping[str, int]) -> svg.Chart:
    """What a keeper had spent and received by each minute of its hour, in millionths of ether."""
    lines: dict[str, list[tuple[int, int]]] = {}
    for column in ("spent", "received"):
        total, line = 0, [(0, 0)]
        for number, name in enumerate(hour.row_names(committed), 1):
            total += committed[f"{name}, {column}"]
            line.append((number * hour.PART * hour.BLOCK_SECONDS // 60, total // 10**12))
        lines[column] = line
    return svg.Chart("A keeper's hour, in millionths of ether", "minutes", lines)


def draw_all() -> None:
    """Write the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, drawing in drawings().items():
        file.write_text(drawing, "utf-8")
