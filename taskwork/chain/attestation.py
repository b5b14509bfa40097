"""AttestationVerifier: a typed client, and the signatures that it counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eth_account.messages import SignableMessage, encode_typed_data

from taskwork.chain.contract import ContractClient
from taskwork.chain.events import Event
from taskwork.chain.pool_types import JobContext
from taskwork.chain.signing import MessageSigner, recover_signer
from taskwork.chain.types import Address
from taskwork.errors import InvalidInput

_NAME = "AttestationVerifier"
_JOB = "(uint256,address,uint256,address,bytes32,bytes32)"
_TYPES = {
    "Attestation": [
        {"name": "pool", "type": "address"},
        {"name": "taskId", "type": "uint256"},
        {"name": "worker", "type": "address"},
        {"name": "jobHash", "type": "bytes32"},
        {"name": "resultHash", "type": "bytes32"},
        {"name": "publicInput", "type": "uint256"},
        {"name": "publicResult", "type": "uint256"},
    ]
}


@dataclass(frozen=True, slots=True)
class Statement:
    """That a job's result is right. What signers sign who came to the same."""

    verifier: Address
    job: JobContext
    public_input: int = 0
    public_result: int = 0

    def message(self) -> SignableMessage:
        """As EIP-712 has it."""
        return encode_typed_data(
            domain_data={
                "name": "Taskwork Attestation",
                "version": "1",
                "chainId": self.job.chain_id,
                "verifyingContract": self.verifier,
            },
            message_types=_TYPES,
            message_data={
                "pool": self.job.pool,
                "taskId": self.job.task_id,
                "worker": self.job.worker,
                "jobHash": self.job.job_hash,
                "resultHash": self.job.result_hash,
                "publicInput": self.public_input,
                "publicResult": self.public_result,
            },
        )


def attest(signer: MessageSigner, statement: Statement) -> bytes:
    """One signature of 65 bytes."""
    return bytes(signer.sign_message(statement.message()).signature)


def join_attestations(statement: Statement, signatures: Iterable[bytes]) -> bytes:
    """The proof that the verifier takes: signatures in rising order of their signers."""
    by_signer = {_signer_of(statement, one): one for one in signatures}
    return b"".join(by_signer[signer] for signer in sorted(by_signer))


@dataclass(frozen=True, slots=True)
class VerifierEvent(Event):
    """What AttestationVerifier could say."""


@dataclass(frozen=True, slots=True)
class EIP712DomainChanged(VerifierEvent):
    """Part of ERC-5267; the domain never changes, so that it is never emitted."""


class AttestationVerifierClient(ContractClient):
    """One verifier, with signers and a threshold that never change."""

    CONTRACT = _NAME
    EVENTS = VerifierEvent

    async def threshold(self) -> int:
        """How many signers must attest a result."""
        return int((await self._read("THRESHOLD()"))[0])

    async def signers(self) -> list[Address]:
        """The signers, in rising order."""
        return list((await self._read("signers()"))[0])

    async def is_signer(self, account: Address) -> bool:
        """Whether an account is a signer."""
        return bool((await self._read("isSigner(address)", account))[0])

    async def verify(
        self, job: JobContext, proof: bytes, *, public_input: int = 0, public_result: int = 0
    ) -> bool:
        """Whether the proof convinces; raises with the reason when it does not."""
        signature = f"verify({_JOB},bytes,uint256,uint256)"
        (convinced,) = await self._read(signature, job, proof, public_input, public_result)
        return bool(convinced)


def _signer_of(statement: Statement, signature: bytes) -> int:
    signer = recover_signer(statement.message(), signature)
    if signer is None:
        raise InvalidInput("attestation", f"0x{signature.hex()}", "must be a signature of 65 bytes")
    return int(signer, 16)
