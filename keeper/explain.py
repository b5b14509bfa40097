"""What became of a task, from the event index; on demand also what the chain says of it."""

from __future__ import annotations

from typing import Any

from keeper.providers.pool import open_endpoints
from keeper.services.reasons import why
from keeper.settings import Settings
from keeper.signals import Signals
from keeper.startup import find_manager
from keeper.store import index
from keeper.store.database import Store
from keeper.types import IndexedEvent, TaskRecord
from taskwork.actions.explanation import in_words
from taskwork.chain.lens import TaskManagerLensClient
from taskwork.chain.rpc import Web3
from taskwork.chain.types import BlockNumber, TaskHash

_NEWEST = 20  # events that are told


async def explain_task(settings: Settings, task_hash: TaskHash, *, live: bool) -> dict[str, Any]:
    """Everything that is known, as fields to show."""
    store = await Store.open(settings.store.get_secret_value())
    try:
        cursor = await store.read(index.cursor)
        record = await store.read(lambda db: index.find_task(db, task_hash))
        history = await store.read(lambda db: index.events_of_task(db, task_hash))
    finally:
        await store.close()
    indexed = cursor.head.number if cursor else None
    found = _fields(task_hash, record, history, indexed)
    return found | {"live": await _live(settings, task_hash)} if live else found


def _fields(
    task_hash: TaskHash,
    record: TaskRecord | None,
    history: list[IndexedEvent],
    indexed: BlockNumber | None,
) -> dict[str, Any]:
    told = {"task": task_hash, "reason": why(record, indexed), "indexed": indexed}
    if record is None:
        return told
    return told | {
        "status": record.status.name.lower(),
        "owner": record.owner,
        "scheduled_at": record.scheduled_at,
        "next_block": record.next_block,
        "executed": record.executed,
        "failed": record.failed,
        "spent": record.spent,
        "history": [f"{event.block} {event.name} {event.tx_hash}" for event in history[-_NEWEST:]],
    }


async def _live(settings: Settings, task_hash: TaskHash) -> str:
    async with open_endpoints(settings.endpoints, settings.reading, Signals()) as endpoints:
        about = await find_manager(endpoints, settings)

        async def ask(web3: Web3) -> str:
            lens = await TaskManagerLensClient.of(web3, about.manager)
            return in_words(await lens.explain(task_hash))

        return await endpoints.ask(ask)
