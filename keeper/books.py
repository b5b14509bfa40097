"""Reads a batch's events: what it did, what it cost, what it brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from web3.types import LogReceipt, TxReceipt

from keeper.types import (
    BlockRef,
    EntryState,
    LedgerEntry,
    Quote,
    SignedAttempt,
    TaskResult,
)
from taskwork.chain.abi import load_abi
from taskwork.chain.events import (
    CreditAdded,
    Event,
    ExecutorReimbursed,
    ManagerEvent,
    TaskExecuted,
    TaskExecutionRecorded,
    TasksExecuted,
    event_kinds,
    read_log,
)
from taskwork.chain.types import Address, BlockNumber, Gas, TaskHash, Wei

_KINDS = event_kinds(ManagerEvent)


def manager_events(logs: Iterable[LogReceipt], manager: Address) -> list[Event]:
    """The manager's events among logs."""
    abi = load_abi("TaskManager")
    own = (read_log(log, abi, _KINDS) for log in logs if log["address"] == manager)
    return [event for event in own if event is not None]


def quote_of(events: Sequence[Event], executor: Address, gas_used: Gas) -> Quote:
    """What a simulated batch would bring."""
    executed, failed = _counts(events)
    payout = _reimbursed(events, executor)
    return Quote(executed, failed, gas_used, payout, results_of(events, executor))


def results_of(events: Iterable[Event], executor: Address) -> tuple[TaskResult, ...]:
    """What each task of a batch used and brought, in order."""
    gas: dict[TaskHash, Gas] = {}
    paid: dict[TaskHash, Wei] = {}
    for event in events:
        if isinstance(event, TaskExecutionRecorded):
            gas[event.task_hash] = event.gas_used
        elif isinstance(event, ExecutorReimbursed) and event.executor == executor:
            paid[event.task_hash] = event.amount
    return tuple(TaskResult(one, gas.get(one), amount) for one, amount in paid.items())


def entry_of(
    attempt: SignedAttempt, receipt: TxReceipt, block: Any, events: Sequence[Event]
) -> LedgerEntry:
    """What a mined transaction brought and cost."""
    executed, failed = _counts(events)
    return LedgerEntry(
        tx_hash=attempt.tx_hash,
        executor=attempt.executor,
        nonce=attempt.nonce,
        kind=attempt.kind,
        block=BlockRef(BlockNumber(receipt["blockNumber"]), f"0x{receipt['blockHash'].hex()}"),
        timestamp=int(block["timestamp"]),
        reverted=not receipt["status"],
        executed=executed,
        failed=failed,
        gas_used=Gas(receipt["gasUsed"]),
        cost=_cost(receipt),
        reimbursed=_reimbursed(events, attempt.executor),
        credited=_credited(events, attempt.executor),
        expected_profit=attempt.expected_profit,
        state=EntryState.PENDING,
    )


def failed_tasks(events: Iterable[Event]) -> list[TaskExecuted]:
    """The runs whose target reverted."""
    return [event for event in events if isinstance(event, TaskExecuted) and not event.success]


def _cost(receipt: TxReceipt) -> Wei:
    """Gas, and what rollups of the OP kind take for publishing the data."""
    data_fee: Any = receipt.get("l1Fee", 0)
    extra = int(data_fee, 16) if isinstance(data_fee, str) else int(data_fee)
    return Wei(receipt["gasUsed"] * receipt["effectiveGasPrice"] + extra)


def _counts(events: Iterable[Event]) -> tuple[int, int]:
    batches = [event for event in events if isinstance(event, TasksExecuted)]
    return sum(batch.executed for batch in batches), sum(batch.failed for batch in batches)


def _reimbursed(events: Iterable[Event], executor: Address) -> Wei:
    amounts = (
        event.amount
        for event in events
        if isinstance(event, ExecutorReimbursed) and event.executor == executor
    )
    return Wei(sum(amounts))


def _credited(events: Iterable[Event], executor: Address) -> Wei:
    amounts = (
        event.amount
        for event in events
        if isinstance(event, CreditAdded) and event.executor == executor
    )
    return Wei(sum(amounts))
