"""Verifiers asked inside the submission: the proven is paid at once, all else changes nothing."""

from __future__ import annotations

import ape
import pytest

from tests.contracts.pool.jobs import BOND, HOOK_GAS, REWARD, Result, Status
from tests.support.rpc import RpcError, calldata, hexed

(
    PROVEN,
    NOT_PROVEN,
    REVERTS,
    BURNS_GAS,
    ANSWERS_NOTHING,
    ANSWERS_SHORT,
    ANSWERS_LONG,
    ANSWERS_DIRTY,
    REVERTS_LONG,
) = range(9)
SUBMIT = "submitTaskForUser(address,uint256,string,bytes,uint256,uint256,string)"


@pytest.fixture
def hook(project, deployer):
    return deployer.deploy(project.VerifierDouble)


@pytest.fixture
def hooked(make_pool, post, claim, hook):
    """A claimed job whose verifier is asked inside the submission."""
    pool = make_pool(verifier=hook.address, is_hook=True, hook_gas=HOOK_GAS)
    job = post(pool)[0]
    claim(job)
    return job


def test_hook__proven__settles_inside_the_submission(hooked, submit, worker, said) -> None:
    before = worker.balance
    receipt = submit(hooked)

    assert hooked.status == Status.SETTLED
    assert worker.balance > before + REWARD // 2  # the reward, less the gas
    assert hooked.pool.creditOf(worker) == BOND
    assert [event.name for event in said(receipt, hooked.pool)] == [
        "TaskSubmitted", "CreditAdded", "TaskVerified", "RewardPaid",
    ]  # fmt: skip
    task = hooked.pool.getTask(hooked.id)
    assert (task.isCompleted, task.isVerified) == (True, True)


@pytest.mark.parametrize(
    "mode",
    [
        NOT_PROVEN, REVERTS, BURNS_GAS, ANSWERS_NOTHING, ANSWERS_SHORT, ANSWERS_LONG,
        ANSWERS_DIRTY, REVERTS_LONG,
    ],
)  # fmt: skip
def test_hook__any_other_answer__reverts_and_leaves_the_claim(
    hooked, hook, worker, submit, deployer, mode
) -> None:
    hook.setMode(mode, sender=deployer)
    with ape.reverts(hooked.pool.InvalidZKPProof):
        hooked.pool.submitTaskForUser(worker, hooked.id, *Result().arguments(), sender=worker)
    assert (hooked.status, hooked.info.rejections) == (Status.CLAIMED, 0)

    hook.setMode(PROVEN, sender=deployer)
    submit(hooked)
    assert hooked.status == Status.SETTLED


@pytest.mark.parametrize("mode", [NOT_PROVEN, REVERTS, BURNS_GAS, ANSWERS_LONG])
def test_hook__never_proven__job_ends_by_time(
    hooked, hook, stranger, requester, deployer, at_time, mode
) -> None:
    hook.setMode(mode, sender=deployer)
    at_time(hooked.deadline + 1)
    hooked.pool.releaseExpiredTask(hooked.id, sender=stranger)
    assert hooked.status == Status.EXPIRED


def test_hook__too_little_gas_for_it__never_makes_a_proof_invalid(
    hooked, worker, rpc, pool_interface
) -> None:
    """From too little gas to enough: it runs out, says so, or succeeds. It never says unproven."""
    data = calldata(SUBMIT, worker.address, hooked.id, *Result().arguments())
    tx = {"from": str(worker), "to": str(hooked.pool), "data": hexed(data)}
    seen = []
    for gas in range(60_000, 560_000, 5_000):
        try:
            rpc("eth_call", tx | {"gas": hex(gas)}, "latest")
            seen.append("ok")
        except RpcError as error:
            name = pool_interface.decode_error(error.data).name
            seen.append("out of gas" if name.startswith("0x") else name)  # also of a creation
    assert set(seen) == {"out of gas", "TaskPool_InsufficientGas", "ok"}
    assert seen == sorted(seen, key=["out of gas", "TaskPool_InsufficientGas", "ok"].index)


def test_hook__its_account__cannot_judge_by_itself(hooked, hook, rpc, refusal) -> None:
    pool = hooked.pool
    assert refusal(pool, "verifyAndPay(uint256,bool)", 1, True, sender=hook).name == "Unauthorized"
    assert refusal(pool, "disputeTask(uint256)", 1, sender=hook).name == "Unauthorized"


def test_hook__without_code__cannot_be_set(pool, requester, verifier) -> None:
    terms = pool.termsAt(1)
    given = (terms.verifier, 1, *tuple(terms)[2:-1], True)
    with ape.reverts(pool.TaskPool_NoCode, account=verifier):
        pool.setTerms(given, sender=requester)


def test_hook__context__binds_chain_pool_job_worker_input_and_result(
    make_pool, post, claim, project, deployer, worker
) -> None:
    recorder = deployer.deploy(project.ContextCheck)
    pool = make_pool(verifier=recorder.address, is_hook=True, hook_gas=HOOK_GAS)
    job = post(pool)[0]
    claim(job)
    result = Result(proof=b"proof", public_input=5, public_result=6)
    expected = (31337, pool.address, job.id, worker.address, job.posted.hash, result.commitment)
    recorder.expect(expected, b"proof", 5, 6, sender=deployer)
    pool.submitTaskForUser(worker, job.id, *result.arguments(), sender=worker)
    assert job.status == Status.SETTLED


@pytest.mark.parametrize("field", range(9))
def test_hook__context__differs_in_any_part__is_not_proven(
    make_pool, post, claim, project, deployer, worker, field
) -> None:
    recorder = deployer.deploy(project.ContextCheck)
    pool = make_pool(verifier=recorder.address, is_hook=True, hook_gas=HOOK_GAS)
    job = post(pool)[0]
    claim(job)
    result = Result(proof=b"proof")
    context = [31337, pool.address, job.id, worker.address, job.posted.hash, result.commitment]
    rest = [b"proof", 123, 456]
    parts = [*context, *rest]
    parts[field] = {int: 9, bytes: b"\x09" * 32, str: "0x" + "09" * 20}[type(parts[field])]
    recorder.expect(tuple(parts[:6]), *parts[6:], sender=deployer)
    with ape.reverts(pool.InvalidZKPProof):
        pool.submitTaskForUser(worker, job.id, *result.arguments(), sender=worker)
