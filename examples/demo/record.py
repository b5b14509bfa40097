"""What the chain says happened, kept as the play goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from web3.types import TxReceipt

from examples.demo.stage import KEEPER, Stage
from taskwork.chain.events import (
    Event,
    ExecutorReimbursed,
    TaskExecutionRecorded,
    TasksExecuted,
)
from taskwork.chain.rpc import node_errors
from taskwork.chain.transactions import find_receipt
from taskwork.chain.types import Address, BlockNumber, TaskHash, TaskInfo, TaskStatus, Wei
from taskwork.errors import ChainError


@dataclass(frozen=True)
class TaskNow:
    """A task as it stands."""

    name: str
    status: TaskStatus
    info: TaskInfo


@dataclass(frozen=True)
class Snapshot:
    """Everything the live table shows."""

    block: BlockNumber
    base_fee: Wei
    due: int
    batches: int
    executed: int
    failed: int
    gas: int
    profit: Wei
    tasks: tuple[TaskNow, ...]
    news: tuple[Event, ...]


@dataclass
class Record:
    """All events of the manager, and what the executor paid for gas."""

    stage: Stage
    events: list[Event] = field(default_factory=list)
    gas_used: int = 0
    gas_paid: int = 0
    _seen: int = -1
    _sent: int = 0
    _tasks: dict[str, TaskNow] = field(default_factory=dict)

    @property
    def executor(self) -> Address:
        """The account behind the keeper."""
        return self.stage.addresses[KEEPER]

    @property
    def reimbursed(self) -> int:
        """What owners paid the executor."""
        own = (e for e in self.events if isinstance(e, ExecutorReimbursed))
        return sum(e.amount for e in own if e.executor == self.executor)

    @property
    def now(self) -> tuple[TaskNow, ...]:
        """The tasks as they stood when they were last looked at."""
        return tuple(self._tasks.values())

    async def look(self) -> Snapshot:
        """Read the blocks that are new, and say how things stand."""
        head = await self.stage.control.head()
        first = BlockNumber(self._seen + 1)
        news = [event async for event in self.stage.manager.events(first, head)]
        self.events += news
        await self._count_gas(first, head)
        self._seen = head
        return await self._snapshot(head, tuple(news))

    async def _count_gas(self, first: BlockNumber, head: BlockNumber) -> None:
        web3 = self.stage.web3
        with node_errors():
            sent = await web3.eth.get_transaction_count(self.executor)
        block = head
        while self._sent < sent and block >= first:
            for receipt in await self._receipts(block):
                self._sent += 1
                self.gas_used += receipt["gasUsed"]
                self.gas_paid += receipt["gasUsed"] * receipt["effectiveGasPrice"]
            block = BlockNumber(block - 1)

    async def _receipts(self, block: BlockNumber) -> list[TxReceipt]:
        """The executor's receipts of one block."""
        with node_errors():
            content = await self.stage.web3.eth.get_block(block, full_transactions=True)
        hashes = [
            f"0x{tx['hash'].hex()}"
            for tx in content["transactions"]
            if isinstance(tx, Mapping) and tx["from"] == self.executor
        ]
        found = [await find_receipt(self.stage.web3, tx_hash) for tx_hash in hashes]
        return [receipt for receipt in found if receipt is not None]

    async def _snapshot(self, head: BlockNumber, news: tuple[Event, ...]) -> Snapshot:
        manager = self.stage.manager
        await self._refresh(news)
        with node_errors():
            block = await self.stage.web3.eth.get_block(head)
        runs = [e for e in self.events if isinstance(e, TaskExecutionRecorded)]
        return Snapshot(
            block=head,
            base_fee=Wei(block.get("baseFeePerGas", 0)),
            due=len(await manager.get_tasks_in_range(BlockNumber(0), head)),
            batches=sum(isinstance(e, TasksExecuted) for e in self.events),
            executed=sum(run.success for run in runs),
            failed=sum(not run.success for run in runs),
            gas=self.gas_used,
            profit=Wei(self.reimbursed - self.gas_paid),
            tasks=self.now,
            news=news,
        )

    async def _refresh(self, news: tuple[Event, ...]) -> None:
        """Read again the tasks that something happened to."""
        touched = {getattr(event, "task_hash", None) for event in news}
        for name, task_hash in self.stage.tasks.items():
            if task_hash in touched or name not in self._tasks:
                self._tasks[name] = await self._read(name, task_hash)

    async def _read(self, name: str, task_hash: TaskHash) -> TaskNow:
        manager = self.stage.manager
        status = await manager.get_task_status(task_hash)
        if status is TaskStatus.NONE:
            raise ChainError(f"the manager does not know {name}, {task_hash}")
        return TaskNow(name, status, await manager.get_task_info(task_hash))


def name_of(stage: Stage, event: Event) -> str | None:
    """The name of the task that an event is about."""
    task_hash = getattr(event, "task_hash", None)
    return next((name for name, known in stage.tasks.items() if known == task_hash), None)
