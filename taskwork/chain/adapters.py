"""Typed clients of the adapters, which run contracts made for other automation services.

A call built here is what a scheduled task does: `Task(..., target=call.to, data=call.data, ...)`.
"""

from __future__ import annotations

from taskwork.chain.contract import ContractCalls, ContractClient
from taskwork.chain.rpc import Web3
from taskwork.chain.transactions import Call
from taskwork.chain.types import Address

_UPKEEP = "UpkeepAdapter"
_RESOLVER = "ResolverAdapter"


class UpkeepAdapterCalls(ContractCalls):
    """Builds calls of one UpkeepAdapter; sends nothing."""

    CONTRACT = _UPKEEP

    def run(self, upkeep: Address, check_data: bytes = b"") -> Call:
        """Perform an upkeep of Chainlink Automation, if it says that it is needed."""
        return self._call("run(address,bytes)", upkeep, check_data)


class UpkeepAdapterClient(ContractClient):
    """The adapter for `checkUpkeep` and `performUpkeep`."""

    CONTRACT = _UPKEEP

    def __init__(self, web3: Web3, address: str) -> None:
        super().__init__(web3, address)
        self.calls = UpkeepAdapterCalls(self.address)


class ResolverAdapterCalls(ContractCalls):
    """Builds calls of one ResolverAdapter; sends nothing."""

    CONTRACT = _RESOLVER

    def run(self, resolver: Address, resolver_data: bytes, target: Address) -> Call:
        """Call a target with what a resolver of Gelato answers, if it says that it can be."""
        return self._call("run(address,bytes,address)", resolver, resolver_data, target)


class ResolverAdapterClient(ContractClient):
    """The adapter for resolvers and the targets that they are about."""

    CONTRACT = _RESOLVER

    def __init__(self, web3: Web3, address: str) -> None:
        super().__init__(web3, address)
        self.calls = ResolverAdapterCalls(self.address)
