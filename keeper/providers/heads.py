"""The chain's head, as the endpoints tell it: pushed where they can, polled anyway."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import structlog

from keeper.providers.answers import as_block
from keeper.providers.endpoint import Endpoint
from keeper.providers.pool import Endpoints
from keeper.services.endpoints import is_usable, lag, reference_head
from keeper.signals import EndpointScored, HeadSeen, Signals
from keeper.types import Head, Reading
from taskwork.chain.rpc import Web3, node_errors
from taskwork.chain.types import BlockNumber, Gas, Wei
from taskwork.errors import ChainError, ConfigError

log = structlog.get_logger()


class Heads:
    """Follows every endpoint; each subscriber hears of the newest head only, and of each once.

    Whoever is slow skips blocks, and does not lag.
    """

    def __init__(self, endpoints: Endpoints, reading: Reading, signals: Signals) -> None:
        self._endpoints = endpoints
        self._poll_interval_s = reading.poll_interval_s
        self._max_lag = reading.max_lag
        self._signals = signals
        self._blocks: dict[str, Any] = {}  # newest block by endpoint
        self._away: set[str] = set()  # by name, as told
        self._changed: set[asyncio.Event] = set()
        self._followers: dict[Endpoint, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        for endpoint in self._endpoints.all:
            self._start_following(endpoint)
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _tb: TracebackType | None,
    ) -> None:
        followers = list(self._followers.values())
        for follower in followers:
            follower.cancel()
        await asyncio.gather(*followers, return_exceptions=True)

    def subscribe(self) -> HeadStream:
        """A stream of heads of one's own."""
        changed = asyncio.Event()
        changed.set()
        self._changed.add(changed)
        return HeadStream(self, changed)

    def newest(self) -> Any | None:
        """The newest block of the best endpoint.

        Raises what ended a follower, and starts it again: nobody is blind for ever by one surprise.
        """
        for endpoint, follower in list(self._followers.items()):
            if follower.done():
                self._start_following(endpoint)
                follower.result()
        for endpoint in self._endpoints.usable():
            if endpoint.name in self._blocks:
                return self._blocks[endpoint.name]
        return None

    async def price(self, block: Any) -> Head:
        """A block as a head, with a node's word on the next block's base fee."""
        head = await self._endpoints.ask(lambda web3: read_fees(web3, block))
        fields = (head.number, head.next_base_fee, head.timestamp)
        self._signals.emit(HeadSeen(*fields, endpoint=self._endpoints.asked))
        return head

    def _start_following(self, endpoint: Endpoint) -> None:
        follower = asyncio.create_task(self._follow(endpoint))
        follower.add_done_callback(lambda _: self._wake())
        self._followers[endpoint] = follower

    def _wake(self) -> None:
        for changed in self._changed:
            changed.set()

    async def _follow(self, endpoint: Endpoint) -> None:
        while True:
            try:
                block = await endpoint.ask(read_block)
            except (ChainError, ConfigError) as error:
                self._lost(endpoint, error)
            else:
                self._saw(endpoint, block)
            self._score(endpoint)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._poll_interval_s):
                    await endpoint.pushed.wait()
            endpoint.pushed.clear()

    def _saw(self, endpoint: Endpoint, block: Any) -> None:
        if endpoint.name in self._away:
            self._away.remove(endpoint.name)
            log.info("endpoint_back", endpoint=endpoint.name)
        known = self._blocks.get(endpoint.name)
        self._blocks[endpoint.name] = block
        endpoint.saw_head(BlockNumber(block["number"]))
        if known is None or known["hash"] != block["hash"]:
            self._wake()

    def _lost(self, endpoint: Endpoint, error: Exception) -> None:
        self._blocks.pop(endpoint.name, None)
        if endpoint.name not in self._away:
            self._away.add(endpoint.name)
            log.warning("endpoint_lost", endpoint=endpoint.name, reason=str(error))

    def _score(self, endpoint: Endpoint) -> None:
        heads = [one.health.head for one in self._endpoints.all if one.health.head is not None]
        reference = reference_head(heads) if heads else BlockNumber(0)
        self._signals.emit(
            EndpointScored(
                endpoint=endpoint.name,
                is_usable=is_usable(endpoint.health, reference, self._max_lag),
                lag_blocks=lag(endpoint.health, reference),
                errors_in_row=endpoint.health.errors_in_row,
                latency_s=endpoint.health.latency_s,
            )
        )


class HeadStream:
    """What one subscriber sees of the heads."""

    def __init__(self, heads: Heads, changed: asyncio.Event) -> None:
        self._heads = heads
        self._changed = changed
        self._told = b""

    async def next(self, stop: asyncio.Event) -> Head | None:
        """Wait for a head that this stream did not tell before; None as soon as `stop` is set."""
        while not stop.is_set():
            self._changed.clear()
            block = self._heads.newest()
            if block is not None and block["hash"] != self._told:
                head = await self._heads.price(block)
                self._told = block["hash"]
                return head
            await wait_for_any(stop, self._changed)
        return None

    def repeat(self) -> None:
        """Tell the newest head again: it could not be dealt with, or more is known now."""
        self._told = b""
        self._changed.set()


async def wait_for_any(*events: asyncio.Event, timeout_s: float | None = None) -> None:
    """Wait until one of the events is set, or the time is over.

    Requests are never cancelled, only waits: Python 3.11 can lose a cancellation that meets an
    answer.
    """
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def read_block(web3: Web3) -> Any:
    """The newest block."""
    return as_block(await web3.eth.get_block("latest"))


async def read_fees(web3: Web3, block: Any) -> Head:
    """The node's word on the base fee after a block."""
    with node_errors():
        fees = await web3.eth.fee_history(1, block["number"])
    if not any(fees["baseFeePerGas"]):
        raise ChainError("the chain has no base fee (EIP-1559)")
    return Head(
        number=BlockNumber(block["number"]),
        hash=f"0x{block['hash'].hex()}",
        parent_hash=f"0x{block['parentHash'].hex()}",
        timestamp=int(block["timestamp"]),
        gas_limit=Gas(block["gasLimit"]),
        next_base_fee=Wei(fees["baseFeePerGas"][-1]),
    )


async def read_head(web3: Web3) -> Head:
    """The newest block of one node."""
    with node_errors():
        block = await read_block(web3)
    return await read_fees(web3, block)
