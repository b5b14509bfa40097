"""The manager's events. Fields stand in the order of the ABI, after where the event was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from web3.types import LogReceipt

from taskwork.chain.abi import decode_event, load_abi
from taskwork.chain.types import Address, BlockNumber, Gas, PriceTerms, TaskHash, Wei


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


@dataclass(frozen=True, slots=True)
class TaskScheduled(Event):
    """A task was scheduled, or its schedule was updated."""

    task_hash: TaskHash
    owner: Address
    next_block: BlockNumber  # 0 when it is paused


@dataclass(frozen=True, slots=True)
class TaskExecuted(Event):
    """A task's target was called."""

    task_hash: TaskHash
    executor: Address
    success: bool
    return_data: bytes  # the first 256 bytes; see `revert.describe_return`


@dataclass(frozen=True, slots=True)
class TaskCancelled(Event):
    """A task was cancelled."""

    task_hash: TaskHash
    owner: Address


@dataclass(frozen=True, slots=True)
class TaskInactiveDueToInsufficientBonds(Event):
    """A task went inactive because the account could not reserve its next run."""

    task_hash: TaskHash
    owner: Address
    required_bond: Wei


@dataclass(frozen=True, slots=True)
class TaskExecutionRecorded(Event):
    """A reimbursed run was counted."""

    task_hash: TaskHash
    success: bool
    gas_used: Gas
    success_count: int
    failure_count: int


@dataclass(frozen=True, slots=True)
class ExecutorReimbursed(Event):
    """An owner paid an executor for handling a task."""

    task_hash: TaskHash
    executor: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class ProtocolFeeCollected(Event):
    """An owner paid the protocol fee for the handling of a task."""

    task_hash: TaskHash
    amount: Wei


@dataclass(frozen=True, slots=True)
class TasksExecuted(Event):
    """A batch ended."""

    executed: int
    failed: int


@dataclass(frozen=True, slots=True)
class TaskConfigUpdated(Event):
    """The owner updated the task's schedule."""

    task_hash: TaskHash
    owner: Address


@dataclass(frozen=True, slots=True)
class TaskDeferred(Event):
    """A task was moved to a later block."""

    task_hash: TaskHash
    owner: Address
    next_block: BlockNumber
    reason: str  # selector of the error that tells why; see `revert.error_name`


@dataclass(frozen=True, slots=True)
class TaskExpired(Event):
    """A task's deadline passed."""

    task_hash: TaskHash
    owner: Address
    deadline: BlockNumber


@dataclass(frozen=True, slots=True)
class TaskInactiveDueToFailures(Event):
    """A task went inactive because it failed too often in a row."""

    task_hash: TaskHash
    owner: Address
    failures_in_row: int


@dataclass(frozen=True, slots=True)
class TaskInactiveDueToFullBlocks(Event):
    """A task went inactive because no block had room for its next run."""

    task_hash: TaskHash
    owner: Address
    wanted_block: BlockNumber


@dataclass(frozen=True, slots=True)
class TaskReactivated(Event):
    """An inactive task was revived."""

    task_hash: TaskHash
    owner: Address
    next_block: BlockNumber


@dataclass(frozen=True, slots=True)
class BondDeposited(Event):
    """Native coin was added to an account's bond."""

    account: Address
    payer: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class BondWithdrawn(Event):
    """Native coin left an account's bond."""

    account: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class CreditAdded(Event):
    """An executor did not take its reimbursement; it is credited."""

    executor: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class CreditWithdrawn(Event):
    """An executor withdrew its credit."""

    executor: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class FeesWithdrawn(Event):
    """The protocol fees were paid out."""

    recipient: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class PriceTermsChanged(Event):
    """An account changed its price terms."""

    account: Address
    terms: PriceTerms


EventT = TypeVar("EventT", bound=Event)
EVENT_TYPES: Mapping[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}


def read_event(log: LogReceipt) -> Event | None:
    """The manager's event in a log, or None when the log is something else."""
    topics = [bytes(topic) for topic in log["topics"]]
    element = load_abi("TaskManager").events.get(topics[0]) if topics else None
    if element is None:
        return None
    values = decode_event(element, topics, bytes(log["data"]))
    return EVENT_TYPES[str(element["name"])](_position(log), *values)  # type: ignore[typeddict-item]


def _position(log: LogReceipt) -> LogPosition:
    return LogPosition(
        block=BlockNumber(log["blockNumber"]),
        index=log["logIndex"],
        block_hash=f"0x{log['blockHash'].hex()}",
        tx_hash=f"0x{log['transactionHash'].hex()}",
    )
