"""One node: its connection, made when it is needed, and how it does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

from web3.providers.persistent import PersistentConnectionProvider
from web3.utils.subscriptions import NewHeadsSubscription

from keeper.services.endpoints import Health, after_answer, after_error
from taskwork.chain.rpc import Web3, connect, node_errors
from taskwork.chain.types import BlockNumber
from taskwork.errors import ChainError, ContractError, NodeRefused

T = TypeVar("T")


@dataclass(frozen=True, eq=False, slots=True)
class _Connection:
    web3: Web3
    stack: AsyncExitStack  # closes it

    @property
    def can_break(self) -> bool:
        return isinstance(self.web3.provider, PersistentConnectionProvider)


class Endpoint:
    """Asks one node, in bounded time, and keeps its score."""

    def __init__(self, url: str, *, name: str, timeout_s: float) -> None:
        self.name = name
        self.health = Health()
        self.pushed = asyncio.Event()  # the node told of a new head by itself
        self.chain_id: int | None = None  # once it is known, no other is accepted
        self._url = url
        self._timeout_s = timeout_s
        self._connection: _Connection | None = None
        self._connecting = asyncio.Lock()

    async def ask(self, work: Callable[[Web3], Awaitable[T]]) -> T:
        """Do something with the node. Raises `ChainError` when it does not answer in time."""
        started = time.monotonic()
        try:
            with node_errors(), nonsense():
                async with asyncio.timeout(self._timeout_s):
                    answer = await work((await self._connected()).web3)
        except (NodeRefused, ContractError):
            self._answered(started)
            raise
        except ChainError:
            self.health = after_error(self.health)
            if self._connection is not None and self._connection.can_break:
                await self.close()
            raise
        self._answered(started)
        return answer

    def saw_head(self, number: BlockNumber) -> None:
        """Its newest block."""
        self.health = replace(self.health, head=number)

    async def close(self) -> None:
        """Let go of the node; the next question connects again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(ChainError), node_errors(), nonsense():
                async with asyncio.timeout(self._timeout_s):
                    await connection.stack.aclose()

    def _answered(self, started: float) -> None:
        self.health = after_answer(self.health, time.monotonic() - started)

    async def _connected(self) -> _Connection:
        async with self._connecting:
            if self._connection is None:
                async with AsyncExitStack() as stack:
                    web3 = await self._connect(stack)
                    self._connection = _Connection(web3, stack.pop_all())
            return self._connection

    async def _connect(self, stack: AsyncExitStack) -> Web3:
        web3 = await stack.enter_async_context(connect(self._url, timeout_s=self._timeout_s))
        if self.chain_id is not None and (found := await web3.eth.chain_id) != self.chain_id:
            raise ChainError(f"the node serves chain {found} now, not {self.chain_id}")
        if isinstance(web3.provider, PersistentConnectionProvider):
            await self._subscribe(web3, stack)
        return web3

    async def _subscribe(self, web3: Web3, stack: AsyncExitStack) -> None:
        async def on_head(_context: Any) -> None:
            self.pushed.set()

        manager = web3.subscription_manager
        await manager.subscribe(NewHeadsSubscription(handler=on_head))
        listener = asyncio.create_task(manager.handle_subscriptions(run_forever=True))
        stack.push_async_callback(_end, listener)


def short_name(url: str) -> str:
    """What an endpoint is called in logs: never its path, where tokens are."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or "ipc"


@contextmanager
def nonsense() -> Iterator[None]:
    """An answer that is no JSON, or not of the shape that it must have."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise ChainError(f"the node answered nonsense ({type(error).__name__})") from error


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled() and (error := task.exception()) is not None:
        raise ChainError(f"the subscription ended: {type(error).__name__}")
