"""The books: what the keeper did since it started, told as it happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import structlog

from keeper.books import failed_tasks
from keeper.services.profit import add
from keeper.types import Bid, Outcome, Quote, Totals
from taskwork.chain.events import Event
from taskwork.chain.revert import describe_return
from taskwork.chain.types import BlockNumber, TaskHash, Wei

log = structlog.get_logger()


class Ledger:
    """Totals of one run. In a dry run they are what would have been."""

    def __init__(self) -> None:
        self.totals = Totals()
        self._foreseen: Sequence[TaskHash] = ()

    def book(self, outcome: Outcome, events: Sequence[Event]) -> None:
        """Account for a mined batch."""
        self.totals = add(self.totals, outcome)
        for run in failed_tasks(events):
            reason = describe_return(success=False, data=run.return_data)
            log.warning("task_failed", task=run.task_hash, reason=reason)
        fields = asdict(outcome) | {"profit": outcome.profit}
        if outcome.reverted:
            log.error("batch_reverted", **fields)
        else:
            log.info("batch_executed", **fields)

    def foresee(self, due: Sequence[TaskHash], block: BlockNumber, quote: Quote, bid: Bid) -> None:
        """Account for a batch that a dry run did not send; the same due tasks count once."""
        if due == self._foreseen:
            return
        self._foreseen = due
        outcome = Outcome(
            tx_hash="",
            block=block,
            reverted=False,
            executed=quote.executed,
            failed=quote.failed,
            gas_used=quote.gas_used,
            cost=Wei(quote.payout - bid.profit),
            reimbursed=quote.payout,
        )
        self.totals = add(self.totals, outcome)
        fields = asdict(outcome) | {"profit": outcome.profit}
        del fields["tx_hash"], fields["reverted"]
        log.info("batch_would_execute", **fields)
