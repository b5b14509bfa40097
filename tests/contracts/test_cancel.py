"""cancelTask: who may, when, and what comes back."""

from __future__ import annotations

import ape
import pytest

from tests.contracts.conftest import BOND
from tests.support.definitions import ENDLESS, Status

UINT64_MAX = 2**64 - 1


def test_cancel__queued_task__emits_and_frees_the_reserve(
    manager, create_task, batch_of, owner
) -> None:
    task = create_task()

    batch = batch_of(manager.cancelTask(task.hash, sender=owner))

    assert batch.names() == ["TaskCancelled"]
    assert batch.one("TaskCancelled") == {"taskHash": task.hash, "owner": owner.address}
    assert manager.getTaskStatus(task.hash) == Status.CANCELLED
    assert manager.bondOf(owner) == (BOND, 0)
    assert list(manager.getTasksInRange(0, UINT64_MAX)) == []


def test_cancel__queued_task__whole_bond_can_be_withdrawn(manager, create_task, owner) -> None:
    task = create_task()
    manager.cancelTask(task.hash, sender=owner)

    manager.withdrawBond(BOND, sender=owner)

    assert manager.bondOf(owner) == (0, 0)
    assert manager.balance == 0


def test_cancel__before_due__is_not_run(manager, create_task, owner, run_at, counter) -> None:
    task = create_task()
    manager.cancelTask(task.hash, sender=owner)

    batch = run_at(task.start)

    assert batch.events == []
    assert counter.count() == 0


def test_cancel__due_and_late__is_not_run(
    manager, create_task, mine_to, owner, execute, counter
) -> None:
    task = create_task()
    mine_to(task.start + 20)
    manager.cancelTask(task.hash, sender=owner)

    assert execute().events == []
    assert counter.count() == 0


def test_cancel__recurring_between_runs__ends_it(
    manager, create_task, run_at, owner, counter
) -> None:
    task = create_task(executions=ENDLESS)
    run_at(task.start)

    manager.cancelTask(task.hash, sender=owner)

    assert manager.getTaskStatus(task.hash) == Status.CANCELLED
    assert run_at(task.start + 100).events == []
    assert counter.count() == 1


def test_cancel__paused_task__ends_it(manager, create_task, owner) -> None:
    task = create_task(active=False)

    manager.cancelTask(task.hash, sender=owner)

    assert manager.getTaskStatus(task.hash) == Status.CANCELLED


@pytest.mark.parametrize("which", range(12))
def test_cancel__one_of_many_at_a_block__others_keep_their_order(
    manager, create_task, owner, run_at, which
) -> None:
    start = create_task().start
    tasks = [create_task(start=start, value=0) for _ in range(11)]
    hashes = [bytes(one) for one in manager.getAccountTasks(owner)]
    assert len(tasks) == 11

    manager.cancelTask(hashes[which], sender=owner)

    expected = hashes[:which] + hashes[which + 1 :]
    assert [bytes(one) for one in manager.getTasksInRange(start, start)] == expected
    ran = [event["taskHash"] for event in run_at(start).named("TaskExecuted")]
    assert ran == expected


def test_cancel__only_task_of_a_block__next_block_is_found(
    manager, create_task, height, owner
) -> None:
    first = create_task(start=height() + 10)
    second = create_task(start=height() + 5_000)
    assert manager.getNextExecutionBlockInRange(0, UINT64_MAX) == first.start

    manager.cancelTask(first.hash, sender=owner)

    assert manager.getNextExecutionBlockInRange(0, UINT64_MAX) == second.start


def test_cancel__space_in_the_block__is_given_back(manager, create_task, owner) -> None:
    task = create_task(gas=90_001)
    assert manager.blockLoad(task.start, 0) == (1, 91_000)

    manager.cancelTask(task.hash, sender=owner)

    assert manager.blockLoad(task.start, 0) == (0, 0)


def test_cancel__stranger__reverts(manager, create_task, stranger, owner) -> None:
    task = create_task()

    with ape.reverts(
        manager.TaskManager_NotOwner, taskHash=task.hash, caller=stranger, owner=owner
    ):
        manager.cancelTask(task.hash, sender=stranger)


@pytest.mark.parametrize("unknown", [b"\0" * 32, b"\xff" * 32, b"\0" * 31 + b"\x02"])
def test_cancel__hash_never_given__reverts(manager, create_task, owner, unknown) -> None:
    create_task()

    with ape.reverts(manager.TaskManager_UnknownTask, taskHash=unknown):
        manager.cancelTask(unknown, sender=owner)


@pytest.mark.parametrize("position", [0, 11, 23])
def test_cancel__forged_upper_part_of_the_hash__reverts(
    manager, create_task, owner, position
) -> None:
    forged = bytearray(create_task().hash)
    forged[position] ^= 1

    with ape.reverts(manager.TaskManager_UnknownTask, taskHash=bytes(forged)):
        manager.cancelTask(bytes(forged), sender=owner)


@pytest.mark.parametrize("bit", [40, 63])
def test_cancel__id_with_bits_above_its_range__reverts(manager, create_task, owner, bit) -> None:
    forged = int.from_bytes(create_task().hash) | 1 << bit

    with ape.reverts(manager.TaskManager_UnknownTask, taskHash=forged.to_bytes(32, "big")):
        manager.cancelTask(forged.to_bytes(32, "big"), sender=owner)


def test_cancel__twice__reverts(manager, create_task, owner) -> None:
    task = create_task()
    manager.cancelTask(task.hash, sender=owner)

    with ape.reverts(manager.TaskManager_TaskEnded, taskHash=task.hash, status=Status.CANCELLED):
        manager.cancelTask(task.hash, sender=owner)


def test_cancel__and_schedule_again__leaves_nothing_behind(
    manager, create_task, owner, run_at
) -> None:
    for _ in range(8):
        task = create_task(value=BOND // 8)
        manager.cancelTask(task.hash, sender=owner)
    last = create_task(value=0, start=task.start)

    batch = run_at(last.start)

    assert [event["taskHash"] for event in batch.named("TaskExecuted")] == [last.hash]
    assert manager.blockLoad(last.start, 0) == (0, 0)
