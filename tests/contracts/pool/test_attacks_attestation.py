"""Attacks on proofs, with real attestations: copied, replayed, and attached to something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ape
import pytest
from eth_account import Account

from tests.contracts.pool.jobs import BOND, REWARD, Job, Result, Status

if TYPE_CHECKING:
    from ape.contracts import ContractInstance

RESULT = Result(data="A result that three have computed.")
HOOK_GAS = 300_000
CHAIN_ID = 31337
FIELDS = {
    "pool": "address", "taskId": "uint256", "worker": "address", "jobHash": "bytes32",
    "resultHash": "bytes32", "publicInput": "uint256", "publicResult": "uint256",
}  # fmt: skip


@pytest.fixture(scope="session")
def attestors(accounts: Any) -> list[Any]:
    return sorted((accounts[i] for i in (1, 2, 3)), key=lambda one: int(one.address, 16))


@pytest.fixture
def judge(project, deployer, attestors) -> ContractInstance:
    """Two of three."""
    return deployer.deploy(project.AttestationVerifier, attestors, 2)


@pytest.fixture
def attested_pool(make_pool, judge) -> ContractInstance:
    """A pool whose jobs are settled by attestations, inside the submission."""
    terms = {"verifier": str(judge), "is_hook": True, "hook_gas": HOOK_GAS}
    return make_pool(**terms, max_claims=2)


@pytest.fixture
def attest(judge, attestors) -> Any:
    """Two attestors compute a job's result anew, and sign that it is this one."""

    def do(job: Job, worker: Any, result: Result = RESULT) -> Result:
        message = {
            "pool": job.pool.address,
            "taskId": job.id,
            "worker": str(worker),
            "jobHash": job.posted.hash,
            "resultHash": result.commitment,
            "publicInput": result.public_input,
            "publicResult": result.public_result,
        }
        domain = {
            "name": "Taskwork Attestation", "version": "1", "chainId": CHAIN_ID,
            "verifyingContract": judge.address,
        }  # fmt: skip
        kinds = {"Attestation": [{"name": name, "type": of} for name, of in FIELDS.items()]}
        signed = [
            Account.sign_typed_data(one.private_key, domain, kinds, message).signature
            for one in attestors[:2]
        ]
        return Result(
            result.hash, b"".join(map(bytes, signed)), result.public_input, result.public_result,
            result.data,
        )  # fmt: skip

    return do


@pytest.fixture
def held(attested_pool, post, claim, worker) -> Job:
    """A job that the worker has claimed."""
    (job,) = post(attested_pool)
    claim(job)
    return job


def test_attested_result__submitted_by_its_worker__is_paid_at_once(
    held, attest, submit, worker, attested_pool
):
    before = worker.balance
    receipt = submit(held, result=attest(held, worker))
    assert held.status == Status.SETTLED
    assert worker.balance == before + REWARD - receipt.total_fees_paid
    assert attested_pool.creditOf(worker) == BOND


def test_attested_result__copied_by_another_worker__is_not_proven(
    attested_pool, held, attest, post, claim, submit, worker, other_worker
):
    """Somebody sees the submission wait, and sends it first, for a claim of its own."""
    (twin,) = post(attested_pool)
    claim(twin, by=other_worker)
    stolen = attest(held, worker)
    for job in (twin, held):
        error = attested_pool.InvalidZKPProof if job is twin else attested_pool.TaskNotClaimed
        with ape.reverts(error):
            submit(job, by=other_worker, result=stolen)
    assert (twin.status, held.status) == (Status.CLAIMED, Status.CLAIMED)
    assert submit(held, result=stolen)


def test_attested_result__replayed_for_the_workers_other_job__is_not_proven(
    attested_pool, held, attest, post, claim, submit, worker
):
    """The same input, model and result: only the job's number differs."""
    (twin,) = post(attested_pool)
    claim(twin)
    with ape.reverts(attested_pool.InvalidZKPProof):
        submit(twin, result=attest(held, worker))


def test_attested_result__of_another_pool__is_not_proven(
    make_pool, judge, held, attest, post, claim, submit, worker
):
    other = make_pool(verifier=str(judge), is_hook=True, hook_gas=HOOK_GAS)
    (twin,) = post(other)
    claim(twin)
    assert twin.id == held.id
    with ape.reverts(other.InvalidZKPProof):
        submit(twin, result=attest(held, worker))


@pytest.mark.parametrize(
    "changed",
    [
        {"data": "Another result."}, {"hash": "0x00"}, {"public_input": 0},
        {"public_result": 0},
    ],
    ids=lambda changed: next(iter(changed)),
)  # fmt: skip
def test_attested_result__attached_to_another_answer__is_not_proven(
    held, attest, submit, worker, attested_pool, changed
):
    proof = attest(held, worker).proof
    values = {
        "hash": RESULT.hash, "public_input": RESULT.public_input,
        "public_result": RESULT.public_result, "data": RESULT.data,
    }  # fmt: skip
    with ape.reverts(attested_pool.InvalidZKPProof):
        submit(held, result=Result(proof=proof, **(values | changed)))
    assert held.status == Status.CLAIMED


def test_attested_result__one_attestor_twice__is_not_proven(
    held, attest, submit, worker, attested_pool
):
    proof = attest(held, worker).proof
    twice = Result(
        RESULT.hash, proof[:65] * 2, RESULT.public_input, RESULT.public_result, RESULT.data
    )
    with ape.reverts(attested_pool.InvalidZKPProof):
        submit(held, result=twice)


def test_attested_result__after_a_first_claim_ran_out__is_proven_for_the_next_one(
    held, attest, submit, worker, attested_pool, stranger, at_time, fund_bond
):
    """An attestation says that the result is right, which stays true: no attempt is lost."""
    result = attest(held, worker)
    at_time(held.info.until + 1)
    attested_pool.releaseExpiredTask(held.id, sender=stranger)
    fund_bond(attested_pool, worker)
    attested_pool.claimTaskForUser(worker, held.id, sender=worker)
    submit(held, result=result)
    assert held.status == Status.SETTLED
