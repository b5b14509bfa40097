"""A typed client of TaskManager: reads are awaited, writes are built as `Call`s and then sent.

task = Task(owner, Gas(60_000), counter, increment, await manager.get_account_nonce(owner))
call = manager.calls.schedule_task(TaskDefinition(task, schedule), value=bond)
receipt = await manager.send(account, call)
(scheduled,) = manager.events_in(receipt, TaskScheduled)
"""

from __future__ import annotations

from collections.abc import Sequence

from eth_abi.abi import encode
from eth_utils.crypto import keccak
from web3.types import BlockIdentifier

from taskwork.chain.contract import ContractClient
from taskwork.chain.events import ManagerEvent
from taskwork.chain.rpc import Web3
from taskwork.chain.task_manager_calls import TaskManagerCalls
from taskwork.chain.types import (
    Address,
    BlockNumber,
    Bond,
    Gas,
    PriceTerms,
    SizeClass,
    Task,
    TaskDefinition,
    TaskHash,
    TaskInfo,
    TaskStatus,
    Wei,
    as_task_hash,
)

_PAGE = 200  # task hashes per read
_COMMITTED = 1 << 63


def compute_task_hash(chain_id: int, manager: Address, task: Task, task_id: int) -> TaskHash:
    """What the manager calls a task: 192 bits of a hash of it, then its 64-bit id."""
    return as_task_hash(_digest(chain_id, manager, task)[:24] + task_id.to_bytes(8, "big"))


def compute_committed_hash(chain_id: int, manager: Address, task: Task) -> TaskHash:
    """What the manager calls a committed task: a hash of it, with the bit set that tells."""
    digest = int.from_bytes(_digest(chain_id, manager, task), "big") | _COMMITTED
    return as_task_hash(digest.to_bytes(32, "big"))


def is_committed(task_hash: TaskHash) -> bool:
    """Whether a hash is of a committed task, if of any."""
    return bool(int(task_hash, 16) & _COMMITTED)


def _digest(chain_id: int, manager: Address, task: Task) -> bytes:
    fields = (task.owner, task.gas, task.target, task.data, task.nonce)
    kinds = ["uint256", "address", TaskManagerCalls.TASK]
    return keccak(encode(kinds, [chain_id, manager, fields]))


class TaskManagerClient(ContractClient):
    """One TaskManager on one chain."""

    CONTRACT = "TaskManager"
    EVENTS = ManagerEvent

    def __init__(self, web3: Web3, address: str) -> None:
        super().__init__(web3, address)
        self.calls = TaskManagerCalls(self.address)

    # Tasks

    async def get_task_info(
        self, task_hash: TaskHash, *, block: BlockIdentifier = "latest"
    ) -> TaskInfo:
        """A task's definition as it stands, and its metrics."""
        info: TaskInfo
        (info,) = await self._read("getTaskInfo(bytes32)", task_hash, block=block)
        return info

    async def get_committed_info(
        self, task: Task, *, block: BlockIdentifier = "latest"
    ) -> TaskInfo:
        """A committed task's definition as it stands, and its metrics."""
        info: TaskInfo
        (info,) = await self._read(f"getCommittedInfo({TaskManagerCalls.TASK})", task, block=block)
        return info

    async def committed_hash_of(self, task: Task) -> TaskHash:
        """What a committed task is called, whether it was scheduled or not."""
        task_hash: TaskHash
        (task_hash,) = await self._read(f"committedHashOf({TaskManagerCalls.TASK})", task)
        return task_hash

    async def get_task_status(
        self, task_hash: TaskHash, *, block: BlockIdentifier = "latest"
    ) -> TaskStatus:
        """Where a task is in its life; NONE for an unknown hash."""
        status: TaskStatus
        (status,) = await self._read("getTaskStatus(bytes32)", task_hash, block=block)
        return status

    async def get_task_statuses(
        self, task_hashes: Sequence[TaskHash], *, block: BlockIdentifier = "latest"
    ) -> dict[TaskHash, TaskStatus]:
        """Where tasks are in their lives, all at one block."""
        args = [(task_hash,) for task_hash in task_hashes]
        answers = await self._read_many("getTaskStatus(bytes32)", args, block=block)
        return {one: status for one, (status,) in zip(task_hashes, answers, strict=True)}

    async def get_account_tasks(
        self, account: Address, *, block: BlockIdentifier = "latest"
    ) -> list[TaskHash]:
        """All tasks that an account ever stored, in that order; read by pages."""
        found: list[TaskHash] = []
        before, page = TaskHash("0x" + "00" * 32), _PAGE
        while page == _PAGE:
            signature = "getAccountTasks(address,bytes32,uint256)"
            (hashes,) = await self._read(signature, account, before, _PAGE, block=block)
            page = len(hashes)
            found += hashes
            before = found[-1] if found else before
        return found[::-1]

    async def get_account_nonce(
        self, account: Address, *, block: BlockIdentifier = "latest"
    ) -> int:
        """The nonce that an account's next task must carry."""
        nonce: int
        (nonce,) = await self._read("getAccountNonce(address)", account, block=block)
        return nonce

    # Queue

    async def get_tasks_in_range(
        self,
        start: BlockNumber,
        end: BlockNumber,
        *,
        limit: int | None = None,
        block: BlockIdentifier = "latest",
    ) -> list[TaskHash]:
        """The tasks due from a block in the range on, at most `limit`; read by pages."""
        found: list[TaskHash] = []
        while limit is None or len(found) < limit:
            want = _PAGE if limit is None else min(_PAGE, limit - len(found))
            signature = "getTasksInRange(uint64,uint64,uint256,uint256)"
            (page,) = await self._read(signature, start, end, len(found), want, block=block)
            found += page
            if len(page) < want:
                break
        return found

    async def get_next_execution_block_in_range(
        self, start: BlockNumber, end: BlockNumber, *, block: BlockIdentifier = "latest"
    ) -> BlockNumber | None:
        """The earliest block in the range that has queued tasks."""
        signature = "getNextExecutionBlockInRange(uint64,uint64)"
        (found,) = await self._read(signature, start, end, block=block)
        return BlockNumber(found) if found else None

    async def get_next_execution_blocks(
        self, account: Address, task_hashes: Sequence[TaskHash]
    ) -> dict[TaskHash, BlockNumber]:
        """When an account's tasks are due; 0 for others' tasks and those not queued."""
        signature = "getNextExecutionBlocks(address,bytes32[])"
        hashes, blocks = await self._read(signature, account, task_hashes)
        return dict(zip(hashes, blocks, strict=True))

    async def get_account_tasks_with_blocks(self, account: Address) -> dict[TaskHash, BlockNumber]:
        """When all tasks of an account are due; 0 for those not queued."""
        hashes, blocks = await self._read("getAccountTasksWithBlocks(address)", account)
        return dict(zip(hashes, blocks, strict=True))

    async def get_next_blocks_for_tasks(
        self, task_hashes: Sequence[TaskHash], *, block: BlockIdentifier = "latest"
    ) -> dict[TaskHash, BlockNumber]:
        """When tasks are due; 0 for those not queued."""
        signature = "getNextBlocksForTasks(bytes32[])"
        hashes, blocks = await self._read(signature, task_hashes, block=block)
        return dict(zip(hashes, blocks, strict=True))

    async def block_load(self, block_number: BlockNumber, size: SizeClass) -> tuple[int, Gas]:
        """How many tasks are queued in a block and class, and how much gas is admitted."""
        tasks, gas = await self._read("blockLoad(uint64,uint8)", block_number, size)
        return tasks, Gas(gas)

    # Money

    async def estimate_required_bond(self, definition: TaskDefinition, gas_price: Wei) -> Wei:
        """What must be free for a task to be scheduled at this ceiling."""
        signature = f"estimateRequiredBond({TaskManagerCalls.DEFINITION},uint256)"
        (bond,) = await self._read(signature, definition, gas_price)
        return Wei(bond)

    async def bond_of(self, account: Address, *, block: BlockIdentifier = "latest") -> Bond:
        """An account's bond, and how much of it is reserved."""
        return Bond(*await self._read("bondOf(address)", account, block=block))

    async def credit_of(self, executor: Address, *, block: BlockIdentifier = "latest") -> Wei:
        """What an executor can withdraw with `withdraw_credit`."""
        return Wei((await self._read("creditOf(address)", executor, block=block))[0])

    async def fees_owed(self) -> Wei:
        """What `withdraw_fees` would pay."""
        return Wei((await self._read("feesOwed()"))[0])

    async def price_terms_of(self, account: Address) -> PriceTerms:
        """The price terms that an account has in force."""
        terms: PriceTerms
        (terms,) = await self._read("priceTermsOf(address)", account)
        return terms

    async def task_price_terms(
        self, task_hash: TaskHash, *, block: BlockIdentifier = "latest"
    ) -> PriceTerms:
        """The price terms frozen into a task."""
        terms: PriceTerms
        (terms,) = await self._read("taskPriceTerms(bytes32)", task_hash, block=block)
        return terms

    async def committed_price_terms(
        self, task: Task, *, block: BlockIdentifier = "latest"
    ) -> PriceTerms:
        """The price terms frozen into a committed task."""
        terms: PriceTerms
        signature = f"committedPriceTerms({TaskManagerCalls.TASK})"
        (terms,) = await self._read(signature, task, block=block)
        return terms

    # The rest

    async def envoy_of(self, owner: Address) -> Address:
        """The contract that calls the targets of an owner's tasks."""
        envoy: Address
        (envoy,) = await self._read("envoyOf(address)", owner)
        return envoy

    async def envoy_factory(self) -> Address:
        """The contract that makes the envoys."""
        factory: Address
        (factory,) = await self._read("ENVOY_FACTORY()")
        return factory

    async def fee_terms(self) -> tuple[int, Address]:
        """What the manager takes of each charge, in basis points, and for whom."""
        (basis_points,) = await self._read("FEE_BPS()")
        (recipient,) = await self._read("FEE_RECIPIENT()")
        return basis_points, recipient

    async def reads(self) -> Address:
        """The contract whose code answers the manager's reads."""
        reads: Address
        (reads,) = await self._read("READS()")
        return reads

    async def clock(self) -> BlockNumber:
        """The current block, as ERC-6372 has it."""
        return BlockNumber((await self._read("clock()"))[0])

    async def clock_mode(self) -> str:
        """The clock's kind, as ERC-6372 has it."""
        return str((await self._read("CLOCK_MODE()"))[0])

    async def extsload(self, slot: bytes, *, block: BlockIdentifier = "latest") -> str:
        """The content of one storage slot, in hex."""
        return str((await self._read("extsload(bytes32)", slot, block=block))[0])
