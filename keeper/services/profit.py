"""Whether a batch is worth sending, and what it earned."""

from __future__ import annotations

from keeper.services.fees import affordable_tip, choose_fees, price_paid
from keeper.types import Bid, Outcome, Quote, Totals, Verdict
from taskwork.chain.transactions import Fees
from taskwork.chain.types import Wei

_NO_FEES = Fees(Wei(0), Wei(0))


def bid_for(
    quote: Quote, base_fee: Wei, *, usual_tip: Wei, max_fee: Wei, min_tip: Wei, min_profit: Wei
) -> Bid:
    """Decide on a batch. Tips what is usual, or less where the batch cannot bear it."""
    if quote.payout == 0:
        return Bid(Verdict.NOTHING_PAID, _NO_FEES, Wei(0))
    if base_fee + min_tip > max_fee:
        return Bid(Verdict.BASE_FEE_TOO_HIGH, _NO_FEES, profit_at(quote, Wei(base_fee + min_tip)))
    affordable = affordable_tip(quote.payout, quote.gas_used, base_fee, min_profit)
    if affordable < min_tip:
        loss = profit_at(quote, Wei(base_fee + min_tip))
        return Bid(Verdict.NOT_PROFITABLE, _NO_FEES, loss)
    tip = Wei(max(min_tip, min(usual_tip, affordable)))
    fees = choose_fees(base_fee, tip, max_fee)
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
