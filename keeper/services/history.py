"""What the events of a task amount to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from enum import Enum
from typing import Any

from keeper.types import Committed, IndexedEvent, TaskRecord
from taskwork.chain.events import Event, TaskCommitted
from taskwork.chain.types import Address, BlockNumber, TaskHash, TaskStatus, Wei

_ACCOUNT_FIELDS = ("owner", "executor", "account", "recipient")
_STATUS_AFTER: Mapping[str, TaskStatus] = {
    "TaskCancelled": TaskStatus.CANCELLED,
    "TaskExpired": TaskStatus.EXPIRED,
    "TaskInactiveDueToInsufficientBonds": TaskStatus.STARVED,
    "TaskInactiveDueToFailures": TaskStatus.FAILING,
    "TaskInactiveDueToFullBlocks": TaskStatus.CROWDED,
    "TaskDeferred": TaskStatus.QUEUED,
    "TaskReactivated": TaskStatus.QUEUED,
}


def to_indexed(event: Event) -> IndexedEvent:
    """An event as the index keeps it: amounts in decimal, bytes in hex."""
    fields = asdict(event)
    del fields["at"]
    account = next((fields[name] for name in _ACCOUNT_FIELDS if name in fields), None)
    task_hash = fields.get("task_hash")
    return IndexedEvent(
        block=event.at.block,
        log_index=event.at.index,
        block_hash=event.at.block_hash,
        tx_hash=event.at.tx_hash,
        name=type(event).__name__,
        task_hash=TaskHash(task_hash) if task_hash else None,
        account=Address(account) if account else None,
        fields={name: _plain(value) for name, value in fields.items()},
    )


def fold(record: TaskRecord | None, event: IndexedEvent) -> TaskRecord | None:
    """A task after one more of its events; None while it was not seen being scheduled."""
    if event.name == "TaskScheduled":
        record = _scheduled(record, event)
    if record is None:
        return None
    record = replace(record, last_block=event.block, last_event=event.name)
    if event.name == "TaskExecutionRecorded":
        return _run(record, event.fields)
    if event.name in {"ExecutorReimbursed", "ProtocolFeeCollected"}:
        return replace(record, spent=Wei(record.spent + int(event.fields["amount"])))
    status = _STATUS_AFTER.get(event.name)
    if status is None:
        return record
    return replace(record, status=status, next_block=_next_block(event.fields))


def fold_all(events: Iterable[IndexedEvent]) -> TaskRecord | None:
    """A task after all its events, in order."""
    record: TaskRecord | None = None
    for event in events:
        record = fold(record, event)
    return record


def settled_status(record: TaskRecord, told: TaskStatus) -> TaskStatus:
    """A task's status by the chain: what it does not know any more has made all its runs."""
    return TaskStatus.COMPLETED if told is TaskStatus.NONE and record.executed else told


def committed_in(events: Iterable[Event]) -> list[Committed]:
    """The definitions among events, which nothing else tells."""
    return [
        Committed(event.task_hash, event.definition.task, event.at.block)
        for event in events
        if isinstance(event, TaskCommitted)
    ]


def _scheduled(record: TaskRecord | None, event: IndexedEvent) -> TaskRecord:
    next_block = _next_block(event.fields)
    status = TaskStatus.QUEUED if next_block else TaskStatus.PAUSED
    if record is not None:
        return replace(record, status=status, next_block=next_block)
    return TaskRecord(
        task_hash=TaskHash(str(event.task_hash)),
        owner=Address(event.fields["owner"]),
        status=status,
        scheduled_at=event.block,
        next_block=next_block,
        executed=0,
        failed=0,
        spent=Wei(0),
        last_block=event.block,
        last_event=event.name,
    )


def _run(record: TaskRecord, fields: Mapping[str, Any]) -> TaskRecord:
    succeeded, failed = int(fields["success_count"]), int(fields["failure_count"])
    return replace(record, executed=succeeded + failed, failed=failed)


def _next_block(fields: Mapping[str, Any]) -> BlockNumber:
    return BlockNumber(int(fields.get("next_block", 0)))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    if isinstance(value, bool | str):
        return value
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return str(value)
