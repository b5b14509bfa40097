"""Between the tables' rows and the keeper's values."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row

from keeper.types import (
    BlockRef,
    Committed,
    EntryState,
    IndexedEvent,
    LedgerEntry,
    NonceEntry,
    NonceState,
    SendState,
    SignedAttempt,
    TaskRecord,
    TxKind,
)
from taskwork.chain.transactions import Call, Fees
from taskwork.chain.types import Task, TaskStatus


def attempt_to_row(attempt: SignedAttempt) -> dict[str, Any]:
    return {
        "tx_hash": attempt.tx_hash,
        "executor": attempt.executor,
        "nonce": attempt.nonce,
        "kind": attempt.kind.value,
        "raw": attempt.raw,
        "target": attempt.call.to,
        "data": attempt.call.data,
        "gas": attempt.gas,
        "max_fee": attempt.fees.max_fee,
        "tip": attempt.fees.tip,
        "sent_at": attempt.sent_at,
        "state": attempt.state.value,
        "is_private": attempt.is_private,
        "expected_profit": attempt.expected_profit,
    }


def attempt_from_row(row: Row[Any]) -> SignedAttempt:
    return SignedAttempt(
        tx_hash=row.tx_hash,
        executor=row.executor,
        nonce=row.nonce,
        kind=TxKind(row.kind),
        raw=row.raw,
        call=Call(row.target, row.data),
        gas=row.gas,
        fees=Fees(row.max_fee, row.tip),
        sent_at=row.sent_at,
        state=SendState(row.state),
        is_private=row.is_private,
        expected_profit=row.expected_profit,
    )


def nonce_from_row(row: Row[Any]) -> NonceEntry:
    block = None if row.block is None else BlockRef(row.block, row.block_hash)
    return NonceEntry(row.executor, row.nonce, NonceState(row.state), row.tx_hash, block)


def entry_to_row(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "tx_hash": entry.tx_hash,
        "executor": entry.executor,
        "nonce": entry.nonce,
        "kind": entry.kind.value,
        "block": entry.block.number,
        "block_hash": entry.block.hash,
        "timestamp": entry.timestamp,
        "reverted": entry.reverted,
        "executed": entry.executed,
        "failed": entry.failed,
        "gas_used": entry.gas_used,
        "cost": entry.cost,
        "reimbursed": entry.reimbursed,
        "credited": entry.credited,
        "expected_profit": entry.expected_profit,
        "state": entry.state.value,
    }


def entry_from_row(row: Row[Any]) -> LedgerEntry:
    return LedgerEntry(
        tx_hash=row.tx_hash,
        executor=row.executor,
        nonce=row.nonce,
        kind=TxKind(row.kind),
        block=BlockRef(row.block, row.block_hash),
        timestamp=row.timestamp,
        reverted=row.reverted,
        executed=row.executed,
        failed=row.failed,
        gas_used=row.gas_used,
        cost=row.cost,
        reimbursed=row.reimbursed,
        credited=row.credited,
        expected_profit=row.expected_profit,
        state=EntryState(row.state),
    )


def event_to_row(event: IndexedEvent) -> dict[str, Any]:
    return {
        "block": event.block,
        "log_index": event.log_index,
        "block_hash": event.block_hash,
        "tx_hash": event.tx_hash,
        "name": event.name,
        "task_hash": event.task_hash,
        "account": event.account,
        "fields": json.dumps(event.fields),
    }


def event_from_row(row: Row[Any]) -> IndexedEvent:
    return IndexedEvent(
        block=row.block,
        log_index=row.log_index,
        block_hash=row.block_hash,
        tx_hash=row.tx_hash,
        name=row.name,
        task_hash=row.task_hash,
        account=row.account,
        fields=json.loads(row.fields),
    )


def record_to_row(record: TaskRecord) -> dict[str, Any]:
    return {
        "task_hash": record.task_hash,
        "owner": record.owner,
        "status": record.status.name,
        "scheduled_at": record.scheduled_at,
        "next_block": record.next_block,
        "executed": record.executed,
        "failed": record.failed,
        "spent": record.spent,
        "last_block": record.last_block,
        "last_event": record.last_event,
    }


def record_from_row(row: Row[Any]) -> TaskRecord:
    return TaskRecord(
        task_hash=row.task_hash,
        owner=row.owner,
        status=TaskStatus[row.status],
        scheduled_at=row.scheduled_at,
        next_block=row.next_block,
        executed=row.executed,
        failed=row.failed,
        spent=row.spent,
        last_block=row.last_block,
        last_event=row.last_event,
    )


def committed_to_row(one: Committed) -> dict[str, Any]:
    return {"task_hash": one.task_hash, "block": one.block} | {
        "owner": one.task.owner,
        "gas": one.task.gas,
        "target": one.task.target,
        "data": one.task.data,
        "nonce": one.task.nonce,
    }


def committed_from_row(row: Row[Any]) -> Committed:
    task = Task(row.owner, row.gas, row.target, row.data, row.nonce)
    return Committed(row.task_hash, task, row.block)
