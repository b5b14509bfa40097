"""Plays a scenario: makes time pass, lets the owners act, and leaves the rest to the keeper."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from web3.types import TxReceipt

from examples.demo.record import Record, Snapshot
from examples.demo.scenario import FREE, Act
from examples.demo.stage import Stage
from taskwork.chain.rpc import node_errors
from taskwork.chain.transactions import Call, send
from taskwork.chain.types import Address, BlockNumber, Wei
from taskwork.devnet.keeper import KeeperProcess
from taskwork.errors import TaskworkError

LEAP = 12  # blocks passed at once while nothing is due
LEAP_SECONDS = 0.04
BLOCK_SECONDS = 1.5  # a block waits so long for a transaction, while something is due
ACT_SECONDS = 20  # until an owner gives a transaction up
PATIENCE = 12  # blocks; what nobody has executed by then no longer holds up the play

Sending = asyncio.Task[TxReceipt]


@dataclass
class Play:
    """The loop, and what went wrong with the owners' own acts."""

    stage: Stage
    record: Record
    keeper: KeeperProcess
    show: Callable[[Snapshot], None]
    refused: dict[int, str] = field(default_factory=dict)  # by the act's place in the scenario

    async def run(self) -> Snapshot:
        """Play to the end; returns how things stand then."""
        seen = await self._look()
        while seen.block < self.stage.scenario.chain.ends:
            due = await self._next_due(seen.block)
            if due <= seen.block + 1:
                await self._wait_for_transactions()
            await self._pass_time(seen.block, due)
            seen = await self._look()
        return seen

    async def _look(self) -> Snapshot:
        self.keeper.check()
        seen = await self.record.look()
        self.show(seen)
        return seen

    async def _next_due(self, head: BlockNumber) -> int:
        """The next block with work, passing over what nobody wanted to do."""
        ends = self.stage.scenario.chain.ends
        first = BlockNumber(max(0, head - PATIENCE))
        manager = self.stage.manager
        due = await manager.get_next_execution_block_in_range(first, BlockNumber(ends))
        return due or ends + 1

    async def _pass_time(self, head: BlockNumber, due: int) -> None:
        """Mine the next block with the acts that belong there, or leap to where something is."""
        acts = await self._act(head + 1)
        goal = head + 1 if acts or due <= head + 1 else self._goal(head, due)
        await self.stage.control.mine_to(goal, self.stage.scenario.chain.base_fee.at)
        for index, act in acts.items():
            try:
                await act
            except TaskworkError as error:
                self.refused[index] = str(error)
        await asyncio.sleep(LEAP_SECONDS)

    def _goal(self, head: BlockNumber, due: int) -> int:
        """The block before one that is due or has acts in it, or the end of a leap."""
        before_acts = [act.at - 1 for act in self.stage.scenario.acts if act.at - 1 > head]
        return min(due - 1, head + LEAP, self.stage.scenario.chain.ends, *before_acts)

    async def _wait_for_transactions(self) -> None:
        """Hold the block back until the keeper has sent something, or its time is up."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + BLOCK_SECONDS
        while loop.time() < deadline and not await self.stage.control.pending():
            self.keeper.check()
            await asyncio.sleep(0.02)

    async def _act(self, block: int) -> dict[int, Sending]:
        """Send the acts of a block, by their place in the scenario; they are not mined yet."""
        return {
            index: await self._send(act)
            for index, act in enumerate(self.stage.scenario.acts)
            if act.at == block
        }

    async def _send(self, act: Act) -> Sending:
        """Send an act; returns when the node has it, or when it has failed."""
        account, call = self.stage.accounts[act.who], await self._call(act)
        before = await self._count(account.address)
        sending = asyncio.create_task(send(self.stage.web3, account, call, timeout_s=ACT_SECONDS))
        while True:
            if sending.done() or await self._count(account.address) > before:
                return sending
            await asyncio.sleep(0.01)

    async def _count(self, account: Address) -> int:
        with node_errors():
            return await self.stage.web3.eth.get_transaction_count(account, "pending")

    async def _call(self, act: Act) -> Call:
        calls, tasks = self.stage.manager.calls, self.stage.tasks
        account = self.stage.addresses[act.who]
        if act.cancels is not None:
            return calls.cancel_task(tasks[act.cancels])
        if act.reactivates is not None:
            value = self.stage.wei(act.value, act.reactivates)
            return calls.reactivate(tasks[act.reactivates], value=value)
        if act.deposits is not None:
            return calls.deposit_bond(account, value=Wei(act.deposits))
        if act.withdraws is not None:
            bond = await self.stage.manager.bond_of(account)
            amount = bond.free if act.withdraws == FREE else Wei(act.withdraws)
            return calls.withdraw_bond(amount)
        return Call(self.stage.addresses[str(act.funds)], b"", self.stage.wei(act.value, ""))
