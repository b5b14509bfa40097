"""Reads a batch's events: what it did, what it cost, what it brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from web3.types import TxReceipt

from keeper.types import Outcome, Quote
from taskwork.chain.events import Event, ExecutorReimbursed, TaskExecuted, TasksExecuted
from taskwork.chain.types import Address, BlockNumber, Gas, Wei


def quote_of(events: Iterable[Event], executor: Address, gas_used: Gas) -> Quote:
    """What a simulated batch would bring."""
    found = list(events)
    executed, failed = _counts(found)
    return Quote(executed, failed, gas_used, _reimbursed(found, executor))


def outcome_of(receipt: TxReceipt, events: Sequence[Event], executor: Address) -> Outcome:
    """What a mined batch brought and cost."""
    executed, failed = _counts(events)
    return Outcome(
        tx_hash=f"0x{receipt['transactionHash'].hex()}",
        block=BlockNumber(receipt["blockNumber"]),
        reverted=not receipt["status"],
        executed=executed,
        failed=failed,
        gas_used=Gas(receipt["gasUsed"]),
        cost=Wei(receipt["gasUsed"] * receipt["effectiveGasPrice"]),
        reimbursed=_reimbursed(events, executor),
    )


def failed_tasks(events: Iterable[Event]) -> list[TaskExecuted]:
    """The runs whose target reverted."""
    return [event for event in events if isinstance(event, TaskExecuted) and not event.success]


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
