"""Attestations signed in Python, counted by the real verifier."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount

from taskwork.chain.attestation import (
    AttestationVerifierClient,
    Statement,
    attest,
    join_attestations,
)
from taskwork.chain.contract_errors import (
    AttestationVerifier_NotASigner,
    AttestationVerifier_ProofLength,
    AttestationVerifier_WrongChain,
)
from taskwork.chain.deploy import deploy_missing
from taskwork.chain.pool_types import JobContext, JobId
from taskwork.chain.types import Address, as_address
from taskwork.errors import InvalidInput
from tests.support.chain import Chain

pytestmark = pytest.mark.integration

JOB = JobContext(
    chain_id=31337,
    pool=as_address("0x" + "a1" * 20),
    task_id=JobId(7),
    worker=as_address("0x" + "b2" * 20),
    job_hash="0x" + "c3" * 32,
    result_hash="0x" + "d4" * 32,
)


async def deploy(chain: Chain) -> tuple[AttestationVerifierClient, list[LocalAccount]]:
    """Two of three."""
    signers = sorted((Account.create() for _ in range(3)), key=lambda one: int(one.address, 16))
    addresses = [one.address for one in signers]
    at = await deploy_missing(chain.web3, chain.owner, "AttestationVerifier", addresses, 2)
    return AttestationVerifierClient(chain.web3, at), signers


async def test_verify__two_of_three_in_any_order__convinces(chain: Chain) -> None:
    verifier, signers = await deploy(chain)
    statement = Statement(verifier.address, JOB, public_input=5, public_result=6)
    proof = join_attestations(statement, [attest(one, statement) for one in reversed(signers[1:])])

    assert await verifier.verify(JOB, proof, public_input=5, public_result=6)
    assert await verifier.threshold() == 2
    assert await verifier.signers() == [one.address for one in signers]
    assert await verifier.is_signer(Address(signers[0].address))
    assert not await verifier.is_signer(Address(chain.owner.address))


@pytest.mark.parametrize(
    "other",
    [
        replace(JOB, pool=JOB.worker),
        replace(JOB, task_id=JobId(8)),
        replace(JOB, worker=JOB.pool),
        replace(JOB, job_hash=JOB.result_hash),
        replace(JOB, result_hash=JOB.job_hash),
    ],
)
async def test_verify__attestation_of_another_job__does_not_convince(
    chain: Chain, other: JobContext
) -> None:
    verifier, signers = await deploy(chain)
    statement = Statement(verifier.address, JOB)
    proof = join_attestations(statement, [attest(one, statement) for one in signers[:2]])
    with pytest.raises(AttestationVerifier_NotASigner):
        await verifier.verify(other, proof)


async def test_verify__too_few_or_of_another_chain__says_which(chain: Chain) -> None:
    verifier, signers = await deploy(chain)
    statement = Statement(verifier.address, JOB)
    one = attest(signers[0], statement)
    with pytest.raises(AttestationVerifier_ProofLength) as caught:
        await verifier.verify(JOB, join_attestations(statement, [one, one]))
    assert caught.value.args_by_name == {"length": 65, "required": 130}
    with pytest.raises(AttestationVerifier_WrongChain):
        await verifier.verify(replace(JOB, chain_id=1), one + one)


def test_join_attestations__no_signature__is_refused() -> None:
    statement = Statement(JOB.pool, JOB)
    with pytest.raises(InvalidInput, match="65 bytes"):
        join_attestations(statement, [b"nothing"])
