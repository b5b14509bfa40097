"""Adds the second act's money up from the events, and holds the sums against the chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from examples.demo.books import differ
from examples.demo.jobs import cast
from examples.demo.jobs.record import JobRecord, events_of, posted
from examples.demo.stage import KEEPER
from taskwork.chain.pool_events import (
    CreditAdded,
    CreditWithdrawn,
    JobEnded,
    JobReopened,
    RewardPaid,
    TaskClaimed,
    TaskVerified,
    TimeBudgetFunded,
)
from taskwork.chain.rpc import node_errors
from taskwork.chain.types import Address


@dataclass(frozen=True)
class PersonBook:
    """What somebody paid and got, in wei."""

    name: str
    funds: int
    paid_in: int  # escrow, bonds, budget
    gas: int
    rewards: int  # pushed
    withdrawn: int  # taken out of credit
    credit: int  # left in the pool, by the events
    credit_there: int  # as the pool says
    wallet_there: int  # as the chain says

    @property
    def wallet(self) -> int:
        """What must be there."""
        return self.funds - self.paid_in - self.gas + self.rewards + self.withdrawn

    @property
    def gained(self) -> int:
        """Without the gas."""
        return self.rewards + self.withdrawn + self.credit - self.paid_in


@dataclass(frozen=True)
class PoolBook:
    """What the pool holds, and for whom."""

    escrow: int  # rewards of jobs that have not ended
    bonds: int  # locked by claims
    credits: int
    balance: int  # as the chain says

    @property
    def owed(self) -> int:
        """By the events."""
        return self.escrow + self.bonds + self.credits


@dataclass(frozen=True)
class TimeBook:
    """What calls on time cost, and who got it."""

    budget: int
    charged: int
    left: int  # as the manager says
    reimbursed: int
    gas: int

    @property
    def profit(self) -> int:
        """The keeper's."""
        return self.reimbursed - self.gas


@dataclass(frozen=True)
class JobBooks:
    """All of it."""

    people: tuple[PersonBook, ...]
    pool: PoolBook
    time: TimeBook

    def differences(self) -> Iterator[str]:
        """Each sum that does not come out, in one line."""
        for one in self.people:
            yield from differ(f"{one.name}'s wallet", one.wallet, one.wallet_there)
            yield from differ(f"{one.name}'s credit", one.credit, one.credit_there)
        yield from differ("the pool's balance", self.pool.owed, self.pool.balance)
        left = self.time.budget - self.time.charged
        yield from differ("the pool's budget for time", left, self.time.left)
        yield from differ("what the keeper got", self.time.charged, self.time.reimbursed)


async def close_job_books(record: JobRecord) -> JobBooks:
    """Add up everything that was recorded, and ask the chain for the other side."""
    names = (cast.REQUESTER, *cast.WORKERS, cast.OWNER)
    people = tuple([await _person(record, name) for name in names])
    return JobBooks(people, await _pool(record), await _time(record))


async def _person(record: JobRecord, name: str) -> PersonBook:
    account = record.stage.addresses[name]
    rewards = (one for one in record.events if isinstance(one, RewardPaid))
    taken = (one for one in record.events if isinstance(one, CreditWithdrawn))
    return PersonBook(
        name=name,
        funds=cast.FUNDS,
        paid_in=record.sent[name],
        gas=record.gas_paid[name],
        rewards=sum(one.amount for one in rewards if one.user == account),
        withdrawn=sum(one.amount for one in taken if one.receiver == account),
        credit=_credit(record, account),
        credit_there=await record.stage.pool.credit_of(account),
        wallet_there=await _balance(record, account),
    )


def _credit(record: JobRecord, account: Address) -> int:
    """What was credited, less what was withdrawn or locked as a bond."""
    total = 0
    for event in record.events:
        if isinstance(event, CreditAdded) and event.account == account:
            total += event.amount
        elif isinstance(event, CreditWithdrawn) and event.account == account:
            total -= event.amount
        elif isinstance(event, TaskClaimed) and event.user == account:
            total -= cast.BOND
    return total


async def _pool(record: JobRecord) -> PoolBook:
    jobs = list(record.stage.jobs)
    everybody = set(record.stage.addresses.values())
    return PoolBook(
        escrow=sum(posted(record, job).reward for job in jobs if not _has_ended(record, job)),
        bonds=cast.BOND * sum(_has_claim(record, job) for job in jobs),
        credits=sum(_credit(record, account) for account in everybody),
        balance=await _balance(record, record.stage.pool.address),
    )


def _has_claim(record: JobRecord, job: str) -> bool:
    """Whether a worker's bond is locked for the job."""
    events = events_of(record, job)
    claims = sum(isinstance(one, TaskClaimed) for one in events)
    reopened = sum(isinstance(one, JobReopened) for one in events)
    return claims > reopened and not _has_ended(record, job)


def _has_ended(record: JobRecord, job: str) -> bool:
    """By the events alone."""
    events = events_of(record, job)
    return any(
        isinstance(one, JobEnded) or (isinstance(one, TaskVerified) and one.is_valid)
        for one in events
    )


async def _time(record: JobRecord) -> TimeBook:
    budgets = (one for one in record.events if isinstance(one, TimeBudgetFunded))
    return TimeBook(
        budget=sum(one.amount for one in budgets),
        charged=sum(one.amount for one in record.charges),
        left=(await record.stage.manager.bond_of(record.stage.pool.address)).total,
        reimbursed=record.reimbursed,
        gas=record.gas_paid[KEEPER],
    )


async def _balance(record: JobRecord, account: Address) -> int:
    with node_errors():
        return await record.stage.web3.eth.get_balance(account)
