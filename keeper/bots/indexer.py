"""Keeps the event index complete up to the head, on whichever branch the chain takes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import structlog
from sqlalchemy import Connection

from keeper.bots.base import Bot
from keeper.providers.heads import HeadStream
from keeper.providers.manager import ManagerReader
from keeper.services.branches import extends, is_linked
from keeper.services.history import committed_in, fold, fold_all, settled_status, to_indexed
from keeper.services.plan import landing_block
from keeper.settings import Settings
from keeper.signals import IndexAdvanced, ReorgSeen, Signals
from keeper.store import index
from keeper.store.database import Store
from keeper.types import BlockRef, Cursor, Head, IndexedEvent, SeenBlock, TaskRecord
from taskwork.chain.events import Event
from taskwork.chain.types import BlockNumber, TaskHash, TaskStatus
from taskwork.errors import ChainError, NodeRefused

log = structlog.get_logger()

Statuses: TypeAlias = dict[TaskHash, tuple[TaskStatus, BlockNumber]]

_BLOCKS_AT_ONCE = 16
_SHARE_OF_TIME = 0.5  # of what a round may take; then it goes on with the next one


class Indexer(Bot):
    """Reads the manager's events, span by span; each span is kept as soon as it is read."""

    NAME = "indexer"

    def __init__(
        self,
        heads: HeadStream,
        *,
        manager: ManagerReader,
        store: Store,
        settings: Settings,
        signals: Signals,
        wake: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(heads, timeout_s=settings.block_timeout_s, signals=signals)
        self._manager = manager
        self._store = store
        self._depth = settings.reorg_depth
        self._from_block = settings.from_block
        self._span = settings.log_span
        self._most = settings.log_span
        self._wake = wake  # whoever runs committed tasks, which nobody but the index knows

    async def on_head(self, head: Head) -> None:
        """Bring the index to this head, or as near as time allows."""
        deadline = time.monotonic() + self._timeout_s * _SHARE_OF_TIME
        cursor = await self.find_place(head)
        while cursor.head.number < head.number:
            if time.monotonic() > deadline:
                self._heads.repeat()
                return
            cursor = await self._advance(cursor, head)
        landing = landing_block(head.number)
        due = await self._store.read(lambda db: index.committed_due(db, landing, 1))
        if due and self._wake is not None:
            self._wake()

    async def find_place(self, head: Head) -> Cursor:
        """Where to go on: the last block of the index that is still the chain's."""
        cursor = await self._store.read(index.cursor)
        if cursor is None:
            start = await self._first_block(head)
            return Cursor(start, BlockRef(BlockNumber(start - 1), ""))
        known = await self._store.read(index.known_blocks)
        if not known or known[0].hash == head.parent_hash:
            return cursor
        if any(block.hash == head.hash for block in known):
            return cursor  # an endpoint that is behind
        for block in known:
            if block.number <= head.number and await self._is_canonical(block):
                return await self._go_back_to(block, cursor)
        return await self._begin_anew(cursor, known)

    async def _advance(self, cursor: Cursor, head: Head) -> Cursor:
        first = BlockNumber(cursor.head.number + 1)
        last = BlockNumber(min(cursor.head.number + self._span, head.number))
        try:
            found = await self._manager.events(first, last)
        except NodeRefused:
            if self._span == 1:
                raise
            self._span //= 2  # too much for this node: ask for less
            return cursor
        blocks = await self._blocks(max(first, BlockNumber(last - self._depth)), last)
        tip = await self._store.read(index.known_blocks)
        _check_branch(blocks, tip[0] if tip else None, found)
        ref = BlockRef(last, blocks[-1].hash)
        after = Cursor(cursor.start, ref)
        await self._keep(after, blocks, found)
        self._span = min(self._most, self._span * 2)
        self._signals.emit(IndexAdvanced(last, head.number - last, len(found)))
        log.debug("index_advanced", block=last, events=len(found))
        return after

    async def _keep(self, at: Cursor, blocks: Sequence[SeenBlock], events: Sequence[Event]) -> None:
        oldest = BlockNumber(at.head.number - self._depth)
        found = [to_indexed(event) for event in events]
        committed = committed_in(events)
        statuses = await self._statuses(found, at.head.number)

        def work(db: Connection) -> None:
            index.put_blocks(db, blocks, keep_from=oldest)
            index.put_events(db, found)
            index.put_tasks(db, _records(db, found, statuses))
            index.put_definitions(db, committed)
            index.set_cursor(db, at)

        await self._store.write(work)

    async def _statuses(self, found: Iterable[IndexedEvent], block: BlockNumber) -> Statuses:
        """Where the tasks are now that something happened to: no event says that one is over."""
        touched = list(dict.fromkeys(event.task_hash for event in found if event.task_hash))
        return await self._manager.statuses(touched, block)

    async def _first_block(self, head: Head) -> BlockNumber:
        if self._from_block is not None:
            return BlockNumber(self._from_block)
        return await self._manager.deployed_at(head.number)

    async def _is_canonical(self, block: SeenBlock) -> bool:
        found = await self._manager.block(block.number)
        return f"0x{found['hash'].hex()}" == block.hash

    async def _go_back_to(self, block: SeenBlock, cursor: Cursor) -> Cursor:
        depth = cursor.head.number - block.number
        if depth == 0:
            return cursor
        after = Cursor(cursor.start, BlockRef(block.number, block.hash))
        touched = await self._store.write(lambda db: _roll_back(db, after))
        statuses = await self._manager.statuses(touched, block.number)
        await self._store.write(lambda db: _put_statuses(db, statuses))
        self._signals.emit(ReorgSeen(depth, block.number))
        log.warning("reorg", depth=depth, ancestor=block.number)
        return after

    async def _begin_anew(self, cursor: Cursor, known: Sequence[SeenBlock]) -> Cursor:
        """No remembered block is the chain's any more: nothing of the index can be relied on."""
        log.error("reorg_too_deep", remembered=len(known), from_block=cursor.start)
        self._signals.emit(ReorgSeen(len(known), BlockNumber(cursor.start - 1)))
        await self._store.write(index.clear)
        return Cursor(cursor.start, BlockRef(BlockNumber(cursor.start - 1), ""))

    async def _blocks(self, first: BlockNumber, last: BlockNumber) -> list[SeenBlock]:
        found: list[SeenBlock] = []
        for start in range(first, last + 1, _BLOCKS_AT_ONCE):
            numbers = range(start, min(start + _BLOCKS_AT_ONCE, last + 1))
            asked = (self._manager.block(BlockNumber(number)) for number in numbers)
            found += [_seen(block) for block in await asyncio.gather(*asked)]
        return found


def _seen(block: Any) -> SeenBlock:
    hashes = (f"0x{block['hash'].hex()}", f"0x{block['parentHash'].hex()}")
    return SeenBlock(BlockNumber(block["number"]), *hashes)


def _check_branch(blocks: Sequence[SeenBlock], tip: SeenBlock | None, found: Sequence[Any]) -> None:
    """Refuse what was read while the chain changed its mind."""
    hashes = {block.number: block.hash for block in blocks}
    strange = [e for e in found if hashes.get(e.at.block, e.at.block_hash) != e.at.block_hash]
    if strange or not is_linked(blocks) or not extends(blocks, tip):
        raise ChainError("the chain changed while it was being read: reading it again")


def _roll_back(db: Connection, to: Cursor) -> list[TaskHash]:
    """Forget what came after, and work out anew what it touched; returns what is left of that."""
    touched = index.remove_from(db, BlockNumber(to.head.number + 1))
    records = {one: fold_all(index.events_of_task(db, one)) for one in touched}
    for task_hash in records:
        index.remove_task(db, task_hash)
    index.put_tasks(db, [record for record in records.values() if record is not None])
    index.set_cursor(db, to)
    return [task_hash for task_hash, record in records.items() if record is not None]


def _put_statuses(db: Connection, statuses: Statuses) -> None:
    found = (index.find_task(db, task_hash) for task_hash in statuses)
    index.put_tasks(db, [_with_status(one, statuses) for one in list(found) if one is not None])


def _records(db: Connection, found: Iterable[IndexedEvent], statuses: Statuses) -> list[TaskRecord]:
    records: dict[TaskHash, TaskRecord | None] = {}
    for event in found:
        if event.task_hash is not None:
            known = records.get(event.task_hash) or index.find_task(db, event.task_hash)
            records[event.task_hash] = fold(known, event)
    return [_with_status(record, statuses) for record in records.values() if record is not None]


def _with_status(record: TaskRecord, statuses: Statuses) -> TaskRecord:
    status, next_block = statuses[record.task_hash]
    return replace(record, status=settled_status(record, status), next_block=next_block)
