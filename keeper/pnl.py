"""The profit and loss table, from the store alone: the chain is not asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from keeper.services.pnl import Line, Run, Share, shares_of, sum_up, summarise
from keeper.store import books, index
from keeper.store.database import Store
from keeper.types import EntryState, IndexedEvent, LedgerEntry
from taskwork.chain.types import Address, Gas, TaskHash, Wei

_FINAL_OR_NOT = (EntryState.PENDING, EntryState.CONFIRMED)


class By(StrEnum):
    """What a line of the table is about."""

    DAY = "day"
    OWNER = "owner"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Table:
    """Lines and their sum."""

    lines: list[Line]
    total: Line


async def read_pnl(
    store: Store, by: By, *, since: int = 0, until: int = 2**62, foreseen: bool = False
) -> Table:
    """The table for entries whose blocks are of that time (seconds), newest first."""
    states = (EntryState.FORESEEN,) if foreseen else _FINAL_OR_NOT
    shares = await store.read(lambda db: _shares(db, states, since, until))
    return Table(summarise(shares, _NAMES[by]), sum_up("total", shares))


def as_json(table: Table) -> dict[str, Any]:
    """For programs: wei as decimal text, as JSON's numbers end at 2^53 for many."""
    return {"lines": [_plain(line) for line in table.lines], "total": _plain(table.total)}


_NAMES: Mapping[By, Callable[[Share], str]] = {
    By.DAY: lambda share: share.day,
    By.OWNER: lambda share: share.owner,
    By.TASK: lambda share: share.task,
}


def _plain(line: Line) -> dict[str, Any]:
    amounts = {"cost": line.cost, "reimbursed": line.reimbursed, "profit": line.profit}
    return asdict(line) | {name: str(amount) for name, amount in amounts.items()}


def _shares(db: Connection, states: tuple[EntryState, ...], since: int, until: int) -> list[Share]:
    entries = books.listed(db, states=states, since=since, until=until)
    return [share for entry in entries for share in shares_of(entry, _runs(db, entry))]


def _runs(db: Connection, entry: LedgerEntry) -> list[Run]:
    """The tasks of a transaction that this executor was paid for; none before it is indexed."""
    events = index.events_of_transaction(db, entry.tx_hash)
    by_task: dict[TaskHash, list[IndexedEvent]] = {}
    for event in events:
        if event.task_hash is not None:
            by_task.setdefault(event.task_hash, []).append(event)
    runs = (_run(db, entry, task_hash, found) for task_hash, found in by_task.items())
    return [run for run in runs if run is not None]


def _run(
    db: Connection, entry: LedgerEntry, task_hash: TaskHash, events: list[IndexedEvent]
) -> Run | None:
    paid = [event for event in events if _is_ours(event, entry)]
    if not paid:
        return None
    recorded = [event for event in events if event.name == "TaskExecutionRecorded"]
    record = index.find_task(db, task_hash)
    return Run(
        task_hash=task_hash,
        owner=record.owner if record else None,
        gas_used=Gas(sum(int(event.fields["gas_used"]) for event in recorded)),
        reimbursed=Wei(sum(int(event.fields["amount"]) for event in paid)),
        executed=bool(recorded),
        failed=any(not event.fields["success"] for event in recorded),
    )


def _is_ours(event: IndexedEvent, entry: LedgerEntry) -> bool:
    return event.name == "ExecutorReimbursed" and event.account == Address(entry.executor)
