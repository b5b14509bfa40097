"""Amounts as people write them, and as they read them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

UNITS = {"wei": 1, "gwei": 10**9, "ether": 10**18}
AMOUNT = re.compile(r"([0-9][0-9_]*(?:\.[0-9]+)?) (\w+)")


@dataclass(frozen=True)
class Reserves:
    """A multiple of what the manager reserves for one run of a task."""

    count: Fraction

    def of(self, reserve: int) -> int:
        """In wei, rounded up, so that `1 reserves` always suffices."""
        return -(-self.count.numerator * reserve // self.count.denominator)


def parse_wei(text: object) -> int:
    """Read an amount such as `0.05 ether`."""
    number, unit = _split(text)
    if unit not in UNITS:
        raise ValueError(f"write {text!r} in one of {', '.join(UNITS)}")
    wei = number * UNITS[unit]
    if wei.denominator != 1:
        raise ValueError(f"{text!r} is not a whole number of wei")
    return wei.numerator


def parse_bond(text: object) -> int | Reserves:
    """Read an amount in wei, or in `reserves`."""
    number, unit = _split(text)
    return Reserves(number) if unit in {"reserve", "reserves"} else parse_wei(text)


def ether(wei: int) -> str:
    """Write an amount in ether with all 18 decimals: exact to the wei."""
    whole, rest = divmod(abs(wei), 10**18)
    return f"{'-' if wei < 0 else ''}{whole}.{rest:018}"


def short(wei: int) -> str:
    """Write an amount with few digits, for where exactness would only distract."""
    if abs(wei) >= 10**14:
        return f"{wei / UNITS['ether']:,.4g} ether"
    return f"{wei / UNITS['gwei']:,.0f} gwei" if wei else "nothing"


def _split(text: object) -> tuple[Fraction, str]:
    match = AMOUNT.fullmatch(text.strip()) if isinstance(text, str) else None
    if not match:
        raise ValueError(f"write an amount with its unit, such as 0.05 ether, not {text!r}")
    return Fraction(match[1].replace("_", "")), match[2]
