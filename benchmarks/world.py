"""A manager that has been in use: owners with bonds and envoys, an executor, targets.

The targets are written by hand, so that no compiler moves their gas: a counter that keeps one word
and answers nothing, and a refuser that reverts with nothing. Their own gas is no part of a figure.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from benchmarks.chain import ETHER, Chain, Receipt, calls_to, gas_of, running_chain
from taskwork.chain.abi import load_abi
from taskwork.chain.task_manager_calls import TaskManagerCalls
from taskwork.chain.transactions import Call
from taskwork.chain.types import (
    NO_VALUE,
    UNLIMITED,
    ZERO_ADDRESS,
    Address,
    BlockNumber,
    Gas,
    Task,
    TaskDefinition,
    TaskHash,
    TaskSchedule,
    Wei,
    as_task_hash,
)

OWNERS = 50
BOND = Wei(1000 * ETHER)
CEILING = 50 * 10**9  # of an account that never set its terms
INTERVAL = 100
WINDOW = 256  # blocks that share a word of marks
LEAD = 32  # blocks before the next window: room for what a measurement prepares

COUNTER_CODE = "0x5f546001015f5500"  # storage[0] += 1; stop
REFUSER_CODE = "0x5f5ffd"  # revert with nothing
BUMP = keccak(text="bump(uint256,uint256)")[:4] + bytes(31) + b"\1" + bytes(31) + b"\2"
SCHEDULED = f"0x{keccak(text='TaskScheduled(bytes32,address,uint64)').hex()}"


def account(name: str) -> Address:
    """An account of its own for every name, the same in every run."""
    return Address(to_checksum_address(keccak(text=name)[12:]))


DEPLOYER, EXECUTOR, OWNER = account("deployer"), account("executor"), account("owner 0")
COUNTER, REFUSER = account("counter"), account("refuser")
MANY = [account(f"owner {number}") for number in range(OWNERS)]


@dataclass(frozen=True)
class Plan:
    """What tasks are to be like; the defaults are what most figures are about."""

    start: int
    target: Address = COUNTER
    data: bytes = BUMP
    gas: int = 100_000
    executions: int = 1
    active: bool = True

    def definition(self, owner: Address, nonce: int) -> TaskDefinition:
        """The plan as one owner's task."""
        task = Task(owner, Gas(self.gas), self.target, self.data, nonce)
        interval = 0 if self.executions == 1 else INTERVAL
        start = BlockNumber(self.start)
        return TaskDefinition(task, TaskSchedule(start, interval, self.executions, self.active))

    def recurring(self) -> Plan:
        """The same, again and again."""
        return replace(self, executions=UNLIMITED)


@contextmanager
def used_world() -> Iterator[World]:
    """A chain with a manager that has scheduled and executed a task of each owner."""
    with running_chain() as chain:
        for person in (DEPLOYER, EXECUTOR, *MANY):
            chain.enrich(person)
        chain.place_code(COUNTER, COUNTER_CODE)
        chain.place_code(REFUSER, REFUSER_CODE)
        # Not through the proxy: a task's hash depends on the manager's address, and its zero bytes
        # cost less.
        manager = chain.create(DEPLOYER, load_abi("TaskManager").encode_init((0, ZERO_ADDRESS)))
        world = World(chain, manager)
        world.deposit(MANY)
        plan = Plan(chain.head() + 2)
        world.schedule(MANY, plan)
        world.execute(plan.start, runs=OWNERS)
        chain.mine_before((chain.head() // WINDOW + 2) * WINDOW - LEAD)
        yield world


@dataclass(frozen=True)
class Sent:
    """Transactions that each schedule a task, mined in one block."""

    chain: Chain
    transactions: Sequence[str]

    def gas(self, positions: Iterable[int] | None = None) -> list[int]:
        """The gas of all of them, or of some, counted from 0."""
        chosen = range(len(self.transactions)) if positions is None else positions
        return [self.chain.receipt(self.transactions[position]).gas for position in chosen]

    def hashes(self) -> list[TaskHash]:
        """The tasks that were scheduled."""
        return [hash_in(self.chain.receipt(one)) for one in self.transactions]


class World:
    """The manager, and what people do with it."""

    def __init__(self, chain: Chain, manager: Address) -> None:
        self.chain = chain
        self.manager = manager
        self.calls = TaskManagerCalls(manager)
        self._abi = load_abi("TaskManager")

    def window(self, number: int = 0) -> int:
        """The first block of a window of marks that is still ahead."""
        return (self.chain.head() // WINDOW + 1 + number) * WINDOW

    # What owners do

    def deposit(self, owners: Iterable[Address]) -> None:
        """Give each owner an ample bond, in one block."""
        for owner in owners:
            self.chain.submit(owner, self.calls.deposit_bond(owner, value=BOND))
        self.chain.mine()

    def schedule(self, owners: Iterable[Address], plan: Plan) -> Sent:
        """Schedule a task for each owner in the list, in one block and in that order."""
        return self.schedule_each((owner, plan) for owner in owners)

    def schedule_paid(self, owners: Sequence[Address], plan: Plan) -> Sent:
        """The same, each paying its task's bond with it."""
        value = self.required_bond(plan.definition(owners[0], 0))
        return self.schedule_each(((owner, plan) for owner in owners), value=value)

    def schedule_each(
        self, tasks: Iterable[tuple[Address, Plan]], *, value: Wei = NO_VALUE
    ) -> Sent:
        """Schedule tasks of various owners, in one block and in that order."""
        tasks = list(tasks)
        calls = (self.calls.schedule_task(one, value=value) for one in self.definitions(tasks))
        return self._submit(calls, [owner for owner, _ in tasks])

    def commit(
        self, owners: Sequence[Address], plan: Plan, *, value: Wei = NO_VALUE
    ) -> tuple[Sent, list[Task]]:
        """Schedule a committed task for each owner in the list, in one block."""
        definitions = self.definitions((owner, plan) for owner in owners)
        calls = (self.calls.schedule_committed(one, value=value) for one in definitions)
        return self._submit(calls, owners), [one.task for one in definitions]

    def definitions(self, tasks: Iterable[tuple[Address, Plan]]) -> list[TaskDefinition]:
        """The plans as the next tasks of their owners."""
        nonces: dict[Address, int] = {}
        found = []
        for owner, plan in tasks:
            nonce = nonces[owner] if owner in nonces else self.nonce(owner)
            found.append(plan.definition(owner, nonce))
            nonces[owner] = nonce + 1
        return found

    def _submit(self, calls: Iterable[Call], senders: Sequence[Address]) -> Sent:
        sent = [self.chain.submit(*one) for one in zip(senders, calls, strict=True)]
        self.chain.mine()
        return Sent(self.chain, sent)

    def next_definition(self, owner: Address, plan: Plan) -> TaskDefinition:
        """The plan as the owner's next task."""
        return plan.definition(owner, self.nonce(owner))

    def required_bond(self, definition: TaskDefinition) -> Wei:
        """What must be free at the ceiling that owners have unless they say otherwise."""
        call = f"estimateRequiredBond({self.calls.DEFINITION},uint256)"
        return Wei(self._read(call, definition, CEILING))

    def nonce(self, owner: Address) -> int:
        """The nonce of the owner's next task."""
        return self._read("getAccountNonce(address)", owner)

    # What executors do

    def execute(self, block: int, *, runs: int) -> int:
        """Execute what is due in `block`; returns the gas but for the targets' own."""
        return self.execute_by(self.calls.execute_queued_tasks(0), block, runs=runs)

    def execute_by(self, call: Call, block: int, *, runs: int) -> int:
        """Execute in some other way."""
        self.chain.mine_before(block)
        return self.overhead(self.chain.run(EXECUTOR, call), runs=runs)

    def overhead(self, receipt: Receipt, *, runs: int) -> int:
        """The transaction's gas less the targets' own; they must have been called `runs` times."""
        root = self.chain.trace(receipt)
        assert gas_of(root) == receipt.gas, "the trace tells another story than the receipt"
        return receipt.gas - gas_of_targets(root, runs)

    def overhead_at(self, block: int, *, runs: int) -> int:
        """What executing what is due would cost if the state stayed as it is until `block`."""
        root = self.chain.trace_at(block, EXECUTOR, self.calls.execute_queued_tasks(0))
        return gas_of(root) - gas_of_targets(root, runs)

    def _read(self, signature: str, *args: object) -> int:
        call = Call(self.manager, self._abi.encode_call(signature, args))
        return int.from_bytes(self.chain.read(call), "big")


def gas_of_targets(root: dict[str, object], runs: int) -> int:
    """The gas of the frames in which targets ran."""
    frames = [*calls_to(COUNTER, root), *calls_to(REFUSER, root)]
    assert len(frames) == runs, f"{len(frames)} targets were called, not {runs}"
    return sum(gas_of(frame) for frame in frames)


def hash_in(receipt: Receipt) -> TaskHash:
    """The task that was scheduled or updated."""
    (log,) = (log for log in receipt.logs if log["topics"][0] == SCHEDULED)
    return as_task_hash(log["topics"][1])


def taking_turns(owners: Sequence[Address], count: int) -> list[Address]:
    """`count` owners, the first again after the last."""
    return list(itertools.islice(itertools.cycle(owners), count))
