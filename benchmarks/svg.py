"""Line charts as SVG: few enough to be read, plain enough to be written by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 28, 84, 56
COLOURS = ("#1d4ed8", "#c2410c", "#047857", "#7c3aed")
INK, FAINT, PAPER = "#1f2937", "#d1d5db", "#ffffff"
STYLE = "text{font:13px system-ui,sans-serif}.title{font-size:16px;font-weight:600}"

Line = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Chart:
    """What is to be drawn."""

    title: str
    across: str
    lines: Mapping[str, Line]
    by_powers: bool = False  # the axis across grows by powers of ten


@dataclass(frozen=True)
class Frame:
    """Where a value is on the paper."""

    right: int  # the greatest value across
    top: int  # the greatest value up
    by_powers: bool

    def x(self, value: float) -> float:
        """Across: by powers from 1, else from 0."""
        share = math.log10(value) / math.log10(self.right) if self.by_powers else value / self.right
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Up, from 0."""
        return HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM)


def draw(chart: Chart) -> str:
    """The chart as an SVG document."""
    points = [point for line in chart.lines.values() for point in line]
    ticks = steps(max(up for _, up in points))
    frame = Frame(max(across for across, _ in points), ticks[-1], chart.by_powers)
    parts = [*_head(chart), *_grid(frame, ticks), *_axis(chart, frame)]
    for line, colour in zip(chart.lines.values(), COLOURS, strict=False):
        parts += _line(frame, line, colour)
    parts += _legend(list(chart.lines))
    return "\n".join([*parts, "</svg>\n"])


def steps(most: float) -> list[int]:
    """Round numbers from 0 to at least `most`, four to eight of them."""
    power = 10 ** math.floor(math.log10(most))
    candidates = (power // 5, power // 2, power, 2 * power)
    step = next(one for one in candidates if one and most / one <= 7)
    return list(range(0, math.ceil(most / step) * step + 1, step))


def short(value: int) -> str:
    """A number as an axis shows it: 20k, 1.5M."""
    for unit, name in ((10**6, "M"), (10**3, "k")):
        if value >= unit:
            return f"{value / unit:g}{name}"
    return str(value)


def _head(chart: Chart) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img" aria-label="{escape(chart.title)}">'
    )
    yield f"<style>{STYLE}</style>"
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
    yield _text(LEFT, 28, chart.title, kind="title")


def _grid(frame: Frame, ticks: Sequence[int]) -> Iterator[str]:
    for tick in ticks:
        y = frame.y(tick)
        yield (
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{INK if tick == 0 else FAINT}"/>'
        )
        yield _text(LEFT - 10, y + 4.5, short(tick), anchor="end")


def _axis(chart: Chart, frame: Frame) -> Iterator[str]:
    powers = {10**n for n in range(math.floor(math.log10(frame.right)) + 1)} | {frame.right}
    for tick in sorted(powers) if frame.by_powers else steps(frame.right):
        if tick <= frame.right:
            yield _text(frame.x(tick), HEIGHT - BOTTOM + 20, short(tick), anchor="middle")
    yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, chart.across, anchor="middle")


def _line(frame: Frame, line: Line, colour: str) -> Iterator[str]:
    at = [f"{frame.x(across):.1f} {frame.y(up):.1f}" for across, up in line]
    yield f'<path d="M{"L".join(at)}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for point in at:
        x, y = point.split()
        yield f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"/>'


def _legend(names: Sequence[str]) -> Iterator[str]:
    x = float(LEFT)
    for name, colour in zip(names, COLOURS, strict=False):
        yield f'<path d="M{x:.0f} 50h18" stroke="{colour}" stroke-width="3"/>'
        yield _text(x + 24, 54.5, name)
        x += 24 + 7.0 * len(name) + 24


def _text(x: float, y: float, text: str, *, anchor: str = "start", kind: str = "") -> str:
    css = f' class="{kind}"' if kind else ""
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{INK}"{css}>{escape(text)}</text>'
