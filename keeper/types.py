"""What the keeper knows and decides. Money is in wei."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from taskwork.chain.transactions import Call, Fees
from taskwork.chain.types import Address, BlockNumber, Gas, Task, TaskHash, TaskStatus, Wei


@dataclass(frozen=True, slots=True)
class Head:
    """The newest block, and what a transaction in the next one pays at least."""

    number: BlockNumber
    hash: str
    parent_hash: str
    timestamp: int  # seconds
    gas_limit: Gas
    next_base_fee: Wei


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What one task of a batch used and brought."""

    task_hash: TaskHash
    gas_used: Gas | None  # None when it was not run, only moved or removed
    amount: Wei


@dataclass(frozen=True, slots=True)
class Quote:
    """What a batch would do if it were mined in the next block."""

    executed: int
    failed: int
    gas_used: Gas
    payout: Wei
    results: tuple[TaskResult, ...] = ()  # none when it was predicted, not measured


@dataclass(frozen=True, slots=True)
class Reading:
    """How the endpoints are asked."""

    timeout_s: float  # per request
    poll_interval_s: float
    max_lag: int  # blocks


@dataclass(frozen=True, slots=True)
class Limits:
    """What the operator lets the keeper spend."""

    max_fee: Wei  # per gas
    min_tip: Wei  # per gas
    min_profit: Wei  # per batch; negative for who wants things run at a loss
    tip_share: int  # percent of a batch's surplus that may go to the tip


@dataclass(frozen=True, slots=True)
class Denied:
    """What the operator leaves to others."""

    owners: frozenset[Address]
    targets: frozenset[Address]


class Verdict(StrEnum):
    """Whether a batch is worth sending."""

    RUN = "run"
    NOTHING_PAID = "nothing_paid"  # nobody would be reimbursed for anything
    BASE_FEE_TOO_HIGH = "base_fee_too_high"  # above the operator's `max_fee`
    NOT_PROFITABLE = "not_profitable"
    WAITING = "waiting"  # it will pay more, and nobody else is expected to be faster
    DAILY_LIMIT = "daily_limit"  # the operator's, on gas
    ALL_DENIED = "all_denied"  # nothing is due but what the operator leaves to others
    BALANCE_TOO_LOW = "balance_too_low"  # no task fits what the executor can pay for


@dataclass(frozen=True, slots=True)
class Bid:
    """A verdict on a batch, the fees to send it with, and what it then earns."""

    verdict: Verdict
    fees: Fees
    profit: Wei


class Step(StrEnum):
    """What to do about a transaction that is not mined."""

    WAIT = "wait"
    RESEND = "resend"  # the same bytes
    PUBLISH = "publish"  # the same bytes, to everybody
    URGE = "urge"  # replace it, for more


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

    gas: Gas
    next_block: BlockNumber
    ceiling: Wei
    tip: Wei
    premium_cap: Wei


# What the store keeps


@dataclass(frozen=True, slots=True)
class BlockRef:
    """A block, by number and hash."""

    number: BlockNumber
    hash: str


@dataclass(frozen=True, slots=True)
class SeenBlock:
    """A block and what it builds on."""

    number: BlockNumber
    hash: str
    parent_hash: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What a store is about; it serves nothing else."""

    chain_id: int
    manager: Address
    genesis: str  # hash of block 0: a test chain begun anew has the same id


class NonceState(StrEnum):
    """What became of a nonce of ours."""

    OPEN = "open"  # something is signed for it, and may be mined at any time
    MINED = "mined"  # by one of ours, not yet deep enough
    FINAL = "final"  # by one of ours
    TAKEN = "taken"  # by somebody else's, not yet deep enough
    LOST = "lost"  # by somebody else's
    VOID = "void"  # given up: it lies beyond a gap that nobody will fill


class TxKind(StrEnum):
    """What a transaction is for."""

    BATCH = "batch"  # executes tasks
    CANCEL = "cancel"  # an empty one in a batch's place
    FILL = "fill"  # an empty one that closes a gap before a batch


class SendState(StrEnum):
    """How far a signed transaction got."""

    SIGNED = "signed"  # perhaps out: the process may have ended before it knew
    SENT = "sent"  # a node took it
    REFUSED = "refused"  # every node refused it


@dataclass(frozen=True, slots=True)
class SignedAttempt:
    """A transaction as it was signed and journaled; several compete for a nonce."""

    tx_hash: str
    executor: Address
    nonce: int
    kind: TxKind
    raw: bytes
    call: Call
    gas: Gas
    fees: Fees
    sent_at: BlockNumber  # head when it was signed
    state: SendState
    is_private: bool
    expected_profit: Wei


@dataclass(frozen=True, slots=True)
class Flight:
    """A nonce that is not mined, and what was signed for it."""

    nonce: int
    attempts: tuple[SignedAttempt, ...]  # oldest first; any of them may be mined

    @property
    def newest(self) -> SignedAttempt:
        """The one that offers most."""
        return self.attempts[-1]

    @property
    def is_out(self) -> bool:
        """Whether some node may have it."""
        return any(attempt.state is not SendState.REFUSED for attempt in self.attempts)


@dataclass(frozen=True, slots=True)
class NonceEntry:
    """A nonce of the ledger, and where it was mined."""

    executor: Address
    nonce: int
    state: NonceState
    tx_hash: str | None = None
    block: BlockRef | None = None


class EntryState(StrEnum):
    """How sure a P&L entry is."""

    PENDING = "pending"  # mined, may still be rolled back
    CONFIRMED = "confirmed"  # deeper than reorganisations go
    ROLLED_BACK = "rolled_back"  # told to watchers only: such an entry is deleted
    FORESEEN = "foreseen"  # a dry run's: it would have been


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Profit and loss of one mined transaction, in wei."""

    tx_hash: str
    executor: Address
    nonce: int
    kind: TxKind
    block: BlockRef
    timestamp: int  # of its block, seconds
    reverted: bool
    executed: int
    failed: int
    gas_used: Gas
    cost: Wei  # gas, and what a rollup takes for its data
    reimbursed: Wei
    credited: Wei  # the part of `reimbursed` that waits for `withdrawCredit`
    expected_profit: Wei
    state: EntryState

    @property
    def profit(self) -> Wei:
        """Negative when it cost more than it brought."""
        return Wei(self.reimbursed - self.cost)


@dataclass(frozen=True, slots=True)
class IndexedEvent:
    """One event of the manager, as the index keeps it."""

    block: BlockNumber
    log_index: int
    block_hash: str
    tx_hash: str
    name: str
    task_hash: TaskHash | None
    account: Address | None  # owner, executor or account, whichever the event names
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """What the events say of a task."""

    task_hash: TaskHash
    owner: Address
    status: TaskStatus
    scheduled_at: BlockNumber
    next_block: BlockNumber  # 0 unless it is queued; for a recurring task the last one told
    executed: int
    failed: int
    spent: Wei  # reimbursements and fees
    last_block: BlockNumber
    last_event: str


@dataclass(frozen=True, slots=True)
class Committed:
    """A task whose definition only the events tell."""

    task_hash: TaskHash
    task: Task
    block: BlockNumber  # in which it was committed


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the event index is complete."""

    start: BlockNumber
    head: BlockRef
