"""scheduleTask: what is taken, what is refused, and what it leaves behind."""

from __future__ import annotations

import ape
import pytest
from eth_abi import encode
from eth_utils import keccak

from tests.contracts.conftest import BOND, GWEI, call_of
from tests.support.definitions import ENDLESS, Status
from tests.support.storage import account_slot, read_word, write_word

UINT64_MAX = 2**64 - 1
MAX_DISTANCE = 2**23
MAX_GAS = 750_000
MAX_DATA = 24_000
MAX_EXECUTIONS = 2**32 - 2
MAX_ID = 2**40 - 1
LAST_ID_AT = 120
MANAGER_SLOT = bytes(32)


def hash_of(chain_id, manager, task, task_id) -> bytes:
    types = ["uint256", "address", "(address,uint64,address,bytes,uint64)"]
    digest = keccak(encode(types, [chain_id, manager.address, task]))
    return digest[:24] + task_id.to_bytes(8, "big")


# What is taken


def test_schedule__valid_definition__emits_task_scheduled(create_task, batch_of, owner) -> None:
    task = create_task()

    batch = batch_of(task.receipt)
    assert batch.one("TaskScheduled") == {
        "taskHash": task.hash,
        "owner": owner.address,
        "nextBlock": task.start,
    }
    assert batch.one("BondDeposited") == {
        "account": owner.address,
        "payer": owner.address,
        "amount": BOND,
    }
    assert batch.names() == ["BondDeposited", "TaskScheduled"]


def test_schedule__valid_definition__returns_the_hash(manager, define, owner) -> None:
    definition = define()

    returned = manager.scheduleTask.call(definition, sender=owner, value=BOND)
    manager.scheduleTask(definition, sender=owner, value=BOND)

    assert [returned] == list(manager.getAccountTasks(owner))


def test_schedule__valid_definition__queues_and_reserves(
    manager, create_task, info_of, owner
) -> None:
    task = create_task()

    assert manager.getTaskStatus(task.hash) == Status.QUEUED
    assert list(manager.getTasksInRange(task.start, task.start)) == [task.hash]
    info = info_of(task.hash)
    ceiling = manager.priceTermsOf(owner).ceiling
    required = manager.estimateRequiredBond(task.definition, ceiling)
    assert info.next_block == task.start
    assert info.reserved_bond == required > 0
    assert manager.bondOf(owner) == (BOND, required)


def test_schedule__valid_definition__can_be_read_back(create_task, info_of) -> None:
    task = create_task(executions=7, interval=123, deadline=4_000_000)

    info = info_of(task.hash)
    assert info.definition.task == task.definition.task
    assert info.definition.schedule == task.definition.schedule
    assert (info.executions, info.failures) == (0, 0)


def test_schedule__three_tasks__hash_binds_chain_manager_task_and_id(
    chain, manager, create_task, other_owner
) -> None:
    tasks = [create_task(), create_task(owner=other_owner), create_task()]

    for task_id, task in enumerate(tasks, start=1):
        expected = hash_of(chain.chain_id, manager, task.definition.task, task_id)
        assert task.hash == expected


def test_schedule__same_definition_on_another_manager__has_another_hash(
    create_task, deploy_manager, owner
) -> None:
    task = create_task()
    other = deploy_manager()

    other.scheduleTask(task.definition, sender=owner, value=BOND)

    (other_hash,) = other.getAccountTasks(owner)
    assert bytes(other_hash)[24:] == task.hash[24:]
    assert bytes(other_hash)[:24] != task.hash[:24]


def test_schedule__each_task__advances_the_nonce(manager, owner, create_task, other_owner) -> None:
    assert manager.getAccountNonce(owner) == 0

    create_task()
    create_task()

    assert manager.getAccountNonce(owner) == 2
    assert manager.getAccountNonce(other_owner) == 0


def test_schedule__no_value_but_bond_deposited_before__uses_the_bond(
    manager, owner, stranger, create_task, batch_of
) -> None:
    manager.depositBond(owner, sender=stranger, value=BOND)

    task = create_task(value=0)

    assert batch_of(task.receipt).names() == ["TaskScheduled"]
    assert manager.bondOf(owner)[0] == BOND


def test_schedule__inactive__is_paused_and_reserves_nothing(
    manager, create_task, batch_of, owner, info_of
) -> None:
    task = create_task(active=False, value=0)

    assert batch_of(task.receipt).one("TaskScheduled")["nextBlock"] == 0
    assert manager.getTaskStatus(task.hash) == Status.PAUSED
    assert manager.bondOf(owner) == (0, 0)
    assert list(manager.getTasksInRange(0, UINT64_MAX)) == []
    assert info_of(task.hash).definition.schedule.active is False


@pytest.mark.parametrize("gas", [1, 100_000, 100_001, 250_000, 250_001, MAX_GAS])
def test_schedule__gas_within_range__is_kept(create_task, info_of, gas) -> None:
    task = create_task(gas=gas)

    assert info_of(task.hash).definition.task.gas == gas


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 255, 256, MAX_DATA])
def test_schedule__data_of_any_length__is_kept(
    chain, manager, create_task, info_of, length
) -> None:
    data = bytes((7 + 3 * i) % 251 for i in range(length))

    task = create_task(data=data)

    assert bytes(info_of(task.hash).definition.task.data) == data
    assert task.hash == hash_of(chain.chain_id, manager, task.definition.task, 1)


@pytest.mark.parametrize("distance", [1, 2, MAX_DISTANCE])
def test_schedule__start_within_range__is_queued(
    manager, height, create_task, info_of, distance
) -> None:
    start = height() + 1 + distance

    task = create_task(start=start)

    assert manager.getNextExecutionBlockInRange(0, UINT64_MAX) == start
    assert info_of(task.hash).next_block == start


@pytest.mark.parametrize("interval", [100, MAX_DISTANCE])
def test_schedule__interval_within_range__is_kept(create_task, info_of, interval) -> None:
    task = create_task(executions=2, interval=interval)

    assert info_of(task.hash).definition.schedule.interval == interval


@pytest.mark.parametrize("interval", [0, 99, MAX_DISTANCE])
def test_schedule__one_shot_with_any_interval_that_fits__is_taken(
    manager, create_task, interval
) -> None:
    task = create_task(executions=1, interval=interval)

    assert manager.getTaskStatus(task.hash) == Status.QUEUED


@pytest.mark.parametrize("executions", [1, 2, MAX_EXECUTIONS, ENDLESS])
def test_schedule__executions_within_range__are_kept(create_task, info_of, executions) -> None:
    task = create_task(executions=executions)

    assert info_of(task.hash).definition.schedule.executions == executions


def test_schedule__deadline_at_start__is_taken(height, create_task, info_of) -> None:
    start = height() + 5

    task = create_task(start=start, deadline=start)

    assert info_of(task.hash).definition.schedule.deadline == start


def test_schedule__deadline_largest__is_kept(create_task, info_of) -> None:
    task = create_task(deadline=2**40 - 1)

    assert info_of(task.hash).definition.schedule.deadline == 2**40 - 1


@pytest.mark.parametrize("target", ["owner", "executor", "precompile", "nobody", "zero"])
def test_schedule__target_that_is_no_contract__is_taken(
    manager, owner, executor, create_task, target
) -> None:
    addresses = {
        "owner": owner.address,
        "executor": executor.address,
        "precompile": "0x" + "00" * 19 + "04",
        "nobody": "0x" + "ab" * 20,
        "zero": "0x" + "00" * 20,
    }

    task = create_task(target=addresses[target])

    assert manager.getTaskStatus(task.hash) == Status.QUEUED


def test_schedule__bond_exactly_enough__leaves_nothing_free(manager, define, owner) -> None:
    definition = define()
    required = manager.estimateRequiredBond(definition, manager.priceTermsOf(owner).ceiling)

    manager.scheduleTask(definition, sender=owner, value=required)

    assert manager.bondOf(owner) == (required, required)


def test_schedule__by_a_contract__makes_it_the_owner(
    manager, define, contract_owner, owner
) -> None:
    definition = define(owner=contract_owner)
    data = manager.scheduleTask.encode_input(definition)

    contract_owner.forward(manager, data, sender=owner, value=BOND)

    assert manager.getAccountNonce(contract_owner) == 1
    assert manager.bondOf(contract_owner)[0] == BOND


# What is refused


def test_schedule__from_somebody_else__reverts(manager, owner, stranger, define) -> None:
    with ape.reverts(manager.TaskManager_FromNotCaller, **{"from": owner, "caller": stranger}):
        manager.scheduleTask(define(), sender=stranger, value=BOND)


@pytest.mark.parametrize("nonce", [0, 2, 3, 2**32, UINT64_MAX])
def test_schedule__nonce_stale_or_early__reverts(
    manager, create_task, owner, define, nonce
) -> None:
    create_task()

    with ape.reverts(manager.TaskManager_WrongNonce, account=owner, given=nonce, expected=1):
        manager.scheduleTask(define(nonce=nonce), sender=owner, value=BOND)


@pytest.mark.parametrize("gas", [0, MAX_GAS + 1, UINT64_MAX])
def test_schedule__gas_out_of_range__reverts(manager, define, owner, gas) -> None:
    with ape.reverts(manager.TaskManager_GasOutOfRange, gas=gas, max=MAX_GAS):
        manager.scheduleTask(define(gas=gas), sender=owner, value=BOND)


def test_schedule__target_is_the_manager__reverts(manager, define, owner) -> None:
    with ape.reverts(manager.TaskManager_TargetIsManager, target=manager):
        manager.scheduleTask(define(target=manager), sender=owner, value=BOND)


@pytest.mark.parametrize("length", [MAX_DATA + 1, 25_000])
def test_schedule__data_too_long__reverts(manager, define, owner, length) -> None:
    with ape.reverts(manager.TaskManager_DataTooLong, length=length, max=MAX_DATA):
        manager.scheduleTask(define(data=bytes(length)), sender=owner, value=BOND)


@pytest.mark.parametrize("distance", [0, -1, None])
def test_schedule__start_not_in_future__reverts(manager, height, define, owner, distance) -> None:
    now = height() + 1
    start = 0 if distance is None else now + distance

    with ape.reverts(manager.TaskManager_StartNotInFuture, startBlock=start, blockNumber=now):
        manager.scheduleTask(define(start=start), sender=owner, value=BOND)


@pytest.mark.parametrize("start", ["just", "far", UINT64_MAX])
def test_schedule__start_too_far__reverts(manager, height, define, owner, start) -> None:
    latest = height() + 1 + MAX_DISTANCE
    start = {"just": latest + 1, "far": 2**40}.get(start, start)

    with ape.reverts(manager.TaskManager_StartTooFar, startBlock=start, latest=latest):
        manager.scheduleTask(define(start=start), sender=owner, value=BOND)


@pytest.mark.parametrize("size", [100_000, 250_000, MAX_GAS])
def test_schedule__start_a_lap_after_the_oldest_pending__reverts(
    manager, create_task, define, error_of, owner, size
) -> None:
    oldest = create_task(gas=size).start
    start = oldest + 2**24

    data = manager.scheduleTask.encode_input(define(gas=size, start=start))
    error = error_of(manager, data, sender=owner, value=BOND, at_block=start - MAX_DISTANCE)

    assert error.name == "TaskManager_BacklogTooOld"
    assert error.args == {"startBlock": start, "oldestPending": oldest}


def test_schedule__start_just_within_a_lap_of_the_oldest_pending__is_taken(
    manager, create_task, define, call_at, owner
) -> None:
    start = create_task().start + 2**24 - 1

    data = manager.scheduleTask.encode_input(define(start=start))

    call_at(start - MAX_DISTANCE, manager, data, sender=owner, value=BOND)


@pytest.mark.parametrize("interval", [0, 1, 99])
def test_schedule__recurring_too_often__reverts(manager, define, owner, interval) -> None:
    definition = define(executions=2, interval=interval)

    with ape.reverts(manager.TaskManager_IntervalTooShort, interval=interval, min=100):
        manager.scheduleTask(definition, sender=owner, value=BOND)


@pytest.mark.parametrize("executions", [1, 2, ENDLESS])
@pytest.mark.parametrize("interval", [MAX_DISTANCE + 1, UINT64_MAX])
def test_schedule__interval_too_long__reverts(manager, define, owner, executions, interval) -> None:
    definition = define(executions=executions, interval=interval)

    with ape.reverts(manager.TaskManager_IntervalTooLong, interval=interval, max=MAX_DISTANCE):
        manager.scheduleTask(definition, sender=owner, value=BOND)


@pytest.mark.parametrize("executions", [0, MAX_EXECUTIONS + 1, 2**32, UINT64_MAX - 1])
def test_schedule__executions_out_of_range__reverts(manager, define, owner, executions) -> None:
    definition = define(executions=executions)

    with ape.reverts(
        manager.TaskManager_ExecutionsOutOfRange, executions=executions, max=MAX_EXECUTIONS
    ):
        manager.scheduleTask(definition, sender=owner, value=BOND)


def test_schedule__deadline_before_start__reverts(manager, height, define, owner) -> None:
    start = height() + 10
    definition = define(start=start, deadline=start - 1)

    with ape.reverts(manager.TaskManager_DeadlineBeforeStart, deadline=start - 1, startBlock=start):
        manager.scheduleTask(definition, sender=owner, value=BOND)


@pytest.mark.parametrize("deadline", [2**40, UINT64_MAX])
def test_schedule__deadline_too_far__reverts(manager, define, owner, deadline) -> None:
    with ape.reverts(manager.TaskManager_DeadlineTooFar, deadline=deadline, max=2**40 - 1):
        manager.scheduleTask(define(deadline=deadline), sender=owner, value=BOND)


def test_schedule__base_fee_above_ceiling__reverts(
    manager, terms_of, owner, define, base_fee
) -> None:
    terms_of(owner, ceiling=2 * GWEI)
    definition = define()
    base_fee(2 * GWEI + 1)

    with ape.reverts(
        manager.TaskManager_BaseFeeAboveCeiling, baseFee=2 * GWEI + 1, ceiling=2 * GWEI
    ):
        manager.scheduleTask(definition, sender=owner, value=BOND, max_fee=3 * GWEI)


def test_schedule__base_fee_at_ceiling__is_taken(
    manager, terms_of, owner, define, base_fee
) -> None:
    terms_of(owner, ceiling=2 * GWEI)
    definition = define()
    base_fee(2 * GWEI)

    manager.scheduleTask(definition, sender=owner, value=BOND, max_fee=3 * GWEI)

    assert manager.getAccountNonce(owner) == 1


def test_schedule__bond_one_wei_short__reverts(manager, define, owner) -> None:
    definition = define()
    required = manager.estimateRequiredBond(definition, manager.priceTermsOf(owner).ceiling)

    with ape.reverts(
        manager.TaskManager_InsufficientBond,
        account=owner, free=required - 1, required=required,
    ):  # fmt: skip
        manager.scheduleTask(definition, sender=owner, value=required - 1)


def test_schedule__bond_reserved_for_another_task__does_not_count(manager, define, owner) -> None:
    definition = define()
    required = manager.estimateRequiredBond(definition, manager.priceTermsOf(owner).ceiling)
    manager.scheduleTask(definition, sender=owner, value=2 * required - 1)

    with ape.reverts(
        manager.TaskManager_InsufficientBond,
        account=owner, free=required - 1, required=required,
    ):  # fmt: skip
        manager.scheduleTask(define(), sender=owner)


def test_schedule__bond_above_what_fits__reverts(rpc, manager, owner, define) -> None:
    too_much = 2**87
    rpc("anvil_setBalance", owner.address, hex(2 * too_much))

    with ape.reverts(
        manager.TaskManager_BondTooLarge, account=owner, bond=too_much, max=too_much - 1
    ):
        manager.scheduleTask(define(), sender=owner, value=too_much)


def test_schedule__nonces_used_up__reverts(rpc, manager, create_task, owner, define) -> None:
    create_task(value=2 * BOND)
    slot = account_slot(rpc, manager.address, owner.address)
    word = read_word(rpc, manager.address, slot)
    last = 2**28 - 1
    write_word(rpc, manager.address, slot, word & ~(last << 176) | last << 176)
    assert manager.getAccountNonce(owner) == last

    with ape.reverts(manager.TaskManager_CounterExhausted, given=last, max=last):
        manager.scheduleTask(define(nonce=last), sender=owner)

    write_word(rpc, manager.address, slot, word)


@pytest.fixture
def set_last_id(rpc, manager):
    """Let the manager have given out so many ids, and made as many contracts."""

    def run(last_id) -> None:
        word = read_word(rpc, manager.address, MANAGER_SLOT)
        assert word >> LAST_ID_AT & MAX_ID == 1, "not the manager's word, or not one task"
        word = word & ~(MAX_ID << LAST_ID_AT) | last_id << LAST_ID_AT
        write_word(rpc, manager.address, MANAGER_SLOT, word)
        rpc("anvil_setNonce", manager.address, hex(last_id + 3))

    return run


def test_schedule__ids_used_up__reverts_and_what_is_queued_still_runs(
    manager, create_task, set_last_id, owner, define, run_at
) -> None:
    task = create_task(executions=2)
    set_last_id(MAX_ID)

    for schedule in (manager.scheduleTask, manager.executeAndSchedule):
        with ape.reverts(manager.TaskManager_CounterExhausted, given=MAX_ID, max=MAX_ID):
            schedule(define(), sender=owner, value=BOND)

    for tick in range(2):
        batch = run_at(task.start + 100 * tick)
        assert batch.one("TaskExecuted")["taskHash"] == task.hash


def test_schedule__last_id_that_fits__is_a_task_like_any_other(
    manager, create_task, set_last_id, owner, define, run_at, info_of
) -> None:
    first = create_task()
    set_last_id(MAX_ID - 1)

    task = create_task(start=first.start, executions=2)

    assert int.from_bytes(task.hash[24:]) == MAX_ID
    assert list(manager.getAccountTasks(owner)) == [first.hash, task.hash]
    assert list(manager.getTasksInRange(0, UINT64_MAX)) == [first.hash, task.hash]
    with ape.reverts(manager.TaskManager_CounterExhausted, given=MAX_ID, max=MAX_ID):
        manager.scheduleTask(define(), sender=owner, value=BOND)
    executed = run_at(first.start).named("TaskExecuted")
    assert [event["taskHash"] for event in executed] == [first.hash, task.hash]
    assert info_of(task.hash).next_block == first.start + 100
    manager.cancelTask(task.hash, sender=owner)
    assert manager.getTaskStatus(task.hash) == Status.CANCELLED


def test_schedule__refused__takes_no_money(manager, owner, define) -> None:
    before = owner.balance

    with ape.reverts(manager.TaskManager_GasOutOfRange, gas=0, max=MAX_GAS):
        manager.scheduleTask(define(gas=0), sender=owner, value=BOND)

    assert manager.balance == 0
    assert before - owner.balance < BOND


def test_manager__plain_ether__is_refused(manager, owner) -> None:
    with ape.reverts():
        owner.transfer(manager, 1)


def test_counter__called_directly__has_68_bytes_of_calldata(counter) -> None:
    assert len(call_of(counter, "bump(uint256,uint256)", 1, 2)) == 68
