"""An indexer that knows nothing but events: it must come to the chain's own balances."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.stateful_pool.state import Terms


class Ledger:
    """Credits, bonds and rewards, as a pool's events tell them."""

    def __init__(self, terms: list[Terms]) -> None:
        self.terms = dict(enumerate(terms))  # `TermsSet` of before the history
        self.credits: defaultdict[int, int] = defaultdict(int)
        self.versions: dict[int, int] = {}
        self.rewards: dict[int, int] = {}  # still in escrow, by job
        self.bonds: dict[int, int] = {}  # locked, by job
        self.left: defaultdict[int, int] = defaultdict(int)  # times a job's reward left
        self.rewarded = 0

    @property
    def owed(self) -> int:
        return sum(self.credits.values()) + sum(self.rewards.values()) + sum(self.bonds.values())

    def read(self, events: list[tuple[Any, ...]]) -> None:
        for name, *values in events:
            handler = getattr(self, f"_{name}", None)
            if handler:
                handler(*values)

    # Named as the events are.

    def _TermsSet(self, version: int, terms: tuple[Any, ...]) -> None:  # noqa: N802
        self.terms[version] = Terms(*terms)

    def _JobPosted(self, task_id: int, *values: Any) -> None:  # noqa: N802
        _, reward, _, version, *_ = values
        assert task_id not in self.versions, "posted twice"
        self.versions[task_id], self.rewards[task_id] = version, reward

    def _TaskClaimed(self, user: int, task_id: int) -> None:  # noqa: N802
        assert task_id not in self.bonds, "claimed twice"
        bond = self.terms[self.versions[task_id]].claim_bond
        self.credits[user] -= bond
        self.bonds[task_id] = bond

    def _TaskVerified(self, task_id: int, is_valid: bool, reward: int) -> None:  # noqa: N802
        del self.bonds[task_id]
        if is_valid:
            self._leave(task_id)
            self.rewarded += reward

    def _JobReopened(self, task_id: int, _worker: int, _was: int) -> None:  # noqa: N802
        self.bonds.pop(task_id, None)

    def _JobEnded(self, task_id: int, _status: int) -> None:  # noqa: N802
        self.bonds.pop(task_id, None)
        self._leave(task_id)

    def _leave(self, task_id: int) -> None:
        del self.rewards[task_id]
        self.left[task_id] += 1

    def _CreditAdded(self, account: int, amount: int) -> None:  # noqa: N802
        self.credits[account] += amount

    def _CreditWithdrawn(self, account: int, _receiver: int, amount: int) -> None:  # noqa: N802
        self.credits[account] -= amount
