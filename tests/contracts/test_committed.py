"""Committed tasks: only a hash and the state are on chain, the definition is in the event."""

from __future__ import annotations

import sys

import ape
import pytest
from eth_abi import encode
from eth_utils import keccak

from tests.contracts.conftest import BASE_FEE, BOND, ETHER, GWEI, call_of
from tests.support.definitions import ENDLESS, ZERO_ADDRESS, Status
from tests.support.rpc import calldata, hexed

MAX_DATA = 1024
COMMITTED = 1 << 63
HASHER = "0x" + "c0de" * 10


# Scheduling


def test_schedule_committed__valid__is_queued_and_told_in_full(
    manager, commit_task, batch_of, owner, info_of
) -> None:
    task = commit_task(interval=200, executions=3, deadline=0)

    batch = batch_of(task.receipt)
    assert batch.names() == ["BondDeposited", "TaskScheduled", "TaskCommitted"]
    said = batch.one("TaskCommitted")
    assert (said["taskHash"], said["owner"]) == (task.hash, owner)
    told, schedule = said["definition"]
    assert (told[0].lower(), told[2].lower()) == (
        task.definition.task.owner.lower(), task.definition.task.target.lower()
    )  # fmt: skip
    assert (told[1], told[3:]) == (task.definition.task.gas, tuple(task.definition.task[3:]))
    assert schedule == tuple(task.definition.schedule)
    info = info_of(task.definition.task)
    assert info.definition == task.definition
    assert info.next_block == task.start
    assert manager.bondOf(owner) == (BOND, info.reserved_bond)
    assert manager.getTaskStatus(task.hash) == Status.QUEUED


def test_schedule_committed__any__hash_is_the_digest_with_its_mark(
    manager, commit_task, chain, owner
) -> None:
    task = commit_task()

    kinds = ["uint256", "address", "(address,uint64,address,bytes,uint64)"]
    encoded = encode(kinds, [chain.chain_id, manager.address, tuple(task.definition.task)])
    digest = int.from_bytes(keccak(encoded)) | COMMITTED
    assert task.hash == digest.to_bytes(32)
    assert manager.committedHashOf(task.definition.task) == task.hash


def test_schedule_committed__any__writes_one_new_word_and_no_code(
    rpc, manager, commit_task
) -> None:
    commit_task()  # the account and its envoy are there
    before = int(rpc("eth_getTransactionCount", manager.address, "latest"), 16)
    task = commit_task(value=0)

    trace = rpc("debug_traceTransaction", task.receipt.txn_hash, {"enableMemory": False})
    written = [entry for entry in trace["structLogs"] if entry["op"] == "SSTORE"]
    assert len(written) == 2  # the task's state and the account
    assert int(rpc("eth_getTransactionCount", manager.address, "latest"), 16) == before


def test_schedule_committed__among_stored_ones__shares_their_nonces_and_is_not_listed(
    manager, create_task, commit_task, owner
) -> None:
    first = commit_task()
    stored = create_task()
    second = commit_task()
    last = create_task()

    nonces = [task.definition.task.nonce for task in (first, stored, second, last)]
    assert nonces == [0, 1, 2, 3]
    assert manager.getAccountNonce(owner) == 4
    assert list(manager.getAccountTasks(owner)) == [stored.hash, last.hash]
    page = manager.getAccountTasks(owner, last.hash, 10)
    assert list(page) == [stored.hash]
    assert list(manager.getTasksInRange(0, 2**64 - 1)) == [stored.hash, last.hash]


def test_schedule_committed__first_task_of_its_owner__makes_the_envoy(
    rpc, manager, commit_task, run_committed, counter, owner
) -> None:
    envoy = manager.envoyOf(owner)
    assert rpc("eth_getCode", envoy, "latest") == "0x"

    run_committed(commit_task())

    assert rpc("eth_getCode", envoy, "latest") != "0x"
    assert counter.lastCaller() == envoy


@pytest.fixture
def run_committed(mine_to, execute_committed):
    """Execute a committed task in the block it is due in."""

    def run(task, **options):
        mine_to(task.start)
        return execute_committed([task], **options)

    return run


@pytest.mark.parametrize(
    ("changes", "error", "values"),
    [
        ({"nonce": 1}, "TaskManager_WrongNonce", {"given": 1, "expected": 0}),
        ({"gas": 0}, "TaskManager_GasOutOfRange", {"gas": 0, "max": 750_000}),
        ({"gas": 750_001}, "TaskManager_GasOutOfRange", {"gas": 750_001, "max": 750_000}),
        ({"start": 1}, "TaskManager_StartNotInFuture", {"startBlock": 1}),
        ({"executions": 0}, "TaskManager_ExecutionsOutOfRange", {"executions": 0}),
        ({"executions": 2, "interval": 99}, "TaskManager_IntervalTooShort", {"interval": 99}),
        ({"deadline": 1}, "TaskManager_DeadlineBeforeStart", {"deadline": 1}),
        (
            {"data": bytes(MAX_DATA + 1)},
            "TaskManager_DataTooLong",
            {"length": MAX_DATA + 1, "max": MAX_DATA},
        ),
    ],
)
def test_schedule_committed__invalid__reverts_as_a_stored_one(
    manager, define, owner, changes, error, values
) -> None:
    with ape.reverts(getattr(manager, error), **values):
        manager.scheduleCommitted(define(**changes), sender=owner, value=BOND)


def test_schedule_committed__for_somebody_else__reverts(manager, define, owner, stranger) -> None:
    with ape.reverts(manager.TaskManager_FromNotCaller, **{"from": owner, "caller": stranger}):
        manager.scheduleCommitted(define(), sender=stranger, value=BOND)


def test_schedule_committed__one_wei_short__reverts_and_exactly_enough_does_not(
    manager, define, owner
) -> None:
    definition = define()
    required = manager.estimateRequiredBond(definition, 50 * GWEI)

    with ape.reverts(
        manager.TaskManager_InsufficientBond, account=owner, free=required - 1, required=required
    ):
        manager.scheduleCommitted(definition, sender=owner, value=required - 1)
    manager.scheduleCommitted(definition, sender=owner, value=required)
    assert manager.bondOf(owner) == (required, required)


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, MAX_DATA])
def test_schedule_committed__data_of_any_length__is_what_the_target_gets(
    rpc, commit_task, run_committed, length
) -> None:
    rpc("anvil_setCode", HASHER, "0x365f5f37365f205f5260205ff3")  # returns its calldata's hash
    data = (bytes(range(1, 256)) * 5)[:length]
    task = commit_task(target=HASHER, data=data)

    batch = run_committed(task)

    assert batch.one("TaskExecuted")["success"] is True
    assert batch.one("TaskExecuted")["returnData"] == keccak(data)


# Executing


def test_execute_committed__due__runs_pays_and_completes(
    manager, commit_task, run_committed, counter, owner, executor
) -> None:
    task = commit_task()

    batch = run_committed(task)

    assert counter.count() == 1
    assert batch.names() == [
        "TaskExecuted", "TaskExecutionRecorded", "ExecutorReimbursed", "TasksExecuted",
    ]  # fmt: skip
    assert batch.one("TaskExecuted")["executor"] == executor
    assert manager.bondOf(owner) == (BOND - batch.one("ExecutorReimbursed")["amount"], 0)


def test_execute_committed__only_run_succeeds__nothing_is_kept_and_nothing_can_be_replayed(
    manager, commit_task, run_committed, execute_committed, owner, counter
) -> None:
    task = commit_task()

    run_committed(task)

    assert manager.getTaskStatus(task.hash) == Status.NONE
    assert execute_committed([task]).events == []
    assert counter.count() == 1
    with ape.reverts(manager.TaskManager_UnknownTask, taskHash=task.hash):
        manager.cancelCommitted(task.definition.task, sender=owner)
    with ape.reverts(manager.TaskManager_WrongNonce, account=owner, given=0, expected=1):
        manager.scheduleCommitted(
            task.definition.but(start=task.start + 500), sender=owner, value=BOND
        )


def test_execute_committed__last_of_several_runs__completes_and_keeps_its_counts(
    manager, commit_task, mine_to, execute_committed, info_of
) -> None:
    task = commit_task(executions=2)
    for tick in (task.start, task.start + 100):
        mine_to(tick)
        execute_committed([task])

    assert manager.getTaskStatus(task.hash) == Status.COMPLETED
    assert info_of(task.definition.task).executions == 2


def test_execute_committed__recurring__keeps_its_cadence_and_skips_missed_ticks(
    manager, commit_task, mine_to, execute_committed, info_of
) -> None:
    task = commit_task(executions=3)
    mine_to(task.start + 250)

    execute_committed([task])

    info = info_of(task.definition.task)
    assert (info.next_block, info.runs_left) == (task.start + 300, 2)
    mine_to(task.start + 300)
    execute_committed([task])
    assert info_of(task.definition.task).next_block == task.start + 400
    assert manager.getNextBlocksForTasks([task.hash])[1] == [task.start + 400]


def test_execute_committed__many_in_one_block__no_block_is_full_and_no_crowd_raises_the_price(
    bare, project
) -> None:
    """700 tasks of 100,000 gas are more than a block admits of stored ones."""
    counter = bare.deploy(project.Counter.contract_type)
    (owner,) = bare.people(1)
    bare.set_terms(owner, premium_cap=GWEI)
    start = bare.height() + 800
    tasks = [bare.commit(owner, counter, b"", start=start, value=ETHER // 20) for _ in range(700)]
    bare.mine_to(start)

    sent = bare.execute_committed(bare.accounts[1], [tasks[0], tasks[1], tasks[-1]])

    _, second, last = sent.amounts()  # the first one finds its owner's account cold
    assert abs(second - last) < second // 50


def test_execute_committed__target_fails__counts_charges_and_goes_failing(
    manager, commit_task, reverter, mine_to, execute_committed, terms_of, owner, info_of
) -> None:
    terms_of(owner, failure_limit=2)
    data = call_of(reverter, "withReason()")
    task = commit_task(target=reverter, data=data, executions=ENDLESS)
    mine_to(task.start)
    first = execute_committed([task])
    mine_to(task.start + 100)

    second = execute_committed([task])

    assert first.one("TaskExecuted")["success"] is False
    assert first.one("TasksExecuted") == {"executed": 0, "failed": 1}
    assert second.one("TaskInactiveDueToFailures")["failuresInRow"] == 2
    assert manager.getTaskStatus(task.hash) == Status.FAILING
    info = info_of(task.definition.task)
    assert (info.failures, info.next_block, info.reserved_bond) == (2, 0, 0)


def test_execute_committed__after_the_deadline__expires_and_pays_for_it(
    manager, commit_task, define, mine_to, execute_committed, owner
) -> None:
    task = commit_task(deadline=define().schedule.start)
    mine_to(task.start + 1)

    batch = execute_committed([task])

    assert batch.names() == ["TaskExpired", "ExecutorReimbursed"]
    assert manager.getTaskStatus(task.hash) == Status.EXPIRED
    assert manager.bondOf(owner)[1] == 0


def test_execute_committed__base_fee_above_the_ceiling__is_deferred_and_pays_for_it(
    manager, commit_task, mine_to, execute_committed, terms_of, base_fee, owner, info_of
) -> None:
    terms_of(owner, ceiling=3 * GWEI)
    task = commit_task()
    mine_to(task.start)
    base_fee(4 * GWEI)

    batch = execute_committed([task], gas_price=5 * GWEI)

    assert batch.one("TaskDeferred")["nextBlock"] == task.start + 8
    assert batch.one("ExecutorReimbursed")["amount"] > 0
    assert info_of(task.definition.task).next_block == task.start + 8


def test_execute_committed__bond_spent__starves_and_revives_with_money(
    manager, commit_task, define, run_committed, owner, stranger, info_of, height, batch_of
) -> None:
    required = manager.estimateRequiredBond(define(), 50 * GWEI)
    task = commit_task(executions=ENDLESS, value=required)

    batch = run_committed(task)

    assert batch.one("TaskInactiveDueToInsufficientBonds")["owner"] == owner
    assert manager.getTaskStatus(task.hash) == Status.STARVED
    revived = batch_of(
        manager.reactivateCommitted(task.definition.task, sender=stranger, value=BOND)
    )
    assert revived.one("TaskReactivated")["nextBlock"] == task.start + 100
    assert info_of(task.definition.task).next_block == task.start + 100


# Changing


def test_update_committed__new_schedule__is_told_in_full_and_takes_effect(
    manager, commit_task, batch_of, owner, info_of, mine_to, execute_committed, counter
) -> None:
    task = commit_task()
    moved = task.definition.but(start=task.start + 7, executions=5, interval=300, deadline=10**6)

    batch = batch_of(manager.updateCommitted(moved, sender=owner))

    assert batch.names() == ["TaskConfigUpdated", "TaskScheduled", "TaskScheduleSet"]
    told = batch.one("TaskScheduleSet")
    assert (told["taskHash"], told["schedule"]) == (task.hash, tuple(moved.schedule))
    assert info_of(task.definition.task).definition == moved
    mine_to(task.start)
    assert execute_committed([task]).events == []
    mine_to(task.start + 7)
    execute_committed([task])
    assert counter.count() == 1


def test_update_committed__paused_and_resumed__frees_and_takes_the_reserve(
    manager, commit_task, owner, stranger
) -> None:
    task = commit_task()
    reserved = manager.bondOf(owner)[1]

    manager.updateCommitted(task.definition.but(active=False), sender=owner)
    assert manager.getTaskStatus(task.hash) == Status.PAUSED
    assert manager.bondOf(owner)[1] == 0
    with ape.reverts(
        manager.TaskManager_NotOwner, taskHash=task.hash, caller=stranger, owner=owner
    ):
        manager.reactivateCommitted(task.definition.task, sender=stranger)
    manager.reactivateCommitted(task.definition.task, sender=owner)
    assert manager.getTaskStatus(task.hash) == Status.QUEUED
    assert manager.bondOf(owner)[1] == reserved


def test_cancel_committed__queued__frees_everything_and_ends(
    manager, commit_task, owner, batch_of, mine_to, execute_committed
) -> None:
    task = commit_task()

    batch = batch_of(manager.cancelCommitted(task.definition.task, sender=owner))

    assert batch.one("TaskCancelled") == {"taskHash": task.hash, "owner": owner}
    assert manager.bondOf(owner) == (BOND, 0)
    assert manager.getTaskStatus(task.hash) == Status.CANCELLED
    with ape.reverts(manager.TaskManager_TaskEnded, taskHash=task.hash, status=Status.CANCELLED):
        manager.cancelCommitted(task.definition.task, sender=owner)
    mine_to(task.start)
    assert execute_committed([task]).events == []


def test_schedule_committed__again_with_the_next_nonce__is_another_task(
    manager, commit_task, owner
) -> None:
    first = commit_task()
    manager.cancelCommitted(first.definition.task, sender=owner)

    second = commit_task()

    assert second.hash != first.hash
    assert manager.getTaskStatus(first.hash) == Status.CANCELLED
    assert manager.getTaskStatus(second.hash) == Status.QUEUED


# Reads


def test_committed_reads__by_hash_and_by_definition__agree(
    manager, commit_task, owner, terms_of, define, rpc
) -> None:
    terms_of(owner, ceiling=77 * GWEI, tip=3, premium_cap=5, failure_limit=9)
    task = commit_task()
    terms_of(owner)

    _, blocks = manager.getNextBlocksForTasks([task.hash, b"\xff" * 32])
    assert list(blocks) == [task.start, 0]
    assert list(manager.getNextExecutionBlocks(ZERO_ADDRESS, [task.hash])[1]) == [task.start]
    assert list(manager.getNextExecutionBlocks(owner, [task.hash])[1]) == [0]
    terms = manager.committedPriceTerms(task.definition.task)
    assert (terms.ceiling, terms.tip, terms.premiumCap, terms.failureLimit) == (77 * GWEI, 3, 5, 9)
    assert manager.getTaskStatus(b"\xff" * 32) == Status.NONE
    unknown = define().task
    for read in (manager.getCommittedInfo, manager.committedPriceTerms):
        with pytest.raises(ape.exceptions.ContractLogicError):
            read(unknown)
    assert hexed(manager.committedHashOf(unknown)) != hexed(task.hash)


# What an executor nets


@pytest.mark.parametrize("kind", ["zeros", "no zeros", "empty", "longest", "failure", "recurring"])
@pytest.mark.parametrize("count", [1, 10, 50])
def test_reimbursement__of_committed_tasks__is_within_the_band(bare, project, count, kind) -> None:
    counter = bare.deploy(project.Counter.contract_type)
    reverter = bare.deploy(project.Reverter.contract_type)
    answers = bare.deploy(project.LongAnswer.contract_type)
    bump = calldata("bump(uint256,uint256)", 2, 3)
    target, data, changes = {
        "zeros": (counter, bump, {}),
        "no zeros": (answers, calldata("byReturn(uint256)", 1) + b"\x11" * 256, {}),
        "empty": (answers, b"", {}),
        "longest": (counter, bump + bytes(MAX_DATA - len(bump)), {}),
        "failure": (reverter, calldata("withReason()"), {}),
        "recurring": (counter, bump, {"executions": ENDLESS}),
    }[kind]
    (owner,) = bare.people(1)
    bare.set_terms(owner)
    start = bare.height() + count + 10
    tasks = [bare.commit(owner, target, data, start=start, **changes) for _ in range(count)]
    bare.mine_to(start)

    sent = bare.execute_committed(bare.accounts[1], tasks)

    assert len(sent.amounts()) == count
    percent = 100 * sum(sent.amounts()) / (sent.gas_used * BASE_FEE)
    sys.stdout.write(f"{kind:>9} x {count:2}: {percent:6.2f} %, {sent.gas_used // count} gas\n")
    assert 100 <= percent <= 110
