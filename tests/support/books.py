"""The books of a manager, read back from the chain: who is owed what, and whether it is there."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from eth_utils import to_checksum_address

from tests.support.definitions import INFO, TASK, Status
from tests.support.indexer import Indexer, Seen

if TYPE_CHECKING:
    from tests.support.abi import Interface, Named
    from tests.support.rpc import Rpc

LAST_BLOCK = 2**64 - 1
SMALL, MEDIUM, LARGE = range(3)


class Entry(NamedTuple):
    """What the books need to know of a task."""

    task_hash: bytes
    seen: Seen
    gas: int
    reserve: int

    @property
    def status(self) -> int:
        return self.seen.status

    @property
    def next_block(self) -> int:
        return self.seen.next_block


@dataclass
class Ledger:
    """Every balance and every task as the events tell them."""

    bonds: dict[str, int] = field(default_factory=dict)
    credits: dict[str, int] = field(default_factory=dict)
    fees: int = 0
    owners: dict[bytes, str] = field(default_factory=dict)
    committed: dict[bytes, tuple[object, ...]] = field(default_factory=dict)
    indexer: Indexer = field(default_factory=Indexer)

    def read(self, event: Named, block: int) -> None:
        self._index(event, block)
        if event.name == "TaskCommitted":
            self.committed[event["taskHash"]], _ = event["definition"]
        elif event.name == "TaskScheduled":
            self.owners[event["taskHash"]] = event["owner"]
            self._bond(event["owner"], 0)
        elif event.name == "BondDeposited":
            self._bond(event["account"], event["amount"])
        elif event.name == "BondWithdrawn":
            self._bond(event["account"], -event["amount"])
        elif event.name == "ExecutorReimbursed":
            self._bond(self.owners[event["taskHash"]], -event["amount"])
        elif event.name == "ProtocolFeeCollected":
            self._bond(self.owners[event["taskHash"]], -event["amount"])
            self.fees += event["amount"]
        elif event.name == "FeesWithdrawn":
            self.fees -= event["amount"]
        elif event.name == "CreditAdded":
            self._credit(event["executor"], event["amount"])
        elif event.name == "CreditWithdrawn":
            self._credit(event["executor"], -event["amount"])

    def _index(self, event: Named, block: int) -> None:
        if "taskHash" not in event.args:
            return
        task_hash, *values = event.args.values()
        if event.name == "TaskScheduleSet":
            (values,) = values
        elif event.name == "TaskCommitted":
            _, (_, values) = values
        self.indexer.read(event.name, block, task_hash, tuple(values))

    def _bond(self, account: str, amount: int) -> None:
        self.bonds[account] = self.bonds.get(account, 0) + amount

    def _credit(self, executor: str, amount: int) -> None:
        self.credits[executor] = self.credits.get(executor, 0) + amount


@dataclass(frozen=True)
class Books:
    """All that `manager` owes, and all that it has queued."""

    rpc: Rpc
    manager: str
    interface: Interface
    since: int

    def check(self, *, ether_forced_in: bool) -> None:
        """Assert what must hold after every transaction, whatever happened before."""
        told = self._ledger()
        accounts, executors = sorted(told.bonds), sorted(told.credits)
        entries = {account: self._entries(account) for account in accounts}
        committed = self._committed(told)
        self._check_solvency(accounts, executors, ether_forced_in)
        self._check_events(told)
        for account in accounts:
            self._check_reserves(account, entries[account] + committed.get(account, []))
        stored = [entry for own in entries.values() for entry in own]
        self._check_queue(stored)
        self._check_states(told, stored + [one for own in committed.values() for one in own])

    def _check_solvency(
        self, accounts: list[str], executors: list[str], ether_forced_in: bool
    ) -> None:
        bonds = sum(self._bond(account)[0] for account in accounts)
        credits_ = sum(self._number("creditOf(address)", one) for one in executors)
        owed = bonds + credits_ + self._number("feesOwed()")
        balance = int(self.rpc("eth_getBalance", self.manager, "latest"), 16)
        assert balance >= owed, f"insolvent: owes {owed}, has {balance}"
        assert ether_forced_in or balance == owed, f"owes {owed}, has {balance}: nobody's ether"

    def _check_reserves(self, account: str, entries: list[Entry]) -> None:
        bond, reserved = self._bond(account)
        queued = sum(entry.reserve for entry in entries if entry.status == Status.QUEUED)
        assert reserved == queued, f"{account} has {reserved} reserved, its tasks need {queued}"
        assert reserved <= bond, f"{account} has {reserved} reserved of only {bond}"
        idle = [entry for entry in entries if entry.status != Status.QUEUED]
        assert all(entry.reserve == 0 == entry.next_block for entry in idle)
        assert all(entry.status != Status.RUNNING for entry in entries)

    def _check_queue(self, entries: list[Entry]) -> None:
        """Every queued task is found exactly once, nothing else is, and in the order of running."""
        queued = {entry.task_hash: entry for entry in entries if entry.status == Status.QUEUED}
        found = self._range(0, LAST_BLOCK)
        assert Tally(found) == Tally(queued.keys())
        order = [(queued[one].next_block, size_class(queued[one].gas)) for one in found]
        assert order == sorted(order)
        first = self._number("getNextExecutionBlockInRange(uint64,uint64)", 0, LAST_BLOCK)
        assert first == min((block for block, _ in order), default=0)
        for (block, class_), count in Tally(order).items():
            gas = sum(
                counted_gas(e.gas)
                for e in queued.values()
                if (e.next_block, size_class(e.gas)) == (block, class_)
            )
            self._check_load(block, class_, count, gas)

    def _check_states(self, told: Ledger, entries: list[Entry]) -> None:
        """Who reads nothing but events knows where every task is."""
        known = {task_hash: task.seen for task_hash, task in told.indexer.tasks.items()}
        assert {entry.task_hash: entry.seen for entry in entries} == known

    def _check_load(self, block: int, class_: int, count: int, gas: int) -> None:
        call = "blockLoad(uint64,uint8)"
        tasks, admitted = self.rpc.read(
            self.manager, call, block, class_, returns="uint256,uint256"
        )
        assert tasks == count, f"block {block} says {tasks} tasks, it has {count}"
        # Gas of tasks that ran stays admitted: nothing can be added to a block that is due.
        assert admitted >= gas, f"block {block} says {admitted} gas, its tasks have {gas}"
        if block > int(self.rpc("eth_blockNumber"), 16):
            assert admitted == gas, f"block {block} says {admitted} gas, its tasks have {gas}"

    def _check_events(self, told: Ledger) -> None:
        """Who reads nothing but events knows every balance to the wei."""
        bonds = {account: self._bond(account)[0] for account in told.bonds}
        assert bonds == told.bonds
        assert {one: self._number("creditOf(address)", one) for one in told.credits} == told.credits
        assert self._number("feesOwed()") == told.fees

    def _ledger(self) -> Ledger:
        block_range = {"fromBlock": hex(self.since), "toBlock": "latest"}
        logs = self.rpc("eth_getLogs", {"address": self.manager, **block_range})
        ledger = Ledger()
        for log in logs:
            ledger.read(self.interface.decode_log(log), int(log["blockNumber"], 16))
        return ledger

    def _entries(self, account: str) -> list[Entry]:
        call = "getAccountTasks(address)"
        hashes = self.rpc.read(self.manager, call, account, returns="bytes32[]")[0]
        return [self._entry(task_hash, account) for task_hash in hashes]

    def _committed(self, told: Ledger) -> dict[str, list[Entry]]:
        """The committed tasks, of which the chain has only the hash, by owner."""
        found: dict[str, list[Entry]] = {}
        for task_hash, task in told.committed.items():
            account = told.owners[task_hash]
            found.setdefault(account, []).append(self._committed_entry(task_hash, account, task))
        return found

    def _committed_entry(self, task_hash: bytes, account: str, task: tuple[object, ...]) -> Entry:
        if self._number("getTaskStatus(bytes32)", task_hash) == Status.NONE:
            # The chain has forgotten it: its only run has succeeded.
            return Entry(task_hash, Seen(Status.COMPLETED, 0, 0, 1, 0), gas=0, reserve=0)
        return self._entry(task_hash, account, f"getCommittedInfo({TASK})", task)

    def _entry(
        self, task_hash: bytes, account: str, call: str = "getTaskInfo(bytes32)", key: object = None
    ) -> Entry:
        status = self._number("getTaskStatus(bytes32)", task_hash)
        (info,) = self.rpc.read(self.manager, call, key or task_hash, returns=INFO)
        (task, schedule), (executed, failed, next_block, reserve) = info
        assert to_checksum_address(task[0]) == account
        seen = Seen(Status(status), next_block, schedule[2], executed, failed)
        return Entry(task_hash, seen, task[1], reserve)

    def _range(self, first: int, last: int) -> list[bytes]:
        call = "getTasksInRange(uint64,uint64)"
        hashes: tuple[bytes, ...]
        (hashes,) = self.rpc.read(self.manager, call, first, last, returns="bytes32[]")
        return list(hashes)

    def _bond(self, account: str) -> tuple[int, int]:
        call = "bondOf(address)"
        bond, reserved = self.rpc.read(self.manager, call, account, returns="uint256,uint256")
        return bond, reserved

    def _number(self, call: str, *args: object) -> int:
        (number,) = self.rpc.read(self.manager, call, *args, returns="uint256")
        assert isinstance(number, int)
        return number


def size_class(gas: int) -> int:
    return SMALL if gas <= 100_000 else MEDIUM if gas <= 250_000 else LARGE


def counted_gas(gas: int) -> int:
    """What a task counts against a block's capacity."""
    return max(25_000, -(-gas // 1000) * 1000)
