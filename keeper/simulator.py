"""Asks a node what a batch would do in the next block."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, TypeAlias

import structlog
from web3.types import TxParams
from web3.types import Wei as Web3Wei

from keeper.books import manager_events, quote_of
from keeper.providers.manager import ManagerReader
from keeper.services.plan import landing_block
from keeper.services.price import predict_quote
from keeper.types import DueTask, Head, Quote
from taskwork.chain.revert import decode_revert
from taskwork.chain.rpc import Web3
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.transactions import Call
from taskwork.chain.types import Address, BlockNumber, Gas, Task, TaskHash, Wei
from taskwork.errors import ContractError, MethodMissing, NodeRefused

log = structlog.get_logger()

TaskRef: TypeAlias = TaskHash | Task  # by hash when it is stored, by definition when committed

_RICH = 10**24  # wei: the simulated sender can always pay, and its account exists
_NOTHING = Quote(executed=0, failed=0, gas_used=Gas(0), payout=Wei(0))


class Simulator:
    """Quotes batches: measured with eth_simulateV1, predicted where a node lacks it."""

    def __init__(self, manager: ManagerReader) -> None:
        self._manager = manager
        self._has_warned = False

    async def quote(
        self,
        call: Call,
        due: Sequence[TaskRef],
        *,
        sender: Address,
        gas: Gas,
        head: Head,
        blocks_ahead: int = 0,
    ) -> Quote:
        """What `call` would do if `sender` had it mined `blocks_ahead` after the next block."""
        landing = BlockNumber(landing_block(head.number) + blocks_ahead)
        try:
            return await self._measure(call, sender, gas, head, landing)
        except MethodMissing:
            if not self._has_warned:
                self._has_warned = True
                log.warning("simulation_unavailable", method="eth_simulateV1")
        if not await self._runs(call, sender, gas, head):
            return _NOTHING
        tasks = await asyncio.gather(*(self._due_task(one, head.number) for one in due))
        return predict_quote(tasks, landing, head.next_base_fee, gas)

    async def _due_task(self, of: TaskRef, head: BlockNumber) -> DueTask:
        """What the price rule reads of a task, as of a block."""

        async def read(manager: TaskManagerClient) -> DueTask:
            if isinstance(of, Task):
                info = await manager.get_committed_info(of, block=head)
                terms = await manager.committed_price_terms(of, block=head)
            else:
                info = await manager.get_task_info(of, block=head)
                terms = await manager.task_price_terms(of, block=head)
            return DueTask(
                gas=info.definition.task.gas,
                next_block=info.metrics.next_block,
                ceiling=terms.ceiling,
                tip=terms.tip,
                premium_cap=terms.premium_cap,
            )

        return await self._manager.read(read)

    async def _measure(
        self, call: Call, sender: Address, gas: Gas, head: Head, landing: BlockNumber
    ) -> Quote:
        # Validation makes nodes price gas by the base fee given, which is what the contract reads.
        fee = hex(head.next_base_fee)
        tx = {"gas": hex(gas), "maxFeePerGas": fee, "maxPriorityFeePerGas": "0x0"}
        block = {
            "blockOverrides": {"number": hex(landing), "baseFeePerGas": fee},
            "stateOverrides": {sender: {"balance": hex(_RICH)}},
            "calls": [{**call.as_tx(sender), **tx}],
        }
        payload: Any = {"blockStateCalls": [block], "validation": True}

        async def ask(web3: Web3) -> Any:
            return (await web3.eth.simulate_v1(payload, head.number))[-1]["calls"][0]

        result = await self._manager.endpoints.ask(ask)
        if not result["status"]:
            reason = str(decode_revert(bytes(result["returnData"])))
            log.warning("batch_would_revert", reason=reason)
        events = manager_events(result["logs"], self._manager.address)
        return quote_of(events, sender, Gas(result["gasUsed"]))

    async def _runs(self, call: Call, sender: Address, gas: Gas, head: Head) -> bool:
        """Whether the batch does anything, on top of the head, if nothing else goes before it."""
        tx: TxParams = call.as_tx(sender)
        tx["gas"] = gas
        tx["maxFeePerGas"] = Web3Wei(head.next_base_fee)
        tx["maxPriorityFeePerGas"] = Web3Wei(0)
        rich: Any = {sender: {"balance": hex(_RICH)}}
        try:
            executed = await self._call(tx, head.number, rich)
        except ContractError as error:
            log.warning("batch_would_revert", reason=str(error))
            return False
        return int.from_bytes(executed[:32], "big") > 0

    async def _call(self, tx: TxParams, block: BlockNumber, overrides: Any) -> bytes:
        """With what the sender really has, where a node knows no overrides."""

        async def ask(web3: Web3) -> bytes:
            return bytes(await web3.eth.call(tx, block, overrides))

        try:
            return await self._manager.endpoints.ask(ask)
        except NodeRefused:
            if overrides is None:
                raise
            return await self._call(tx, block, None)
