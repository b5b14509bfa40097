"""What tests schedule: a task definition that is easy to vary."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

TASK = "(address,uint64,address,bytes,uint64)"
DEFINITION = f"({TASK},(uint64,uint64,uint64,bool,uint64))"
INFO = f"({DEFINITION},(uint64,uint64,uint64,uint256))"

ENDLESS = 2**64 - 1
ZERO_ADDRESS = "0x" + "00" * 20


class Task(NamedTuple):
    """`Task` of the contract; `owner` is its field `from`."""

    owner: str
    gas: int
    target: str
    data: bytes
    nonce: int


class Schedule(NamedTuple):
    """`TaskSchedule` of the contract; `start` is its field `startBlock`."""

    start: int
    interval: int
    executions: int
    active: bool
    deadline: int


class Definition(NamedTuple):
    """`TaskDefinition` of the contract: a tuple that ape and eth_abi both take."""

    task: Task
    schedule: Schedule

    def but(self, **changes: Any) -> Definition:
        """The same with other values, whichever of the two parts they belong to."""
        task = {name: changes.pop(name) for name in Task._fields if name in changes}
        return Definition(self.task._replace(**task), self.schedule._replace(**changes))


class Info(NamedTuple):
    """`TaskInfo` of the contract. ape cannot decode it: its struct has a field called `from`."""

    definition: Definition
    executions: int
    failures: int
    next_block: int
    reserved_bond: int

    @property
    def runs_left(self) -> int:
        return self.definition.schedule.executions


class Scheduled(NamedTuple):
    """A task that was scheduled."""

    hash: bytes
    definition: Definition
    owner: Any
    receipt: Any

    @property
    def start(self) -> int:
        return self.definition.schedule.start


class Status(IntEnum):
    """`TaskStatus` of the contract."""

    NONE = 0
    QUEUED = 1
    RUNNING = 2
    PAUSED = 3
    STARVED = 4
    FAILING = 5
    CROWDED = 6
    COMPLETED = 7
    CANCELLED = 8
    EXPIRED = 9
