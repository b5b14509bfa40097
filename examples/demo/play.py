"""Plays a scenario: makes time pass, lets the owners act, and leaves the rest to the keeper."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from eth_account.signers.local import LocalAccount
from web3.types import TxReceipt

from examples.demo.pace import LEAP_SECONDS, Pace
from examples.demo.record import Record, Snapshot
from examples.demo.scenario import FREE, Act
from examples.demo.stage import Stage
from taskwork.chain.rpc import Web3, node_errors
from taskwork.chain.transactions import Call, send
from taskwork.chain.types import Wei
from taskwork.devnet.keeper import KeeperProcess
from taskwork.errors import TaskworkError

ACT_SECONDS = 20  # until an owner gives a transaction up

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
        pace, seen = self._pace(), await self._look()
        while seen.block < pace.ends:
            due = await pace.next_due(seen.block)
            if due <= seen.block + 1:
                await pace.wait_for_transactions()
            acts = await self._act(seen.block + 1)
            await pace.mine(seen.block, due)
            await self._finish(acts)
            await asyncio.sleep(LEAP_SECONDS)
            seen = await self._look()
        return seen

    def _pace(self) -> Pace:
        chain, acts = self.stage.scenario.chain, self.stage.scenario.acts
        return Pace(
            control=self.stage.control,
            keeper=self.keeper,
            ends=chain.ends,
            base_fee_at=chain.base_fee.at,
            acts=[act.at for act in acts],
            find_due=self.stage.manager.get_next_execution_block_in_range,
        )

    async def _look(self) -> Snapshot:
        self.keeper.check()
        seen = await self.record.look()
        self.show(seen)
        return seen

    async def _finish(self, acts: dict[int, Sending]) -> None:
        for index, act in acts.items():
            try:
                await act
            except TaskworkError as error:
                self.refused[index] = str(error)

    async def _act(self, block: int) -> dict[int, Sending]:
        """Send the acts of a block, by their place in the scenario; they are not mined yet."""
        return {
            index: await self._send(act)
            for index, act in enumerate(self.stage.scenario.acts)
            if act.at == block
        }

    async def _send(self, act: Act) -> Sending:
        account, call = self.stage.accounts[act.who], await self._call(act)
        return await send_and_see(self.stage.web3, account, call)

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


async def send_and_see(web3: Web3, account: LocalAccount, call: Call) -> Sending:
    """Send a call; returns when the node has it, or when it has failed. It is not mined yet."""
    before = await _count(web3, account)
    sending = asyncio.create_task(send(web3, account, call, timeout_s=ACT_SECONDS))
    while True:
        if sending.done() or await _count(web3, account) > before:
            return sending
        await asyncio.sleep(0.01)


async def _count(web3: Web3, account: LocalAccount) -> int:
    with node_errors():
        return await web3.eth.get_transaction_count(account.address, "pending")
