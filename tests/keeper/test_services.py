"""The keeper's decisions, branch by branch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keeper.services.fees import (
    affordable_tip,
    choose_fees,
    choose_tip,
    price_paid,
    replacement_fees,
)
from keeper.services.plan import TX_GAS_CAP, batch_gas, is_too_small, landing_block, rest_s
from keeper.services.price import pay_per_gas, predict_quote
from keeper.services.profit import bid_for, pays_to_wait, profit_at, within_daily_limit
from keeper.types import DueTask, Limits, Quote, Verdict
from taskwork.chain.transactions import Fees
from taskwork.chain.types import BlockNumber, Gas, Wei

pytestmark = pytest.mark.unit

GWEI = 10**9
LIMITS = Limits(max_fee=Wei(100), min_tip=Wei(0), min_profit=Wei(0), tip_share=50)
QUOTE = Quote(executed=1, failed=0, gas_used=Gas(1_000), payout=Wei(20_000))
TASK = DueTask(
    gas=Gas(70_000),
    next_block=BlockNumber(100),
    ceiling=Wei(50),
    tip=Wei(2),
    premium_cap=Wei(32),
)


def test_bid_for__nothing_reimbursed__runs_nothing() -> None:
    bid = bid_for(replace(QUOTE, payout=Wei(0)), Wei(10), Wei(1), LIMITS)
    assert (bid.verdict, bid.profit) == (Verdict.NOTHING_PAID, 0)


def test_bid_for__base_fee_above_the_limit__refuses() -> None:
    bid = bid_for(QUOTE, Wei(101), Wei(1), LIMITS)
    assert bid.verdict is Verdict.BASE_FEE_TOO_HIGH


def test_bid_for__base_fee_at_the_limit__is_not_refused_for_it() -> None:
    rich = replace(QUOTE, payout=Wei(200_000))
    bid = bid_for(rich, Wei(100), Wei(1), LIMITS)
    assert (bid.verdict, bid.fees) == (Verdict.RUN, Fees(Wei(100), Wei(1)))


def test_bid_for__payout_below_the_base_fee__is_not_profitable() -> None:
    bid = bid_for(QUOTE, Wei(21), Wei(1), LIMITS)
    assert (bid.verdict, bid.profit) == (Verdict.NOT_PROFITABLE, -1_000)


def test_bid_for__profit_one_wei_short__is_not_profitable() -> None:
    bid = bid_for(QUOTE, Wei(10), Wei(1), replace(LIMITS, min_profit=Wei(10_001)))
    assert bid.verdict is Verdict.NOT_PROFITABLE


def test_bid_for__profit_exactly_enough__runs_without_tip() -> None:
    bid = bid_for(QUOTE, Wei(10), Wei(1), replace(LIMITS, min_profit=Wei(10_000)))
    assert (bid.verdict, bid.fees.tip, bid.profit) == (Verdict.RUN, 0, 10_000)


def test_bid_for__usual_tip_affordable__pays_it() -> None:
    bid = bid_for(QUOTE, Wei(10), Wei(3), LIMITS)
    assert (bid.fees, bid.profit) == (Fees(Wei(23), Wei(3)), 7_000)


def test_bid_for__usual_tip_too_dear__tips_its_share_of_the_surplus() -> None:
    bid = bid_for(QUOTE, Wei(10), Wei(1_000), LIMITS)
    assert (bid.fees.tip, bid.profit) == (5, 5_000)


def test_bid_for__least_tip_above_the_share__pays_the_least_tip() -> None:
    bid = bid_for(QUOTE, Wei(10), Wei(0), replace(LIMITS, min_tip=Wei(8)))
    assert (bid.verdict, bid.fees.tip, bid.profit) == (Verdict.RUN, 8, 2_000)


def test_bid_for__losses_allowed__runs_at_a_loss() -> None:
    bid = bid_for(QUOTE, Wei(21), Wei(0), replace(LIMITS, min_profit=Wei(-5_000)))
    assert (bid.verdict, bid.profit) == (Verdict.RUN, -1_000)


def test_affordable_tip__any_batch__leaves_the_least_profit() -> None:
    tip = affordable_tip(Wei(20_999), 1_000, Wei(10), Wei(5_000))
    assert tip == 5
    assert profit_at(replace(QUOTE, payout=Wei(20_999)), Wei(10 + tip)) >= 5_000


def test_choose_tip__nothing_to_share__is_the_least() -> None:
    assert choose_tip(Wei(9), Wei(-4), Wei(2), 50) == 2


def test_choose_fees__base_fee_doubles__still_holds() -> None:
    assert choose_fees(Wei(10), Wei(3), Wei(100)) == Fees(Wei(23), Wei(3))


def test_choose_fees__limit_below_the_tip__caps_both() -> None:
    assert choose_fees(Wei(10), Wei(30), Wei(20)) == Fees(Wei(20), Wei(20))


@pytest.mark.parametrize(("base_fee", "price"), [(10, 13), (27, 30), (29, 30)])
def test_price_paid__fee_limit__caps_base_fee_and_tip(base_fee: int, price: int) -> None:
    assert price_paid(Fees(Wei(30), Wei(3)), Wei(base_fee)) == price


def test_replacement_fees__calm_chain__rises_by_an_eighth_at_least() -> None:
    fees = replacement_fees(Fees(Wei(1_000), Wei(80)), Wei(1), Wei(10_000))
    assert fees == Fees(Wei(1_125), Wei(90))


def test_replacement_fees__base_fee_rose__follows_it_to_the_limit() -> None:
    fees = replacement_fees(Fees(Wei(1_000), Wei(80)), Wei(6_000), Wei(10_000))
    assert fees == Fees(Wei(10_000), Wei(90))


def test_replacement_fees__no_tip_before__offers_one() -> None:
    fees = replacement_fees(Fees(Wei(1_000), Wei(0)), Wei(1), Wei(10_000))
    assert fees is not None
    assert fees.tip == 1


def test_replacement_fees__above_the_limit__are_none() -> None:
    assert replacement_fees(Fees(Wei(1_000), Wei(80)), Wei(1), Wei(1_124)) is None


@pytest.mark.parametrize(
    ("wanted", "block_limit", "balance", "gas"),
    [
        (5_000_000, 30_000_000, None, 5_000_000),
        (TX_GAS_CAP, 60_000_000, None, TX_GAS_CAP),
        (TX_GAS_CAP, 30_000_000, None, 15_000_000),
        (5_000_000, 30_000_000, 10_000_000, 1_000_000),
        (5_000_000, 30_000_000, 9, 0),
    ],
)
def test_batch_gas__several_limits__takes_the_least(
    wanted: int, block_limit: int, balance: int | None, gas: int
) -> None:
    has = None if balance is None else Wei(balance)
    assert batch_gas(Gas(wanted), Gas(block_limit), has, Wei(10)) == gas


def test_batch_gas__free_gas__is_not_limited_by_the_balance() -> None:
    assert batch_gas(Gas(500_000), Gas(30_000_000), Wei(0), Wei(0)) == 500_000


@pytest.mark.parametrize(("gas", "small"), [(449_999, True), (450_000, False)])
def test_is_too_small__reserve__counts_on_top(gas: int, small: bool) -> None:
    assert is_too_small(Gas(gas), 50_000) is small


def test_landing_block__any_head__is_the_next() -> None:
    assert landing_block(BlockNumber(41)) == 42


def test_rest_s__failures_in_a_row__doubles_up_to_four() -> None:
    assert [rest_s(n) for n in (0, 1, 2, 6, 60)] == [0.5, 1.0, 2.0, 4.0, 4.0]


@pytest.mark.parametrize(
    ("block", "base_fee", "paid"),
    [
        (100, 10, 12 + 4),  # in time: price and an eighth of the premium's cap
        (99, 10, 12 + 4),  # early: the same
        (114, 10, 12 + 18),  # late: the premium rises with every block
        (128, 10, 12 + 32),  # to its cap
        (10_000, 10, 12 + 32),  # and no further
        (100, 49, 50 + 4),  # the ceiling caps the price, not the premium
    ],
)
def test_pay_per_gas__block_and_base_fee__follows_the_rule(
    block: int, base_fee: int, paid: int
) -> None:
    assert pay_per_gas(TASK, BlockNumber(block), Wei(base_fee)) == paid


def test_predict_quote__two_tasks__pays_for_the_transaction_once() -> None:
    quote = predict_quote([TASK, TASK], BlockNumber(100), Wei(10), Gas(10**7))
    assert (quote.executed, quote.gas_used) == (2, 37_600 + 2 * 100_000)
    assert quote.payout == quote.gas_used * 16


def test_predict_quote__ceiling_below_the_base_fee__passes_over() -> None:
    quote = predict_quote([TASK], BlockNumber(100), Wei(51), Gas(10**7))
    assert (quote.executed, quote.payout) == (0, 0)


def test_predict_quote__task_does_not_fit__passes_over_and_takes_the_next() -> None:
    large = replace(TASK, gas=Gas(750_000))
    quote = predict_quote([large, TASK], BlockNumber(100), Wei(10), Gas(200_000))
    assert (quote.executed, quote.gas_used) == (1, 137_600)


@pytest.mark.parametrize(
    ("limit", "spent", "is_within"),
    [(None, 10**30, True), (100_000, 0, True), (100_000, 1, False)],
)
def test_within_daily_limit__most_that_the_batch_can_cost__counts(
    limit: int | None, spent: int, is_within: bool
) -> None:
    allowed = None if limit is None else Wei(limit)
    assert within_daily_limit(allowed, Wei(spent), QUOTE, Fees(Wei(100), Wei(1))) is is_within


@pytest.mark.parametrize(
    ("now", "later", "late", "waits"),
    [
        (100, 134, 0, True),  # 134 at three chances of four is more than 100
        (100, 133, 0, False),
        (100, 1_000, 5, False),  # as late as the operator lets it be
        (-50, 1, 0, True),
        (-50, -1, 0, False),
        (0, 0, 0, False),
    ],
)
def test_pays_to_wait__chance_that_a_rival_is_faster__weighs_against_it(
    now: int, later: int, late: int, waits: bool
) -> None:
    found = pays_to_wait(Wei(now), Wei(later), late=late, max_wait=5, rival_risk=25)
    assert found is waits
