"""Groth16Verifier: a typed client."""

from __future__ import annotations

from collections.abc import Sequence

from taskwork.chain.contract import ContractClient
from taskwork.chain.pool_types import JobContext
from taskwork.chain.proof_types import ModelKeys, ProvenClaim
from taskwork.zk.binding import circuit_hash
from taskwork.zk.curve import decode
from taskwork.zk.proofs import Proof

_JOB = "(uint256,address,uint256,address,bytes32,bytes32)"
_KEY = "(address,bytes32,bytes32)"
_CLAIM = f"({_JOB},uint256,uint256,uint256)"


class Groth16VerifierClient(ContractClient):
    """Judges proofs for any model whose keys its id names."""

    CONTRACT = "Groth16Verifier"

    async def verify(
        self, job: JobContext, proof: bytes, *, public_input: int, public_result: int
    ) -> bool:
        """Whether `proof` (see `binding.encode_proof`) shows the result of `job`."""
        signature = f"verify({_JOB},bytes,uint256,uint256)"
        return bool((await self._read(signature, job, proof, public_input, public_result))[0])

    async def verify_batch(
        self, keys: ModelKeys, claims: Sequence[ProvenClaim], proofs: Sequence[Proof]
    ) -> bool:
        """Whether each claim's own proof is valid; one bad proof fails all."""
        signature = f"verifyBatch({_KEY},bytes32,{_CLAIM}[],uint256[8][])"
        points = [decode(proof.to_bytes()) for proof in proofs]
        batch = circuit_hash(keys.batch)
        return bool((await self._read(signature, keys.single, batch, list(claims), points))[0])

    async def verify_evaluated(
        self, keys: ModelKeys, claims: Sequence[ProvenClaim], committed: int, proof: Proof
    ) -> bool:
        """Whether one proof shows all claims, under the model's batch key."""
        signature = f"verifyEvaluated(bytes32,{_KEY},{_CLAIM}[],uint256,uint256[8])"
        points = decode(proof.to_bytes())
        single = circuit_hash(keys.single)
        answer = await self._read(signature, single, keys.batch, list(claims), committed, points)
        return bool(answer[0])

    async def model_id_of(self, keys: ModelKeys) -> str:
        """The id of the model with these keys, as the contract computes it."""
        return str((await self._read(f"modelIdOf(({_KEY},{_KEY}))", keys))[0])
