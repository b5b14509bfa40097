"""A keeper under load: ten thousand tasks, of which five hundred are due in one block.

Blocks come as soon as the keeper has sent what it sends, so that what is counted is the keeper and
not the machine. Only the processor time and the memory are the machine's.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import duties, outside
from benchmarks.chain import Chain
from benchmarks.crowd import Wanted, schedule_many
from benchmarks.duties import PURSE, Kind, plan_of
from benchmarks.keeping import Keeper, executor
from benchmarks.outside import Mined
from benchmarks.pacing import Pace
from benchmarks.world import MANY, World
from taskwork.devnet.node import running_node

LEAD = 60  # blocks between the last scheduling and the burst
STREAM = 100  # blocks over which the others become due, after the burst
PAUSE = 20  # blocks between
SETTINGS = {"poll_interval_s": 0.02, "log_format": "json", "log_level": "info"}


@dataclass(frozen=True)
class Size:
    """How much there is to do."""

    tasks: int = 10_000
    burst: int = 500  # of them, all due in one block


def measure_all(size: Size = Size()) -> dict[str, int]:
    """Load a keeper with 10,000 tasks, 500 of them due in one block."""
    with loaded_world(size) as (world, burst_at):
        keeper = _start(world)
        try:
            return _play(world, keeper, burst_at, size)
        finally:
            if keeper.is_running():
                keeper.kill()


def _play(world: World, keeper: Keeper, burst_at: int, size: Size) -> dict[str, int]:
    pace = Pace(world, keeper, patience_s=30, idle_s=0.05)
    begun = world.chain.head()
    pace.step_to(burst_at - 1)
    idle_cpu = keeper.cpu_seconds()
    pace.clear(within=50)
    burst = outside.mined_by(world.chain, keeper.account.address, begun)
    burst_cpu = keeper.cpu_seconds() - idle_cpu
    pace.step_to(burst_at + PAUSE + STREAM)
    pace.clear(within=50)
    everything = outside.mined_by(world.chain, keeper.account.address, begun)
    cpu, memory = keeper.cpu_seconds() - idle_cpu, keeper.peak_memory()
    assert pace.end(within=100) == 0
    return {
        **_counts("burst", burst, [burst_at] * size.burst),
        "burst, processor ms per 100 tasks": round(burst_cpu * 10**5 / size.burst),
        **_counts("all", everything, [burst_at] * size.burst + _starts(burst_at, size)),
        "all, processor ms per 100 tasks": round(cpu * 10**5 / size.tasks),
        "all, memory at most, KiB": memory // 1024,
    }


def _counts(name: str, mined: Sequence[Mined], due: Sequence[int]) -> dict[str, int]:
    """How many transactions, and how late the first and the last of what was due ran."""
    ran = sorted(itertools.chain.from_iterable([tx.block] * tx.handled for tx in mined))
    late = [at - wanted for at, wanted in zip(ran, sorted(due), strict=True)]
    return {
        f"{name}, tasks": len(due),
        f"{name}, transactions": len(mined),
        f"{name}, transactions that did nothing": sum(not tx.handled for tx in mined),
        f"{name}, blocks late at first": late[0],
        f"{name}, blocks late at most": max(late),
    }


@contextmanager
def loaded_world(size: Size) -> Iterator[tuple[World, int]]:
    """A chain on which all is scheduled, and the block of the burst."""
    with tempfile.TemporaryDirectory() as folder, running_node(Path(folder) / "anvil.log") as node:
        chain = Chain(node.url)
        try:
            world = duties.prepare(chain)
            burst_at = chain.head() + LEAD + size.tasks // 500
            schedule_many(world, list(_wanted(burst_at, size)))
            duties.make_usual(chain)
            yield world, burst_at
        finally:
            chain.close()


def _start(world: World) -> Keeper:
    folder = Path(tempfile.mkdtemp())
    settings = {"rpc": world.chain.url, "manager": world.manager, **SETTINGS}
    keeper = Keeper("load", executor("load"), folder, settings)
    world.chain.rpc("anvil_setBalance", keeper.account.address, hex(PURSE))
    keeper.start()
    keeper.said("keeper_started")
    return keeper


def _wanted(burst_at: int, size: Size) -> Iterator[Wanted]:
    starts = [burst_at] * size.burst + _starts(burst_at, size)
    owners = itertools.cycle(MANY)
    for number, start in enumerate(starts):
        yield next(owners), plan_of(number, Kind.MARK, start, 1)


def _starts(burst_at: int, size: Size) -> list[int]:
    """When the tasks beside the burst are due: as many in every block."""
    first, rest = burst_at + PAUSE, size.tasks - size.burst
    return [first + number * STREAM // rest for number in range(rest)]
