"""Amounts of native coin and spans of time, as people write and read them."""

from __future__ import annotations

import re
from fractions import Fraction

from taskwork.chain.pool_types import Seconds
from taskwork.chain.types import Wei

UNITS = {"wei": 1, "gwei": 10**9, "ether": 10**18}
TIMES = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_SPAN = re.compile(r"([1-9][0-9_]*) ?([smhd])")
_AMOUNT = re.compile(r"([0-9][0-9_]*(?:\.[0-9]+)?) ?([a-z]+)")


def parse_wei(text: str) -> Wei:
    """Read an amount with its unit, such as `0.05 ether`."""
    number, unit = split_amount(text)
    if unit not in UNITS:
        raise ValueError(f"write {text!r} in one of {', '.join(UNITS)}")
    wei = number * UNITS[unit]
    if wei.denominator != 1:
        raise ValueError(f"{text!r} is not a whole number of wei")
    return Wei(wei.numerator)


def split_amount(text: object) -> tuple[Fraction, str]:
    """The number and the unit, whichever it is."""
    match = _AMOUNT.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"write an amount with its unit, such as 0.05 ether, not {text!r}")
    return Fraction(match[1].replace("_", "")), match[2]


def is_amount(text: str) -> bool:
    """Whether a text looks like an amount with a unit."""
    return _AMOUNT.fullmatch(text) is not None


def ether(wei: int) -> str:
    """Write an amount in ether with all 18 decimals: exact to the wei."""
    whole, rest = divmod(abs(wei), UNITS["ether"])
    return f"{'-' if wei < 0 else ''}{whole}.{rest:018}"


def short(wei: int) -> str:
    """Write an amount with few digits, for where exactness would only distract."""
    if abs(wei) >= 10**14:
        return f"{wei / UNITS['ether']:,.4g} ether"
    return f"{wei / UNITS['gwei']:,.0f} gwei" if wei else "nothing"


def parse_seconds(text: str) -> Seconds:
    """Read a span of time such as `90 s`, `10m`, `2h` or `7d`."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"write a span of time such as 90s, 10m, 2h or 7d, not {text!r}")
    return Seconds(int(match[1].replace("_", "")) * TIMES[match[2]])


def span(seconds: int) -> str:
    """Write a span of time in its largest unit and the next."""
    if seconds < TIMES["m"]:
        return f"{seconds} s"
    units = [("d", "h"), ("h", "m"), ("m", "s")]
    large, small = next(pair for pair in units if seconds >= TIMES[pair[0]])
    count, rest = divmod(seconds, TIMES[large])
    fraction = rest // TIMES[small]
    return f"{count} {large}" + (f" {fraction} {small}" if fraction else "")
