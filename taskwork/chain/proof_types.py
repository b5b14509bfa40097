"""The values of proofs on chain. Struct fields stand in the order of the ABI."""

from __future__ import annotations

from dataclasses import dataclass

from taskwork.chain.pool_types import JobContext
from taskwork.chain.types import ZERO_ADDRESS, Address


@dataclass(frozen=True, slots=True)
class CircuitKey:
    """What verifies a circuit's proofs, and how its key was made."""

    verifier: Address
    key_hash: str
    transcript_hash: str


NO_KEY = CircuitKey(ZERO_ADDRESS, "0x" + "00" * 32, "0x" + "00" * 32)


@dataclass(frozen=True, slots=True)
class ModelKeys:
    """The keys of a model: of one result, and of several in one proof."""

    single: CircuitKey
    batch: CircuitKey = NO_KEY


@dataclass(frozen=True, slots=True)
class ProvenClaim:
    """A result that is said to be proven, as the contract takes it."""

    job: JobContext
    request_id: int
    public_input: int
    public_result: int
