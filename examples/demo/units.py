"""Bonds in multiples of what a task's run may cost."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from taskwork.units import parse_wei, split_amount


@dataclass(frozen=True)
class Reserves:
    """A multiple of what the manager reserves for one run of a task."""

    count: Fraction

    def of(self, reserve: int) -> int:
        """In wei, rounded up, so that `1 reserve` always suffices."""
        return -(-self.count.numerator * reserve // self.count.denominator)


def parse_amount(text: object) -> int:
    """Read an amount such as `0.05 ether`."""
    return parse_wei(str(text))


def parse_bond(text: object) -> int | Reserves:
    """Read an amount, or a number of `reserves`."""
    number, unit = split_amount(text)
    return Reserves(number) if unit in {"reserve", "reserves"} else parse_amount(text)
