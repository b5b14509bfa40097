"""What a worker signs, so that somebody else can claim and submit for it (EIP-712)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_account.messages import SignableMessage, encode_typed_data

from taskwork.chain.pool_types import JobId, Result, Timestamp
from taskwork.chain.signing import MessageSigner
from taskwork.chain.types import Address
from taskwork.errors import UntrustedPool

_TAIL = [{"name": "nonce", "type": "uint256"}, {"name": "expiry", "type": "uint256"}]
_CLAIM = [
    {"name": "user", "type": "address"},
    {"name": "taskId", "type": "uint256"},
    *_TAIL,
]
_SUBMISSION = [
    {"name": "user", "type": "address"},
    {"name": "taskId", "type": "uint256"},
    {"name": "resultHash", "type": "string"},
    {"name": "zkpProof", "type": "bytes"},
    {"name": "zkpPublicInput", "type": "uint256"},
    {"name": "zkpPublicResult", "type": "uint256"},
    {"name": "resultData", "type": "string"},
    *_TAIL,
]


@dataclass(frozen=True, slots=True)
class SigningDomain:
    """A pool on a chain; a signature is good there alone."""

    name: str
    version: str
    chain_id: int
    pool: Address

    def expect(self, chain_id: int, pool: Address) -> SigningDomain:
        """The same; refuses a pool that names another one, in which the signature would be good."""
        if (self.chain_id, self.pool) != (chain_id, pool):
            raise UntrustedPool(pool, chain_id, self.pool, self.chain_id)
        return self

    def message(self, kind: str, fields: Any, values: Mapping[str, object]) -> SignableMessage:
        """As EIP-712 has it."""
        domain = {
            "name": self.name,
            "version": self.version,
            "chainId": self.chain_id,
            "verifyingContract": self.pool,
        }
        return encode_typed_data(domain, {kind: fields}, dict(values))


@dataclass(frozen=True, slots=True)
class Permit:
    """A signature that anyone may bring once, until it expires."""

    user: Address
    expiry: Timestamp
    signature: bytes


def sign_claim(
    signer: MessageSigner, domain: SigningDomain, task_id: JobId, *, nonce: int, expiry: Timestamp
) -> Permit:
    """Permit anyone to claim a job for the signer; `ANY_JOB` for the first in the queue."""
    values = {"user": signer.address, "taskId": task_id, "nonce": nonce, "expiry": expiry}
    return _sign(signer, domain.message("Claim", _CLAIM, values), expiry)


def sign_submission(
    signer: MessageSigner,
    domain: SigningDomain,
    task_id: JobId,
    result: Result,
    *,
    nonce: int,
    expiry: Timestamp,
) -> Permit:
    """Permit anyone to submit this very result for the signer."""
    values = {
        "user": signer.address,
        "taskId": task_id,
        "resultHash": result.hash,
        "zkpProof": result.proof,
        "zkpPublicInput": result.public_input,
        "zkpPublicResult": result.public_result,
        "resultData": result.data,
        "nonce": nonce,
        "expiry": expiry,
    }
    return _sign(signer, domain.message("Submission", _SUBMISSION, values), expiry)


def _sign(signer: MessageSigner, message: SignableMessage, expiry: Timestamp) -> Permit:
    signature = bytes(signer.sign_message(message).signature)
    return Permit(signer.address, expiry, signature)
