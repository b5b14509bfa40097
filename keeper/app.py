"""The keeper's life: check what it was given, lead, follow the chain, stop in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import Any, TypeAlias

import structlog

from keeper.assembly import Parts, build_bots
from keeper.bots.base import Bot
from keeper.bots.executor import Executor
from keeper.bots.rehearser import NOBODY
from keeper.errors import LeaseLost
from keeper.ledger import Ledger
from keeper.protocols import Lease, Signer
from keeper.providers.endpoint import Endpoint
from keeper.providers.heads import Heads
from keeper.providers.manager import ManagerReader
from keeper.providers.pool import open_endpoints
from keeper.server import watched
from keeper.settings import Settings
from keeper.signals import KeeperStarted, LeaseChanged, Signals
from keeper.startup import find_manager
from keeper.store.database import MEMORY, Store
from keeper.types import Totals
from taskwork.chain.types import Address

log = structlog.get_logger()

ChooseLease: TypeAlias = Callable[[int, Address], Lease]  # by chain id and executor


class Keeper:
    """One executor on one TaskManager. Without a signer it only says what it would do."""

    def __init__(
        self, settings: Settings, signer: Signer | None, choose_lease: ChooseLease | None = None
    ) -> None:
        self.signals = Signals()
        self._settings = settings
        self._signer = signer
        self._choose_lease = choose_lease

    async def run(self, stop: asyncio.Event) -> Totals:
        """Work until `stop` is set, then see the transaction through that is out."""
        async with AsyncExitStack() as stack:
            parts = await self._open(stack)
            while not stop.is_set():
                try:
                    await self._lead(parts, stop)
                except LeaseLost as error:
                    self.signals.emit(LeaseChanged(is_held=False))
                    log.error("lease_lost", reason=str(error))
        totals = parts.ledger.totals
        log.info("keeper_stopped", **asdict(totals), profit=totals.profit)
        return totals

    async def _open(self, stack: AsyncExitStack) -> Parts:
        settings, signals = self._settings, self.signals
        endpoints = open_endpoints(settings.endpoints, settings.reading, signals)
        await stack.enter_async_context(endpoints)
        about = await find_manager(endpoints, settings)
        store = await Store.open(settings.store.get_secret_value(), about)
        stack.push_async_callback(store.close)
        await stack.enter_async_context(watched(settings, signals, store))
        heads = await stack.enter_async_context(Heads(endpoints, settings.reading, signals))
        return Parts(
            settings=settings,
            signals=signals,
            about=about,
            manager=ManagerReader(endpoints, about.manager),
            heads=heads,
            store=store,
            ledger=Ledger(store, signals),
            private=self._private(stack),
        )

    def _private(self, stack: AsyncExitStack) -> Endpoint | None:
        if self._settings.private_rpc is None:
            return None
        url = self._settings.private_rpc.get_secret_value()
        endpoint = Endpoint(url, name="private", timeout_s=self._settings.request_timeout_s)
        stack.push_async_callback(endpoint.close)
        return endpoint

    async def _lead(self, parts: Parts, stop: asyncio.Event) -> None:
        """Wait for the lease, and work as long as it is held."""
        lease = self._lease(parts)
        try:
            if lease is not None and not await lease.acquire(stop):
                return
            self._announce(parts)
            bots, executor = build_bots(parts, self._signer, lease)
            await self._work(bots, executor, stop)
        finally:
            if lease is not None:
                await lease.release()

    def _lease(self, parts: Parts) -> Lease | None:
        is_forgotten = self._settings.store.get_secret_value() == MEMORY
        if self._choose_lease is None or (self._signer is None and is_forgotten):
            return None
        executor = self._signer.address if self._signer else NOBODY
        return self._choose_lease(parts.about.chain_id, executor)

    def _announce(self, parts: Parts) -> None:
        executor = self._signer.address if self._signer else None
        self.signals.emit(LeaseChanged(is_held=True))
        self.signals.emit(KeeperStarted(parts.about.chain_id, is_dry_run=executor is None))
        log.info(
            "keeper_started",
            chain_id=parts.about.chain_id,
            manager=parts.about.manager,
            executor=executor,
            dry_run=executor is None,
        )

    async def _work(
        self, bots: Sequence[Bot], executor: Executor | None, stop: asyncio.Event
    ) -> None:
        """Run all loops until `stop`; when one ends by an error, all end by it."""
        ended = asyncio.Event()
        loops = [asyncio.create_task(bot.run(ended)) for bot in bots]
        try:
            await _first_of(stop.wait(), loops)
            if executor is not None:
                await self._finish(executor, loops)
        finally:
            ended.set()
            results = await asyncio.gather(*loops, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _finish(self, executor: Executor, loops: Sequence[asyncio.Task[None]]) -> None:
        """Accept no work, and wait for what is out; it is journaled, should time run out."""
        executor.accepts_work = False
        await _first_of(executor.settled(), loops, timeout_s=self._settings.stop_timeout_s)
        if left := await executor.hashes_out():
            log.error("transaction_left_behind", hashes=left)


async def _first_of(
    wanted: Coroutine[Any, Any, Any],
    loops: Sequence[asyncio.Task[None]],
    *,
    timeout_s: float | None = None,
) -> None:
    """Wait for something, or for a loop that ends by itself, which only an error makes it do."""
    waiting = asyncio.create_task(wanted)
    try:
        await asyncio.wait(
            {waiting, *loops}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        waiting.cancel()
