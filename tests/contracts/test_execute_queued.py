"""executeQueuedTasks: what runs, in which order, and what the executor hears and gets."""

from __future__ import annotations

import ape
import pytest
from eth_abi import encode

from tests.contracts.conftest import BOND, call_of
from tests.support.definitions import Status


def test_execute_queued__nothing_scheduled__does_nothing(manager, executor, execute) -> None:
    assert manager.executeQueuedTasks.call(0, sender=executor) == (0, 0)
    assert execute().events == []


def test_execute_queued__one_block_early__does_nothing(create_task, run_at, counter) -> None:
    task = create_task()

    assert run_at(task.start - 1).events == []
    assert counter.count() == 0


def test_execute_queued__due__calls_the_target_with_its_data(
    manager, create_task, counter, run_at, owner
) -> None:
    task = create_task(data=call_of(counter, "bump(uint256,uint256)", 40, 2))

    run_at(task.start)

    assert counter.count() == 1
    assert counter.lastSum() == 42
    assert counter.lastCaller() == manager.envoyOf(owner)


def test_execute_queued__due__emits_what_happened(create_task, run_at, executor) -> None:
    task = create_task()

    batch = run_at(task.start)

    assert batch.one("TaskExecuted") == {
        "taskHash": task.hash,
        "executor": executor.address,
        "success": True,
        "returnData": encode(["uint256"], [1]),
    }
    recorded = batch.one("TaskExecutionRecorded")
    assert recorded["taskHash"] == task.hash
    assert recorded["success"] is True
    assert 25_000 < recorded["gasUsed"] < 250_000
    assert (recorded["successCount"], recorded["failureCount"]) == (1, 0)
    reimbursed = batch.one("ExecutorReimbursed")
    assert (reimbursed["taskHash"], reimbursed["executor"]) == (task.hash, executor.address)
    assert batch.one("TasksExecuted") == {"executed": 1, "failed": 0}
    assert sorted(batch.names()) == [
        "ExecutorReimbursed", "TaskExecuted", "TaskExecutionRecorded", "TasksExecuted",
    ]  # fmt: skip


def test_execute_queued__due__pays_the_executor_what_the_owner_is_debited(
    manager, create_task, mine_to, executor, execute, owner
) -> None:
    task = create_task()
    mine_to(task.start)
    before = executor.balance

    batch = execute()

    amount = batch.one("ExecutorReimbursed")["amount"]
    receipt = batch.receipt
    cost = receipt.gas_used * receipt.gas_price
    assert executor.balance == before - cost + amount
    assert manager.bondOf(owner) == (BOND - amount, 0)


def test_execute_queued__one_shot_done__is_completed(manager, create_task, run_at, info_of) -> None:
    task = create_task()

    run_at(task.start)

    info = info_of(task.hash)
    assert manager.getTaskStatus(task.hash) == Status.COMPLETED
    assert (info.executions, info.failures) == (1, 0)
    assert info.next_block == 0
    assert info.definition.schedule.executions == 0
    assert info.definition.schedule.active is False


def test_execute_queued__twice__runs_once(create_task, run_at, execute, counter) -> None:
    task = create_task()
    run_at(task.start)

    assert execute().events == []
    assert counter.count() == 1


@pytest.mark.parametrize("late", [1, 99, 300])
def test_execute_queued__late__still_runs(create_task, run_at, counter, late) -> None:
    task = create_task()

    run_at(task.start + late)

    assert counter.count() == 1


def test_execute_queued__several_blocks__earliest_first(height, create_task, run_at) -> None:
    start = height() + 20
    starts = [start + 300, start, start + 1, start + 257]
    tasks = [create_task(start=block) for block in starts]

    batch = run_at(start + 300)

    order = [event["taskHash"] for event in batch.named("TaskExecuted")]
    assert order == [task.hash for task in sorted(tasks, key=lambda task: task.start)]


def test_execute_queued__same_block_and_class__first_in_first_out(
    height, create_task, owner, other_owner, run_at
) -> None:
    start = height() + 40
    tasks = [create_task(start=start, owner=(owner, other_owner)[i % 2]) for i in range(13)]

    batch = run_at(start)

    assert [e["taskHash"] for e in batch.named("TaskExecuted")] == [t.hash for t in tasks]
    assert batch.one("TasksExecuted") == {"executed": 13, "failed": 0}


def test_execute_queued__earlier_large_and_later_small__large_first(
    height, create_task, run_at
) -> None:
    start = height() + 10
    small = create_task(start=start + 1, gas=100_000)
    large = create_task(start=start, gas=750_000)

    batch = run_at(start + 1)

    assert [e["taskHash"] for e in batch.named("TaskExecuted")] == [large.hash, small.hash]


def test_execute_queued__same_block__smaller_class_first(height, create_task, run_at) -> None:
    start = height() + 10
    tasks = [create_task(start=start, gas=gas) for gas in (750_000, 250_000, 100_000)]

    batch = run_at(start)

    order = [event["taskHash"] for event in batch.named("TaskExecuted")]
    assert order == [task.hash for task in reversed(tasks)]


def test_execute_queued__large_does_not_fit__smaller_ones_run(
    manager, height, create_task, run_at
) -> None:
    start = height() + 10
    large = create_task(start=start, gas=750_000)
    medium = create_task(start=start + 1, gas=250_000)
    small = create_task(start=start + 2, gas=100_000)

    batch = run_at(start + 2, gas_limit=900_000)

    ran = {event["taskHash"] for event in batch.named("TaskExecuted")}
    assert small.hash in ran
    assert large.hash not in ran
    assert medium.hash in ran
    assert manager.getTaskStatus(large.hash) == Status.QUEUED


def test_execute_queued__reserve_leaves_no_room__runs_nothing(create_task, run_at, counter) -> None:
    task = create_task()

    batch = run_at(task.start, reserve=2**256 - 1)

    assert batch.events == []
    assert counter.count() == 0


def test_execute_queued__reserve_allows_some__runs_some(
    manager, height, create_task, mine_to, execute
) -> None:
    start = height() + 30
    for _ in range(8):
        create_task(start=start)
    mine_to(start)

    batch = execute(reserve=1_000_000, gas_limit=1_700_000)

    assert 1 <= batch.one("TasksExecuted")["executed"] < 8
    assert len(manager.getTasksInRange(start, start)) == 8 - batch.one("TasksExecuted")["executed"]


def test_execute_queued__two_executors_in_one_block__second_gets_nothing(
    rpc, manager, create_task, mine_to, executor, stranger, counter
) -> None:
    task = create_task()
    mine_to(task.start)
    rpc("evm_setAutomine", False)
    data = "0x" + bytes(manager.executeQueuedTasks.encode_input(0)).hex()
    sent = [
        rpc("eth_sendTransaction", {
            "from": who.address, "to": manager.address, "data": data, "gas": hex(3_000_000),
        })
        for who in (executor, stranger)
    ]  # fmt: skip

    rpc("anvil_mine", "0x1")

    receipts = [rpc("eth_getTransactionReceipt", one) for one in sent]
    assert [int(receipt["status"], 16) for receipt in receipts] == [1, 1]
    assert len({receipt["blockNumber"] for receipt in receipts}) == 1
    assert sorted(len(receipt["logs"]) for receipt in receipts) == [0, 4]
    assert counter.count() == 1


def test_execute_queued__some_fail__counts_both(
    manager, height, create_task, reverter, mine_to, executor, batch_of
) -> None:
    start = height() + 20
    create_task(start=start)
    create_task(start=start, target=reverter, data=call_of(reverter, "withNothing()"))
    create_task(start=start)
    mine_to(start)

    assert manager.executeQueuedTasks.call(0, sender=executor, block_id="pending") == (2, 1)
    batch = batch_of(manager.executeQueuedTasks(0, sender=executor))

    assert batch.one("TasksExecuted") == {"executed": 2, "failed": 1}


def test_execute_queued__task_scheduled_by_a_task__waits_for_its_block(
    manager, schedule_own_run, define, contract_owner, owner, run_at
) -> None:
    outer = schedule_own_run()
    inner = define(owner=contract_owner, start=outer.start + 1)
    script = [(manager.address, 0, manager.scheduleTask.encode_input(inner))]
    contract_owner.setScript(script, sender=owner)

    batch = run_at(outer.start)

    assert batch.one("TasksExecuted") == {"executed": 1, "failed": 0}
    assert contract_owner.outcomes()[0].success is True
    second = run_at(outer.start + 1)
    assert second.one("TasksExecuted") == {"executed": 1, "failed": 0}


def test_execute_queued__from_a_contract__pays_the_contract(
    create_task, mine_to, batch_of, contract_executor, executor
) -> None:
    task = create_task()
    mine_to(task.start)

    batch = batch_of(contract_executor.executeQueued(0, sender=executor))

    paid = batch.one("ExecutorReimbursed")
    assert paid["executor"] == contract_executor.address
    assert contract_executor.balance == paid["amount"]


def test_execute_queued__from_inside_a_task__reverts(
    manager, callee, owner, create_task, run_at, interface
) -> None:
    script = [(manager.address, 0, manager.executeQueuedTasks.encode_input(0))]
    callee.setScript(script, sender=owner)
    task = create_task(target=callee, data=call_of(callee, "run()"), gas=750_000)
    due = create_task(start=task.start)

    batch = run_at(task.start)

    (outcome,) = callee.outcomes()
    assert outcome.success is False
    assert interface.decode_error(bytes(outcome.returnData)).name == "TaskManager_Reentered"
    assert due.hash in {event["taskHash"] for event in batch.named("TaskExecuted")}
    assert batch.one("TasksExecuted") == {"executed": 2, "failed": 0}


def test_execute_queued__gas_price_inflated__pays_no_more(
    create_task, rewinding, mine_to, execute
) -> None:
    task = create_task()
    amounts = []
    for tip in (0, 10**9, 10**12):
        with rewinding():
            mine_to(task.start)
            batch = execute(max_fee=10**13, max_priority_fee=tip)
            amounts.append(batch.one("ExecutorReimbursed")["amount"])

    assert len(set(amounts)) == 1


def test_execute_queued__value_sent__reverts(manager, executor) -> None:
    with ape.reverts():
        manager.executeQueuedTasks(0, sender=executor, value=1)
