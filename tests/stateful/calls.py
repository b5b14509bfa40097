"""The calls of the manager that the machine makes, with addresses and hashes as numbers."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import NamedTuple

from eth_utils import keccak

from tests.stateful.engine import CHAIN_ID

DEFINITION = "((address,uint64,address,bytes,uint64),(uint64,uint64,uint64,bool,uint64))"
WORD = 32


class Definition(NamedTuple):
    """A `TaskDefinition`."""

    owner: int
    gas: int
    target: int
    data: bytes
    nonce: int
    start: int
    interval: int
    executions: int
    active: bool
    deadline: int

    def task(self) -> bytes:
        head = words(self.owner, self.gas, self.target, 5 * WORD, self.nonce)
        return head + packed(self.data)

    def encode(self) -> bytes:
        active = int(self.active)
        times = words(self.start, self.interval, self.executions, active, self.deadline)
        return words(6 * WORD) + times + self.task()

    def hash(self, manager: int, task_id: int) -> int:
        digest = keccak(words(CHAIN_ID, manager, 3 * WORD) + self.task())
        return int.from_bytes(digest, "big") >> 64 << 64 | task_id


@dataclass(frozen=True)
class Schedule:
    """`scheduleTask`, or `executeAndSchedule`."""

    definition: Definition
    at_once: bool = False

    def encode(self) -> bytes:
        name = "executeAndSchedule" if self.at_once else "scheduleTask"
        return selector(f"{name}({DEFINITION})") + words(WORD) + self.definition.encode()


@dataclass(frozen=True)
class Update:
    """`updateTaskSchedule`."""

    task_hash: int
    definition: Definition

    def encode(self) -> bytes:
        call = selector(f"updateTaskSchedule(bytes32,{DEFINITION})")
        return call + words(self.task_hash, 2 * WORD) + self.definition.encode()


@dataclass(frozen=True)
class Cancel:
    """`cancelTask`."""

    task_hash: int

    def encode(self) -> bytes:
        return selector("cancelTask(bytes32)") + words(self.task_hash)


@dataclass(frozen=True)
class Reactivate:
    """`reactivate`."""

    task_hash: int

    def encode(self) -> bytes:
        return selector("reactivate(bytes32)") + words(self.task_hash)


@dataclass(frozen=True)
class Deposit:
    """`depositBond`."""

    account: int

    def encode(self) -> bytes:
        return selector("depositBond(address)") + words(self.account)


@dataclass(frozen=True)
class Withdraw:
    """`withdrawBond`."""

    amount: int

    def encode(self) -> bytes:
        return selector("withdrawBond(uint256)") + words(self.amount)


@dataclass(frozen=True)
class SetTerms:
    """`setPriceTerms`."""

    ceiling: int
    tip: int
    premium_cap: int
    failure_limit: int

    def encode(self) -> bytes:
        terms = words(self.ceiling, self.tip, self.premium_cap, self.failure_limit)
        return selector("setPriceTerms(uint256,uint256,uint256,uint256)") + terms


@dataclass(frozen=True)
class ExecuteQueued:
    """`executeQueuedTasks`."""

    reserve: int = 0

    def encode(self) -> bytes:
        return selector("executeQueuedTasks(uint256)") + words(self.reserve)


@dataclass(frozen=True)
class ExecuteThese:
    """`executeTasks`."""

    task_hashes: tuple[int, ...]
    reserve: int = 0

    def encode(self) -> bytes:
        head = words(2 * WORD, self.reserve, len(self.task_hashes))
        return selector("executeTasks(bytes32[],uint256)") + head + words(*self.task_hashes)


@dataclass(frozen=True)
class ExecuteOne:
    """`executeTask`."""

    task_hash: int

    def encode(self) -> bytes:
        return selector("executeTask(bytes32)") + words(self.task_hash)


@dataclass(frozen=True)
class WithdrawCredit:
    """`withdrawCredit`."""

    def encode(self) -> bytes:
        return selector("withdrawCredit()")


@dataclass(frozen=True)
class WithdrawFees:
    """`withdrawFees`."""

    def encode(self) -> bytes:
        return selector("withdrawFees()")


Call = (
    Schedule | Update | Cancel | Reactivate | Deposit | Withdraw | SetTerms
    | ExecuteQueued | ExecuteThese | ExecuteOne | WithdrawCredit | WithdrawFees
)  # fmt: skip


@functools.cache
def selector(signature: str) -> bytes:
    return bytes(keccak(text=signature)[:4])


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(WORD, "big") for value in values)


def packed(data: bytes) -> bytes:
    """Bytes as the ABI has them: their length, themselves, zeros up to a whole word."""
    return words(len(data)) + data + bytes(-len(data) % WORD)


def split(data: bytes) -> tuple[int, ...]:
    """The words of some bytes, without what is left at the end."""
    whole = len(data) - len(data) % WORD
    return tuple(int.from_bytes(data[at : at + WORD], "big") for at in range(0, whole, WORD))
