"""The adapter: one proof is of use for one job, worker, model, input and answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio

from circuits.calculator import witnesses
from taskwork.chain.abi import load_abi
from taskwork.chain.contract_errors import (
    CircuitVerifier_InsufficientGas,
    Groth16Verifier_CountMismatch,
    Groth16Verifier_ProofLength,
    Groth16Verifier_SignalTooLarge,
    Groth16Verifier_WrongJob,
)
from taskwork.chain.deploy import deploy_missing
from taskwork.chain.pool_types import JobContext, JobId, Result
from taskwork.chain.proof_types import CircuitKey, ModelKeys, ProvenClaim
from taskwork.chain.transactions import Call, simulate
from taskwork.chain.types import ZERO_ADDRESS, Gas, as_address
from taskwork.errors import ChainError
from taskwork.zk.artifacts import Artifacts, sha256
from taskwork.zk.binding import (
    binding,
    commitment_text,
    encode_proof,
    job_hash,
    model_id,
)
from taskwork.zk.client import Groth16VerifierClient
from taskwork.zk.curve import R
from taskwork.zk.fast import Zksnake
from taskwork.zk.proofs import Proof
from tests.circuits.mutations import not_canonical, off_curve
from tests.support.chain import Chain

pytestmark = pytest.mark.integration

POOL, OTHER_POOL = as_address("0x" + "a1" * 20), as_address("0x" + "a2" * 20)
WORKER, OTHER_WORKER = as_address("0x" + "b1" * 20), as_address("0x" + "b2" * 20)
SIGNATURE = "verify((uint256,address,uint256,address,bytes32,bytes32),bytes,uint256,uint256)"


@dataclass
class Stage:
    """A verifier on a chain, a model, and what is proven of it."""

    chain: Chain
    verifier: Groth16VerifierClient
    keys: ModelKeys
    claims: list[ProvenClaim]
    proofs: list[Proof]

    def encoded(self, index: int = 0, proof: Proof | None = None) -> bytes:
        one = self.claims[index]
        return encode_proof(proof or self.proofs[index], one.request_id, self.keys)

    async def verify(self, **changes: Any) -> bool:
        """Ask about the first claim, with something of its job changed."""
        claim = self.claims[0]
        return await self.verifier.verify(
            replace(claim.job, **changes),
            self.encoded(),
            public_input=claim.public_input,
            public_result=claim.public_result,
        )


@pytest_asyncio.fixture
async def stage(chain: Chain, preimage: Artifacts, fast: Zksnake) -> Stage:
    at = await deploy_missing(chain.web3, chain.owner, "PreimageVerifier")
    adapter = await deploy_missing(chain.web3, chain.owner, "Groth16Verifier")
    key_hash = f"0x{preimage.key().hash.hex()}"
    keys = ModelKeys(CircuitKey(at, key_hash, f"0x{sha256(preimage.transcript)}"))
    secrets = [[index, index + 100] for index in range(3)]
    known = witnesses(preimage, [{"preimage": one, "binding": 0} for one in secrets])
    claims = [claim_of(keys, index, one[1], one[2]) for index, one in enumerate(known)]  # type: ignore[arg-type]
    bindings = [binding(preimage.key().hash, one.job) for one in claims]
    inputs = [
        {"preimage": one, "binding": bound} for one, bound in zip(secrets, bindings, strict=True)
    ]
    proofs = [fast.prove_values(preimage.zkey, one).proof for one in witnesses(preimage, inputs)]  # type: ignore[arg-type]
    return Stage(chain, Groth16VerifierClient(chain.web3, adapter), keys, claims, proofs)


def claim_of(keys: ModelKeys, index: int, result: int, commitment: int) -> ProvenClaim:
    job = JobContext(
        chain_id=31337,
        pool=POOL,
        task_id=JobId(index + 1),
        worker=WORKER,
        job_hash=job_hash(index, model_id(keys), commitment_text(commitment)),
        result_hash=Result("done", public_input=commitment, public_result=result).commitment,
    )
    return ProvenClaim(job, index, commitment, result)


async def test_verify__honest_proof__is_proven(stage: Stage) -> None:
    assert await stage.verify()
    assert await stage.verifier.model_id_of(stage.keys) == model_id(stage.keys)


@pytest.mark.parametrize(
    "change",
    [
        {"chain_id": 1},
        {"pool": OTHER_POOL},
        {"task_id": JobId(2)},
        {"worker": OTHER_WORKER},
        {"result_hash": "0x" + "11" * 32},
    ],
)
async def test_verify__proof_for_another__is_not_proven(
    stage: Stage, change: dict[str, Any]
) -> None:
    """Replay on another chain, in another pool, for another job, worker or answer: pitfall 5."""
    assert not await stage.verify(**change)


async def test_verify__another_model_input_or_request__is_refused(stage: Stage) -> None:
    claim = stage.claims[0]
    other = replace(stage.keys, single=replace(stage.keys.single, transcript_hash="0x" + "22" * 32))
    proofs = (
        encode_proof(stage.proofs[0], claim.request_id, other),
        encode_proof(stage.proofs[0], claim.request_id + 1, stage.keys),
    )
    for proof in proofs:
        with pytest.raises(Groth16Verifier_WrongJob):
            await stage.verifier.verify(
                claim.job,
                proof,
                public_input=claim.public_input,
                public_result=claim.public_result,
            )
    with pytest.raises(Groth16Verifier_WrongJob) as refused:
        await stage.verifier.verify(
            claim.job,
            stage.encoded(),
            public_input=claim.public_input + 1,
            public_result=claim.public_result,
        )
    assert refused.value.args_by_name["expected"] == claim.job.job_hash


async def test_verify__another_result__is_not_proven(stage: Stage) -> None:
    claim = stage.claims[0]
    assert not await stage.verifier.verify(
        claim.job, stage.encoded(), public_input=claim.public_input, public_result=8
    )


@pytest.mark.parametrize("length", [0, 415, 417])
async def test_verify__proof_truncated_or_too_long__is_refused(stage: Stage, length: int) -> None:
    claim = stage.claims[0]
    with pytest.raises(Groth16Verifier_ProofLength) as refused:
        await stage.verifier.verify(
            claim.job,
            (stage.encoded() + b"\0")[:length],
            public_input=claim.public_input,
            public_result=claim.public_result,
        )
    assert refused.value.args_by_name == {"length": length, "expected": 416}


async def test_verify__signal_not_below_the_order__is_refused(stage: Stage) -> None:
    claim = stage.claims[0]
    for more in ({"public_input": R}, {"public_result": R}):
        given = {"public_input": claim.public_input, "public_result": claim.public_result}
        aliased = given | {name: given[name] + order for name, order in more.items()}
        with pytest.raises(Groth16Verifier_SignalTooLarge) as refused:
            await stage.verifier.verify(claim.job, stage.encoded(), **aliased)
        assert refused.value.args_by_name["signal"] in aliased.values()


async def test_verify__points_that_are_none__are_not_proven(stage: Stage) -> None:
    from taskwork.zk.prove import Proven

    claim = stage.claims[0]
    proven = Proven(stage.proofs[0], ())
    for bad in (*not_canonical(proven), *off_curve(proven)):
        assert not await stage.verifier.verify(
            claim.job,
            stage.encoded(proof=bad.proof),
            public_input=claim.public_input,
            public_result=claim.public_result,
        )


async def test_verify__whatever_the_gas__says_true_or_reverts(stage: Stage) -> None:
    """A true statement never looks false for want of gas: pitfall 6."""
    claim = stage.claims[0]
    args = [claim.job, stage.encoded(), claim.public_input, claim.public_result]
    abi = load_abi("Groth16Verifier")
    call = Call(stage.verifier.address, abi.encode_call(SIGNATURE, args))
    answers = []
    for gas in range(40_000, 320_000, 5_000):
        try:
            data = await simulate(stage.chain.web3, call, sender=POOL, gas=Gas(gas))
        except CircuitVerifier_InsufficientGas:
            answers.append("too little")
            continue
        except ChainError as error:
            answers.append("out of gas" if "gas" in str(error).lower() else str(error))
            continue
        assert abi.decode_result(SIGNATURE, data) == (True,)
        answers.append("proven")
    assert "too little" in answers
    assert answers[-1] == "proven"
    assert answers == sorted(answers, key=["out of gas", "too little", "proven"].index)


async def test_verify__point_off_its_curve__burns_no_more_than_an_honest_proof(
    stage: Stage,
) -> None:
    """A bad point makes a precompile burn all that it is given: pitfall 6."""
    from taskwork.zk.prove import Proven

    claim = stage.claims[0]
    abi = load_abi("Groth16Verifier")

    async def gas_of(proof: Proof) -> int:
        args = [claim.job, stage.encoded(proof=proof), claim.public_input, claim.public_result]
        data = abi.encode_call(SIGNATURE, args)
        request = {"to": stage.verifier.address, "data": f"0x{data.hex()}", "gas": hex(10**6)}
        traced = await stage.chain.rpc(
            "debug_traceCall", request, "latest", {"tracer": "callTracer"}
        )
        return int(traced["gasUsed"], 16)

    honest = await gas_of(stage.proofs[0])
    for bad in off_curve(Proven(stage.proofs[0], ())):
        assert await gas_of(bad.proof) <= honest * 1.02


async def test_verify__verifier_without_code__is_not_proven(stage: Stage) -> None:
    """Anybody can name a model; one that nothing verifies must not prove everything."""
    nothing = replace(stage.keys.single, verifier=as_address("0x" + "cc" * 20))
    for keys in (ModelKeys(nothing), ModelKeys(replace(nothing, verifier=ZERO_ADDRESS))):
        claim = claim_of(keys, 0, 1, 1)
        proof = encode_proof(stage.proofs[0], 0, keys)
        assert not await stage.verifier.verify(claim.job, proof, public_input=1, public_result=1)


async def test_batch__all_honest__is_proven_and_one_claim_swapped_is_not(stage: Stage) -> None:
    keys, claims, proofs = stage.keys, stage.claims, stage.proofs
    assert await stage.verifier.verify_batch(keys, claims, proofs)
    assert not await stage.verifier.verify_batch(keys, [*claims[1:], claims[0]], proofs)
    assert not await stage.verifier.verify_batch(keys, claims, [*proofs[:2], proofs[0]])


async def test_batch__of_different_lengths__is_refused(stage: Stage) -> None:
    with pytest.raises(Groth16Verifier_CountMismatch) as refused:
        await stage.verifier.verify_batch(stage.keys, stage.claims, stage.proofs[:2])
    assert refused.value.args_by_name == {"claims": 3, "expected": 2}


async def test_batch__claim_of_another_model__is_refused(stage: Stage) -> None:
    other = replace(stage.keys, batch=CircuitKey(POOL, "0x" + "33" * 32, "0x" + "44" * 32))
    with pytest.raises(Groth16Verifier_WrongJob):
        await stage.verifier.verify_batch(other, stage.claims, stage.proofs)


async def test_evaluated__another_number_of_claims__is_refused(stage: Stage) -> None:
    with pytest.raises(Groth16Verifier_CountMismatch) as refused:
        await stage.verifier.verify_evaluated(stage.keys, stage.claims, 1, stage.proofs[0])
    assert refused.value.args_by_name == {"claims": 3, "expected": 8}
