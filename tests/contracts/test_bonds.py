"""Bonds, reserves, credits: whose money it is, and when it may leave."""

from __future__ import annotations

import sys

import ape
import pytest
from eth_abi import decode

from tests.contracts.conftest import BOND, ETHER, GWEI, call_of
from tests.support.definitions import ENDLESS, ZERO_ADDRESS, Status
from tests.support.rpc import calldata
from tests.support.storage import account_slot, read_word, write_word

MAX_PRICE = 2**52 - 1
MAX_BOND = 2**87 - 1
BOND_FIELD = 2**88 - 1
MOST_HELD = 2**85
ACCEPT, REFUSE, BURN, BOMB, PLAY = range(5)


# Deposit


def test_deposit__for_oneself__emits_and_adds(manager, batch_of, owner) -> None:
    batch = batch_of(manager.depositBond(owner, sender=owner, value=5))

    assert batch.names() == ["BondDeposited"]
    assert batch.one("BondDeposited") == {
        "account": owner.address,
        "payer": owner.address,
        "amount": 5,
    }
    assert manager.bondOf(owner) == (5, 0)


def test_deposit__for_somebody_else__is_theirs(manager, batch_of, owner, stranger) -> None:
    batch = batch_of(manager.depositBond(owner, sender=stranger, value=7))

    assert batch.one("BondDeposited")["payer"] == stranger.address
    assert manager.bondOf(owner) == (7, 0)
    assert manager.bondOf(stranger) == (0, 0)


def test_deposit__twice__adds_up(manager, owner) -> None:
    manager.depositBond(owner, sender=owner, value=5)
    manager.depositBond(owner, sender=owner, value=6)

    assert manager.bondOf(owner) == (11, 0)


def test_deposit__nothing__says_nothing(manager, batch_of, owner) -> None:
    assert batch_of(manager.depositBond(owner, sender=owner)).events == []
    assert manager.bondOf(owner) == (0, 0)


def test_deposit__as_much_as_fits__is_taken(rpc, manager, owner, stranger) -> None:
    rpc("anvil_setBalance", owner.address, hex(2**90))

    manager.depositBond(stranger, sender=owner, value=2**87 - 1)

    assert manager.bondOf(stranger) == (2**87 - 1, 0)


def test_deposit__one_wei_more_than_fits__reverts(rpc, manager, owner, stranger) -> None:
    rpc("anvil_setBalance", owner.address, hex(2**90))
    manager.depositBond(stranger, sender=owner, value=2**87 - 1)

    with ape.reverts(manager.TaskManager_BondTooLarge, account=stranger, bond=2**87, max=2**87 - 1):
        manager.depositBond(stranger, sender=owner, value=1)


@pytest.mark.fee(10_000)
def test_deposit__all_that_fits_while_a_batch_holds_the_most__never_overflows(
    project, bare
) -> None:
    counter = bare.deploy(project.Counter.contract_type)
    callee = bare.deploy(project.ReentrantCallee.contract_type)
    (owner,) = bare.people(1)
    for rich in (owner, callee):
        bare.rpc("anvil_setBalance", rich, hex(2**89))
    bare.set_terms(owner, ceiling=MAX_PRICE, tip=MAX_PRICE, premium_cap=MAX_PRICE)
    bare.send(owner, bare.manager, calldata("depositBond(address)", owner), MAX_BOND)
    start = bare.height() + 70
    options = {"start": start, "gas": 750_000, "executions": ENDLESS, "value": 0}
    for _ in range(50):
        bare.schedule(owner, counter, calldata("bump(uint256,uint256)", 1, 2), **options)
    bare.schedule(owner, callee, calldata("run()"), **options)

    def bond_of_owner() -> tuple[int, int]:
        call = "bondOf(address)"
        return bare.rpc.read(bare.manager, call, owner, returns="uint256,uint256")

    def run(block, value, data):
        script = [(bare.manager, value, data)]
        bare.send(owner, callee, calldata("setScript((address,uint256,bytes)[])", script))
        bare.mine_to(block)
        assert len(bare.execute(bare.accounts[1]).named("TaskExecuted")) == 51
        (outcomes,) = bare.rpc.read(callee, "outcomes()", returns="(bool,bytes)[]")
        assert outcomes[-1][0] is True
        return outcomes[-1][1]

    most = 0
    for tick in range(4):
        late = start + 100 * tick + 28
        # The last callee asks for the bond; then the same again, and it deposits what is missing.
        with bare.rewinding():
            answer = run(late, 0, calldata("bondOf(address)", owner))
            seen, _ = decode(["uint256", "uint256"], answer)
        run(late, MAX_BOND - seen, calldata("depositBond(address)", owner))
        bond, reserved = bond_of_owner()
        most = max(most, bond)
        assert reserved <= bond <= MAX_BOND + MOST_HELD <= BOND_FIELD
        bare.check_books()

    assert most > MAX_BOND


# Withdraw


def test_withdraw__part__emits_and_pays(manager, owner, stranger, batch_of) -> None:
    manager.depositBond(owner, sender=stranger, value=BOND)
    before = owner.balance

    receipt = manager.withdrawBond(BOND // 4, sender=owner)

    cost = receipt.gas_used * receipt.gas_price
    assert batch_of(receipt).one("BondWithdrawn") == {
        "account": owner.address,
        "amount": BOND // 4,
    }
    assert owner.balance == before - cost + BOND // 4
    assert manager.bondOf(owner) == (BOND - BOND // 4, 0)


def test_withdraw__all_that_is_free__leaves_the_reserve(
    manager, create_task, owner, run_at
) -> None:
    task = create_task()
    reserved = manager.bondOf(owner)[1]

    manager.withdrawBond(BOND - reserved, sender=owner)

    assert manager.bondOf(owner) == (reserved, reserved)
    run_at(task.start)
    assert manager.getTaskStatus(task.hash) == Status.COMPLETED


def test_withdraw__one_wei_of_the_reserve__reverts(manager, create_task, owner) -> None:
    create_task()
    free = BOND - manager.bondOf(owner)[1]

    with ape.reverts(
        manager.TaskManager_InsufficientBond, account=owner, free=free, required=free + 1
    ):
        manager.withdrawBond(free + 1, sender=owner)


@pytest.mark.parametrize("amount", [1, 2**88, 2**256 - 1])
def test_withdraw__more_than_there_is__reverts(manager, stranger, amount) -> None:
    with ape.reverts(
        manager.TaskManager_InsufficientBond, account=stranger, free=0, required=amount
    ):
        manager.withdrawBond(amount, sender=stranger)


def test_withdraw__owner_refuses_the_money__reverts(
    manager, contract_owner, owner, error_of
) -> None:
    manager.depositBond(contract_owner, sender=owner, value=BOND)
    contract_owner.setReceivingMode(REFUSE, sender=owner)
    data = bytes(manager.withdrawBond.encode_input(BOND))

    error = error_of(manager, data, sender=contract_owner)

    assert error.name == "TaskManager_PaymentRefused"
    assert error.args == {"receiver": contract_owner.address, "amount": BOND}


def test_withdraw__owner_withdraws_again_on_receiving__gets_only_what_is_free(
    manager, contract_owner, owner, interface
) -> None:
    manager.depositBond(contract_owner, sender=owner, value=BOND)
    withdraw = manager.withdrawBond.encode_input(BOND)
    contract_owner.setScript([(manager.address, 0, withdraw)], sender=owner)
    contract_owner.setReceivingMode(PLAY, sender=owner)

    contract_owner.forward(manager, withdraw, sender=owner)

    (outcome,) = contract_owner.outcomes()
    error = interface.decode_error(bytes(outcome.returnData))
    assert error.name == "TaskManager_InsufficientBond"
    assert contract_owner.balance == BOND
    assert manager.bondOf(contract_owner) == (0, 0)


# The reserve


def test_estimate__any_task__is_what_scheduling_reserves(manager, owner, create_task) -> None:
    ceiling = manager.priceTermsOf(owner).ceiling
    for changes in ({}, {"gas": 750_000}, {"gas": 1}, {"data": b"\1" * 24_000}):
        before = manager.bondOf(owner)[1]
        task = create_task(start=500, **changes)
        assert manager.bondOf(owner)[1] - before == manager.estimateRequiredBond(
            task.definition, ceiling
        )


def test_estimate__higher_ceiling_more_gas_more_data__is_higher(manager, define) -> None:
    definition = define()
    base = manager.estimateRequiredBond(definition, 50 * GWEI)

    assert manager.estimateRequiredBond(definition, 50 * GWEI + 1) > base
    assert manager.estimateRequiredBond(definition.but(gas=100_001), 50 * GWEI) > base
    assert manager.estimateRequiredBond(definition.but(data=bytes(1_000)), 50 * GWEI) > base


def test_estimate__largest_ceiling_and_data__does_not_overflow(manager, define) -> None:
    definition = define(gas=750_000, data=bytes(24_000))

    assert manager.estimateRequiredBond(definition, MAX_PRICE) > 750_000 * MAX_PRICE


def test_estimate__premium_cap__counts_in_full(manager, define, terms_of, owner) -> None:
    definition = define(gas=100_000)
    terms_of(owner, premium_cap=0)
    without = manager.estimateRequiredBond(definition, 50 * GWEI)
    terms_of(owner, premium_cap=10 * GWEI)

    assert manager.estimateRequiredBond(definition, 50 * GWEI) - without >= 100_000 * 10 * GWEI


def test_reserve__ceiling_cannot_be_afforded__reverts_with_what_it_takes(
    manager, terms_of, owner, define
) -> None:
    terms_of(owner, ceiling=MAX_PRICE, premium_cap=MAX_PRICE)
    definition = define()
    required = manager.estimateRequiredBond(definition, MAX_PRICE)

    with ape.reverts(
        manager.TaskManager_InsufficientBond, account=owner, free=BOND, required=required
    ):
        manager.scheduleTask(definition, sender=owner, value=BOND)


def test_reserve__bond_at_its_minimum__always_pays_the_run(
    manager, terms_of, owner, define, burner, run_at
) -> None:
    terms_of(owner, ceiling=GWEI, tip=MAX_PRICE, premium_cap=2 * GWEI)
    definition = define(target=burner, data=call_of(burner, "invalid()"), gas=750_000)
    required = manager.estimateRequiredBond(definition, GWEI)
    manager.scheduleTask(definition, sender=owner, value=required)
    start = definition.schedule.start

    batch = run_at(start + 40)

    assert batch.one("TaskExecuted")["success"] is False
    amount = batch.one("ExecutorReimbursed")["amount"]
    assert amount >= 750_000 * 3 * GWEI
    assert manager.bondOf(owner) == (required - amount, 0)


# Starving


@pytest.fixture
def starved(manager, define, owner, create_task, run_at):
    """A recurring task that ran once and has no bond for the next run."""
    required = manager.estimateRequiredBond(define(), manager.priceTermsOf(owner).ceiling)
    task = create_task(executions=ENDLESS, value=required)
    run_at(task.start)
    return task


def test_starving__too_little_left__goes_inactive_and_says_what_it_takes(
    manager, define, owner, create_task, run_at
) -> None:
    required = manager.estimateRequiredBond(define(), manager.priceTermsOf(owner).ceiling)
    task = create_task(executions=ENDLESS, value=required)

    batch = run_at(task.start)

    assert batch.one("TaskInactiveDueToInsufficientBonds") == {
        "taskHash": task.hash,
        "owner": owner.address,
        "requiredBond": required,
    }
    assert manager.getTaskStatus(task.hash) == Status.STARVED
    amount = batch.one("ExecutorReimbursed")["amount"]
    assert manager.bondOf(owner) == (required - amount, 0)


@pytest.mark.parametrize(
    "terms",
    [
        {"ceiling": GWEI}, {"ceiling": 2 * GWEI}, {"ceiling": GWEI, "premium_cap": 4 * GWEI},
        {"ceiling": 50 * GWEI, "tip": GWEI // 10, "premium_cap": 4 * GWEI},
    ],
    ids=["tight", "twice", "premium", "default"],
)  # fmt: skip
def test_starving__in_one_batch__is_one_task_more_than_one_by_one_at_most(
    project, bare, terms
) -> None:
    counter = bare.deploy(project.Counter.contract_type)
    arguments = bytes(12) + bytes.fromhex(bare.manager[2:])
    keeper = bare.deploy(project.ContractExecutor.contract_type, arguments)
    bump = calldata("bump(uint256,uint256)", 2, 3)
    (owner,) = bare.people(1)
    bare.set_terms(owner, **terms)
    start = bare.height() + 40
    options = {"start": start, "executions": ENDLESS}
    hashes = [bare.schedule(owner, counter, bump, **options) for _ in range(20)]
    ways = [
        calldata("executeQueued(uint256)", 0),
        calldata("executeThese(bytes32[],uint256)", hashes, 0),
        calldata("executeOneByOne(bytes32[])", hashes),
    ]

    def run(call, withdrawn=0):
        with bare.rewinding():
            bare.send(owner, bare.manager, calldata("withdrawBond(uint256)", withdrawn))
            bare.mine_to(start)
            sent = bare.send(bare.accounts[1], keeper, call)
            bare.check_books()
        assert len(sent.amounts()) == 20
        return sum(sent.amounts()), len(sent.named("TaskInactiveDueToInsufficientBonds"))

    cost, _ = run(ways[0])
    read = ("bondOf(address)", owner)
    bond, reserved = bare.rpc.read(bare.manager, *read, returns="uint256,uint256")
    for free in range(0, 2 * cost + 1, cost // 8):
        starved = [run(call, bond - reserved - free)[1] for call in ways]
        sys.stdout.write(f"{free * 100 // cost:3} % of a round free: {starved} starve\n")
        assert max(starved[:2]) <= starved[2] + 1
    # Twice what a round costs is enough for all of them.
    assert starved == [0, 0, 0]


def test_starving__deposit_alone__revives_nothing(manager, owner, starved, run_at) -> None:
    manager.depositBond(owner, sender=owner, value=BOND)

    assert manager.getTaskStatus(starved.hash) == Status.STARVED
    assert run_at(starved.start + 300).events == []


def test_starving__reactivated_by_anyone_with_money__runs_at_the_next_tick(
    manager, mine_to, starved, batch_of, stranger, owner, run_at, counter, info_of
) -> None:
    mine_to(starved.start + 250)

    batch = batch_of(manager.reactivate(starved.hash, sender=stranger, value=BOND))

    assert batch.one("BondDeposited") == {
        "account": owner.address,
        "payer": stranger.address,
        "amount": BOND,
    }
    assert batch.one("TaskReactivated") == {
        "taskHash": starved.hash,
        "owner": owner.address,
        "nextBlock": starved.start + 300,
    }
    run_at(starved.start + 300)
    assert counter.count() == 2
    assert info_of(starved.hash).next_block == starved.start + 400


def test_starving__reactivated_without_enough__reverts(manager, starved, owner, stranger) -> None:
    required = manager.estimateRequiredBond(starved.definition, manager.priceTermsOf(owner).ceiling)
    free = manager.bondOf(owner)[0]

    with ape.reverts(
        manager.TaskManager_InsufficientBond,
        account=owner, free=free + 1, required=required,
    ):  # fmt: skip
        manager.reactivate(starved.hash, sender=stranger, value=1)


def test_starving__reactivated_at_a_base_fee_above_the_ceiling__reverts(
    manager, owner, base_fee, starved, stranger
) -> None:
    ceiling = manager.priceTermsOf(owner).ceiling
    base_fee(ceiling + 1)

    with ape.reverts(manager.TaskManager_BaseFeeAboveCeiling, baseFee=ceiling + 1, ceiling=ceiling):
        manager.reactivate(starved.hash, sender=stranger, value=BOND, max_fee=2 * ceiling)


def test_starving__whole_bond_left__can_be_withdrawn(manager, owner, starved) -> None:
    bond, reserved = manager.bondOf(owner)
    assert reserved == 0

    manager.withdrawBond(bond, sender=owner)

    assert starved
    assert manager.bondOf(owner) == (0, 0)


def test_reactivate__queued_task__reverts(manager, create_task, owner) -> None:
    task = create_task()

    with ape.reverts(manager.TaskManager_NotInactive, taskHash=task.hash, status=Status.QUEUED):
        manager.reactivate(task.hash, sender=owner)


def test_reactivate__paused_task_by_its_owner__is_queued_at_its_block(
    manager, create_task, batch_of, owner, run_at, counter
) -> None:
    task = create_task(active=False)

    batch = batch_of(manager.reactivate(task.hash, sender=owner))

    assert batch.one("TaskReactivated")["nextBlock"] == task.start
    run_at(task.start)
    assert counter.count() == 1


def test_reactivate__paused_one_shot_whose_block_has_passed__is_due_in_the_next(
    manager, create_task, mine_to, batch_of, owner, execute
) -> None:
    task = create_task(active=False)
    mine_to(task.start + 10)

    batch = batch_of(manager.reactivate(task.hash, sender=owner))

    assert batch.one("TaskReactivated")["nextBlock"] == task.start + 11
    assert execute().one("TasksExecuted") == {"executed": 1, "failed": 0}


def test_reactivate__paused_recurring__keeps_its_cadence(
    manager, create_task, mine_to, batch_of, owner
) -> None:
    task = create_task(active=False, executions=ENDLESS)
    mine_to(task.start + 130)

    batch = batch_of(manager.reactivate(task.hash, sender=owner))

    assert batch.one("TaskReactivated")["nextBlock"] == task.start + 200


@pytest.mark.parametrize("interval", [0, 1, 700])
@pytest.mark.parametrize("status", [Status.PAUSED, Status.STARVED], ids=["paused", "starved"])
def test_reactivate__updated_to_a_single_run_after_another__is_due_in_the_next_block(
    manager, terms_of, create_task, owner, run_at, height, mine_to, base_fee, execute, info_of,
    counter, batch_of, interval, status,
) -> None:  # fmt: skip
    terms_of(owner, ceiling=2 * GWEI)
    task = create_task(executions=ENDLESS)
    run_at(task.start)
    start = height() + 20
    is_starved = status == Status.STARVED
    single = task.definition.but(executions=1, interval=interval, start=start, active=is_starved)
    manager.updateTaskSchedule(task.hash, single, sender=owner)
    bond, reserved = manager.bondOf(owner)
    manager.withdrawBond(bond - reserved, sender=owner)
    if is_starved:
        mine_to(start)
        base_fee(3 * GWEI)
        execute(max_fee=10 * GWEI)
    assert manager.getTaskStatus(task.hash) == status
    mine_to(start + 7)

    batch = batch_of(manager.reactivate(task.hash, sender=owner, value=BOND))

    assert batch.one("TaskReactivated")["nextBlock"] == start + 8
    assert info_of(task.hash).next_block == start + 8
    execute()
    assert counter.count() == 2
    assert manager.getTaskStatus(task.hash) == Status.COMPLETED


def test_reactivate__single_run_whose_block_is_to_come__keeps_its_block(
    manager, create_task, owner, run_at, height, info_of
) -> None:
    task = create_task(executions=ENDLESS)
    run_at(task.start)
    start = height() + 20
    single = task.definition.but(executions=1, interval=0, start=start, active=False)
    manager.updateTaskSchedule(task.hash, single, sender=owner)

    manager.reactivate(task.hash, sender=owner)

    assert info_of(task.hash).next_block == start


def test_reactivate__recurring_with_its_last_run_left__keeps_its_cadence(
    manager, define, create_task, owner, run_at, mine_to, info_of
) -> None:
    required = manager.estimateRequiredBond(define(), manager.priceTermsOf(owner).ceiling)
    task = create_task(executions=2, value=required)
    run_at(task.start)
    assert manager.getTaskStatus(task.hash) == Status.STARVED
    assert info_of(task.hash).runs_left == 1
    mine_to(task.start + 130)

    manager.reactivate(task.hash, sender=owner, value=BOND)

    assert info_of(task.hash).next_block == task.start + 200


def test_reactivate__paused_task_by_a_stranger__reverts(
    manager, create_task, stranger, owner
) -> None:
    task = create_task(active=False)

    with ape.reverts(
        manager.TaskManager_NotOwner, taskHash=task.hash, caller=stranger, owner=owner
    ):
        manager.reactivate(task.hash, sender=stranger, value=BOND)


def test_reactivate__unknown_hash__reverts(manager, owner) -> None:
    with ape.reverts(manager.TaskManager_UnknownTask, taskHash=b"\7" * 32):
        manager.reactivate(b"\7" * 32, sender=owner, value=1)


# Credits


@pytest.mark.parametrize("mode", [REFUSE, BURN, BOMB])
def test_credit__executor_refuses_its_reimbursement__is_credited(
    manager, create_task, contract_executor, executor, mine_to, batch_of, mode
) -> None:
    task = create_task()
    contract_executor.setReceivingMode(mode, sender=executor)
    mine_to(task.start)

    batch = batch_of(contract_executor.executeQueued(0, sender=executor))

    amount = batch.one("ExecutorReimbursed")["amount"]
    assert batch.one("CreditAdded") == {
        "executor": contract_executor.address,
        "amount": amount,
    }
    assert manager.creditOf(contract_executor) == amount
    assert contract_executor.balance == 0
    assert manager.getTaskStatus(task.hash) == Status.COMPLETED


def test_credit__withdrawn__is_paid_once(
    manager, create_task, contract_executor, executor, mine_to, batch_of
) -> None:
    task = create_task()
    contract_executor.setReceivingMode(REFUSE, sender=executor)
    mine_to(task.start)
    contract_executor.executeQueued(0, sender=executor)
    credit = manager.creditOf(contract_executor)
    contract_executor.setReceivingMode(ACCEPT, sender=executor)

    batch = batch_of(contract_executor.withdrawCredit(sender=executor))

    assert batch.one("CreditWithdrawn") == {
        "executor": contract_executor.address,
        "amount": credit,
    }
    assert contract_executor.balance == credit
    assert manager.creditOf(contract_executor) == 0


def test_credit__refused_twice__adds_up(
    manager, create_task, contract_executor, executor, mine_to, batch_of
) -> None:
    task = create_task(executions=2)
    contract_executor.setReceivingMode(REFUSE, sender=executor)
    mine_to(task.start)
    first = batch_of(contract_executor.executeQueued(0, sender=executor))
    mine_to(task.start + 100)
    second = batch_of(contract_executor.executeQueued(0, sender=executor))

    total = sum(batch.one("CreditAdded")["amount"] for batch in (first, second))
    assert manager.creditOf(contract_executor) == total


def test_credit__none__reverts(manager, stranger) -> None:
    with ape.reverts(manager.TaskManager_NoCredit, executor=stranger):
        manager.withdrawCredit(sender=stranger)


def test_credit__withdrawn_but_refused_again__reverts(
    manager, create_task, contract_executor, executor, mine_to, error_of
) -> None:
    task = create_task()
    contract_executor.setReceivingMode(REFUSE, sender=executor)
    mine_to(task.start)
    contract_executor.executeQueued(0, sender=executor)
    amount = manager.creditOf(contract_executor)

    error = error_of(
        manager, bytes(manager.withdrawCredit.encode_input()), sender=contract_executor
    )

    assert error.name == "TaskManager_PaymentRefused"
    assert error.args == {"receiver": contract_executor.address, "amount": amount}
    assert manager.creditOf(contract_executor) == amount


def test_credit__withdrawn_again_on_receiving__gets_nothing_more(
    manager, create_task, contract_executor, executor, mine_to, interface
) -> None:
    task = create_task()
    contract_executor.setReceivingMode(REFUSE, sender=executor)
    mine_to(task.start)
    contract_executor.executeQueued(0, sender=executor)
    credit = manager.creditOf(contract_executor)
    again = [(manager.address, 0, manager.withdrawCredit.encode_input())]
    contract_executor.setScript(again, sender=executor)
    contract_executor.setReceivingMode(PLAY, sender=executor)

    contract_executor.withdrawCredit(sender=executor)

    (outcome,) = contract_executor.outcomes()
    assert interface.decode_error(bytes(outcome.returnData)).name == "TaskManager_NoCredit"
    assert contract_executor.balance == credit


# Ether from nowhere


@pytest.mark.ether_forced_in
def test_ether_forced_in__belongs_to_nobody(rpc, manager, create_task, run_at, owner) -> None:
    task = create_task()
    rpc("anvil_setBalance", manager.address, hex(BOND + 3 * ETHER))

    run_at(task.start)

    bond, reserved = manager.bondOf(owner)
    assert reserved == 0
    manager.withdrawBond(bond, sender=owner)
    assert manager.bondOf(owner) == (0, 0)
    assert manager.balance == 3 * ETHER


@pytest.mark.ether_forced_in
def test_ether_forced_in__pays_for_no_bond(rpc, manager, stranger) -> None:
    rpc("anvil_setBalance", manager.address, hex(3 * ETHER))

    with ape.reverts(manager.TaskManager_InsufficientBond, account=stranger, free=0, required=1):
        manager.withdrawBond(1, sender=stranger)


# Price terms


def test_price_terms__never_set__are_the_defaults(manager, stranger) -> None:
    terms = manager.priceTermsOf(stranger)

    assert terms.version == 0
    assert terms.failureLimit == 5
    assert terms.ceiling > 0


def test_price_terms__set__emits_and_holds(manager, batch_of, owner, stranger) -> None:
    batch = batch_of(manager.setPriceTerms(9, 8, 7, 6, sender=owner))

    changed = batch.one("PriceTermsChanged")
    assert changed == {"account": owner.address, "terms": (9, 8, 7, 6, 1)}
    assert tuple(manager.priceTermsOf(owner)) == (9, 8, 7, 6, 1)
    assert manager.priceTermsOf(stranger).version == 0


def test_price_terms__set_again__counts_versions(manager, owner) -> None:
    manager.setPriceTerms(1, 2, 3, 4, sender=owner)
    manager.setPriceTerms(5, 6, 7, 8, sender=owner)

    assert tuple(manager.priceTermsOf(owner)) == (5, 6, 7, 8, 2)


def test_price_terms__largest__are_kept(manager, owner) -> None:
    manager.setPriceTerms(MAX_PRICE, MAX_PRICE, MAX_PRICE, 15, sender=owner)

    assert tuple(manager.priceTermsOf(owner)) == (MAX_PRICE,) * 3 + (15, 1)


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize("given", [2**52, 2**64, 2**256 - 1])
def test_price_terms__one_does_not_fit__reverts(manager, owner, which, given) -> None:
    terms = [1, 1, 1]
    terms[which] = given

    with ape.reverts(manager.TaskManager_TermOutOfRange, given=given, max=MAX_PRICE):
        manager.setPriceTerms(*terms, 5, sender=owner)


@pytest.mark.parametrize("limit", [16, 256, 2**256 - 1])
def test_price_terms__failure_limit_out_of_range__reverts(manager, owner, limit) -> None:
    with ape.reverts(manager.TaskManager_TermOutOfRange, given=limit, max=15):
        manager.setPriceTerms(1, 1, 1, limit, sender=owner)


def test_price_terms__changed_later__tasks_keep_theirs(
    manager, terms_of, owner, create_task, run_at
) -> None:
    terms_of(owner, ceiling=40 * GWEI, tip=1, premium_cap=2, failure_limit=3)
    task = create_task(executions=ENDLESS)
    reserved = manager.bondOf(owner)[1]
    terms_of(owner, ceiling=90 * GWEI, tip=4, premium_cap=5, failure_limit=6)

    assert tuple(manager.taskPriceTerms(task.hash)) == (40 * GWEI, 1, 2, 3, 1)
    run_at(task.start)
    assert tuple(manager.taskPriceTerms(task.hash)) == (40 * GWEI, 1, 2, 3, 1)
    assert manager.bondOf(owner)[1] == reserved


def test_price_terms__changed__next_task_has_the_new_ones(
    manager, terms_of, owner, create_task
) -> None:
    terms_of(owner, tip=1)
    create_task()
    terms_of(owner, tip=2)

    assert manager.taskPriceTerms(create_task().hash).tip == 2


def test_task_price_terms__unknown_hash__reverts(manager, error_of) -> None:
    data = bytes(manager.taskPriceTerms.encode_input(b"\7" * 32))

    error = error_of(manager, data, sender=ZERO_ADDRESS)

    assert (error.name, error.args) == ("TaskManager_UnknownTask", {"taskHash": b"\7" * 32})


def test_price_terms__versions_used_up__reverts(rpc, manager, owner) -> None:
    manager.depositBond(owner, sender=owner, value=BOND)
    manager.setPriceTerms(1, 2, 3, 4, sender=owner)
    last = exhaust_versions(rpc, manager, owner)

    with ape.reverts(manager.TaskManager_CounterExhausted, given=last + 1, max=last):
        manager.setPriceTerms(1, 2, 3, 4, sender=owner)


def exhaust_versions(rpc, manager, owner) -> int:
    """Write the last version into the terms in force: the mapping behind the accounts'."""
    last = 2**16 - 1
    for distance in range(1, 4):
        slot = account_slot(rpc, manager.address, owner.address, distance)
        word = read_word(rpc, manager.address, slot)
        if word % 2**64 == 1:
            write_word(rpc, manager.address, slot, word & ~(2**24 - 1 << 200) | last << 200)
    assert manager.priceTermsOf(owner).version == last
    return last
