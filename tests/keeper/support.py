"""A keeper inside a test: started as a task, its log events kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from eth_account.signers.local import LocalAccount

from keeper.app import Keeper
from keeper.keys.local import LocalSigner
from keeper.settings import Settings
from keeper.signals import Signal
from keeper.store.database import MEMORY
from keeper.types import Totals
from tests.support.chain import Chain

PATIENCE_S = 20.0


@dataclass
class RunningKeeper:
    """A keeper that works, and what it said."""

    events: list[dict[str, Any]]
    signals: list[Signal]
    stop: asyncio.Event
    task: asyncio.Task[Totals]

    async def said(self, name: str, count: int = 1) -> dict[str, Any]:
        """Wait until the keeper said something, and return the latest."""
        await until(lambda: len(self.all_said(name)) >= count)
        return self.all_said(name)[-1]

    def all_said(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]

    async def end(self) -> Totals:
        self.stop.set()
        return await asyncio.wait_for(self.task, PATIENCE_S)


@asynccontextmanager
async def running_keeper(
    chain: Chain, account: LocalAccount | None, **settings: Any
) -> AsyncIterator[RunningKeeper]:
    keeper = Keeper(settings_for(chain, **settings), LocalSigner(account) if account else None)
    signals: list[Signal] = []
    keeper.signals.subscribe(signals.append)
    stop = asyncio.Event()
    with structlog.testing.capture_logs() as events:
        task = asyncio.create_task(keeper.run(stop))
        try:
            yield RunningKeeper(events, signals, stop, task)
        finally:
            stop.set()
            await asyncio.wait([task], timeout=PATIENCE_S)
            if not task.cancelled():
                task.result()


def settings_for(chain: Chain, **settings: Any) -> Settings:
    usual = {
        "rpc": chain.url,
        "manager": chain.manager.address,
        "store": MEMORY,
        "poll_interval_s": 0.05,
        "stop_timeout_s": 5,
        "bump_blocks": 2,
    }
    return Settings(**usual | settings)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.02)
