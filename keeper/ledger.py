"""The books: every transaction that was mined, told as it happens and kept in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import structlog

from keeper.books import failed_tasks
from keeper.services.profit import add, subtract
from keeper.signals import EntryBooked, Signals
from keeper.store import books, journal
from keeper.store.database import Store
from keeper.types import (
    BlockRef,
    EntryState,
    LedgerEntry,
    NonceState,
    SendState,
    Totals,
    TxKind,
)
from taskwork.chain.events import Event
from taskwork.chain.revert import describe_return

log = structlog.get_logger()

_SHOWN = ("tx_hash", "executed", "failed", "gas_used", "cost", "reimbursed", "expected_profit")


class Ledger:
    """Keeps nonce and P&L entry in step. `totals` are those of this run."""

    def __init__(self, store: Store, signals: Signals) -> None:
        self.totals = Totals()
        self._store = store
        self._signals = signals
        self._booked: dict[str, LedgerEntry] = {}  # in this run

    async def book(self, entry: LedgerEntry, events: Sequence[Event]) -> None:
        """Account for a mined transaction; again, when it moved to another block."""

        def work(db: Any) -> None:
            books.put(db, entry)
            _settle(db, entry, NonceState.MINED)

        await self._store.write(work)
        self._uncount(entry.tx_hash)
        self._booked[entry.tx_hash] = entry
        self.totals = add(self.totals, entry)
        self._tell(entry, events)

    async def confirm(self, entry: LedgerEntry) -> None:
        """Account for a transaction that no reorganisation takes back."""

        def work(db: Any) -> None:
            books.put(db, entry)
            books.confirm(db, entry.tx_hash)
            _settle(db, entry, NonceState.FINAL)

        await self._store.write(work)
        self._booked.pop(entry.tx_hash, None)
        self._signals.emit(EntryBooked(entry, EntryState.CONFIRMED))
        log.debug("entry_confirmed", tx_hash=entry.tx_hash, block=entry.block.number)

    async def roll_back(self, entry: LedgerEntry) -> None:
        """The chain took a transaction back: its nonce is open again."""

        def work(db: Any) -> None:
            books.remove(db, entry.tx_hash)
            journal.settle(db, entry.executor, entry.nonce, NonceState.OPEN)
            journal.mark(db, entry.tx_hash, SendState.SIGNED)  # nobody may have it any more

        await self._store.write(work)
        self._uncount(entry.tx_hash)
        self._signals.emit(EntryBooked(entry, EntryState.ROLLED_BACK))
        log.warning("batch_rolled_back", tx_hash=entry.tx_hash, block=entry.block.number)

    async def foresee(self, entry: LedgerEntry) -> None:
        """Account for a batch that a dry run did not send."""
        await self._store.write(lambda db: books.put(db, entry))
        self.totals = add(self.totals, entry)
        self._signals.emit(EntryBooked(entry, EntryState.FORESEEN))
        fields = _fields(entry)
        del fields["tx_hash"]
        log.info("batch_would_execute", **fields)

    def _uncount(self, tx_hash: str) -> None:
        before = self._booked.pop(tx_hash, None)
        if before is not None:
            self.totals = subtract(self.totals, before)

    def _tell(self, entry: LedgerEntry, events: Sequence[Event]) -> None:
        self._signals.emit(EntryBooked(entry, EntryState.PENDING))
        for run in failed_tasks(events):
            reason = describe_return(success=False, data=run.return_data)
            log.warning("task_failed", task=run.task_hash, reason=reason)
        if entry.reverted:
            log.error("batch_reverted", **_fields(entry))
        elif entry.kind is TxKind.BATCH:
            log.info("batch_executed", **_fields(entry))
        else:
            log.info("empty_transaction_mined", kind=entry.kind.value, **_fields(entry))


def _settle(db: Any, entry: LedgerEntry, state: NonceState) -> None:
    block: BlockRef = entry.block
    journal.settle(db, entry.executor, entry.nonce, state, tx_hash=entry.tx_hash, block=block)


def _fields(entry: LedgerEntry) -> dict[str, Any]:
    known = asdict(entry)
    return {name: known[name] for name in _SHOWN} | {
        "block": entry.block.number,
        "profit": entry.profit,
    }
