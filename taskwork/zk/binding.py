"""What ties a proof to one job, worker and answer, computed as `Groth16Verifier` computes it."""

from __future__ import annotations

from collections.abc import Sequence

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from taskwork.chain.pool_types import JobContext
from taskwork.chain.proof_types import CircuitKey, ModelKeys, ProvenClaim
from taskwork.zk.curve import R, to_signal
from taskwork.zk.curve import encode as words
from taskwork.zk.proofs import Proof

BINDING_DOMAIN = keccak(text="Taskwork Groth16 binding, version 1")
POINT_DOMAIN = keccak(text="Taskwork Groth16 evaluation point, version 1")

_JOB = ("uint256", "address", "uint256", "address", "bytes32", "bytes32")


def model_id(keys: ModelKeys) -> str:
    """Name the model with these keys: another key, another name."""
    return f"groth16:0x{keccak(circuit_hash(keys.single) + circuit_hash(keys.batch)).hex()}"


def circuit_hash(key: CircuitKey) -> bytes:
    """Hash one circuit's key as a part of a model's id."""
    parts = (key.verifier, _bytes(key.key_hash), _bytes(key.transcript_hash))
    return keccak(encode(["address", "bytes32", "bytes32"], parts))


def commitment_text(commitment: int) -> str:
    """Write a commitment as the job's input: 0x and 64 lower-case digits."""
    return f"0x{commitment:064x}"


def job_hash(request_id: int, model: str, input_data: str) -> str:
    """Hash a job as its pool does."""
    parts = (request_id, keccak(text=model), keccak(text=input_data))
    return f"0x{keccak(encode(['uint256', 'bytes32', 'bytes32'], parts)).hex()}"


def binding(key_hash: bytes, job: JobContext) -> int:
    """Return the signal that a proof for `job` under this key must carry."""
    fields = (
        job.chain_id,
        job.pool,
        job.task_id,
        job.worker,
        _bytes(job.job_hash),
        _bytes(job.result_hash),
    )
    kinds = ["bytes32", "bytes32", f"({','.join(_JOB)})"]
    return to_signal(encode(kinds, [BINDING_DOMAIN, key_hash, fields]))


def encode_proof(proof: Proof, request_id: int, keys: ModelKeys) -> bytes:
    """Write what `submitTaskForUser` takes as `zkpProof`."""
    single = keys.single
    key = (int(single.verifier, 16), int(single.key_hash, 16), int(single.transcript_hash, 16))
    return proof.to_bytes() + words(request_id, *key) + circuit_hash(keys.batch)


def signals_of(key_hash: bytes, claim: ProvenClaim) -> list[int]:
    """Return the public signals of a claim, in the circuit's order."""
    return [claim.public_result, claim.public_input, binding(key_hash, claim.job)]


def evaluation(key_hash: bytes, claims: Sequence[ProvenClaim], committed: int) -> tuple[int, int]:
    """Return the point at which a batch proof evaluates its claims, and the value there."""
    values = [signal for claim in claims for signal in signals_of(key_hash, claim)]
    point = to_signal(POINT_DOMAIN + words(committed, *values))
    value = 0
    for coefficient in reversed(values):
        value = (value * point + coefficient) % R
    return point, value


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
