"""Builds the event index anew, from any block."""

from __future__ import annotations

from typing import Any

from keeper.bots.indexer import Indexer
from keeper.bots.rehearser import NOBODY
from keeper.errors import LeaseLost
from keeper.keys import load_signer
from keeper.keys.choice import Hide
from keeper.lease import choose_lease
from keeper.providers.heads import Heads, read_head
from keeper.providers.manager import ManagerReader
from keeper.providers.pool import Endpoints, open_endpoints
from keeper.settings import Settings
from keeper.signals import Signals
from keeper.startup import find_manager
from keeper.store import index
from keeper.store.database import Store
from keeper.types import Identity


async def backfill_index(settings: Settings, hide: Hide) -> dict[str, Any]:
    """Clear the index and read it all again; no keeper may run on the store meanwhile."""
    signer = await load_signer(settings, hide)
    async with open_endpoints(settings.endpoints, settings.reading, Signals()) as endpoints:
        about = await find_manager(endpoints, settings)
        lease = choose_lease(settings, about.chain_id, signer.address if signer else NOBODY)
        if not await lease.try_acquire():
            raise LeaseLost("a keeper runs on this store: stop it first")
        try:
            return await _rebuild(settings, endpoints, about)
        finally:
            await lease.release()


async def _rebuild(settings: Settings, endpoints: Endpoints, about: Identity) -> dict[str, Any]:
    store = await Store.open(settings.store.get_secret_value(), about)
    try:
        await store.write(index.clear)
        head = await endpoints.ask(read_head)
        heads = Heads(endpoints, settings.reading, Signals())
        indexer = Indexer(
            heads.subscribe(),
            manager=ManagerReader(endpoints, about.manager),
            store=store,
            settings=settings,
            signals=Signals(),
        )
        while (cursor := await store.read(index.cursor)) is None or (
            cursor.head.number < head.number
        ):
            await indexer.on_head(head)
        counts = await store.read(index.count_by_status)
        return {
            "from_block": cursor.start,
            "indexed": cursor.head.number,
            "events": await store.read(index.count_events),
            "tasks": {status.name.lower(): count for status, count in counts.items()},
        }
    finally:
        await store.close()
