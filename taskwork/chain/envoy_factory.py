"""A typed client of EnvoyFactory, which makes the contracts that call for owners."""

from __future__ import annotations

from taskwork.chain.contract import ContractCalls, ContractClient
from taskwork.chain.rpc import Web3
from taskwork.chain.transactions import Call
from taskwork.chain.types import Address

_NAME = "EnvoyFactory"


class EnvoyFactoryCalls(ContractCalls):
    """Builds calls of one EnvoyFactory; sends nothing."""

    CONTRACT = _NAME

    def create(self, owner: Address) -> Call:
        """Create an owner's envoy, unless it exists."""
        return self._call("create(address)", owner)


class EnvoyFactoryClient(ContractClient):
    """The factory of one manager."""

    CONTRACT = _NAME

    def __init__(self, web3: Web3, address: str) -> None:
        super().__init__(web3, address)
        self.calls = EnvoyFactoryCalls(self.address)

    async def envoy_of(self, owner: Address) -> Address:
        """The address of an owner's envoy, whether it exists or not."""
        envoy: Address
        (envoy,) = await self._read("envoyOf(address)", owner)
        return envoy

    async def manager(self) -> Address:
        """The only account whose calls envoys obey."""
        manager: Address
        (manager,) = await self._read("MANAGER()")
        return manager

    async def init_code_hash(self) -> str:
        """Hash of the creation code of every envoy, in hex."""
        return str((await self._read("INIT_CODE_HASH()"))[0])
