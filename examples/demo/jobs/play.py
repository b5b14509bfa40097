"""Plays the second act: makes time pass, lets people act, and leaves the rest to the keeper."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from examples.demo.jobs import cast
from examples.demo.jobs.deeds import call_of, sender_of
from examples.demo.jobs.record import JobRecord, JobSnapshot
from examples.demo.jobs.stage import JobStage
from examples.demo.pace import LEAP_SECONDS, Pace
from examples.demo.play import Sending, send_and_see
from taskwork.devnet.keeper import KeeperProcess
from taskwork.errors import TaskworkError


@dataclass
class JobPlay:
    """The loop, and what went wrong with people's own acts."""

    stage: JobStage
    record: JobRecord
    keeper: KeeperProcess
    show: Callable[[JobSnapshot], None]
    refused: list[str] = field(default_factory=list)

    async def run(self) -> JobSnapshot:
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
        return Pace(
            control=self.stage.control,
            keeper=self.keeper,
            ends=cast.ENDS,
            base_fee_at=lambda _: cast.BASE_FEE,
            acts=[cast.OPENS + act.at for act in cast.ACTS],
            find_due=self.record.find_due,
        )

    async def _look(self) -> JobSnapshot:
        self.keeper.check()
        seen = await self.record.look()
        self.show(seen)
        return seen

    async def _act(self, block: int) -> dict[cast.Act, Sending]:
        """Send the acts of a block; they are not mined yet."""
        acts = [act for act in cast.ACTS if cast.OPENS + act.at == block]
        return {act: await self._send(act) for act in acts}

    async def _send(self, act: cast.Act) -> Sending:
        account = self.stage.accounts[sender_of(act)]
        return await send_and_see(self.stage.web3, account, await call_of(self.stage, act))

    async def _finish(self, acts: dict[cast.Act, Sending]) -> None:
        for act, sending in acts.items():
            try:
                await sending
            except TaskworkError as error:
                what = f"{act.who} {act.verb.value} {', '.join(act.jobs)}".rstrip()
                self.refused.append(f"block {cast.OPENS + act.at}: {what}: refused: {error}")
