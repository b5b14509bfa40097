"""How a keeper waits for a lease: it tries again and again, and says so once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()


async def acquire_by_trying(
    try_once: Callable[[], Awaitable[bool]], stop: asyncio.Event, retry_s: float, where: str
) -> bool:
    """Try until the lease is held; False when `stop` was set before."""
    has_told = False
    while not stop.is_set():
        if await try_once():
            log.info("lease_acquired", lease=where)
            return True
        if not has_told:
            log.warning("lease_awaited", lease=where)
            has_told = True
        await _rest(stop, retry_s)
    return False


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
