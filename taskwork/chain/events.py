"""Events as values: what all have, and the manager's.

Fields stand in the order of the ABI, after where the event was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from web3.types import LogReceipt

from taskwork.chain.abi import ContractAbi, decode_event
from taskwork.chain.types import (
    Address,
    BlockNumber,
    Gas,
    PriceTerms,
    TaskDefinition,
    TaskHash,
    TaskSchedule,
    Wei,
)


@dataclass(frozen=True, slots=True, order=True)
class LogPosition:
    """Where in the chain a log stands."""

    block: BlockNumber
    index: int
    block_hash: str
    tx_hash: str


@dataclass(frozen=True, slots=True)
class Event:
    """What every event has."""

    at: LogPosition


EventT = TypeVar("EventT", bound=Event)
Kinds: TypeAlias = Mapping[str, type[Event]]


def event_kinds(base: type[Event]) -> Kinds:
    """A contract's events by their names in its ABI; they all derive from `base`."""
    return {kind.__name__: kind for kind in base.__subclasses__()}


def read_log(log: LogReceipt, abi: ContractAbi, kinds: Kinds) -> Event | None:
    """The contract's event in a log, or None when the log is something else."""
    topics = [bytes(topic) for topic in log["topics"]]
    element = abi.events.get(topics[0]) if topics else None
    kind = kinds.get(str(element["name"])) if element else None  # type: ignore[typeddict-item]
    if element is None or kind is None:
        return None
    return kind(_position(log), *decode_event(element, topics, bytes(log["data"])))


def _position(log: LogReceipt) -> LogPosition:
    return LogPosition(
        block=BlockNumber(log["blockNumber"]),
        index=log["logIndex"],
        block_hash=f"0x{log['blockHash'].hex()}",
        tx_hash=f"0x{log['transactionHash'].hex()}",
    )


@dataclass(frozen=True, slots=True)
class ManagerEvent(Event):
    """What TaskManager says."""


@dataclass(frozen=True, slots=True)
class TaskScheduled(ManagerEvent):
    """A task was scheduled, or its schedule was updated."""

    task_hash: TaskHash
    owner: Address
    next_block: BlockNumber  # 0 when it is paused


@dataclass(frozen=True, slots=True)
class TaskScheduleSet(ManagerEvent):
    """All of a schedule that is new and is not one run without a deadline."""

    task_hash: TaskHash
    schedule: TaskSchedule


@dataclass(frozen=True, slots=True)
class TaskCommitted(ManagerEvent):
    """A committed task was scheduled; the manager keeps its hash and state alone."""

    task_hash: TaskHash
    owner: Address
    definition: TaskDefinition


@dataclass(frozen=True, slots=True)
class TaskExecuted(ManagerEvent):
    """A task's target was called."""

    task_hash: TaskHash
    executor: Address
    success: bool
    return_data: bytes  # the first 256 bytes; see `revert.describe_return`


@dataclass(frozen=True, slots=True)
class TaskCancelled(ManagerEvent):
    """A task was cancelled."""

    task_hash: TaskHash
    owner: Address


@dataclass(frozen=True, slots=True)
class TaskInactiveDueToInsufficientBonds(ManagerEvent):
    """A task went inactive because the account could not reserve its next run."""

    task_hash: TaskHash
    owner: Address
    required_bond: Wei


@dataclass(frozen=True, slots=True)
class TaskExecutionRecorded(ManagerEvent):
    """A reimbursed run was counted."""

    task_hash: TaskHash
    success: bool
    gas_used: Gas
    success_count: int
    failure_count: int


@dataclass(frozen=True, slots=True)
class ExecutorReimbursed(ManagerEvent):
    """An owner paid an executor for handling a task."""

    task_hash: TaskHash
    executor: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class ProtocolFeeCollected(ManagerEvent):
    """An owner paid the protocol fee for the handling of a task."""

    task_hash: TaskHash
    amount: Wei


@dataclass(frozen=True, slots=True)
class TasksExecuted(ManagerEvent):
    """A batch ended."""

    executed: int
    failed: int


@dataclass(frozen=True, slots=True)
class TaskConfigUpdated(ManagerEvent):
    """The owner updated the task's schedule."""

    task_hash: TaskHash
    owner: Address


@dataclass(frozen=True, slots=True)
class TaskDeferred(ManagerEvent):
    """A task was moved to a later block."""

    task_hash: TaskHash
    owner: Address
    next_block: BlockNumber
    reason: str  # selector of the error that tells why; see `revert.error_name`


@dataclass(frozen=True, slots=True)
class TaskExpired(ManagerEvent):
    """A task's deadline passed."""

    task_hash: TaskHash
    owner: Address
    deadline: BlockNumber


@dataclass(frozen=True, slots=True)
class TaskInactiveDueToFailures(ManagerEvent):
    """A task went inactive because it failed too often in a row."""

    task_hash: TaskHash
    owner: Address
    failures_in_row: int


@dataclass(frozen=True, slots=True)
class TaskInactiveDueToFullBlocks(ManagerEvent):
    """A task went inactive because no block had room for its next run."""

    task_hash: TaskHash
    owner: Address
    wanted_block: BlockNumber


@dataclass(frozen=True, slots=True)
class TaskReactivated(ManagerEvent):
    """An inactive task was revived."""

    task_hash: TaskHash
    owner: Address
    next_block: BlockNumber


@dataclass(frozen=True, slots=True)
class BondDeposited(ManagerEvent):
    """Native coin was added to an account's bond."""

    account: Address
    payer: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class BondWithdrawn(ManagerEvent):
    """Native coin left an account's bond."""

    account: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class CreditAdded(ManagerEvent):
    """An executor did not take its reimbursement; it is credited."""

    executor: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class CreditWithdrawn(ManagerEvent):
    """An executor withdrew its credit."""

    executor: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class FeesWithdrawn(ManagerEvent):
    """The protocol fees were paid out."""

    recipient: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class PriceTermsChanged(ManagerEvent):
    """An account changed its price terms."""

    account: Address
    terms: PriceTerms
