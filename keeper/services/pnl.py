"""Profit and loss by day, owner or task, exact to the wei."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from keeper.types import LedgerEntry
from taskwork.chain.types import Address, Gas, TaskHash, Wei

NOBODYS = "-"  # what no task of a transaction accounts for


@dataclass(frozen=True, slots=True)
class Run:
    """One task's part in a transaction, as the events tell it."""

    task_hash: TaskHash
    owner: Address | None
    gas_used: Gas
    reimbursed: Wei
    executed: bool  # else it was only moved or taken out
    failed: bool


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an entry that belongs to one task, or to none."""

    day: str
    owner: str
    task: str
    transaction: str
    executed: int
    failed: int
    gas_used: Gas
    cost: Wei
    reimbursed: Wei


@dataclass(frozen=True, slots=True)
class Line:
    """What shares of one day, owner or task come to."""

    name: str
    transactions: int
    executed: int
    failed: int
    gas_used: int
    cost: int
    reimbursed: int

    @property
    def profit(self) -> int:
        """Negative when it cost more than it brought."""
        return self.reimbursed - self.cost


def shares_of(entry: LedgerEntry, runs: Sequence[Run]) -> list[Share]:
    """Cut an entry into what each task cost and brought; together they are the entry.

    A task bears the cost of its own gas, and a part as large of what the transaction cost beside;
    what does not divide goes to the last. Without runs the whole is nobody's.
    """
    whole = Share(
        day=datetime.fromtimestamp(entry.timestamp, UTC).date().isoformat(),
        owner=NOBODYS,
        task=NOBODYS,
        transaction=entry.tx_hash,
        executed=entry.executed,
        failed=entry.failed,
        gas_used=entry.gas_used,
        cost=entry.cost,
        reimbursed=entry.reimbursed,
    )
    if not runs:
        return [whole]
    weights = [run.gas_used for run in runs]
    gas, cost = divide(entry.gas_used, weights), divide(entry.cost, weights)
    shares = [_share(whole, *each) for each in zip(runs, gas, cost, strict=True)]
    rest = entry.reimbursed - sum(run.reimbursed for run in runs)
    return shares if rest == 0 else [*shares, _unexplained(whole, Wei(rest))]


def divide(total: int, weights: Sequence[int]) -> list[int]:
    """Whole parts in proportion to the weights; their sum is the total."""
    if not any(weights):
        weights = [1] * len(weights)
    parts = [total * weight // sum(weights) for weight in weights]
    parts[-1] += total - sum(parts)
    return parts


def summarise(shares: Iterable[Share], name: Callable[[Share], str]) -> list[Line]:
    """One line for each name, in order of first appearance."""
    by_name: dict[str, list[Share]] = {}
    for share in shares:
        by_name.setdefault(name(share), []).append(share)
    return [sum_up(name, found) for name, found in by_name.items()]


def sum_up(name: str, shares: Sequence[Share]) -> Line:
    """All of them in one line."""
    return Line(
        name=name,
        transactions=len({share.transaction for share in shares}),
        executed=sum(share.executed for share in shares),
        failed=sum(share.failed for share in shares),
        gas_used=sum(share.gas_used for share in shares),
        cost=sum(share.cost for share in shares),
        reimbursed=sum(share.reimbursed for share in shares),
    )


def _share(whole: Share, run: Run, gas: int, cost: int) -> Share:
    return replace(
        whole,
        owner=run.owner or NOBODYS,
        task=run.task_hash,
        executed=int(run.executed and not run.failed),
        failed=int(run.failed),
        gas_used=Gas(gas),
        cost=Wei(cost),
        reimbursed=run.reimbursed,
    )


def _unexplained(whole: Share, rest: Wei) -> Share:
    return replace(whole, executed=0, failed=0, gas_used=Gas(0), cost=Wei(0), reimbursed=rest)
