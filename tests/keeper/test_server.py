"""Metrics and health over HTTP: what is answered, and that nothing a stranger sends ends it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from keeper import signals
from keeper.errors import StoreError
from keeper.health import Health
from keeper.metrics import Metrics
from keeper.server import serving, watched
from keeper.settings import Settings
from keeper.signals import Signals
from keeper.store.database import Store
from keeper.types import Identity
from taskwork.chain.types import Address, BlockNumber, Wei
from taskwork.errors import ConfigError

pytestmark = pytest.mark.integration

HEAD = signals.HeadSeen(BlockNumber(7), Wei(5), 99, "node.example")
USABLE = signals.EndpointScored("node.example", True, 0, 0, 0.1)
AWAY = signals.EndpointScored("node.example", False, 0, 9, 0.1)
ABOUT = Identity(1, Address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8"), "0x00")
LEADS, FOLLOWS = signals.LeaseChanged(is_held=True), signals.LeaseChanged(is_held=False)


class Disk:
    """Where the store would be."""

    def __init__(self) -> None:
        self.is_full = False
        self.is_stuck = False

    async def probe(self) -> None:
        if self.is_stuck:
            await asyncio.Event().wait()
        if self.is_full:
            raise StoreError("the store cannot be used: disk is full")


class Served:
    """A server that runs, and what stands behind it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.disk = Disk()
        self.metrics = Metrics()
        self.health = Health(self.disk.probe, max_head_age_s=60)

    async def ask(self, request: str | bytes) -> tuple[int, str]:
        """Status and body of the answer to a raw request."""
        raw = request.encode() if isinstance(request, str) else request
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(raw)
            await writer.drain()
            answer = (await asyncio.wait_for(reader.read(), 30)).decode()
        finally:
            writer.close()
        head, _, body = answer.partition("\r\n\r\n")
        return int(head.split(" ")[1]), body

    async def get(self, path: str) -> tuple[int, str]:
        return await self.ask(f"GET {path} HTTP/1.1\r\nHost: k\r\nConnection: close\r\n\r\n")


@pytest_asyncio.fixture
async def served() -> AsyncIterator[Served]:
    one = Served(0)
    async with serving("127.0.0.1", 0, one.metrics, one.health) as port:
        one.port = port
        yield one


async def test_metrics__asked__are_the_registrys(served: Served) -> None:
    served.metrics.listen(HEAD)
    status, body = await served.get("/metrics")
    assert status == 200
    assert "keeper_head_block_number 7.0" in body
    assert "process_resident_memory_bytes" in body


async def test_health__asked__is_alive(served: Served) -> None:
    assert await served.get("/health") == (200, '{"alive": true}')


async def test_ready__endpoint_lease_and_store_there__is_ready(served: Served) -> None:
    for signal in (LEADS, USABLE, HEAD):
        served.health.listen(signal)
    status, body = await served.get("/ready")
    assert (status, json.loads(body)) == (200, {"ready": True, "troubles": []})


@pytest.mark.parametrize(
    ("told", "trouble"),
    [
        ((USABLE, HEAD), "another keeper has the lease, or may have it"),
        ((LEADS, USABLE, HEAD, FOLLOWS), "another keeper has the lease, or may have it"),
        ((LEADS, AWAY, HEAD), "no endpoint can be used"),
        ((LEADS, USABLE), "no block was seen yet"),
    ],
)
async def test_ready__something_missing__says_what(
    served: Served, told: tuple[signals.Signal, ...], trouble: str
) -> None:
    for signal in told:
        served.health.listen(signal)
    status, body = await served.get("/ready")
    assert (status, json.loads(body)["troubles"]) == (503, [trouble])


async def test_ready__disk_full__says_so(served: Served) -> None:
    for signal in (LEADS, USABLE, HEAD):
        served.health.listen(signal)
    served.disk.is_full = True
    status, body = await served.get("/ready")
    assert (status, json.loads(body)["troubles"]) == (503, ["the store cannot be written"])


async def test_ready__chain_halted__says_for_how_long() -> None:
    health = Health(Disk().probe, max_head_age_s=0.01)
    for signal in (LEADS, HEAD):
        health.listen(signal)
    await asyncio.sleep(0.05)
    assert await health.troubles() == ["no block for 0 seconds"]


BAD = {
    "nowhere": ("GET /wallet HTTP/1.1\r\nHost: k\r\nConnection: close\r\n\r\n", 404),
    "traversal": ("GET /../../etc/passwd HTTP/1.1\r\nHost: k\r\nConnection: close\r\n\r\n", 404),
    "post": ("POST /metrics HTTP/1.1\r\nHost: k\r\nConnection: close\r\n\r\n", 405),
    "delete": ("DELETE /health HTTP/1.1\r\nHost: k\r\nConnection: close\r\n\r\n", 405),
    "no http": ("hello\r\n\r\n", 400),
    "a header in two lines": ("GET /health HTTP/1.1\r\nA: b\r\n c\r\nHost k\r\n\r\n", 400),
    "two lengths": (
        "GET /health HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        400,
    ),
    "no length": ("GET /health HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
    "an endless line": (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n", 400),
    "bytes": (bytes(range(256)) * 8, 400),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
async def test_server__bad_request__is_answered_as_one_and_the_next_is_served(
    served: Served, name: str
) -> None:
    request, expected = BAD[name]
    status, _ = await served.ask(request)
    assert status == expected
    assert (await served.get("/health"))[0] == 200


async def test_server__hundred_slow_strangers__answers_the_next(served: Served) -> None:
    slow = [await asyncio.open_connection("127.0.0.1", served.port) for _ in range(100)]
    for _, writer in slow:
        writer.write(b"GET /metrics HTT")
    assert (await served.get("/health"))[0] == 200
    for _, writer in slow:
        writer.close()


async def test_server__body_of_100_megabytes__is_not_read(served: Served) -> None:
    head = "GET /health HTTP/1.1\r\nHost: k\r\nContent-Length: 100000000\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(head.encode())
    answer = await asyncio.wait_for(reader.readline(), 30)
    assert answer.startswith(b"HTTP/1.1 200")
    writer.close()


async def test_serving__port_taken__is_a_wrong_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"--metrics-port {port} on 127.0.0.1"):
            async with serving(
                "127.0.0.1", port, Metrics(), Health(Disk().probe, max_head_age_s=1)
            ):
                pytest.fail("two servers on one port")


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_watched__store_that_works__is_ready_until_it_does_not(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    place = str(tmp_path / "keeper.db")
    if kind == "postgres":
        place = request.getfixturevalue("postgres").create_database()
    store = await Store.open(place, ABOUT)
    told = Signals()
    settings = Settings(rpc="x", metrics_port=0)
    async with watched(settings, told, store) as port:
        for signal in (LEADS, USABLE, HEAD):
            told.emit(signal)
        assert port is not None
        served = Served(port)
        assert (await served.get("/ready"))[0] == 200
        assert "keeper_lease_held 1.0" in (await served.get("/metrics"))[1]
        await store.write(lambda db: db.execute(text("DROP TABLE identity")))
        assert (await served.get("/ready"))[0] == 503
    await store.close()


async def test_watched__no_port_given__serves_nothing() -> None:
    store = await Store.open("memory", ABOUT)
    async with watched(Settings(rpc="x"), Signals(), store) as port:
        assert port is None
    await store.close()
