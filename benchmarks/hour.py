"""An hour of a keeper's life: random owners, tasks, targets and fees, and what it earned.

300 blocks, twelve seconds apart by their timestamps, mined as fast as the keeper follows: time is
compressed, nothing else is. The keeper's books must equal its balance to the wei.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from benchmarks import duties, outside
from benchmarks.chain import GWEI, Chain
from benchmarks.duties import HOSTILE, PURSE, Kind, plan_of
from benchmarks.keeping import Keeper, executor
from benchmarks.outside import Mined
from benchmarks.pacing import Pace
from benchmarks.world import MANY, Plan, World
from taskwork.chain.transactions import Call
from taskwork.chain.types import Address, Wei
from taskwork.devnet.node import running_node

SEED = 4
BLOCKS = 300
BLOCK_SECONDS = 12
PART = 25  # blocks of a row: five minutes
LEAST_FEE, MOST_FEE = GWEI // 2, 90 * GWEI
SPIKES = {110: 15, 210: 60}  # block of the hour: gwei at the top
SPIKE_BLOCKS = 12
CEILINGS = (4, 10, 50, 50, 100)  # gwei, of owners in turns
SETTINGS = {"poll_interval_s": 0.02, "log_format": "json", "log_level": "info"}
ROW = ("base fee, mgwei", "transactions", "executed", "failed", "deferred", "spent", "received")


@dataclass(frozen=True)
class Hour:
    """What happens in each block."""

    seed: int = SEED
    blocks: int = BLOCKS

    def fees(self) -> list[int]:
        """A base fee that wanders by up to an eighth a block, and has its spikes."""
        luck, fee, found = Random(self.seed), 2 * GWEI, []  # noqa: S311 - weather, no secret
        for block in range(self.blocks):
            wander = luck.randrange(-125, 126)
            fee += fee * wander // 1000 + (2 * GWEI - fee) // 20
            fee = min(max(fee, LEAST_FEE), MOST_FEE)
            found.append(max(fee, spike(block)))
        return found

    def arrivals(self) -> list[list[tuple[Address, Plan]]]:
        """The tasks that owners schedule in each block; their starts count from it."""
        luck = Random(self.seed + 1)  # noqa: S311 - weather, no secret
        return [[_task(luck) for _ in range(luck.randrange(5))] for _ in range(self.blocks)]


def spike(block: int) -> int:
    """A triangle around each spike's top."""
    tops = (top * GWEI * (SPIKE_BLOCKS - abs(block - at)) for at, top in SPIKES.items())
    return max(0, *(top // SPIKE_BLOCKS for top in tops))


def measure_all(hour: Hour | None = None) -> dict[str, int]:
    """Live through a keeper's hour of random load, and compare its books with its balance."""
    hour = hour or Hour()
    with living_world() as (world, keeper):
        begun = world.chain.head()
        _live(world, keeper, hour)
        mined = outside.mined_by(world.chain, keeper.account.address, begun)
        figures = _rows(hour, mined, begun) | _sum(hour, mined)
        gained = world.chain.balance(keeper.account.address) - PURSE
        figures["hour, balance"] = gained
        figures["hour, books"] = outside.read_store(keeper.store).profit
        return figures


def row_names(figures: Mapping[str, int]) -> list[str]:
    """The names of the rows, in order."""
    marks = (key.removesuffix(f", {ROW[0]}") for key in figures if key.endswith(ROW[0]))
    return sorted(marks, key=lambda name: int(name.removeprefix("minute ")))


def _live(world: World, keeper: Keeper, hour: Hour) -> None:
    pace = Pace(world, keeper, patience_s=1.0, idle_s=0.05)
    for fee, arrivals in zip(hour.fees(), hour.arrivals(), strict=True):
        _schedule(world, arrivals)
        pace.step(base_fee=fee)
    assert pace.end(within=100) == 0


def _schedule(world: World, arrivals: Sequence[tuple[Address, Plan]]) -> None:
    head = world.chain.head()
    nonces: dict[Address, int] = {}
    for owner, plan in arrivals:
        nonce = nonces.setdefault(owner, world.nonce(owner))
        definition = replace(plan, start=head + plan.start).definition(owner, nonce)
        world.chain.submit(owner, world.calls.schedule_task(definition), gas=duties.SCHEDULE_GAS)
        nonces[owner] += 1


def _task(luck: Random) -> tuple[Address, Plan]:
    kind = luck.choice(HOSTILE) if luck.random() < 0.15 else Kind.MARK
    runs = luck.randint(2, 3) if luck.random() < 0.2 else 1
    plan = plan_of(luck.getrandbits(64), kind, luck.randrange(5, 40), runs)
    return luck.choice(MANY), replace(plan, gas=luck.choice((40_000, 60_000, 150_000, 300_000)))


def _rows(hour: Hour, mined: Sequence[Mined], begun: int) -> dict[str, int]:
    figures: dict[str, int] = {}
    for first in range(0, hour.blocks, PART):
        own = [tx for tx in mined if first <= tx.block - begun - 1 < first + PART]
        fees = hour.fees()[first : first + PART]
        values = (sum(fees) // len(fees) // 10**6, *_totals(own))
        minutes = f"minute {first * BLOCK_SECONDS // 60}"
        figures |= {f"{minutes}, {name}": value for name, value in zip(ROW, values, strict=True)}
    return figures


def _sum(hour: Hour, mined: Sequence[Mined]) -> dict[str, int]:
    names = zip(ROW[1:], _totals(mined), strict=True)
    return {f"hour, {name}": value for name, value in names} | {"hour, blocks": hour.blocks}


def _totals(mined: Sequence[Mined]) -> tuple[int, ...]:
    fields = ("executed", "failed", "deferred", "cost", "received")
    return (len(mined), *(sum(getattr(tx, field) for tx in mined) for field in fields))


def _terms(world: World, number: int) -> Call:
    return world.calls.set_price_terms(
        ceiling=Wei(CEILINGS[number % len(CEILINGS)] * GWEI),
        tip=Wei(number % 3 * GWEI // 10),
        premium_cap=Wei((1 + number % 4) * GWEI),
        failure_limit=2 + number % 4,
    )


@contextmanager
def living_world() -> Iterator[tuple[World, Keeper]]:
    """A chain whose owners pay as they like, and a keeper that follows it."""
    with tempfile.TemporaryDirectory() as name, running_node(Path(name) / "anvil.log") as node:
        chain = Chain(node.url)
        world = duties.prepare(chain)
        for number, owner in enumerate(MANY):
            chain.submit(owner, _terms(world, number))
        chain.mine()
        duties.make_usual(chain)
        chain.rpc("anvil_setBlockTimestampInterval", BLOCK_SECONDS)
        settings = {"rpc": node.url, "manager": world.manager, **SETTINGS}
        keeper = Keeper("hour", executor("hour"), Path(name) / "keeper", settings)
        chain.rpc("anvil_setBalance", keeper.account.address, hex(PURSE))
        keeper.start()
        try:
            keeper.said("keeper_started")
            yield world, keeper
        finally:
            if keeper.is_running():
                keeper.kill()
            chain.close()
