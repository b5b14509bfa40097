"""Several claims at once, on recorded proofs: gas, and what must not pass."""

from __future__ import annotations

from dataclasses import replace

import pytest
import pytest_asyncio

from circuits.record import BATCHED, RECORDED, SINGLE, Recorded, read
from taskwork.chain.abi import load_abi
from taskwork.chain.deploy import deploy_missing
from taskwork.chain.types import Address
from taskwork.zk.circuits import BATCH
from taskwork.zk.client import Groth16VerifierClient
from tests.support.chain import Chain

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    assert RECORDED.exists()
    return read()


@pytest_asyncio.fixture
async def verifier(chain: Chain) -> Groth16VerifierClient:
    """The verifiers' code, where the recorded model has them."""
    for name, at in (("DigitsPublicVerifier", SINGLE), ("DigitsBatchVerifier", BATCHED)):
        deployed = await deploy_missing(chain.web3, chain.owner, name)
        code = await chain.rpc("eth_getCode", deployed, "latest")
        await chain.rpc("anvil_setCode", at, code)
    adapter = await deploy_missing(chain.web3, chain.owner, "Groth16Verifier")
    return Groth16VerifierClient(chain.web3, adapter)


def test_recorded__keys__are_those_of_the_committed_verifiers(recorded: Recorded) -> None:
    for name, key in (("DigitsPublic", recorded.keys.single), ("DigitsBatch", recorded.keys.batch)):
        code = load_abi(f"{name}Verifier").bytecode
        assert bytes.fromhex(key.key_hash[2:]) in code


async def test_evaluated__eight_claims__are_proven_by_one_proof(
    verifier: Groth16VerifierClient, recorded: Recorded
) -> None:
    eight = recorded.claims[:BATCH]
    assert await verifier.verify_evaluated(
        recorded.keys, eight, recorded.committed, recorded.evaluated
    )


async def test_evaluated__claims_changed_swapped_or_of_others__are_not_proven(
    verifier: Groth16VerifierClient, recorded: Recorded
) -> None:
    eight = recorded.claims[:BATCH]
    other_worker = replace(eight[0], job=replace(eight[0].job, worker=Address(SINGLE)))
    lists = [
        [*eight[1:], eight[0]],
        [replace(eight[0], public_result=(eight[0].public_result + 1) % 10), *eight[1:]],
        [other_worker, *eight[1:]],
        [*eight[:7], recorded.claims[8]],
    ]
    for claims in lists:
        assert not await verifier.verify_evaluated(
            recorded.keys, claims, recorded.committed, recorded.evaluated
        )


async def test_evaluated__another_commitment_or_the_proof_of_one__is_not_proven(
    verifier: Groth16VerifierClient, recorded: Recorded
) -> None:
    """The point follows from the commitment; one chosen after it proves nothing: pitfall 8."""
    eight = recorded.claims[:BATCH]
    assert not await verifier.verify_evaluated(
        recorded.keys, eight, recorded.committed + 1, recorded.evaluated
    )
    assert not await verifier.verify_evaluated(
        recorded.keys, eight, recorded.committed, recorded.proofs[0]
    )


async def test_batch__thirty_two_claims__are_proven_until_one_is_wrong(
    verifier: Groth16VerifierClient, recorded: Recorded
) -> None:
    keys, claims, proofs = recorded.keys, recorded.claims, list(recorded.proofs)
    assert await verifier.verify_batch(keys, claims, proofs)
    proofs[17] = proofs[18]
    assert not await verifier.verify_batch(keys, claims, proofs)
