"""executeAndSchedule: runs at once, unpaid and uncounted; the schedule stands whatever happens."""

from __future__ import annotations

import ape
import pytest
from eth_abi import encode

from tests.contracts.conftest import BOND, call_of
from tests.support.definitions import Status


def test_execute_and_schedule__valid__runs_and_queues(
    manager, define, batch_of, owner, counter
) -> None:
    definition = define()

    batch = batch_of(manager.executeAndSchedule(definition, sender=owner, value=BOND))

    (task_hash,) = manager.getAccountTasks(owner)
    assert counter.count() == 1
    assert counter.lastCaller() == manager.envoyOf(owner)
    assert manager.getTaskStatus(task_hash) == Status.QUEUED
    assert batch.one("TaskScheduled")["nextBlock"] == definition.schedule.start
    assert batch.one("TaskExecuted") == {
        "taskHash": task_hash,
        "executor": owner.address,
        "success": True,
        "returnData": encode(["uint256"], [1]),
    }


def test_execute_and_schedule__valid__is_not_reimbursed_and_not_counted(
    manager, define, batch_of, owner, info_of
) -> None:
    definition = define(executions=3)

    batch = batch_of(manager.executeAndSchedule(definition, sender=owner, value=BOND))

    (task_hash,) = manager.getAccountTasks(owner)
    assert not {"ExecutorReimbursed", "TaskExecutionRecorded", "TasksExecuted"} & set(batch.names())
    info = info_of(task_hash)
    assert (info.executions, info.failures) == (0, 0)
    assert info.definition.schedule.executions == 3
    assert manager.bondOf(owner) == (BOND, info.reserved_bond)


def test_execute_and_schedule__valid__returns_all_three(manager, define, owner) -> None:
    definition = define()

    returned = manager.executeAndSchedule.call(definition, sender=owner, value=BOND)
    manager.executeAndSchedule(definition, sender=owner, value=BOND)

    assert returned.taskHash == manager.getAccountTasks(owner)[0]
    assert returned.success is True
    assert bytes(returned.returnData) == encode(["uint256"], [1])


def test_execute_and_schedule__then_due__runs_again(
    manager, define, owner, run_at, counter
) -> None:
    definition = define()
    manager.executeAndSchedule(definition, sender=owner, value=BOND)

    run_at(definition.schedule.start)

    assert counter.count() == 2


@pytest.mark.parametrize("failure", ["withReason()", "withNothing()"])
def test_execute_and_schedule__run_fails__schedule_stands(
    manager, define, reverter, batch_of, owner, info_of, failure
) -> None:
    definition = define(target=reverter, data=call_of(reverter, failure))

    batch = batch_of(manager.executeAndSchedule(definition, sender=owner, value=BOND))

    (task_hash,) = manager.getAccountTasks(owner)
    assert batch.one("TaskExecuted")["success"] is False
    assert manager.getTaskStatus(task_hash) == Status.QUEUED
    assert info_of(task_hash).failures == 0


def test_execute_and_schedule__run_burns_all_its_gas__schedule_stands(
    manager, define, burner, owner
) -> None:
    definition = define(target=burner, data=call_of(burner, "invalid()"), gas=750_000)

    manager.executeAndSchedule(definition, sender=owner, value=BOND)

    assert manager.getTaskStatus(manager.getAccountTasks(owner)[0]) == Status.QUEUED


def test_execute_and_schedule__target_without_code__fails_with_the_error(
    manager, batch_of, define, owner, interface
) -> None:
    nobody = "0x" + "ab" * 20

    batch = batch_of(manager.executeAndSchedule(define(target=nobody), sender=owner, value=BOND))

    executed = batch.one("TaskExecuted")
    assert executed["success"] is False
    error = interface.decode_error(executed["returnData"])
    assert error.name == "TaskManager_TargetHasNoCode"


def test_execute_and_schedule__inactive__runs_and_stays_paused(
    manager, define, owner, counter
) -> None:
    manager.executeAndSchedule(define(active=False), sender=owner)

    assert counter.count() == 1
    assert manager.getTaskStatus(manager.getAccountTasks(owner)[0]) == Status.PAUSED


def test_execute_and_schedule__too_little_gas_for_the_run__reverts(
    manager, define, error_of, owner
) -> None:
    data = bytes(manager.executeAndSchedule.encode_input(define(gas=750_000)))

    error = error_of(manager, data, sender=owner, value=BOND, gas=700_000)

    assert error.name == "TaskManager_InsufficientGas"
    assert error["required"] > 750_000 > error["available"]


def test_execute_and_schedule__every_gas_limit__runs_whole_or_reverts(
    project, manager, deployer, define, call_at, owner
) -> None:
    witness = deployer.deploy(project.GasWitness)
    definition = define(target=witness, data=encode(["uint256"], [299_000]), gas=300_000)
    data = bytes(manager.executeAndSchedule.encode_input(definition))
    refused = 0
    for gas in range(300_000, 900_000, 5_000):
        try:
            answer = call_at(None, manager, data, sender=owner, value=BOND, gas=gas)
        except Exception:  # noqa: BLE001 what it reverts with is another test's
            refused += 1
        else:
            assert answer[63] == 1, f"started with too little of {gas}"
    assert 0 < refused < 120


def test_execute_and_schedule__invalid__reverts(manager, stranger, define, owner) -> None:
    with ape.reverts(manager.TaskManager_FromNotCaller, caller=stranger):
        manager.executeAndSchedule(define(), sender=stranger, value=BOND)
    with ape.reverts(manager.TaskManager_GasOutOfRange, gas=0, max=750_000):
        manager.executeAndSchedule(define(gas=0), sender=owner, value=BOND)


def test_execute_and_schedule__from_inside_a_task__runs_at_the_cost_of_that_task(
    manager, schedule_own_run, define, contract_owner, owner, run_at, counter
) -> None:
    outer = schedule_own_run()
    inner = define(owner=contract_owner, gas=60_000)
    script = [(manager.address, 0, manager.executeAndSchedule.encode_input(inner))]
    contract_owner.setScript(script, sender=owner)

    batch = run_at(outer.start)

    (outcome,) = contract_owner.outcomes()
    assert outcome.success is True
    assert counter.count() == 1
    assert batch.one("TasksExecuted") == {"executed": 1, "failed": 0}
    recorded = batch.one("TaskExecutionRecorded")
    assert recorded["taskHash"] == outer.hash
    assert manager.getAccountNonce(contract_owner) == 2


def test_execute_and_schedule__target_executes_what_is_due__as_any_executor(
    manager, create_task, other_owner, define, callee, owner, mine_to, batch_of
) -> None:
    due = create_task(owner=other_owner)
    definition = define(
        target=callee, data=call_of(callee, "run()"), gas=750_000, start=due.start + 50
    )
    script = [(manager.address, 0, manager.executeQueuedTasks.encode_input(0))]
    callee.setScript(script, sender=owner)
    mine_to(due.start)

    batch = batch_of(manager.executeAndSchedule(definition, sender=owner, value=BOND))

    assert {event["executor"] for event in batch.named("TaskExecuted")} == {
        callee.address,
        owner.address,
    }
    assert batch.one("ExecutorReimbursed")["executor"] == callee.address
    assert callee.balance == batch.one("ExecutorReimbursed")["amount"]


def test_execute_and_schedule__target_cancels_the_task__stays_cancelled(
    manager, define, contract_owner, owner
) -> None:
    definition = define(
        owner=contract_owner,
        target=contract_owner,
        data=call_of(contract_owner, "run()"),
        gas=750_000,
    )
    data = manager.executeAndSchedule.encode_input(definition)
    envelope = contract_owner.forward.call(manager, data, sender=owner, value=BOND)
    task_hash = bytes(envelope)[:32]
    script = [(manager.address, 0, manager.cancelTask.encode_input(task_hash))]
    contract_owner.setScript(script, sender=owner)

    contract_owner.forward(manager, data, sender=owner, value=BOND)

    assert contract_owner.outcomes()[0].success is True
    assert manager.getTaskStatus(task_hash) == Status.CANCELLED
    assert manager.bondOf(contract_owner) == (BOND, 0)
