"""Makes a local chain's time, money and weather. Anvil only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from web3.types import RPCEndpoint

from taskwork.chain.rpc import Web3, node_errors
from taskwork.chain.types import Address, BlockNumber
from taskwork.errors import ChainError


class ChainControl:
    """What a test chain lets one do and no other chain does."""

    def __init__(self, web3: Web3) -> None:
        self._web3 = web3

    async def head(self) -> BlockNumber:
        """The latest block."""
        with node_errors():
            return BlockNumber(await self._web3.eth.block_number)

    async def set_balance(self, account: Address, wei: int) -> None:
        """Make an account exactly this rich."""
        await self._request("anvil_setBalance", account, hex(wei))

    async def set_automine(self, *, on: bool) -> None:
        """Whether each transaction gets a block of its own at once."""
        await self._request("evm_setAutomine", on)

    async def set_block_seconds(self, seconds: int) -> None:
        """How much later than the one before each block is, whatever the wall clock says."""
        await self._request("anvil_setBlockTimestampInterval", seconds)

    async def pending(self) -> int:
        """How many transactions wait to be mined."""
        status = await self._request("txpool_status")
        return int(status["pending"], 16)

    async def mine_to(self, block: int, base_fee_at: Callable[[int], int]) -> None:
        """Mine up to a block.

        A single block follows from the one before as on any chain. After a leap the last block gets
        the base fee that `base_fee_at` says: empty blocks would have let it fall to nothing.
        """
        head = await self.head()
        if block > head + 1:
            await self._request("anvil_mine", hex(block - 1 - head))
            fee = hex(base_fee_at(block))
            await self._request("anvil_setNextBlockBaseFeePerGas", fee)
        if block > head:
            await self._request("anvil_mine", "0x1")

    async def _request(self, method: str, *params: object) -> Any:
        with node_errors():
            answer = await self._web3.provider.make_request(RPCEndpoint(method), list(params))
        if "error" in answer:
            raise ChainError(f"{method}: {answer['error']}")
        return answer.get("result")
