"""The life of a task: every status there is, and every transition that is not allowed from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.conftest import BOND, ETHER, call_of
from tests.support.definitions import ENDLESS, Status

REFUSE = 1
LIVE = (Status.QUEUED, Status.PAUSED, Status.STARVED, Status.FAILING, Status.CROWDED)
INACTIVE = (Status.PAUSED, Status.STARVED, Status.FAILING, Status.CROWDED)
ENDED = (Status.COMPLETED, Status.CANCELLED, Status.EXPIRED)
NOT_QUEUED = INACTIVE + ENDED
SEARCHED = (0, *(2**i for i in range(11)))


@pytest.fixture
def crowd(rpc, manager, deployer, define, contract_owner):
    """Fill every block that a task of the large class would be moved to from the given one."""

    def fill(block) -> None:
        rpc("anvil_setBalance", deployer.address, hex(10**5 * ETHER))
        for distance in SEARCHED:
            definition = define(owner=contract_owner, gas=750_000, start=block + distance)
            data = contract_owner.scheduleMany.encode_input(manager, definition, 85)
            rpc.send(deployer.address, contract_owner.address, bytes(data), 100 * ETHER)

    return fill


@pytest.fixture
def make_inactive(manager, create_task, owner, define, terms_of, reverter, crowd, run_at):
    """A recurring task of the owner that went inactive for the given reason."""

    def make(status):
        options = {"executions": ENDLESS}
        if status == Status.PAUSED:
            return create_task(active=False, **options)
        if status == Status.STARVED:
            ceiling = manager.priceTermsOf(owner).ceiling
            options["value"] = manager.estimateRequiredBond(define(), ceiling)
        if status == Status.FAILING:
            terms_of(owner, failure_limit=1)
            options |= {"target": reverter, "data": call_of(reverter, "withNothing()")}
        if status == Status.CROWDED:
            options |= {"gas": 750_000, "value": 10 * ETHER}
        task = create_task(**options)
        if status == Status.CROWDED:
            crowd(task.start + 100)
        run_at(task.start)
        return task

    return make


@pytest.fixture
def task_in(manager, make_inactive, height, create_task, run_at, owner):
    """A task of the owner in the given status."""

    def make(status):
        if status in INACTIVE:
            task = make_inactive(status)
        elif status == Status.EXPIRED:
            start = height() + 20
            task = create_task(start=start, deadline=start)
            run_at(start + 1)
        elif status == Status.COMPLETED:
            task = create_task()
            run_at(task.start)
        else:
            task = create_task(executions=ENDLESS)
            if status == Status.CANCELLED:
                manager.cancelTask(task.hash, sender=owner)
        assert manager.getTaskStatus(task.hash) == status
        return task

    return make


@pytest.fixture
def refusal(manager, error_of):
    """The error of a call to the manager."""

    def run(data, *, sender, value=0):
        return error_of(manager, bytes(data), sender=sender, value=value)

    return run


def by_name(status: Status) -> str:
    return status.name.lower()


# Cancel


@pytest.mark.parametrize("status", LIVE, ids=by_name)
def test_cancel__live_task__ends_it(manager, task_in, batch_of, owner, status) -> None:
    task = task_in(status)

    batch = batch_of(manager.cancelTask(task.hash, sender=owner))

    assert batch.names() == ["TaskCancelled"]
    assert manager.getTaskStatus(task.hash) == Status.CANCELLED
    assert manager.bondOf(owner)[1] == 0


@pytest.mark.parametrize("status", ENDED, ids=by_name)
def test_cancel__ended_task__reverts(manager, task_in, refusal, owner, status) -> None:
    task = task_in(status)

    error = refusal(manager.cancelTask.encode_input(task.hash), sender=owner)

    assert error.name == "TaskManager_TaskEnded"
    assert error.args == {"taskHash": task.hash, "status": status}


# Update


@pytest.mark.parametrize("status", LIVE, ids=by_name)
def test_update__live_task__queues_it_anew(
    manager, task_in, owner, height, info_of, status
) -> None:
    task = task_in(status)
    manager.depositBond(owner, sender=owner, value=BOND)
    start = height() + 700
    definition = task.definition.but(start=start, active=True)

    manager.updateTaskSchedule(task.hash, definition, sender=owner)

    assert manager.getTaskStatus(task.hash) == Status.QUEUED
    assert info_of(task.hash).next_block == start


@pytest.mark.parametrize("status", LIVE, ids=by_name)
def test_update__live_task_made_inactive__is_paused(
    manager, task_in, height, owner, status
) -> None:
    task = task_in(status)
    definition = task.definition.but(start=height() + 700, active=False)

    manager.updateTaskSchedule(task.hash, definition, sender=owner)

    assert manager.getTaskStatus(task.hash) == Status.PAUSED
    assert manager.bondOf(owner)[1] == 0


@pytest.mark.parametrize("status", ENDED, ids=by_name)
def test_update__ended_task__reverts(manager, task_in, height, refusal, owner, status) -> None:
    task = task_in(status)
    definition = task.definition.but(start=height() + 700)

    error = refusal(manager.updateTaskSchedule.encode_input(task.hash, definition), sender=owner)

    assert error.name == "TaskManager_TaskEnded"
    assert error.args == {"taskHash": task.hash, "status": status}


# Reactivate


@pytest.mark.parametrize("status", INACTIVE, ids=by_name)
def test_reactivate__inactive_task_by_its_owner__is_queued(
    manager, task_in, mine_to, batch_of, owner, status
) -> None:
    task = task_in(status)
    if status == Status.CROWDED:
        mine_to(task.start + 101)

    batch = batch_of(manager.reactivate(task.hash, sender=owner, value=BOND))

    assert batch.one("TaskReactivated")["taskHash"] == task.hash
    assert manager.getTaskStatus(task.hash) == Status.QUEUED


@pytest.mark.parametrize("status", [Status.STARVED, Status.CROWDED], ids=by_name)
def test_reactivate__for_want_of_money_or_room__anyone_may(
    manager, task_in, mine_to, stranger, status
) -> None:
    task = task_in(status)
    if status == Status.CROWDED:
        mine_to(task.start + 101)

    manager.reactivate(task.hash, sender=stranger, value=BOND)

    assert manager.getTaskStatus(task.hash) == Status.QUEUED


@pytest.mark.parametrize("status", [Status.PAUSED, Status.FAILING], ids=by_name)
def test_reactivate__by_the_owners_will__only_the_owner_may(
    manager, task_in, refusal, stranger, owner, status
) -> None:
    task = task_in(status)

    error = refusal(manager.reactivate.encode_input(task.hash), sender=stranger, value=BOND)

    assert error.name == "TaskManager_NotOwner"
    assert error.args == {
        "taskHash": task.hash,
        "caller": stranger.address,
        "owner": owner.address,
    }


@pytest.mark.parametrize("status", [Status.QUEUED, *ENDED], ids=by_name)
def test_reactivate__task_that_is_not_inactive__reverts(
    manager, task_in, refusal, owner, status
) -> None:
    task = task_in(status)

    error = refusal(manager.reactivate.encode_input(task.hash), sender=owner, value=BOND)

    assert error.name == "TaskManager_NotInactive"
    assert error.args == {"taskHash": task.hash, "status": status}


# Execute


@pytest.mark.parametrize("status", NOT_QUEUED, ids=by_name)
def test_execute__task_that_is_not_queued__reverts(
    manager, task_in, mine_to, height, refusal, executor, status
) -> None:
    task = task_in(status)
    mine_to(height() + 500)

    error = refusal(manager.executeTask.encode_input(task.hash), sender=executor)

    assert error.name == "TaskManager_NotQueued"
    assert error.args == {"taskHash": task.hash, "status": status}


@pytest.mark.parametrize("status", [s for s in NOT_QUEUED if s != Status.CROWDED], ids=by_name)
def test_execute__nothing_but_a_task_that_is_not_queued__runs_nothing(
    manager, task_in, mine_to, height, execute, batch_of, executor, status
) -> None:
    task = task_in(status)
    mine_to(height() + 500)

    assert execute().events == []
    batch = batch_of(manager.executeTasks([task.hash], 0, sender=executor))

    assert batch.events == []
    assert manager.getTaskStatus(task.hash) == status


# What a status shows


@pytest.mark.parametrize("status", LIVE + ENDED, ids=by_name)
def test_status__of_a_task__shows_in_every_view(manager, task_in, info_of, status) -> None:
    task = task_in(status)

    info = info_of(task.hash)
    _, (block,) = manager.getNextBlocksForTasks([task.hash])
    assert info.definition.schedule.active is (status == Status.QUEUED)
    assert (info.next_block > 0) is (status == Status.QUEUED)
    assert (info.reserved_bond > 0) is (status == Status.QUEUED)
    assert block == info.next_block
    listed = [bytes(one) for one in manager.getTasksInRange(0, 2**64 - 1)]
    assert (task.hash in listed) is (status == Status.QUEUED)


@pytest.mark.parametrize("status", INACTIVE + ENDED, ids=by_name)
def test_bond__of_a_task_that_is_not_queued__can_all_be_withdrawn(
    manager, task_in, owner, status
) -> None:
    task = task_in(status)
    bond, reserved = manager.bondOf(owner)

    assert task
    assert reserved == 0
    manager.withdrawBond(bond, sender=owner)
    assert manager.bondOf(owner) == (0, 0)


# Running: from inside the run, by the owner


@pytest.mark.parametrize("call", ["reactivate", "executeTask", "executeQueuedTasks"])
def test_running__forbidden_from_inside__reverts(
    manager, schedule_own_run, contract_owner, owner, run_at, interface, call
) -> None:
    task = schedule_own_run(executions=ENDLESS)
    data, expected = {
        "reactivate": (
            manager.reactivate.encode_input(task.hash), "TaskManager_NotInactive",
        ),
        "executeTask": (manager.executeTask.encode_input(task.hash), "TaskManager_Reentered"),
        "executeQueuedTasks": (
            manager.executeQueuedTasks.encode_input(0), "TaskManager_Reentered",
        ),
    }[call]  # fmt: skip
    contract_owner.setScript([(manager.address, 0, data)], sender=owner)

    batch = run_at(task.start)

    (outcome,) = contract_owner.outcomes()
    error = interface.decode_error(bytes(outcome.returnData))
    assert error.name == expected
    if expected == "TaskManager_NotInactive":
        assert error.args == {"taskHash": task.hash, "status": Status.RUNNING}
    assert batch.one("TasksExecuted") == {"executed": 1, "failed": 0}
    assert manager.getTaskStatus(task.hash) == Status.QUEUED


def test_running__cancelled_from_inside__is_paid_and_stays_cancelled(
    manager, schedule_own_run, contract_owner, owner, run_at
) -> None:
    task = schedule_own_run(executions=ENDLESS)
    data = manager.cancelTask.encode_input(task.hash)
    contract_owner.setScript([(manager.address, 0, data)], sender=owner)

    batch = run_at(task.start)

    assert batch.one("TaskCancelled")["taskHash"] == task.hash
    assert batch.one("TaskExecuted")["success"] is True
    amount = batch.one("ExecutorReimbursed")["amount"]
    assert amount > 0
    assert manager.getTaskStatus(task.hash) == Status.CANCELLED
    assert manager.bondOf(contract_owner) == (BOND - amount, 0)


def test_running__cancelled_twice_from_inside__second_reverts(
    manager, schedule_own_run, contract_owner, owner, run_at, interface
) -> None:
    task = schedule_own_run()
    data = manager.cancelTask.encode_input(task.hash)
    contract_owner.setScript([(manager.address, 0, data)] * 2, sender=owner)

    run_at(task.start)

    first, second = contract_owner.outcomes()
    assert first.success is True
    error = interface.decode_error(bytes(second.returnData))
    assert (error.name, error["status"]) == ("TaskManager_TaskEnded", Status.CANCELLED)


def test_running__cancelled_then_reverting__was_never_cancelled(
    manager, schedule_own_run, contract_owner, owner, run_at, info_of
) -> None:
    task = schedule_own_run(executions=ENDLESS, gas=240_000)
    cancel = manager.cancelTask.encode_input(task.hash)
    spend_all = [(manager.address, 0, cancel)] + [
        (manager.address, 0, manager.getAccountTasks.encode_input(contract_owner))
    ] * 8
    contract_owner.setScript(spend_all, sender=owner)

    batch = run_at(task.start)

    assert batch.one("TaskExecuted")["success"] is False
    assert "TaskCancelled" not in batch.names()
    assert manager.getTaskStatus(task.hash) == Status.QUEUED
    assert info_of(task.hash).next_block == task.start + 100


def test_running__updated_from_inside__new_schedule_takes_the_place_of_the_recurrence(
    manager, schedule_own_run, contract_owner, owner, run_at, info_of
) -> None:
    task = schedule_own_run(executions=5)
    new = task.definition.but(start=task.start + 777, executions=2, interval=300)
    data = manager.updateTaskSchedule.encode_input(task.hash, new)
    contract_owner.setScript([(manager.address, 0, data)], sender=owner)

    batch = run_at(task.start)

    assert batch.one("TaskScheduled")["nextBlock"] == task.start + 777
    assert batch.one("TaskExecuted")["success"] is True
    info = info_of(task.hash)
    assert (info.next_block, info.runs_left, info.executions) == (task.start + 777, 2, 1)
    assert info.definition.schedule.interval == 300
    assert manager.bondOf(contract_owner)[1] == info.reserved_bond


def test_running__one_shot_updated_from_inside__lives_on(
    manager, schedule_own_run, contract_owner, owner, run_at, info_of
) -> None:
    task = schedule_own_run()
    new = task.definition.but(start=task.start + 50)
    data = manager.updateTaskSchedule.encode_input(task.hash, new)
    contract_owner.setScript([(manager.address, 0, data)], sender=owner)

    run_at(task.start)
    assert manager.getTaskStatus(task.hash) == Status.QUEUED
    contract_owner.setScript([], sender=owner)
    run_at(task.start + 50)

    assert manager.getTaskStatus(task.hash) == Status.COMPLETED
    assert info_of(task.hash).executions == 2


def test_running__paused_from_inside__is_paused_and_paid(
    manager, schedule_own_run, contract_owner, owner, run_at
) -> None:
    task = schedule_own_run(executions=ENDLESS)
    new = task.definition.but(start=task.start + 50, active=False)
    data = manager.updateTaskSchedule.encode_input(task.hash, new)
    contract_owner.setScript([(manager.address, 0, data)], sender=owner)

    batch = run_at(task.start)

    amount = batch.one("ExecutorReimbursed")["amount"]
    assert manager.getTaskStatus(task.hash) == Status.PAUSED
    assert manager.bondOf(contract_owner) == (BOND - amount, 0)


@pytest.mark.parametrize("last", ["cancel", "update", "pause", "reactivate"])
def test_running__updated_then_changed_again_from_inside__last_word_counts(
    manager, schedule_own_run, contract_owner, owner, run_at, info_of, last
) -> None:
    task = schedule_own_run(executions=ENDLESS)
    pause = task.definition.but(start=task.start + 50, active=False)
    update = task.definition.but(start=task.start + 60)
    calls = {
        "cancel": [update, None],
        "update": [pause, update],
        "pause": [update, pause],
        "reactivate": [pause, "reactivate"],
    }[last]
    encoded = {
        None: manager.cancelTask.encode_input(task.hash),
        "reactivate": manager.reactivate.encode_input(task.hash),
    }
    script = [
        (
            manager.address,
            0,
            encoded[each]
            if each in (None, "reactivate")
            else manager.updateTaskSchedule.encode_input(task.hash, each),
        )
        for each in calls
    ]
    contract_owner.setScript(script, sender=owner)

    batch = run_at(task.start)

    assert [outcome.success for outcome in contract_owner.outcomes()] == [True, True]
    assert batch.one("TaskExecuted")["success"] is True
    expected = {
        "cancel": (Status.CANCELLED, 0),
        "update": (Status.QUEUED, task.start + 60),
        "pause": (Status.PAUSED, 0),
        "reactivate": (Status.QUEUED, task.start + 50),
    }[last]
    assert (manager.getTaskStatus(task.hash), info_of(task.hash).next_block) == expected


# The diagram in the specification

SPECIFICATION = Path(__file__).parents[2] / "docs/specification.md"
ARROW = re.compile(r"^ +(\[\*\]|\w+) --> (\[\*\]|\w+)", re.MULTILINE)
NOTHING, END = "[*]", "[*]"
# Each arrow, and a test that goes along it.
TRANSITIONS = {
    (NOTHING, "Queued"): "test_schedule__valid_definition__queues_and_reserves",
    (NOTHING, "Paused"): "test_schedule__inactive__is_paused_and_reserves_nothing",
    ("Queued", "Running"): "test_views__from_inside_a_run__say_running",
    ("Running", "Queued"): "test_recurrence__run_on_time__next_is_an_interval_later",
    ("Running", "Completed"): "test_execute_queued__one_shot_done__is_completed",
    ("Running", "Starved"): "test_starving__too_little_left__goes_inactive_and_says_what_it_takes",
    ("Running", "Failing"): "test_failures__in_a_row__make_the_task_inactive",
    ("Running", "Crowded"): "test_spill__no_room_until_the_deadline__goes_inactive",
    ("Running", "Expired"): "test_recurrence__next_tick_after_the_deadline__expires_right_away",
    ("Running", "Cancelled"): "test_running__cancelled_from_inside__is_paid_and_stays_cancelled",
    ("Running", "Paused"): "test_running__paused_from_inside__is_paused_and_paid",
    ("Queued", "Queued"): "test_deferral__base_fee_above_the_ceiling__moves_the_task",
    ("Queued", "Starved"): "test_deferral__too_little_left_to_reserve_again__starves",
    ("Queued", "Crowded"): "test_deferral__no_room_in_the_search__goes_inactive",
    ("Queued", "Paused"): "test_update__live_task_made_inactive__is_paused",
    ("Queued", "Cancelled"): "test_cancel__live_task__ends_it",
    ("Queued", "Expired"): "test_deadline__one_block_after__expires_and_frees_the_reserve",
    **{
        (inactive, "Queued"): "test_reactivate__inactive_task_by_its_owner__is_queued"
        for inactive in ("Paused", "Failing", "Starved", "Crowded")
    },
    **{
        (inactive, "Cancelled"): "test_cancel__live_task__ends_it"
        for inactive in ("Paused", "Failing", "Starved", "Crowded")
    },
    **{
        (ended, END): "test_cancel__ended_task__reverts"
        for ended in ("Completed", "Cancelled", "Expired")
    },
}


def test_diagram__of_the_specification__is_what_is_tested() -> None:
    # The first diagram is that of tasks; jobs have one of their own.
    diagram = re.findall(
        r"```mermaid\nstateDiagram-v2\n(.*?)```", SPECIFICATION.read_text("utf-8"), re.DOTALL
    )[0]
    arrows = ARROW.findall(diagram)

    assert len(arrows) == len(diagram.splitlines()) == len(set(arrows))
    assert set(arrows) == set(TRANSITIONS)
    names = {name for arrow in arrows for name in arrow} - {NOTHING}
    assert {name.upper() for name in names} == {each.name for each in Status} - {"NONE"}


def test_diagram__tests_of_its_arrows__are_there() -> None:
    here = Path(__file__).parent
    sources = "\n".join(path.read_text("utf-8") for path in sorted(here.glob("test_*.py")))

    missing = {name for name in TRANSITIONS.values() if f"def {name}(" not in sources}
    assert missing == set()
