"""An indexer that knows nothing but events: it must come to the chain's own balances."""

from __future__ import annotations

from collections import defaultdict

from tests.stateful.events import Event


class Ledger:
    """Bonds, credits and fees, as the events tell them."""

    def __init__(self) -> None:
        self.bonds: defaultdict[int, int] = defaultdict(int)
        self.credits: defaultdict[int, int] = defaultdict(int)
        self.earned: defaultdict[int, int] = defaultdict(int)
        self.charged = 0
        self.fees = 0
        self.runs: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])  # done, failed
        self._owners: dict[int, int] = {}

    def read(self, events: list[Event]) -> None:
        for event in events:
            handler = getattr(self, f"_{event.name}", None)
            if handler:
                handler(*event.args)

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
