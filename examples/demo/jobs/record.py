"""What the chain says happened in the second act, kept as it goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from web3.types import TxData

from examples.demo.jobs import cast
from examples.demo.jobs.stage import JobStage
from examples.demo.stage import KEEPER
from taskwork.chain.events import Event, ExecutorReimbursed, TaskDeferred, TaskExecuted
from taskwork.chain.pool_events import BucketScheduled, JobPosted, PoolEvent, TasksAdded
from taskwork.chain.pool_types import JobInfo, Timestamp
from taskwork.chain.rpc import node_errors
from taskwork.chain.transactions import find_receipt
from taskwork.chain.types import BlockNumber, TaskHash, Wei


@dataclass(frozen=True)
class JobSnapshot:
    """Everything the live table shows."""

    block: BlockNumber
    time: Timestamp
    due: int
    jobs: Mapping[str, JobInfo]
    calls: int  # made by the keeper
    profit: Wei
    news: tuple[PoolEvent, ...]


@dataclass
class JobRecord:
    """All events of the pool and the manager, and what everybody sent and paid for gas."""

    stage: JobStage
    events: list[PoolEvent] = field(default_factory=list)
    charges: list[ExecutorReimbursed] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)  # wei with transactions, by name
    gas_paid: Counter[str] = field(default_factory=Counter)
    senders: dict[str, str] = field(default_factory=dict)  # of transactions, by hash
    _waiting: dict[TaskHash, BlockNumber] = field(default_factory=dict)  # calls on time
    _seen: int = -1

    async def look(self) -> JobSnapshot:
        """Read the blocks that are new, and say how things stand."""
        head = await self.stage.control.head()
        first = BlockNumber(self._seen + 1)
        for number in range(first, head + 1):
            await self._count(BlockNumber(number))
        news = await self._read_events(first, head)
        self._seen = head
        return await self._snapshot(head, news)

    @property
    def reimbursed(self) -> int:
        """What the keeper got."""
        own = self.stage.addresses[KEEPER]
        return sum(charge.amount for charge in self.charges if charge.executor == own)

    async def _read_events(self, first: BlockNumber, head: BlockNumber) -> tuple[PoolEvent, ...]:
        found = [event async for event in self.stage.pool.events(first, head)]
        news = tuple(event for event in found if isinstance(event, PoolEvent))
        self.events += news
        for event in news:
            if isinstance(event, TasksAdded):
                self._name_jobs(event)
            elif isinstance(event, BucketScheduled):
                self._waiting[event.task_hash] = event.start_block
        async for said in self.stage.manager.events(first, head):
            self._read_manager(said)
        return news

    def _read_manager(self, event: Event) -> None:
        match event:
            case ExecutorReimbursed():
                self.charges.append(event)
            case TaskExecuted():
                self._waiting.pop(event.task_hash, None)
            case TaskDeferred():
                self._waiting[event.task_hash] = event.next_block

    async def find_due(self, first: BlockNumber, last: BlockNumber) -> BlockNumber | None:
        """The next block in which the pool is to be called, stored or committed to."""
        return min((at for at in self._waiting.values() if first <= at <= last), default=None)

    def _name_jobs(self, added: TasksAdded) -> None:
        names = list(cast.JOBS)
        for task_id, request_id in zip(added.task_ids, added.request_ids, strict=True):
            self.stage.jobs[names[request_id - 1]] = task_id

    async def _count(self, number: BlockNumber) -> None:
        """Who sent what in a block, and for how much gas."""
        with node_errors():
            block = await self.stage.web3.eth.get_block(number, full_transactions=True)
        for tx in block["transactions"]:
            if isinstance(tx, Mapping):
                await self._count_one(tx)

    async def _count_one(self, tx: TxData) -> None:
        name, tx_hash = self.stage.name_of(tx["from"]), f"0x{tx['hash'].hex()}"
        receipt = await find_receipt(self.stage.web3, tx_hash)
        assert receipt is not None  # it is in a block
        self.senders[tx_hash] = name
        self.gas_paid[name] += receipt["gasUsed"] * receipt["effectiveGasPrice"]
        if receipt["status"]:
            self.sent[name] += tx["value"]

    async def _snapshot(self, head: BlockNumber, news: tuple[PoolEvent, ...]) -> JobSnapshot:
        stage = self.stage
        with node_errors():
            block = await stage.web3.eth.get_block(head)
        jobs = await stage.pool.get_jobs(list(stage.jobs.values()))
        return JobSnapshot(
            block=head,
            time=Timestamp(block["timestamp"]),
            due=sum(at <= head for at in self._waiting.values()),
            jobs=dict(zip(stage.jobs, jobs, strict=True)),
            calls=len({charge.at.tx_hash for charge in self.charges}),
            profit=Wei(self.reimbursed - self.gas_paid[KEEPER]),
            news=news,
        )


def events_of(record: JobRecord, job: str) -> list[PoolEvent]:
    """What the pool said of one job."""
    task_id = record.stage.jobs[job]
    return [event for event in record.events if getattr(event, "task_id", None) == task_id]


def posted(record: JobRecord, job: str) -> JobPosted:
    """How a job began."""
    return next(event for event in events_of(record, job) if isinstance(event, JobPosted))


def is_on_time(record: JobRecord, event: Event) -> bool:
    """Whether the keeper's transaction did it, hence the task manager."""
    return record.senders.get(event.at.tx_hash) == KEEPER
