"""The protocol fee: on top of what the executor gets, paid by the owner, owed to one recipient."""

from __future__ import annotations

import ape
import pytest
from eth_abi import encode

from tests.contracts.conftest import BOND, GENEROUS_FEE, GWEI
from tests.support.books import Books
from tests.support.definitions import ZERO_ADDRESS, Definition
from tests.support.rpc import RpcError, hexed

FEE_BPS = 250
BPS = 10_000


@pytest.fixture
def dear(rpc, deploy_manager, fee_recipient, height, interface):
    """A manager with a fee, whose books are checked as well."""
    manager = deploy_manager(FEE_BPS, fee_recipient.address)
    since = height()
    yield manager
    Books(rpc, manager.address, interface, since).check(ether_forced_in=False)


@pytest.fixture
def schedule_dear(define, dear, owner):
    """Schedule at the manager with the fee."""

    def run(**changes) -> Definition:
        definition = define(nonce=dear.getAccountNonce(owner), **changes)
        dear.scheduleTask(definition, sender=owner, value=BOND)
        return definition

    return run


@pytest.fixture
def run_dear(mine_to, dear, executor, interface):
    def run(block):
        mine_to(block)
        receipt = dear.executeQueuedTasks(0, sender=executor)
        events = interface.decode_logs(receipt.logs, dear.address)
        return {event.name: event for event in events}

    return run


def test_fee__none__owes_nothing_and_says_nothing(manager, create_task, run_at) -> None:
    task = create_task()

    batch = run_at(task.start)

    assert "ProtocolFeeCollected" not in batch.names()
    assert manager.feesOwed() == 0
    assert manager.FEE_BPS() == 0


def test_fee__run__is_collected_on_top_of_the_reimbursement(
    schedule_dear, dear, owner, run_dear
) -> None:
    definition = schedule_dear()
    (task_hash,) = dear.getAccountTasks(owner)

    events = run_dear(definition.schedule.start)

    amount = events["ExecutorReimbursed"]["amount"]
    fee = amount * FEE_BPS // BPS
    assert events["ProtocolFeeCollected"].args == {"taskHash": task_hash, "amount": fee}
    assert fee > 0
    assert dear.feesOwed() == fee
    assert dear.bondOf(owner) == (BOND - amount - fee, 0)


def test_fee__run__executor_gets_no_less(
    schedule_dear, create_task, run_dear, mine_to, execute
) -> None:
    definition = schedule_dear()
    task = create_task(start=definition.schedule.start)

    with_fee = run_dear(definition.schedule.start)["ExecutorReimbursed"]["amount"]
    mine_to(definition.schedule.start + 1)
    without = execute().one("ExecutorReimbursed")["amount"]

    assert task
    assert with_fee >= without * 95 // 100


def test_fee__two_runs__add_up(schedule_dear, run_dear, dear) -> None:
    definition = schedule_dear(executions=2)
    fees = [
        run_dear(definition.schedule.start + 100 * tick)["ProtocolFeeCollected"]["amount"]
        for tick in range(2)
    ]

    assert dear.feesOwed() == sum(fees)


def test_fee__deferral__is_collected_too(
    dear, owner, schedule_dear, mine_to, base_fee, executor, interface
) -> None:
    dear.setPriceTerms(2 * GWEI, 0, 0, 5, sender=owner)
    definition = schedule_dear()
    mine_to(definition.schedule.start)
    base_fee(3 * GWEI)

    receipt = dear.executeQueuedTasks(0, sender=executor, max_fee=GENEROUS_FEE)

    events = {e.name: e for e in interface.decode_logs(receipt.logs, dear.address)}
    amount = events["ExecutorReimbursed"]["amount"]
    assert events["ProtocolFeeCollected"]["amount"] == amount * FEE_BPS // BPS
    assert "TaskDeferred" in events


def test_fee__reserve__includes_it(manager, define, dear) -> None:
    definition = define()

    without = manager.estimateRequiredBond(definition, GWEI)
    with_fee = dear.estimateRequiredBond(definition, GWEI)

    assert with_fee == without + without * FEE_BPS // BPS


def test_withdraw_fees__by_anyone__pays_the_recipient(
    schedule_dear, run_dear, dear, fee_recipient, stranger, interface
) -> None:
    definition = schedule_dear()
    run_dear(definition.schedule.start)
    owed = dear.feesOwed()
    before = fee_recipient.balance

    receipt = dear.withdrawFees(sender=stranger)

    (event,) = interface.decode_logs(receipt.logs, dear.address)
    assert event.name == "FeesWithdrawn"
    assert event.args == {"recipient": fee_recipient.address, "amount": owed}
    assert fee_recipient.balance == before + owed
    assert dear.feesOwed() == 0


def test_withdraw_fees__none_owed__reverts(dear, fee_recipient, stranger) -> None:
    with ape.reverts(dear.TaskManager_NoCredit, executor=fee_recipient):
        dear.withdrawFees(sender=stranger)


def test_withdraw_fees__recipient_refuses__reverts_and_stays_owed(
    deploy_manager, contract_owner, owner, define, mine_to, executor, stranger
) -> None:
    refusing = deploy_manager(FEE_BPS, contract_owner.address)
    contract_owner.setReceivingMode(1, sender=owner)
    definition = define(nonce=0)
    refusing.scheduleTask(definition, sender=owner, value=BOND)
    mine_to(definition.schedule.start)
    refusing.executeQueuedTasks(0, sender=executor)
    owed = refusing.feesOwed()

    with ape.reverts(refusing.TaskManager_PaymentRefused, receiver=contract_owner, amount=owed):
        refusing.withdrawFees(sender=stranger)

    assert refusing.feesOwed() == owed > 0


def test_withdraw_fees__again_on_receiving__gets_nothing_more(
    deploy_manager, contract_owner, owner, define, mine_to, executor, stranger, interface
) -> None:
    playing = deploy_manager(FEE_BPS, contract_owner.address)
    again = [(playing.address, 0, playing.withdrawFees.encode_input())]
    contract_owner.setScript(again, sender=owner)
    contract_owner.setReceivingMode(4, sender=owner)
    definition = define(nonce=0)
    playing.scheduleTask(definition, sender=owner, value=BOND)
    mine_to(definition.schedule.start)
    playing.executeQueuedTasks(0, sender=executor)
    owed = playing.feesOwed()

    playing.withdrawFees(sender=stranger)

    (outcome,) = contract_owner.outcomes()
    assert interface.decode_error(bytes(outcome.returnData)).name == "TaskManager_NoCredit"
    assert contract_owner.balance == owed


def test_manager__fee_of_everything__is_taken(deploy_manager, fee_recipient) -> None:
    greedy = deploy_manager(BPS, fee_recipient.address)

    assert greedy.FEE_BPS() == BPS
    assert greedy.FEE_RECIPIENT() == fee_recipient


@pytest.mark.parametrize(
    ("fee_bps", "recipient"), [(BPS + 1, "somebody"), (2**256 - 1, "somebody"), (1, "nobody")]
)
def test_manager__fee_out_of_range__is_not_deployed(
    project, rpc, fee_recipient, deployer, interface, fee_bps, recipient
) -> None:
    recipient = fee_recipient.address if recipient == "somebody" else ZERO_ADDRESS
    code = bytes(project.TaskManager.contract_type.get_deployment_bytecode())
    data = code + encode(["uint256", "address"], [fee_bps, recipient])
    tx = {"from": deployer.address, "data": hexed(data), "gas": hex(20_000_000)}

    with pytest.raises(RpcError) as refused:
        rpc("eth_call", tx, "latest")

    error = interface.decode_error(refused.value.data)
    assert error.name == "TaskManager_FeeOutOfRange"
    assert error["feeBps"] == fee_bps
    assert int(error["recipient"], 16) == int(recipient, 16)
