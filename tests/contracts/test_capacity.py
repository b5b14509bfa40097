"""Capacity: how much gas a block admits, where the rest goes, and what crowding costs."""

from __future__ import annotations

import ape
import pytest

from tests.contracts.conftest import BOND, ETHER, GWEI
from tests.support.definitions import DEFINITION, ENDLESS, Status
from tests.support.rpc import RpcError, calldata

SMALL, MEDIUM, LARGE = range(3)
CAPACITY = 64_000_000
LARGE_TASKS = CAPACITY // 750_000
SMALLEST_COUNTED = 25_000
MOST_TASKS = CAPACITY // SMALLEST_COUNTED
SEARCHED = (0, *(2**power for power in range(11)))
TASKS_A_TRANSACTION = 170


@pytest.fixture
def fill(rpc, manager, deployer, define, contract_owner):
    """Let a contract schedule a number of tasks for one block."""
    rpc("anvil_setBalance", deployer.address, hex(10**6 * ETHER))

    def run(block, count=LARGE_TASKS, *, bond=100 * ETHER, **changes) -> None:
        definition = define(owner=contract_owner, start=block, **({"gas": 750_000} | changes))
        while count > 0:
            some = min(count, TASKS_A_TRANSACTION)
            data = contract_owner.scheduleMany.encode_input(manager, definition, some)
            receipt = rpc.send(deployer.address, contract_owner.address, bytes(data), bond)
            assert int(receipt["status"], 16) == 1
            count -= some
            bond = 0

    return run


# What a block admits


@pytest.mark.parametrize(
    ("gas", "counted"),
    [
        (1, 25_000), (24_999, 25_000), (25_000, 25_000), (25_001, 26_000), (99_001, 100_000),
        (100_000, 100_000), (100_001, 101_000), (250_000, 250_000), (750_000, 750_000),
    ],
)  # fmt: skip
def test_capacity__a_task__counts_its_gas_in_whole_thousands(
    manager, create_task, gas, counted
) -> None:
    task = create_task(gas=gas)

    class_ = SMALL if gas <= 100_000 else MEDIUM if gas <= 250_000 else LARGE
    assert manager.blockLoad(task.start, class_) == (1, counted)
    others = {SMALL, MEDIUM, LARGE} - {class_}
    assert all(manager.blockLoad(task.start, other) == (0, 0) for other in others)


def test_capacity__block_is_full__next_one_is_refused_and_told_where_there_is_room(
    manager, height, fill, create_task
) -> None:
    block = height() + 50
    fill(block)
    assert manager.blockLoad(block, LARGE) == (LARGE_TASKS, LARGE_TASKS * 750_000)

    with ape.reverts(manager.TaskManager_BlockFull, blockNumber=block, nextWithRoom=block + 1):
        create_task(start=block, gas=750_000)


def test_capacity__what_is_left_of_it__fits_a_smaller_task_of_the_class(
    manager, height, fill, create_task
) -> None:
    block = height() + 50
    fill(block)
    left = CAPACITY - LARGE_TASKS * 750_000
    assert left == 250_000

    with ape.reverts(manager.TaskManager_BlockFull):
        create_task(start=block, gas=250_001)
    create_task(start=block, gas=100_000)
    create_task(start=block, gas=250_000)


def test_capacity__two_blocks_are_full__third_is_told(manager, height, fill, create_task) -> None:
    block = height() + 50
    fill(block)
    fill(block + 1)

    with ape.reverts(manager.TaskManager_BlockFull, blockNumber=block, nextWithRoom=block + 2):
        create_task(start=block, gas=750_000)


def test_capacity__one_leaves__its_place_can_be_taken(
    manager, height, create_task, fill, owner
) -> None:
    block = height() + 50
    own = create_task(start=block, gas=750_000)
    fill(block, LARGE_TASKS - 1)
    with ape.reverts(manager.TaskManager_BlockFull):
        create_task(start=block, gas=750_000)

    manager.cancelTask(own.hash, sender=owner)

    create_task(start=block, gas=750_000)
    assert manager.blockLoad(block, LARGE)[0] == LARGE_TASKS


def test_capacity__update_within_a_full_block__keeps_its_place(
    manager, height, create_task, fill, owner
) -> None:
    block = height() + 50
    own = create_task(start=block, gas=750_000)
    fill(block, LARGE_TASKS - 1)

    manager.updateTaskSchedule(own.hash, own.definition, sender=owner)

    assert manager.blockLoad(block, LARGE)[0] == LARGE_TASKS


def test_capacity__update_into_a_full_block__reverts(
    manager, height, fill, create_task, owner
) -> None:
    block = height() + 50
    fill(block)
    own = create_task(start=block + 9, gas=750_000)

    with ape.reverts(manager.TaskManager_BlockFull, blockNumber=block, nextWithRoom=block + 1):
        manager.updateTaskSchedule(own.hash, own.definition.but(start=block), sender=owner)


def test_capacity__as_many_tiny_tasks_as_fit__all_run_none_is_overwritten(
    project, bare, bump
) -> None:
    counter = bare.deploy(project.Counter.contract_type)
    many = bare.deploy(project.ContractOwner.contract_type)
    rich, executor = bare.accounts[:2]
    bare.rpc("anvil_setBalance", rich, hex(10**6 * ETHER))
    block = bare.height() + 60
    left = MOST_TASKS
    while left:
        some = min(left, TASKS_A_TRANSACTION)
        definition = bare.define(many, counter, bump, start=block, gas=1)
        arguments = (bare.manager, definition, some)
        call = calldata(f"scheduleMany(address,{DEFINITION},uint256)", *arguments)
        bare.send(rich, many, call, 40 * ETHER)
        left -= some
    load = ("blockLoad(uint64,uint8)", block, SMALL)
    assert bare.rpc.read(bare.manager, *load, returns="uint256,uint256") == (
        MOST_TASKS,
        CAPACITY,
    )

    bare.send(rich, bare.manager, calldata("depositBond(address)", rich), ETHER)
    one_more = calldata(
        f"scheduleTask({DEFINITION})", bare.define(rich, counter, bump, start=block, gas=1)
    )
    with pytest.raises(RpcError) as refused:
        bare.rpc.call(bare.manager, one_more, sender=rich)
    error = bare.interface.decode_error(refused.value.data)
    assert error.name == "TaskManager_BlockFull"
    assert error.args == {"blockNumber": block, "nextWithRoom": block + 1}

    bare.mine_to(block)
    ran = []
    while len(ran) < MOST_TASKS:
        executed = bare.execute(executor).named("TaskExecuted")
        assert executed
        ran += [event["taskHash"] for event in executed]
    call = "getAccountTasks(address)"
    (scheduled,) = bare.rpc.read(bare.manager, call, many, returns="bytes32[]")
    assert ran == list(scheduled)


# Where a recurrence goes


def test_spill__next_block_is_full__goes_to_the_one_after_and_says_so(
    create_task, fill, run_at, owner, interface, info_of
) -> None:
    task = create_task(gas=750_000, executions=ENDLESS)
    fill(task.start + 100)

    batch = run_at(task.start)

    assert batch.one("TaskDeferred") == {
        "taskHash": task.hash,
        "owner": owner.address,
        "nextBlock": task.start + 101,
        "reason": interface.selector("TaskManager_BlockFull"),
    }
    assert info_of(task.hash).next_block == task.start + 101


def test_spill__then_run__keeps_the_cadence(
    rpc, manager, create_task, fill, run_at, mine_to, executor, info_of
) -> None:
    task = create_task(gas=750_000, executions=ENDLESS)
    fill(task.start + 100)
    run_at(task.start)

    data = bytes(manager.executeTask.encode_input(task.hash))
    mine_to(task.start + 101)
    rpc.send(executor.address, manager.address, data)

    assert info_of(task.hash).next_block == task.start + 200


def test_spill__several_are_full__probes_at_doubling_distances(
    create_task, fill, run_at, info_of
) -> None:
    task = create_task(gas=750_000, executions=ENDLESS, value=10 * ETHER)
    for distance in (0, 1, 2):
        fill(task.start + 100 + distance)

    run_at(task.start)

    assert info_of(task.hash).next_block == task.start + 104


def test_spill__no_room_until_the_deadline__goes_inactive(
    manager, height, create_task, fill, run_at
) -> None:
    start = height() + 20
    task = create_task(start=start, gas=750_000, executions=ENDLESS, deadline=start + 100)
    fill(start + 100)

    batch = run_at(start)

    assert batch.one("TaskInactiveDueToFullBlocks")["wantedBlock"] == start + 100
    assert manager.getTaskStatus(task.hash) == Status.CROWDED


@pytest.fixture
def crowded(create_task, fill, run_at):
    """A recurring task that found every block of the search full, and what was said then."""
    task = create_task(gas=750_000, executions=ENDLESS, value=10 * ETHER)
    for distance in SEARCHED:
        fill(task.start + 100 + distance)
    return task, run_at(task.start)


def test_crowded__no_room_in_the_search__goes_inactive_and_is_freed_by_anyone(
    manager, crowded, owner, error_of, stranger, create_task, mine_to, batch_of
) -> None:
    task, batch = crowded
    assert batch.one("TaskInactiveDueToFullBlocks") == {
        "taskHash": task.hash,
        "owner": owner.address,
        "wantedBlock": task.start + 100,
    }
    assert manager.getTaskStatus(task.hash) == Status.CROWDED
    assert manager.bondOf(owner)[1] == 0

    # As long as the tick is full, there is no room for a reactivation either.
    data = bytes(manager.reactivate.encode_input(task.hash))
    error = error_of(manager, data, sender=stranger)
    assert error.name == "TaskManager_BlockFull"
    assert error.args == {"blockNumber": task.start + 100, "nextWithRoom": 0}

    # Scheduling is told nothing but the truth: the search goes block by block there.
    with ape.reverts(
        manager.TaskManager_BlockFull,
        blockNumber=task.start + 100, nextWithRoom=task.start + 103,
    ):  # fmt: skip
        create_task(start=task.start + 100, gas=750_000)

    mine_to(task.start + 150)
    revived = batch_of(manager.reactivate(task.hash, sender=stranger))
    assert revived.one("TaskReactivated")["nextBlock"] == task.start + 200


def test_deferral__no_room_in_the_search__goes_inactive(
    manager, create_task, fill, terms_of, owner, mine_to, base_fee, execute
) -> None:
    terms_of(owner, ceiling=2 * GWEI)
    task = create_task(gas=750_000)
    for distance in SEARCHED:
        fill(task.start + 8 + distance)
    mine_to(task.start)
    base_fee(2 * GWEI + 1)

    batch = execute(max_fee=10 * GWEI)

    assert batch.one("TaskInactiveDueToFullBlocks") == {
        "taskHash": task.hash,
        "owner": owner.address,
        "wantedBlock": task.start + 8,
    }
    assert manager.getTaskStatus(task.hash) == Status.CROWDED
    amount = batch.one("ExecutorReimbursed")["amount"]
    assert manager.bondOf(owner) == (BOND - amount, 0)


# What crowding costs


def paid_for(task, batch) -> int:
    (amount,) = (
        event["amount"]
        for event in batch.named("ExecutorReimbursed")
        if event["taskHash"] == task.hash
    )
    return amount


def is_charged(amount: int, rate: int) -> bool:
    """Whether gas was paid at the base fee after refunds, and at `rate` beside it before them."""
    net, beside = divmod(amount, GWEI)
    gross, rest = divmod(beside, rate)
    return rest == 0 and net <= gross <= net * 5 // 4 + 1  # EIP-3529: a fifth at most comes back


@pytest.fixture
def pay_in_crowd(manager, terms_of, owner, height, fill, create_task, mine_to, batch_of, executor):
    """What a run costs, in a block that others fill before and after."""

    def run(*, before: int = 0, after: int = 0, late: int = 0) -> int:
        terms_of(owner, premium_cap=3_200)
        block = height() + 50
        fill(block, before)
        task = create_task(start=block, gas=750_000)
        fill(block, after)
        mine_to(block + late)
        return paid_for(task, batch_of(manager.executeTask(task.hash, sender=executor)))

    return run


@pytest.mark.parametrize(
    ("before", "parts"), [(0, 4), (42, 4), (45, 4), (46, 6), (50, 8), (63, 16), (84, 30)]
)
def test_surcharge__queued_in_a_block_fuller_than_half__rises_with_the_fullness(
    pay_in_crowd, before, parts
) -> None:
    admitted = 750 * before
    assert parts == 4 + 2 * (max(0, admitted - 32_000) * 14 // 32_000)

    assert is_charged(pay_in_crowd(before=before), 100 * parts)


def test_surcharge__block_is_filled_behind_the_task__stays(pay_in_crowd) -> None:
    assert is_charged(pay_in_crowd(after=LARGE_TASKS - 1), 100 * 4)


def test_surcharge__full_block_and_late__never_exceeds_the_cap(pay_in_crowd) -> None:
    assert is_charged(pay_in_crowd(before=84, late=20), 3_200)


def test_surcharge__crowd_leaves_again__stays(
    manager,
    terms_of,
    owner,
    height,
    fill,
    create_task,
    contract_owner,
    deployer,
    mine_to,
    batch_of,
    executor,
) -> None:
    terms_of(owner, premium_cap=3_200)
    block = height() + 100
    fill(block, 50)
    task = create_task(start=block, gas=750_000)
    for task_hash in manager.getAccountTasks(contract_owner):
        data = manager.cancelTask.encode_input(task_hash)
        contract_owner.forward(manager, data, sender=deployer)
    assert manager.blockLoad(block, LARGE) == (1, 750_000)
    mine_to(block)

    batch = batch_of(manager.executeTask(task.hash, sender=executor))

    assert is_charged(paid_for(task, batch), 100 * 8)


def test_spam__one_block_filled_by_a_stranger__others_still_schedule_next_to_it(
    manager, height, fill, create_task
) -> None:
    block = height() + 50
    fill(block)

    task = create_task(start=block + 1, gas=750_000, value=BOND)
    small = create_task(start=block, gas=100_000)

    assert manager.getTaskStatus(task.hash) == Status.QUEUED
    assert manager.getTaskStatus(small.hash) == Status.QUEUED
