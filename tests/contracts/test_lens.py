"""The lens: why a task has not run, where a block has room and at what price, how far a bond goes.

What it says is held against what the manager then does.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import pytest
from eth_abi import decode

from tests.contracts.conftest import BOND, ETHER, GENEROUS_FEE, GWEI, call_of
from tests.support.books import Books
from tests.support.definitions import ENDLESS, Status
from tests.support.rpc import RpcError, calldata, hexed

SMALL, MEDIUM, LARGE = range(3)
SMALL_GAS, LARGE_GAS = 100_000, 750_000
CAPACITY = 64_000_000
LARGE_TASKS = CAPACITY // LARGE_GAS
MAX_WINDOW = 1024
MAX_UINT64 = 2**64 - 1
SKIP_GAS = 190_000
LATE = 28  # blocks after which the premium is at its cap
NOTHING = (0, 0, 0)
UNKNOWN = b"\x77" * 32


class Reason(IntEnum):
    """`Reason` of the lens."""

    UNKNOWN = 0
    NOT_DUE = 1
    DUE = 2
    BASE_FEE_ABOVE_CEILING = 3
    DEADLINE_PASSED = 4
    RUNNING = 5
    PAUSED = 6
    INSUFFICIENT_BOND = 7
    FAILED_TOO_OFTEN = 8
    NO_ROOM = 9
    COMPLETED = 10
    CANCELLED = 11
    EXPIRED = 12


class Explanation(NamedTuple):
    """`Explanation` of the lens."""

    reason: int
    status: int
    next_block: int
    have: int
    need: int


@pytest.fixture
def lens(project, deployer, manager):
    return deployer.deploy(project.TaskManagerLens, manager)


@pytest.fixture
def ask(rpc, lens, height):
    """Ask a lens as in a block of the given number and base fee, the next one unless told."""

    def run(signature, *args, returns, sender, at=None, fee=GWEI, of=lens):
        tx = {"from": str(sender), "to": of.address, "data": hexed(calldata(signature, *args))}
        block = {"number": hex(at or height() + 1), "baseFee": hex(fee)}
        answer = rpc("eth_call", tx, "latest", {}, block)
        return decode(returns, bytes.fromhex(answer[2:]))

    return run


@pytest.fixture
def explain(ask, stranger):
    def run(task_hash, **where) -> Explanation:
        types = ["uint8", "uint8", "uint64", "uint256", "uint256"]
        call = "explain(bytes32)"
        return Explanation(*ask(call, bytes(task_hash), returns=types, sender=stranger, **where))

    return run


@pytest.fixture
def quote(ask, owner):
    def run(start, window, gas, *, sender=owner, **where):
        call, types = "quote(uint64,uint64,uint64)", ["uint64", "uint256", "uint256"]
        return ask(call, start, window, gas, returns=types, sender=sender, **where)

    return run


@pytest.fixture
def runway(ask, stranger):
    def run(task_hash, **where):
        types = ["uint256", "uint256"]
        call = "runway(bytes32)"
        return ask(call, bytes(task_hash), returns=types, sender=stranger, **where)

    return run


@pytest.fixture
def fill(rpc, manager, deployer, define, contract_owner):
    """Let a contract schedule a number of tasks for one block."""
    rpc("anvil_setBalance", deployer.address, hex(10**5 * ETHER))

    def run(block, count, **changes) -> None:
        if count:
            definition = define(owner=contract_owner, start=block, **({"gas": LARGE_GAS} | changes))
            data = contract_owner.scheduleMany.encode_input(manager, definition, count)
            receipt = rpc.send(deployer.address, contract_owner.address, bytes(data), 100 * ETHER)
            assert int(receipt["status"], 16) == 1

    return run


@pytest.fixture
def starved(manager, define, create_task, owner, run_at):
    """A recurring task that had the bond for one run."""
    ceiling = manager.priceTermsOf(owner).ceiling
    value = manager.estimateRequiredBond(define(), ceiling)
    task = create_task(executions=ENDLESS, value=value)
    run_at(task.start)
    return task


def test_manager__of_the_lens__is_the_one_it_was_made_for(lens, manager) -> None:
    assert lens.MANAGER() == manager.address


# Why a task has not run


def test_explain__hash_of_nothing__is_unknown(explain) -> None:
    assert explain(UNKNOWN) == (Reason.UNKNOWN, Status.NONE, 0, 0, 0)


def test_explain__known_id_with_another_digest__is_unknown(create_task, explain) -> None:
    task = create_task()
    forged = bytes([task.hash[0] ^ 1]) + task.hash[1:]

    assert explain(forged).reason == Reason.UNKNOWN


def test_explain__before_its_block__is_not_due(create_task, explain) -> None:
    task = create_task()

    assert explain(task.hash, at=task.start - 1) == (
        Reason.NOT_DUE, Status.QUEUED, task.start, task.start - 1, task.start,
    )  # fmt: skip


@pytest.mark.parametrize("late", [0, 1, 1000])
def test_explain__in_its_block_or_later__is_due(create_task, explain, late) -> None:
    task = create_task()
    block = task.start + late

    assert explain(task.hash, at=block) == (
        Reason.DUE, Status.QUEUED, task.start, block, task.start,
    )  # fmt: skip


def test_explain__due__runs(create_task, explain, mine_to, execute) -> None:
    task = create_task()
    mine_to(task.start)
    assert explain(task.hash).reason == Reason.DUE

    assert execute().one("TaskExecuted")["taskHash"] == task.hash


def test_explain__base_fee_above_the_ceiling__is_told_and_deferred(
    create_task, terms_of, owner, explain, mine_to, base_fee, execute
) -> None:
    ceiling, fee = 2 * GWEI, 2 * GWEI + 1
    terms_of(owner, ceiling=ceiling)
    task = create_task()
    mine_to(task.start)

    assert explain(task.hash, fee=ceiling).reason == Reason.DUE
    assert explain(task.hash, fee=fee) == (
        Reason.BASE_FEE_ABOVE_CEILING, Status.QUEUED, task.start, ceiling, fee,
    )  # fmt: skip
    assert explain(task.hash, fee=fee, at=task.start - 1).reason == Reason.NOT_DUE
    base_fee(fee)
    assert execute(max_fee=GENEROUS_FEE).one("TaskDeferred")["taskHash"] == task.hash


def test_explain__deadline_passed__is_told_and_expires(
    height, create_task, terms_of, owner, explain, run_at
) -> None:
    terms_of(owner, ceiling=2 * GWEI)
    deadline = height() + 25
    task = create_task(deadline=deadline)

    assert explain(task.hash, at=deadline).reason == Reason.DUE
    for fee in (GWEI, 3 * GWEI):  # that its ceiling is too low as well does not matter any more
        assert explain(task.hash, at=deadline + 1, fee=fee) == (
            Reason.DEADLINE_PASSED, Status.QUEUED, task.start, deadline + 1, deadline,
        )  # fmt: skip
    assert run_at(deadline + 1).one("TaskExpired")["taskHash"] == task.hash


def test_explain__asked_from_inside_its_run__is_running(
    create_task, callee, lens, owner, run_at
) -> None:
    task = create_task(target=callee, data=call_of(callee, "run()"), gas=LARGE_GAS)
    script = [(lens.address, 0, lens.explain.encode_input(task.hash))]
    callee.setScript(script, sender=owner)

    batch = run_at(task.start)

    assert batch.one("TaskExecuted")["success"] is True
    (outcome,) = callee.outcomes()
    answer = decode(["uint8", "uint8", "uint64", "uint256", "uint256"], bytes(outcome.returnData))
    assert answer == (Reason.RUNNING, Status.RUNNING, task.start, 0, 0)


def test_explain__paused__is_told(create_task, explain, manager, owner) -> None:
    task = create_task(active=False)

    assert explain(task.hash) == (Reason.PAUSED, Status.PAUSED, task.start, 0, 0)

    manager.reactivate(task.hash, sender=owner)
    assert explain(task.hash).reason == Reason.NOT_DUE


def test_explain__starved__tells_what_reviving_it_takes(
    manager, starved, explain, owner, stranger, error_of
) -> None:
    told = explain(starved.hash)

    assert told[:3] == (Reason.INSUFFICIENT_BOND, Status.STARVED, starved.start)
    bond, reserved = manager.bondOf(owner)
    assert told.have == bond - reserved
    assert told.need > told.have
    missing = told.need - told.have
    revive = bytes(manager.reactivate.encode_input(starved.hash))
    error = error_of(manager, revive, sender=stranger, value=missing - 1)
    assert error.name == "TaskManager_InsufficientBond"
    assert (error["free"], error["required"]) == (told.need - 1, told.need)
    manager.reactivate(starved.hash, sender=stranger, value=missing)
    assert explain(starved.hash).reason == Reason.NOT_DUE


def test_explain__starved_beside_a_queued_task__counts_only_what_is_free(
    manager, starved, create_task, explain, owner, stranger
) -> None:
    told = explain(starved.hash)
    other = create_task(value=told.need)
    assert manager.getTaskStatus(other.hash) == Status.QUEUED

    again = explain(starved.hash)

    assert (again.have, again.need) == (told.have, told.need)
    manager.reactivate(starved.hash, sender=stranger, value=again.need - again.have)
    assert explain(starved.hash).reason == Reason.NOT_DUE


def test_explain__starved_and_enough_deposited_since__needs_no_more(
    manager, starved, explain, owner, stranger
) -> None:
    manager.depositBond(owner, sender=stranger, value=BOND)

    told = explain(starved.hash)

    assert told.reason == Reason.INSUFFICIENT_BOND
    assert told.have >= told.need
    manager.reactivate(starved.hash, sender=stranger)
    assert explain(starved.hash).reason == Reason.NOT_DUE


def test_explain__failed_too_often__tells_how_often(
    create_task, terms_of, owner, reverter, run_at, explain
) -> None:
    terms_of(owner, failure_limit=2)
    refuse = call_of(reverter, "withNothing()")
    task = create_task(executions=ENDLESS, target=reverter, data=refuse)
    run_at(task.start)
    run_at(task.start + 100)

    assert explain(task.hash) == (
        Reason.FAILED_TOO_OFTEN, Status.FAILING, task.start + 100, 2, 0,
    )  # fmt: skip


def test_explain__no_room__is_told(height, create_task, fill, run_at, explain) -> None:
    start = height() + 20
    task = create_task(start=start, gas=LARGE_GAS, executions=ENDLESS, deadline=start + 100)
    fill(start + 100, LARGE_TASKS)
    run_at(start)

    assert explain(task.hash) == (Reason.NO_ROOM, Status.CROWDED, start, 0, 0)


def test_explain__completed__is_told(create_task, run_at, explain) -> None:
    task = create_task()
    run_at(task.start)

    assert explain(task.hash) == (Reason.COMPLETED, Status.COMPLETED, 0, 0, 0)


def test_explain__completed_after_several_runs__knows_the_last(
    create_task, run_at, explain
) -> None:
    task = create_task(executions=2)
    run_at(task.start)
    run_at(task.start + 100)

    assert explain(task.hash) == (Reason.COMPLETED, Status.COMPLETED, task.start + 100, 0, 0)


def test_explain__cancelled__is_told(manager, create_task, owner, explain) -> None:
    task = create_task()
    manager.cancelTask(task.hash, sender=owner)

    assert explain(task.hash) == (Reason.CANCELLED, Status.CANCELLED, task.start, 0, 0)


def test_explain__expired__is_told(height, create_task, run_at, explain) -> None:
    start = height() + 20
    task = create_task(start=start, deadline=start)
    run_at(start + 1)

    assert explain(task.hash) == (Reason.EXPIRED, Status.EXPIRED, start, 0, 0)


@pytest.mark.parametrize("low", [0, 1, 2**40, 2**64 - 1])
@pytest.mark.parametrize("high", [0, 2**192 - 1])
def test_explain__any_hash__does_not_revert(create_task, explain, low, high) -> None:
    create_task()

    assert explain((high << 64 | low).to_bytes(32, "big")).reason == Reason.UNKNOWN


# Where a block has room


def test_quote__blocks_of_a_window__least_crowded_and_earliest_of_equals(
    height, fill, quote
) -> None:
    first = height() + 50
    loads = (3, 2, 1, 2, 1)
    for i, count in enumerate(loads):
        fill(first + i, count)

    for window, best in ((1, 0), (2, 1), (3, 2), (4, 2), (5, 2), (6, 5), (MAX_WINDOW, 5)):
        block, admitted, _ = quote(first, window, LARGE_GAS)
        assert block == first + best
        assert admitted == (loads[best] * LARGE_GAS if best < len(loads) else 0)


def test_quote__nothing_there__is_the_first_block(height, quote) -> None:
    block = height() + 50

    assert quote(block, MAX_WINDOW, LARGE_GAS)[:2] == (block, 0)


@pytest.mark.parametrize(
    ("gas", "best"), [(1, 0), (100_000, 0), (100_001, 0), (250_000, 0), (250_001, 1), (750_000, 1)]
)
def test_quote__crowd_of_another_class__does_not_count(height, fill, quote, gas, best) -> None:
    block = height() + 50
    fill(block, 3)

    assert quote(block, 2, gas)[:2] == (block + best, 0)


@pytest.mark.parametrize("window", [0, MAX_WINDOW + 1, MAX_UINT64])
def test_quote__window_out_of_range__reverts(lens, quote, height, window) -> None:
    with pytest.raises(RpcError) as refused:
        quote(height() + 50, window, LARGE_GAS)

    error = calldata("TaskManagerLens_WindowOutOfRange(uint256,uint256)", window, MAX_WINDOW)
    assert refused.value.data == error
    assert "TaskManagerLens_WindowOutOfRange" in {each.name for each in lens.contract_type.errors}


@pytest.mark.parametrize("gas", [0, LARGE_GAS + 1, MAX_UINT64])
def test_quote__gas_out_of_range__reverts(quote, height, interface, gas) -> None:
    with pytest.raises(RpcError) as refused:
        quote(height() + 50, 1, gas)

    error = interface.decode_error(refused.value.data)
    assert (error.name, error.args) == (
        "TaskManager_GasOutOfRange",
        {"gas": gas, "max": LARGE_GAS},
    )


def test_quote__window_that_began_in_the_past__looks_at_what_is_to_come(
    height, fill, quote
) -> None:
    now = height() + 51
    fill(now + 1, 2)
    fill(now + 2, 1)

    def blocks(start, window):
        return quote(start, window, LARGE_GAS, at=now)[0]

    assert blocks(now - 10, 12) == now + 1
    assert blocks(now - 10, 13) == now + 2
    assert blocks(now - 10, 14) == now + 3
    assert blocks(now, 2) == now + 1
    assert blocks(now + 1, 1) == now + 1


@pytest.mark.parametrize("past", [0, 1, 10])
def test_quote__window_all_in_the_past__is_nothing(quote, height, past) -> None:
    now = height() + 51

    assert quote(now - past, past + 1, LARGE_GAS, at=now) == NOTHING


@pytest.mark.parametrize("window", [1, MAX_WINDOW])
def test_quote__from_block_zero__is_the_next_block_or_nothing(quote, height, window) -> None:
    now = height() + 1
    assert now < MAX_WINDOW

    found = quote(0, window, LARGE_GAS)

    assert found[0] == (now + 1 if window == MAX_WINDOW else 0)
    assert (found == NOTHING) is (window == 1)


@pytest.mark.parametrize("start", [2**40 - 2, 2**40, MAX_UINT64 - MAX_WINDOW, MAX_UINT64 - 1])
@pytest.mark.parametrize("window", [1, 2, MAX_WINDOW])
def test_quote__end_of_time__does_not_revert(quote, start, window) -> None:
    assert quote(start, window, LARGE_GAS)[:2] == (start, 0)


@pytest.mark.parametrize("window", [1, MAX_WINDOW])
def test_quote__very_last_number__is_no_block(quote, window) -> None:
    assert quote(MAX_UINT64, window, LARGE_GAS) == NOTHING


def test_quote__no_room__is_nothing_until_a_block_has_some(
    height, fill, quote, create_task
) -> None:
    block = height() + 50
    fill(block, LARGE_TASKS)
    fill(block + 1, LARGE_TASKS - 1)

    assert quote(block, 1, LARGE_GAS) == NOTHING
    found = quote(block, 2, LARGE_GAS)
    assert found[:2] == (block + 1, (LARGE_TASKS - 1) * LARGE_GAS)
    create_task(start=found[0], gas=LARGE_GAS)
    assert quote(block, 2, LARGE_GAS) == NOTHING


# The words that become zero: the task's, and its bucket's or its page's if it was alone there.
@pytest.mark.parametrize(("before", "cleared"), [(0, 2), (42, 1), (45, 2), (50, 2), (84, 1)])
def test_quote__price__is_what_the_task_then_pays(
    manager, height, fill, quote, terms_of, owner, create_task, mine_to, executor, batch_of,
    before, cleared,
) -> None:  # fmt: skip
    terms_of(owner, tip=GWEI // 3, premium_cap=GWEI + 7)
    wanted = height() + 50
    fill(wanted, before)
    create_task(start=wanted + 1, gas=LARGE_GAS)

    block, admitted, price = quote(wanted, 1, LARGE_GAS)

    assert (block, admitted) == (wanted, before * LARGE_GAS)
    task = create_task(start=block, gas=LARGE_GAS)
    mine_to(block)
    batch = batch_of(manager.executeTask(task.hash, sender=executor))
    amount = batch.one("ExecutorReimbursed")["amount"]
    spent = amount + cleared * 4_800 * GWEI  # came back at the base fee
    assert spent % price == 0
    assert spent // price > 21_000


@pytest.mark.parametrize(
    ("fee", "price"),
    [
        (0, GWEI // 10), (GWEI, GWEI + GWEI // 10), (50 * GWEI - 1, 50 * GWEI),
        (60 * GWEI, 50 * GWEI), (2**64, 50 * GWEI),
    ],
)  # fmt: skip
def test_quote__terms_never_set__are_the_defaults(quote, height, stranger, fee, price) -> None:
    floor = 4 * GWEI // 8

    assert quote(height() + 50, 1, SMALL_GAS, sender=stranger, fee=fee)[2] == price + floor


def test_quote__two_callers__each_at_its_own_terms(
    terms_of, owner, other_owner, quote, height
) -> None:
    terms_of(owner, tip=5, premium_cap=80)
    terms_of(other_owner, tip=7, premium_cap=160)

    prices = [quote(height() + 50, 1, SMALL_GAS, sender=each)[2] for each in (owner, other_owner)]

    assert prices == [GWEI + 5 + 10, GWEI + 7 + 20]


# How far a bond goes


@pytest.fixture
def worst(terms_of, owner, burner):
    """A task that always costs the most, and the most it costs; the terms are the owner's."""
    ceiling, premium_cap = 3 * GWEI, GWEI
    terms_of(owner, ceiling=ceiling, tip=ceiling, premium_cap=premium_cap, failure_limit=0)
    changes = {
        "target": burner, "data": call_of(burner, "invalid()"), "gas": LARGE_GAS,
        "executions": ENDLESS,
    }  # fmt: skip
    return changes, ceiling, premium_cap


@pytest.fixture
def costs_of(define):
    """The reserve and the most that a run is charged, by what the manager itself says."""

    def run(manager, changes, ceiling, premium_cap, fee_bps=0):
        required = manager.estimateRequiredBond(define(**changes), ceiling)
        skip = SKIP_GAS * (ceiling + premium_cap)
        return required, required - skip - skip * fee_bps // 10_000

    return run


@pytest.mark.parametrize("runs", [1, 2, 5])
@pytest.mark.parametrize("spare", [0, 1, -1])
def test_runway__at_least__is_how_often_it_runs_at_the_highest_price(
    manager, worst, costs_of, create_task, runway, mine_to, base_fee, execute, info_of, runs, spare
) -> None:
    changes, ceiling, premium_cap = worst
    required, most = costs_of(manager, *worst)
    # One wei short of a run more is still as many.
    value = required + (runs - 1) * most + (most - 1 if spare == -1 else spare)
    task = create_task(**changes, value=value)

    at_least, at_this_price = runway(task.hash)

    assert at_least == runs
    assert at_this_price >= at_least
    for done in range(runs):
        assert manager.getTaskStatus(task.hash) == Status.QUEUED
        mine_to(info_of(task.hash).next_block + LATE)
        base_fee(ceiling)
        batch = execute(max_fee=GENEROUS_FEE)
        assert batch.one("ExecutorReimbursed")["amount"] % (ceiling + premium_cap) == 0
        assert info_of(task.hash).failures == done + 1


def test_runway__with_a_fee__counts_it(
    rpc, project, deployer, deploy_manager, fee_recipient, height, interface,
    worst, costs_of, define, owner, executor, runway, mine_to, base_fee,
) -> None:  # fmt: skip
    fee_bps = 1_000
    dear = deploy_manager(fee_bps, fee_recipient.address)
    since = height()
    changes, ceiling, premium_cap = worst
    dear.setPriceTerms(ceiling, ceiling, premium_cap, 0, sender=owner)
    required, most = costs_of(dear, *worst, fee_bps)
    lens = deployer.deploy(project.TaskManagerLens, dear)
    value = required + 2 * most
    definition = define(nonce=0, **changes)
    dear.scheduleTask(definition, sender=owner, value=value)
    (task_hash,) = dear.getAccountTasks(owner)

    assert runway(task_hash, of=lens)[0] == 3

    start = definition.schedule.start
    for tick in range(3):
        assert dear.getTaskStatus(task_hash) == Status.QUEUED
        mine_to(start + 100 * tick + LATE)
        base_fee(ceiling)
        receipt = dear.executeQueuedTasks(0, sender=executor, max_fee=GENEROUS_FEE)
        events = [each.name for each in interface.decode_logs(receipt.logs, dear.address)]
        assert "TaskExecuted" in events
    Books(rpc, dear.address, interface, since).check(ether_forced_in=False)


def test_runway__at_this_price__is_how_often_it_runs_in_time(
    manager, costs_of, terms_of, owner, create_task, runway, run_at, info_of
) -> None:
    terms = (2 * GWEI, GWEI)
    terms_of(owner, ceiling=terms[0], premium_cap=terms[1], failure_limit=0)
    required, most = costs_of(manager, {}, *terms)
    task = create_task(value=required + 2 * most, executions=ENDLESS)

    at_least, at_this_price = runway(task.hash)

    assert (at_least, at_this_price) == (3, 1 + 2 * most // (most * 9 // 24))
    for _ in range(at_this_price):
        assert manager.getTaskStatus(task.hash) == Status.QUEUED
        run_at(info_of(task.hash).next_block)
    assert info_of(task.hash).executions == at_this_price


def test_runway__base_fee_above_the_ceiling__is_at_the_ceiling(
    manager, costs_of, terms_of, owner, create_task, runway
) -> None:
    terms = (2 * GWEI, 0)
    terms_of(owner, ceiling=terms[0])
    required, most = costs_of(manager, {}, *terms)
    task = create_task(value=required + 3 * most, executions=ENDLESS)

    assert runway(task.hash, fee=1_000 * GWEI) == (4, 4)


@pytest.mark.parametrize("executions", [1, 2, 3])
def test_runway__ample_bond__is_the_runs_that_are_left(
    create_task, runway, run_at, executions
) -> None:
    task = create_task(executions=executions, value=10 * ETHER)

    for done in range(executions):
        assert runway(task.hash) == (executions - done,) * 2
        run_at(task.start + 100 * done)
    assert runway(task.hash) == (0, 0)


def test_runway__run_that_costs_nothing__is_at_least_one(
    manager, terms_of, owner, create_task, base_fee, runway
) -> None:
    terms_of(owner, ceiling=0)
    base_fee(0)
    task = create_task(executions=ENDLESS, value=0)

    assert manager.bondOf(owner) == (0, 0)
    assert min(runway(task.hash, fee=0)) >= 1


def test_runway__starved__is_zero_until_the_bond_is_there(
    manager, starved, explain, runway, owner, stranger
) -> None:
    assert runway(starved.hash) == (0, 0)

    told = explain(starved.hash)
    manager.depositBond(owner, sender=stranger, value=told.need - told.have - 1)
    assert runway(starved.hash) == (0, 0)
    manager.depositBond(owner, sender=stranger, value=1)
    assert runway(starved.hash)[0] == 1


@pytest.mark.parametrize("missing", [1, 0])
def test_runway__paused_with_too_little__is_zero(
    manager, define, create_task, owner, runway, missing
) -> None:
    required = manager.estimateRequiredBond(define(), manager.priceTermsOf(owner).ceiling)

    task = create_task(active=False, value=required - missing)

    assert runway(task.hash) == (1 - missing,) * 2


@pytest.mark.parametrize("end", ["completed", "cancelled", "expired"])
def test_runway__ended__is_zero(manager, height, create_task, owner, run_at, runway, end) -> None:
    start = height() + 20
    options = {"executions": 1 if end == "completed" else 5}
    task = create_task(start=start, deadline=start if end == "expired" else 0, **options)
    if end == "cancelled":
        manager.cancelTask(task.hash, sender=owner)
    else:
        run_at(start)

    assert manager.getTaskStatus(task.hash) == Status[end.upper()]
    assert manager.bondOf(owner)[0] > BOND // 2
    assert runway(task.hash) == (0, 0)


def test_runway__unknown_hash__reverts(runway, interface) -> None:
    with pytest.raises(RpcError) as refused:
        runway(UNKNOWN)

    error = interface.decode_error(refused.value.data)
    assert (error.name, error.args) == ("TaskManager_UnknownTask", {"taskHash": UNKNOWN})


def test_runway__account_shared_by_two_tasks__each_counts_what_is_free_as_its_own(
    manager, worst, costs_of, create_task, owner, runway, mine_to, base_fee, execute
) -> None:
    changes, ceiling, _ = worst
    required, most = costs_of(manager, *worst)
    one = create_task(**changes, value=required + 2 * most)
    other = create_task(**changes, start=one.start + 50, value=required)
    assert manager.bondOf(owner)[1] == 2 * required

    # What the other has reserved is not counted, what both may still draw on is counted twice.
    assert [runway(task.hash)[0] for task in (one, other)] == [3, 3]

    mine_to(one.start + LATE)
    base_fee(ceiling)
    execute(max_fee=GENEROUS_FEE)
    assert [runway(task.hash)[0] for task in (one, other)] == [2, 2]
