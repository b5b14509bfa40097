"""Targets that fail: visible, charged, counted, never better paid, and never in the way."""

from __future__ import annotations

import pytest
from eth_abi import encode
from eth_utils import keccak

from tests.contracts.conftest import BOND, GWEI, call_of
from tests.support.definitions import ENDLESS, Status

NOBODY = "0x" + "ab" * 20
PRECOMPILE = "0x" + "00" * 19 + "04"
ROUNDING = 10 * GWEI  # ten gas at the base fee


@pytest.fixture
def flaky(create_task, reverter):
    """A recurring task that fails until it is told to be healthy."""
    return create_task(
        executions=ENDLESS, target=reverter, data=call_of(reverter, "unlessHealthy()")
    )


# How they fail


def error_data(signature: str, types: list[str], values: list[object]) -> bytes:
    return keccak(text=signature)[:4] + encode(types, values)


def test_failure__with_a_reason__is_in_the_event(create_task, reverter, run_at, executor) -> None:
    task = create_task(target=reverter, data=call_of(reverter, "withReason()"))

    batch = run_at(task.start)

    assert batch.one("TaskExecuted") == {
        "taskHash": task.hash,
        "executor": executor.address,
        "success": False,
        "returnData": error_data("Error(string)", ["string"], ["refused"]),
    }
    recorded = batch.one("TaskExecutionRecorded")
    assert (recorded["success"], recorded["successCount"], recorded["failureCount"]) == (
        False,
        0,
        1,
    )
    assert batch.one("TasksExecuted") == {"executed": 0, "failed": 1}
    assert batch.one("ExecutorReimbursed")["amount"] > 0


def test_failure__with_a_custom_error__is_in_the_event(
    manager, create_task, reverter, run_at, owner
) -> None:
    task = create_task(target=reverter, data=call_of(reverter, "withError(uint256)", 77))

    executed = run_at(task.start).one("TaskExecuted")

    envoy = manager.envoyOf(owner)
    signature = "Reverter_Refused(address,uint256)"
    assert executed["returnData"] == error_data(signature, ["address", "uint256"], [envoy, 77])


def test_failure__with_a_panic__is_in_the_event(create_task, reverter, run_at) -> None:
    task = create_task(target=reverter, data=call_of(reverter, "withPanic(uint256)", 0))

    executed = run_at(task.start).one("TaskExecuted")

    assert executed["returnData"] == error_data("Panic(uint256)", ["uint256"], [0x12])


@pytest.mark.parametrize("call", ["withNothing()", "noSuchFunction()"])
def test_failure__with_nothing__has_no_data(create_task, reverter, run_at, call) -> None:
    task = create_task(target=reverter, data=keccak(text=call)[:4])

    executed = run_at(task.start).one("TaskExecuted")

    assert (executed["success"], executed["returnData"]) == (False, b"")


@pytest.mark.parametrize("target", [NOBODY, PRECOMPILE, "executor", "owner"])
def test_failure__target_without_code__says_so(
    executor, owner, create_task, run_at, interface, target
) -> None:
    target = {"executor": executor.address, "owner": owner.address}.get(target, target)
    task = create_task(target=target)

    batch = run_at(task.start)

    executed = batch.one("TaskExecuted")
    error = interface.decode_error(executed["returnData"])
    assert executed["success"] is False
    assert error.name == "TaskManager_TargetHasNoCode"
    assert int(error["target"], 16) == int(target, 16)
    assert batch.one("TaskExecutionRecorded")["failureCount"] == 1


def test_failure__target_lost_its_code_since_scheduling__says_so(
    rpc, counter, create_task, run_at, interface
) -> None:
    code = rpc("eth_getCode", counter.address, "latest")
    task = create_task()
    rpc("anvil_setCode", counter.address, "0x")

    executed = run_at(task.start).one("TaskExecuted")

    assert interface.decode_error(executed["returnData"]).name == "TaskManager_TargetHasNoCode"
    rpc("anvil_setCode", counter.address, code)


def test_failure__target_destroys_itself_in_the_run__is_a_success(rpc, create_task, run_at) -> None:
    rpc("anvil_setCode", NOBODY, "0x30ff")  # ADDRESS SELFDESTRUCT
    task = create_task(target=NOBODY, executions=2)

    assert run_at(task.start).one("TaskExecuted")["success"] is True
    assert run_at(task.start + 100).one("TasksExecuted") == {"executed": 1, "failed": 0}
    rpc("anvil_setCode", NOBODY, "0x")


@pytest.mark.parametrize("call", ["invalid()", "loop()"])
@pytest.mark.parametrize("gas", [21_000, 100_000, 750_000])
def test_failure__all_gas_burned__costs_what_was_promised(
    create_task, burner, run_at, call, gas
) -> None:
    task = create_task(target=burner, data=call_of(burner, call), gas=gas)

    batch = run_at(task.start)

    assert batch.one("TaskExecuted")["success"] is False
    assert gas <= batch.one("TaskExecutionRecorded")["gasUsed"] < gas + 10_000


def test_failure__amid_others__stops_none_of_them(
    height, counter, bump, reverter, burner, long_answer, create_task, run_at
) -> None:
    start = height() + 30
    targets = [
        (counter, bump),
        (reverter, call_of(reverter, "withNothing()")),
        (burner, call_of(burner, "invalid()")),
        (counter, bump),
        (long_answer, call_of(long_answer, "byRevert(uint256)", 20_000)),
        (counter, bump),
    ]
    for target, data in targets:
        create_task(start=start, target=target, data=data)

    batch = run_at(start)

    assert [event["success"] for event in batch.named("TaskExecuted")] == [
        True, False, False, True, False, True,
    ]  # fmt: skip
    assert counter.count() == 3
    assert batch.one("TasksExecuted") == {"executed": 3, "failed": 3}


# What they cost


@pytest.mark.parametrize("call", ["byReturn(uint256)", "byRevert(uint256)"])
def test_failure__answer_of_any_length__costs_the_same_overhead(
    terms_of, owner, rewinding, long_answer, create_task, run_at, direct_cost, call
) -> None:
    terms_of(owner, ceiling=100 * GWEI)
    overheads, copies = [], []
    for length in (32, 256, 50_000, 190_000):
        with rewinding():
            data = call_of(long_answer, call, length)
            task = create_task(target=long_answer, data=data, gas=750_000)
            batch = run_at(task.start)
            gas_used = batch.one("TaskExecutionRecorded")["gasUsed"]
            charged = batch.one("ExecutorReimbursed")["amount"] // GWEI
            overheads.append(charged - gas_used)
            copies.append(gas_used - direct_cost(long_answer, data))

    # What stands between executor and target costs the same, whatever the target answers.
    assert len(set(copies)) == 1
    # The log of 256 bytes costs more than that of 32. Longer answers cost no more than that: less,
    # since a more expensive run gets more of its refunds back (EIP-3529).
    assert overheads[1] - overheads[0] < 3_000
    assert overheads[1] >= overheads[2] >= overheads[3]


@pytest.fixture
def direct_cost(project, deployer):
    """The gas that a call costs when nobody stands between."""
    harness = deployer.deploy(project.GasHarness)

    def measure(target, data) -> int:
        given = 1_000_000
        answer = harness.run.call(target, given, data, [], sender=deployer)
        return given - answer.gasLeft

    return measure


@pytest.mark.parametrize("executions", [1, ENDLESS], ids=["one-shot", "recurring"])
@pytest.mark.parametrize(("failure", "log"), [("withNothing()", 0), ("withReason()", 1_900)])
@pytest.mark.parametrize("on_top", [0, 1, 20])
def test_failure__of_the_same_task__earns_no_more_than_success(
    terms_of, owner, reverter, rewinding, create_task, run_at, failure, log, on_top, executions
) -> None:
    """The executor's gain: what it is paid less what its gas cost. A success leaves less behind,
    and costs less gas.
    """
    on_top *= GWEI
    terms_of(owner, tip=on_top, premium_cap=4 * on_top)
    gains = {}
    for name, data in (
        ("success", call_of(reverter, "unlessHealthy()")),
        ("failure", call_of(reverter, failure)),
    ):
        with rewinding():
            reverter.setHealthy(True, sender=owner)
            task = create_task(target=reverter, data=data, executions=executions)
            create_task(start=task.start + 1)
            batch = run_at(task.start)
            paid = batch.one("ExecutorReimbursed")["amount"]
            gained = paid - batch.receipt.gas_used * GWEI
            # Whatever a target does is paid for by the gas; here the two do different things.
            target_gas = batch.one("TaskExecutionRecorded")["gasUsed"]
            gains[name] = gained - target_gas * (on_top + on_top // 2)

    # What the log of a reason takes more is paid for like any gas.
    assert gains["failure"] <= gains["success"] + log * (on_top + on_top // 2) + ROUNDING


def test_failure__too_little_gas_from_the_executor__never_makes_one(
    manager, create_task, burner, mine_to, call_at, executor
) -> None:
    task = create_task(target=burner, data=call_of(burner, "burn(uint256)", 600_000), gas=750_000)
    mine_to(task.start)
    outcomes = set()
    for gas in range(100_000, 1_400_000, 10_000):
        data = bytes(manager.executeQueuedTasks.encode_input(0))
        answer = call_at(None, manager, data, sender=executor, gas=gas)
        outcomes.add((answer[31], answer[63]))

    assert outcomes == {(0, 0), (1, 0)}


# How often they may


def test_failures__in_a_row__make_the_task_inactive(manager, run_at, flaky, owner) -> None:
    for tick in range(4):
        batch = run_at(flaky.start + 100 * tick)
        assert "TaskInactiveDueToFailures" not in batch.names()

    batch = run_at(flaky.start + 400)

    assert batch.one("TaskInactiveDueToFailures") == {
        "taskHash": flaky.hash,
        "owner": owner.address,
        "failuresInRow": 5,
    }
    assert manager.getTaskStatus(flaky.hash) == Status.FAILING
    assert manager.bondOf(owner)[1] == 0
    assert run_at(flaky.start + 500).events == []


def test_failures__with_a_success_between__start_again(
    manager, run_at, flaky, reverter, owner, info_of
) -> None:
    for tick in range(4):
        run_at(flaky.start + 100 * tick)
    reverter.setHealthy(True, sender=owner)
    run_at(flaky.start + 400)
    reverter.setHealthy(False, sender=owner)
    for tick in range(5, 9):
        run_at(flaky.start + 100 * tick)

    assert manager.getTaskStatus(flaky.hash) == Status.QUEUED
    run_at(flaky.start + 900)
    assert manager.getTaskStatus(flaky.hash) == Status.FAILING
    info = info_of(flaky.hash)
    assert (info.executions, info.failures) == (1, 9)


@pytest.mark.parametrize("limit", [1, 2, 15])
def test_failures__limit_of_the_owner__is_kept(
    manager, terms_of, owner, create_task, reverter, run_at, limit
) -> None:
    terms_of(owner, failure_limit=limit)
    task = create_task(executions=ENDLESS, target=reverter, data=call_of(reverter, "withNothing()"))
    for tick in range(limit - 1):
        run_at(task.start + 100 * tick)
        assert manager.getTaskStatus(task.hash) == Status.QUEUED

    batch = run_at(task.start + 100 * (limit - 1))

    assert batch.one("TaskInactiveDueToFailures")["failuresInRow"] == limit
    assert manager.getTaskStatus(task.hash) == Status.FAILING


def test_failures__limit_of_zero__never_makes_it_inactive(
    manager, terms_of, owner, create_task, reverter, run_at, info_of
) -> None:
    terms_of(owner, failure_limit=0)
    task = create_task(executions=ENDLESS, target=reverter, data=call_of(reverter, "withNothing()"))
    for tick in range(17):
        run_at(task.start + 100 * tick)

    assert manager.getTaskStatus(task.hash) == Status.QUEUED
    assert info_of(task.hash).failures == 17


def test_failures__one_shot__is_completed_not_failing(
    manager, terms_of, owner, create_task, reverter, run_at
) -> None:
    terms_of(owner, failure_limit=1)
    task = create_task(target=reverter, data=call_of(reverter, "withNothing()"))

    batch = run_at(task.start)

    assert manager.getTaskStatus(task.hash) == Status.COMPLETED
    assert "TaskInactiveDueToFailures" not in batch.names()


@pytest.fixture
def failing(terms_of, owner, create_task, reverter, run_at):
    """A task that has failed as often as its owner bears."""
    terms_of(owner, failure_limit=2)
    task = create_task(
        executions=ENDLESS, target=reverter, data=call_of(reverter, "unlessHealthy()")
    )
    run_at(task.start)
    run_at(task.start + 100)
    return task


def test_failing__reactivated_by_its_owner__bears_as_many_again(
    manager, batch_of, failing, owner, run_at
) -> None:
    batch = batch_of(manager.reactivate(failing.hash, sender=owner))

    assert batch.one("TaskReactivated") == {
        "taskHash": failing.hash,
        "owner": owner.address,
        "nextBlock": failing.start + 200,
    }
    run_at(failing.start + 200)
    assert manager.getTaskStatus(failing.hash) == Status.QUEUED
    run_at(failing.start + 300)
    assert manager.getTaskStatus(failing.hash) == Status.FAILING


def test_failing__reactivated_by_a_stranger__reverts(
    manager, failing, error_of, stranger, owner
) -> None:
    data = bytes(manager.reactivate.encode_input(failing.hash))

    error = error_of(manager, data, sender=stranger, value=BOND)

    assert error.name == "TaskManager_NotOwner"
    assert error.args == {
        "taskHash": failing.hash,
        "caller": stranger.address,
        "owner": owner.address,
    }


def test_failing__updated_by_its_owner__runs_again(
    manager, reverter, owner, failing, run_at
) -> None:
    reverter.setHealthy(True, sender=owner)
    start = failing.start + 250
    manager.updateTaskSchedule(failing.hash, failing.definition.but(start=start), sender=owner)

    assert run_at(start).one("TasksExecuted") == {"executed": 1, "failed": 0}
