"""How cost grows: with the batch, the backlog, the distance, the crowd in a block, the calldata."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.world import (
    INTERVAL,
    MANY,
    OWNER,
    Plan,
    World,
    taking_turns,
    used_world,
)
from taskwork.chain.types import Address
from taskwork.errors import ContractError

Line = list[tuple[int, int]]  # points, from left to right
Lines = dict[str, Line]

BATCHES = (1, 2, 3, 5, 10, 20, 30, 50, 75, 100, 150, 200)
BACKLOGS = (1, 5, 10, 25, 50, 100, 200, 400, 800, 1200, 1600, 2000)
SEPARATOR = " | "
GAPS = {"a task every 300 blocks": 300, "a task in every block": 1}
DISTANCES = (1, 3, 10, 30, 100, 300, 1000, 3000, 10**4, 3 * 10**4, 10**5, 3 * 10**5, 10**6)
CAPACITY = 640  # tasks of 100,000 gas
CROWDS = (1, 2, 5, 10, 20, 50, 100, 200, 300, 400, 500, CAPACITY)
LENGTHS = (0, 32, 68, 128, 256, 512, 1024, 1536, 2048, 3072, 4096)


@dataclass(frozen=True)
class Curve:
    """One chart: what it shows, and how its lines are measured in a world of its own."""

    key: str
    title: str
    across: str
    measure: Callable[[World], Lines]
    by_powers: bool = False  # the axis across grows by powers of ten


def measure_all() -> dict[str, int]:
    """Measure every curve on one chain, each from the same state."""
    figures: dict[str, int] = {}
    with used_world() as world:
        for curve in CURVES:
            with world.chain.rewinding():
                figures |= _flat(curve, curve.measure(world))
    return figures


def lines_of(curve: Curve, figures: Mapping[str, int]) -> Lines:
    """A curve's lines, from figures of all curves."""
    lines: Lines = {}
    for key, gas in figures.items():
        of, line, at = key.split(SEPARATOR)
        if of == curve.key:
            lines.setdefault(line, []).append((int(at), gas))
    in_order = {name: sorted(line) for name, line in lines.items()}
    return dict(sorted(in_order.items(), key=lambda item: -item[1][-1][1]))  # highest first


def _flat(curve: Curve, lines: Lines) -> dict[str, int]:
    """A figure for each point, by the names of curve and line and by where it is."""
    points = ((name, at, gas) for name, line in lines.items() for at, gas in line)
    return {SEPARATOR.join((curve.key, name, str(at))): gas for name, at, gas in points}


# Batch


def batch(world: World) -> Lines:
    return {
        "one owner": [(n, _per_task(world, [OWNER], n)) for n in BATCHES],
        "50 owners": [(n, _per_task(world, MANY, n)) for n in BATCHES],
        "recurring, one owner": [(n, _per_run(world, n)) for n in BATCHES],
    }


def _per_task(world: World, owners: Sequence[Address], count: int) -> int:
    with world.chain.rewinding():
        plan = Plan(world.window())
        world.schedule(taking_turns(owners, count), plan)
        return world.execute(plan.start, runs=count) // count


def _per_run(world: World, count: int) -> int:
    with world.chain.rewinding():
        plan = Plan(world.window()).recurring()
        world.schedule([OWNER] * count, plan)
        world.execute(plan.start, runs=count)
        return world.execute(plan.start + INTERVAL, runs=count) // count


# Backlog


def backlog(world: World) -> Lines:
    lines: Lines = {}
    for name, gap in GAPS.items():
        with world.chain.rewinding():
            lines[name] = _growing_backlog(world, gap)
    return lines


def _growing_backlog(world: World, gap: int) -> Line:
    """Gas per task when nobody has executed anything before the last of so many is due."""
    start, line = world.window(1), []
    for before, count in itertools.pairwise((0, *BACKLOGS)):
        plans = [Plan(start + gap * number) for number in range(before, count)]
        world.schedule_each((OWNER, plan) for plan in plans)
        line.append((count, world.overhead_at(plans[-1].start, runs=count) // count))
    return line


# Distance


def distance(world: World) -> Lines:
    return {
        "empty poll": [(blocks, _poll(world, blocks)) for blocks in DISTANCES],
        "execute 1 task": [(blocks, _execute_before(world, blocks)) for blocks in DISTANCES],
    }


def _poll(world: World, blocks: int) -> int:
    with world.chain.rewinding():
        block = world.window()
        world.schedule([OWNER], Plan(block + blocks))
        return world.execute(block, runs=0)


def _execute_before(world: World, blocks: int) -> int:
    with world.chain.rewinding():
        plan = Plan(world.window())
        world.schedule([OWNER], plan)
        world.schedule([OWNER], replace(plan, start=plan.start + blocks))
        return world.execute(plan.start, runs=1)


# Block


def block(world: World) -> Lines:
    with world.chain.rewinding():
        gas = _fill(world)
    tens = {at: gas[at - 10 : at] for at in (*range(10, CAPACITY, 45), CAPACITY)}
    return {
        "schedule, dearest of ten": [(at, max(ten)) for at, ten in tens.items()],
        "schedule, mean of ten": [(at, sum(ten) // len(ten)) for at, ten in tens.items()],
        "execute, per task": [(n, _per_task(world, [OWNER], n)) for n in CROWDS],
    }


def _fill(world: World) -> list[int]:
    """Gas to schedule into each position of a block, up to its capacity and not beyond."""
    plan = Plan(world.window())
    world.schedule([MANY[1]], replace(plan, start=plan.start + 1))
    sent = world.schedule_paid([OWNER] * CAPACITY, plan)
    refused = _refusal(world, plan)
    assert refused is not None, f"block {plan.start} admits more than its capacity"
    assert refused.name == "TaskManager_BlockFull", refused
    assert list(refused.args_by_name.values()) == [plan.start, plan.start + 1], refused
    return sent.gas()


def _refusal(world: World, plan: Plan) -> ContractError | None:
    """What the manager says to one task more."""
    call = world.calls.schedule_task(world.next_definition(OWNER, plan))
    try:
        world.chain.read(call, sender=OWNER)
    except ContractError as error:
        return error
    return None


# Calldata


def calldata(world: World) -> Lines:
    figures = [_schedule_and_execute(world, length) for length in LENGTHS]
    return {
        "schedule": [(n, gas) for n, (gas, _) in zip(LENGTHS, figures, strict=True)],
        "execute": [(n, gas) for n, (_, gas) in zip(LENGTHS, figures, strict=True)],
    }


def _schedule_and_execute(world: World, length: int) -> tuple[int, int]:
    with world.chain.rewinding():
        plan = Plan(world.window(), data=b"\xff" * length)
        world.schedule([MANY[1]], replace(plan, start=plan.start + 1))
        (gas,) = world.schedule_paid([OWNER], plan).gas()
        return gas, world.execute(plan.start, runs=1)


CURVES = (
    Curve("batch", "Gas per task, by tasks in a batch", "tasks in the batch", batch, True),
    Curve("backlog", "Gas per task of a backlog", "tasks in the backlog", backlog, True),
    Curve("distance", "Gas by distance to the next work", "blocks", distance, True),
    Curve("block", "Gas per task in one block, to its capacity", "tasks in the block", block),
    Curve("calldata", "Gas by calldata, no byte of it zero", "bytes of calldata", calldata),
)
