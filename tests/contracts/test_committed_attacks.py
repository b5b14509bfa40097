"""What is tried with committed tasks: definitions that are wrong, missing, doubled, out of order,
too many; hashes of the other kind; calls from inside a run.
"""

from __future__ import annotations

import ape
import pytest

from tests.contracts.conftest import BASE_FEE, BOND, ETHER, call_of
from tests.contracts.test_gas_promises import Yard, scan
from tests.support.bare_chain import execute_committed as execute_these
from tests.support.definitions import ENDLESS, Status
from tests.support.rpc import calldata

OTHER = "0x" + "0b" * 20

CHANGES = {
    "owner": {"owner": OTHER},
    "gas": {"gas": 100_001},
    "target": {"target": OTHER},
    "data": {"data": b"\x01"},
    "nonce": {"nonce": 7},
}


# Wrong, missing, doubled, out of order


@pytest.mark.parametrize("field", CHANGES)
def test_execute_committed__definition_that_was_not_scheduled__is_passed_over(
    manager, commit_task, mine_to, execute_committed, counter, field
) -> None:
    task = commit_task()
    forged = task.definition.but(**CHANGES[field]).task
    mine_to(task.start)

    batch = execute_committed([forged, task, forged])

    assert [event["taskHash"] for event in batch.named("TaskExecuted")] == [task.hash]
    assert counter.count() == 1
    assert manager.getTaskStatus(manager.committedHashOf(forged)) == Status.NONE


@pytest.mark.parametrize("field", CHANGES)
@pytest.mark.parametrize("act", ["cancelCommitted", "updateCommitted", "reactivateCommitted"])
def test_committed_acts__definition_that_was_not_scheduled__revert(
    manager, commit_task, owner, act, field
) -> None:
    task = commit_task()
    forged = task.definition.but(**CHANGES[field])
    given = forged if act == "updateCommitted" else forged.task

    with ape.reverts(
        manager.TaskManager_UnknownTask, taskHash=manager.committedHashOf(forged.task)
    ):
        getattr(manager, act)(given, sender=owner)


def test_execute_committed__none__does_nothing(execute_committed) -> None:
    assert execute_committed([]).events == []


def test_execute_committed__one_task_twice__runs_once(
    commit_task, mine_to, execute_committed, counter
) -> None:
    once = commit_task()
    again = commit_task(executions=ENDLESS, start=once.start)
    mine_to(once.start)

    batch = execute_committed([once, again, once, again])

    hashes = [event["taskHash"] for event in batch.named("TaskExecuted")]
    assert hashes == [once.hash, again.hash]
    assert counter.count() == 2


def test_execute_committed__reordered__runs_in_the_order_given(
    commit_task, mine_to, execute_committed
) -> None:
    tasks = [commit_task() for _ in range(4)]
    mine_to(tasks[-1].start)

    batch = execute_committed([tasks[2], tasks[0], tasks[3]])

    hashes = [event["taskHash"] for event in batch.named("TaskExecuted")]
    assert hashes == [tasks[2].hash, tasks[0].hash, tasks[3].hash]


def test_execute_committed__not_due_paused_cancelled_or_done__is_passed_over(
    manager, commit_task, define, mine_to, execute_committed, owner, counter
) -> None:
    start = define().schedule.start
    done, cancelled = commit_task(start=start), commit_task(start=start)
    paused = commit_task(start=start, active=False)
    early = commit_task(start=start + 50)
    manager.cancelCommitted(cancelled.definition.task, sender=owner)
    mine_to(start)
    execute_committed([done])

    assert execute_committed([done, cancelled, paused, early]).events == []
    assert counter.count() == 1


def test_execute_committed__data_longer_than_any_can_be__is_passed_over_unread(
    bare, project
) -> None:
    counter = bare.deploy(project.Counter.contract_type)
    (owner,) = bare.people(1)
    task = bare.commit(owner, counter, b"")
    bare.mine_to(bare.height() + 21)

    long = task._replace(data=bytes(60_000))
    plain = bare.execute_committed(bare.accounts[1], [long])
    sent = bare.execute_committed(bare.accounts[1], [task, long])

    assert plain.events == []
    assert len(sent.named("TaskExecuted")) == 1


def test_execute_committed__thousand_definitions_in_one_call__runs_them_all(bare, project) -> None:
    """250 that are due, each among three that are not: unknown, doubled, another's."""
    counter = bare.deploy(project.Counter.contract_type)
    owners = bare.people(2)
    start = bare.height() + 300
    tasks = [
        bare.commit(owners[i % 2], counter, b"", start=start, gas=30_000, value=ETHER // 10)
        for i in range(250)
    ]
    bare.mine_to(start)

    given = [
        one
        for task in tasks
        for one in (task, task._replace(nonce=10**6), task, task._replace(owner=OTHER))
    ]
    assert len(given) == 1_000
    sent = bare.execute_committed(bare.accounts[1], given)

    assert len(sent.named("TaskExecuted")) == 250
    assert len(sent.amounts()) == 250
    (paid,) = sent.named("TasksExecuted")
    assert paid["executed"] + paid["failed"] == 250


# Hashes of the other kind


def test_stored_acts__hash_of_a_committed_task__revert(manager, commit_task, owner) -> None:
    task = commit_task()

    for act, args in (
        (manager.cancelTask, (task.hash,)),
        (manager.reactivate, (task.hash,)),
        (manager.executeTask, (task.hash,)),
        (manager.updateTaskSchedule, (task.hash, task.definition)),
    ):
        with ape.reverts(manager.TaskManager_UnknownTask, taskHash=task.hash):
            act(*args, sender=owner)


def test_execute_tasks__hash_of_a_committed_task__is_passed_over(
    manager, commit_task, mine_to, executor, batch_of, execute
) -> None:
    task = commit_task()
    mine_to(task.start)

    assert batch_of(manager.executeTasks([task.hash], 0, sender=executor)).events == []
    assert execute().events == []
    assert manager.getTaskStatus(task.hash) == Status.QUEUED


def test_committed_acts__task_that_is_stored__revert_and_pass_over(
    manager, create_task, owner, mine_to, execute_committed
) -> None:
    stored = create_task()
    unknown = manager.committedHashOf(stored.definition.task)

    with ape.reverts(manager.TaskManager_UnknownTask, taskHash=unknown):
        manager.cancelCommitted(stored.definition.task, sender=owner)
    with ape.reverts(manager.TaskManager_UnknownTask, taskHash=unknown):
        manager.updateCommitted(stored.definition, sender=owner)
    mine_to(stored.start)
    assert execute_committed([stored]).events == []
    assert manager.getTaskStatus(stored.hash) == Status.QUEUED


def test_committed_acts__by_a_stranger__revert(manager, commit_task, owner, stranger) -> None:
    task = commit_task()

    for act, given in (
        (manager.cancelCommitted, task.definition.task),
        (manager.updateCommitted, task.definition),
    ):
        with ape.reverts(
            manager.TaskManager_NotOwner, taskHash=task.hash, caller=stranger, owner=owner
        ):
            act(given, sender=stranger)
    with ape.reverts(manager.TaskManager_NotInactive, taskHash=task.hash, status=Status.QUEUED):
        manager.reactivateCommitted(task.definition.task, sender=stranger)


# From inside a run


@pytest.fixture
def commit_own_run(manager, owner, contract_owner, define, batch_of):
    """Commit a task whose target is its owner, a contract that plays its script when run."""

    def create(**changes):
        own = {"target": contract_owner, "data": call_of(contract_owner, "run()"), "gas": 750_000}
        definition = define(owner=contract_owner, **(own | changes))
        data = manager.scheduleCommitted.encode_input(definition)
        receipt = contract_owner.forward(manager, data, sender=owner, value=BOND)
        return definition, batch_of(receipt).one("TaskCommitted")["taskHash"]

    return create


@pytest.fixture
def told_to(manager, contract_owner, owner):
    """Tell the contract owner what to call in its run."""

    def tell(*calls) -> None:
        script = [(manager, 0, data) for data in calls]
        contract_owner.setScript(script, sender=owner)

    return tell


def test_committed_run__cancels_itself__is_paid_and_stays_cancelled(
    manager, commit_own_run, told_to, mine_to, execute_committed, contract_owner
) -> None:
    definition, task_hash = commit_own_run(executions=ENDLESS)
    told_to(manager.cancelCommitted.encode_input(definition.task))
    mine_to(definition.schedule.start)

    batch = execute_committed([definition.task])

    assert contract_owner.outcomes()[0].success
    assert batch.one("ExecutorReimbursed")["amount"] > 0
    assert manager.getTaskStatus(task_hash) == Status.CANCELLED
    assert manager.bondOf(contract_owner)[1] == 0


def test_committed_run__updates_itself__the_new_schedule_replaces_the_recurrence(
    manager, commit_own_run, told_to, mine_to, execute_committed, info_of
) -> None:
    definition, _ = commit_own_run(executions=ENDLESS)
    start = definition.schedule.start
    told_to(manager.updateCommitted.encode_input(definition.but(start=start + 33, executions=2)))
    mine_to(start)

    execute_committed([definition.task])

    info = info_of(definition.task)
    assert (info.next_block, info.runs_left, info.executions) == (start + 33, 2, 1)


def test_committed_run__cancels_the_next_of_the_batch__which_is_passed_over(
    manager, commit_own_run, told_to, mine_to, execute_committed
) -> None:
    first, _ = commit_own_run()
    second, second_hash = commit_own_run(start=first.schedule.start)
    told_to(manager.cancelCommitted.encode_input(second.task))
    mine_to(second.schedule.start)

    batch = execute_committed([first.task, second.task])

    assert len(batch.named("TaskExecuted")) == 1
    assert manager.getTaskStatus(second_hash) == Status.CANCELLED


def test_committed_run__executes__is_refused_by_the_lock(
    manager, commit_own_run, told_to, mine_to, execute_committed, contract_owner, interface
) -> None:
    definition, _ = commit_own_run(executions=ENDLESS)
    again = [definition.task]
    told_to(
        manager.executeCommitted.encode_input(again, 0),
        manager.executeQueuedTasks.encode_input(0),
    )
    mine_to(definition.schedule.start)

    batch = execute_committed(again)

    refusals = [bytes(outcome.returnData) for outcome in contract_owner.outcomes()]
    names = {interface.decode_error(refusal).name for refusal in refusals}
    assert names == {"TaskManager_Reentered"}
    assert len(batch.named("TaskExecuted")) == 1


def test_stored_run__executes_committed_ones__is_refused_by_the_lock(
    manager, commit_task, schedule_own_run, told_to, contract_owner, run_at, interface
) -> None:
    committed = commit_task()
    own = schedule_own_run(start=committed.start)
    told_to(manager.executeCommitted.encode_input([committed.definition.task], 0))

    run_at(own.start)

    (outcome,) = contract_owner.outcomes()
    assert interface.decode_error(bytes(outcome.returnData)).name == "TaskManager_Reentered"
    assert manager.getTaskStatus(committed.hash) == Status.QUEUED


def test_committed_run__commits_another__which_waits_for_its_block(
    manager, commit_own_run, told_to, mine_to, execute_committed, contract_owner, define
) -> None:
    definition, _ = commit_own_run()
    start = definition.schedule.start
    another = define(owner=contract_owner, nonce=1, start=start + 1)
    told_to(manager.scheduleCommitted.encode_input(another))
    mine_to(start)

    batch = execute_committed([definition.task, another.task])

    assert len(batch.named("TaskExecuted")) == 1
    assert len(execute_committed([another.task]).named("TaskExecuted")) == 1


def test_committed_run__withdraws_what_is_held__gets_only_what_is_free(
    manager, commit_own_run, told_to, mine_to, execute_committed, contract_owner, interface
) -> None:
    definition, _ = commit_own_run()
    bond, _ = manager.bondOf(contract_owner)
    told_to(manager.withdrawBond.encode_input(bond))
    mine_to(definition.schedule.start)

    execute_committed([definition.task])

    (outcome,) = contract_owner.outcomes()
    assert interface.decode_error(bytes(outcome.returnData)).name == "TaskManager_InsufficientBond"


# Gas

KINDS = [
    "witness 100000", "burning", "counter", "witness 750000", "bomb", "failing", "codeless",
    "recurring", "tiny", "witness 100000 1024", "burning for ever",
]  # fmt: skip


@pytest.fixture
def yard(project, bare) -> Yard:
    names = {
        "witness": "GasWitness", "counter": "Counter", "reverter": "Reverter",
        "burner": "GasBurner", "long_answer": "LongAnswer",
    }  # fmt: skip
    targets = {
        name: bare.deploy(getattr(project, contract).contract_type)
        for name, contract in names.items()
    }
    yard = Yard(bare, bare.deploy(project.GasHarness.contract_type), targets)
    yard.measure_entry()
    return yard


@pytest.mark.parametrize("greedy", [False, True], ids=["takes", "burns"])
def test_promises__committed_tasks__hold_at_every_gas_limit(yard, greedy) -> None:
    chain = yard.chain
    if greedy:
        chain.send(chain.accounts[0], yard.harness, calldata("setGreedy(bool)", True))
    owners = chain.people(2)
    start = chain.height() + 60
    tasks = []
    for i, kind in enumerate(KINDS):
        target, data, more = yard.kind(kind)
        tasks.append(chain.commit(owners[i % 2], target, data, start=start, **more))
    expired = chain.commit(owners[0], OTHER, b"", start=start, deadline=start)
    chain.mine_to(start + 2)
    unknown = tasks[0]._replace(data=bytes(1024))
    given = [unknown, *tasks, expired, tasks[0], unknown]

    seen = scan(
        yard, 30_000, lambda reserve: execute_these(given, reserve), limits=160, span=4_000_000
    )

    assert max(probe.executed + probe.failed for probe in seen) == len(KINDS)
    assert len({probe.executed + probe.failed for probe in seen}) > 6


@pytest.mark.parametrize("count", [150, 600])
def test_promises__many_forged_definitions_before_a_long_task__keep_the_reserve(
    yard, count
) -> None:
    chain = yard.chain
    (owner,) = chain.people(1)
    target, data, more = yard.kind("witness 100000 1024")
    real = chain.commit(owner, target, data, **more)
    chain.mine_to(chain.height() + 21)
    forged = real._replace(nonce=9)
    reserve = 1_000_000
    call = execute_these([forged] * count + [real], reserve)

    ran = 0
    for gas in range(reserve + 30_000, 20_000_000, 190_003):
        probe = yard.probe(gas, call)
        assert probe.success
        assert probe.shortfalls == 0
        assert probe.gas_left >= reserve or not probe.executed
        ran += probe.executed
    assert ran > 5


# Money


def test_execute_committed__many_calls_in_a_transaction__base_cost_is_charged_once(
    manager, contract_executor, commit_task, mine_to, rewinding, batch_of, executor, terms_of, owner
) -> None:
    terms_of(owner)
    tasks = [commit_task().definition.task for _ in range(5)]
    mine_to(tasks_start(manager, tasks))
    with rewinding():
        together = batch_of(contract_executor.executeCommitted(tasks, 0, sender=executor))

    split = batch_of(contract_executor.executeCommittedOneByOne(tasks, sender=executor))

    def nets(batch) -> int:
        paid = sum(event["amount"] for event in batch.named("ExecutorReimbursed"))
        return paid - batch.receipt.gas_used * BASE_FEE

    assert len(together.named("TaskExecuted")) == len(split.named("TaskExecuted")) == 5
    assert nets(split) < nets(together)


def tasks_start(manager, tasks) -> int:
    _, blocks = manager.getNextBlocksForTasks([manager.committedHashOf(task) for task in tasks])
    return max(blocks)
