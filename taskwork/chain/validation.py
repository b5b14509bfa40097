"""What Python can know to be wrong before a transaction is paid for."""

from __future__ import annotations

from taskwork.chain.types import (
    NO_DEADLINE,
    UNLIMITED,
    BlockNumber,
    Task,
    TaskDefinition,
    TaskSchedule,
)
from taskwork.errors import InvalidInput

MAX_TASK_GAS = 750_000
MAX_DATA_LENGTH = 24_000
MAX_COMMITTED_DATA_LENGTH = 1_024
MIN_INTERVAL = 100
MAX_BLOCKS_AHEAD = 2**23
MAX_EXECUTIONS = 2**32 - 2
MAX_BLOCK = 2**40 - 1
_MAX_UINT64 = 2**64 - 1


def check_definition(definition: TaskDefinition, head: BlockNumber | None = None) -> None:
    """Refuse what `scheduleTask` would refuse; with `head`, also a start outside its window."""
    _check_task(definition.task)
    _check_schedule(definition.schedule)
    if head is not None:
        latest = head + MAX_BLOCKS_AHEAD
        check_range("schedule.start_block", definition.schedule.start_block, head + 1, latest)


def check_committed(definition: TaskDefinition, head: BlockNumber | None = None) -> None:
    """Refuse what `scheduleCommitted` would refuse."""
    check_length("task.data", definition.task.data, 0, MAX_COMMITTED_DATA_LENGTH)
    check_definition(definition, head)


def check_range(field: str, value: int, low: int, high: int) -> None:
    """Refuse a value outside `low` to `high`, both allowed."""
    if not low <= value <= high:
        raise InvalidInput(field, value, f"must be {low} to {high}")


def check_length(field: str, data: bytes, low: int, high: int) -> None:
    """Refuse bytes that are too few or too many."""
    check_range(f"length of {field}", len(data), low, high)


def _check_task(task: Task) -> None:
    check_range("task.gas", task.gas, 1, MAX_TASK_GAS)
    check_range("task.nonce", task.nonce, 0, _MAX_UINT64)
    check_length("task.data", task.data, 0, MAX_DATA_LENGTH)


def _check_schedule(schedule: TaskSchedule) -> None:
    check_range("schedule.start_block", schedule.start_block, 0, MAX_BLOCK)
    if schedule.executions != UNLIMITED:
        check_range("schedule.executions", schedule.executions, 1, MAX_EXECUTIONS)
    shortest = 0 if schedule.executions == 1 else MIN_INTERVAL
    check_range("schedule.interval", schedule.interval, shortest, MAX_BLOCKS_AHEAD)
    if schedule.deadline != NO_DEADLINE:
        check_range("schedule.deadline", schedule.deadline, schedule.start_block, MAX_BLOCK)
