"""A typed client of TaskManagerLens, which reads what the manager does not tell by itself."""

from __future__ import annotations

from dataclasses import dataclass

from taskwork.chain.abi import load_abi
from taskwork.chain.addresses import create2_address
from taskwork.chain.contract import ContractClient
from taskwork.chain.deploy import has_code
from taskwork.chain.rpc import Web3
from taskwork.chain.task_manager_calls import TaskManagerCalls
from taskwork.chain.types import (
    ZERO_ADDRESS,
    Address,
    BlockNumber,
    Explanation,
    Gas,
    Task,
    TaskHash,
    Wei,
)
from taskwork.errors import ConfigError

_NAME = "TaskManagerLens"


@dataclass(frozen=True, slots=True)
class RoomQuote:
    """The least crowded block of a window."""

    block: BlockNumber
    admitted_gas: Gas
    price_per_gas: Wei  # premium included


@dataclass(frozen=True, slots=True)
class Runway:
    """How many runs an owner's bond still pays for, if no other task draws on it."""

    at_least: int  # at the highest price the task can cost
    at_this_price: int  # at the base fee of now, executed in time


class TaskManagerLensClient(ContractClient):
    """The lens of one manager."""

    CONTRACT = _NAME

    @classmethod
    async def of(cls, web3: Web3, manager: Address) -> TaskManagerLensClient:
        """Find a manager's lens, whose address follows from the manager's."""
        address = lens_address(manager)
        if not await has_code(web3, address):
            raise ConfigError(f"no {_NAME} of {manager} on this chain: deploy it first")
        return cls(web3, address)

    async def explain(self, task_hash: TaskHash) -> Explanation:
        """Why a task has not run yet; also for a hash that nobody knows."""
        explanation: Explanation
        (explanation,) = await self._read("explain(bytes32)", task_hash)
        return explanation

    async def runway(self, task_hash: TaskHash) -> Runway:
        """How many runs of a task its owner's bond still pays for."""
        return Runway(*await self._read("runway(bytes32)", task_hash))

    async def explain_committed(self, task: Task) -> Explanation:
        """Why a committed task has not run yet; also for one that was never scheduled."""
        explanation: Explanation
        (explanation,) = await self._read(f"explainCommitted({TaskManagerCalls.TASK})", task)
        return explanation

    async def runway_committed(self, task: Task) -> Runway:
        """How many runs of a committed task its owner's bond still pays for."""
        return Runway(*await self._read(f"runwayCommitted({TaskManagerCalls.TASK})", task))

    async def quote(
        self, start: BlockNumber, window: int, gas: Gas, *, owner: Address = ZERO_ADDRESS
    ) -> RoomQuote | None:
        """The least crowded of `window` blocks at the owner's terms; None when all are full."""
        signature = "quote(uint64,uint64,uint64)"
        quote = RoomQuote(*await self._read(signature, start, window, gas, sender=owner))
        return quote if quote.block else None


def lens_address(manager: Address) -> Address:
    """Where `deploy_missing` puts the lens of a manager."""
    return create2_address(load_abi(_NAME).encode_init([manager]))
