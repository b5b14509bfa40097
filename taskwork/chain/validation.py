"""What Python can know to be wrong before a transaction is paid for."""

from __future__ import annotations

from taskwork.chain.types import ZERO_ADDRESS, BlockNumber, TaskDefinition
from taskwork.errors import InvalidInput

MAX_TASK_GAS = 750_000
MIN_INTERVAL = 100
MAX_BLOCKS_AHEAD = 2**23
_MAX_UINT64 = 2**64 - 1


def check_definition(definition: TaskDefinition, head: BlockNumber | None = None) -> None:
    """Refuse what `scheduleTask` would refuse; with `head`, also a start outside its window."""
    _check_task(definition)
    _check_recurrence(definition)
    if head is not None:
        latest = head + MAX_BLOCKS_AHEAD
        check_range("schedule.start_block", definition.schedule.start_block, head + 1, latest)


def check_range(field: str, value: int, low: int, high: int) -> None:
    """Refuse a value outside `low` to `high`, both allowed."""
    if not low <= value <= high:
        raise InvalidInput(field, value, f"must be {low} to {high}")


def _check_task(definition: TaskDefinition) -> None:
    task = definition.task
    check_range("task.gas", task.gas, 1, MAX_TASK_GAS)
    check_range("task.nonce", task.nonce, 0, _MAX_UINT64)
    if task.target == ZERO_ADDRESS:
        raise InvalidInput("task.target", task.target, "must be a contract")


def _check_recurrence(definition: TaskDefinition) -> None:
    schedule = definition.schedule
    check_range("schedule.start_block", schedule.start_block, 0, _MAX_UINT64)
    check_range("schedule.executions", schedule.executions, 1, _MAX_UINT64)
    if schedule.executions > 1:
        check_range("schedule.interval", schedule.interval, MIN_INTERVAL, _MAX_UINT64)
    if schedule.deadline:
        low = schedule.start_block
        check_range("schedule.deadline", schedule.deadline, low, _MAX_UINT64)
