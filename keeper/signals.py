"""What the keeper tells whoever watches it: metrics, health, tests. One value per occurrence.

`Signals.subscribe` takes a function that is called with each of them, at once and in order. It must
neither block nor fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from keeper.types import EntryState, LedgerEntry, TxKind
from taskwork.chain.types import BlockNumber, Wei


@dataclass(frozen=True, slots=True)
class KeeperStarted:
    """The keeper leads and follows the chain."""

    chain_id: int
    is_dry_run: bool


@dataclass(frozen=True, slots=True)
class LeaseChanged:
    """This keeper may send from now on, or may not any more."""

    is_held: bool


@dataclass(frozen=True, slots=True)
class HeadSeen:
    """There is a new head."""

    number: BlockNumber
    next_base_fee: Wei
    timestamp: int
    endpoint: str


@dataclass(frozen=True, slots=True)
class EndpointScored:
    """How an endpoint does; see `services.endpoints`."""

    endpoint: str  # host only
    is_usable: bool
    lag_blocks: int
    errors_in_row: int
    latency_s: float


@dataclass(frozen=True, slots=True)
class FailedOver:
    """Another endpoint is asked from now on."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ReorgSeen:
    """The chain took another branch."""

    depth: int
    ancestor: BlockNumber


@dataclass(frozen=True, slots=True)
class IndexAdvanced:
    """The event index is complete up to `block`."""

    block: BlockNumber
    lag_blocks: int
    events: int


@dataclass(frozen=True, slots=True)
class QueueSeen:
    """What is due."""

    due: int
    blocks_late: int  # of the one that waits longest; 0 when nothing does


@dataclass(frozen=True, slots=True)
class BatchSkipped:
    """There was work, and the keeper left it."""

    reason: str
    profit: Wei


@dataclass(frozen=True, slots=True)
class TransactionSent:
    """A transaction went out for the first time or as a replacement."""

    kind: TxKind
    nonce: int
    max_fee: Wei
    tip: Wei
    is_replacement: bool
    is_private: bool


@dataclass(frozen=True, slots=True)
class NonceTaken:
    """Somebody else used the key."""

    nonce: int


@dataclass(frozen=True, slots=True)
class EntryBooked:
    """A P&L entry came to be, was confirmed, or was rolled back."""

    entry: LedgerEntry
    state: EntryState


@dataclass(frozen=True, slots=True)
class BalanceSeen:
    """What the executor has."""

    balance: Wei
    is_low: bool


@dataclass(frozen=True, slots=True)
class Unprofitable:
    """Due tasks stay because they do not pay; `blocks` is 0 once they do again."""

    blocks: int
    is_alarming: bool


@dataclass(frozen=True, slots=True)
class CycleEnded:
    """A bot did what a head called for."""

    bot: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CycleFailed:
    """A bot could not, and will try again."""

    bot: str
    error: str  # class name
    failures_in_row: int


Signal: TypeAlias = (
    KeeperStarted
    | LeaseChanged
    | HeadSeen
    | EndpointScored
    | FailedOver
    | ReorgSeen
    | IndexAdvanced
    | QueueSeen
    | BatchSkipped
    | TransactionSent
    | NonceTaken
    | EntryBooked
    | BalanceSeen
    | Unprofitable
    | CycleEnded
    | CycleFailed
)
Listener: TypeAlias = Callable[[Signal], None]


class Signals:
    """Where signals are sent, and where they are heard."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with every signal from now on."""
        self._listeners.append(listener)

    def emit(self, signal: Signal) -> None:
        """Tell everybody."""
        for listener in self._listeners:
            listener(signal)
