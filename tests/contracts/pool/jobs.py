"""What pool tests post, claim and submit: tuples as the contracts take them, easy to vary."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from eth_abi import encode
from eth_utils import keccak

from tests.support.definitions import ZERO_ADDRESS

if TYPE_CHECKING:
    from ape.contracts import ContractInstance

ETHER = 10**18
REWARD = ETHER // 10
BOND = ETHER // 100
HOUR = 3600
DAY = 24 * HOUR
CLAIM_WINDOW = HOUR
VERIFY_WINDOW = 2 * HOUR
DISPUTE_WINDOW = 3 * HOUR
JOB_SECONDS = DAY  # from posting to the deadline
BUCKET_SECONDS = 600
CALLER_SHARE_BPS = 100
FORFEIT_BPS = 2500
HOOK_GAS = 200_000

CODE, LOGGED = range(2)
LOW, NORMAL, HIGH = range(3)


class Status(IntEnum):
    NONE = 0
    OPEN = 1
    CLAIMED = 2
    SUBMITTED = 3
    REJECTED = 4
    DISPUTED = 5
    SETTLED = 6
    REFUNDED = 7
    EXPIRED = 8
    CANCELLED = 9


class Config(NamedTuple):
    owner: str
    asset: str = ZERO_ADDRESS
    router: str = ZERO_ADDRESS
    bucket_seconds: int = BUCKET_SECONDS
    max_claims: int = 1
    data_mode: int = CODE
    open_posting: bool = False


class Terms(NamedTuple):
    verifier: str
    hook_gas: int = 0
    dispute_window: int = DISPUTE_WINDOW
    claim_bond: int = BOND
    claim_window: int = CLAIM_WINDOW
    verify_window: int = VERIFY_WINDOW
    forfeit_bps: int = FORFEIT_BPS
    caller_share_bps: int = CALLER_SHARE_BPS
    max_attempts: int = 2
    is_hook: bool = False


class Setup(NamedTuple):
    model_registry: str
    category: str
    metadata: str
    terms: Terms


class Options(NamedTuple):
    requester: str = ZERO_ADDRESS
    priority: int = NORMAL
    terms_version: int = 0


@dataclass(frozen=True)
class NewJob:
    """One place of the arrays that `addAITasks` takes."""

    deadline: int
    reward: int = REWARD
    request_id: int = 7
    model_id: str = "llm-chat-v1"
    input_data: str = "What is AI?"

    @property
    def hash(self) -> bytes:
        parts = keccak(text=self.model_id), keccak(text=self.input_data)
        return keccak(encode(["uint256", "bytes32", "bytes32"], [self.request_id, *parts]))


@dataclass(frozen=True)
class Result:
    """What `submitTaskForUser` takes, in its order."""

    hash: str = "0x1234567890abcdef"
    proof: bytes = b""
    public_input: int = 123
    public_result: int = 456
    data: str = "A field of study."

    def arguments(self) -> tuple[str, bytes, int, int, str]:
        return self.hash, self.proof, self.public_input, self.public_result, self.data

    @property
    def commitment(self) -> bytes:
        texts = [keccak(text=self.hash), keccak(text=self.data)]
        committed = keccak(encode(["bytes32", "bytes32"], texts))
        kinds = ["bytes32", "uint256", "uint256"]
        return keccak(encode(kinds, [committed, self.public_input, self.public_result]))


def columns(jobs: list[NewJob]) -> tuple[list[Any], ...]:
    """The arrays of `addAITasks`."""
    return (
        [job.reward for job in jobs],
        [job.request_id for job in jobs],
        [job.model_id for job in jobs],
        [job.input_data for job in jobs],
        [job.deadline for job in jobs],
    )


@dataclass(frozen=True)
class Job:
    """A job that was posted."""

    pool: ContractInstance
    id: int
    deadline: int
    reward: int
    posted: NewJob

    @property
    def info(self) -> Any:
        return self.pool.getJob(self.id)

    @property
    def status(self) -> Status:
        return Status(self.pool.getJobStatus(self.id))
