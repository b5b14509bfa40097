"""Whether a batch is worth sending, and what it earned."""

from __future__ import annotations

from keeper.services.fees import affordable_tip, choose_fees, choose_tip, price_paid
from keeper.types import Bid, Limits, Outcome, Quote, Totals, Verdict
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


def add(totals: Totals, outcome: Outcome) -> Totals:
    """The books after one more batch."""
    return Totals(
        batches=totals.batches + 1,
        executed=totals.executed + outcome.executed,
        failed=totals.failed + outcome.failed,
        gas_used=totals.gas_used + outcome.gas_used,
        cost=totals.cost + outcome.cost,
        reimbursed=totals.reimbursed + outcome.reimbursed,
    )
