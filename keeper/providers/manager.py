"""The TaskManager, read through whichever endpoint is best."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from web3.types import BlockIdentifier, TxReceipt

from keeper.providers.answers import as_block, as_number, as_receipt
from keeper.providers.pool import Endpoints
from taskwork.chain.events import Event
from taskwork.chain.rpc import Web3
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.transactions import find_receipt
from taskwork.chain.types import Address, BlockNumber, TaskHash, TaskStatus, Wei
from taskwork.errors import ChainError, NodeRefused

T = TypeVar("T")

_TOLD = ("blockHash", "status", "gasUsed", "effectiveGasPrice")


def most_told(receipts: Sequence[Any]) -> Any:
    """The receipt that most endpoints tell; the best one's when it is no more than another."""
    contents = [tuple(receipt[name] for name in _TOLD) for receipt in receipts]
    return receipts[max(range(len(receipts)), key=lambda at: contents.count(contents[at]))]


class ManagerReader:
    """Reads one TaskManager, and what else the chain says of its executor."""

    def __init__(self, endpoints: Endpoints, address: Address) -> None:
        self.endpoints = endpoints
        self.address = address

    async def read(self, work: Callable[[TaskManagerClient], Awaitable[T]]) -> T:
        """Do something with a client of the manager."""
        return await self.endpoints.ask(lambda web3: work(TaskManagerClient(web3, self.address)))

    async def due(self, head: BlockNumber, landing: BlockNumber, limit: int) -> list[TaskHash]:
        """What can run in the block after `head`."""
        return await self.read(
            lambda manager: manager.get_tasks_in_range(
                BlockNumber(0), landing, limit=limit, block=head
            )
        )

    async def events(self, first: BlockNumber, last: BlockNumber) -> list[Event]:
        """The manager's events from one block to another, both included, in one request."""

        async def ask(manager: TaskManagerClient) -> list[Event]:
            span = max(1, last - first + 1)
            return [event async for event in manager.events(first, last, span=span)]

        return await self.read(ask)

    async def statuses(
        self, task_hashes: Sequence[TaskHash], block: BlockNumber
    ) -> dict[TaskHash, tuple[TaskStatus, BlockNumber]]:
        """Where tasks are, and when they are due."""
        found = await self.read(lambda m: m.get_task_statuses(task_hashes, block=block))
        due = await self.read(lambda m: m.get_next_blocks_for_tasks(task_hashes, block=block))
        return {one: (found[one], due[one]) for one in task_hashes}

    async def deployed_at(self, head: BlockNumber) -> BlockNumber:
        """The first block that has the manager; where old states are gone, the head."""

        async def has_code(number: int) -> bool:
            async def ask(web3: Web3) -> bool:
                return bool(await web3.eth.get_code(self.address, BlockNumber(number)))

            return await self.endpoints.ask(ask)

        low, high = 0, int(head)
        while low < high:
            middle = (low + high) // 2
            try:
                low, high = (low, middle) if await has_code(middle) else (middle + 1, high)
            except NodeRefused:  # no state this old: what came before cannot be told
                low = middle + 1
        return BlockNumber(low)

    async def balance(self, account: Address) -> Wei:
        """Native coin of an account."""

        async def ask(web3: Web3) -> Wei:
            return Wei(as_number(await web3.eth.get_balance(account)))

        return await self.endpoints.ask(ask)

    async def usual_tip(self) -> Wei:
        """What others tip."""

        async def ask(web3: Web3) -> Wei:
            return Wei(as_number(await web3.eth.max_priority_fee))

        return await self.endpoints.ask(ask)

    async def block(self, number: BlockNumber) -> Any:
        """A block of the chain as it stands."""

        async def ask(web3: Web3) -> Any:
            return as_block(await web3.eth.get_block(number))

        return await self.endpoints.ask(ask)

    async def receipt(self, tx_hash: str) -> TxReceipt | None:
        """A transaction's receipt, if anybody has it: an endpoint that is behind has none yet."""

        async def ask(web3: Web3) -> TxReceipt | None:
            receipt = await find_receipt(web3, tx_hash)
            return None if receipt is None else as_receipt(receipt)

        answers = await self.endpoints.ask_all(ask)
        found = [answer for answer in answers if answer and not isinstance(answer, ChainError)]
        if not found and all(isinstance(answer, ChainError) for answer in answers):
            raise next(answer for answer in answers if isinstance(answer, ChainError))
        told: TxReceipt | None = most_told(found) if found else None
        return told

    async def nonce_counts(self, account: Address, block: BlockIdentifier) -> list[int]:
        """What every endpoint that has a block says the account's next nonce is after it."""

        async def ask(web3: Web3) -> int:
            return as_number(await web3.eth.get_transaction_count(account, block))

        answers = await self.endpoints.ask_all(ask)
        counts = [answer for answer in answers if not isinstance(answer, ChainError)]
        if not counts:
            raise next(answer for answer in answers if isinstance(answer, ChainError))
        return counts
