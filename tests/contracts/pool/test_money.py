"""Credit, pushes that are not taken, tokens that misbehave, and what the owner may take."""

from __future__ import annotations

import ape
import pytest
from eth_utils import keccak

from tests.contracts.conftest import call_of
from tests.contracts.pool.jobs import BOND, ETHER, HOUR, REWARD, NewJob, Result, Status, columns
from tests.support.definitions import ZERO_ADDRESS

HONEST, RETURNS_FALSE, RETURNS_NOTHING, TAKES_FEE, REVERTS, PLAYS, BURNS_GAS, COSTS_MORE = range(8)
ACCEPT, REFUSE, BURN, BOMB, PLAY = range(5)
LOCKED = keccak(text="ReentrancyGuardReentrantCall()")[:4]


# Credit


def test_credit__deposited_for_somebody__is_theirs(pool, worker, stranger, said) -> None:
    receipt = pool.depositCredit(worker, 5, sender=stranger, value=5)
    assert (pool.creditOf(worker), pool.creditOf(stranger)) == (5, 0)
    assert [(event.name, event.args) for event in said(receipt, pool)] == [
        ("CreditAdded", {"account": worker.address, "amount": 5})
    ]


@pytest.mark.parametrize("value", [4, 6])
def test_credit__value_off_by_one__reverts(pool, worker, value) -> None:
    error = pool.InsufficientFunds if value < 5 else pool.TaskPool_ValueMismatch
    with ape.reverts(error):
        pool.depositCredit(worker, 5, sender=worker, value=value)


def test_credit__withdrawn__is_paid_once(pool, worker, stranger, said) -> None:
    pool.depositCredit(worker, 5, sender=worker, value=5)
    before = stranger.balance
    receipt = pool.withdraw(3, stranger, sender=worker)
    assert stranger.balance == before + 3
    assert said(receipt, pool)[0].name == "CreditWithdrawn"
    assert said(receipt, pool)[0].args == {
        "account": worker.address, "receiver": stranger.address, "amount": 3,
    }  # fmt: skip
    pool.withdraw(sender=worker)
    assert pool.creditOf(worker) == 0
    with ape.reverts(pool.TaskPool_InsufficientCredit, account=worker, credit=0, required=0):
        pool.withdraw(sender=worker)


@pytest.mark.parametrize("amount", [0, 6, 2**256 - 1])
def test_credit__withdrawing_none_or_more_than_there_is__reverts(pool, worker, amount) -> None:
    pool.depositCredit(worker, 5, sender=worker, value=5)
    with ape.reverts(pool.TaskPool_InsufficientCredit, account=worker, credit=5, required=amount):
        pool.withdraw(amount, worker, sender=worker)


def test_credit__receiver_refuses__reverts_and_stays(pool, worker, reverter) -> None:
    pool.depositCredit(worker, 5, sender=worker, value=5)
    with ape.reverts(pool.TaskPool_PaymentRefused, receiver=reverter, amount=5):
        pool.withdraw(5, reverter, sender=worker)
    assert pool.creditOf(worker) == 5


# Payees


@pytest.fixture
def contract_worker(project, deployer):
    """A worker that is a contract and takes ether as it is told."""
    return deployer.deploy(project.ContractOwner)


@pytest.fixture
def delivered(make_pool, post, contract_worker, deployer):
    """A job with a result of the contract's."""
    pool = make_pool(claim_bond=0)
    job = post(pool)[0]
    for signature, *arguments in (
        ("claimTaskForUser(address)",),
        (
            "submitTaskForUser(address,uint256,string,bytes,uint256,uint256,string)",
            job.id,
            *Result().arguments(),
        ),
    ):
        data = call_of(pool, signature, contract_worker.address, *arguments)
        contract_worker.forward(pool, data, sender=deployer)
    return job


@pytest.mark.parametrize("mode", [REFUSE, BURN, BOMB])
def test_payee__does_not_take_the_reward__is_credited(
    delivered, contract_worker, deployer, verifier, said, mode
) -> None:
    pool = delivered.pool
    contract_worker.setReceivingMode(mode, sender=deployer)
    receipt = pool.verifyAndPay(delivered.id, True, sender=verifier)

    assert delivered.status == Status.SETTLED
    assert pool.creditOf(contract_worker) == REWARD
    assert [event.name for event in said(receipt, pool)] == ["TaskVerified", "CreditAdded"]

    contract_worker.setReceivingMode(ACCEPT, sender=deployer)
    contract_worker.forward(pool, call_of(pool, "withdraw()"), sender=deployer)
    assert contract_worker.balance == REWARD


def test_payee__takes_the_reward__is_paid(delivered, contract_worker, verifier) -> None:
    delivered.pool.verifyAndPay(delivered.id, True, sender=verifier)
    assert contract_worker.balance == REWARD


def test_payee__re_enters_on_its_reward__is_credited_instead(
    delivered, contract_worker, deployer, verifier
) -> None:
    pool = delivered.pool
    script = [(pool, 0, call_of(pool, "withdraw()"))]
    contract_worker.setScript(script, sender=deployer)
    contract_worker.setReceivingMode(PLAY, sender=deployer)
    pool.verifyAndPay(delivered.id, True, sender=verifier)

    assert contract_worker.balance + pool.creditOf(contract_worker) == REWARD
    assert not any(outcome.success for outcome in contract_worker.outcomes())


def test_payee__bad_one_in_a_batch_of_50__the_others_are_paid(
    make_pool, post, claim, submit, worker, contract_worker, deployer, verifier
) -> None:
    pool = make_pool(claim_bond=0, max_claims=7)
    jobs = post(pool, 50)
    data = call_of(pool, "claimTaskForUser(address,uint256)", contract_worker.address, 25)
    contract_worker.forward(pool, data, sender=deployer)
    data = call_of(
        pool, "submitTaskForUser(address,uint256,string,bytes,uint256,uint256,string)",
        contract_worker.address, 25, *Result().arguments(),
    )  # fmt: skip
    contract_worker.forward(pool, data, sender=deployer)
    for job in jobs:
        if job.id != 25:
            claim(job)
            submit(job)
    contract_worker.setReceivingMode(BURN, sender=deployer)
    before = worker.balance
    pool.batchVerifyAndPay([job.id for job in jobs], [True] * 50, sender=verifier)

    assert worker.balance == before + 49 * REWARD
    assert pool.creditOf(contract_worker) == REWARD


def test_payee__starved_by_the_verifier__is_never_marked_as_refusing(
    delivered, contract_worker, verifier, rpc, pool_interface, ask, refusal
) -> None:
    pool = delivered.pool
    seen = set()
    for gas in range(60_000, 240_000, 2_000):
        refused = refusal(pool, "verifyAndPay(uint256,bool)", 1, True, sender=verifier, gas=gas)
        seen.add(refused and refused.name)
    assert seen <= {None, "TaskPool_InsufficientGas", "0x"}
    assert {None, "TaskPool_InsufficientGas"} <= seen


# Tokens


@pytest.fixture
def token(project, deployer, requester, worker):
    token = deployer.deploy(project.TokenDouble)
    for who in (requester, worker):
        token.mint(who, 100 * ETHER, sender=deployer)
    return token


@pytest.fixture
def token_pool(make_pool, token, requester, worker):
    pool = make_pool(asset=token.address)
    for who in (requester, worker):
        token.approve(pool, 2**255, sender=who)
    pool.depositCredit(worker, BOND, sender=worker)
    return pool


@pytest.fixture
def token_job(token_pool, post, submit, worker):
    """A job with a result, in a pool of tokens."""
    job = post(token_pool)[0]
    token_pool.claimTaskForUser(worker, sender=worker)
    submit(job)
    return job


def test_token__from_posting_to_payment__moves_as_native_coin_does(
    token_job, token_pool, token, worker, verifier
) -> None:
    assert token.balanceOf(token_pool) == REWARD + BOND
    before = token.balanceOf(worker)
    token_pool.verifyAndPay(token_job.id, True, sender=verifier)
    assert token.balanceOf(worker) == before + REWARD
    token_pool.withdraw(sender=worker)
    assert token.balanceOf(token_pool) == 0


def test_token__returning_nothing__is_taken(token_job, token_pool, token, worker, verifier) -> None:
    token.setMode(RETURNS_NOTHING, sender=worker)
    before = token.balanceOf(worker)
    token_pool.verifyAndPay(token_job.id, True, sender=verifier)
    assert token.balanceOf(worker) == before + REWARD


@pytest.mark.parametrize("mode", [RETURNS_FALSE, REVERTS, BURNS_GAS])
def test_token__refuses_the_push__worker_is_credited(
    token_job, token_pool, token, worker, verifier, mode
) -> None:
    token.setMode(mode, sender=worker)
    token_pool.verifyAndPay(token_job.id, True, sender=verifier)
    assert token_pool.creditOf(worker) == REWARD + BOND
    with ape.reverts(token_pool.TaskPool_PaymentRefused, receiver=worker, amount=REWARD + BOND):
        token_pool.withdraw(sender=worker)

    token.setMode(HONEST, sender=worker)
    token_pool.withdraw(sender=worker)
    assert token_pool.creditOf(worker) == 0


def test_token__costs_more_gas_than_a_push_has__can_be_withdrawn(
    token_job, token_pool, token, worker, verifier
) -> None:
    """What can be put in can be taken out, whatever the token's transfers cost."""
    token.setMode(COSTS_MORE, sender=worker)
    token_pool.verifyAndPay(token_job.id, True, sender=verifier)
    assert token_pool.creditOf(worker) == REWARD + BOND
    before = token.balanceOf(worker)

    token_pool.withdraw(sender=worker)

    assert token.balanceOf(worker) == before + REWARD + BOND
    assert token_pool.creditOf(worker) == 0


def test_token__blocks_the_worker__credit_goes_elsewhere(
    token_job, token_pool, token, worker, stranger, verifier
) -> None:
    token.setBlocked(worker, True, sender=worker)
    token_pool.verifyAndPay(token_job.id, True, sender=verifier)
    token_pool.withdraw(REWARD + BOND, stranger, sender=worker)
    assert token.balanceOf(stranger) == REWARD + BOND


def test_token__takes_a_fee__is_refused(token_pool, token, requester, worker, now) -> None:
    token.setMode(TAKES_FEE, sender=worker)
    mismatch = {"token": token, "expected": REWARD, "received": REWARD - REWARD // 100}
    with ape.reverts(token_pool.TaskPool_TransferMismatch, **mismatch):
        token_pool.addAITasks(*columns([NewJob(now() + HOUR)]), sender=requester)
    with ape.reverts(token_pool.TaskPool_TransferMismatch, **mismatch):
        token_pool.depositCredit(worker, REWARD, sender=worker)


@pytest.mark.parametrize("mode", [RETURNS_FALSE, REVERTS, BURNS_GAS])
def test_token__refuses_the_pull__nothing_is_posted(
    token_pool, token, requester, worker, now, mode
) -> None:
    token.setMode(mode, sender=worker)
    with ape.reverts():
        token_pool.addAITasks(*columns([NewJob(now() + HOUR)]), sender=requester, gas=3_000_000)
    assert token_pool.taskCounter() == 0


def test_token__native_coin_sent_along__reverts(token_pool, requester, worker, now) -> None:
    with ape.reverts(token_pool.TaskPool_ValueMismatch, given=1, expected=0):
        token_pool.addAITasks(*columns([NewJob(now() + HOUR)]), sender=requester, value=1)
    with ape.reverts(token_pool.TaskPool_ValueMismatch, given=1, expected=0):
        token_pool.depositCredit(worker, 1, sender=worker, value=1)
    with ape.reverts(token_pool.TaskPool_NativeNotTaken, sender=worker, amount=1):
        worker.transfer(token_pool, 1)


def test_token__without_code__cannot_be_a_pools_asset(make_pool, stranger, pool_world) -> None:
    with ape.reverts(pool_world.implementation.TaskPool_NoCode, account=stranger):
        make_pool(asset=str(stranger))


RE_ENTRIES = {
    "withdraw()": [],
    "withdraw(uint256,address)": [1, ZERO_ADDRESS],
    "verifyAndPay(uint256,bool)": [1, True],
    "batchVerifyAndPay(uint256[],bool[])": [[1], [True]],
    "disputeTask(uint256)": [1],
    "claimTaskForUser(address)": [ZERO_ADDRESS],
    "claimTaskForUser(address,uint256)": [ZERO_ADDRESS, 1],
    "claimTaskForUser(address,uint256,uint256,bytes)": [ZERO_ADDRESS, 1, 2**40, b""],
    "submitTaskForUser(address,uint256,string,bytes,uint256,uint256,string)": [
        ZERO_ADDRESS, 1, *Result().arguments(),
    ],
    "submitTaskForUser(address,uint256,string,bytes,uint256,uint256,string,uint256,bytes)": [
        ZERO_ADDRESS, 1, *Result().arguments(), 2**40, b"",
    ],
    "addAITasks(uint256[],uint256[],string[],string[],uint256[])": [[], [], [], [], []],
    "addAITasks(uint256[],uint256[],string[],string[],uint256[],(address,uint8,uint256))": [
        [], [], [], [], [], (ZERO_ADDRESS, 0, 0),
    ],
    "cancelTask(uint256)": [1],
    "releaseExpiredTask(uint256)": [1],
    "releaseExpiredTasks(uint256[])": [[1]],
    "settleBucket(uint256,uint256)": [1, 1],
    "scheduleBucket(uint256)": [1],
    "fundTimeBudget()": [],
    "depositCredit(address,uint256)": [ZERO_ADDRESS, 0],
}  # fmt: skip


@pytest.mark.parametrize("signature", RE_ENTRIES)
def test_token__with_hooks__cannot_re_enter_any_mutator(
    token_job, token_pool, token, worker, verifier, pool_interface, signature
) -> None:
    data = call_of(token_pool, signature, *RE_ENTRIES[signature])
    token.setScript([(token_pool, 0, data)], sender=worker)
    token.setMode(PLAYS, sender=worker)
    token_pool.depositCredit(worker, 1, sender=worker)

    (outcome,) = token.outcomes()
    assert not outcome.success
    assert bytes(outcome.returnData) == LOCKED
    assert token_pool.creditOf(worker) == 1


@pytest.mark.insolvent_token
def test_token__that_shrinks__leaves_nothing_free_and_pays_who_comes_first(
    token_job, token_pool, token, requester, worker, verifier
) -> None:
    token.burn(token_pool, BOND, sender=worker)
    assert token_pool.getPoolStats().free == 0
    with ape.reverts(token_pool.InsufficientFunds):
        token_pool.withdrawFunds(sender=requester)
    token_pool.verifyAndPay(token_job.id, True, sender=verifier)
    with ape.reverts(token_pool.TaskPool_PaymentRefused, receiver=worker, amount=BOND):
        token_pool.withdraw(sender=worker)


# The owner's own


def test_funds__sent_to_the_pool__are_the_owners(pool, job, requester, stranger, said) -> None:
    receipt = stranger.transfer(pool, ETHER)
    assert said(receipt, pool)[0].name == "PoolFunded"
    assert said(receipt, pool)[0].args == {"pool": pool.address, "amount": ETHER}
    assert pool.getPoolStats().free == ETHER

    before = requester.balance
    receipt = pool.withdrawFunds(ETHER // 4, sender=requester)
    assert said(receipt, pool)[0].name == "FundsWithdrawn"
    assert said(receipt, pool)[0].args == {"owner": requester.address, "amount": ETHER // 4}
    pool.withdrawFunds(sender=requester)
    assert requester.balance > before + ETHER * 9 // 10
    assert pool.balance == REWARD


def test_funds__owed_to_others__cannot_be_taken(
    pool, post, submitted, claim, other_worker, requester, stranger
) -> None:
    """Open rewards, rewards of claimed and submitted jobs, bonds and credit all stay."""
    claim(post(pool)[0], by=other_worker)
    post(pool)
    pool.depositCredit(stranger, 5, sender=stranger, value=5)
    with ape.reverts(pool.InsufficientFunds):
        pool.withdrawFunds(sender=requester)
    with ape.reverts(pool.InsufficientFunds):
        pool.withdrawFunds(1, sender=requester)

    stranger.transfer(pool, 3)
    with ape.reverts(pool.InsufficientFunds):
        pool.withdrawFunds(4, sender=requester)
    pool.withdrawFunds(3, sender=requester)
    assert pool.balance == pool.getPoolStats().owed


def test_funds__by_a_stranger__reverts(pool, stranger) -> None:
    stranger.transfer(pool, 5)
    for call in ((), (1,)):
        with ape.reverts(pool.Unauthorized):
            pool.withdrawFunds(*call, sender=stranger)


def test_ether_forced_in__belongs_to_the_owner(pool, job, requester, rpc) -> None:
    rpc("anvil_setBalance", pool.address, hex(REWARD + 7))
    pool.withdrawFunds(7, sender=requester)
    assert pool.balance == REWARD
