"""Schedules what someone wants called, with the bond that it needs, and cancels it."""

from __future__ import annotations

from dataclasses import dataclass

from taskwork.actions.reporting import find_lens
from taskwork.chain.events import TaskScheduled
from taskwork.chain.lens import Runway
from taskwork.chain.rpc import node_errors
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.transactions import Signer
from taskwork.chain.types import (
    NO_DEADLINE,
    NO_VALUE,
    Address,
    BlockNumber,
    Gas,
    Task,
    TaskDefinition,
    TaskHash,
    TaskSchedule,
    Wei,
)
from taskwork.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Order:
    """What to call, and when. Exactly one of `start_block` and `in_blocks`."""

    target: Address
    data: bytes
    gas: Gas
    start_block: BlockNumber | None = None
    in_blocks: int | None = None
    interval: int = 0
    executions: int = 1
    deadline: BlockNumber = NO_DEADLINE


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A task that waits for its block."""

    task_hash: TaskHash
    owner: Address
    envoy: Address  # who calls the target
    required_bond: Wei
    sent: Wei
    runway: Runway | None
    next_block: BlockNumber
    tx_hash: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A task that will not run any more, and what its owner can withdraw now."""

    task_hash: TaskHash
    owner: Address
    free_bond: Wei
    withdrawn: Wei
    tx_hash: str


async def schedule(
    manager: TaskManagerClient, signer: Signer, order: Order, bond: Wei | None = None
) -> Scheduled:
    """Schedule a task with `bond`, or with what the account lacks for it.

    A task that recurs needs its reserve and what its runs cost, hence twice the reserve.
    """
    owner = signer.address
    definition = await _define(manager, owner, order)
    ceiling = (await manager.price_terms_of(owner)).ceiling
    required = await manager.estimate_required_bond(definition, ceiling)
    wanted = required * (2 if order.executions > 1 else 1)
    lacking = max(0, wanted - (await manager.bond_of(owner)).free)
    sent = Wei(lacking) if bond is None else bond
    receipt = await manager.send(signer, manager.calls.schedule_task(definition, value=sent))
    (event,) = manager.events_in(receipt, TaskScheduled)
    lens = await find_lens(manager)
    return Scheduled(
        task_hash=event.task_hash,
        owner=owner,
        envoy=await manager.envoy_of(owner),
        required_bond=required,
        sent=sent,
        runway=None if lens is None else await lens.runway(event.task_hash),
        next_block=event.next_block,
        tx_hash=event.at.tx_hash,
    )


async def cancel(
    manager: TaskManagerClient, signer: Signer, task_hash: TaskHash, *, withdraw: bool
) -> Cancelled:
    """Cancel a task; with `withdraw`, also take out all the bond that is free then."""
    receipt = await manager.send(signer, manager.calls.cancel_task(task_hash))
    free = (await manager.bond_of(signer.address)).free
    withdrawn = free if withdraw else NO_VALUE
    if withdrawn:
        await manager.send(signer, manager.calls.withdraw_bond(withdrawn))
    tx_hash = f"0x{receipt['transactionHash'].hex()}"
    return Cancelled(task_hash, signer.address, Wei(free - withdrawn), withdrawn, tx_hash)


async def _define(manager: TaskManagerClient, owner: Address, order: Order) -> TaskDefinition:
    task = Task(owner, order.gas, order.target, order.data, await manager.get_account_nonce(owner))
    schedule = TaskSchedule(
        start_block=await _start(manager, order),
        interval=order.interval,
        executions=order.executions,
        deadline=order.deadline,
    )
    return TaskDefinition(task, schedule)


async def _start(manager: TaskManagerClient, order: Order) -> BlockNumber:
    if (order.start_block is None) == (order.in_blocks is None):
        raise InvalidInput("start", None, "give either the block or the number of blocks until it")
    if order.start_block is not None:
        return order.start_block
    with node_errors():
        head = await manager.web3.eth.block_number
    return BlockNumber(head + (order.in_blocks or 0))
