"""Tells what became of a task, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from examples.demo.record import Record
from taskwork.chain.events import (
    BondWithdrawn,
    Event,
    ExecutorReimbursed,
    TaskCancelled,
    TaskDeferred,
    TaskExecuted,
    TaskExpired,
    TaskInactiveDueToFailures,
    TaskInactiveDueToFullBlocks,
    TaskInactiveDueToInsufficientBonds,
    TaskReactivated,
    TaskScheduled,
)
from taskwork.chain.revert import describe_return, error_name
from taskwork.chain.types import UNLIMITED, TaskStatus
from taskwork.units import short

LONG_HEX = re.compile(r"(0x[0-9a-f]{16})[0-9a-f]{50,}")


@dataclass(frozen=True)
class Line:
    """Something that happened, once or in several blocks."""

    blocks: tuple[int, ...]
    text: str

    def __str__(self) -> str:
        return f"{_blocks(self.blocks)}: {self.text}"


def tell(record: Record, task: str, status: TaskStatus) -> list[Line]:
    """A task's story from its scheduling to its end."""
    lines = [Line((event.at.block,), text) for event, text in _happenings(record, task)]
    told = [join_lines(group) for _, group in groupby(lines, key=lambda line: line.text)]
    if status is TaskStatus.COMPLETED and told:
        last = told[-1]
        told[-1] = Line(last.blocks, f"{last.text}; no run is left")
    return told


def cost_of(record: Record, task: str) -> int:
    """What a task's owner paid the executor for it."""
    task_hash = record.stage.tasks[task]
    paid = (event for event in record.events if isinstance(event, ExecutorReimbursed))
    return sum(event.amount for event in paid if event.task_hash == task_hash)


def describe(record: Record, event: Event) -> str | None:
    """One event of a task, in words; None for those that say nothing new."""
    if isinstance(event, TaskExecuted):
        return _describe_run(record, event)
    return _describe_change(event) or _describe_stop(event)


def _describe_run(record: Record, run: TaskExecuted) -> str:
    if run.success:
        return "ran"
    reason = describe_return(run.success, run.return_data, tuple(record.stage.contracts.values()))
    return f"failed: {_cut(reason)}"


def _describe_change(event: Event) -> str | None:
    match event:
        case TaskScheduled():
            return f"scheduled for block {event.next_block}"
        case TaskCancelled():
            return "cancelled by its owner, the reserve released"
        case TaskDeferred():
            reason = error_name(bytes.fromhex(event.reason[2:]))
            return f"put off to block {event.next_block}: {reason}"
        case TaskReactivated():
            return f"revived, due again at block {event.next_block}"
    return None


def _describe_stop(event: Event) -> str | None:
    match event:
        case TaskInactiveDueToInsufficientBonds():
            return f"out of bond: {short(event.required_bond)} had to be free for the next run"
        case TaskInactiveDueToFailures():
            return f"stopped after {event.failures_in_row} failures in a row"
        case TaskInactiveDueToFullBlocks():
            return f"stopped: no room from block {event.wanted_block} on"
        case TaskExpired():
            return f"expired: its deadline was block {event.deadline}"
    return None


def describe_plan(every: int, runs: int) -> str:
    """How often a task is to run."""
    if runs == 1:
        return "once"
    times = "until cancelled" if runs == UNLIMITED else f"{runs} times"
    return f"every {every} blocks, {times}"


def refunds(record: Record, owner: str) -> list[Line]:
    """What an owner took out, and when."""
    account = record.stage.addresses[owner]
    taken = (event for event in record.events if isinstance(event, BondWithdrawn))
    return [
        Line((event.at.block,), f"withdrew {short(event.amount)}")
        for event in taken
        if event.account == account
    ]


def _happenings(record: Record, task: str) -> Iterator[tuple[Event, str]]:
    task_hash = record.stage.tasks[task]
    for event in record.events:
        if getattr(event, "task_hash", None) == task_hash:
            text = describe(record, event)
            if text is not None:
                yield event, text


def join_lines(lines: Iterator[Line]) -> Line:
    """One line for the same thing in several blocks."""
    several = list(lines)
    return Line(tuple(block for line in several for block in line.blocks), several[0].text)


def _blocks(blocks: Sequence[int]) -> str:
    *others, last = (str(block) for block in blocks)
    return f"blocks {', '.join(others)} and {last}" if others else f"block {last}"


def _cut(text: str) -> str:
    """Shorten long bytes; nobody reads them."""
    return LONG_HEX.sub(lambda hex_: f"{hex_[1]}… ({len(hex_[0]) // 2 - 1} bytes kept)", text)
