"""How much to pay for inclusion."""

from __future__ import annotations

from keeper.types import InFlight, Step
from taskwork.chain.transactions import Fees
from taskwork.chain.types import BlockNumber, Wei

_REPLACEMENT_PERCENT = (
    113  # nodes refuse a replacement that offers less than 10 % (geth: 12.5 %) more
)


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


def is_overdue(flight: InFlight, head: BlockNumber, patience: int) -> bool:
    """Whether a transaction waited long enough to be replaced."""
    return head - flight.sent_at >= patience


def next_step(flight: InFlight, profit: Wei, min_profit: Wei) -> Step:
    """How to replace an overdue transaction that would now earn `profit`."""
    return Step.CANCEL if flight.cancelled or profit < min_profit else Step.REPEAT


def _raised(fee: Wei) -> int:
    return max(-(-fee * _REPLACEMENT_PERCENT // 100), fee + 1)
