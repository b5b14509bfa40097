"""What every loop shares: one round per head, bounded in time, tried again when it fails."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from typing import ClassVar

import structlog

from keeper.errors import LeaseLost
from keeper.providers.heads import HeadStream, wait_for_any
from keeper.services.plan import rest_s
from keeper.signals import CycleEnded, CycleFailed, Signals
from keeper.types import Head
from taskwork.errors import ConfigError

log = structlog.get_logger()


class Bot(ABC):
    """Does one thing at each head."""

    NAME: ClassVar[str]

    def __init__(self, heads: HeadStream, *, timeout_s: float, signals: Signals) -> None:
        self._heads = heads
        self._timeout_s = timeout_s
        self._signals = signals

    @abstractmethod
    async def on_head(self, head: Head) -> None:
        """Do what a head calls for."""

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the heads until `stop` is set."""
        failures = 0  # in a row
        while not stop.is_set():
            try:
                await self._round(stop)
                failures = 0
            except (ConfigError, LeaseLost):
                raise
            except Exception as error:  # the package's only broad handler
                failures += 1
                self._heads.repeat()
                self._signals.emit(CycleFailed(self.NAME, type(error).__name__, failures))
                log.exception("cycle_failed", bot=self.NAME, failures_in_row=failures)
                await wait_for_any(stop, timeout_s=rest_s(failures))

    async def _round(self, stop: asyncio.Event) -> None:
        head = await self._heads.next(stop)
        if head is None:
            return
        started = time.monotonic()
        async with asyncio.timeout(self._timeout_s):
            await self.on_head(head)
        self._signals.emit(CycleEnded(self.NAME, time.monotonic() - started))
