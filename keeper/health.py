"""Whether the keeper can do its work, from what it tells of itself."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import singledispatchmethod

from keeper.errors import StoreError
from keeper.signals import EndpointScored, HeadSeen, LeaseChanged, Signal

Probe = Callable[[], Awaitable[None]]  # writes to the store, or raises `StoreError`


class Health:
    """Listens to the signals; asked by load balancers, orchestrators and people."""

    def __init__(self, probe_store: Probe, *, max_head_age_s: float) -> None:
        self._probe_store = probe_store
        self._max_head_age_s = max_head_age_s
        self._head_seen_at: float | None = None  # by the clock that nobody sets
        self._is_leading = False
        self._usable: dict[str, bool] = {}

    @singledispatchmethod
    def listen(self, signal: Signal) -> None:
        """Take note of a signal; most say nothing about health."""

    @listen.register
    def _(self, _: HeadSeen) -> None:
        self._head_seen_at = time.monotonic()

    @listen.register
    def _(self, signal: LeaseChanged) -> None:
        self._is_leading = signal.is_held

    @listen.register
    def _(self, signal: EndpointScored) -> None:
        self._usable[signal.endpoint] = signal.is_usable

    async def troubles(self) -> list[str]:
        """What keeps the keeper from sending; nothing when it is ready."""
        found = [self._lease_trouble(), self._chain_trouble(), await self._store_trouble()]
        return [trouble for trouble in found if trouble is not None]

    def _lease_trouble(self) -> str | None:
        return None if self._is_leading else "another keeper has the lease, or may have it"

    def _chain_trouble(self) -> str | None:
        if self._usable and not any(self._usable.values()):
            return "no endpoint can be used"
        if self._head_seen_at is None:
            return "no block was seen yet"
        age = time.monotonic() - self._head_seen_at
        return f"no block for {age:.0f} seconds" if age > self._max_head_age_s else None

    async def _store_trouble(self) -> str | None:
        try:
            await self._probe_store()
        except StoreError:
            return "the store cannot be written"
        return None
