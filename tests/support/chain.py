"""A chain with a TaskManager of one's own, for tests of the Python packages."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3.types import RPCEndpoint

from taskwork.chain.abi import index_abi
from taskwork.chain.addresses import CREATE2_PROXY, create2_address
from taskwork.chain.deploy import deploy_missing, has_code
from taskwork.chain.events import TaskScheduled
from taskwork.chain.rpc import Web3, connect
from taskwork.chain.task_manager import TaskManagerClient
from taskwork.chain.transactions import Call, send
from taskwork.chain.types import (
    ZERO_ADDRESS,
    Address,
    BlockNumber,
    Gas,
    Task,
    TaskDefinition,
    TaskHash,
    TaskSchedule,
    Wei,
)
from taskwork.devnet.node import Node, running_node

GWEI = 10**9
ETHER = 10**18
TARGETS = Path(__file__).parents[2] / "examples/demo/abi"

_salts = itertools.count(1)


@dataclass
class Chain:
    """A running chain, a fresh manager on it, and who uses it."""

    url: str
    web3: Web3
    manager: TaskManagerClient
    owner: LocalAccount
    executor: LocalAccount
    counter: Address
    reverter: Address

    async def rpc(self, method: str, *params: object) -> Any:
        answer = await self.web3.provider.make_request(RPCEndpoint(method), list(params))
        assert "error" not in answer, answer
        return answer["result"]

    async def head(self) -> BlockNumber:
        return BlockNumber(await self.web3.eth.block_number)

    async def mine(self, blocks: int = 1, *, base_fee: int = GWEI) -> None:
        """Mine blocks; the last one, and the one after it, are priced near `base_fee`."""
        if blocks > 1:
            await self.rpc("anvil_mine", hex(blocks - 1))
        await self.rpc("anvil_setNextBlockBaseFeePerGas", hex(base_fee))
        await self.rpc("anvil_mine", "0x1")
        await self.rpc("anvil_setNextBlockBaseFeePerGas", hex(base_fee))

    async def mine_to(self, block: int) -> None:
        await self.mine(block - await self.head())

    async def balance(self, account: Address) -> int:
        return await self.web3.eth.get_balance(account)

    def define(
        self, target: Address, data: bytes, *, start: int, nonce: int = 0, gas: int = 60_000
    ) -> TaskDefinition:
        task = Task(Address(self.owner.address), Gas(gas), target, data, nonce)
        return TaskDefinition(task, TaskSchedule(BlockNumber(start)))

    async def schedule(
        self, target: Address, data: bytes, *, ahead: int = 10, gas: int = 60_000
    ) -> TaskHash:
        """Schedule a one-shot task with a bond that is ample."""
        owner = Address(self.owner.address)
        nonce = await self.manager.get_account_nonce(owner)
        start = await self.head() + ahead
        definition = self.define(target, data, start=start, nonce=nonce, gas=gas)
        call = self.manager.calls.schedule_task(definition, value=Wei(ETHER // 5))
        receipt = await self.manager.send(self.owner, call)
        (scheduled,) = self.manager.events_in(receipt, TaskScheduled)
        return scheduled.task_hash

    async def schedule_due(
        self, target: Address | None = None, data: bytes | None = None
    ) -> TaskHash:
        """A task that the next block can run."""
        task_hash = await self.schedule(target or self.counter, bump() if data is None else data)
        await self.mine_to((await self.manager.get_task_info(task_hash)).metrics.next_block)
        return task_hash


def bump() -> bytes:
    return load_target("Counter").encode_call("bump(uint256,uint256)", (1, 2))


def refuse() -> bytes:
    return load_target("Reverter").encode_call("withReason()", ())


def load_target(name: str) -> Any:
    return index_abi(name, json.loads((TARGETS / f"{name}.json").read_text("utf-8")))


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with running_node(tmp_path_factory.mktemp("node") / "anvil.log") as running:
        yield running


@pytest_asyncio.fixture
async def chain(node: Node) -> AsyncIterator[Chain]:
    async with chain_on(node) as one:
        yield one


@asynccontextmanager
async def chain_on(node: Node) -> AsyncIterator[Chain]:
    """A fresh manager and fresh accounts on a running node."""
    async with connect(node.url) as web3:
        for method, *params in (("anvil_dropAllTransactions",), ("evm_setAutomine", True)):
            await web3.provider.make_request(RPCEndpoint(method), params)
        owner, executor = await rich_account(web3), await rich_account(web3)
        manager = await deploy_manager(web3, owner)
        counter = await deploy_target(web3, owner, "Counter")
        reverter = await deploy_target(web3, owner, "Reverter")
        one = Chain(node.url, web3, manager, owner, executor, counter, reverter)
        await one.mine()
        yield one


async def rich_account(web3: Web3) -> LocalAccount:
    account: LocalAccount = Account.create()
    params = [account.address, hex(100 * ETHER)]
    await web3.provider.make_request(RPCEndpoint("anvil_setBalance"), params)
    return account


async def deploy_manager(web3: Web3, account: LocalAccount) -> TaskManagerClient:
    """A manager that no other test knows: same code, another salt."""
    salt = next(_salts).to_bytes(32, "big")
    address = await deploy_missing(web3, account, "TaskManager", 0, ZERO_ADDRESS, salt=salt)
    return TaskManagerClient(web3, address)


async def deploy_target(web3: Web3, account: LocalAccount, name: str) -> Address:
    code = load_target(name).encode_init(())
    address = create2_address(code)
    if not await has_code(web3, address):
        await send(web3, account, Call(CREATE2_PROXY, bytes(32) + code))
    return address
