"""The rules of docs/specification.md by which events alone tell the state of every task.

It takes an event's name, its block, the task's hash and the other arguments, flattened; of
`TaskCommitted` the schedule alone. It never asks a chain.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tests.support.definitions import ENDLESS, Status

INACTIVE = {
    "TaskInactiveDueToInsufficientBonds": Status.STARVED,
    "TaskInactiveDueToFailures": Status.FAILING,
    "TaskInactiveDueToFullBlocks": Status.CROWDED,
    "TaskExpired": Status.EXPIRED,
}


class Seen(NamedTuple):
    """What anybody can know of a task."""

    status: Status
    next_block: int  # 0 unless it is queued
    runs_left: int
    executed: int
    failed: int


@dataclass
class Task:
    """What the events said so far."""

    status: Status = Status.NONE
    next_block: int = 0
    runs_left: int = 0
    executed: int = 0
    failed: int = 0
    start: int = 0
    interval: int = 0
    changed_in: int = 0  # block in which it was last scheduled, cancelled or reactivated

    @property
    def seen(self) -> Seen:
        return Seen(self.status, self.next_block, self.runs_left, self.executed, self.failed)


@dataclass
class Indexer:
    """Every task as the events tell it."""

    tasks: dict[bytes | int, Task] = field(default_factory=dict)

    def read(self, name: str, block: int, task_hash: bytes | int, values: tuple[int, ...]) -> None:
        task = self.tasks.setdefault(task_hash, Task())
        if name in INACTIVE:
            task.status, task.next_block = INACTIVE[name], 0
        elif name == "TaskScheduled":
            _, task.next_block = values
            task.status = Status.QUEUED if task.next_block else Status.PAUSED
            task.runs_left, task.changed_in = 1, block
        elif name in ("TaskScheduleSet", "TaskCommitted"):
            task.start, task.interval, task.runs_left, *_ = values[-5:]
        elif name == "TaskDeferred":
            task.next_block = values[1]
        elif name == "TaskReactivated":
            _, task.next_block = values
            task.status, task.changed_in = Status.QUEUED, block
        elif name == "TaskCancelled":
            task.status, task.next_block, task.changed_in = Status.CANCELLED, 0, block
        elif name == "TaskExecutionRecorded":
            *_, task.executed, task.failed = values
            # What the run itself changed stands: it is for a later block.
            if task.changed_in != block:
                self._go_on(task, block)

    def _go_on(self, task: Task, block: int) -> None:
        """A run was made by the schedule."""
        if task.runs_left != ENDLESS:
            task.runs_left -= 1
        if task.runs_left == 0:
            task.status, task.next_block = Status.COMPLETED, 0
        else:
            missed = (block - task.start) // task.interval
            task.next_block = task.start + (missed + 1) * task.interval
