"""The contracts' values in Python. Struct fields stand in the order of the ABI."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NewType

from eth_typing import ChecksumAddress
from eth_utils.address import (
    is_checksum_address,
    is_checksum_formatted_address,
    is_hex_address,
    to_checksum_address,
)

from taskwork.errors import InvalidInput

Address = ChecksumAddress
Wei = NewType("Wei", int)
Gas = NewType("Gas", int)
BlockNumber = NewType("BlockNumber", int)
TaskHash = NewType("TaskHash", str)  # "0x" and 64 lower-case digits

UNLIMITED = 2**64 - 1  # executions: until cancelled
NO_VALUE = Wei(0)
NO_DEADLINE = BlockNumber(0)
ZERO_ADDRESS = Address(to_checksum_address("0x" + "00" * 20))


def as_address(value: str) -> Address:
    """Read an address in any spelling; a wrong checksum is refused."""
    is_mistyped = is_checksum_formatted_address(value) and not is_checksum_address(value)
    if not is_hex_address(value) or is_mistyped:
        raise InvalidInput("address", value, "must be 20 bytes in hex, its checksum right or none")
    return Address(to_checksum_address(value))


def as_task_hash(value: str | bytes) -> TaskHash:
    """Read a task hash from 32 bytes or from hex, with or without 0x."""
    digits = value.hex() if isinstance(value, bytes) else value.lower().removeprefix("0x")
    try:
        length = len(bytes.fromhex(digits))
    except ValueError:
        length = -1
    if length != 32 or len(digits) != 64:
        raise InvalidInput("task hash", value, "must be 32 bytes in hex")
    return TaskHash(f"0x{digits}")


class TaskStatus(IntEnum):
    """Where a task is in its life."""

    NONE = 0  # never scheduled
    QUEUED = 1  # waits in the bucket of its next block
    RUNNING = 2  # its target is being called, in this very transaction
    PAUSED = 3  # inactive: its owner asked for it
    STARVED = 4  # inactive: the account could not reserve the next run
    FAILING = 5  # inactive: it failed too often in a row
    CROWDED = 6  # inactive: no block within the bounded search had room
    COMPLETED = 7  # ended: made all its runs
    CANCELLED = 8  # ended: by its owner
    EXPIRED = 9  # ended: its deadline passed

    @property
    def is_inactive(self) -> bool:
        """Whether `reactivate` can bring the task back."""
        return TaskStatus.PAUSED <= self <= TaskStatus.CROWDED

    @property
    def has_ended(self) -> bool:
        """Whether nothing can bring the task back."""
        return self >= TaskStatus.COMPLETED


class SizeClass(IntEnum):
    """The three queues of tasks, by gas."""

    SMALL = 0  # at most 100,000
    MEDIUM = 1  # at most 250,000
    LARGE = 2  # at most 750,000

    @classmethod
    def of(cls, gas: int) -> SizeClass:
        """The queue in which a task with this gas waits."""
        return cls((gas > 100_000) + (gas > 250_000))


@dataclass(frozen=True, slots=True)
class Task:
    """A call that the manager makes for an owner; never changes once scheduled."""

    owner: Address  # `from` in the ABI, which Python keeps for itself
    gas: Gas
    target: Address
    data: bytes
    nonce: int


@dataclass(frozen=True, slots=True)
class TaskSchedule:
    """When a task runs. All times are block numbers."""

    start_block: BlockNumber
    interval: int = 0  # ignored when `executions` is 1
    executions: int = 1
    active: bool = True
    deadline: BlockNumber = NO_DEADLINE  # last block in which it may run; 0 for none


@dataclass(frozen=True, slots=True)
class TaskDefinition:
    """What to call and when."""

    task: Task
    schedule: TaskSchedule


@dataclass(frozen=True, slots=True)
class TaskMetrics:
    """What became of a task so far."""

    executions: int
    failures: int
    next_block: BlockNumber  # 0 unless it is queued
    reserved_bond: Wei


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """A task's definition as it stands now, and its metrics."""

    definition: TaskDefinition
    metrics: TaskMetrics


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """What an owner pays for a unit of gas, and how many failures in a row it bears."""

    ceiling: Wei
    tip: Wei
    premium_cap: Wei
    failure_limit: int  # 0 for never
    version: int


@dataclass(frozen=True, slots=True)
class Bond:
    """An account's prepayment, and how much of it is reserved for queued tasks."""

    total: Wei
    reserved: Wei

    @property
    def free(self) -> Wei:
        """What can be withdrawn, or reserved for another run."""
        return Wei(self.total - self.reserved)


class Reason(IntEnum):
    """Why a task has not run, or will not; `have` and `need` are an explanation's."""

    UNKNOWN = 0
    NOT_DUE = 1  # have: this block; need: its next block
    DUE = 2  # have: this block; need: its next block
    BASE_FEE_ABOVE_CEILING = 3  # have: its ceiling; need: the base fee
    DEADLINE_PASSED = 4  # have: this block; need: its deadline
    RUNNING = 5
    PAUSED = 6
    INSUFFICIENT_BOND = 7  # have: the account's free bond; need: the reserve
    FAILED_TOO_OFTEN = 8  # have: failures; need: 0
    NO_ROOM = 9
    COMPLETED = 10
    CANCELLED = 11
    EXPIRED = 12
    COMMITTED = 13  # known by its hash alone: ask with its definition


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a task has not run."""

    reason: Reason
    status: TaskStatus
    next_block: BlockNumber  # from which it is due, or was last due
    have: int
    need: int
