"""What the keeper needs of its surroundings, whoever provides it."""

from __future__ import annotations

import asyncio
from typing import Protocol

from web3.types import TxParams

from taskwork.chain.transactions import SignedTx
from taskwork.chain.types import Address


class Signer(Protocol):
    """Signs for one account; the key may be on another machine."""

    @property
    def address(self) -> Address:
        """The executor."""
        ...

    async def sign(self, tx: TxParams) -> SignedTx:
        """Sign a complete EIP-1559 transaction; raises `SignerError`."""
        ...


class Lease(Protocol):
    """The right to be the one keeper that works on a store with a key."""

    async def acquire(self, stop: asyncio.Event) -> bool:
        """Wait for the lease; False when `stop` was set before it came."""
        ...

    async def check(self) -> None:
        """Raise `LeaseLost` unless the lease is still held; called before anything is sent."""
        ...

    async def release(self) -> None:
        """Let another keeper have it."""
        ...


class NoLease:
    """For a dry run, and for tests: everybody may."""

    async def acquire(self, stop: asyncio.Event) -> bool:
        """At once."""
        return not stop.is_set()

    async def check(self) -> None:
        """Always held."""

    async def release(self) -> None:
        """Nothing to let go."""
