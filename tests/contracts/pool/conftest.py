"""The world of the pool tests: a factory's pools, people, jobs; and books after every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.contracts.pool.books import PoolBooks
from tests.contracts.pool.jobs import (
    BOND,
    JOB_SECONDS,
    Config,
    Job,
    NewJob,
    Options,
    Result,
    Setup,
    Terms,
    columns,
)
from tests.support.abi import Interface, Named, to_bytes
from tests.support.definitions import ZERO_ADDRESS
from tests.support.rpc import RpcError, calldata, hexed

if TYPE_CHECKING:
    from ape.api import AccountAPI, ReceiptAPI
    from ape.contracts import ContractInstance
    from ape.managers.project import ProjectManager

    from tests.support.rpc import Rpc

BLOCK_SECONDS = 12

MakePool = Callable[..., "ContractInstance"]


class PoolWorld(NamedTuple):
    """What every pool test finds deployed."""

    implementation: ContractInstance
    factory: ContractInstance
    interface: Interface


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "insolvent_token: a token took from the pool, on purpose")


# People; the first five are of the manager's tests


@pytest.fixture(scope="session")
def requester(accounts: Any) -> AccountAPI:
    """The pools' owner, who posts."""
    return accounts[0]


@pytest.fixture(scope="session")
def worker(accounts: Any) -> AccountAPI:
    return accounts[5]


@pytest.fixture(scope="session")
def other_worker(accounts: Any) -> AccountAPI:
    return accounts[6]


@pytest.fixture(scope="session")
def verifier(accounts: Any) -> AccountAPI:
    return accounts[7]


@pytest.fixture(scope="session")
def router(accounts: Any) -> AccountAPI:
    return accounts[8]


# Pools


@pytest.fixture(scope="session")
def pool_world(
    project: ProjectManager, deployer: AccountAPI, world: Any, router: AccountAPI
) -> PoolWorld:
    implementation = deployer.deploy(project.TaskPool, world.manager, BLOCK_SECONDS)
    factory = deployer.deploy(project.TaskPoolFactory, implementation, ZERO_ADDRESS, router)
    face = project.ITaskPool.at(implementation.address)
    abi = [entry.model_dump() for entry in face.contract_type.abi]
    return PoolWorld(face, factory, Interface(abi))


@pytest.fixture(scope="session")
def pool_interface(pool_world: PoolWorld) -> Interface:
    return pool_world.interface


@pytest.fixture
def made_pools() -> list[ContractInstance]:
    """The pools of this test."""
    return []


@pytest.fixture
def make_pool(
    project: ProjectManager,
    deployer: AccountAPI,
    pool_world: PoolWorld,
    requester: AccountAPI,
    router: AccountAPI,
    verifier: AccountAPI,
    made_pools: list[ContractInstance],
) -> MakePool:
    """Make a pool; what is not named is the requester's, native, with bonds and a verifier."""

    def make(*, model_registry: str = ZERO_ADDRESS, **changes: Any) -> ContractInstance:
        own = {key: changes.pop(key) for key in list(changes) if key in Config._fields}
        config = Config(**({"owner": str(requester), "router": str(router)} | own))
        terms = Terms(**({"verifier": str(verifier)} | changes))
        setup = Setup(str(model_registry), "llm", "about this pool", terms)
        receipt = pool_world.factory.createPoolToOrder(config, setup, sender=deployer)
        (made,) = receipt.decode_logs(pool_world.factory.PoolCreated)
        pool = project.ITaskPool.at(made.pool)
        made_pools.append(pool)
        return pool

    return make


@pytest.fixture(autouse=True)
def _pool_books(
    rpc: Rpc,
    pool_world: PoolWorld,
    made_pools: list[ContractInstance],
    _function_isolation: None,
    request: pytest.FixtureRequest,
) -> Iterator[None]:
    """Whatever a test did, its pools end with their books in order."""
    yield
    if request.node.get_closest_marker("insolvent_token"):
        return
    for pool in made_pools:
        PoolBooks(rpc, pool.address, pool_world.interface).check()


@pytest.fixture
def pool(make_pool: MakePool) -> ContractInstance:
    """A pool with bonds, and credit for the bonds of two workers."""
    return make_pool()


# Acts


@pytest.fixture
def now(rpc: Rpc) -> Callable[[], int]:
    """The time of the latest block."""
    return lambda: int(rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)


@pytest.fixture
def at_time(rpc: Rpc) -> Callable[[int], None]:
    """Let the next block have this time."""

    def set_time(timestamp: int) -> None:
        rpc("evm_setNextBlockTimestamp", hex(timestamp))

    return set_time


@pytest.fixture
def post(now: Callable[[], int], requester: AccountAPI) -> Callable[..., list[Job]]:
    """Post jobs, as many as told or those given, and pay for them."""

    def do(
        pool: ContractInstance,
        count: int = 1,
        *,
        jobs: list[NewJob] | None = None,
        sender: Any = requester,
        value: int | None = None,
        options: Options | None = None,
        **changes: Any,
    ) -> list[Job]:
        deadline = now() + JOB_SECONDS
        jobs = jobs or [NewJob(**({"deadline": deadline} | changes)) for _ in range(count)]
        first = pool.taskCounter() + 1
        native = pool.config().asset == ZERO_ADDRESS
        if value is None:
            value = sum(job.reward for job in jobs) if native else 0
        more = () if options is None else (options,)
        pool.addAITasks(*columns(jobs), *more, sender=sender, value=value)
        return [
            Job(pool, first + index, job.deadline, job.reward, job)
            for index, job in enumerate(jobs)
        ]

    return do


@pytest.fixture
def job(pool: ContractInstance, post: Callable[..., list[Job]]) -> Job:
    """An open job."""
    return post(pool)[0]


@pytest.fixture
def fund_bond() -> Callable[..., None]:
    """Give a worker credit for bonds."""

    def do(pool: ContractInstance, worker: Any, amount: int = BOND) -> None:
        pool.depositCredit(worker, amount, sender=worker, value=amount)

    return do


@pytest.fixture
def claim(worker: AccountAPI, fund_bond: Callable[..., None]) -> Callable[..., ReceiptAPI]:
    """Claim a job, with a bond where one is due."""

    def do(job: Job, *, by: Any = worker) -> ReceiptAPI:
        bond = job.pool.termsAt(job.info.termsVersion).claimBond
        if bond and job.pool.creditOf(by) < bond:
            fund_bond(job.pool, by, bond)
        return job.pool.claimTaskForUser(by, job.id, sender=by)

    return do


@pytest.fixture
def submit(worker: AccountAPI) -> Callable[..., ReceiptAPI]:
    def do(job: Job, *, by: Any = worker, result: Result | None = None) -> ReceiptAPI:
        arguments = (result or Result()).arguments()
        return job.pool.submitTaskForUser(by, job.id, *arguments, sender=by)

    return do


@pytest.fixture
def claimed(job: Job, claim: Callable[..., Any]) -> Job:
    claim(job)
    return job


@pytest.fixture
def submitted(claimed: Job, submit: Callable[..., Any]) -> Job:
    submit(claimed)
    return claimed


@pytest.fixture
def disputed(submitted: Job, verifier: AccountAPI) -> Job:
    submitted.pool.disputeTask(submitted.id, sender=verifier)
    return submitted


@pytest.fixture
def said(pool_interface: Interface) -> Callable[..., list[Named]]:
    """The pool's events in a receipt."""

    def read(receipt: ReceiptAPI, pool: ContractInstance) -> list[Named]:
        return pool_interface.decode_logs(receipt.logs, pool.address)

    return read


@pytest.fixture
def ask(rpc: Rpc) -> Callable[..., bytes]:
    """Call a pool without a trace; at a time, and over words of storage, if told."""

    def run(
        pool: Any, signature: str, *args: object, sender: Any, value: int = 0,
        at: int | None = None, gas: int = 29_000_000, storage: dict[int, int] | None = None,
    ) -> bytes:  # fmt: skip
        tx = {
            "from": str(sender), "to": str(pool), "data": hexed(calldata(signature, *args)),
            "value": hex(value), "gas": hex(gas),
        }  # fmt: skip
        words = {word(slot): word(value) for slot, value in (storage or {}).items()}
        state = {str(pool): {"stateDiff": words}} if words else {}
        block = {} if at is None else {"time": hex(at)}
        return to_bytes(rpc("eth_call", tx, "latest", state, block))

    return run


def word(value: int) -> str:
    return hexed(value.to_bytes(32, "big"))


@pytest.fixture
def refusal(ask: Callable[..., bytes], pool_interface: Interface) -> Callable[..., Named | None]:
    """The error that a call of a pool reverts with; None if it does not."""

    def run(*call: Any, **options: Any) -> Named | None:
        try:
            ask(*call, **options)
        except RpcError as error:
            return pool_interface.decode_error(error.data)
        return None

    return run
