"""What the model of a pool remembers of jobs, terms and contracts. Addresses are numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from eth_utils import keccak


class Status(IntEnum):
    """`JobStatus`."""

    NONE = 0
    OPEN = 1
    CLAIMED = 2
    SUBMITTED = 3
    REJECTED = 4
    DISPUTED = 5
    SETTLED = 6
    REFUNDED = 7
    EXPIRED = 8
    CANCELLED = 9

    @property
    def is_live(self) -> bool:
        return self in (Status.OPEN, Status.CLAIMED, Status.SUBMITTED, Status.DISPUTED)

    @property
    def has_bond(self) -> bool:
        return self in (Status.CLAIMED, Status.SUBMITTED, Status.DISPUTED)


class Terms(NamedTuple):
    """`JobTerms`."""

    verifier: int = 0
    hook_gas: int = 0
    dispute_window: int = 50
    claim_bond: int = 0
    claim_window: int = 60
    verify_window: int = 80
    forfeit_bps: int = 0
    caller_share_bps: int = 0
    max_attempts: int = 1
    is_hook: bool = False


class Config(NamedTuple):
    """`PoolConfig`."""

    owner: int
    asset: int
    router: int
    bucket_seconds: int
    max_claims: int
    logged: bool
    open_posting: bool


@dataclass(slots=True)
class Job:
    """A job, as it would be if nobody had to save gas."""

    id: int
    requester: int
    reward: int
    deadline: int
    priority: int
    version: int
    terms: Terms
    request_id: int
    model_id: str
    input: str
    status: Status = Status.OPEN
    worker: int = 0
    until: int = 0
    since: int = 0  # when the result came, or the dispute about it
    rejections: int = 0
    result: tuple[str, bytes, int, int, str] | None = None
    ended: int = 0  # times that its reward left, which is at most once

    def __post_init__(self) -> None:
        self.until = self.deadline

    @property
    def hash(self) -> bytes:
        """`JobContext.jobHash`."""
        parts = keccak(text=self.model_id), keccak(text=self.input)
        return keccak(self.request_id.to_bytes(32, "big") + b"".join(parts))

    @property
    def result_hash(self) -> bytes:
        """`JobContext.resultHash`."""
        if self.result is None:
            return bytes(32)
        texts = keccak(keccak(text=self.result[0]) + keccak(text=self.result[4]))
        return keccak(texts + b"".join(one.to_bytes(32) for one in self.result[2:4]))

    def is_overdue(self, time: int) -> bool:
        return self.status.is_live and time > self.until

    @property
    def bond(self) -> int:
        """What is locked for it now."""
        return self.terms.claim_bond if self.status.has_bond else 0

    @property
    def owed(self) -> int:
        return (self.reward if self.status.is_live else 0) + self.bond


class Receiving(IntEnum):
    """`ReceivingMode`: what a contract does when it is sent ether."""

    ACCEPT = 0
    REFUSE = 1
    BURN = 2
    BOMB = 3


class Transfer(IntEnum):
    """`TokenMode`: what the token does when it is moved."""

    HONEST = 0
    RETURNS_FALSE = 1
    RETURNS_NOTHING = 2
    TAKES_FEE = 3
    REVERTS = 4
    PLAYS = 5
    BURNS_GAS = 6


class Judgement(IntEnum):
    """`VerifierMode`: what the hook answers."""

    PROVEN = 0
    NOT_PROVEN = 1
    REVERTS = 2
    BURNS_GAS = 3
    ANSWERS_NOTHING = 4
    ANSWERS_SHORT = 5
    ANSWERS_LONG = 6
    ANSWERS_DIRTY = 7
    REVERTS_LONG = 8


@dataclass(slots=True)
class Doubles:
    """How those behave that a test tells how to."""

    receiving: dict[int, Receiving] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    transfer: Transfer = Transfer.HONEST
    judgement: Judgement = Judgement.PROVEN


class Moment(NamedTuple):
    """Who calls, with how much native coin, and when."""

    caller: int
    value: int
    time: int


class Refused(Exception):
    """The call reverts, with one of these errors."""

    def __init__(self, *errors: str) -> None:
        super().__init__(*errors)
        self.errors = errors
