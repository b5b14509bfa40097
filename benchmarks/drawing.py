"""The committed curves, drawn into docs/."""

from __future__ import annotations

from pathlib import Path

from benchmarks import figures, svg
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
    return found


def draw_all() -> None:
    """Write the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, drawing in drawings().items():
        file.write_text(drawing, "utf-8")
