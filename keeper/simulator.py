"""Asks the node what a batch would do in the next block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from keeper.books import quote_of
from keeper.services.plan import landing_block
from keeper.services.price import predict_quote
from keeper.types import DueTask, Head, Quote
from taskwork.chain.revert import decode_revert
from taskwork.chain.rpc import node_errors
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.transactions import Call
from taskwork.chain.types import Address, Gas, TaskHash
from taskwork.errors import MethodMissing

log = structlog.get_logger()

_RICH = 10**24  # wei: the simulated sender can always pay, and its account exists


class Simulator:
    """Quotes batches: measured with eth_simulateV1, predicted where a node lacks it."""

    def __init__(self, manager: TaskManagerClient) -> None:
        self._manager = manager
        self._can_measure = True

    async def quote(
        self, call: Call, due: Sequence[TaskHash], *, sender: Address, gas: Gas, head: Head
    ) -> Quote:
        """What `call` would do if `sender` had it mined on top of `head`."""
        if self._can_measure:
            try:
                return await self._measure(call, sender, gas, head)
            except MethodMissing:
                self._can_measure = False
                log.warning("simulation_unavailable", method="eth_simulateV1")
        tasks = [await self._due_task(task_hash) for task_hash in due]
        return predict_quote(tasks, landing_block(head.number), head.next_base_fee, gas)

    async def _measure(self, call: Call, sender: Address, gas: Gas, head: Head) -> Quote:
        # Validation makes nodes price gas by the base fee given, which is what the contract reads.
        fee = hex(head.next_base_fee)
        tx = {"gas": hex(gas), "maxFeePerGas": fee, "maxPriorityFeePerGas": "0x0"}
        block = {
            "blockOverrides": {"number": hex(landing_block(head.number)), "baseFeePerGas": fee},
            "stateOverrides": {sender: {"balance": hex(_RICH)}},
            "calls": [{**call.as_tx(sender), **tx}],
        }
        payload: Any = {"blockStateCalls": [block], "validation": True}
        with node_errors():
            blocks = await self._manager.web3.eth.simulate_v1(payload, head.number)
        result: Any = blocks[0]["calls"][0]
        if not result["status"]:
            log.warning(
                "batch_would_revert", reason=str(decode_revert(bytes(result["returnData"])))
            )
        events = self._manager.read_events(result["logs"])
        return quote_of(events, sender, Gas(result["gasUsed"]))

    async def _due_task(self, task_hash: TaskHash) -> DueTask:
        info = await self._manager.get_task_info(task_hash)
        terms = await self._manager.task_price_terms(task_hash)
        return DueTask(
            task_hash=task_hash,
            gas=info.definition.task.gas,
            next_block=info.metrics.next_block,
            ceiling=terms.ceiling,
            tip=terms.tip,
            premium_cap=terms.premium_cap,
        )
