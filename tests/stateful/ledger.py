"""An indexer that knows nothing but events: it must come to the chain's own books and states."""

from __future__ import annotations

from collections import defaultdict

from tests.stateful.events import Event
from tests.support.indexer import Indexer


class Ledger:
    """Bonds, credits, fees and tasks, as the events and their blocks tell them."""

    def __init__(self) -> None:
        self.bonds: defaultdict[int, int] = defaultdict(int)
        self.credits: defaultdict[int, int] = defaultdict(int)
        self.earned: defaultdict[int, int] = defaultdict(int)
        self.charged = 0
        self.fees = 0
        self.runs: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])  # done, failed
        self.indexer = Indexer()
        self._owners: dict[int, int] = {}

    def read(self, events: list[Event], block: int) -> None:
        for event in events:
            self._index(event, block)
            handler = getattr(self, f"_{event.name}", None)
            if handler:
                handler(*event.args)

    def _index(self, event: Event, block: int) -> None:
        task_hash, *values = event.args
        if event.name == "TaskCommitted":
            values = values[3:8]  # the schedule, behind the owner and two offsets
        if event.name.startswith("Task") and event.name != "TasksExecuted":
            self.indexer.read(event.name, block, task_hash, tuple(values))

    # Named as the events are.

    def _TaskScheduled(self, task_hash: int, owner: int, _block: int) -> None:  # noqa: N802
        assert self._owners.setdefault(task_hash, owner) == owner

    def _TaskExecutionRecorded(  # noqa: N802
        self, task_hash: int, success: int, _gas: int, _executed: int, _failed: int
    ) -> None:
        self.runs[task_hash][not success] += 1

    def _BondDeposited(self, account: int, _payer: int, amount: int) -> None:  # noqa: N802
        self.bonds[account] += amount

    def _BondWithdrawn(self, account: int, amount: int) -> None:  # noqa: N802
        self.bonds[account] -= amount

    def _ExecutorReimbursed(self, task_hash: int, executor: int, amount: int) -> None:  # noqa: N802
        self.bonds[self._owners[task_hash]] -= amount
        self.earned[executor] += amount
        self.charged += amount

    def _ProtocolFeeCollected(self, task_hash: int, amount: int) -> None:  # noqa: N802
        self.bonds[self._owners[task_hash]] -= amount
        self.fees += amount

    def _CreditAdded(self, executor: int, amount: int) -> None:  # noqa: N802
        self.credits[executor] += amount

    def _CreditWithdrawn(self, executor: int, amount: int) -> None:  # noqa: N802
        self.credits[executor] -= amount

    def _FeesWithdrawn(self, _recipient: int, amount: int) -> None:  # noqa: N802
        assert amount == self.fees
        self.fees = 0
