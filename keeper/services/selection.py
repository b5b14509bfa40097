"""Which of the due tasks to run, and through which entry point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from keeper.types import Denied, Quote, TaskResult
from taskwork.chain.types import BlockNumber, Task, TaskHash, Wei


def is_denied(task: Task, denied: Denied) -> bool:
    """Whether the operator leaves this task to others."""
    return task.owner in denied.owners or task.target in denied.targets


def allowed(tasks: Mapping[TaskHash, Task], denied: Denied) -> list[TaskHash]:
    """The tasks that the operator does not leave to others, in order."""
    return [task_hash for task_hash, task in tasks.items() if not is_denied(task, denied)]


def handled(quote: Quote, chosen: Sequence[TaskHash]) -> list[TaskHash]:
    """Those of the chosen tasks that a measured batch had gas for: the rest is dead calldata."""
    reached = {result.task_hash for result in quote.results}
    return [task_hash for task_hash in chosen if task_hash in reached]


def paying(quote: Quote, price: Wei) -> list[TaskHash]:
    """The tasks of a measured batch that bring more than their own gas costs at `price`.

    A task that would only be moved or removed is measured by what it brings: its gas is unknown,
    and always paid for at the owner's price.
    """
    return [result.task_hash for result in quote.results if margin(result, price) >= 0]


def margin(result: TaskResult, price: Wei) -> Wei:
    """What a task brings beyond its own gas; the transaction's base is not in it."""
    return Wei(result.amount - (result.gas_used or 0) * price)


def is_better_alone(quote: Quote, price: Wei) -> bool:
    """Whether leaving tasks out could turn a batch that does not pay into one that does."""
    kept = len(paying(quote, price))
    return 0 < kept < len(quote.results)


def blocks_late(tasks: Sequence[BlockNumber], landing: BlockNumber) -> int:
    """How late the task is that waits longest."""
    return max((max(0, landing - due) for due in tasks if due), default=0)
