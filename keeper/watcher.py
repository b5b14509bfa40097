"""Tells of new heads: pushed over a websocket, polled over HTTP."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from web3 import WebSocketProvider
from web3.utils.subscriptions import NewHeadsSubscription

from keeper.types import Head
from taskwork.chain.rpc import Web3, node_errors
from taskwork.chain.types import BlockNumber, Gas, Wei
from taskwork.errors import ChainError

_LONGEST_SILENCE_S = 30.0  # then it looks for itself: a push may get lost


class Watcher:
    """Follows the chain's head on one connection.

    Each head is told once and only the newest: whoever is slow skips blocks, and does not lag.
    """

    def __init__(self, web3: Web3, *, poll_interval_s: float) -> None:
        self._web3 = web3
        self._longest_wait_s = poll_interval_s
        self._pushed = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None
        self._seen = ""

    async def __aenter__(self) -> Self:
        if isinstance(self._web3.provider, WebSocketProvider):
            await self._subscribe()
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _tb: TracebackType | None,
    ) -> None:
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener

    async def next_head(self, stop: asyncio.Event) -> Head | None:
        """Wait for a head that was not told before; None as soon as `stop` is set."""
        while not stop.is_set():
            head = await read_head(self._web3)
            if head.hash != self._seen:
                self._seen = head.hash
                return head
            await wait_for_any(stop, self._pushed, timeout_s=self._longest_wait_s)
            self._pushed.clear()
        return None

    async def _subscribe(self) -> None:
        async def on_head(_context: Any) -> None:
            self._pushed.set()

        manager = self._web3.subscription_manager
        with node_errors():
            await manager.subscribe(NewHeadsSubscription(handler=on_head))
        self._longest_wait_s = _LONGEST_SILENCE_S
        self._listener = asyncio.create_task(manager.handle_subscriptions(run_forever=True))


async def wait_for_any(*events: asyncio.Event, timeout_s: float) -> None:
    """Wait until one of the events is set, or the time is over.

    Requests are never cancelled, only waits: Python 3.11 can lose a cancellation that meets an
    answer.
    """
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def read_head(web3: Web3) -> Head:
    """The newest block, and the node's word on the next block's base fee."""
    with node_errors():
        block = await web3.eth.get_block("latest")
        fees = await web3.eth.fee_history(1, block["number"])
    if not any(fees["baseFeePerGas"]):
        raise ChainError("the chain has no base fee (EIP-1559)")
    return Head(
        number=BlockNumber(block["number"]),
        hash=f"0x{block['hash'].hex()}",
        gas_limit=Gas(block["gasLimit"]),
        next_base_fee=Wei(fees["baseFeePerGas"][-1]),
    )
