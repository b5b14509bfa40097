"""What an envelope is bound to: it opens nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from taskwork.chain.pool_types import JobId
from taskwork.chain.types import Address

_INPUT = "Taskwork input: chain, pool, requester"
_JOB = "Taskwork job: chain, pool, job, worker"


@dataclass(frozen=True, slots=True)
class InputContext:
    """Where an input is posted, and by whom. Its job has no number yet."""

    chain_id: int
    pool: Address
    requester: Address

    def digest(self) -> bytes:
        """32 bytes that no other context has."""
        kinds = ["string", "uint256", "address", "address"]
        return keccak(encode(kinds, [_INPUT, self.chain_id, self.pool, self.requester]))


@dataclass(frozen=True, slots=True)
class ClaimContext:
    """A job, and the worker that holds its claim."""

    chain_id: int
    pool: Address
    job: JobId
    worker: Address

    def digest(self) -> bytes:
        """32 bytes that no other context has."""
        kinds = ["string", "uint256", "address", "uint256", "address"]
        return keccak(encode(kinds, [_JOB, self.chain_id, self.pool, self.job, self.worker]))


Context: TypeAlias = InputContext | ClaimContext
