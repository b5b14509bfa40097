"""What the model remembers: tasks, accounts, contracts that take part."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from tests.stateful import limits
from tests.stateful.calls import Call, Definition, Withdraw, WithdrawCredit
from tests.stateful.engine import GWEI
from tests.stateful.events import Feed
from tests.support.definitions import Status

INACTIVE = (Status.PAUSED, Status.STARVED, Status.FAILING, Status.CROWDED)
ENDED = (Status.COMPLETED, Status.CANCELLED, Status.EXPIRED)


class Terms(NamedTuple):
    """An owner's price terms."""

    ceiling: int = 50 * GWEI
    tip: int = GWEI // 10
    premium_cap: int = 4 * GWEI
    failure_limit: int = 5
    version: int = 0

    def price(self, base_fee: int) -> int:
        return min(base_fee + self.tip, self.ceiling)

    def premium(self, blocks_late: int, crowd: int) -> int:
        return self.premium_cap * min(32, 4 + blocks_late + 2 * crowd) // 32

    def word(self) -> int:
        return (
            self.ceiling | self.tip << 64 | self.premium_cap << 128
            | self.failure_limit << 192 | self.version << 200
        )  # fmt: skip


NO_TERMS = Terms(ceiling=0, tip=0, premium_cap=0, failure_limit=0)


@dataclass(slots=True)
class Task:
    """A scheduled task."""

    id: int  # of a committed task, its hash
    hash: int
    owner: int
    gas: int
    target: int
    data: bytes
    nonce: int
    status: Status = Status.NONE
    next: int = 0
    deadline: int = 0
    left: int = 0
    interval: int = 0
    drift: int = 0
    executed: int = 0
    failed: int = 0
    streak: int = 0
    deferrals: int = 0
    single: bool = False  # scheduled for one run: its interval means nothing
    crowd: int = 0
    start: int = 0  # of its latest schedule
    most_runs: int | None = None  # it may have made in all, by its latest schedule
    terms: Terms = field(default_factory=Terms)
    size_class: int = 0
    kilogas: int = 0
    most_gas: int = 0

    def __post_init__(self) -> None:
        self.size_class = limits.size_class(self.gas)
        self.kilogas = limits.kilogas(self.gas)
        self.most_gas = limits.most_of_run(self.gas, len(self.data))

    @property
    def is_committed(self) -> bool:
        return self.id == self.hash

    @property
    def last_block(self) -> int:
        """The last block in which it may run."""
        return self.deadline or limits.MAX_BLOCK

    def is_expired_at(self, block: int) -> bool:
        return self.deadline != 0 and block > self.deadline

    def is_due(self, block: int) -> bool:
        return self.status == Status.QUEUED and self.next <= block

    def reserve(self, fee_bps: int) -> int:
        return limits.reserve(self.most_gas, self.terms.ceiling, self.terms.premium_cap, fee_bps)

    def tick_after(self, block: int) -> int:
        """The first of its ticks after a block; a single run has but one, which can be late."""
        if self.single:
            return max(self.next, block + 1)
        tick = self.next - self.drift
        missed = max(0, (block - tick) // self.interval + 1)
        return tick + missed * self.interval

    def reschedule(self, plan: Definition, terms: Terms) -> None:
        self.next, self.interval, self.deadline = plan.start, plan.interval, plan.deadline
        self.left = limits.ENDLESS if plan.executions == limits.FOREVER else plan.executions
        self.single = self.left == 1
        made = self.executed + self.failed
        self.start = plan.start
        self.most_runs = None if self.left == limits.ENDLESS else made + self.left
        if self.status == Status.RUNNING and self.most_runs is not None:
            self.most_runs += 1  # the run under way is counted, but is none of the new schedule's
        self.drift = self.streak = self.deferrals = self.crowd = 0
        self.terms = terms

    def count_run(self, success: bool) -> None:
        self.deferrals = 0
        self.executed += success
        self.failed += not success
        self.streak = 0 if success else min(self.streak + 1, limits.MAX_STREAK)

    @property
    def is_spent(self) -> bool:
        """Whether it made its only run, and succeeded: nothing of it is kept."""
        return self.status == Status.COMPLETED and (self.executed, self.failed) == (1, 0)

    @property
    def is_forgotten(self) -> bool:
        """Whether it is as unknown as if it had never been scheduled."""
        return self.is_committed and self.is_spent

    def complete(self) -> None:
        self.status = Status.COMPLETED
        if self.is_spent:
            self.next = self.deadline = self.interval = self.drift = self.crowd = 0
            self.terms = NO_TERMS

    def definition(self, **times: int | bool) -> Definition:
        """What the task was scheduled with, at other times."""
        plan = {"start": 0, "interval": 0, "executions": 1, "active": True, "deadline": 0} | times
        return Definition(self.owner, self.gas, self.target, self.data, self.nonce, **plan)


@dataclass(slots=True)
class Account:
    """An owner's money and tasks."""

    bond: int = 0
    reserved: int = 0
    held: int = 0  # most that the chain may hold beyond what it will charge, during a batch
    nonce: int = 0  # tasks, stored and committed
    tasks: list[int] = field(default_factory=list)  # that are stored
    terms: list[Terms] = field(default_factory=lambda: [Terms()])

    @property
    def free(self) -> int:
        return self.bond - self.reserved


class Mode(IntEnum):
    """`ReceivingMode`: what a contract does when it is sent ether."""

    ACCEPT = 0
    REFUSE = 1
    BURN = 2
    BOMB = 3
    PLAY = 4


class Script(NamedTuple):
    """A call that a contract makes when it is run."""

    call: Call
    value: int


@dataclass(slots=True)
class Contract:
    """A contract that takes part as owner, callee or executor."""

    mode: Mode = Mode.ACCEPT
    script: Script | None = None

    @property
    def burns_its_own(self) -> bool:
        """Whether its script is to be paid, and being paid burns all the gas it has."""
        paid = self.script and isinstance(self.script.call, Withdraw | WithdrawCredit)
        return bool(paid) and self.mode == Mode.BURN


class Callee(NamedTuple):
    """What a target does when its function is called."""

    succeeds: bool
    enough: int = 0  # gas from which on that is certain
    plays: bool = False  # its script, as itself


@dataclass(slots=True)
class Moment:
    """Who calls, when, and what the transaction said."""

    caller: int
    value: int
    block: int
    base_fee: int
    feed: Feed
    gas: int | None = None  # that the manager is called with, about; None when nobody can tell
