"""A typed client of TaskPoolFactory, which makes pools and lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web3.types import BlockIdentifier

from taskwork.chain.abi import load_abi
from taskwork.chain.contract import ContractCalls, ContractClient
from taskwork.chain.events import Event
from taskwork.chain.pool_types import (
    CONFIG,
    SETUP,
    JobTerms,
    PoolConfig,
    PoolSetup,
    PoolStats,
    Timestamp,
)
from taskwork.chain.pool_validation import check_config, check_terms
from taskwork.chain.rpc import Web3
from taskwork.chain.transactions import Call, simulate_many
from taskwork.chain.types import Address
from taskwork.chain.validation import check_length

_NAME = "TaskPoolFactory"
_PAGE = 200  # pools per read
MAX_CATEGORY_LENGTH = 64
MAX_METADATA_LENGTH = 1_024


@dataclass(frozen=True, slots=True)
class FactoryEvent(Event):
    """What TaskPoolFactory says."""


@dataclass(frozen=True, slots=True)
class PoolCreated(FactoryEvent):
    """A pool was made."""

    pool: Address
    owner: Address
    pool_id: int
    category: str


@dataclass(frozen=True, slots=True)
class PoolDeactivated(FactoryEvent):
    """A pool takes no more jobs."""

    pool: Address


@dataclass(frozen=True, slots=True)
class PoolReactivated(FactoryEvent):
    """A pool takes jobs again."""

    pool: Address


@dataclass(frozen=True, slots=True)
class PoolInfo:
    """What the factory knows of a pool."""

    owner: Address
    created_at: Timestamp
    is_active: bool
    metadata: str
    category: str


@dataclass(frozen=True, slots=True)
class PoolCount:
    """How many pools a factory made."""

    total: int
    active: int


class TaskPoolFactoryCalls(ContractCalls):
    """Builds calls of one TaskPoolFactory; sends nothing."""

    CONTRACT = _NAME

    def create_pool(self, category: str, metadata: str = "") -> Call:
        """Make a pool that the sender owns."""
        _check_texts(category, metadata)
        return self._call("createPool(string,string)", category, metadata)

    def create_pool_for(self, owner: Address, category: str, metadata: str = "") -> Call:
        """Make a pool that somebody else owns."""
        _check_texts(category, metadata)
        return self._call("createPoolFor(address,string,string)", owner, category, metadata)

    def create_pool_to_order(self, config: PoolConfig, setup: PoolSetup) -> Call:
        """Make a pool with a configuration and terms of one's own."""
        _check_texts(setup.category, setup.metadata)
        check_config(config)
        check_terms(setup.terms)
        return self._call(f"createPoolToOrder({CONFIG},{SETUP})", config, setup)

    def pool_status_changed(self, *, active: bool) -> Call:
        """What a pool tells its factory; others are refused."""
        return self._call("poolStatusChanged(bool)", active)


class TaskPoolFactoryClient(ContractClient):
    """One factory on one chain."""

    CONTRACT = _NAME
    EVENTS = FactoryEvent

    def __init__(self, web3: Web3, address: str) -> None:
        super().__init__(web3, address)
        self.calls = TaskPoolFactoryCalls(self.address)

    async def get_all_pools(self, *, block: BlockIdentifier = "latest") -> list[Address]:
        """All pools in order of their making; read by pages."""
        return await self._pages("getAllPools(uint256,uint256)", block=block)

    async def get_active_pools(self, *, block: BlockIdentifier = "latest") -> list[Address]:
        """The pools that take jobs; read by pages."""
        return await self._pages("getActivePools(uint256,uint256)", block=block)

    async def get_pools_by_category(
        self, category: str, *, block: BlockIdentifier = "latest"
    ) -> list[Address]:
        """The pools of a category, active or not; read by pages."""
        signature = "getPoolsByCategory(string,uint256,uint256)"
        return await self._pages(signature, category, block=block)

    async def get_pool_stats(
        self, pools: Sequence[Address] | None = None, *, block: BlockIdentifier = "latest"
    ) -> dict[Address, PoolStats]:
        """What pools count, all of the factory's unless some are given; in few requests."""
        wanted = await self.get_all_pools(block=block) if pools is None else pools
        abi = load_abi("TaskPool")
        calls = [Call(pool, abi.encode_call("getPoolStats()", ())) for pool in wanted]
        answers = await simulate_many(self.web3, calls, block=block)
        found = (abi.decode_result("getPoolStats()", data)[0] for data in answers)
        return dict(zip(wanted, found, strict=True))

    async def get_pool_info(self, pool: Address) -> PoolInfo:
        """Who owns a pool, since when there is one, and what it is for."""
        return PoolInfo(*await self._read("getPoolInfo(address)", pool))

    async def is_registered_pool(self, account: Address) -> bool:
        """Whether an account is a pool that this factory made."""
        return bool((await self._read("isRegisteredPool(address)", account))[0])

    async def next_pool_of(self, creator: Address, config: PoolConfig) -> Address:
        """The address of the next pool that an account makes with this configuration."""
        return await self._address(f"nextPoolOf(address,{CONFIG})", creator, config)

    async def default_config(self, owner: Address) -> PoolConfig:
        """The configuration of a pool whose creator asked for nothing else."""
        config: PoolConfig
        (config,) = await self._read("defaultConfig(address)", owner)
        return config

    async def default_terms(self) -> JobTerms:
        """The terms of a pool whose creator asked for nothing else; they name no verifier."""
        terms: JobTerms
        (terms,) = await self._read("defaultTerms()")
        return terms

    async def get_pool_count(self) -> PoolCount:
        """How many pools there are, and how many of them take jobs."""
        return PoolCount(*await self._read("getPoolCount()"))

    async def implementation(self) -> Address:
        """The code of every pool."""
        return await self._address("implementation()")

    async def model_registry(self) -> Address:
        """The model registry that pools made by category and metadata start with."""
        return await self._address("modelRegistry()")

    async def router(self) -> Address:
        """The router that pools made by category and metadata trust."""
        return await self._address("router()")

    async def _address(self, signature: str, *args: object) -> Address:
        found: Address
        (found,) = await self._read(signature, *args)
        return found

    async def _pages(self, signature: str, *args: object, block: BlockIdentifier) -> list[Address]:
        found: list[Address] = []
        while True:
            (page,) = await self._read(signature, *args, len(found), _PAGE, block=block)
            found += page
            if len(page) < _PAGE:
                return found


def _check_texts(category: str, metadata: str) -> None:
    check_length("category", category.encode(), 1, MAX_CATEGORY_LENGTH)
    check_length("metadata", metadata.encode(), 0, MAX_METADATA_LENGTH)
