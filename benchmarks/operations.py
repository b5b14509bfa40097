"""Gas per operation: whole transactions, those that execute less the targets' own gas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from benchmarks.chain import ETHER
from benchmarks.world import (
    BOND,
    INTERVAL,
    MANY,
    OWNER,
    Plan,
    World,
    account,
    hash_in,
    taking_turns,
    used_world,
)
from taskwork.chain.types import Address, BlockNumber, TaskHash, Wei

STRANGER = account("stranger")
OTHER = MANY[1]  # whose tasks make a block or a neighbourhood used
FAR = 1_000_000


@dataclass(frozen=True)
class Operation:
    """Something that people do, and how its gas is found in a world of its own."""

    key: str
    title: str
    measure: Callable[[World], int]


def measure_all(chosen: Iterable[Operation]) -> dict[str, int]:
    """Measure on one chain, each operation from the same state."""
    figures = {}
    with used_world() as world:
        for operation in chosen:
            with world.chain.rewinding():
                figures[operation.key] = operation.measure(world)
    return figures


# Scheduling


def schedule_used_block(world: World) -> int:
    plan = Plan(world.window())
    world.schedule([OTHER], plan)
    return world.schedule_paid([OWNER], plan).gas()[0]


def schedule_prepaid(world: World) -> int:
    plan = Plan(world.window())
    world.schedule([OTHER], plan)
    call = world.calls.schedule_task(world.next_definition(OWNER, plan))
    return world.chain.run(OWNER, call).gas


def schedule_new_block(world: World) -> int:
    plan = Plan(world.window())
    world.schedule([OTHER], plan)
    return world.schedule_paid([OWNER], replace(plan, start=plan.start + 1)).gas()[0]


def schedule_new_window(world: World) -> int:
    world.schedule([OTHER], Plan(world.window()))
    return world.schedule_paid([OWNER], Plan(world.window(1))).gas()[0]


def schedule_empty_queue(world: World) -> int:
    return world.schedule_paid([OWNER], Plan(world.window())).gas()[0]


def schedule_50(world: World) -> int:
    plan = Plan(world.window())
    world.schedule([OTHER], replace(plan, start=plan.start + 1))
    return sum(world.schedule_paid(MANY, plan).gas()) // len(MANY)


def schedule_first_ever(world: World) -> int:
    plan = Plan(world.window())
    world.schedule([OTHER], plan)
    world.chain.enrich(STRANGER)
    return world.schedule_paid([STRANGER], plan).gas()[0]


def schedule_committed(world: World) -> int:
    plan = Plan(world.window())
    value = world.required_bond(plan.definition(OWNER, 0))
    sent, _ = world.commit([OWNER], plan, value=value)
    return sent.gas()[0]


def execute_and_schedule(world: World) -> int:
    plan = Plan(world.window())
    world.schedule([OTHER], plan)
    definition = world.next_definition(OWNER, plan)
    value = world.required_bond(definition)
    call = world.calls.execute_and_schedule(definition, value=value)
    return world.overhead(world.chain.run(OWNER, call), runs=1)


# Executing


def execute_1_last(world: World) -> int:
    return execute_batch(world, [OWNER])


def execute_1(world: World) -> int:
    world.schedule([OTHER], Plan(world.window() + 1))
    return execute_batch(world, [OWNER])


def per_task(owners: Sequence[Address], count: int) -> Callable[[World], int]:
    """Gas per task in a batch of tasks that are all due in one block."""
    return lambda world: execute_batch(world, taking_turns(owners, count)) // count


def execute_batch(world: World, owners: Sequence[Address]) -> int:
    """Gas of a batch that runs a task of each owner in the list."""
    plan = Plan(world.window())
    world.schedule(owners, plan)
    return world.execute(plan.start, runs=len(owners))


def execute_task(world: World) -> int:
    plan = Plan(world.window())
    (task_hash,) = world.schedule([OWNER], plan).hashes()
    return world.execute_by(world.calls.execute_task(task_hash), plan.start, runs=1)


def chosen_per_task(owners: Sequence[Address]) -> Callable[[World], int]:
    """Gas per task in a batch of 50 that the executor chose."""

    def measure(world: World) -> int:
        plan = Plan(world.window())
        sent = world.schedule(taking_turns(owners, 50), plan)
        call = world.calls.execute_tasks(sent.hashes(), 0)
        return world.execute_by(call, plan.start, runs=50) // 50

    return measure


def committed_per_task(owners: Sequence[Address], count: int) -> Callable[[World], int]:
    """Gas per task in a batch of committed tasks."""

    def measure(world: World) -> int:
        plan = Plan(world.window())
        _, tasks = world.commit(taking_turns(owners, count), plan)
        call = world.calls.execute_committed(tasks, 0)
        return world.execute_by(call, plan.start, runs=count) // count

    return measure


def committed_recurring_per_task(owners: Sequence[Address], count: int) -> Callable[[World], int]:
    """Gas per task in the second run of committed tasks that recur."""

    def measure(world: World) -> int:
        plan = Plan(world.window()).recurring()
        _, tasks = world.commit(taking_turns(owners, count), plan)
        call = world.calls.execute_committed(tasks, 0)
        world.execute_by(call, plan.start, runs=count)
        return world.execute_by(call, plan.start + INTERVAL, runs=count) // count

    return measure


def recurring_per_task(owners: Sequence[Address], count: int) -> Callable[[World], int]:
    """Gas per task in the second run of recurring tasks that share their blocks."""

    def measure(world: World) -> int:
        plan = Plan(world.window()).recurring()
        world.schedule(taking_turns(owners, count), plan)
        world.execute(plan.start, runs=count)
        return world.execute(plan.start + INTERVAL, runs=count) // count

    return measure


def poll(distance: int | None) -> Callable[[World], int]:
    """Gas of an execution that finds nothing due, with the next work so many blocks away."""

    def measure(world: World) -> int:
        if distance is not None:
            world.schedule([OWNER], Plan(world.chain.head() + 2 + distance))
        return world.execute(world.chain.head() + 1, runs=0)

    return measure


# Managing


def cancel_alone(world: World) -> int:
    return cancel(world, world.schedule([OWNER], Plan(world.window())).hashes()[0])


def cancel_among_others(world: World) -> int:
    plan = Plan(world.window())
    return cancel(world, world.schedule([OTHER, OWNER, OTHER], plan).hashes()[1])


def cancel_committed(world: World) -> int:
    _, (task,) = world.commit([OWNER], Plan(world.window()))
    return world.chain.run(OWNER, world.calls.cancel_committed(task)).gas


def cancel(world: World, task_hash: TaskHash) -> int:
    """Gas of a cancellation, after which nothing of the bond is reserved."""
    return world.chain.run(OWNER, world.calls.cancel_task(task_hash)).gas


def update(world: World) -> int:
    plan = Plan(world.window())
    world.schedule([OTHER], plan)
    definition = world.next_definition(OWNER, plan)
    call = world.calls.schedule_task(definition)
    task_hash = hash_in(world.chain.run(OWNER, call))
    later = replace(definition.schedule, start_block=BlockNumber(plan.start + 1))
    moved = replace(definition, schedule=later)
    return world.chain.run(OWNER, world.calls.update_task_schedule(task_hash, moved)).gas


def reactivate(world: World) -> int:
    plan = Plan(world.window(), active=False)
    (task_hash,) = world.schedule([OWNER], plan).hashes()
    world.schedule([OTHER], replace(plan, active=True))
    return world.chain.run(OWNER, world.calls.reactivate(task_hash)).gas


def deposit(world: World) -> int:
    call = world.calls.deposit_bond(OWNER, value=Wei(ETHER))
    return world.chain.run(OWNER, call).gas


def withdraw(world: World) -> int:
    call = world.calls.withdraw_bond(Wei(BOND // 2))
    return world.chain.run(OWNER, call).gas


ONE = [OWNER]

OPERATIONS = (
    # Scheduling: one transaction, which pays the bond
    Operation("schedule_used_block", "Schedule into a block in use", schedule_used_block),
    Operation("schedule_new_block", "  into a new block", schedule_new_block),
    Operation("schedule_new_window", "  into a new window of 256", schedule_new_window),
    Operation("schedule_empty_queue", "  into an empty queue", schedule_empty_queue),
    Operation("schedule_50", "  50 into one block, mean", schedule_50),
    Operation("schedule_prepaid", "  the bond deposited before", schedule_prepaid),
    Operation("schedule_first_ever", "  an owner's first ever", schedule_first_ever),
    Operation("schedule_committed", "  committed: by its hash alone", schedule_committed),
    Operation("execute_and_schedule", "Execute and schedule", execute_and_schedule),
    # Executing: what the targets use is taken off
    Operation("execute_1", "Execute 1 task", execute_1),
    Operation("execute_1_last", "  the last one queued", execute_1_last),
    Operation("execute_10", "  10, per task", per_task(ONE, 10)),
    Operation("execute_10_owners", "  10 of 10 owners, per task", per_task(MANY, 10)),
    Operation("execute_50", "  50, per task", per_task(ONE, 50)),
    Operation("execute_50_owners", "  50 of 50 owners, per task", per_task(MANY, 50)),
    Operation("execute_task", "Execute 1 task by hash", execute_task),
    Operation("execute_tasks_50", "  50, per task", chosen_per_task(ONE)),
    Operation("execute_tasks_50_owners", "  50 of 50 owners, per task", chosen_per_task(MANY)),
    Operation("recurring_1", "Execute 1 recurring task", recurring_per_task(ONE, 1)),
    Operation("recurring_50", "  50 in one block, per task", recurring_per_task(ONE, 50)),
    Operation("recurring_50_owners", "  50 of 50 owners, per task", recurring_per_task(MANY, 50)),
    Operation("committed_1", "Execute 1 committed task", committed_per_task(ONE, 1)),
    Operation("committed_50", "  50, per task", committed_per_task(ONE, 50)),
    Operation("committed_50_owners", "  50 of 50 owners, per task", committed_per_task(MANY, 50)),
    Operation(
        "committed_recurring_50", "  50 that recur, per task", committed_recurring_per_task(ONE, 50)
    ),
    Operation("poll_1", "Poll, next work 1 block away", poll(1)),
    Operation("poll_far", "  10^6 blocks away", poll(FAR)),
    Operation("poll_empty", "  nothing queued", poll(None)),
    # Managing
    Operation("cancel_alone", "Cancel, alone in its block", cancel_alone),
    Operation("cancel_among_others", "  among others", cancel_among_others),
    Operation("cancel_committed", "  committed", cancel_committed),
    Operation("update", "Update to another block", update),
    Operation("reactivate", "Reactivate into a new block", reactivate),
    Operation("deposit", "Deposit", deposit),
    Operation("withdraw", "Withdraw", withdraw),
)

# What peers.json calls an act, and the operations that it is set beside.
PEER_ACTS = {
    "register_first": ("schedule_first_ever",),
    "register": ("schedule_used_block", "schedule_prepaid"),
    "register_new": ("schedule_new_block",),
    "execute_1": ("execute_1", "execute_1_last", "execute_task"),
    "execute_10": ("execute_10", "execute_10_owners"),
    "execute_50": (
        "execute_50",
        "execute_50_owners",
        "execute_tasks_50",
        "execute_tasks_50_owners",
    ),
    "recurring_1": ("recurring_1",),
    "recurring_50": ("recurring_50", "recurring_50_owners"),
    "cancel": ("cancel_alone", "cancel_among_others"),
    "poll": ("poll_1", "poll_empty"),
    "poll_far": ("poll_far",),
}
