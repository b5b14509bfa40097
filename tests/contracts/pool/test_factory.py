"""The factory: what it makes, what it lists, and who cannot tamper with either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ape
import pytest
from eth_utils import to_checksum_address

from tests.contracts.pool.crowd import Crowd
from tests.contracts.pool.jobs import Config, NewJob, Setup, Terms, columns
from tests.support.definitions import ZERO_ADDRESS
from tests.support.rpc import Rpc, RpcError, calldata

if TYPE_CHECKING:
    from ape.contracts import ContractInstance

UNAUTHORIZED = calldata("Unauthorized()")
INITIALIZED = calldata("TaskPool_AlreadyInitialized()")
TERMS = "(address,uint32,uint32,uint96,uint32,uint32,uint16,uint16,uint8,bool)"
INITIALIZE = f"initialize((address,string,string,{TERMS}))"


@pytest.fixture
def factory(pool_world) -> ContractInstance:
    return pool_world.factory


@pytest.fixture
def setup(verifier) -> Setup:
    return Setup(ZERO_ADDRESS, "llm", "about this pool", Terms(str(verifier)))


@pytest.fixture
def config(requester, router) -> Config:
    return Config(owner=str(requester), router=str(router))


@pytest.fixture
def create(factory, project) -> Any:
    """Make a pool with defaults; returns it."""

    def do(sender: Any, category: str = "llm", metadata: str = "") -> ContractInstance:
        receipt = factory.createPool(category, metadata, sender=sender)
        (made,) = receipt.decode_logs(factory.PoolCreated)
        return project.ITaskPool.at(made.pool)

    return do


# Making


def test_create_pool__by_category_and_metadata__is_the_callers_and_ready(
    factory, create, stranger, router, verifier, now
):
    pool = create(stranger, "images", "ipfs://about")
    assert pool.owner() == stranger
    assert (pool.category(), pool.metadata(), pool.isActive()) == ("images", "ipfs://about", True)
    assert tuple(pool.config()) == tuple(factory.defaultConfig(stranger))
    assert tuple(pool.termsAt(1)) == tuple(factory.defaultTerms())
    assert pool.config().router == router == factory.router()
    owner, created, active, metadata, category = factory.getPoolInfo(pool)
    assert (owner, created, active) == (stranger, now(), True)
    assert (metadata, category) == ("ipfs://about", "images")
    assert factory.poolInfo(pool)[:4] == (owner, created, active, metadata)

    pool.setZKPVerifier(verifier, sender=stranger)
    pool.addAITasks(*columns([NewJob(now() + 60)]), sender=stranger, value=NewJob(0).reward)
    assert pool.taskCounter() == 1


def test_create_pool_for__another__is_that_ones(factory, project, stranger, other_owner):
    receipt = factory.createPoolFor(other_owner, "llm", "", sender=stranger)
    (made,) = receipt.decode_logs(factory.PoolCreated)
    assert (made.owner, made.poolId, made.category) == (other_owner, 0, "llm")
    pool = project.ITaskPool.at(made.pool)
    assert pool.owner() == other_owner
    with ape.reverts(pool.Unauthorized):
        pool.deactivatePool(sender=stranger)


def test_create_pool__with_configuration_and_terms__has_them(
    factory, project, config, setup, stranger
):
    wanted = config._replace(max_claims=7, open_posting=True, data_mode=1)
    receipt = factory.createPoolToOrder(wanted, setup, sender=stranger)
    (made,) = receipt.decode_logs(factory.PoolCreated)
    pool = project.ITaskPool.at(made.pool)
    assert tuple(pool.config()) == tuple(wanted)
    assert tuple(pool.termsAt(1)) == tuple(setup.terms)


def test_next_pool_of__a_creator_and_configuration__is_where_it_comes_to_be(
    factory, config, setup, stranger, other_owner
):
    first = factory.nextPoolOf(stranger, config)
    assert factory.nextPoolOf(other_owner, config) != first
    assert factory.nextPoolOf(stranger, config._replace(max_claims=2)) != first
    factory.createPoolToOrder(config, setup, sender=other_owner)  # does not take the address
    assert factory.nextPoolOf(stranger, config) == first
    receipt = factory.createPoolToOrder(config, setup, sender=stranger)
    assert receipt.decode_logs(factory.PoolCreated)[0].pool == first
    assert factory.nextPoolOf(stranger, config) != first


@pytest.mark.parametrize("length", [0, 65, 100_000])
def test_create_pool__category_of_no_or_too_many_bytes__reverts(factory, stranger, length):
    error = factory.TaskPoolFactory_CategoryLengthOutOfRange
    with ape.reverts(error, length=length, max=64):
        factory.createPool("x" * length, "", sender=stranger)


def test_create_pool__metadata_too_long__reverts(factory, create, stranger):
    with ape.reverts(factory.TaskPoolFactory_MetadataTooLong, length=1025, max=1024):
        factory.createPool("llm", "x" * 1025, sender=stranger)
    assert len(create(stranger, "x" * 64, "x" * 1024).metadata()) == 1024


def test_create_pool__configuration_out_of_range__reverts(
    factory, pool_world, config, setup, stranger
):
    for most in (0, 8):
        error = pool_world.implementation.TaskPool_TermOutOfRange
        with ape.reverts(error, given=most, min=1, max=7):
            factory.createPoolToOrder(config._replace(max_claims=most), setup, sender=stranger)
    with ape.reverts(pool_world.implementation.TaskPool_NoCode, account=stranger):
        factory.createPoolToOrder(config._replace(asset=str(stranger)), setup, sender=stranger)
    with ape.reverts(pool_world.implementation.Unauthorized):
        factory.createPoolToOrder(config._replace(owner=ZERO_ADDRESS), setup, sender=stranger)
    assert factory.getPoolCount() == (0, 0)


def test_factory__of_code_that_is_not_there__is_not_made(project, deployer, stranger):
    error = project.TaskPoolFactory.TaskPoolFactory_NoImplementation
    with ape.reverts(error, implementation=stranger):
        deployer.deploy(project.TaskPoolFactory, stranger, ZERO_ADDRESS, ZERO_ADDRESS)


# Listing


def test_lists__of_pools__are_in_order_and_paged(factory, create, stranger, other_owner):
    pools = [create(owner, kind).address for owner, kind in (
        (stranger, "a"), (stranger, "b"), (other_owner, "a"), (stranger, "a"), (stranger, "c"),
    )]  # fmt: skip
    assert factory.getAllPools() == factory.getActivePools() == pools
    assert [factory.allPools(index) for index in range(5)] == pools
    assert factory.getAllPools(1, 2) == factory.getActivePools(1, 2) == pools[1:3]
    assert factory.getPoolsByCategory("a") == [pools[0], pools[2], pools[3]]
    assert factory.getPoolsByCategory("a", 1, 1) == [pools[2]]
    assert factory.poolsByCategory("a", 2) == pools[3]
    assert factory.getCategoryCount("a") == 3
    assert factory.getPoolsByCategory("none") == []
    assert [factory.activePoolIndex(pool) for pool in pools] == [1, 2, 3, 4, 5]
    assert factory.poolCategory(pools[4]) == "c"


@pytest.mark.parametrize(
    ("offset", "limit", "found"),
    [(0, 0, 0), (0, 2**256 - 1, 3), (2, 2**256 - 1, 1), (3, 1, 0), (2**256 - 1, 2**256 - 1, 0)],
)
def test_pages__beyond_the_end__are_cut(factory, create, stranger, offset, limit, found):
    for _ in range(3):
        create(stranger)
    assert len(factory.getAllPools(offset, limit)) == found
    assert len(factory.getPoolsByCategory("llm", offset, limit)) == found


def test_active_list__of_pools_going_and_coming__is_in_step(factory, create, stranger):
    a, b, c = (create(stranger) for _ in range(3))
    receipt = a.deactivatePool(sender=stranger)
    assert told_by(factory, receipt, factory.PoolDeactivated) == [a.address]
    assert factory.getActivePools() == [c.address, b.address]  # the last took its place
    assert [factory.activePoolIndex(pool) for pool in (a, b, c)] == [0, 2, 1]
    assert not factory.poolInfo(a)[2]
    assert factory.getPoolCount() == (3, 2)

    c.deactivatePool(sender=stranger)
    b.deactivatePool(sender=stranger)
    assert factory.getActivePools() == []
    receipt = b.activatePool(sender=stranger)
    assert told_by(factory, receipt, factory.PoolReactivated) == [b.address]
    a.activatePool(sender=stranger)
    assert factory.getActivePools() == [b.address, a.address]
    assert factory.getPoolCount() == (3, 2)
    assert [pool.isActive() for pool in (a, b, c)] == [True, True, False]
    assert len(factory.getAllPools()) == 3


def test_active_list__told_twice__stays_as_it_is(factory, create, stranger):
    a = create(stranger)
    a.activatePool(sender=stranger)
    a.deactivatePool(sender=stranger)
    a.deactivatePool(sender=stranger)
    assert factory.getActivePools() == []


# Games


def test_clone__initialised_twice__reverts(rpc: Rpc, pool, setup, requester, stranger):
    for sender in (requester, stranger):
        with pytest.raises(RpcError) as refused:
            rpc.call(pool.address, calldata(INITIALIZE, flat(setup)), sender=sender.address)
        assert refused.value.data == INITIALIZED


def test_implementation__initialised_by_a_stranger__reverts(rpc: Rpc, pool_world, setup, stranger):
    """It has no arguments behind its code, so that it would be nobody's."""
    target = pool_world.implementation.address
    with pytest.raises(RpcError) as refused:
        rpc.call(target, calldata(INITIALIZE, flat(setup)), sender=stranger.address)
    assert refused.value.data == INITIALIZED
    for call in ("withdrawFunds()", "activatePool()", "deactivatePool()"):
        with pytest.raises(RpcError) as refused:
            rpc.call(target, calldata(call), sender=stranger.address)
        assert refused.value.data == UNAUTHORIZED


def test_factory_index__told_by_a_stranger__reverts(factory, create, stranger, other_owner):
    create(stranger)
    for active in (True, False):
        with ape.reverts(factory.TaskPoolFactory_NotAPool, account=other_owner):
            factory.poolStatusChanged(active, sender=other_owner)
    assert factory.getPoolCount() == (1, 1)


def test_factory_index__told_what_it_knows__reverts(factory, create, rpc: Rpc, stranger):
    """Only a pool's own code can call as the pool, and that tells changes alone."""
    pool = create(stranger)
    rpc("anvil_impersonateAccount", pool.address)
    with pytest.raises(RpcError) as refused:
        rpc.call(factory.address, calldata("poolStatusChanged(bool)", True), sender=pool.address)
    expected = calldata("TaskPoolFactory_NoChange(address,bool)", pool.address, True)
    assert refused.value.data == expected


def test_factory_index__asked_about_what_is_no_pool__reverts(factory, stranger):
    assert not factory.isRegisteredPool(stranger)
    assert factory.activePoolIndex(stranger) == 0
    for read in (factory.poolInfo, factory.getPoolInfo, factory.poolCategory):
        with ape.reverts(factory.TaskPoolFactory_NotAPool, account=stranger):
            read(stranger)


def test_factory_index__clone_made_by_somebody_else__is_not_listed(
    factory, project, deployer, pool_world, config, setup, stranger
):
    """The same code from another factory is none of this one's pools."""
    other = deployer.deploy(
        project.TaskPoolFactory, pool_world.implementation, ZERO_ADDRESS, ZERO_ADDRESS
    )
    receipt = other.createPoolToOrder(config, setup, sender=stranger)
    (made,) = receipt.decode_logs(other.PoolCreated)
    assert not factory.isRegisteredPool(made.pool)
    assert factory.getPoolCount() == (0, 0)
    assert other.getPoolCount() == (1, 1)


def test_factory__a_thousand_pools__cost_the_next_one_no_more(bare_node, project):
    """Making, leaving and entering the list, at ten pools and at a thousand."""
    with bare_node.rewinding():
        crowd = Crowd(bare_node, project)
        crowd.grow_to(10)
        few = crowd.costs()
        crowd.grow_to(1_000)
        assert crowd.costs() == few


def told_by(factory: Any, receipt: Any, event: Any) -> list[str]:
    """The pools in the factory's own events; the pool says the same of itself."""
    logs = receipt.decode_logs(event)
    return [log.pool for log in logs if log.contract_address == factory.address]


def flat(setup: Setup) -> tuple[Any, ...]:
    registry, category, metadata, terms = setup
    return (to_checksum_address(registry), category, metadata, tuple(terms))
