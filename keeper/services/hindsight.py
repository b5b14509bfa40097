"""What settings would have made of past blocks, each task counted once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from keeper.services.pnl import divide
from keeper.types import Quote
from taskwork.chain.types import BlockNumber, TaskHash, Wei


@dataclass(frozen=True, slots=True)
class Decision:
    """What would have been done for a block, and what was."""

    block: BlockNumber
    due: int
    verdict: str
    executed: int  # tasks that no earlier decision had executed
    profit: Wei  # of those
    did: Wei  # what the books say of this block


@dataclass(frozen=True, slots=True)
class Comparison:
    """All decisions in one line."""

    blocks: int
    batches: int
    executed: int
    would_have_earned: int
    did_earn: int


def newly_done(
    quote: Quote, due: Sequence[TaskHash], done: Collection[TaskHash], cost: Wei
) -> tuple[int, Wei]:
    """How many tasks of a batch are new, and their profit.

    The chain did not see what was only decided: a task stays due there until somebody really ran
    it. Where a batch was measured task by task, the new ones bear their part of its cost.
    """
    if not quote.results:
        fresh = [task for task in due if task not in done]
        return (quote.executed, Wei(quote.payout - cost)) if fresh else (0, Wei(0))
    costs = divide(cost, [result.gas_used or 0 for result in quote.results])
    kept = [
        result.amount - part
        for result, part in zip(quote.results, costs, strict=True)
        if result.task_hash not in done
    ]
    return len(kept), Wei(sum(kept))


def compare(decisions: Sequence[Decision]) -> Comparison:
    """What it comes to."""
    return Comparison(
        blocks=len(decisions),
        batches=sum(1 for decision in decisions if decision.executed),
        executed=sum(decision.executed for decision in decisions),
        would_have_earned=sum(decision.profit for decision in decisions),
        did_earn=sum(decision.did for decision in decisions),
    )
