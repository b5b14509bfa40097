"""A task as a whole: what it calls, how it stands, and how long its bond lasts."""

from __future__ import annotations

from dataclasses import dataclass

from taskwork.actions.deployment import LENS
from taskwork.chain.abi import load_abi
from taskwork.chain.addresses import create2_address
from taskwork.chain.deploy import has_code
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.transactions import Call, simulate
from taskwork.chain.types import (
    Address,
    BlockNumber,
    Bond,
    TaskDefinition,
    TaskHash,
    TaskMetrics,
    TaskStatus,
)
from taskwork.errors import InvalidInput

_LAST_BLOCK = BlockNumber(2**40 - 1)


@dataclass(frozen=True, slots=True)
class Runway:
    """How many runs an owner's bond still pays for, if no other task draws on it."""

    at_least: int  # at the highest price the task can cost
    at_this_price: int  # at the base fee of now, executed in time


@dataclass(frozen=True, slots=True)
class TaskReport:
    """A task, its owner's bond, and how long that lasts, if the chain has the lens that knows."""

    task_hash: TaskHash
    status: TaskStatus
    definition: TaskDefinition
    metrics: TaskMetrics
    bond: Bond
    runway: Runway | None


async def report_task(manager: TaskManagerClient, task_hash: TaskHash) -> TaskReport:
    """Report one task; refuses an unknown hash."""
    status = await manager.get_task_status(task_hash)
    if status is TaskStatus.NONE:
        raise InvalidInput("task hash", task_hash, f"must be a task of {manager.address}")
    info = await manager.get_task_info(task_hash)
    return TaskReport(
        task_hash=task_hash,
        status=status,
        definition=info.definition,
        metrics=info.metrics,
        bond=await manager.bond_of(info.definition.task.owner),
        runway=None if status.has_ended else await find_runway(manager, task_hash),
    )


async def report_account(manager: TaskManagerClient, account: Address) -> list[TaskReport]:
    """Report all tasks that an account ever scheduled, in that order."""
    return [await report_task(manager, one) for one in await manager.get_account_tasks(account)]


async def report_queue(manager: TaskManagerClient, limit: int | None = None) -> list[TaskReport]:
    """Report the queue, the earliest block first."""
    hashes = await manager.get_tasks_in_range(BlockNumber(0), _LAST_BLOCK, limit=limit)
    return [await report_task(manager, task_hash) for task_hash in hashes]


async def find_runway(manager: TaskManagerClient, task_hash: TaskHash) -> Runway | None:
    """A task's runway, or None where the chain has no lens for this manager."""
    lens = load_abi(LENS)
    address = create2_address(lens.encode_init([manager.address]))
    if not await has_code(manager.web3, address):
        return None
    signature = "runway(bytes32)"
    call = Call(address, lens.encode_call(signature, [task_hash]))
    return Runway(*lens.decode_result(signature, await simulate(manager.web3, call)))
