"""Follows every nonce of ours until it is final, through replacements and reorganisations."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog
from web3.types import TxReceipt

from keeper.books import entry_of, manager_events
from keeper.ledger import Ledger
from keeper.providers.manager import ManagerReader
from keeper.services.nonces import credible_count
from keeper.signals import NonceTaken, Signals
from keeper.store import books, journal
from keeper.store.database import Store
from keeper.types import (
    BlockRef,
    EntryState,
    Flight,
    Head,
    LedgerEntry,
    NonceEntry,
    NonceState,
    SignedAttempt,
)
from taskwork.chain.types import Address, BlockNumber

log = structlog.get_logger()


class Tracker:
    """Brings the nonce ledger in line with the chain, once a head."""

    def __init__(
        self,
        executor: Address,
        manager: ManagerReader,
        store: Store,
        ledger: Ledger,
        *,
        confirmations: int,
        signals: Signals,
    ) -> None:
        self.mined = 0  # nonces that the chain has used, as of the last head
        self.newest = BlockNumber(0)  # the last block in which something of ours was mined
        self._executor = executor
        self._manager = manager
        self._store = store
        self._ledger = ledger
        self._confirmations = confirmations
        self._signals = signals

    async def follow(self, head: Head) -> list[Flight]:
        """Settle what can be settled; returns what is still open, lowest nonce first."""
        me = self._executor
        entries = await self._store.read(lambda db: journal.unsettled(db, me))
        # Asked first: when something is mined between the two questions, it has a receipt.
        self.mined = await self._count(head)
        for entry in entries:
            if entry.state is NonceState.OPEN:
                await self._look_for(entry, head)
            else:
                await self._look_after(entry, head)
        self.newest = await self._store.read(lambda db: journal.newest_block(db, me))
        return await self._store.read(lambda db: journal.open_flights(db, me))

    async def _count(self, head: Head) -> int:
        me = self._executor
        final = await self._store.read(lambda db: journal.final_count(db, me))
        return credible_count(await self._manager.nonce_counts(me, head.number), final)

    async def _look_for(self, entry: NonceEntry, head: Head) -> None:
        """Find out whether an open nonce was used, by one of ours or somebody else's."""
        found = await self._mined(entry.nonce)
        if found is not None:
            await self._book(*found)
        elif self.mined > entry.nonce:
            at = BlockRef(head.number, head.hash)
            await self._settle(entry, NonceState.TAKEN, at)
            self._signals.emit(NonceTaken(entry.nonce))
            log.warning("nonce_taken", nonce=entry.nonce)

    async def _look_after(self, entry: NonceEntry, head: Head) -> None:
        """See whether the chain still has what used a nonce, and how deep."""
        depth = head.number - entry.block.number if entry.block else 0
        if entry.state is NonceState.TAKEN:
            await self._look_after_taken(entry, depth)
            return
        if entry.block is None or await self._is_canonical(entry.block, head):
            if depth >= self._confirmations:
                await self._confirm(entry)
            return
        await self._on_reorg(entry)

    async def _look_after_taken(self, entry: NonceEntry, depth: int) -> None:
        if self.mined <= entry.nonce:
            await self._settle(entry, NonceState.OPEN, None)
        elif (found := await self._mined(entry.nonce)) is not None:
            await self._book(*found)
        elif depth >= self._confirmations:
            await self._settle(entry, NonceState.LOST, entry.block)

    async def _on_reorg(self, entry: NonceEntry) -> None:
        found = await self._mined(entry.nonce)
        before = await self._store.read(lambda db: books.find(db, entry.tx_hash or ""))
        if before is not None and (found is None or found[0].tx_hash != before.tx_hash):
            await self._ledger.roll_back(before)
        if found is not None:
            await self._book(*found)

    async def _confirm(self, entry: NonceEntry) -> None:
        """Make final what the chain tells a second time; what it tells anew is booked first."""
        found = await self._mined(entry.nonce)
        if found is None:
            return
        told = await self._entry(*found)
        before = await self._store.read(lambda db: books.find(db, told.tx_hash))
        if before != told:
            log.warning("receipt_changed", tx_hash=told.tx_hash, block=told.block.number)
            await self._book(*found)
            return
        await self._ledger.confirm(replace(told, state=EntryState.CONFIRMED))

    async def _book(self, attempt: SignedAttempt, receipt: TxReceipt) -> None:
        events = manager_events(receipt["logs"], self._manager.address)
        await self._ledger.book(await self._entry(attempt, receipt), events)

    async def _entry(self, attempt: SignedAttempt, receipt: TxReceipt) -> LedgerEntry:
        events = manager_events(receipt["logs"], self._manager.address)
        block = await self._manager.block(BlockNumber(receipt["blockNumber"]))
        return entry_of(attempt, receipt, block, events)

    async def _mined(self, nonce: int) -> tuple[SignedAttempt, TxReceipt] | None:
        """The one of our transactions with this nonce that the chain has."""
        me = self._executor
        attempts = await self._store.read(lambda db: journal.attempts(db, me, nonce))
        receipts = await asyncio.gather(*(self._manager.receipt(one.tx_hash) for one in attempts))
        for attempt, receipt in zip(attempts, receipts, strict=True):
            if receipt is not None:
                return attempt, receipt
        return None

    async def _is_canonical(self, block: BlockRef, head: Head) -> bool:
        if block.number > head.number:
            return False
        found = await self._manager.block(block.number)
        return f"0x{found['hash'].hex()}" == block.hash

    async def _settle(self, entry: NonceEntry, state: NonceState, block: BlockRef | None) -> None:
        me, nonce = entry.executor, entry.nonce
        await self._store.write(lambda db: journal.settle(db, me, nonce, state, block=block))
