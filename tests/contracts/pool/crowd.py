"""A factory with many pools, to see whether they are in each other's way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eth_abi import encode

from tests.support.definitions import ZERO_ADDRESS
from tests.support.rpc import calldata

if TYPE_CHECKING:
    from tests.support.bare_chain import BareChain

PER_BLOCK = 50
JOBS_A_CALL = 150


class Crowd:
    """A factory on a chain of its own."""

    def __init__(self, chain: BareChain, project: Any) -> None:
        self.chain = chain
        self.owner = chain.accounts[0]
        manager = chain.deploy(
            project.TaskManager.contract_type, encode(["uint256", "address"], [0, ZERO_ADDRESS])
        )
        pool = chain.deploy(
            project.TaskPool.contract_type, encode(["address", "uint256"], [manager, 1])
        )
        arguments = encode(["address"] * 3, [pool, ZERO_ADDRESS, ZERO_ADDRESS])
        self.factory = chain.deploy(project.TaskPoolFactory.contract_type, arguments)

    def grow_to(self, count: int) -> None:
        """Make pools until there are so many, many to a block."""
        call = calldata("createPool(string,string)", "llm", "")
        missing = count - self.count()
        self.chain.rpc("evm_setAutomine", False)
        self.chain.rpc("evm_setBlockGasLimit", hex(10**9))
        while missing > 0:
            for _ in range(min(missing, PER_BLOCK)):
                tx = {"from": self.owner, "to": self.factory, "gas": hex(10**6)}
                self.chain.rpc("eth_sendTransaction", tx | {"data": "0x" + call.hex()})
            self.chain.rpc("evm_mine")
            missing -= PER_BLOCK
        self.chain.rpc("evm_setAutomine", True)
        assert self.count() == count

    @property
    def pool(self) -> str:
        """The first of them."""
        return str(self.read("allPools(uint256)", 0, returns="address")[0])

    def fill_a_pool(self, *, jobs: int) -> None:
        """Post so many in the first pool, which is made if there is none."""
        self.grow_to(1)
        self.gas(self.pool, calldata("setZKPVerifier(address)", self.owner))
        deadline = int(self.chain.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        post = "addAITasks(uint256[],uint256[],string[],string[],uint256[])"
        for _ in range(jobs // JOBS_A_CALL):
            columns = ([1], [0], [""], [""], [deadline + 86_400])
            data = calldata(post, *(column * JOBS_A_CALL for column in columns))
            self.gas(self.pool, data, value=JOBS_A_CALL)

    def count(self) -> int:
        return int(self.read("getPoolCount()", returns="uint256,uint256")[0])

    def costs(self) -> list[int]:
        """Gas of making a pool, and of a middle one leaving the active list and coming back."""
        with self.chain.rewinding():
            middle = self.count() // 2
            pool = str(self.read("allPools(uint256)", middle, returns="address")[0])
            made = self.gas(self.factory, calldata("createPool(string,string)", "llm", ""))
            left = self.gas(pool, calldata("deactivatePool()"))
            return [made, left, self.gas(pool, calldata("activatePool()"))]

    def gas(self, to: str, data: bytes, value: int = 0) -> int:
        receipt = self.chain.rpc.send(self.owner, to, data, value)
        assert receipt["status"] == "0x1"
        return int(receipt["gasUsed"], 16)

    def read(self, call: str, *args: object, returns: str) -> tuple[Any, ...]:
        return self.chain.rpc.read(self.factory, call, *args, returns=returns)
