"""Groth16Verifier and Groth16Settler: typed clients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from taskwork.chain.contract import ContractCalls, ContractClient
from taskwork.chain.pool_types import JobContext, JobId
from taskwork.chain.proof_types import ModelKeys, ProvenClaim
from taskwork.chain.rpc import Web3
from taskwork.chain.transactions import Call
from taskwork.chain.types import Address
from taskwork.zk.binding import circuit_hash
from taskwork.zk.curve import decode
from taskwork.zk.proofs import Proof

_JOB = "(uint256,address,uint256,address,bytes32,bytes32)"
_KEY = "(address,bytes32,bytes32)"
_PROPOSAL = "(uint256,uint256,bytes32,uint256,uint256,uint256[8])"
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


@dataclass(frozen=True, slots=True)
class Proposal:
    """A submitted result and what it is proven with, as the settler takes it."""

    task_id: JobId
    request_id: int
    texts: bytes  # see `Result.texts`
    public_input: int  # as submitted
    public_result: int
    proof: tuple[int, ...]  # eight words; see `Proof.to_bytes`


class Groth16SettlerCalls(ContractCalls):
    """Builds calls of a settler; sends nothing."""

    CONTRACT = "Groth16Settler"

    def settle(self, pool: Address, keys: ModelKeys, proposals: Sequence[Proposal]) -> Call:
        """Settle all that are proven, each by its own proof."""
        signature = f"settle(address,{_KEY},bytes32,{_PROPOSAL}[])"
        batch = circuit_hash(keys.batch)
        return self._call(signature, pool, keys.single, batch, list(proposals))

    def settle_evaluated(
        self,
        pool: Address,
        keys: ModelKeys,
        proposals: Sequence[Proposal],
        committed: int,
        proof: Proof,
    ) -> Call:
        """Settle eight results by one proof."""
        signature = f"settleEvaluated(address,bytes32,{_KEY},{_PROPOSAL}[],uint256,uint256[8])"
        single, points = circuit_hash(keys.single), decode(proof.to_bytes())
        return self._call(signature, pool, single, keys.batch, list(proposals), committed, points)


class Groth16SettlerClient(ContractClient):
    """The verifier account that accepts whatever is proven."""

    CONTRACT = "Groth16Settler"

    def __init__(self, web3: Web3, address: str) -> None:
        super().__init__(web3, address)
        self.calls = Groth16SettlerCalls(self.address)
