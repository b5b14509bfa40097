"""updateTaskSchedule: only the timing may change, and the price terms follow."""

from __future__ import annotations

import ape
import pytest
from eth_abi import encode
from eth_utils import keccak

from tests.contracts.conftest import BOND, GWEI
from tests.support.definitions import ENDLESS, Status

UINT64_MAX = 2**64 - 1
MAX_DISTANCE = 2**23


@pytest.fixture
def update(manager, batch_of):
    """Update a task as its owner: the schedule as it was but for what is named."""

    def run(task, **changes):
        definition = task.definition.but(**changes)
        return batch_of(manager.updateTaskSchedule(task.hash, definition, sender=task.owner))

    return run


def test_update__new_start__emits_and_moves(manager, create_task, update, owner) -> None:
    task = create_task()
    start = task.start + 50

    batch = update(task, start=start)

    assert batch.one("TaskConfigUpdated") == {"taskHash": task.hash, "owner": owner.address}
    assert batch.one("TaskScheduled") == {
        "taskHash": task.hash,
        "owner": owner.address,
        "nextBlock": start,
    }
    assert list(manager.getTasksInRange(task.start, task.start)) == []
    assert list(manager.getTasksInRange(start, start)) == [task.hash]


def test_update__whole_schedule__can_be_read_back(create_task, update, info_of) -> None:
    task = create_task()
    changes = {
        "start": task.start + 7, "interval": 333, "executions": 9, "deadline": task.start + 5_000,
    }  # fmt: skip

    update(task, **changes)

    info = info_of(task.hash)
    assert info.definition == task.definition.but(**changes)


def test_update__new_start__hash_and_nonce_stay(manager, create_task, update, owner) -> None:
    task = create_task()

    update(task, start=task.start + 1)

    assert list(manager.getAccountTasks(owner)) == [task.hash]
    assert manager.getAccountNonce(owner) == 1


def test_update__same_block__goes_behind_the_others(manager, create_task, update) -> None:
    first = create_task()
    second = create_task(start=first.start)

    update(first, start=first.start)

    assert list(manager.getTasksInRange(first.start, first.start)) == [second.hash, first.hash]


def test_update__earlier_start__runs_then(manager, create_task, update, run_at, counter) -> None:
    task = create_task(start=500)

    update(task, start=100)
    run_at(100)

    assert counter.count() == 1
    assert manager.getTaskStatus(task.hash) == Status.COMPLETED


def test_update__inactive__pauses_and_frees_the_reserve(
    manager, create_task, update, owner, run_at, counter
) -> None:
    task = create_task()

    batch = update(task, active=False)

    assert batch.one("TaskScheduled")["nextBlock"] == 0
    assert manager.getTaskStatus(task.hash) == Status.PAUSED
    assert manager.bondOf(owner) == (BOND, 0)
    run_at(task.start)
    assert counter.count() == 0


def test_update__active_again__resumes(
    manager, create_task, update, owner, info_of, run_at, counter
) -> None:
    task = create_task()
    update(task, active=False)

    batch = update(task, active=True)

    assert batch.one("TaskScheduled")["nextBlock"] == task.start
    assert manager.bondOf(owner)[1] == info_of(task.hash).reserved_bond > 0
    run_at(task.start)
    assert counter.count() == 1


def test_update__resumed_without_bond__reverts(manager, create_task, owner) -> None:
    task = create_task(active=False, value=0)
    required = manager.estimateRequiredBond(task.definition, manager.priceTermsOf(owner).ceiling)

    with ape.reverts(
        manager.TaskManager_InsufficientBond, account=owner, free=0, required=required
    ):
        manager.updateTaskSchedule(task.hash, task.definition.but(active=True), sender=owner)


def test_update__after_new_price_terms__freezes_them_and_reserves_anew(
    manager, create_task, owner, terms_of, update
) -> None:
    task = create_task()
    before = manager.bondOf(owner)[1]
    terms_of(owner, ceiling=20 * GWEI, tip=3, premium_cap=5, failure_limit=7)
    assert manager.taskPriceTerms(task.hash).version == 0

    update(task)

    terms = manager.taskPriceTerms(task.hash)
    assert tuple(terms) == (20 * GWEI, 3, 5, 7, 1)
    required = manager.estimateRequiredBond(task.definition, 20 * GWEI)
    assert manager.bondOf(owner) == (BOND, required)
    assert required < before


def test_update__reserve_higher_than_the_bond__reverts(
    manager, terms_of, owner, define, create_task
) -> None:
    terms_of(owner, ceiling=10 * GWEI)
    required = manager.estimateRequiredBond(define(), 10 * GWEI)
    task = create_task(value=required)
    terms_of(owner, ceiling=20 * GWEI)
    higher = manager.estimateRequiredBond(task.definition, 20 * GWEI)

    with ape.reverts(
        manager.TaskManager_InsufficientBond, account=owner, free=required, required=higher
    ):
        manager.updateTaskSchedule(task.hash, task.definition, sender=owner)


def test_update__while_due__runs_at_the_new_block(
    create_task, mine_to, update, execute, run_at, counter
) -> None:
    task = create_task()
    mine_to(task.start + 5)
    start = task.start + 40

    update(task, start=start)

    assert execute().events == []
    run_at(start)
    assert counter.count() == 1


def test_update__recurring_after_a_run__starts_counting_anew(
    manager, create_task, run_at, update, info_of, counter
) -> None:
    task = create_task(executions=3)
    run_at(task.start)
    start = task.start + 50

    update(task, start=start, executions=2)

    info = info_of(task.hash)
    assert info.definition.schedule.executions == 2
    assert info.executions == 1
    run_at(start)
    run_at(start + 100)
    assert counter.count() == 3
    assert manager.getTaskStatus(task.hash) == Status.COMPLETED


def test_update__base_fee_above_ceiling__reverts(
    manager, create_task, terms_of, owner, base_fee
) -> None:
    task = create_task()
    terms_of(owner, ceiling=2 * GWEI)
    base_fee(3 * GWEI)

    with ape.reverts(manager.TaskManager_BaseFeeAboveCeiling, baseFee=3 * GWEI, ceiling=2 * GWEI):
        manager.updateTaskSchedule(task.hash, task.definition, sender=owner, max_fee=4 * GWEI)


def test_update__base_fee_above_ceiling__may_still_pause(
    manager, create_task, terms_of, owner, base_fee
) -> None:
    task = create_task()
    terms_of(owner, ceiling=2 * GWEI)
    base_fee(3 * GWEI)

    manager.updateTaskSchedule(
        task.hash, task.definition.but(active=False), sender=owner, max_fee=4 * GWEI
    )

    assert manager.getTaskStatus(task.hash) == Status.PAUSED


@pytest.mark.parametrize(
    "change",
    [{"gas": 99_999}, {"target": "0x" + "12" * 20}, {"data": b""}, {"nonce": 1}],
    ids=["gas", "target", "data", "nonce"],
)
def test_update__task_changed__reverts(chain, manager, create_task, owner, change) -> None:
    task = create_task()
    changed = task.definition.but(**change)
    types = ["uint256", "address", "(address,uint64,address,bytes,uint64)"]
    digest = keccak(encode(types, [chain.chain_id, manager.address, changed.task]))
    changed_hash = digest[:24] + task.hash[24:]

    with ape.reverts(manager.TaskManager_TaskChanged, taskHash=task.hash, changedHash=changed_hash):
        manager.updateTaskSchedule(task.hash, changed, sender=owner)


def test_update__owner_changed__reverts(manager, create_task, stranger, owner) -> None:
    task = create_task()
    changed = task.definition.but(owner=stranger.address)
    data = manager.updateTaskSchedule.encode_input(task.hash, changed)
    assert data

    with ape.reverts(manager.TaskManager_TaskChanged):
        manager.updateTaskSchedule(task.hash, changed, sender=owner)


def test_update__stranger__reverts(manager, create_task, stranger, owner) -> None:
    task = create_task()

    with ape.reverts(
        manager.TaskManager_NotOwner, taskHash=task.hash, caller=stranger, owner=owner
    ):
        manager.updateTaskSchedule(task.hash, task.definition, sender=stranger)


def test_update__unknown_hash__reverts(manager, define, owner) -> None:
    unknown = b"\x11" * 32

    with ape.reverts(manager.TaskManager_UnknownTask, taskHash=unknown):
        manager.updateTaskSchedule(unknown, define(), sender=owner)


@pytest.mark.parametrize(
    ("changes", "error", "arguments"),
    [
        ({"start": 0}, "StartNotInFuture", {"startBlock": 0}),
        ({"start": UINT64_MAX}, "StartTooFar", {"startBlock": UINT64_MAX}),
        (
            {"executions": 2, "interval": 99},
            "IntervalTooShort",
            {"interval": 99, "min": 100},
        ),
        (
            {"executions": 2, "interval": MAX_DISTANCE + 1},
            "IntervalTooLong",
            {"interval": MAX_DISTANCE + 1, "max": MAX_DISTANCE},
        ),
        ({"executions": 0}, "ExecutionsOutOfRange", {"executions": 0, "max": 2**32 - 2}),
        ({"deadline": 1}, "DeadlineBeforeStart", {"deadline": 1}),
        ({"deadline": 2**40}, "DeadlineTooFar", {"deadline": 2**40, "max": 2**40 - 1}),
    ],
)
def test_update__schedule_out_of_range__reverts(
    manager, create_task, owner, changes, error, arguments
) -> None:
    task = create_task(executions=ENDLESS)

    with ape.reverts(getattr(manager, f"TaskManager_{error}"), **arguments):
        manager.updateTaskSchedule(task.hash, task.definition.but(**changes), sender=owner)


def test_update__refused__task_stays_where_it_was(manager, create_task, owner) -> None:
    task = create_task()

    with ape.reverts(manager.TaskManager_StartNotInFuture):
        manager.updateTaskSchedule(task.hash, task.definition.but(start=1), sender=owner)

    assert list(manager.getTasksInRange(task.start, task.start)) == [task.hash]
