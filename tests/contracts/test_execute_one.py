"""executeTask and executeTasks: for executors that choose among the due tasks themselves."""

from __future__ import annotations

import ape
import pytest
from eth_abi import decode, encode

from tests.contracts.conftest import BOND, GWEI, call_of
from tests.support.definitions import ENDLESS, Status


@pytest.fixture
def execute_these(manager, executor, batch_of):
    def run(hashes, reserve=0, **transaction):
        transaction.setdefault("sender", executor)
        return batch_of(manager.executeTasks(hashes, reserve, **transaction))

    return run


@pytest.fixture
def answer_of(manager, call_at, executor):
    """What executeTask returns in the next block."""

    def run(task_hash) -> tuple[bool, bytes]:
        data = manager.executeTask.encode_input(task_hash)
        success, answer = decode(
            ["bool", "bytes"], call_at(None, manager, bytes(data), sender=executor)
        )
        return success, answer

    return run


# One


def test_execute_task__due__runs_and_pays(
    manager, create_task, mine_to, batch_of, executor, counter, owner
) -> None:
    task = create_task()
    mine_to(task.start)

    batch = batch_of(manager.executeTask(task.hash, sender=executor))

    assert counter.count() == 1
    assert batch.one("TaskExecuted")["success"] is True
    assert batch.one("TasksExecuted") == {"executed": 1, "failed": 0}
    amount = batch.one("ExecutorReimbursed")["amount"]
    assert manager.bondOf(owner) == (BOND - amount, 0)


def test_execute_task__due__returns_the_answer(create_task, mine_to, answer_of) -> None:
    task = create_task()
    mine_to(task.start)

    assert answer_of(task.hash) == (True, encode(["uint256"], [1]))


def test_execute_task__target_reverts__returns_the_reason(
    create_task, reverter, mine_to, answer_of
) -> None:
    task = create_task(target=reverter, data=call_of(reverter, "withReason()"))
    mine_to(task.start)

    success, answer = answer_of(task.hash)

    assert success is False
    assert answer == bytes.fromhex("08c379a0") + encode(["string"], ["refused"])


@pytest.mark.parametrize("length", [0, 31, 256, 257, 10_000])
def test_execute_task__any_answer__returns_at_most_256_bytes(
    create_task, long_answer, mine_to, answer_of, length
) -> None:
    task = create_task(target=long_answer, data=call_of(long_answer, "byReturn(uint256)", length))
    mine_to(task.start)

    success, answer = answer_of(task.hash)

    assert success is True
    expected = (b"\xff" * 32 + bytes(10_000))[:length][:256]
    assert answer == expected


def test_execute_task__same_as_in_the_queue__costs_the_owner_about_the_same(
    manager, create_task, rewinding, mine_to, execute, batch_of, executor
) -> None:
    task = create_task()
    with rewinding():
        mine_to(task.start)
        queued = execute().one("ExecutorReimbursed")["amount"]
    mine_to(task.start)

    batch = batch_of(manager.executeTask(task.hash, sender=executor))
    alone = batch.one("ExecutorReimbursed")["amount"]

    assert abs(alone - queued) < queued // 20


def test_execute_task__early__reverts(manager, create_task, mine_to, executor) -> None:
    task = create_task()
    mine_to(task.start - 1)

    with ape.reverts(
        manager.TaskManager_NotDue,
        taskHash=task.hash, nextBlock=task.start, blockNumber=task.start - 1,
    ):  # fmt: skip
        manager.executeTask(task.hash, sender=executor)


def test_execute_task__twice__reverts(manager, create_task, mine_to, executor) -> None:
    task = create_task()
    mine_to(task.start)
    manager.executeTask(task.hash, sender=executor)

    with ape.reverts(manager.TaskManager_NotQueued, taskHash=task.hash, status=Status.COMPLETED):
        manager.executeTask(task.hash, sender=executor)


def test_execute_task__recurring_twice__reverts(manager, create_task, mine_to, executor) -> None:
    task = create_task(executions=ENDLESS)
    mine_to(task.start)
    manager.executeTask(task.hash, sender=executor)

    with ape.reverts(
        manager.TaskManager_NotDue,
        taskHash=task.hash, nextBlock=task.start + 100, blockNumber=task.start + 1,
    ):  # fmt: skip
        manager.executeTask(task.hash, sender=executor)


def test_execute_task__paused__reverts(manager, create_task, mine_to, executor) -> None:
    task = create_task(active=False)
    mine_to(task.start)

    with ape.reverts(manager.TaskManager_NotQueued, taskHash=task.hash, status=Status.PAUSED):
        manager.executeTask(task.hash, sender=executor)


@pytest.mark.parametrize("unknown", [b"\0" * 32, b"\xff" * 32])
def test_execute_task__unknown__reverts(manager, create_task, executor, unknown) -> None:
    create_task()

    with ape.reverts(manager.TaskManager_UnknownTask, taskHash=unknown):
        manager.executeTask(unknown, sender=executor)


@pytest.mark.parametrize("gas", [150_000, 250_000, 400_000, 800_000])
def test_execute_task__too_little_gas__reverts(
    manager, create_task, mine_to, error_of, executor, gas
) -> None:
    task = create_task(gas=750_000)
    mine_to(task.start)

    error = error_of(
        manager, bytes(manager.executeTask.encode_input(task.hash)), sender=executor, gas=gas
    )

    assert error.name == "TaskManager_InsufficientGas"
    assert error["available"] < gas
    assert error["required"] > 750_000


def test_execute_task__too_little_gas__leaves_the_task_alone(
    manager, create_task, mine_to, executor, counter
) -> None:
    task = create_task(gas=750_000)
    mine_to(task.start)

    with ape.reverts(manager.TaskManager_InsufficientGas):
        manager.executeTask(task.hash, sender=executor, gas_limit=500_000)

    assert manager.getTaskStatus(task.hash) == Status.QUEUED
    assert counter.count() == 0


def test_execute_task__after_the_deadline__expires_and_returns_nothing(
    manager, height, create_task, mine_to, answer_of, batch_of, executor, counter
) -> None:
    start = height() + 10
    task = create_task(start=start, deadline=start)
    mine_to(start + 1)
    assert answer_of(task.hash) == (False, b"")

    batch = batch_of(manager.executeTask(task.hash, sender=executor))

    assert batch.one("TaskExpired")["taskHash"] == task.hash
    assert "TaskExecuted" not in batch.names()
    assert manager.getTaskStatus(task.hash) == Status.EXPIRED
    assert counter.count() == 0


def test_execute_task__base_fee_above_ceiling__defers_and_returns_nothing(
    manager, terms_of, owner, create_task, mine_to, base_fee, batch_of, executor, counter
) -> None:
    terms_of(owner, ceiling=2 * GWEI)
    task = create_task()
    mine_to(task.start)
    base_fee(3 * GWEI)

    batch = batch_of(manager.executeTask(task.hash, sender=executor, max_fee=4 * GWEI))

    assert batch.one("TaskDeferred")["nextBlock"] == task.start + 8
    assert "TaskExecuted" not in batch.names()
    assert counter.count() == 0


def test_execute_task__from_inside_a_task__reverts(
    manager, create_task, callee, owner, run_at, interface
) -> None:
    due = create_task()
    task = create_task(start=due.start, target=callee, data=call_of(callee, "run()"), gas=750_000)
    inner = [
        manager.executeTask.encode_input(due.hash),
        manager.executeTask.encode_input(task.hash),
        manager.executeTasks.encode_input([due.hash], 0),
    ]
    callee.setScript([(manager.address, 0, data) for data in inner], sender=owner)

    run_at(task.start)

    errors = [interface.decode_error(bytes(each.returnData)) for each in callee.outcomes()]
    assert [error.name for error in errors] == ["TaskManager_Reentered"] * 3


# These


def test_execute_these__order_given__is_kept(height, create_task, mine_to, execute_these) -> None:
    start = height() + 20
    tasks = [create_task(start=start + i) for i in range(4)]
    mine_to(start + 10)
    chosen = [tasks[3].hash, tasks[0].hash, tasks[2].hash]

    batch = execute_these(chosen)

    assert [event["taskHash"] for event in batch.named("TaskExecuted")] == chosen
    assert batch.one("TasksExecuted") == {"executed": 3, "failed": 0}


def test_execute_these__some_cannot_run__are_passed_over(
    manager, height, create_task, owner, mine_to, execute_these, counter
) -> None:
    start = height() + 20
    due = create_task(start=start)
    early = create_task(start=start + 500)
    paused = create_task(start=start, active=False)
    cancelled = create_task(start=start)
    manager.cancelTask(cancelled.hash, sender=owner)
    forged = b"\x01" + due.hash[1:]
    mine_to(start)

    batch = execute_these(
        [b"\0" * 32, forged, early.hash, paused.hash, cancelled.hash, due.hash, due.hash]
    )

    assert [event["taskHash"] for event in batch.named("TaskExecuted")] == [due.hash]
    assert counter.count() == 1


def test_execute_these__none_can_run__does_nothing(
    manager, create_task, executor, execute_these
) -> None:
    task = create_task()

    assert manager.executeTasks.call([task.hash], 0, sender=executor) == (0, 0)
    assert execute_these([task.hash]).events == []
    assert execute_these([]).events == []


def test_execute_these__recurring_twice__runs_once(
    create_task, mine_to, execute_these, counter
) -> None:
    task = create_task(executions=ENDLESS)
    mine_to(task.start)

    execute_these([task.hash, task.hash])

    assert counter.count() == 1


def test_execute_these__first_does_not_fit__stops_there(
    height, create_task, mine_to, execute_these
) -> None:
    start = height() + 20
    small, large = create_task(start=start), create_task(start=start, gas=750_000)
    mine_to(start)

    assert execute_these([large.hash, small.hash], gas_limit=700_000).events == []
    batch = execute_these([small.hash, large.hash], gas_limit=800_000)

    assert [event["taskHash"] for event in batch.named("TaskExecuted")] == [small.hash]


def test_execute_these__from_the_middle_of_the_queue__leaves_the_others(
    manager, height, create_task, mine_to, execute_these, execute
) -> None:
    start = height() + 30
    tasks = [create_task(start=start) for _ in range(12)]
    mine_to(start)

    execute_these([tasks[7].hash, tasks[0].hash, tasks[11].hash])

    rest = [task.hash for i, task in enumerate(tasks) if i not in (0, 7, 11)]
    assert list(manager.getTasksInRange(start, start)) == rest
    assert [event["taskHash"] for event in execute().named("TaskExecuted")] == rest


def test_execute_these__reserve_leaves_no_room__runs_nothing(
    create_task, mine_to, execute_these, counter
) -> None:
    task = create_task()
    mine_to(task.start)

    assert execute_these([task.hash], reserve=2**256 - 1).events == []
    assert counter.count() == 0


# Many times in one transaction


def test_execute_task__many_times_in_a_transaction__base_cost_is_charged_once(
    height, create_task, mine_to, batch_of, contract_executor, executor
) -> None:
    start = height() + 30
    tasks = [create_task(start=start) for _ in range(10)]
    mine_to(start)

    batch = batch_of(
        contract_executor.executeOneByOne([task.hash for task in tasks], sender=executor)
    )

    amounts = [event["amount"] for event in batch.named("ExecutorReimbursed")]
    assert len(amounts) == 10
    base = 21_000 * GWEI
    assert all(amounts[0] - amount >= base // 2 for amount in amounts[1:])


def test_execute_queued__many_times_in_a_transaction__base_cost_is_charged_once(
    manager, height, create_task, mine_to, contract_executor, executor, batch_of
) -> None:
    start = height() + 30
    tasks = [create_task(start=start, gas=750_000) for _ in range(2)]
    mine_to(start)
    script = [(manager.address, 0, manager.executeTask.encode_input(t.hash)) for t in tasks]
    contract_executor.setScript(script, sender=executor)

    batch = batch_of(contract_executor.executeQueuedTimes(0, 3, sender=executor))

    assert batch.one("TasksExecuted") == {"executed": 2, "failed": 0}
