"""Makes time pass: block by block while the keeper has work, in leaps while nobody has any."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from taskwork.chain.types import BlockNumber
from taskwork.devnet.control import ChainControl
from taskwork.devnet.keeper import KeeperProcess

LEAP = 12  # blocks passed at once while nothing is due
LEAP_SECONDS = 0.04
BLOCK_SECONDS = 1.5  # a block waits so long for a transaction, while something is due
PATIENCE = 12  # blocks; what nobody has executed by then no longer holds up the play


@dataclass(frozen=True)
class Pace:
    """The chain's clock, the keeper that it waits for, and the blocks in which people act."""

    control: ChainControl
    keeper: KeeperProcess
    ends: int
    base_fee_at: Callable[[int], int]
    acts: Sequence[int]
    find_due: Callable[[BlockNumber, BlockNumber], Awaitable[BlockNumber | None]]  # in a range

    async def next_due(self, head: BlockNumber) -> int:
        """The next block with work for the keeper, passing over what nobody wanted to do."""
        first = BlockNumber(max(0, head - PATIENCE))
        return await self.find_due(first, BlockNumber(self.ends)) or self.ends + 1

    async def wait_for_transactions(self) -> None:
        """Hold the block back until the keeper has sent something, or its time is up."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + BLOCK_SECONDS
        while loop.time() < deadline and not await self.control.pending():
            self.keeper.check()
            await asyncio.sleep(0.02)

    async def mine(self, head: BlockNumber, due: int) -> None:
        """Mine the next block if something is to be in it, else leap to where something is."""
        is_wanted = due <= head + 1 or head + 1 in self.acts
        await self.control.mine_to(
            head + 1 if is_wanted else self._goal(head, due), self.base_fee_at
        )

    def _goal(self, head: BlockNumber, due: int) -> int:
        """The block before one that is due or has acts in it, or the end of a leap."""
        before_acts = [at - 1 for at in self.acts if at - 1 > head]
        return min(due - 1, head + LEAP, self.ends, *before_acts)
