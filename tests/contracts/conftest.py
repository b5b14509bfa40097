"""The world of the contract tests: a manager, people, targets, and the books after every test.

Scenarios go through ape. Bulk reads, scans and the books go through the thin client, which is
thirty times as fast. Every test starts from the same block, at a base fee of 1 gwei.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from ape_ethereum.trace import Trace
from eth_abi import encode
from eth_utils import to_checksum_address

from tests.support.abi import Interface, Named, to_bytes
from tests.support.bare_chain import BareChain, running_bare_chain
from tests.support.books import Books
from tests.support.definitions import (
    INFO,
    TASK,
    ZERO_ADDRESS,
    Definition,
    Info,
    Schedule,
    Scheduled,
    Task,
)
from tests.support.rpc import Rpc, RpcError, calldata, hexed

if TYPE_CHECKING:
    from ape.api import AccountAPI, ReceiptAPI
    from ape.contracts import ContractInstance
    from ape.managers.chain import ChainManager
    from ape.managers.project import ProjectManager

GWEI = 10**9
ETHER = 10**18
BASE_FEE = GWEI
GENEROUS_FEE = 10_000 * GWEI  # what transactions offer when a test raises the base fee
BOND = ETHER

Define = Callable[..., Definition]
CreateTask = Callable[..., Scheduled]
MineTo = Callable[[int], None]


class Batch(NamedTuple):
    """A transaction and what the manager said in it."""

    receipt: Any
    events: list[Named]

    def named(self, event: str) -> list[Named]:
        return [each for each in self.events if each.name == event]

    def one(self, event: str) -> dict[str, Any]:
        """The arguments of the only event of that name."""
        (found,) = self.named(event)
        return found.args

    def names(self) -> list[str]:
        return [each.name for each in self.events]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "ether_forced_in: the manager ends with more ether than it owes, on purpose"
    )
    config.addinivalue_line("markers", "fee(bps): the protocol fee of the manager under test")


# The chain


@pytest.fixture(scope="session")
def rpc(chain: ChainManager) -> Iterator[Rpc]:
    client = Rpc(chain.provider.uri)
    yield client
    client.close()


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> Iterator[None]:
    """Keep ape from printing the call trace of every revert: 0.2 s each, and most are wanted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trace, "show", lambda *_, **__: None)
        yield


@pytest.fixture(autouse=True)
def _function_isolation(
    world: World, chain: ChainManager, rpc: Rpc, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Start from the world as it was deployed; afterwards check the books and go back.

    It takes the place of ape's fixture of this name, which reverts while a transaction may be
    pending, and does not know what a revert leaves behind.
    """
    reset_node(rpc)
    snapshot = chain.snapshot()
    yield
    forced = request.node.get_closest_marker("ether_forced_in") is not None
    books = Books(rpc, world.manager.address, world.interface, world.block)
    try:
        books.check(ether_forced_in=forced)
    finally:
        rpc("anvil_dropAllTransactions")
        chain.restore(snapshot)


def reset_node(rpc: Rpc) -> None:
    """Undo what a revert does not: fee, automine, coinbase, timestamps."""
    rpc("evm_setAutomine", True)
    rpc("anvil_setNextBlockBaseFeePerGas", hex(BASE_FEE))
    rpc("anvil_setCoinbase", ZERO_ADDRESS)
    rpc("anvil_removeBlockTimestampInterval")


@pytest.fixture
def base_fee(rpc: Rpc) -> Callable[[int], None]:
    """Set the base fee of the next block."""

    def set_base_fee(wei: int) -> None:
        rpc("anvil_setNextBlockBaseFeePerGas", hex(wei))

    return set_base_fee


@pytest.fixture
def height(rpc: Rpc) -> Callable[[], int]:
    """The number of the latest block."""
    return lambda: int(rpc("eth_blockNumber"), 16)


@pytest.fixture
def mine_to(rpc: Rpc, height: Callable[[], int]) -> MineTo:
    """Mine until the next transaction lands in the given block, at a base fee of 1 gwei."""

    def mine(block: int) -> None:
        missing = block - 1 - height()
        assert missing >= 0, f"block {block} has passed"
        if missing:
            rpc("anvil_mine", hex(missing))
        rpc("anvil_setNextBlockBaseFeePerGas", hex(BASE_FEE))

    return mine


@pytest.fixture(scope="session")
def bare_node(
    interface: Interface, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BareChain]:
    with running_bare_chain(tmp_path_factory.mktemp("anvil") / "anvil.log", interface) as chain:
        yield chain


@pytest.fixture
def bare(
    bare_node: BareChain, project: ProjectManager, request: pytest.FixtureRequest
) -> Iterator[BareChain]:
    """A chain without tracing, with a manager of its own, whose books are checked as well.

    `@pytest.mark.fee(100)` gives the manager a protocol fee of so many basis points.
    """
    marker = request.node.get_closest_marker("fee")
    fee_bps = marker.args[0] if marker else 0
    recipient = bare_node.accounts[8] if marker else ZERO_ADDRESS
    with bare_node.rewinding():
        arguments = encode(["uint256", "address"], [fee_bps, recipient])
        bare_node.manager = bare_node.deploy(project.TaskManager.contract_type, arguments)
        yield bare_node
        bare_node.check_books()


# Contracts


class World(NamedTuple):
    """What every test finds deployed."""

    manager: ContractInstance
    interface: Interface
    block: int


@pytest.fixture(scope="session")
def deployer(accounts: Any) -> AccountAPI:
    return accounts[9]


@pytest.fixture(scope="session")
def deploy_manager(
    project: ProjectManager, deployer: AccountAPI
) -> Callable[..., ContractInstance]:
    """Deploy a manager of one's own, say with a fee; it is spoken to by its whole interface."""

    def deploy(fee_bps: int = 0, fee_recipient: str = ZERO_ADDRESS) -> ContractInstance:
        deployed = deployer.deploy(project.TaskManager, fee_bps, fee_recipient)
        return project.ITaskManager.at(deployed.address)

    return deploy


@pytest.fixture(scope="session")
def world(
    rpc: Rpc, deploy_manager: Callable[..., ContractInstance], counter: ContractInstance
) -> World:
    reset_node(rpc)
    manager = deploy_manager()
    block = int(rpc("eth_blockNumber"), 16)
    return World(manager, Interface([e.model_dump() for e in manager.contract_type.abi]), block)


@pytest.fixture(scope="session")
def manager(world: World) -> ContractInstance:
    return world.manager


@pytest.fixture(scope="session")
def interface(world: World) -> Interface:
    return world.interface


@pytest.fixture(scope="session")
def counter(project: ProjectManager, deployer: AccountAPI) -> ContractInstance:
    return deployer.deploy(project.Counter)


@pytest.fixture
def reverter(project: ProjectManager, deployer: AccountAPI) -> ContractInstance:
    return deployer.deploy(project.Reverter)


@pytest.fixture
def burner(project: ProjectManager, deployer: AccountAPI) -> ContractInstance:
    return deployer.deploy(project.GasBurner)


@pytest.fixture
def long_answer(project: ProjectManager, deployer: AccountAPI) -> ContractInstance:
    return deployer.deploy(project.LongAnswer)


@pytest.fixture
def callee(project: ProjectManager, deployer: AccountAPI) -> ContractInstance:
    """A target that plays a script against the manager."""
    return deployer.deploy(project.ReentrantCallee)


@pytest.fixture
def contract_owner(project: ProjectManager, deployer: AccountAPI) -> ContractInstance:
    return deployer.deploy(project.ContractOwner)


@pytest.fixture
def contract_executor(
    project: ProjectManager, deployer: AccountAPI, manager: ContractInstance
) -> ContractInstance:
    return deployer.deploy(project.ContractExecutor, manager)


# People


@pytest.fixture(scope="session")
def owner(accounts: Any) -> AccountAPI:
    return accounts[0]


@pytest.fixture(scope="session")
def other_owner(accounts: Any) -> AccountAPI:
    return accounts[1]


@pytest.fixture(scope="session")
def executor(accounts: Any) -> AccountAPI:
    return accounts[2]


@pytest.fixture(scope="session")
def stranger(accounts: Any) -> AccountAPI:
    return accounts[3]


@pytest.fixture(scope="session")
def fee_recipient(accounts: Any) -> AccountAPI:
    return accounts[4]


# Acts


@pytest.fixture(scope="session")
def bump(counter: ContractInstance) -> bytes:
    """68 bytes of calldata for the counter."""
    return call_of(counter, "bump(uint256,uint256)", 2, 3)


def call_of(contract: ContractInstance, signature: str, *args: object) -> bytes:
    """Calldata, checked against the contract's ABI."""
    abis = contract.contract_type.methods
    assert signature in {method.selector for method in abis}, f"no {signature} in {contract}"
    return calldata(signature, *args)


@pytest.fixture
def define(
    manager: ContractInstance,
    owner: AccountAPI,
    counter: ContractInstance,
    bump: bytes,
    height: Callable[[], int],
) -> Define:
    """A definition that is valid, but for what the test changes in it.

    A one-shot call of the counter twenty blocks ahead; `executions` above 1 makes it recur.
    """

    def build(**changes: Any) -> Definition:
        who = str(changes.pop("owner", owner))
        nonce = changes.pop("nonce", None)
        if nonce is None:
            nonce = manager.getAccountNonce(who)
        target = str(changes.pop("target", counter))
        task = Task(owner=who, gas=100_000, target=target, data=bump, nonce=nonce)
        start = height() + 20
        schedule = Schedule(start=start, interval=100, executions=1, active=True, deadline=0)
        return Definition(task, schedule).but(**changes)

    return build


@pytest.fixture
def create_task(manager: ContractInstance, owner: AccountAPI, define: Define) -> CreateTask:
    """Schedule a task; the owner pays in `value` with it."""

    def create(*, owner: Any = owner, value: int = BOND, **changes: Any) -> Scheduled:
        definition = define(owner=owner, **changes)
        receipt = manager.scheduleTask(definition, sender=owner, value=value)
        task_hash = bytes(manager.getAccountTasks(owner)[-1])
        return Scheduled(task_hash, definition, owner, receipt)

    return create


@pytest.fixture
def commit_task(
    manager: ContractInstance, owner: AccountAPI, define: Define, batch_of: Callable[..., Batch]
) -> CreateTask:
    """Schedule a committed task; the owner pays in `value` with it."""

    def commit(*, owner: Any = owner, value: int = BOND, **changes: Any) -> Scheduled:
        definition = define(owner=owner, **changes)
        receipt = manager.scheduleCommitted(definition, sender=owner, value=value)
        task_hash = batch_of(receipt).one("TaskCommitted")["taskHash"]
        return Scheduled(task_hash, definition, owner, receipt)

    return commit


@pytest.fixture
def execute_committed(
    manager: ContractInstance, executor: AccountAPI, batch_of: Callable[[ReceiptAPI], Batch]
) -> Callable[..., Batch]:
    """Execute committed tasks, given as they were scheduled or as bare tasks."""

    def run(tasks: Any, reserve: int = 0, *, sender: Any = executor, **transaction: Any) -> Batch:
        given = [one.definition.task if isinstance(one, Scheduled) else one for one in tasks]
        return batch_of(manager.executeCommitted(given, reserve, sender=sender, **transaction))

    return run


@pytest.fixture
def schedule_own_run(
    manager: ContractInstance, owner: AccountAPI, contract_owner: ContractInstance, define: Define
) -> CreateTask:
    """Schedule a task whose target is its owner, a contract that plays its script when run."""

    def create(*, value: int = BOND, **changes: Any) -> Scheduled:
        own = {"target": contract_owner, "data": call_of(contract_owner, "run()"), "gas": 750_000}
        definition = define(owner=contract_owner, **(own | changes))
        data = manager.scheduleTask.encode_input(definition)
        receipt = contract_owner.forward(manager, data, sender=owner, value=value)
        task_hash = bytes(manager.getAccountTasks(contract_owner)[-1])
        return Scheduled(task_hash, definition, contract_owner, receipt)

    return create


@pytest.fixture
def info_of(rpc: Rpc, manager: ContractInstance) -> Callable[[bytes | Task], Info]:
    """What getTaskInfo says of a hash, or getCommittedInfo of a committed task."""

    def read(task: bytes | Task) -> Info:
        if isinstance(task, Task):
            call, key = f"getCommittedInfo({TASK})", tuple(task)
        else:
            call, key = "getTaskInfo(bytes32)", bytes(task)
        (info,) = rpc.read(manager.address, call, key, returns=INFO)
        (task, schedule), metrics = info
        task = (to_checksum_address(task[0]), task[1], to_checksum_address(task[2]), *task[3:])
        return Info(Definition(Task(*task), Schedule(*schedule)), *metrics)

    return read


@pytest.fixture
def batch_of(manager: ContractInstance, interface: Interface) -> Callable[[ReceiptAPI], Batch]:
    """The manager's events in a receipt."""

    def read(receipt: ReceiptAPI) -> Batch:
        return Batch(receipt, interface.decode_logs(receipt.logs, manager.address))

    return read


@pytest.fixture
def execute(
    manager: ContractInstance, executor: AccountAPI, batch_of: Callable[[ReceiptAPI], Batch]
) -> Callable[..., Batch]:
    """Execute what is due, as a keeper does."""

    def run(reserve: int = 0, *, sender: Any = executor, **transaction: Any) -> Batch:
        return batch_of(manager.executeQueuedTasks(reserve, sender=sender, **transaction))

    return run


@pytest.fixture
def run_at(mine_to: MineTo, execute: Callable[..., Batch]) -> Callable[..., Batch]:
    """Execute what is due in the given block."""

    def run(block: int, **options: Any) -> Batch:
        mine_to(block)
        return execute(**options)

    return run


@pytest.fixture
def terms_of(manager: ContractInstance) -> Callable[..., None]:
    """Set an account's price terms; what is not named is as generous as tests need."""

    def set_terms(
        account: Any,
        *,
        ceiling: int = 100 * GWEI,
        tip: int = 0,
        premium_cap: int = 0,
        failure_limit: int = 5,
    ) -> None:
        manager.setPriceTerms(ceiling, tip, premium_cap, failure_limit, sender=account)

    return set_terms


@pytest.fixture
def call_at(rpc: Rpc) -> Callable[..., bytes]:
    """Call in a block of the given number, the next one unless told, without leaving a trace."""

    def run(
        block: int | None, target: Any, data: bytes, *,
        sender: Any, value: int = 0, gas: int = 29_000_000,
    ) -> bytes:  # fmt: skip
        tx = {
            "from": str(sender), "to": str(target), "data": hexed(data), "value": hex(value),
            "gas": hex(gas),
        }  # fmt: skip
        if block is None:
            return to_bytes(rpc("eth_call", tx, "pending"))
        return to_bytes(rpc("eth_call", tx, "latest", {}, {"number": hex(block)}))

    return run


@pytest.fixture
def error_of(call_at: Callable[..., bytes], interface: Interface) -> Callable[..., Named]:
    """The error that a call reverts with, with its arguments."""

    def run(target: Any, data: bytes, *, at_block: int | None = None, **options: Any) -> Named:
        try:
            call_at(at_block, target, data, **options)
        except RpcError as error:
            return interface.decode_error(error.data)
        raise AssertionError("the call did not revert")

    return run


@pytest.fixture
def rewinding(rpc: Rpc, chain: ChainManager) -> Callable[[], AbstractContextManager[None]]:
    """What happens inside has not happened afterwards: to compare runs from the same state."""

    @contextmanager
    def rewind() -> Iterator[None]:
        snapshot = chain.snapshot()
        try:
            yield
        finally:
            rpc("anvil_dropAllTransactions")
            chain.restore(snapshot)
            reset_node(rpc)

    return rewind
