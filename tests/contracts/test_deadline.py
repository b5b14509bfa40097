"""Deadlines are enforced: after its last block a task is not run, and its reserve is free."""

from __future__ import annotations

import pytest

from tests.contracts.conftest import BOND, GENEROUS_FEE, GWEI
from tests.support.definitions import ENDLESS, Status


@pytest.fixture
def dated(height, create_task):
    """A one-shot task with a deadline ten blocks after its start."""
    start = height() + 20
    return create_task(start=start, deadline=start + 10)


def deadline_of(task) -> int:
    return task.definition.schedule.deadline


def test_deadline__in_its_last_block__runs(manager, run_at, dated) -> None:
    batch = run_at(deadline_of(dated))

    assert batch.one("TaskExecuted")["success"] is True
    assert manager.getTaskStatus(dated.hash) == Status.COMPLETED


def test_deadline__one_block_after__expires_and_frees_the_reserve(
    manager, run_at, dated, owner, counter
) -> None:
    batch = run_at(deadline_of(dated) + 1)

    assert batch.one("TaskExpired") == {
        "taskHash": dated.hash,
        "owner": owner.address,
        "deadline": deadline_of(dated),
    }
    assert counter.count() == 0
    assert manager.getTaskStatus(dated.hash) == Status.EXPIRED
    amount = batch.one("ExecutorReimbursed")["amount"]
    assert manager.bondOf(owner) == (BOND - amount, 0)
    assert sorted(batch.names()) == ["ExecutorReimbursed", "TaskExpired"]


def test_deadline__late_expiry__pays_the_executor_the_whole_premium(
    terms_of, owner, height, create_task, run_at
) -> None:
    terms_of(owner, ceiling=GWEI, premium_cap=9 * GWEI)
    start = height() + 20
    create_task(start=start, deadline=start)
    create_task(start=start + 51)

    batch = run_at(start + 50)

    amount = batch.one("ExecutorReimbursed")["amount"]
    spent = amount + 4_800 * GWEI  # for the word of the bucket, which came back at the base fee
    assert spent % (10 * GWEI) == 0
    assert 21_000 < spent // (10 * GWEI) <= 190_000


def test_deadline__expired__counts_neither_as_executed_nor_as_failed(
    manager, mine_to, dated, executor, execute, info_of
) -> None:
    mine_to(deadline_of(dated) + 1)

    assert manager.executeQueuedTasks.call(0, sender=executor, block_id="pending") == (0, 0)
    execute()
    info = info_of(dated.hash)
    assert (info.executions, info.failures, info.runs_left) == (0, 0, 1)


def test_deadline__passed_at_a_high_base_fee__expires_at_the_ceiling(
    manager, terms_of, owner, height, create_task, mine_to, base_fee, execute
) -> None:
    terms_of(owner, ceiling=2 * GWEI)
    start = height() + 20
    task = create_task(start=start, deadline=start)
    mine_to(start + 1)
    base_fee(500 * GWEI)

    batch = execute(max_fee=GENEROUS_FEE)

    assert manager.getTaskStatus(task.hash) == Status.EXPIRED
    assert batch.one("ExecutorReimbursed")["amount"] <= 190_000 * 2 * GWEI


def test_deadline__passed_and_owner_cancels__frees_everything(
    manager, mine_to, dated, owner, execute
) -> None:
    mine_to(deadline_of(dated) + 5)

    manager.cancelTask(dated.hash, sender=owner)

    assert manager.bondOf(owner) == (BOND, 0)
    assert execute().events == []


@pytest.mark.parametrize("runs_before", [1, 2, 3])
def test_deadline__between_ticks__ends_after_the_last_tick_before(
    manager, height, create_task, run_at, counter, runs_before
) -> None:
    start = height() + 20
    task = create_task(
        start=start, executions=ENDLESS, deadline=start + 100 * (runs_before - 1) + 50
    )
    for tick in range(runs_before):
        batch = run_at(start + 100 * tick)

    assert batch.one("TaskExpired")["taskHash"] == task.hash
    assert counter.count() == runs_before
    assert manager.getTaskStatus(task.hash) == Status.EXPIRED


def test_deadline__last_run_of_all__is_completed_not_expired(
    manager, height, create_task, run_at
) -> None:
    start = height() + 20
    task = create_task(start=start, executions=2, deadline=start + 150)
    run_at(start)

    batch = run_at(start + 100)

    assert "TaskExpired" not in batch.names()
    assert manager.getTaskStatus(task.hash) == Status.COMPLETED


def test_deadline__before_the_tick_of_a_reactivation__expires_instead(
    manager, height, create_task, mine_to, batch_of, owner
) -> None:
    start = height() + 20
    task = create_task(start=start, active=False, deadline=start + 5)
    mine_to(start + 6)

    batch = batch_of(manager.reactivate(task.hash, sender=owner, value=3))

    assert batch.one("TaskExpired")["taskHash"] == task.hash
    assert "TaskReactivated" not in batch.names()
    assert manager.getTaskStatus(task.hash) == Status.EXPIRED
    assert manager.bondOf(owner) == (BOND + 3, 0)


def test_deadline__reactivated_for_its_last_block__runs(
    manager, height, create_task, mine_to, owner, execute
) -> None:
    start = height() + 20
    task = create_task(start=start, active=False, deadline=start + 5)
    mine_to(start + 4)

    manager.reactivate(task.hash, sender=owner)

    assert execute().one("TaskExecuted")["success"] is True
    assert manager.getTaskStatus(task.hash) == Status.COMPLETED


def test_deadline__updated_before_it_passes__is_the_new_one(manager, dated, owner, run_at) -> None:
    later = deadline_of(dated) + 100
    manager.updateTaskSchedule(dated.hash, dated.definition.but(deadline=later), sender=owner)

    assert run_at(later).one("TaskExecuted")["success"] is True


def test_deadline__many_expired_at_once__all_go(
    manager, height, create_task, run_at, owner
) -> None:
    start = height() + 30
    tasks = [create_task(start=start, deadline=start) for _ in range(7)]

    batch = run_at(start + 1)

    assert [event["taskHash"] for event in batch.named("TaskExpired")] == [t.hash for t in tasks]
    assert manager.bondOf(owner)[1] == 0
