"""Re-entrance: from targets, owners and executors, into everything that changes state.

What each call answers is asserted here; that no coin is lost or made by it is asserted by the
books after every test.
"""

from __future__ import annotations

import pytest

from tests.contracts.conftest import BOND, GWEI, call_of
from tests.support.definitions import ENDLESS, Status

PLAY = 4
LAST = 2**64 - 1


@pytest.fixture
def errors(interface):
    """The names of the errors that a script met, None where a call succeeded."""

    def read(actor):
        return [
            None
            if outcome.success
            else interface.decode_error(bytes(outcome.returnData)).name.removeprefix("TaskManager_")
            for outcome in actor.outcomes()
        ]

    return read


@pytest.fixture
def script(manager, owner):
    """Write calls to the manager into an actor's script."""

    def write(actor, *calls, value=0):
        actor.setScript([(manager.address, value, data) for data in calls], sender=owner)

    return write


# A target that is a stranger to its task


def test_reentrancy__stranger_as_target__may_do_only_what_strangers_may(
    manager, create_task, callee, script, run_at, errors, info_of
) -> None:
    task = create_task(
        target=callee, data=call_of(callee, "run()"), gas=750_000, executions=ENDLESS
    )
    script(
        callee,
        manager.cancelTask.encode_input(task.hash),
        manager.updateTaskSchedule.encode_input(task.hash, task.definition),
        manager.reactivate.encode_input(task.hash),
        manager.withdrawBond.encode_input(1),
        manager.withdrawCredit.encode_input(),
        manager.withdrawFees.encode_input(),
        manager.executeTask.encode_input(task.hash),
    )

    batch = run_at(task.start)

    assert errors(callee) == [
        "NotOwner", "NotOwner", "NotInactive", "InsufficientBond", "NoCredit", "NoCredit",
        "Reentered",
    ]  # fmt: skip
    assert batch.one("TasksExecuted") == {"executed": 1, "failed": 0}
    assert info_of(task.hash).next_block == task.start + 100


def test_reentrancy__target_schedules_its_own_task__is_its_own_owner(
    rpc, manager, create_task, callee, define, script, run_at, errors
) -> None:
    task = create_task(target=callee, data=call_of(callee, "run()"), gas=750_000)
    own = define(owner=callee)
    rpc("anvil_setBalance", callee.address, hex(2 * BOND))
    script(callee, manager.scheduleTask.encode_input(own), value=BOND)

    run_at(task.start)

    assert errors(callee) == [None]
    assert manager.getAccountNonce(callee) == 1
    assert manager.bondOf(callee)[0] == BOND


def test_reentrancy__target_tops_the_owner_up__the_deposit_is_kept(
    rpc, manager, create_task, callee, script, owner, run_at, errors
) -> None:
    task = create_task(
        target=callee, data=call_of(callee, "run()"), gas=750_000, executions=ENDLESS
    )
    rpc("anvil_setBalance", callee.address, hex(2 * BOND))
    script(callee, manager.depositBond.encode_input(owner), value=BOND)

    batch = run_at(task.start)

    amount = batch.one("ExecutorReimbursed")["amount"]
    assert errors(callee) == [None]
    assert manager.bondOf(owner)[0] == 2 * BOND - amount


def test_reentrancy__target_tops_up_an_owner_who_would_starve__the_task_goes_on(
    rpc, manager, define, callee, owner, script, run_at
) -> None:
    definition = define(
        target=callee, data=call_of(callee, "run()"), gas=750_000, executions=ENDLESS
    )
    required = manager.estimateRequiredBond(definition, manager.priceTermsOf(owner).ceiling)
    manager.scheduleTask(definition, sender=owner, value=required)
    (task_hash,) = manager.getAccountTasks(owner)
    rpc("anvil_setBalance", callee.address, hex(2 * BOND))
    script(callee, manager.depositBond.encode_input(owner), value=BOND)

    run_at(definition.schedule.start)

    assert manager.getTaskStatus(task_hash) == Status.QUEUED


# An owner that is the target of its own task


def test_reentrancy__owner_cancels_the_next_task_of_the_batch__it_is_not_run(
    manager, schedule_own_run, script, contract_owner, run_at, errors
) -> None:
    first = schedule_own_run()
    second = schedule_own_run(start=first.start)
    script(contract_owner, manager.cancelTask.encode_input(second.hash))

    batch = run_at(first.start)

    assert errors(contract_owner) == [None]
    assert batch.one("TaskExecuted")["taskHash"] == first.hash
    assert manager.getTaskStatus(second.hash) == Status.CANCELLED


@pytest.mark.parametrize("which", [0, 5, 11])
def test_reentrancy__owner_cancels_one_far_behind__the_others_run(
    manager, schedule_own_run, counter, bump, script, contract_owner, run_at, which
) -> None:
    first = schedule_own_run()
    tasks = [schedule_own_run(start=first.start, target=counter, data=bump) for _ in range(12)]
    script(contract_owner, manager.cancelTask.encode_input(tasks[which].hash))

    batch = run_at(first.start)

    ran = [event["taskHash"] for event in batch.named("TaskExecuted")]
    assert ran == [first.hash, *(t.hash for i, t in enumerate(tasks) if i != which)]


def test_reentrancy__owner_moves_the_next_task_away__it_runs_then(
    manager, schedule_own_run, script, contract_owner, run_at, errors
) -> None:
    first = schedule_own_run()
    second = schedule_own_run(start=first.start)
    moved = second.definition.but(start=first.start + 60)
    script(contract_owner, manager.updateTaskSchedule.encode_input(second.hash, moved))

    batch = run_at(first.start)

    assert errors(contract_owner) == [None]
    assert batch.one("TaskExecuted")["taskHash"] == first.hash
    script(contract_owner)
    later = run_at(first.start + 60)
    assert later.one("TaskExecuted")["taskHash"] == second.hash


def test_reentrancy__owner_cancels_one_that_ran_before_in_the_batch__too_late(
    manager, schedule_own_run, counter, bump, script, contract_owner, run_at, errors
) -> None:
    first = schedule_own_run(target=counter, data=bump, gas=100_000)
    second = schedule_own_run(start=first.start)
    script(contract_owner, manager.cancelTask.encode_input(first.hash))

    batch = run_at(first.start)

    assert errors(contract_owner) == ["TaskEnded"]
    assert batch.one("TasksExecuted") == {"executed": 2, "failed": 0}
    assert second


def test_reentrancy__owner_withdraws_all_that_is_free__every_run_is_still_paid(
    manager, schedule_own_run, counter, bump, contract_owner, script, run_at, errors
) -> None:
    first = schedule_own_run()
    second = schedule_own_run(start=first.start, target=counter, data=bump)
    free = manager.bondOf(contract_owner)[0] - manager.bondOf(contract_owner)[1]
    script(
        contract_owner,
        manager.withdrawBond.encode_input(free + 1),
        manager.withdrawBond.encode_input(free),
        manager.withdrawBond.encode_input(1),
    )

    batch = run_at(first.start)

    assert errors(contract_owner) == ["InsufficientBond", None, "InsufficientBond"]
    assert [event["taskHash"] for event in batch.named("TaskExecuted")] == [
        first.hash,
        second.hash,
    ]
    assert all(event["amount"] > 0 for event in batch.named("ExecutorReimbursed"))


def test_reentrancy__owner_cancels_itself_and_withdraws_the_reserve__run_is_paid(
    manager, schedule_own_run, script, contract_owner, run_at, errors
) -> None:
    task = schedule_own_run(executions=ENDLESS)
    script(
        contract_owner,
        manager.cancelTask.encode_input(task.hash),
        manager.withdrawBond.encode_input(BOND),
        manager.withdrawBond.encode_input(BOND - manager.bondOf(contract_owner)[1]),
    )

    batch = run_at(task.start)

    assert errors(contract_owner) == [None, "InsufficientBond", None]
    assert batch.one("ExecutorReimbursed")["amount"] > 0
    assert manager.getTaskStatus(task.hash) == Status.CANCELLED


def test_reentrancy__owner_withdraws_what_the_recurrence_needs__task_starves(
    manager, schedule_own_run, contract_owner, script, run_at, errors
) -> None:
    task = schedule_own_run(executions=ENDLESS)
    free = BOND - manager.bondOf(contract_owner)[1]
    script(contract_owner, manager.withdrawBond.encode_input(free))

    batch = run_at(task.start)

    assert errors(contract_owner) == [None]
    assert batch.one("TaskInactiveDueToInsufficientBonds")["taskHash"] == task.hash
    assert manager.getTaskStatus(task.hash) == Status.STARVED


def test_reentrancy__owner_schedules_for_this_very_block__reverts(
    manager, schedule_own_run, define, contract_owner, script, run_at, errors
) -> None:
    task = schedule_own_run()
    now = define(owner=contract_owner, start=task.start)
    script(contract_owner, *[manager.scheduleTask.encode_input(now)] * 3)

    batch = run_at(task.start)

    assert errors(contract_owner) == ["StartNotInFuture"] * 3
    assert batch.one("TasksExecuted") == {"executed": 1, "failed": 0}


def test_reentrancy__owner_schedules_for_the_next_block__waits_for_it(
    manager, schedule_own_run, contract_owner, define, script, run_at, errors
) -> None:
    task = schedule_own_run()
    nonce = manager.getAccountNonce(contract_owner)
    new = [define(owner=contract_owner, start=task.start + 1, nonce=nonce + i) for i in range(3)]
    script(contract_owner, *[manager.scheduleTask.encode_input(each) for each in new])

    batch = run_at(task.start)

    assert errors(contract_owner) == [None] * 3
    assert batch.one("TasksExecuted") == {"executed": 1, "failed": 0}
    assert len(manager.getTasksInRange(0, LAST)) == 3


def test_reentrancy__owner_changes_its_terms_in_the_run__run_costs_what_was_agreed(
    manager, rewinding, schedule_own_run, create_task, script, contract_owner, mine_to, batch_of,
    executor, errors,
) -> None:  # fmt: skip
    # Recurring, and another task in the bucket: no word is cleared, and nothing comes back.
    task = schedule_own_run(gas=300_000, executions=2)
    create_task(start=task.start, gas=300_000)

    def run():
        mine_to(task.start)
        return batch_of(manager.executeTask(task.hash, sender=executor))

    with rewinding():
        script(contract_owner, manager.getAccountNonce.encode_input(contract_owner))
        agreed = run().one("ExecutorReimbursed")["amount"]
    script(contract_owner, manager.setPriceTerms.encode_input(GWEI, 0, 0, 5))

    batch = run()

    recorded = batch.one("TaskExecutionRecorded")["gasUsed"]
    amount = batch.one("ExecutorReimbursed")["amount"]
    assert errors(contract_owner) == [None]
    terms = manager.taskPriceTerms(task.hash)
    assert terms.version == 0
    rate = GWEI + terms.tip + terms.premiumCap * 4 // 32
    assert amount % rate == 0
    assert amount > recorded * rate
    assert agreed % rate == 0


def test_reentrancy__owner_revives_another_of_its_tasks__it_runs_in_its_turn(
    manager, schedule_own_run, counter, bump, script, contract_owner, run_at, errors, info_of
) -> None:
    paused = schedule_own_run(active=False, target=counter, data=bump)
    task = schedule_own_run(start=paused.start)
    script(contract_owner, manager.reactivate.encode_input(paused.hash))

    run_at(task.start)

    assert errors(contract_owner) == [None]
    assert info_of(paused.hash).next_block == task.start + 1
    run_at(task.start + 1)
    assert counter.count() == 1


def test_reentrancy__owner_reverts_after_all__nothing_of_it_happened(
    manager, schedule_own_run, define, contract_owner, script, run_at
) -> None:
    task = schedule_own_run(executions=ENDLESS, gas=150_000)
    inner = define(owner=contract_owner, nonce=1)
    script(contract_owner, *[manager.scheduleTask.encode_input(inner)] * 3)

    batch = run_at(task.start)

    assert batch.one("TaskExecuted")["success"] is False
    assert manager.getAccountNonce(contract_owner) == 1
    assert manager.getTaskStatus(task.hash) == Status.QUEUED


def test_reentrancy__owner_withdrawing__may_schedule_and_cancel_on_receiving(
    manager, schedule_own_run, define, contract_owner, script, owner, errors
) -> None:
    task = schedule_own_run()
    new = define(owner=contract_owner, start=task.start)
    script(
        contract_owner,
        manager.cancelTask.encode_input(task.hash),
        manager.scheduleTask.encode_input(new),
        manager.withdrawBond.encode_input(BOND),
    )
    contract_owner.setReceivingMode(PLAY, sender=owner)

    contract_owner.forward(manager, manager.withdrawBond.encode_input(BOND // 2), sender=owner)

    assert errors(contract_owner) == [None, None, "InsufficientBond"]
    assert manager.bondOf(contract_owner)[0] == BOND - BOND // 2


# An executor that is a contract


@pytest.mark.parametrize("call", ["executeQueuedTasks", "executeTask", "withdrawCredit"])
def test_reentrancy__executor_on_its_reimbursement__gains_nothing(
    manager, create_task, script, contract_executor, owner, mine_to, batch_of, executor, call
) -> None:
    first = create_task()
    second = create_task(start=first.start + 1)
    data = {
        "executeQueuedTasks": manager.executeQueuedTasks.encode_input(0),
        "executeTask": manager.executeTask.encode_input(second.hash),
        "withdrawCredit": manager.withdrawCredit.encode_input(),
    }[call]
    script(contract_executor, data)
    contract_executor.setReceivingMode(PLAY, sender=owner)
    mine_to(first.start)

    batch = batch_of(contract_executor.executeQueued(0, sender=executor))

    amount = batch.one("ExecutorReimbursed")["amount"]
    assert batch.one("TaskExecuted")["taskHash"] == first.hash
    assert contract_executor.balance + manager.creditOf(contract_executor) == amount
    assert manager.getTaskStatus(second.hash) == Status.QUEUED


def test_reentrancy__executor_that_is_the_target_too__cannot_execute_more(
    manager, script, contract_executor, create_task, mine_to, batch_of, executor, interface
) -> None:
    script(contract_executor, manager.executeQueuedTasks.encode_input(0))
    task = create_task(
        target=contract_executor, data=call_of(contract_executor, "executeQueued(uint256)", 0)
    )
    mine_to(task.start)

    batch = batch_of(contract_executor.executeQueued(0, sender=executor))

    executed = batch.one("TaskExecuted")
    assert executed["success"] is False
    assert interface.decode_error(executed["returnData"]).name == "TaskManager_Reentered"


def test_reentrancy__lock__is_given_back_after_every_way_out(
    create_task, mine_to, contract_executor, executor, counter
) -> None:
    first = create_task()
    second = create_task(start=first.start + 2)
    mine_to(first.start)

    # Nothing due; by name but refused; a batch that ran; all in one transaction each.
    contract_executor.executeQueuedTimes(2**256 - 1, 2, sender=executor)
    contract_executor.executeQueuedTimes(0, 3, sender=executor)
    mine_to(second.start)
    contract_executor.executeThese([second.hash], 0, sender=executor)

    assert counter.count() == 2


def test_reentrancy__two_tasks_that_cancel_each_other__first_one_wins(
    manager, schedule_own_run, script, contract_owner, run_at
) -> None:
    first = schedule_own_run()
    second = schedule_own_run(start=first.start)
    script(
        contract_owner,
        manager.cancelTask.encode_input(second.hash),
        manager.cancelTask.encode_input(first.hash),
    )

    batch = run_at(first.start)

    assert batch.one("TasksExecuted") == {"executed": 1, "failed": 0}
    assert manager.getTaskStatus(first.hash) == Status.CANCELLED
    assert manager.getTaskStatus(second.hash) == Status.CANCELLED
    assert manager.bondOf(contract_owner)[1] == 0


def test_reentrancy__cancel_and_execution_race__one_of_them_wins(
    manager, create_task, mine_to, rewinding, owner, execute, error_of
) -> None:
    task = create_task()
    mine_to(task.start)
    with rewinding():
        manager.cancelTask(task.hash, sender=owner)
        assert execute().events == []
    execute()

    error = error_of(manager, bytes(manager.cancelTask.encode_input(task.hash)), sender=owner)

    assert (error.name, error["status"]) == ("TaskManager_TaskEnded", Status.COMPLETED)
