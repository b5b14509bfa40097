"""How much to pay for inclusion."""

from __future__ import annotations

from taskwork.chain.transactions import Fees
from taskwork.chain.types import Wei

_BUMP = 1_125  # thousandths: nodes want 10 % more for a replacement, some of them 12.5 %


def affordable_tip(payout: Wei, gas: int, base_fee: Wei, min_profit: Wei) -> Wei:
    """The highest tip that still leaves `min_profit`; negative when none does."""
    return Wei((payout - min_profit) // gas - base_fee)


def choose_tip(usual: Wei, affordable: Wei, least: Wei, share_percent: int) -> Wei:
    """What is usual, but no more than a share of what the batch can bear; at least `least`."""
    return Wei(max(least, min(usual, affordable * share_percent // 100)))


def choose_fees(base_fee: Wei, tip: Wei, max_fee: Wei) -> Fees:
    """Fees that hold while the base fee doubles, within the operator's limit."""
    highest = Wei(min(max_fee, 2 * base_fee + tip))
    return Fees(max_fee=highest, tip=Wei(min(tip, highest)))


def price_paid(fees: Fees, base_fee: Wei) -> Wei:
    """What a unit of gas costs in a block with this base fee."""
    return Wei(min(fees.max_fee, base_fee + fees.tip))


def replacement_fees(old: Fees, base_fee: Wei, max_fee: Wei) -> Fees | None:
    """Fees that nodes take as a replacement, or None when the operator's limit forbids them."""
    tip = Wei(_raised(old.tip))
    highest = Wei(max(_raised(old.max_fee), min(max_fee, 2 * base_fee + tip)))
    return Fees(max_fee=highest, tip=tip) if highest <= max_fee else None


def _raised(fee: Wei) -> int:
    return max(-(-fee * _BUMP // 1_000), fee + 1)
