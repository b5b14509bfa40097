"""Metrics and health over HTTP, for those who watch: read-only, and on this machine by default."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from keeper.health import Health
from keeper.metrics import Metrics
from keeper.settings import Settings
from keeper.signals import Signals
from keeper.store.database import Store
from taskwork.errors import ConfigError

log = structlog.get_logger()

_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LARGEST_REQUEST = 1024  # bytes; none of them has a body
_PATIENCE_S = 10.0  # for an idle connection, and for a probe


@asynccontextmanager
async def watched(settings: Settings, signals: Signals, store: Store) -> AsyncIterator[int | None]:
    """Listen to a keeper and serve what it tells, as long as the block lasts; yields the port."""
    if settings.metrics_port is None:
        yield None
        return
    metrics = Metrics()
    health = Health(store.probe, max_head_age_s=settings.max_head_age_s)
    signals.subscribe(metrics.listen)
    signals.subscribe(health.listen)
    async with serving(settings.metrics_host, settings.metrics_port, metrics, health) as port:
        yield port


class _Pages:
    """What can be asked."""

    def __init__(self, metrics: Metrics, health: Health) -> None:
        self._metrics = metrics
        self._health = health

    async def metrics(self, _: web.Request) -> web.Response:
        """For Prometheus."""
        headers = {"Content-Type": _METRICS_TYPE}
        return web.Response(body=self._metrics.text(), headers=headers)

    async def health(self, _: web.Request) -> web.Response:
        """The process runs and its loop turns: else there is no answer."""
        return web.json_response({"alive": True})

    async def ready(self, _: web.Request) -> web.Response:
        """It can send: endpoint, lease and store are there."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                troubles = await self._health.troubles()
        except TimeoutError:
            troubles = ["the store does not answer"]
        answer = {"ready": not troubles, "troubles": troubles}
        return web.json_response(answer, status=503 if troubles else 200)


@asynccontextmanager
async def serving(host: str, port: int, metrics: Metrics, health: Health) -> AsyncIterator[int]:
    """Answer as long as the block lasts; the port, which is any that is free when `port` is 0."""
    pages = _Pages(metrics, health)
    app = web.Application(client_max_size=_LARGEST_REQUEST)
    app.router.add_get("/metrics", pages.metrics)
    app.router.add_get("/health", pages.health)
    app.router.add_get("/ready", pages.ready)
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=_PATIENCE_S)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        bound: int = runner.addresses[0][1]
        log.info("metrics_served", host=host, port=bound)
        yield bound
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise ConfigError(
            f"--metrics-port {port} on {host} cannot be used: {error.strerror or error}"
        ) from None
