"""Recurring tasks: cadence, missed ticks, and when they end."""

from __future__ import annotations

import pytest

from tests.contracts.conftest import call_of
from tests.support.definitions import ENDLESS, Status


def test_recurrence__run_on_time__next_is_an_interval_later(create_task, run_at, info_of) -> None:
    task = create_task(executions=3, interval=150)

    run_at(task.start)

    assert info_of(task.hash).next_block == task.start + 150
    assert info_of(task.hash).runs_left == 2
    assert info_of(task.hash).definition.schedule.start == task.start + 150


def test_recurrence__all_runs_made__is_completed(
    manager, create_task, run_at, counter, info_of
) -> None:
    task = create_task(executions=3)
    for tick in range(3):
        assert manager.getTaskStatus(task.hash) == Status.QUEUED
        run_at(task.start + 100 * tick)

    assert manager.getTaskStatus(task.hash) == Status.COMPLETED
    assert counter.count() == 3
    assert info_of(task.hash).runs_left == 0


@pytest.mark.parametrize("late", [1, 50, 99])
def test_recurrence__run_late__keeps_the_cadence(create_task, run_at, info_of, late) -> None:
    task = create_task(executions=ENDLESS)

    run_at(task.start + late)

    assert info_of(task.hash).next_block == task.start + 100


@pytest.mark.parametrize(
    ("late", "next_tick"), [(100, 200), (101, 200), (199, 200), (200, 300), (1_234, 1_300)]
)
def test_recurrence__ticks_missed__are_skipped(
    create_task, run_at, counter, info_of, late, next_tick
) -> None:
    task = create_task(executions=5)

    run_at(task.start + late)

    assert counter.count() == 1
    assert info_of(task.hash).next_block == task.start + next_tick
    assert info_of(task.hash).runs_left == 4


def test_recurrence__endless__never_runs_out(
    manager, create_task, run_at, info_of, counter
) -> None:
    task = create_task(executions=ENDLESS)
    for tick in range(4):
        run_at(task.start + 100 * tick)

    assert info_of(task.hash).runs_left == ENDLESS
    assert counter.count() == 4
    assert manager.getTaskStatus(task.hash) == Status.QUEUED


def test_recurrence__failing_run__consumes_an_execution(
    manager, create_task, reverter, run_at, info_of
) -> None:
    task = create_task(executions=2, target=reverter, data=call_of(reverter, "withNothing()"))

    run_at(task.start)
    assert info_of(task.hash).runs_left == 1
    run_at(task.start + 100)

    info = info_of(task.hash)
    assert (info.executions, info.failures) == (0, 2)
    assert manager.getTaskStatus(task.hash) == Status.COMPLETED


def test_recurrence__longest_interval__is_queued_that_far_ahead(
    manager, create_task, run_at, info_of
) -> None:
    task = create_task(executions=ENDLESS, interval=2**23)

    run_at(task.start)

    assert info_of(task.hash).next_block == task.start + 2**23
    assert manager.getNextExecutionBlockInRange(0, 2**64 - 1) == task.start + 2**23


def test_recurrence__counts_are_told_in_the_event(create_task, run_at) -> None:
    task = create_task(executions=3)
    counts = []
    for tick in range(3):
        recorded = run_at(task.start + 100 * tick).one("TaskExecutionRecorded")
        counts.append((recorded["successCount"], recorded["failureCount"]))

    assert counts == [(1, 0), (2, 0), (3, 0)]


def test_recurrence__queued_again__goes_behind_those_who_wait_there(
    manager, create_task, run_at
) -> None:
    recurring = create_task(executions=2)
    waiting = create_task(start=recurring.start + 100)

    run_at(recurring.start)

    order = list(manager.getTasksInRange(waiting.start, waiting.start))
    assert order == [waiting.hash, recurring.hash]


def test_recurrence__many_at_one_block__all_move_on(manager, height, create_task, run_at) -> None:
    start = height() + 40
    tasks = [create_task(start=start, executions=2) for _ in range(12)]

    run_at(start)

    assert list(manager.getTasksInRange(start, start)) == []
    moved = list(manager.getTasksInRange(start + 100, start + 100))
    assert moved == [task.hash for task in tasks]
    assert run_at(start + 100).one("TasksExecuted") == {"executed": 12, "failed": 0}


def test_recurrence__bond_lasts_for_two_runs__reserve_is_renewed_in_between(
    manager, create_task, owner, run_at
) -> None:
    task = create_task(executions=2)
    reserve = manager.bondOf(owner)[1]

    first = run_at(task.start).one("ExecutorReimbursed")["amount"]
    bond, reserved = manager.bondOf(owner)
    assert reserved == reserve
    second = run_at(task.start + 100).one("ExecutorReimbursed")["amount"]

    assert manager.bondOf(owner) == (bond - second, 0)
    assert second < first * 2


def test_recurrence__next_tick_after_the_deadline__expires_right_away(
    manager, height, create_task, run_at, info_of, owner
) -> None:
    start = height() + 10
    deadline = start + 199
    task = create_task(start=start, executions=ENDLESS, deadline=deadline)

    run_at(start + 99)
    assert info_of(task.hash).next_block == start + 100
    batch = run_at(start + 100)

    assert batch.one("TaskExecuted")["success"] is True
    assert batch.one("TaskExpired") == {
        "taskHash": task.hash,
        "owner": owner.address,
        "deadline": deadline,
    }
    assert manager.getTaskStatus(task.hash) == Status.EXPIRED
    assert manager.bondOf(owner)[1] == 0


def test_recurrence__next_tick_at_the_deadline__runs_there(
    height, create_task, run_at, info_of, counter
) -> None:
    start = height() + 10
    task = create_task(start=start, executions=ENDLESS, deadline=start + 100)

    run_at(start)
    assert info_of(task.hash).next_block == start + 100
    batch = run_at(start + 100)

    assert counter.count() == 2
    assert "TaskExpired" in batch.names()
