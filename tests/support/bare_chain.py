"""A plain anvil, driven by the thin client, for what ape's own cannot bear.

ape starts anvil with step tracing, which copies the whole memory at every instruction: a batch of
some dozen tasks takes all the memory there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eth_utils import to_checksum_address

from taskwork.devnet.node import running_node
from tests.support.abi import Interface, Named
from tests.support.books import Books
from tests.support.definitions import DEFINITION, TASK, Definition, Schedule, Task
from tests.support.rpc import Rpc, calldata, hexed

if TYPE_CHECKING:
    from pathlib import Path

GWEI = 10**9
ETHER = 10**18
BASE_FEE = GWEI
BLOCK_GAS = 30_000_000


@dataclass(frozen=True)
class Sent:
    """A transaction that was mined."""

    block: int
    gas_used: int
    events: list[Named]

    def named(self, event: str) -> list[Named]:
        return [each for each in self.events if each.name == event]

    def amounts(self) -> list[int]:
        return [event["amount"] for event in self.named("ExecutorReimbursed")]


@dataclass
class BareChain:
    """A chain with accounts, and one manager on it."""

    rpc: Rpc
    interface: Interface
    accounts: list[str]
    manager: str = ""

    # Blocks

    def height(self) -> int:
        return int(self.rpc("eth_blockNumber"), 16)

    def mine_to(self, block: int, base_fee: int = BASE_FEE) -> None:
        """Mine until the next transaction lands in `block`."""
        missing = block - 1 - self.height()
        assert missing >= 0
        if missing:
            self.rpc("anvil_mine", hex(missing))
        self.rpc("anvil_setNextBlockBaseFeePerGas", hex(base_fee))

    @contextmanager
    def rewinding(self) -> Iterator[None]:
        snapshot = self.rpc("evm_snapshot")
        try:
            yield
        finally:
            self.rpc("anvil_dropAllTransactions")
            self.rpc("evm_revert", snapshot)
            self.rpc("anvil_setNextBlockBaseFeePerGas", hex(BASE_FEE))

    # People and contracts

    def people(self, count: int) -> list[str]:
        """So many accounts with money that never did anything before."""
        made = [to_checksum_address(f"0x{0xACC0000 + i:040x}") for i in range(count)]
        for account in made:
            self.rpc("anvil_setBalance", account, hex(100 * ETHER))
        return made

    def deploy(self, contract_type: Any, arguments: bytes = b"") -> str:
        code = bytes(contract_type.get_deployment_bytecode()) + arguments
        tx = {"from": self.accounts[0], "data": hexed(code), "gas": hex(BLOCK_GAS)}
        receipt = self.rpc("eth_sendTransactionSync", tx)
        return to_checksum_address(receipt["contractAddress"])

    def send(self, sender: str, to: str, data: bytes, value: int = 0, gas: int = BLOCK_GAS) -> Sent:
        receipt = self.rpc.send(sender, to, data, value, gas)
        assert int(receipt["status"], 16) == 1, f"{data[:4].hex()} reverted"
        events = self.interface.decode_logs(receipt["logs"], self.manager)
        return Sent(int(receipt["blockNumber"], 16), int(receipt["gasUsed"], 16), events)

    # The manager

    def nonce_of(self, owner: str) -> int:
        call = "getAccountNonce(address)"
        (nonce,) = self.rpc.read(self.manager, call, owner, returns="uint64")
        return int(nonce)

    def define(self, owner: str, target: str, data: bytes, **changes: Any) -> Definition:
        task = Task(owner=owner, gas=100_000, target=target, data=data, nonce=self.nonce_of(owner))
        schedule = Schedule(
            start=self.height() + 20, interval=100, executions=1, active=True, deadline=0
        )
        return Definition(task, schedule).but(**changes)

    def schedule(
        self, owner: str, target: str, data: bytes, *, value: int = ETHER, **changes: Any
    ) -> bytes:
        definition = self.define(owner, target, data, **changes)
        call = calldata(f"scheduleTask({DEFINITION})", definition)
        (scheduled,) = self.send(owner, self.manager, call, value).named("TaskScheduled")
        return bytes(scheduled["taskHash"])

    def commit(
        self, owner: str, target: str, data: bytes, *, value: int = ETHER, **changes: Any
    ) -> Task:
        """Schedule a committed task."""
        definition = self.define(owner, target, data, **changes)
        call = calldata(f"scheduleCommitted({DEFINITION})", definition)
        self.send(owner, self.manager, call, value)
        return definition.task

    def execute_committed(
        self, executor: str, tasks: list[Task], reserve: int = 0, gas: int = BLOCK_GAS
    ) -> Sent:
        return self.send(executor, self.manager, execute_committed(tasks, reserve), gas=gas)

    def execute(self, executor: str, reserve: int = 0, gas: int = BLOCK_GAS) -> Sent:
        return self.send(executor, self.manager, execute_queued(reserve), gas=gas)

    def set_terms(
        self, owner: str, *, ceiling: int = 100 * GWEI, tip: int = 0, premium_cap: int = 0,
        failure_limit: int = 0,
    ) -> None:  # fmt: skip
        terms = (ceiling, tip, premium_cap, failure_limit)
        self.send(
            owner, self.manager, calldata("setPriceTerms(uint256,uint256,uint256,uint256)", *terms)
        )

    def check_books(self) -> None:
        Books(self.rpc, self.manager, self.interface, 0).check(ether_forced_in=False)


def execute_queued(reserve: int = 0) -> bytes:
    return calldata("executeQueuedTasks(uint256)", reserve)


def execute_committed(tasks: list[Task], reserve: int = 0) -> bytes:
    return calldata(f"executeCommitted({TASK}[],uint256)", tasks, reserve)


@contextmanager
def running_bare_chain(log: Path, interface: Interface) -> Iterator[BareChain]:
    with running_node(log) as node:
        rpc = Rpc(node.url)
        accounts = [to_checksum_address(account) for account in rpc("eth_accounts")]
        rpc("anvil_autoImpersonateAccount", True)
        try:
            yield BareChain(rpc, interface, accounts)
        finally:
            rpc.close()
