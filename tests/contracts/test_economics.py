"""What an executor nets: the reimbursement against the cost of the whole transaction.

The band is stated for the price without premium and tip, which are profit on top of it.
"""

from __future__ import annotations

import sys

import pytest

from tests.contracts.conftest import ETHER, GWEI
from tests.support.definitions import ENDLESS
from tests.support.rpc import calldata

LEAST_PERCENT = 100
MOST_PERCENT = 110
NOBODY = "0x" + "ab" * 20


@pytest.fixture
def targets(project, bare):
    """What the tasks of each kind call, and how they are scheduled."""
    counter = bare.deploy(project.Counter.contract_type)
    reverter = bare.deploy(project.Reverter.contract_type)
    burner = bare.deploy(project.GasBurner.contract_type)
    answer = bare.deploy(project.LongAnswer.contract_type)
    bump = calldata("bump(uint256,uint256)", 2, 3)
    return {
        "success": (counter, bump, {}),
        "large": (counter, bump, {"gas": 750_000}),
        "recurring": (counter, bump, {"executions": ENDLESS}),
        "failure": (reverter, calldata("withReason()"), {}),
        "burning": (burner, calldata("invalid()"), {"gas": 50_000}),
        "talkative": (answer, calldata("byRevert(uint256)", 5_000), {}),
        "codeless": (NOBODY, b"", {}),
        "long data": (counter, bump + bytes(2_000), {}),
    }


@pytest.fixture
def schedule_batch(bare):
    """Schedule tasks at one block, in turn for each owner; return the block."""

    def run(count, owners, target, data, changes) -> int:
        start = bare.height() + count + 10
        for owner in owners:
            bare.set_terms(owner)
        start += len(owners)
        for i in range(count):
            who = owners[i % len(owners)]
            bare.schedule(who, target, data, value=ETHER, **{"start": start} | changes)
        return start

    return run


KINDS = [
    "success", "large", "recurring", "failure", "burning", "talkative", "codeless", "long data",
]  # fmt: skip
AT_OTHER_FEES = ["success", "failure"]
CASES = [(kind, 1) for kind in KINDS] + [(kind, fee) for kind in AT_OTHER_FEES for fee in (10, 60)]


@pytest.mark.parametrize("many_owners", [False, True], ids=["one-owner", "many-owners"])
@pytest.mark.parametrize("count", [1, 10, 50])
@pytest.mark.parametrize(("kind", "fee"), CASES)
def test_reimbursement__before_premium_and_tip__is_within_the_band(
    bare, schedule_batch, targets, many_owners, count, kind, fee
) -> None:
    owners = bare.people(count if many_owners else 1)
    start = schedule_batch(count, owners, *targets[kind])
    bare.mine_to(start, fee * GWEI)

    sent = bare.execute(bare.accounts[1])

    amounts = sent.amounts()
    assert len(amounts) == count
    percent = 100 * sum(amounts) / (sent.gas_used * fee * GWEI)
    each = sent.gas_used // count
    sys.stdout.write(f"{kind:>9} x {count:2} of {len(owners):2}: {percent:6.2f} %, {each} gas\n")
    assert LEAST_PERCENT <= percent <= MOST_PERCENT


@pytest.mark.parametrize("count", [10, 50])
@pytest.mark.parametrize("distance", [1, 20])
def test_reimbursement__sparse_backlog__is_within_the_band(targets, bare, count, distance) -> None:
    target, data, _ = targets["success"]
    first = bare.height() + count + 10
    (owner,) = bare.people(1)
    bare.set_terms(owner)
    for i in range(count):
        bare.schedule(owner, target, data, start=first + i * distance)
    bare.mine_to(first + count * distance)

    sent = bare.execute(bare.accounts[1])

    assert len(sent.amounts()) == count
    percent = 100 * sum(sent.amounts()) / (sent.gas_used * GWEI)
    sys.stdout.write(f"{count} tasks {distance:2} blocks apart: {percent:6.2f} %\n")
    assert LEAST_PERCENT <= percent <= MOST_PERCENT


@pytest.mark.parametrize("count", [1, 10, 50])
def test_reimbursement__of_chosen_tasks__is_within_the_band(targets, bare, count) -> None:
    target, data, _ = targets["success"]
    (owner,) = bare.people(1)
    bare.set_terms(owner)
    start = bare.height() + count + 10
    hashes = [bare.schedule(owner, target, data, start=start) for _ in range(count)]
    bare.mine_to(start)

    call = calldata("executeTasks(bytes32[],uint256)", hashes, 0)
    sent = bare.send(bare.accounts[1], bare.manager, call)

    assert len(sent.amounts()) == count
    percent = 100 * sum(sent.amounts()) / (sent.gas_used * GWEI)
    sys.stdout.write(f"{count} chosen tasks: {percent:6.2f} %\n")
    assert LEAST_PERCENT <= percent <= MOST_PERCENT


@pytest.mark.parametrize("kind", ["success", "failure"])
def test_reimbursement__of_one_task_by_name__is_within_the_band(targets, bare, kind) -> None:
    target, data, _ = targets[kind]
    (owner,) = bare.people(1)
    bare.set_terms(owner)
    task_hash = bare.schedule(owner, target, data)
    bare.mine_to(bare.height() + 20)

    call = calldata("executeTask(bytes32)", task_hash)
    sent = bare.send(bare.accounts[1], bare.manager, call)

    percent = 100 * sum(sent.amounts()) / (sent.gas_used * GWEI)
    sys.stdout.write(f"one {kind} by name: {percent:6.2f} %\n")
    assert LEAST_PERCENT <= percent <= MOST_PERCENT


def test_reimbursement__of_an_expiry__is_within_the_band(targets, bare) -> None:
    target, data, _ = targets["success"]
    (owner,) = bare.people(1)
    bare.set_terms(owner)
    start = bare.height() + 30
    for _ in range(10):
        bare.schedule(owner, target, data, start=start, deadline=start)
    bare.mine_to(start + 1)

    sent = bare.execute(bare.accounts[1])

    assert len(sent.named("TaskExpired")) == 10
    percent = 100 * sum(sent.amounts()) / (sent.gas_used * GWEI)
    sys.stdout.write(f"10 expired tasks: {percent:6.2f} %\n")
    assert LEAST_PERCENT <= percent <= MOST_PERCENT


def test_reimbursement__of_a_deferral__is_the_cost_at_the_ceiling(targets, bare) -> None:
    target, data, _ = targets["success"]
    (owner,) = bare.people(1)
    bare.set_terms(owner, ceiling=2 * GWEI)
    start = bare.height() + 30
    for _ in range(10):
        bare.schedule(owner, target, data, start=start)
    bare.mine_to(start, 2 * GWEI + 1)

    sent = bare.execute(bare.accounts[1])

    assert len(sent.named("TaskDeferred")) == 10
    percent = 100 * sum(sent.amounts()) / (sent.gas_used * 2 * GWEI)
    sys.stdout.write(f"10 deferred tasks, at the ceiling: {percent:6.2f} %\n")
    assert LEAST_PERCENT <= percent <= MOST_PERCENT


@pytest.mark.parametrize(("tip", "premium_cap"), [(0, 0), (GWEI // 10, 4 * GWEI)])
@pytest.mark.parametrize("executions", [1, ENDLESS], ids=["one-shot", "recurring"])
def test_reimbursement__split_within_a_transaction__nets_no_more_than_one_batch(
    project, targets, bare, tip, premium_cap, executions
) -> None:
    target, data, _ = targets["success"]
    keeper = bare.deploy(
        project.ContractExecutor.contract_type, bytes(12) + bytes.fromhex(bare.manager[2:])
    )
    (owner,) = bare.people(1)
    bare.set_terms(owner, tip=tip, premium_cap=premium_cap)
    start = bare.height() + 40
    hashes = [
        bare.schedule(owner, target, data, start=start, executions=executions) for _ in range(20)
    ]
    bare.mine_to(start)

    nets = []
    for call in (
        calldata("executeThese(bytes32[],uint256)", hashes, 0),
        calldata("executeQueued(uint256)", 0),
        calldata("executeOneByOne(bytes32[])", hashes),
    ):
        with bare.rewinding():
            sent = bare.send(bare.accounts[1], keeper, call)
            assert len(sent.amounts()) == 20
            nets.append(sum(sent.amounts()) - sent.gas_used * GWEI)

    sys.stdout.write(f"chosen, queued, split: {[net // GWEI for net in nets]} gwei\n")
    assert nets[2] < min(nets[:2])
