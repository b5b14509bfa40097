"""The price of a run: base fee and tip up to the ceiling, and the rising premium on top."""

from __future__ import annotations

import pytest

from tests.contracts.conftest import BOND, GENEROUS_FEE, GWEI, call_of

MAX_PRICE = 2**52 - 1
BRANCH_GAS = 100
CLEARED = 2 * 4_800  # gas that comes back for the words of the task and of its bucket


@pytest.fixture
def neighbour(create_task, other_owner):
    """A task a block later: the words of both, of the blocks with tasks, outlive the first."""

    def create(block) -> None:
        create_task(start=block + 1, owner=other_owner)

    return create


@pytest.fixture
def amount_at(rewinding, terms_of, owner, create_task, neighbour, mine_to, base_fee, execute):
    """What an executor is paid for the same run at the given terms, base fee and lateness."""

    def run(*, fee=GWEI, late=0, value=BOND, **terms) -> int:
        with rewinding():
            terms_of(owner, **terms)
            task = create_task(value=value)
            neighbour(task.start + late)
            mine_to(task.start + late)
            base_fee(fee)
            batch = execute(max_fee=GENEROUS_FEE, max_priority_fee=0)
            return batch.one("ExecutorReimbursed")["amount"]

    return run


@pytest.fixture
def charged_gas(amount_at) -> int:
    """The gas that the run is charged, at 1 wei per gas: what was spent less what came back."""
    return amount_at(fee=1)


@pytest.fixture
def assert_rate(charged_gas):
    """Assert that an amount is the gas that was spent, at a rate, less what came back at the fee.

    The branch that caps the price costs some gas itself, hence the tolerance; the remainder
    tells rates apart nevertheless.
    """

    def check(amount, rate, *, fee=GWEI) -> None:
        gross = amount + CLEARED * fee
        assert gross % rate == 0, f"{gross} is not a multiple of {rate}"
        assert abs(gross // rate - CLEARED - charged_gas) < BRANCH_GAS

    return check


def test_price__no_tip_no_premium__is_the_base_fee(amount_at, charged_gas) -> None:
    assert amount_at() == charged_gas * GWEI
    assert 60_000 < charged_gas < 250_000


@pytest.mark.parametrize("fee", [1, 7, 3 * GWEI, 100 * GWEI])
def test_price__base_fee__is_passed_on(assert_rate, amount_at, fee) -> None:
    assert_rate(amount_at(fee=fee), fee, fee=fee)


def test_price__base_fee_of_zero__costs_only_the_tip(amount_at, charged_gas) -> None:
    assert amount_at(fee=0) == 0
    # The tip is paid for the gas that came back as well: a failure has no more of it.
    assert amount_at(fee=0, tip=5) == (charged_gas + CLEARED) * 5


@pytest.mark.parametrize("tip", [1, GWEI, 98 * GWEI, 99 * GWEI])
def test_price__tip__is_added(assert_rate, amount_at, tip) -> None:
    assert_rate(amount_at(tip=tip), GWEI + tip)


@pytest.mark.parametrize("tip", [99 * GWEI + 1, MAX_PRICE])
def test_price__tip_above_the_ceiling__is_capped(assert_rate, amount_at, tip) -> None:
    assert_rate(amount_at(tip=tip), 100 * GWEI)


def test_price__ceiling_of_one_wei__costs_one_wei_a_gas(
    manager, terms_of, owner, define, neighbour, base_fee, mine_to, execute, assert_rate
) -> None:
    terms_of(owner, ceiling=1)
    definition = define()
    neighbour(definition.schedule.start)
    base_fee(1)
    manager.scheduleTask(definition, sender=owner, value=BOND)
    mine_to(definition.schedule.start)
    base_fee(1)

    batch = execute()

    assert_rate(batch.one("ExecutorReimbursed")["amount"], 1, fee=1)


@pytest.mark.parametrize("late", [0, 1, 2, 13, 27, 28, 29, 100])
def test_premium__late__rises_by_a_part_a_block_up_to_the_cap(amount_at, assert_rate, late) -> None:
    cap = 3_200 * 10**6
    parts = min(32, 4 + late)

    amount = amount_at(premium_cap=cap, late=late)

    assert_rate(amount, GWEI + cap * parts // 32)


def test_premium__cap__is_on_top_of_the_ceiling(amount_at, assert_rate) -> None:
    amount = amount_at(ceiling=GWEI, tip=MAX_PRICE, premium_cap=2 * GWEI, late=40)

    assert_rate(amount, 3 * GWEI)


def test_premium__cap_that_does_not_divide__is_rounded_down_for_the_owner(
    assert_rate, amount_at
) -> None:
    assert_rate(amount_at(premium_cap=7), GWEI + 7 * 4 // 32)


def test_premium__largest_cap__is_paid_from_a_bond_that_covers_it(
    rpc, owner, amount_at, assert_rate
) -> None:
    rpc("anvil_setBalance", owner.address, hex(2**87))

    amount = amount_at(premium_cap=MAX_PRICE, ceiling=GWEI, late=28, value=2**86)

    assert_rate(amount, GWEI + MAX_PRICE)


def test_price__frozen_terms__decide_not_those_in_force(
    terms_of, owner, create_task, neighbour, run_at, assert_rate
) -> None:
    terms_of(owner, tip=GWEI)
    task = create_task()
    neighbour(task.start)
    terms_of(owner, tip=50 * GWEI)

    batch = run_at(task.start)

    assert_rate(batch.one("ExecutorReimbursed")["amount"], 2 * GWEI)


def test_price__two_owners_in_a_batch__each_pays_its_own_terms(
    manager, terms_of, owner, other_owner, height, create_task, mine_to, batch_of, executor
) -> None:
    terms_of(owner, tip=2 * GWEI)
    terms_of(other_owner, tip=6 * GWEI)
    start = height() + 20
    # Recurring, and another task stays in the bucket: no word is cleared.
    owners = (owner, other_owner, other_owner)
    tasks = [create_task(start=start, owner=who, executions=2) for who in owners]
    mine_to(start)

    batch = batch_of(manager.executeTasks([task.hash for task in tasks[:2]], 0, sender=executor))

    first, second = (event["amount"] for event in batch.named("ExecutorReimbursed"))
    assert first % (3 * GWEI) == 0
    assert second % (7 * GWEI) == 0
    assert manager.bondOf(owner)[0] == BOND - first


def test_price__batch__is_paid_in_one_sum(
    height, owner, other_owner, create_task, mine_to, executor, execute
) -> None:
    start = height() + 20
    for who in (owner, other_owner, owner):
        create_task(start=start, owner=who)
    mine_to(start)
    before = executor.balance

    batch = execute()

    amounts = [event["amount"] for event in batch.named("ExecutorReimbursed")]
    receipt = batch.receipt
    assert executor.balance == before - receipt.gas_used * receipt.gas_price + sum(amounts)
    assert len(amounts) == 3


def test_price__more_tasks_in_a_batch__base_cost_is_shared(
    manager, height, create_task, terms_of, owner, rewinding, run_at
) -> None:
    start = height() + 20
    tasks = [create_task(start=start) for _ in range(4)]
    terms_of(owner)
    with rewinding():
        for task in tasks[1:]:
            manager.cancelTask(task.hash, sender=owner)
        alone = run_at(start).one("ExecutorReimbursed")["amount"]

    amounts = [event["amount"] for event in run_at(start).named("ExecutorReimbursed")]

    assert all(amount < alone for amount in amounts)


@pytest.mark.parametrize(("late", "gas"), [(0, 100_000), (40, 100_000), (40, 750_000)])
def test_price__callee_burns_everything__stays_within_the_reserve(
    manager, terms_of, owner, burner, create_task, run_at, late, gas
) -> None:
    terms_of(owner, ceiling=GWEI, premium_cap=GWEI)
    call = call_of(burner, "invalid()")
    task = create_task(target=burner, data=call, gas=gas)
    reserved = manager.bondOf(owner)[1]

    amount = run_at(task.start + late).one("ExecutorReimbursed")["amount"]

    assert gas * GWEI < amount <= reserved
