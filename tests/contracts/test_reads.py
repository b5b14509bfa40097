"""Everything that can be asked: it agrees with what was written, at every edge."""

from __future__ import annotations

import itertools

import pytest

from tests.contracts.conftest import BOND
from tests.support.definitions import ENDLESS, ZERO_ADDRESS, Status
from tests.support.storage import account_slot, read_word

LAST = 2**64 - 1
SMALL, MEDIUM, LARGE = range(3)
UNKNOWN = b"\x77" * 32


@pytest.fixture
def five(height, create_task):
    """Five tasks of one owner, two of them in one block, in blocks that are far apart."""
    start = height() + 50
    distances = (0, 0, 1, 300, 70_000)
    return [create_task(start=start + distance) for distance in distances]


def hashes_of(tasks) -> list[bytes]:
    return [task.hash for task in tasks]


# Tasks of an account


def test_account_tasks__several__in_order_of_scheduling(
    manager, create_task, other_owner, owner, five, stranger
) -> None:
    create_task(owner=other_owner)

    assert list(manager.getAccountTasks(owner)) == hashes_of(five)
    assert list(manager.getAccountTasks(stranger)) == []


def test_account_tasks__ended_ones__stay_listed(manager, five, owner) -> None:
    manager.cancelTask(five[1].hash, sender=owner)

    assert list(manager.getAccountTasks(owner)) == hashes_of(five)


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 5, 6, 2**256 - 1])
def test_account_tasks__page_from_the_latest__goes_back(manager, owner, five, limit) -> None:
    page = manager.getAccountTasks(owner, b"\0" * 32, limit)

    assert list(page) == hashes_of(five)[::-1][:limit]


@pytest.mark.parametrize("before", range(5))
def test_account_tasks__page_before_a_task__goes_on_there(manager, owner, five, before) -> None:
    page = manager.getAccountTasks(owner, five[before].hash, 2)

    assert list(page) == hashes_of(five)[:before][::-1][:2]


def test_account_tasks__page_before_an_unknown_task__reverts(manager, owner, error_of) -> None:
    data = bytes(manager.getAccountTasks.encode_input(owner, UNKNOWN, 2))

    error = error_of(manager, data, sender=owner)

    assert (error.name, error.args) == ("TaskManager_UnknownTask", {"taskHash": UNKNOWN})


def test_account_tasks__page_before_a_task_of_another__reverts(
    manager, create_task, other_owner, owner, error_of
) -> None:
    foreign = create_task(owner=other_owner)
    data = bytes(manager.getAccountTasks.encode_input(owner, foreign.hash, 2))

    error = error_of(manager, data, sender=owner)

    assert error.name == "TaskManager_NotOwner"
    assert error["taskHash"] == foreign.hash


def test_account_tasks_with_blocks__some_inactive__have_block_zero(manager, five, owner) -> None:
    manager.cancelTask(five[2].hash, sender=owner)

    hashes, blocks = manager.getAccountTasksWithBlocks(owner)

    assert list(hashes) == hashes_of(five)
    assert list(blocks) == [0 if i == 2 else task.start for i, task in enumerate(five)]


# Next blocks


def test_next_blocks__known_unknown_and_inactive__are_told_apart(
    manager, create_task, five
) -> None:
    paused = create_task(active=False)
    asked = [five[4].hash, UNKNOWN, paused.hash, five[0].hash]

    hashes, blocks = manager.getNextBlocksForTasks(asked)

    assert list(hashes) == asked
    assert list(blocks) == [five[4].start, 0, 0, five[0].start]


def test_next_blocks__for_an_account__are_those_of_its_tasks(
    manager, create_task, other_owner, five, owner
) -> None:
    foreign = create_task(owner=other_owner)
    asked = [foreign.hash, five[0].hash]

    _, own = manager.getNextExecutionBlocks(owner, asked)
    _, others = manager.getNextExecutionBlocks(other_owner, asked)
    _, anybodys = manager.getNextExecutionBlocks(ZERO_ADDRESS, asked)

    assert list(own) == [0, five[0].start]
    assert list(others) == [foreign.start, 0]
    assert list(anybodys) == [foreign.start, five[0].start]


def test_next_blocks__nothing_asked__nothing_said(manager) -> None:
    assert [list(part) for part in manager.getNextBlocksForTasks([])] == [[], []]


def test_next_blocks__ten_thousand_asked__are_answered(manager, five, call_at, owner) -> None:
    asked = [five[0].hash, UNKNOWN] * 5_000
    data = bytes(manager.getNextBlocksForTasks.encode_input(asked))

    answer = call_at(None, manager, data, sender=owner, gas=500_000_000)

    assert answer[-64:] == five[0].start.to_bytes(32, "big") + bytes(32)


# Ranges


def test_range__everything__is_in_order_of_running(manager, five) -> None:
    assert list(manager.getTasksInRange(0, LAST)) == hashes_of(five)


def test_range__borders__are_inclusive(manager, five) -> None:
    first, second = five[0].start, five[2].start

    assert list(manager.getTasksInRange(first, first)) == hashes_of(five[:2])
    assert list(manager.getTasksInRange(first + 1, second)) == hashes_of(five[2:3])
    assert list(manager.getTasksInRange(0, first - 1)) == []
    assert list(manager.getTasksInRange(second + 1, five[3].start - 1)) == []
    assert list(manager.getTasksInRange(five[4].start, LAST)) == hashes_of(five[4:])
    assert list(manager.getTasksInRange(five[4].start + 1, LAST)) == []


def test_range__reversed__is_empty(manager, five) -> None:
    assert list(manager.getTasksInRange(five[4].start, five[0].start)) == []
    assert manager.getNextExecutionBlockInRange(five[4].start, five[0].start) == 0
    assert list(manager.getTasksInRange(LAST, 0)) == []


@pytest.mark.parametrize("offset", [0, 1, 2, 3, 4, 5, 6, 2**256 - 1])
@pytest.mark.parametrize("limit", [0, 1, 2, 4, 5, 2**256 - 1])
def test_range__page__is_a_slice(manager, five, offset, limit) -> None:
    page = manager.getTasksInRange(0, LAST, offset, limit)

    assert list(page) == hashes_of(five)[offset : offset + limit]


def test_range__page_of_a_crowded_block__is_a_slice(manager, height, create_task) -> None:
    start = height() + 60
    hashes = [create_task(start=start).hash for _ in range(17)]

    for offset, limit in [(0, 5), (3, 9), (5, 5), (9, 100), (16, 1), (17, 1)]:
        page = manager.getTasksInRange(start, start, offset, limit)
        assert list(page) == hashes[offset : offset + limit]


def test_range__classes_of_one_block__small_first(manager, height, create_task) -> None:
    start = height() + 20
    sizes = (750_000, 100_000, 250_000, 100_000)
    large, small, medium, small_too = (create_task(start=start, gas=gas).hash for gas in sizes)

    assert list(manager.getTasksInRange(start, start)) == [small, small_too, medium, large]
    assert list(manager.getTasksInRange(start, start, 1, 2)) == [small_too, medium]


def test_range__due_but_not_run__is_still_there(manager, mine_to, five) -> None:
    mine_to(five[2].start + 10)

    assert list(manager.getTasksInRange(0, five[2].start)) == hashes_of(five[:3])


def test_next_in_range__tasks_there__is_the_earliest(manager, five) -> None:
    starts = sorted({task.start for task in five})

    assert manager.getNextExecutionBlockInRange(0, LAST) == starts[0]
    for earlier, later in itertools.pairwise(starts):
        assert manager.getNextExecutionBlockInRange(earlier + 1, LAST) == later
        assert manager.getNextExecutionBlockInRange(earlier + 1, later) == later
        assert manager.getNextExecutionBlockInRange(earlier + 1, later - 1) == 0
    assert manager.getNextExecutionBlockInRange(starts[-1] + 1, LAST) == 0


@pytest.mark.parametrize("distance", [255, 256, 257, 65_535, 65_536, 65_537, 2**23])
def test_next_in_range__far_away__is_found(manager, height, create_task, distance) -> None:
    start = height() + 1 + distance
    create_task(start=start)

    assert manager.getNextExecutionBlockInRange(0, LAST) == start
    assert manager.getNextExecutionBlockInRange(start, start) == start
    assert manager.getNextExecutionBlockInRange(start + 1, start + 2**24) == 0


def test_next_in_range__a_lap_further__is_not_an_alias(manager, create_task) -> None:
    start = create_task().start

    assert manager.getNextExecutionBlockInRange(start + 1, start + 2**24 + 5) == 0
    assert manager.getNextExecutionBlockInRange(start + 2**24, LAST) == 0
    assert list(manager.getTasksInRange(start + 2**24 - 1, LAST)) == []


def test_next_in_range__nothing_scheduled__is_zero(manager) -> None:
    assert manager.getNextExecutionBlockInRange(0, LAST) == 0
    assert manager.getNextExecutionBlockInRange(LAST, LAST) == 0


# One task


def test_info__unknown_hash__reverts(manager, error_of, owner) -> None:
    data = bytes(manager.getTaskInfo.encode_input(UNKNOWN))

    error = error_of(manager, data, sender=owner)

    assert (error.name, error.args) == ("TaskManager_UnknownTask", {"taskHash": UNKNOWN})


def test_info__after_runs__tells_what_is_left_and_when(create_task, run_at, info_of) -> None:
    task = create_task(executions=4, interval=120)
    run_at(task.start)
    run_at(task.start + 130)

    info = info_of(task.hash)
    assert (info.executions, info.failures) == (2, 0)
    assert info.runs_left == 2
    assert info.next_block == info.definition.schedule.start == task.start + 240
    assert info.definition.task == task.definition.task


def test_status__unknown_hash__is_none(manager) -> None:
    assert manager.getTaskStatus(UNKNOWN) == Status.NONE
    assert manager.getTaskStatus(b"\0" * 32) == Status.NONE


def test_block_load__by_class__counts_tasks_and_gas(manager, height, create_task) -> None:
    start = height() + 20
    for gas in (100_000, 60_500, 250_000, 700_000):
        create_task(start=start, gas=gas)

    assert manager.blockLoad(start, SMALL) == (2, 161_000)
    assert manager.blockLoad(start, MEDIUM) == (1, 250_000)
    assert manager.blockLoad(start, LARGE) == (1, 700_000)
    assert manager.blockLoad(start + 1, SMALL) == (0, 0)
    assert manager.blockLoad(LAST, LARGE) == (0, 0)


def test_block_load__all_ran__is_empty(manager, create_task, run_at) -> None:
    task = create_task()
    run_at(task.start)

    assert manager.blockLoad(task.start, SMALL) == (0, 0)


@pytest.mark.parametrize("class_", [SMALL, MEDIUM, LARGE])
def test_block_load__number_that_no_block_has__is_empty(
    manager, rpc, height, create_task, class_
) -> None:
    start = height() + 20
    create_task(start=start, gas=(100_000, 250_000, 750_000)[class_])
    assert manager.blockLoad(start, class_)[0] == 1

    for bits, other in itertools.product(range(24, 64), (SMALL, MEDIUM, LARGE)):
        call = ("blockLoad(uint64,uint8)", start + 2**bits, other)
        assert rpc.read(manager.address, *call, returns="uint256,uint256") == (0, 0)


# The chain


def test_clock__always__is_the_block_number(manager, height) -> None:
    assert manager.clock() == height()
    assert manager.CLOCK_MODE() == "mode=blocknumber&from=default"


def test_extsload__any_slot__is_its_content(rpc, manager, create_task, owner) -> None:
    create_task()
    slot = account_slot(rpc, manager.address, owner.address)

    word = int.from_bytes(bytes(manager.extsload(slot)))

    assert word == read_word(rpc, manager.address, slot)
    assert word % 2**88 == BOND
    assert bytes(manager.extsload(b"\xff" * 32)) == bytes(32)


def test_views__from_inside_a_run__say_running(
    manager, schedule_own_run, info_of, contract_owner, owner, run_at
) -> None:
    task = schedule_own_run(executions=ENDLESS)
    reserve = info_of(task.hash).reserved_bond
    calls = [
        manager.getTaskStatus.encode_input(task.hash),
        manager.getNextExecutionBlockInRange.encode_input(0, LAST),
        manager.bondOf.encode_input(contract_owner),
    ]
    contract_owner.setScript([(manager.address, 0, data) for data in calls], sender=owner)

    run_at(task.start)

    status, pending, bond = (bytes(outcome.returnData) for outcome in contract_owner.outcomes())
    assert int.from_bytes(status) == Status.RUNNING
    assert int.from_bytes(pending) == 0
    # The reserve of a run under way is held until the run is paid.
    assert bond == BOND.to_bytes(32, "big") + reserve.to_bytes(32, "big")
