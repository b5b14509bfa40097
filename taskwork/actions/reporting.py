"""A task as a whole: what it calls, how it stands, and how long its bond lasts."""

from __future__ import annotations

from dataclasses import dataclass

from taskwork.chain.deploy import has_code
from taskwork.chain.lens import Runway, TaskManagerLensClient, lens_address
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.types import (
    Address,
    BlockNumber,
    Bond,
    Explanation,
    TaskDefinition,
    TaskHash,
    TaskMetrics,
    TaskStatus,
)
from taskwork.errors import InvalidInput

_LAST_BLOCK = BlockNumber(2**40 - 1)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What only the lens can tell of a task."""

    explanation: Explanation
    runway: Runway


@dataclass(frozen=True, slots=True)
class TaskReport:
    """A task, its owner's bond, and the outlook where the chain has the lens."""

    task_hash: TaskHash
    status: TaskStatus
    definition: TaskDefinition
    metrics: TaskMetrics
    bond: Bond
    outlook: Outlook | None


async def report_task(manager: TaskManagerClient, task_hash: TaskHash) -> TaskReport:
    """Report one task; refuses an unknown hash."""
    return await _report(manager, await find_lens(manager), task_hash)


async def report_account(manager: TaskManagerClient, account: Address) -> list[TaskReport]:
    """Report all tasks that an account ever scheduled, in that order."""
    lens = await find_lens(manager)
    return [await _report(manager, lens, one) for one in await manager.get_account_tasks(account)]


async def report_queue(manager: TaskManagerClient, limit: int | None = None) -> list[TaskReport]:
    """Report the queue, the earliest block first."""
    lens = await find_lens(manager)
    hashes = await manager.get_tasks_in_range(BlockNumber(0), _LAST_BLOCK, limit=limit)
    return [await _report(manager, lens, task_hash) for task_hash in hashes]


async def find_lens(manager: TaskManagerClient) -> TaskManagerLensClient | None:
    """The manager's lens, or None where nobody deployed it."""
    address = lens_address(manager.address)
    has_lens = await has_code(manager.web3, address)
    return TaskManagerLensClient(manager.web3, address) if has_lens else None


async def _report(
    manager: TaskManagerClient, lens: TaskManagerLensClient | None, task_hash: TaskHash
) -> TaskReport:
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
        outlook=None if lens is None else await _look_ahead(lens, task_hash, status),
    )


async def _look_ahead(
    lens: TaskManagerLensClient, task_hash: TaskHash, status: TaskStatus
) -> Outlook:
    runway = Runway(0, 0) if status.has_ended else await lens.runway(task_hash)
    return Outlook(await lens.explain(task_hash), runway)
