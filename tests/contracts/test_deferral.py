"""Deferral: what happens to a task while the base fee is above its owner's ceiling."""

from __future__ import annotations

import pytest

from tests.contracts.conftest import BOND, GENEROUS_FEE, GWEI
from tests.support.definitions import ENDLESS, Status

CEILING = 2 * GWEI
SPIKE = 1_000 * GWEI
MOST_SKIP_GAS = 190_000
CLEARED = 4_800  # gas that comes back for the word of the bucket that the task leaves
FLOOR = GWEI // 8  # of the premium: an eighth of the cap


@pytest.fixture(autouse=True)
def low_ceiling(terms_of, owner):
    terms_of(owner, ceiling=CEILING, premium_cap=GWEI)


@pytest.fixture
def spike(mine_to, base_fee, execute):
    """Execute what is due in the given block, at a base fee that no owner here can pay."""

    def run(block, fee=SPIKE):
        mine_to(block)
        base_fee(fee)
        return execute(max_fee=GENEROUS_FEE)

    return run


def test_deferral__base_fee_above_the_ceiling__moves_the_task(
    manager, create_task, spike, owner, interface, counter, info_of
) -> None:
    task = create_task()

    batch = spike(task.start)

    assert batch.one("TaskDeferred") == {
        "taskHash": task.hash,
        "owner": owner.address,
        "nextBlock": task.start + 8,
        "reason": interface.selector("TaskManager_BaseFeeAboveCeiling"),
    }
    assert counter.count() == 0
    assert manager.getTaskStatus(task.hash) == Status.QUEUED
    assert info_of(task.hash).next_block == task.start + 8


@pytest.mark.parametrize("over", [1, GWEI, SPIKE])
def test_deferral__executor__is_paid_for_it_at_the_ceiling_and_the_premium(
    manager, create_task, owner, spike, over
) -> None:
    task = create_task()
    reserved = manager.bondOf(owner)[1]

    batch = spike(task.start, CEILING + over)

    amount = batch.one("ExecutorReimbursed")["amount"]
    rate = CEILING + FLOOR
    spent = amount + CLEARED * min(CEILING + over, rate)
    assert spent % rate == 0
    assert 21_000 < spent // rate <= MOST_SKIP_GAS
    assert manager.bondOf(owner) == (BOND - amount, reserved)
    assert not {"TaskExecuted", "TasksExecuted", "TaskExecutionRecorded"} & set(batch.names())


def test_deferral__base_fee_at_the_ceiling__runs(create_task, spike) -> None:
    task = create_task()

    batch = spike(task.start, CEILING)

    assert batch.one("TaskExecuted")["success"] is True


def test_deferral__late__counts_from_the_block_it_is_in(create_task, spike) -> None:
    task = create_task()

    batch = spike(task.start + 33)

    assert batch.one("TaskDeferred")["nextBlock"] == task.start + 33 + 8


def test_deferral__again_and_again__doubles(create_task, spike) -> None:
    task = create_task()
    block = task.start
    distances = []
    for _ in range(6):
        moved = spike(block).one("TaskDeferred")["nextBlock"]
        distances.append(moved - block)
        block = moved

    assert distances == [8, 16, 32, 64, 128, 256]


def test_deferral__a_run_in_between__starts_at_eight_again(
    create_task, spike, run_at, info_of
) -> None:
    task = create_task(executions=ENDLESS)
    first = spike(task.start).one("TaskDeferred")["nextBlock"]
    second = spike(first).one("TaskDeferred")["nextBlock"]
    run_at(second)
    tick = info_of(task.hash).next_block

    assert spike(tick).one("TaskDeferred")["nextBlock"] == tick + 8


def test_deferral__is_not_a_run__executions_and_failures_stay(create_task, spike, info_of) -> None:
    task = create_task(executions=3)

    spike(task.start)

    info = info_of(task.hash)
    assert (info.executions, info.failures, info.runs_left) == (0, 0, 3)


def test_deferral__then_run__keeps_the_cadence(
    create_task, spike, run_at, counter, info_of
) -> None:
    task = create_task(executions=ENDLESS)
    moved = spike(task.start).one("TaskDeferred")["nextBlock"]

    run_at(moved)

    assert counter.count() == 1
    assert info_of(task.hash).next_block == task.start + 100


def test_deferral__beyond_the_next_tick__keeps_the_cadence_after(
    create_task, spike, run_at, info_of
) -> None:
    task = create_task(executions=ENDLESS)
    block = task.start
    for _ in range(5):
        block = spike(block).one("TaskDeferred")["nextBlock"]
    assert task.start + 200 < block < task.start + 300

    run_at(block)

    assert info_of(task.hash).next_block == task.start + 300


def test_deferral__premium__counts_from_the_block_it_was_moved_to(
    create_task, rewinding, run_at, spike
) -> None:
    task = create_task()
    with rewinding():
        on_time = run_at(task.start).one("ExecutorReimbursed")["amount"]
    moved = spike(task.start).one("TaskDeferred")["nextBlock"]

    amount = run_at(moved).one("ExecutorReimbursed")["amount"]

    assert abs(amount - on_time) < on_time // 50


def test_deferral__beyond_the_deadline__waits_for_the_deadline(
    height, create_task, spike, run_at, counter
) -> None:
    deadline = height() + 25
    task = create_task(deadline=deadline)
    assert task.start < deadline < task.start + 8

    batch = spike(task.start)

    assert batch.one("TaskDeferred")["nextBlock"] == deadline
    run_at(deadline)
    assert counter.count() == 1


def test_deferral__in_the_block_of_the_deadline__expires(
    manager, height, create_task, spike, owner
) -> None:
    deadline = height() + 25
    task = create_task(deadline=deadline)

    batch = spike(deadline)

    assert batch.one("TaskExpired")["taskHash"] == task.hash
    assert manager.getTaskStatus(task.hash) == Status.EXPIRED
    assert manager.bondOf(owner)[1] == 0
    assert batch.one("ExecutorReimbursed")["amount"] > 0


def test_deferral__too_little_left_to_reserve_again__starves(
    manager, define, create_task, spike, owner
) -> None:
    required = manager.estimateRequiredBond(define(), CEILING)
    task = create_task(value=required)

    batch = spike(task.start)

    assert batch.one("TaskInactiveDueToInsufficientBonds") == {
        "taskHash": task.hash,
        "owner": owner.address,
        "requiredBond": required,
    }
    assert manager.getTaskStatus(task.hash) == Status.STARVED
    amount = batch.one("ExecutorReimbursed")["amount"]
    assert 0 < amount <= MOST_SKIP_GAS * (CEILING + FLOOR)
    assert manager.bondOf(owner) == (required - amount, 0)


def test_deferral__starved_one_shot_reactivated__runs_in_the_next_block(
    manager, define, create_task, spike, mine_to, batch_of, stranger, execute, counter
) -> None:
    required = manager.estimateRequiredBond(define(), CEILING)
    task = create_task(value=required)
    spike(task.start)
    mine_to(task.start + 2)

    batch = batch_of(manager.reactivate(task.hash, sender=stranger, value=required))

    assert batch.one("TaskReactivated")["nextBlock"] == task.start + 3
    execute()
    assert counter.count() == 1


def test_deferral__many_in_a_batch__all_move(manager, height, create_task, spike) -> None:
    start = height() + 20
    tasks = [create_task(start=start) for _ in range(7)]

    batch = spike(start)

    assert [event["taskHash"] for event in batch.named("TaskDeferred")] == [
        task.hash for task in tasks
    ]
    assert list(manager.getTasksInRange(start + 8, start + 8)) == [task.hash for task in tasks]


def test_deferral__others_can_pay__they_run(create_task, terms_of, other_owner, spike) -> None:
    task = create_task()
    terms_of(other_owner, ceiling=2 * SPIKE)
    rich = create_task(owner=other_owner, start=task.start, value=20 * BOND)

    batch = spike(task.start)

    assert batch.one("TaskDeferred")["taskHash"] == task.hash
    assert batch.one("TaskExecuted")["taskHash"] == rich.hash


def test_deferral__executor_nets_no_more_than_the_owner_agreed_to(
    create_task, mine_to, base_fee, executor, execute
) -> None:
    task = create_task()
    mine_to(task.start)
    base_fee(SPIKE)
    before = executor.balance

    batch = execute(max_fee=GENEROUS_FEE, max_priority_fee=0)

    cost = batch.receipt.gas_used * SPIKE
    assert executor.balance == before - cost + batch.one("ExecutorReimbursed")["amount"]
    assert executor.balance < before
