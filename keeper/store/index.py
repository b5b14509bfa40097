"""The event index: all events of the manager, and what they amount to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, delete, func, select

from keeper.store.rows import (
    committed_from_row,
    committed_to_row,
    event_from_row,
    event_to_row,
    record_from_row,
    record_to_row,
)
from keeper.store.schema import blocks, cursors, definitions, events, tasks
from keeper.types import BlockRef, Committed, Cursor, IndexedEvent, SeenBlock, TaskRecord
from taskwork.chain.types import Address, BlockNumber, TaskHash, TaskStatus

_EVENTS = "events"  # the only cursor


def cursor(db: Connection) -> Cursor | None:
    """How far the index is complete; None before it was begun."""
    row = db.execute(select(cursors).where(cursors.c.name == _EVENTS)).first()
    return Cursor(row.start, BlockRef(row.block, row.hash)) if row else None


def set_cursor(db: Connection, at: Cursor) -> None:
    """Say that the index is complete up to there."""
    db.execute(delete(cursors).where(cursors.c.name == _EVENTS))
    values = {"start": at.start, "block": at.head.number, "hash": at.head.hash}
    db.execute(cursors.insert().values(name=_EVENTS, **values))


def clear(db: Connection) -> None:
    """Forget the whole index, to build it anew."""
    for table in (cursors, blocks, events, tasks, definitions):
        db.execute(delete(table))


def put_blocks(db: Connection, seen: Iterable[SeenBlock], *, keep_from: BlockNumber) -> None:
    """Remember blocks as the chain's, and forget those before `keep_from`."""
    for block in seen:
        db.execute(delete(blocks).where(blocks.c.number == block.number))
        values = {"number": block.number, "hash": block.hash, "parent_hash": block.parent_hash}
        db.execute(blocks.insert().values(**values))
    db.execute(delete(blocks).where(blocks.c.number < keep_from))


def known_blocks(db: Connection) -> list[SeenBlock]:
    """The blocks that are remembered, newest first."""
    rows = db.execute(select(blocks).order_by(blocks.c.number.desc()))
    return [SeenBlock(row.number, row.hash, row.parent_hash) for row in rows]


def put_events(db: Connection, found: Sequence[IndexedEvent]) -> None:
    """Add events; those of the same blocks were removed before."""
    if found:
        db.execute(events.insert(), [event_to_row(event) for event in found])


def remove_from(db: Connection, first: BlockNumber) -> set[TaskHash]:
    """Take out everything from a block on; returns the tasks that this concerns."""
    gone = select(events.c.task_hash).where(
        events.c.block >= first, events.c.task_hash.is_not(None)
    )
    touched = {TaskHash(task_hash) for task_hash in db.execute(gone.distinct()).scalars()}
    db.execute(delete(events).where(events.c.block >= first))
    db.execute(delete(blocks).where(blocks.c.number >= first))
    db.execute(delete(definitions).where(definitions.c.block >= first))
    return touched


def put_definitions(db: Connection, found: Iterable[Committed]) -> None:
    """Keep what committed tasks call."""
    for one in found:
        db.execute(delete(definitions).where(definitions.c.task_hash == one.task_hash))
        db.execute(definitions.insert().values(**committed_to_row(one)))


def committed_due(db: Connection, landing: BlockNumber, limit: int) -> list[Committed]:
    """The committed tasks that can run in a block, by what the events say; longest due first."""
    found = (
        select(definitions)
        .join(tasks, tasks.c.task_hash == definitions.c.task_hash)
        .where(tasks.c.status == TaskStatus.QUEUED.name, tasks.c.next_block <= landing)
        .order_by(tasks.c.next_block, definitions.c.task_hash)
        .limit(limit)
    )
    return [committed_from_row(row) for row in db.execute(found)]


def committed_then(db: Connection, head: BlockNumber, limit: int) -> list[Committed]:
    """The committed tasks that may have been waiting at a block of the past."""
    found = (
        select(definitions)
        .join(tasks, tasks.c.task_hash == definitions.c.task_hash)
        .where(definitions.c.block <= head)
        .where((tasks.c.status == TaskStatus.QUEUED.name) | (tasks.c.last_block > head))
        .order_by(definitions.c.block, definitions.c.task_hash)
        .limit(limit)
    )
    return [committed_from_row(row) for row in db.execute(found)]


def events_of_task(db: Connection, task_hash: TaskHash) -> list[IndexedEvent]:
    """A task's history, oldest first."""
    return _events(db, events.c.task_hash == task_hash)


def events_of_account(db: Connection, account: Address) -> list[IndexedEvent]:
    """What happened to an account, oldest first."""
    return _events(db, events.c.account == account)


def events_of_transaction(db: Connection, tx_hash: str) -> list[IndexedEvent]:
    """What a transaction did."""
    return _events(db, events.c.tx_hash == tx_hash)


def events_between(db: Connection, first: BlockNumber, last: BlockNumber) -> list[IndexedEvent]:
    """What happened from one block to another, both included."""
    return _events(db, (events.c.block >= first) & (events.c.block <= last))


def put_tasks(db: Connection, records: Iterable[TaskRecord]) -> None:
    """Write what the events amount to."""
    for record in records:
        remove_task(db, record.task_hash)
        db.execute(tasks.insert().values(**record_to_row(record)))


def remove_task(db: Connection, task_hash: TaskHash) -> None:
    """No event of the task is left."""
    db.execute(delete(tasks).where(tasks.c.task_hash == task_hash))


def find_task(db: Connection, task_hash: TaskHash) -> TaskRecord | None:
    """What the events say of a task."""
    row = db.execute(select(tasks).where(tasks.c.task_hash == task_hash)).first()
    return record_from_row(row) if row else None


def tasks_of(db: Connection, owner: Address) -> list[TaskRecord]:
    """An owner's tasks, in order of being scheduled."""
    found = select(tasks).where(tasks.c.owner == owner).order_by(tasks.c.scheduled_at)
    return [record_from_row(row) for row in db.execute(found)]


def count_events(db: Connection) -> int:
    """How many events there are."""
    return int(db.execute(select(func.count()).select_from(events)).scalar_one())


def count_by_status(db: Connection) -> dict[TaskStatus, int]:
    """How many tasks there are, by where they are in their lives."""
    found = select(tasks.c.status, func.count()).group_by(tasks.c.status)
    return {TaskStatus[name]: count for name, count in db.execute(found)}


def _events(db: Connection, condition: ColumnElement[bool]) -> list[IndexedEvent]:
    found = select(events).where(condition).order_by(events.c.block, events.c.log_index)
    return [event_from_row(row) for row in db.execute(found)]
