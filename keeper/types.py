"""What the keeper knows and decides. Money is in wei."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from taskwork.chain.transactions import Call, Fees
from taskwork.chain.types import BlockNumber, Gas, TaskHash, Wei


@dataclass(frozen=True, slots=True)
class Head:
    """The newest block, and what a transaction in the next one pays at least."""

    number: BlockNumber
    hash: str
    gas_limit: Gas
    next_base_fee: Wei


@dataclass(frozen=True, slots=True)
class Quote:
    """What a batch would do if it were mined in the next block."""

    executed: int
    failed: int
    gas_used: Gas
    payout: Wei


@dataclass(frozen=True, slots=True)
class Limits:
    """What the operator lets the keeper spend."""

    max_fee: Wei  # per gas
    min_tip: Wei  # per gas
    min_profit: Wei  # per batch; negative for who wants things run at a loss
    tip_share: int  # percent of a batch's surplus that may go to the tip


class Verdict(StrEnum):
    """Whether a batch is worth sending."""

    RUN = "run"
    NOTHING_PAID = "nothing_paid"  # nobody would be reimbursed for anything
    BASE_FEE_TOO_HIGH = "base_fee_too_high"  # above the operator's `max_fee`
    NOT_PROFITABLE = "not_profitable"


@dataclass(frozen=True, slots=True)
class Bid:
    """A verdict on a batch, the fees to send it with, and what it then earns."""

    verdict: Verdict
    fees: Fees
    profit: Wei


class Step(StrEnum):
    """How a transaction that is not mined is replaced."""

    REPEAT = "repeat"  # by the same call, for more
    CANCEL = "cancel"  # by an empty transaction, for more


@dataclass(frozen=True, slots=True)
class InFlight:
    """A transaction that may be mined any time, under any of its hashes."""

    call: Call
    gas: Gas
    nonce: int
    fees: Fees
    hashes: tuple[str, ...]  # oldest first; a replacement may lose against what it replaces
    sent_at: BlockNumber  # head when the last of them was sent
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a mined batch did and cost."""

    tx_hash: str
    block: BlockNumber
    reverted: bool
    executed: int
    failed: int
    gas_used: Gas
    cost: Wei
    reimbursed: Wei

    @property
    def profit(self) -> Wei:
        """Negative when the batch cost more than it brought."""
        return Wei(self.reimbursed - self.cost)


@dataclass(frozen=True, slots=True)
class Totals:
    """What the keeper did since it started; in a dry run, what it would have done."""

    batches: int = 0
    executed: int = 0
    failed: int = 0
    gas_used: int = 0
    cost: int = 0
    reimbursed: int = 0

    @property
    def profit(self) -> int:
        """Negative when the keeper lost money."""
        return self.reimbursed - self.cost


@dataclass(frozen=True, slots=True)
class DueTask:
    """What the price rule reads of a task that is due."""

    task_hash: TaskHash
    gas: Gas
    next_block: BlockNumber
    ceiling: Wei
    tip: Wei
    premium_cap: Wei
