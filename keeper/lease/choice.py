"""Which lease it is: what the operator named, else one beside or in the store."""

from __future__ import annotations

from pathlib import Path

from keeper.lease.file import FileLease
from keeper.lease.postgres import PostgresLease, lease_key
from keeper.settings import Settings
from keeper.store.database import MEMORY
from taskwork.chain.types import Address

_FOLDER = "~/.local/state/taskwork"


def choose_lease(settings: Settings, chain_id: int, executor: Address) -> FileLease | PostgresLease:
    """The lease that every keeper with this key on this chain must hold to send."""
    store = settings.store.get_secret_value()
    if settings.lease is not None:
        place = settings.lease.get_secret_value()
    elif store == MEMORY:
        place = f"{_FOLDER}/{chain_id}-{executor}.lease"
    else:
        place = store if "://" in store else f"{store}.lease"
    if "://" in place:
        return PostgresLease(place, lease_key(chain_id, executor))
    return FileLease(Path(place).expanduser())
