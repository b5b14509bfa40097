"""The committed figures: read, written, and compared with what was measured.

Gas is deterministic: every difference has a cause, and is shown. A figure that grew by more than
one per cent fails the check until it is committed, and so explained.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "figures"
TOLERANCE = 100  # a hundredth

Figures = Mapping[str, int]


@dataclass(frozen=True)
class Difference:
    """A figure that is not what was committed, or is on one side only."""

    key: str
    committed: int | None
    measured: int | None

    @property
    def is_unknown(self) -> bool:
        """Whether there is nothing to compare: the set of figures changed."""
        return self.committed is None or self.measured is None

    @property
    def is_worse(self) -> bool:
        """Whether the figure grew by more than the tolerance."""
        if self.committed is None or self.measured is None:
            return False
        return (self.measured - self.committed) * TOLERANCE > self.committed

    def __str__(self) -> str:
        if self.committed is None:
            return f"{self.key}: {self.measured:,}, never committed"
        if self.measured is None:
            return f"{self.key}: {self.committed:,} committed, not measured any more"
        change = (self.measured - self.committed) / self.committed if self.committed else 0
        return f"{self.key}: {self.committed:,} -> {self.measured:,} ({change:+.2%})"


def compare(committed: Figures, measured: Figures) -> list[Difference]:
    """All that differs, in the order of the keys."""
    keys = sorted({*committed, *measured}, key=_natural)
    found = [Difference(key, committed.get(key), measured.get(key)) for key in keys]
    return [one for one in found if one.committed != one.measured]


def load(name: str) -> dict[str, int]:
    """The committed figures of one kind; none when they were never committed."""
    file = FOLDER / f"{name}.json"
    if not file.exists():
        return {}
    return {key: int(value) for key, value in json.loads(file.read_text("utf-8")).items()}


def save(name: str, figures: Figures) -> None:
    """Write the figures of one kind, a line each, in an order that does not change."""
    FOLDER.mkdir(exist_ok=True)
    ordered = {key: figures[key] for key in sorted(figures, key=_natural)}
    (FOLDER / f"{name}.json").write_text(json.dumps(ordered, indent=2) + "\n", "utf-8")


def _natural(key: str) -> list[tuple[int, str]]:
    """Text in the order of the alphabet, numbers in it by size."""
    parts = re.split(r"(\d+)", key)
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]
