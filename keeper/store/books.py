"""Profit and loss, in the store."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select, update

from keeper.store.rows import entry_from_row, entry_to_row
from keeper.store.schema import entries
from keeper.types import EntryState, LedgerEntry
from taskwork.chain.types import Address, BlockNumber, Wei


def put(db: Connection, entry: LedgerEntry) -> None:
    """Book an entry, in place of what was booked for the same transaction."""
    remove(db, entry.tx_hash)
    db.execute(entries.insert().values(**entry_to_row(entry)))


def remove(db: Connection, tx_hash: str) -> None:
    """Take an entry out: its transaction is not mined any more."""
    db.execute(delete(entries).where(entries.c.tx_hash == tx_hash))


def confirm(db: Connection, tx_hash: str) -> None:
    """No reorganisation takes this entry back."""
    changed = update(entries).where(entries.c.tx_hash == tx_hash)
    db.execute(changed.values(state=EntryState.CONFIRMED.value))


def find(db: Connection, tx_hash: str) -> LedgerEntry | None:
    """The entry of one transaction."""
    row = db.execute(select(entries).where(entries.c.tx_hash == tx_hash)).first()
    return entry_from_row(row) if row else None


def listed(
    db: Connection,
    *,
    states: Iterable[EntryState] = (EntryState.PENDING, EntryState.CONFIRMED),
    since: int = 0,
    until: int = 2**62,
    executor: Address | None = None,
    limit: int | None = None,
) -> list[LedgerEntry]:
    """Entries by the time of their block (seconds), newest first."""
    found = (
        select(entries)
        .where(entries.c.state.in_([state.value for state in states]))
        .where(entries.c.timestamp >= since, entries.c.timestamp < until)
        .order_by(entries.c.block.desc(), entries.c.nonce.desc())
        .limit(limit)
    )
    if executor is not None:
        found = found.where(entries.c.executor == executor)
    return [entry_from_row(row) for row in db.execute(found)]


def spent_since(db: Connection, executor: Address, since: int) -> Wei:
    """What an executor's transactions have cost since a time, whatever they brought."""
    found = select(entries.c.cost).where(
        entries.c.executor == executor,
        entries.c.timestamp >= since,
        entries.c.state != EntryState.FORESEEN.value,
    )
    return Wei(sum(db.execute(found).scalars()))


def foreseen_last(db: Connection) -> BlockNumber | None:
    """The last block in which a dry run would have executed."""
    found = (
        select(entries.c.block)
        .where(entries.c.state == EntryState.FORESEEN.value)
        .order_by(entries.c.block.desc())
    )
    return db.execute(found).scalar()
