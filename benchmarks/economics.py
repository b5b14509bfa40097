"""What an executor is reimbursed, as a share of what it spent on gas.

The owners offer no tip and no premium, so that the reimbursement alone is seen: it is to cover the
cost of every transaction, of one task or of many, and to exceed it by little.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.chain import GWEI
from benchmarks.world import (
    EXECUTOR,
    INTERVAL,
    MANY,
    OWNER,
    REFUSER,
    Plan,
    World,
    taking_turns,
    used_world,
)
from taskwork.chain.transactions import Call
from taskwork.chain.types import Address, Wei

BPS = 10_000
BAND = range(BPS, 11 * BPS // 10 + 1)  # reimbursed, in basis points of what was spent
COUNTS = (1, 2, 5, 10, 20, 50)
BASE_FEES = {"0.1 gwei": GWEI // 10, "1 gwei": GWEI, "30 gwei": 30 * GWEI}
OWNERS: Mapping[str, Sequence[Address]] = {"one owner": [OWNER], "many owners": MANY}
KINDS = (
    "success",
    "failure",
    "recurring",
    "by hash",  # the executor names the tasks
    "sparse",  # each task in a block of its own
    "committed",  # the executor brings the definitions
)


@dataclass(frozen=True)
class Case:
    """A batch, but for the base fee it runs at."""

    kind: str
    owners: str
    count: int

    def key(self, base_fee: str) -> str:
        """The name of its figure."""
        return f"{self.kind}, {self.owners}, {self.count} at {base_fee}"


@dataclass(frozen=True)
class Batch:
    """What the executor sends, and the block that it is for."""

    block: int
    call: Call


CASES = tuple(Case(*values) for values in itertools.product(KINDS, OWNERS, COUNTS))


def measure_all(cases: Iterable[Case] = CASES) -> dict[str, int]:
    """Measure each case at each base fee: basis points of the cost that came back."""
    figures = {}
    with used_world() as world:
        _offer_nothing_on_top(world)
        for case in cases:
            with world.chain.rewinding():
                batch = _prepare(world, case)
                world.chain.mine_before(batch.block)
                for name, base_fee in BASE_FEES.items():
                    with world.chain.rewinding():
                        figures[case.key(name)] = _reimbursed(world, batch.call, base_fee)
    return figures


def outside_band(figures: Mapping[str, int]) -> dict[str, int]:
    """The cases in which an executor loses, or an owner pays too much."""
    return {key: figure for key, figure in figures.items() if figure not in BAND}


def _offer_nothing_on_top(world: World) -> None:
    terms = world.calls.set_price_terms(
        ceiling=Wei(100 * GWEI), tip=Wei(0), premium_cap=Wei(0), failure_limit=5
    )
    for owner in MANY:
        world.chain.submit(owner, terms)
    world.chain.mine()


def _prepare(world: World, case: Case) -> Batch:
    """Schedule the tasks, and let them run once if they are to recur."""
    plan, owners = Plan(world.window()), taking_turns(OWNERS[case.owners], case.count)
    everything = world.calls.execute_queued_tasks(0)
    if case.kind == "sparse":
        plans = [replace(plan, start=plan.start + number) for number in range(case.count)]
        world.schedule_each(zip(owners, plans, strict=True))
        return Batch(plan.start + case.count - 1, everything)
    if case.kind == "recurring":
        world.schedule(owners, plan.recurring())
        world.execute(plan.start, runs=case.count)
        return Batch(plan.start + INTERVAL, everything)
    if case.kind == "committed":
        _, tasks = world.commit(owners, plan)
        return Batch(plan.start, world.calls.execute_committed(tasks, 0))
    target = REFUSER if case.kind == "failure" else plan.target
    sent = world.schedule(owners, replace(plan, target=target))
    if case.kind == "by hash":
        return Batch(plan.start, world.calls.execute_tasks(sent.hashes(), 0))
    return Batch(plan.start, everything)


def _reimbursed(world: World, call: Call, base_fee: int) -> int:
    """What the executor got back for the batch, from its balance."""
    chain = world.chain
    before = chain.balance(EXECUTOR)
    receipt = chain.run(EXECUTOR, call, base_fee=base_fee)
    assert receipt.gas_price == base_fee, f"the base fee was {receipt.gas_price}, not {base_fee}"
    spent = receipt.gas * base_fee
    return (chain.balance(EXECUTOR) - before + spent) * BPS // spent
