"""Whether a batch is worth sending, and what it earned."""

from __future__ import annotations

from keeper.services.fees import affordable_tip, choose_fees, choose_tip, price_paid
from keeper.types import Bid, LedgerEntry, Limits, Quote, Totals, Verdict
from taskwork.chain.transactions import Fees
from taskwork.chain.types import Wei

_NO_FEES = Fees(Wei(0), Wei(0))


def bid_for(quote: Quote, base_fee: Wei, usual_tip: Wei, limits: Limits) -> Bid:
    """Decide on a batch, and how much of what it offers goes to the tip."""
    if quote.payout == 0:
        return Bid(Verdict.NOTHING_PAID, _NO_FEES, Wei(0))
    least_price = Wei(base_fee + limits.min_tip)
    if least_price > limits.max_fee:
        return Bid(Verdict.BASE_FEE_TOO_HIGH, _NO_FEES, profit_at(quote, least_price))
    affordable = affordable_tip(quote.payout, quote.gas_used, base_fee, limits.min_profit)
    if affordable < limits.min_tip:
        return Bid(Verdict.NOT_PROFITABLE, _NO_FEES, profit_at(quote, least_price))
    tip = choose_tip(usual_tip, affordable, limits.min_tip, limits.tip_share)
    fees = choose_fees(base_fee, tip, limits.max_fee)
    return Bid(Verdict.RUN, fees, profit_at(quote, price_paid(fees, base_fee)))


def profit_at(quote: Quote, price: Wei) -> Wei:
    """What is left of the payout when a unit of gas costs `price`."""
    return Wei(quote.payout - quote.gas_used * price)


def add(totals: Totals, entry: LedgerEntry) -> Totals:
    """The books after one more transaction."""
    return Totals(
        batches=totals.batches + 1,
        executed=totals.executed + entry.executed,
        failed=totals.failed + entry.failed,
        gas_used=totals.gas_used + entry.gas_used,
        cost=totals.cost + entry.cost,
        reimbursed=totals.reimbursed + entry.reimbursed,
    )


def subtract(totals: Totals, entry: LedgerEntry) -> Totals:
    """The books without a transaction that the chain took back."""
    return Totals(
        batches=totals.batches - 1,
        executed=totals.executed - entry.executed,
        failed=totals.failed - entry.failed,
        gas_used=totals.gas_used - entry.gas_used,
        cost=totals.cost - entry.cost,
        reimbursed=totals.reimbursed - entry.reimbursed,
    )


def within_daily_limit(limit: Wei | None, spent: Wei, quote: Quote, fees: Fees) -> bool:
    """Whether a batch may be sent, if it costs the most that its fees allow."""
    return limit is None or spent + quote.gas_used * fees.max_fee <= limit


def pays_to_wait(now: Wei, later: Wei, *, late: int, max_wait: int, rival_risk: int) -> bool:
    """Whether a batch that would earn more in the next block is worth the risk of losing it.

    `rival_risk` is the percent chance that a rival is faster. Whatever pays nothing now and
    nothing later is not worth waiting for.
    """
    return late < max_wait and later * (100 - rival_risk) > max(now, 0) * 100
