"""Adds the money up from the events, and holds the sums against what the chain says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from examples.demo.record import Record
from taskwork.chain.events import (
    BondDeposited,
    BondWithdrawn,
    CreditAdded,
    CreditWithdrawn,
    ExecutorReimbursed,
    FeesWithdrawn,
    ProtocolFeeCollected,
)
from taskwork.chain.rpc import node_errors
from taskwork.chain.types import Address, Wei
from taskwork.units import ether


@dataclass(frozen=True)
class OwnerBook:
    """What an owner paid in, what its tasks cost, what it took out."""

    name: str
    deposited: int
    charged: int
    withdrawn: int
    bond: int  # as the manager says
    reserved: int  # as the manager says
    reserved_by_task: int  # the sum over its tasks

    @property
    def left(self) -> int:
        """What must be left by the events."""
        return self.deposited - self.charged - self.withdrawn


@dataclass(frozen=True)
class ExecutorBook:
    """What the executor was paid and what it spent."""

    funds: int
    reimbursed: int
    gas_cost: int
    credit: int
    balance: int  # as the chain says

    @property
    def profit(self) -> int:
        """In wei; negative for a loss."""
        return self.reimbursed - self.gas_cost


@dataclass(frozen=True)
class ManagerBook:
    """What the manager holds, and for whom."""

    bonds: int
    credits: int
    fees: int
    balance: int  # as the chain says


@dataclass(frozen=True)
class Books:
    """All of it."""

    owners: tuple[OwnerBook, ...]
    executor: ExecutorBook
    manager: ManagerBook

    def differences(self) -> Iterator[str]:
        """Each sum that does not come out, in one line."""
        for owner in self.owners:
            yield from differ(f"{owner.name}'s bond", owner.left, owner.bond)
            yield from differ(f"{owner.name}'s reserve", owner.reserved_by_task, owner.reserved)
        executor, manager = self.executor, self.manager
        wallet = executor.funds + executor.profit - executor.credit
        yield from differ("the executor's balance", wallet, executor.balance)
        held = manager.bonds + manager.credits + manager.fees
        yield from differ("the manager's balance", held, manager.balance)


async def close_books(record: Record) -> Books:
    """Add up everything that was recorded, and ask the chain for the other side."""
    owners = [await _owner(record, name) for name in record.stage.scenario.owners]
    return Books(tuple(owners), await _executor(record), await _manager(record, owners))


async def _owner(record: Record, name: str) -> OwnerBook:
    stage, account = record.stage, record.stage.addresses[name]
    own = {stage.tasks[task] for task, plan in stage.scenario.tasks.items() if plan.owner == name}
    bond = await stage.manager.bond_of(account)
    charges = (e for e in record.events if isinstance(e, ExecutorReimbursed | ProtocolFeeCollected))
    paid_in = (e for e in record.events if isinstance(e, BondDeposited))
    paid_out = (e for e in record.events if isinstance(e, BondWithdrawn))
    reserves = [(await stage.manager.get_task_info(task)).metrics.reserved_bond for task in own]
    return OwnerBook(
        name=name,
        deposited=sum(e.amount for e in paid_in if e.account == account),
        charged=sum(e.amount for e in charges if e.task_hash in own),
        withdrawn=sum(e.amount for e in paid_out if e.account == account),
        bond=bond.total,
        reserved=bond.reserved,
        reserved_by_task=sum(reserves),
    )


async def _executor(record: Record) -> ExecutorBook:
    return ExecutorBook(
        funds=record.stage.scenario.keeper.funds,
        reimbursed=record.reimbursed,
        gas_cost=record.gas_paid,
        credit=await record.stage.manager.credit_of(record.executor),
        balance=await _balance(record, record.executor),
    )


async def _manager(record: Record, owners: list[OwnerBook]) -> ManagerBook:
    return ManagerBook(
        bonds=sum(owner.bond for owner in owners),
        credits=_total(record, CreditAdded) - _total(record, CreditWithdrawn),
        fees=_total(record, ProtocolFeeCollected) - _total(record, FeesWithdrawn),
        balance=await _balance(record, record.stage.manager.address),
    )


def _total(
    record: Record,
    kind: type[CreditAdded | CreditWithdrawn | ProtocolFeeCollected | FeesWithdrawn],
) -> int:
    return sum(event.amount for event in record.events if isinstance(event, kind))


async def _balance(record: Record, account: Address) -> Wei:
    with node_errors():
        return Wei(await record.stage.web3.eth.get_balance(account))


def differ(what: str, by_events: int, by_chain: int) -> Iterator[str]:
    """One line if the two do not agree."""
    if by_events != by_chain:
        yield f"{what} must be {ether(by_events)} ether by the events; it is {ether(by_chain)}"
