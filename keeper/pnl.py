"""The profit and loss table, from the store alone: the chain is not asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from keeper.services.pnl import Line, Run, Share, shares_of, sum_up, summarise
from keeper.settings import Settings
from keeper.store import books, index
from keeper.store.database import Store
from keeper.types import EntryState, IndexedEvent, LedgerEntry
from taskwork.chain.types import Address, Gas, TaskHash, Wei
from taskwork.units import short

_EVER = 2**62
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
    store: Store, by: By, *, since: int = 0, until: int = _EVER, foreseen: bool = False
) -> Table:
    """The table for entries whose blocks are of that time (seconds), newest first."""
    states = (EntryState.FORESEEN,) if foreseen else _FINAL_OR_NOT
    shares = await store.read(lambda db: _shares(db, states, since, until))
    return Table(summarise(shares, _NAMES[by]), sum_up("total", shares))


async def read_table(
    settings: Settings, by: By, period: tuple[int, int], *, foreseen: bool
) -> Table:
    """The table from the store of the settings."""
    store = await Store.open(settings.store.get_secret_value())
    try:
        return await read_pnl(store, by, since=period[0], until=period[1], foreseen=foreseen)
    finally:
        await store.close()


def period_of(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """From and to in seconds, of times in UTC; always and ever where they are not given."""
    first = 0 if since is None else int(since.replace(tzinfo=UTC).timestamp())
    return first, _EVER if until is None else int(until.replace(tzinfo=UTC).timestamp())


def as_json(table: Table) -> dict[str, Any]:
    """For programs: amounts in wei."""
    return {"lines": [_plain(line) for line in table.lines], "total": _plain(table.total)}


def in_words(table: Table) -> str:
    """For people: amounts rounded, but for the last line."""
    rows = [_HEADINGS, *(_cells(line) for line in (*table.lines, table.total))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    told = ("  ".join(_aligned(row, widths)).rstrip() for row in rows)
    return "\n".join([*told, f"profit: {table.total.profit} wei"])


_NAMES: Mapping[By, Callable[[Share], str]] = {
    By.DAY: lambda share: share.day,
    By.OWNER: lambda share: share.owner,
    By.TASK: lambda share: share.task,
}


_HEADINGS = ("", "transactions", "tasks", "failed", "gas", "cost", "reimbursed", "profit")


def _cells(line: Line) -> tuple[str, ...]:
    counts = (line.transactions, line.executed, line.failed, line.gas_used)
    amounts = (line.cost, line.reimbursed, line.profit)
    return (line.name, *(str(count) for count in counts), *(short(amount) for amount in amounts))


def _aligned(row: tuple[str, ...], widths: list[int]) -> list[str]:
    cells = list(zip(row, widths, strict=True))
    return [cells[0][0].ljust(cells[0][1]), *(cell.rjust(width) for cell, width in cells[1:])]


def _plain(line: Line) -> dict[str, Any]:
    return asdict(line) | {"profit": line.profit}


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
