"""When the operator should look."""

from __future__ import annotations

from keeper.types import Verdict
from taskwork.chain.types import Wei

_DAY_S = 86_400
_DOES_NOT_PAY = frozenset({Verdict.NOT_PROFITABLE, Verdict.BASE_FEE_TOO_HIGH, Verdict.NOTHING_PAID})


def is_low(balance: Wei, wanted: Wei) -> bool:
    """Whether the executor should be topped up."""
    return balance < wanted


def unprofitable_for(blocks: int, verdict: Verdict | None) -> int:
    """For how many blocks in a row something was due that did not pay."""
    return blocks + 1 if verdict in _DOES_NOT_PAY else 0


def day_start(timestamp: int) -> int:
    """Midnight (UTC) before a block's time."""
    return timestamp - timestamp % _DAY_S
