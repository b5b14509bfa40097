"""Claims and submissions that anybody brings, signed by the worker: once, here, in time."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from tests.contracts.pool.jobs import BOND, HOUR, Result, Status

CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
CLAIM = {
    "Claim": [
        {"name": "user", "type": "address"},
        {"name": "taskId", "type": "uint256"},
        {"name": "nonce", "type": "uint256"},
        {"name": "expiry", "type": "uint256"},
    ]
}
SUBMISSION = {
    "Submission": [
        {"name": "user", "type": "address"},
        {"name": "taskId", "type": "uint256"},
        {"name": "resultHash", "type": "string"},
        {"name": "zkpProof", "type": "bytes"},
        {"name": "zkpPublicInput", "type": "uint256"},
        {"name": "zkpPublicResult", "type": "uint256"},
        {"name": "resultData", "type": "string"},
        {"name": "nonce", "type": "uint256"},
        {"name": "expiry", "type": "uint256"},
    ]
}


@pytest.fixture
def signer(accounts, deployer):
    """A worker with a key at hand, and money."""
    account = Account.from_key("0x" + "11" * 32)
    deployer.transfer(account.address, 10**18)
    return account


@pytest.fixture
def expiry(now) -> int:
    return now() + HOUR


@pytest.fixture
def signed_pool(pool, job, signer, deployer):
    """A pool with a job, in which the signer has credit."""
    pool.depositCredit(signer.address, 2 * BOND, sender=deployer, value=2 * BOND)
    return pool


def domain_of(pool: Any, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Taskwork TaskPool",
        "version": "1",
        "chainId": 31337,
        "verifyingContract": pool.address,
    } | changes


def sign(signer: Any, domain: dict[str, Any], types: Any, message: dict[str, Any]) -> bytes:
    return bytes(signer.sign_message(encode_typed_data(domain, types, message)).signature)


def claim_of(signer: Any, expiry: int, task_id: int = 1, nonce: int = 0) -> dict[str, Any]:
    return {"user": signer.address, "taskId": task_id, "nonce": nonce, "expiry": expiry}


def submission_of(signer: Any, result: Result, expiry: int, nonce: int) -> dict[str, Any]:
    names = ("resultHash", "zkpProof", "zkpPublicInput", "zkpPublicResult", "resultData")
    return claim_of(signer, expiry, nonce=nonce) | dict(zip(names, result.arguments(), strict=True))


@pytest.mark.parametrize("task_id", [0, 1])
def test_signed_claim__brought_by_anyone__is_the_signers(
    signed_pool, signer, expiry, stranger, task_id
) -> None:
    signature = sign(signer, domain_of(signed_pool), CLAIM, claim_of(signer, expiry, task_id))
    receipt = signed_pool.claimTaskForUser(
        signer.address, task_id, expiry, signature, sender=stranger
    )

    assert receipt.return_value == 1
    assert signed_pool.getJob(1).worker == signer.address
    assert signed_pool.creditOf(signer.address) == BOND
    assert signed_pool.nonces(signer.address) == 1


def test_signed_claim__domain__is_what_the_pool_says(signed_pool) -> None:
    fields, name, version, chain_id, contract, salt, extensions = signed_pool.eip712Domain()
    assert (bytes(fields), name, version, chain_id) == (b"\x0f", "Taskwork TaskPool", "1", 31337)
    assert (contract, bytes(salt), extensions) == (signed_pool.address, bytes(32), [])


def test_signed_claim__replayed__reverts(
    signed_pool, signer, expiry, stranger, post, at_time, now
) -> None:
    post(signed_pool)
    signature = sign(signer, domain_of(signed_pool), CLAIM, claim_of(signer, expiry, 0))
    call = (signer.address, 0, expiry, signature)
    signed_pool.claimTaskForUser(*call, sender=stranger)
    with ape.reverts(signed_pool.TaskPool_InvalidSignature, user=signer.address):
        signed_pool.claimTaskForUser(*call, sender=stranger)


def test_signed_claim__malleated__works_no_second_time(
    make_pool, signer, expiry, stranger, post
) -> None:
    pool = make_pool(claim_bond=0, max_claims=7)
    post(pool, 2)
    signature = sign(signer, domain_of(pool), CLAIM, claim_of(signer, expiry, 0))
    r, s, v = signature[:32], int.from_bytes(signature[32:64], "big"), signature[64]
    twin = r + (CURVE_ORDER - s).to_bytes(32, "big") + bytes([55 - v])

    pool.claimTaskForUser(signer.address, 0, expiry, signature, sender=stranger)
    with ape.reverts(pool.TaskPool_InvalidSignature, user=signer.address):
        pool.claimTaskForUser(signer.address, 0, expiry, twin, sender=stranger)
    assert pool.getUserActiveTasks(signer.address) == [1]


@pytest.mark.parametrize(
    "change",
    [
        {"chainId": 1},
        {"verifyingContract": "0x" + "ab" * 20},
        {"name": "TaskPool"},
        {"version": "2"},
    ],
    ids=["chain", "pool", "name", "version"],
)
def test_signed_claim__for_another_domain__reverts(
    signed_pool, signer, expiry, stranger, change
) -> None:
    domain = domain_of(signed_pool, **change)
    signature = sign(signer, domain, CLAIM, claim_of(signer, expiry))
    with ape.reverts(signed_pool.TaskPool_InvalidSignature, user=signer.address):
        signed_pool.claimTaskForUser(signer.address, 1, expiry, signature, sender=stranger)


@pytest.mark.parametrize("change", ["taskId", "nonce", "expiry", "user"])
def test_signed_claim__over_something_else__reverts(
    signed_pool, signer, expiry, stranger, change
) -> None:
    message = claim_of(signer, expiry)
    message |= {change: stranger.address if change == "user" else message[change] + 1}
    signature = sign(signer, domain_of(signed_pool), CLAIM, message)
    with ape.reverts(signed_pool.TaskPool_InvalidSignature, user=signer.address):
        signed_pool.claimTaskForUser(signer.address, 1, expiry, signature, sender=stranger)


@pytest.mark.parametrize("signature", [b"", b"\x00" * 65, b"\x01" * 64, b"\x01" * 66])
def test_signed_claim__no_signature__reverts(
    signed_pool, signer, expiry, stranger, signature
) -> None:
    for user in (signer.address, "0x" + "00" * 20):
        with ape.reverts(signed_pool.TaskPool_InvalidSignature, user=user):
            signed_pool.claimTaskForUser(user, 1, expiry, signature, sender=stranger)


def test_signed_claim__in_the_last_second__is_taken(
    signed_pool, signer, expiry, stranger, at_time
) -> None:
    signature = sign(signer, domain_of(signed_pool), CLAIM, claim_of(signer, expiry))
    at_time(expiry)
    signed_pool.claimTaskForUser(signer.address, 1, expiry, signature, sender=stranger)
    assert signed_pool.userActiveTask(signer.address) == 1


def test_signed_claim__a_second_late__reverts(
    signed_pool, signer, expiry, stranger, at_time
) -> None:
    signature = sign(signer, domain_of(signed_pool), CLAIM, claim_of(signer, expiry))
    at_time(expiry + 1)
    with ape.reverts(signed_pool.TaskPool_SignatureExpired, expiry=expiry, timestamp=expiry + 1):
        signed_pool.claimTaskForUser(signer.address, 1, expiry, signature, sender=stranger)


@pytest.fixture
def held(signed_pool, signer, expiry, stranger):
    """The job, claimed by the signer."""
    signature = sign(signer, domain_of(signed_pool), CLAIM, claim_of(signer, expiry))
    signed_pool.claimTaskForUser(signer.address, 1, expiry, signature, sender=stranger)
    return signed_pool


def test_signed_submission__brought_by_anyone__is_the_signers(
    held, signer, expiry, stranger, verifier
) -> None:
    result = Result(proof=b"proof")
    message = submission_of(signer, result, expiry, 1)
    signature = sign(signer, domain_of(held), SUBMISSION, message)
    held.submitTaskForUser(
        signer.address, 1, *result.arguments(), expiry, signature, sender=stranger
    )

    assert held.getJobStatus(1) == Status.SUBMITTED
    assert held.getTask(1).zkpProof == b"proof"
    assert held.nonces(signer.address) == 2


@pytest.mark.parametrize(
    "other",
    [
        Result(hash="0x"),
        Result(proof=b"x"),
        Result(public_input=1),
        Result(public_result=1),
        Result(data="x"),
    ],
    ids=["hash", "proof", "input", "result", "data"],
)
def test_signed_submission__of_another_result__reverts(
    held, signer, expiry, stranger, other
) -> None:
    message = submission_of(signer, Result(), expiry, 1)
    signature = sign(signer, domain_of(held), SUBMISSION, message)
    with ape.reverts(held.TaskPool_InvalidSignature, user=signer.address):
        held.submitTaskForUser(
            signer.address, 1, *other.arguments(), expiry, signature, sender=stranger
        )


def test_signed_submission__with_the_claims_signature__reverts(
    held, signer, expiry, stranger
) -> None:
    signature = sign(signer, domain_of(held), CLAIM, claim_of(signer, expiry, nonce=1))
    with ape.reverts(held.TaskPool_InvalidSignature, user=signer.address):
        held.submitTaskForUser(
            signer.address, 1, *Result().arguments(), expiry, signature, sender=stranger
        )


def test_signed_submission__expired__reverts(held, signer, expiry, stranger, now) -> None:
    past = now() - 1
    with ape.reverts(held.TaskPool_SignatureExpired):
        held.submitTaskForUser(
            signer.address, 1, *Result().arguments(), past, b"\x01" * 65, sender=stranger
        )
