"""A keeper as a process of its own, followed by what it says and serves."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession

from taskwork.devnet.processes import free_port
from tests.keeper.test_cli import finish, start
from tests.support.chain import Chain

PATIENCE_S = 60


class Watched:
    """A keeper's process, and everything that it has shown."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.shown = ""
        self._process = process
        self._port = port

    async def says(self, *events: str) -> None:
        """Read on until each of the events was told."""
        assert self._process.stderr is not None
        missing = set(events)
        while missing:
            line = await asyncio.wait_for(self._process.stderr.readline(), PATIENCE_S)
            assert line, f"the keeper ended without {missing}: {self.shown}"
            self.shown += line.decode()
            missing -= {event for event in missing if f'"event": "{event}"' in line.decode()}

    async def page(self, name: str) -> str:
        """What it serves; kept among what it has shown."""
        async with (
            ClientSession() as http,
            http.get(f"http://127.0.0.1:{self._port}/{name}") as answer,
        ):
            text = await answer.text()
        self.shown += text
        return text

    def kill(self) -> None:
        self._process.kill()

    async def end(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        code, out, err = await finish(self._process)
        self.shown += out + err
        assert code == 0, err


@asynccontextmanager
async def running(chain: Chain, *arguments: str, **environment: str) -> AsyncIterator[Watched]:
    port = free_port()
    process = await start(
        *("run", "--manager", chain.manager.address, "--metrics-port", str(port)),
        *("--log-level", "debug", "--poll-interval-s", "0.05", "--stop-timeout-s", "5"),
        *arguments,
        **environment,
    )
    try:
        yield Watched(process, port)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
