"""Odd targets and executors, spam, reorganisations and idle years: what fits no other file."""

from __future__ import annotations

import ape
import pytest
from eth_utils import keccak, to_canonical_address

from tests.contracts.conftest import BOND, GENEROUS_FEE, GWEI
from tests.support.definitions import ENDLESS, Status
from tests.support.rpc import hexed
from tests.support.storage import find_state_slot, read_word, write_word

SOMEWHERE = "0x" + "cd" * 20
# CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY, then returns the hash of it all.
HASHER = "0x365f5f37365f205f5260205ff3"
LAST = 2**64 - 1
DEFERRALS_AT = 216
MOST_DEFERRALS = 15


# Targets


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 255, 256, 257, 4_096, 24_000])
def test_target__data_of_any_length__arrives_whole(rpc, create_task, run_at, length) -> None:
    rpc("anvil_setCode", SOMEWHERE, HASHER)
    data = bytes((11 + 7 * i) % 253 for i in range(length))
    task = create_task(target=SOMEWHERE, data=data)

    executed = run_at(task.start).one("TaskExecuted")

    assert executed["success"] is True
    assert executed["returnData"] == keccak(data)
    rpc("anvil_setCode", SOMEWHERE, "0x")


@pytest.mark.parametrize("gas", [50_000, 750_000])
def test_target__account_that_delegates_to_a_contract__gets_its_whole_gas(
    project, rpc, deployer, create_task, run_at, gas
) -> None:
    """EIP-7702: the delegation costs a second cold account, which is not the target's to pay."""
    witness = deployer.deploy(project.GasWitness)
    delegation = b"\xef\x01\x00" + to_canonical_address(witness.address)
    rpc("anvil_setCode", SOMEWHERE, hexed(delegation))
    # 400 gas: from the target's first instruction to its look at the gas that is left.
    task = create_task(target=SOMEWHERE, data=(gas - 400).to_bytes(32, "big"), gas=gas)

    batch = run_at(task.start)

    assert batch.one("TaskExecuted")["success"] is True
    state = int(rpc("eth_getStorageAt", SOMEWHERE, "0x0", "latest"), 16)
    calls, shortfalls, last_gas = state % 2**80, (state >> 80) % 2**80, state >> 160
    assert (calls, shortfalls) == (1, 0)
    assert last_gas <= gas
    rpc("anvil_setStorageAt", SOMEWHERE, "0x0", "0x" + "00" * 32)
    rpc("anvil_setCode", SOMEWHERE, "0x")


# Executors


def test_executor__is_the_owner__pays_itself(manager, create_task, run_at, owner) -> None:
    task = create_task()

    batch = run_at(task.start, sender=owner)

    amount = batch.one("ExecutorReimbursed")["amount"]
    assert manager.bondOf(owner) == (BOND - amount, 0)


def test_executor__replays_what_ran__gets_nothing(
    manager, create_task, mine_to, executor, batch_of
) -> None:
    task = create_task()
    mine_to(task.start)
    first = manager.executeTasks([task.hash], 0, sender=executor)
    second = manager.executeTasks([task.hash] * 5, 0, sender=executor)

    assert len(batch_of(first).named("ExecutorReimbursed")) == 1
    assert batch_of(second).events == []


# Spam


def test_spam__scheduled_and_cancelled__leaves_a_poll_as_cheap_as_before(
    manager, create_task, height, execute, owner, mine_to
) -> None:
    create_task(start=height() + 5_000, value=2 * BOND)
    before = execute().receipt.gas_used
    block = height() + 200
    for i in range(24):
        task = create_task(start=block + i % 3, value=0)
        manager.cancelTask(task.hash, sender=owner)
    mine_to(block + 5)

    assert execute().receipt.gas_used == before


def test_spam__updated_over_and_over__is_one_task_at_one_block(manager, create_task, owner) -> None:
    task = create_task()
    for i in range(12):
        new = task.definition.but(start=task.start + 20 + i % 4)
        manager.updateTaskSchedule(task.hash, new, sender=owner)

    assert list(manager.getTasksInRange(0, LAST)) == [task.hash]
    assert manager.getAccountNonce(owner) == 1


@pytest.mark.parametrize("distance", [2, 300, 70_000, 1_000_000, 2**23])
def test_poll__next_work_any_distance_away__costs_the_same(
    create_task, height, execute, distance
) -> None:
    create_task(start=height() + 1 + distance)

    assert execute().receipt.gas_used < 26_000


# Time


@pytest.mark.parametrize("idle", [2**23, 2**24, 2**31])
def test_idle_years__then_one_call__runs_what_is_due(
    manager, create_task, height, call_at, executor, idle
) -> None:
    tasks = [
        create_task(start=height() + 40 + 300 * i, executions=ENDLESS, value=2 * BOND)
        for i in range(3)
    ]
    data = bytes(manager.executeQueuedTasks.encode_input(0))

    answer = call_at(tasks[-1].start + idle, manager, data, sender=executor)

    assert (int.from_bytes(answer[:32]), int.from_bytes(answer[32:])) == (3, 0)


def test_idle_years__then_scheduling_across_the_backlog__is_refused_not_aliased(
    manager, create_task, define, error_of, owner, call_at
) -> None:
    oldest = create_task().start
    later = define(start=oldest + 2**24)
    data = bytes(manager.scheduleTask.encode_input(later))

    error = error_of(manager, data, sender=owner, value=BOND, at_block=oldest + 2**24 - 5)

    assert error.name == "TaskManager_BacklogTooOld"
    # Another class has no backlog.
    large = bytes(manager.scheduleTask.encode_input(later.but(gas=750_000)))
    call_at(oldest + 2**24 - 5, manager, large, sender=owner, value=BOND)


def test_deferral__as_often_as_is_counted__stays_at_the_longest_distance(
    rpc, manager, terms_of, owner, create_task, mine_to, base_fee, execute, info_of
) -> None:
    terms_of(owner, ceiling=2 * GWEI)
    task = create_task(executions=ENDLESS)
    slot = find_state_slot(rpc, manager.address, int.from_bytes(task.hash[24:]), task.start)
    word = read_word(rpc, manager.address, slot)
    write_word(rpc, manager.address, slot, word | MOST_DEFERRALS << DEFERRALS_AT)
    mine_to(task.start + 3)
    base_fee(3 * GWEI)

    batch = execute(max_fee=GENEROUS_FEE)

    moved = batch.one("TaskDeferred")["nextBlock"]
    assert moved == task.start + 3 + (8 << MOST_DEFERRALS)
    state = read_word(rpc, manager.address, slot)
    assert state >> DEFERRALS_AT & 15 == MOST_DEFERRALS
    info = info_of(task.hash)
    assert (info.executions, info.failures, info.next_block) == (0, 0, moved)


# Chain


def test_reorganisation__id_of_another_task__is_not_that_task(
    manager, rewinding, create_task, owner, mine_to, batch_of, executor
) -> None:
    with rewinding():
        orphan = create_task(gas=70_000)
    task = create_task(gas=80_000)
    assert orphan.hash[24:] == task.hash[24:]

    assert manager.getTaskStatus(orphan.hash) == Status.NONE
    with ape.reverts(manager.TaskManager_UnknownTask, taskHash=orphan.hash):
        manager.cancelTask(orphan.hash, sender=owner)
    mine_to(task.start)
    batch = batch_of(manager.executeTasks([orphan.hash], 0, sender=executor))
    assert batch.events == []


# Estimates


@pytest.mark.parametrize("price", [2**64, 2**190, 2**256 - 1])
def test_estimate__price_that_no_ceiling_can_be__reverts(
    manager, define, error_of, owner, price
) -> None:
    data = bytes(manager.estimateRequiredBond.encode_input(define(), price))

    error = error_of(manager, data, sender=owner)

    assert error.name == "TaskManager_TermOutOfRange"
    assert error.args == {"given": price, "max": LAST}


@pytest.mark.parametrize("gas", [0, 750_001, LAST])
def test_estimate__gas_that_no_task_can_have__is_at_least_its_price(manager, define, gas) -> None:
    definition = define(gas=gas)

    assert manager.estimateRequiredBond(definition, GWEI) > gas * GWEI
