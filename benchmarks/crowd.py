"""Schedules thousands of tasks: many transactions to a request, many to a block."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from benchmarks.chain import GENEROUS_FEE, GWEI
from benchmarks.world import SCHEDULED, Plan, World
from taskwork.chain.types import Address, TaskHash, as_task_hash

PER_BLOCK = 500
GAS = 300_000  # more than scheduling takes

Wanted = tuple[Address, Plan]
_Item = TypeVar("_Item")


def schedule_many(
    world: World, wanted: Sequence[Wanted], *, base_fee: int = GWEI, per_block: int = PER_BLOCK
) -> list[TaskHash]:
    """Schedule a task for each owner and plan; returns their hashes in the same order."""
    nonces = {owner: _Nonces(world, owner) for owner in {owner for owner, _ in wanted}}
    return [
        task_hash
        for part in _parts(wanted, per_block)
        for task_hash in _schedule_block(world, part, nonces, base_fee)
    ]


class _Nonces:
    """Where an account stands: as a sender, and as an owner."""

    def __init__(self, world: World, owner: Address) -> None:
        sent = int(world.chain.rpc("eth_getTransactionCount", owner, "latest"), 16)
        self.transactions = itertools.count(sent)
        self.tasks = itertools.count(world.nonce(owner))


def _schedule_block(
    world: World, part: Sequence[Wanted], nonces: dict[Address, _Nonces], base_fee: int
) -> list[TaskHash]:
    world.chain.rpc_all(
        ("eth_sendTransaction", [_transaction(world, owner, plan, nonces[owner])])
        for owner, plan in part
    )
    world.chain.mine(base_fee=base_fee)
    found = _scheduled_now(world)
    return [next(found[owner.lower()]) for owner, _ in part]


def _transaction(world: World, owner: Address, plan: Plan, nonces: _Nonces) -> dict[str, str]:
    call = world.calls.schedule_task(plan.definition(owner, next(nonces.tasks)))
    return {
        "from": owner,
        "to": call.to,
        "data": f"0x{call.data.hex()}",
        "gas": hex(GAS),
        "nonce": hex(next(nonces.transactions)),
        "maxFeePerGas": hex(GENEROUS_FEE),
        "maxPriorityFeePerGas": "0x0",
    }


def _scheduled_now(world: World) -> dict[str, Iterator[TaskHash]]:
    """Each owner's tasks of the latest block, in the order of their nonces."""
    head = hex(world.chain.head())
    wanted = {"fromBlock": head, "toBlock": head, "address": world.manager, "topics": [SCHEDULED]}
    found: dict[str, list[TaskHash]] = {}
    for log in world.chain.rpc("eth_getLogs", wanted):
        owner = f"0x{log['topics'][2][-40:]}"
        found.setdefault(owner, []).append(as_task_hash(log["topics"][1]))
    return {owner: iter(hashes) for owner, hashes in found.items()}


def _parts(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    rest = iter(items)
    while part := list(itertools.islice(rest, size)):
        yield part
