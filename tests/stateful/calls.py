"""The calls of the manager that the machine makes, with addresses and hashes as numbers."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import NamedTuple

from eth_utils import keccak

from tests.stateful.engine import CHAIN_ID

TASK = "(address,uint64,address,bytes,uint64)"
DEFINITION = f"({TASK},(uint64,uint64,uint64,bool,uint64))"
COMMITTED = 1 << 63  # in the hash of every committed task, and of no other
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

    @property
    def times(self) -> tuple[int, ...]:
        """The schedule, as words."""
        return self.start, self.interval, self.executions, int(self.active), self.deadline

    @property
    def is_plain(self) -> bool:
        """Whether `TaskScheduled` says all of the schedule."""
        return self.active and self.executions == 1 and self.deadline == 0

    def task(self) -> bytes:
        head = words(self.owner, self.gas, self.target, 5 * WORD, self.nonce)
        return head + packed(self.data)

    def encode(self) -> bytes:
        return words(6 * WORD, *self.times) + self.task()

    def hash(self, manager: int, task_id: int) -> int:
        return self._digest(manager) >> 64 << 64 | task_id

    def committed_hash(self, manager: int) -> int:
        return self._digest(manager) | COMMITTED

    def _digest(self, manager: int) -> int:
        return int.from_bytes(keccak(words(CHAIN_ID, manager, 3 * WORD) + self.task()), "big")


@dataclass(frozen=True)
class Schedule:
    """`scheduleTask`, `executeAndSchedule` or `scheduleCommitted`."""

    definition: Definition
    at_once: bool = False
    committed: bool = False

    def encode(self) -> bytes:
        name = "executeAndSchedule" if self.at_once else "scheduleTask"
        name = "scheduleCommitted" if self.committed else name
        return selector(f"{name}({DEFINITION})") + words(WORD) + self.definition.encode()


@dataclass(frozen=True)
class Update:
    """`updateTaskSchedule`, or `updateCommitted` without a hash."""

    task_hash: int | None
    definition: Definition

    def encode(self) -> bytes:
        if self.task_hash is None:
            call = selector(f"updateCommitted({DEFINITION})")
            return call + words(WORD) + self.definition.encode()
        call = selector(f"updateTaskSchedule(bytes32,{DEFINITION})")
        return call + words(self.task_hash, 2 * WORD) + self.definition.encode()


@dataclass(frozen=True)
class Cancel:
    """`cancelTask`, or `cancelCommitted` with a definition in the hash's place."""

    task: int | Definition

    def encode(self) -> bytes:
        if isinstance(self.task, Definition):
            return selector(f"cancelCommitted({TASK})") + words(WORD) + self.task.task()
        return selector("cancelTask(bytes32)") + words(self.task)


@dataclass(frozen=True)
class Reactivate:
    """`reactivate`, or `reactivateCommitted` with a definition in the hash's place."""

    task: int | Definition

    def encode(self) -> bytes:
        if isinstance(self.task, Definition):
            return selector(f"reactivateCommitted({TASK})") + words(WORD) + self.task.task()
        return selector("reactivate(bytes32)") + words(self.task)


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
class ExecuteCommitted:
    """`executeCommitted`."""

    definitions: tuple[Definition, ...]
    reserve: int = 0

    def encode(self) -> bytes:
        tasks = [one.task() for one in self.definitions]
        ends = itertools.accumulate(map(len, tasks), initial=len(tasks) * WORD)
        head = words(2 * WORD, self.reserve, len(tasks), *list(ends)[:-1])
        return selector(f"executeCommitted({TASK}[],uint256)") + head + b"".join(tasks)


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
    | ExecuteQueued | ExecuteThese | ExecuteCommitted | ExecuteOne | WithdrawCredit | WithdrawFees
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
