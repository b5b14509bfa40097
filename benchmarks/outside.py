"""What an executor did and earned: as the chain says, and as its keeper's store says."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak

from benchmarks.chain import Chain
from benchmarks.world import World
from taskwork.chain.abi import load_abi
from taskwork.chain.transactions import Call
from taskwork.chain.types import UNLIMITED, Address

TASK_EXECUTED = f"0x{keccak(text='TaskExecuted(bytes32,address,bool,bytes)').hex()}"
TASK_DEFERRED = f"0x{keccak(text='TaskDeferred(bytes32,address,uint64,bytes4)').hex()}"
TASK_EXPIRED = f"0x{keccak(text='TaskExpired(bytes32,address,uint64)').hex()}"
EXECUTOR_REIMBURSED = f"0x{keccak(text='ExecutorReimbursed(bytes32,address,uint256)').hex()}"
_BLOCKS = 200  # read at once
_MOST_COUNTED = 1000


@dataclass(frozen=True)
class Mined:
    """A transaction of an executor."""

    tx_hash: str
    nonce: int
    block: int
    to: str
    gas: int
    cost: int  # gas and value
    reverted: bool
    executed: int  # tasks that it ran, those that failed among them
    failed: int
    deferred: int
    expired: int
    received: int  # reimbursed to this executor

    @property
    def handled(self) -> int:
        """Tasks that are not where they were."""
        return self.executed + self.deferred + self.expired


@dataclass(frozen=True)
class Ledger:
    """The store of a keeper, read from outside."""

    profit: int
    journaled: frozenset[str]
    booked: frozenset[str]
    unsettled: tuple[int, ...]  # nonces that something is out for


def due(world: World) -> int:
    """Tasks that the next block can run, as far as they are counted."""
    signature = "getTasksInRange(uint64,uint64,uint256,uint256)"
    (found,) = _read(world, signature, 0, world.chain.head() + 1, 0, _MOST_COUNTED)
    return len(found)


def next_block(world: World) -> int | None:
    """The earliest block that has tasks."""
    (found,) = _read(world, "getNextExecutionBlockInRange(uint64,uint64)", 0, UNLIMITED)
    return int(found) or None


def waiting(chain: Chain, account: Address) -> int:
    """Transactions of an account in the node's pool that can still be mined.

    After a reorganisation anvil keeps some whose nonce is used.
    """
    used = int(chain.rpc("eth_getTransactionCount", account, "latest"), 16)
    pool = chain.rpc("txpool_content")
    return sum(
        int(nonce) >= used
        for part in pool.values()
        for sender, transactions in part.items()
        if sender.lower() == account.lower()
        for nonce in transactions
    )


def mined_by(chain: Chain, executor: Address, since: int) -> list[Mined]:
    """All transactions of an executor that are in the chain, in order."""
    head, found = chain.head(), []
    for first in range(since + 1, head + 1, _BLOCKS):
        numbers = range(first, min(first + _BLOCKS, head + 1))
        blocks = chain.rpc_all(("eth_getBlockByNumber", [hex(n), True]) for n in numbers)
        found += [tx for block in blocks for tx in block["transactions"]]
    own = [tx for tx in found if tx["from"].lower() == executor.lower()]
    receipts = chain.rpc_all(("eth_getTransactionReceipt", [tx["hash"]]) for tx in own)
    return [_mined(tx, receipt) for tx, receipt in zip(own, receipts, strict=True)]


def read_store(file: Path) -> Ledger:
    """The books and the journal, by plain SQL."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        books = "select tx_hash, reimbursed, cost from entries where state <> 'foreseen'"
        entries = [(str(name), int(got) - int(paid)) for name, got, paid in db.execute(books)]
        journaled = frozenset(str(row[0]) for row in db.execute("select tx_hash from transactions"))
        open_ = db.execute("select nonce from nonces where state = 'open' order by nonce")
        return Ledger(
            profit=sum(profit for _, profit in entries),
            journaled=journaled,
            booked=frozenset(name for name, _ in entries),
            unsettled=tuple(int(row[0]) for row in open_),
        )


def wasted(mined: Sequence[Mined], manager: Address) -> list[Mined]:
    """Batches that were paid for and found nothing to do."""
    return [tx for tx in mined if tx.to.lower() == manager.lower() and not tx.handled]


def _read(world: World, signature: str, *arguments: object) -> tuple[Any, ...]:
    abi = load_abi("TaskManager")
    call = Call(world.manager, abi.encode_call(signature, arguments))
    return abi.decode_result(signature, world.chain.read(call))


def _mined(tx: dict[str, Any], receipt: dict[str, Any]) -> Mined:
    gas, logs = int(receipt["gasUsed"], 16), receipt["logs"]
    names = [log["topics"][0] for log in logs]
    return Mined(
        tx_hash=tx["hash"],
        nonce=int(tx["nonce"], 16),
        block=int(tx["blockNumber"], 16),
        to=tx["to"] or "",
        gas=gas,
        cost=gas * int(receipt["effectiveGasPrice"], 16) + int(tx["value"], 16),
        reverted=receipt["status"] != "0x1",
        executed=names.count(TASK_EXECUTED),
        failed=sum(_word(log, 0) == 0 for log in logs if log["topics"][0] == TASK_EXECUTED),
        deferred=names.count(TASK_DEFERRED),
        expired=names.count(TASK_EXPIRED),
        received=sum(_word(log, 0) for log in logs if log["topics"][0] == EXECUTOR_REIMBURSED),
    )


def _word(log: dict[str, Any], place: int) -> int:
    """A word of a log's data."""
    return int(log["data"][2 + 64 * place : 66 + 64 * place], 16)
