"""What task pools say, in Python types. Times are seconds of chain time, money is base units."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NewType

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from taskwork.chain.types import ZERO_ADDRESS, Address, Gas, Wei

JobId = NewType("JobId", int)  # `taskId` in a pool's ABI; 1 is a pool's first
Timestamp = NewType("Timestamp", int)  # seconds since 1970
Seconds = NewType("Seconds", int)
Bps = NewType("Bps", int)  # hundredths of a percent
Bucket = NewType("Bucket", int)  # of deadlines that are called together

ANY_JOB = JobId(0)  # whichever is first in the queue
ANY_TERMS = 0

# Structs, as signatures have them.
TERMS = "(address,uint32,uint32,uint96,uint32,uint32,uint16,uint16,uint8,bool)"
CONFIG = "(address,address,address,uint32,uint8,uint8,bool)"
SETUP = f"(address,string,string,{TERMS})"
OPTIONS = "(address,uint8,uint256)"


class JobStatus(IntEnum):
    """Where a job is in its life."""

    NONE = 0  # never posted
    OPEN = 1  # waits to be claimed
    CLAIMED = 2  # a worker has the right to deliver it
    SUBMITTED = 3  # a result waits for the verifier
    REJECTED = 4  # passed through within one transaction
    DISPUTED = 5  # a result is being examined
    SETTLED = 6  # ended: the worker is paid
    REFUNDED = 7  # ended: a result came and was not accepted in time
    EXPIRED = 8  # ended: no result came in time
    CANCELLED = 9  # ended: by its requester

    @property
    def has_ended(self) -> bool:
        """Whether nothing can happen to the job any more."""
        return self >= JobStatus.SETTLED


class Priority(IntEnum):
    """Which queue an open job waits in; higher ones are served first."""

    LOW = 0
    NORMAL = 1
    HIGH = 2


class DataMode(IntEnum):
    """Where a pool keeps inputs and results."""

    CODE = 0  # as contract code, readable on chain
    LOGGED = 1  # in events only


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be posted."""

    reward: Wei
    deadline: Timestamp  # last second for claims and submissions
    input_data: str
    model_id: str = ""
    request_id: int = 0  # whatever the requester wants to find it by


@dataclass(frozen=True, slots=True)
class Result:
    """What a worker submits."""

    data: str
    hash: str = ""  # text that the worker commits to
    proof: bytes = b""
    public_input: int = 0
    public_result: int = 0

    @property
    def commitment(self) -> str:
        """What the chain keeps of it."""
        signals = (self.public_input, self.public_result)
        return (
            f"0x{keccak(encode(['bytes32', 'uint256', 'uint256'], [self.texts, *signals])).hex()}"
        )

    @property
    def texts(self) -> bytes:
        """The part of the commitment that is about the texts."""
        hashes = [keccak(text=self.hash), keccak(text=self.data)]
        return keccak(encode(["bytes32", "bytes32"], hashes))


@dataclass(frozen=True, slots=True)
class PostedJob:
    """What a job was posted with."""

    request_id: int
    model_id: str
    input_data: str

    @property
    def hash(self) -> str:
        """What the chain keeps of it."""
        hashes = (keccak(text=self.model_id), keccak(text=self.input_data))
        fields = encode(["uint256", "bytes32", "bytes32"], [self.request_id, *hashes])
        return f"0x{keccak(fields).hex()}"


@dataclass(frozen=True, slots=True)
class PoolTask:
    """A job as the seed's `Task` shows it."""

    task_id: JobId
    assigned_to: Address  # zero while open
    reward: Wei
    deadline: Timestamp
    is_completed: bool  # a result was submitted and not rejected
    is_verified: bool  # it was accepted
    request_id: int  # from here on zero and empty in a pool that only logs
    model_id: str
    input_data: str
    result_data: str
    result_hash: str
    zkp_proof: bytes
    zkp_public_input: int
    zkp_public_result: int


@dataclass(frozen=True, slots=True)
class JobInfo:
    """All that a pool knows of a job, but for the bytes."""

    task_id: JobId
    status: JobStatus  # what time has ended keeps its status until somebody calls
    priority: Priority
    requester: Address
    worker: Address  # zero while open
    reward: Wei
    deadline: Timestamp
    until: Timestamp  # last second of what the status allows
    submitted_at: Timestamp
    rejections: int
    terms_version: int
    job_hash: str
    result_hash: str


@dataclass(frozen=True, slots=True)
class JobState:
    """A job at a time: whether the time has outrun what its status says."""

    job: JobInfo
    now: Timestamp

    @property
    def status(self) -> JobStatus:
        """As stored: what time has ended keeps its status until somebody calls."""
        return self.job.status

    @property
    def is_overdue(self) -> bool:
        """Whether anybody may release it now."""
        return not self.status.has_ended and self.now > self.job.until

    @property
    def seconds_left(self) -> Seconds:
        """How long the status allows what it allows; 0 when it is over."""
        return Seconds(0 if self.status.has_ended else max(0, self.job.until - self.now))


@dataclass(frozen=True, slots=True)
class JobTerms:
    """What the owner sets for the jobs posted from then on."""

    verifier: Address
    hook_gas: Gas
    dispute_window: Seconds
    claim_bond: Wei
    claim_window: Seconds
    verify_window: Seconds
    forfeit_bps: Bps  # of the bond, when a result is rejected
    caller_share_bps: Bps  # of what is released by time
    max_attempts: int  # rejections before the refund; without effect where there is no bond
    is_hook: bool  # whether it is asked inside submissions


@dataclass(frozen=True, slots=True)
class PoolConfig:
    """What never changes of a pool."""

    owner: Address
    asset: Address = ZERO_ADDRESS  # zero for the native coin
    router: Address = ZERO_ADDRESS
    bucket_seconds: Seconds = Seconds(0)  # 0 for a pool that nobody calls on time
    max_claims: int = 1
    data_mode: DataMode = DataMode.CODE
    open_posting: bool = False

    @property
    def is_native(self) -> bool:
        """Whether rewards are native coin."""
        return self.asset == ZERO_ADDRESS


@dataclass(frozen=True, slots=True)
class PoolSetup:
    """What a pool starts with."""

    model_registry: Address
    category: str
    metadata: str
    terms: JobTerms


@dataclass(frozen=True, slots=True)
class PoolStats:
    """What a pool counts."""

    posted: int
    open: int
    live: int
    rewarded: Wei
    owed: Wei
    free: Wei


@dataclass(frozen=True, slots=True)
class PostOptions:
    """How jobs are posted, beyond the seed's arguments."""

    requester: Address = ZERO_ADDRESS  # zero for the sender
    priority: Priority = Priority.NORMAL
    terms_version: int = ANY_TERMS  # refuse to post under others


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a proof or an attestation of a result is bound to."""

    chain_id: int
    pool: Address
    task_id: JobId
    worker: Address
    job_hash: str
    result_hash: str


@dataclass(frozen=True, slots=True)
class ActiveJob:
    """A job that a worker holds."""

    task_id: JobId
    reward: Wei
    deadline: Timestamp  # of the claim


@dataclass(frozen=True, slots=True)
class BucketState:
    """What a deadline bucket holds."""

    jobs: int
    done: int
    scheduled: bool


@dataclass(frozen=True, slots=True)
class TaskView:
    """A job in short, as the viewer shows it."""

    task_id: JobId
    reward: Wei
    deadline: Timestamp  # of what its status allows
    assigned_to: Address
    exists: bool


@dataclass(frozen=True, slots=True)
class TaskDetails:
    """A job with what was submitted, as the viewer shows it."""

    task_id: JobId
    reward: Wei
    deadline: Timestamp
    assigned_to: Address
    exists: bool
    zkp_proof: bytes
    zkp_public_input: int
    zkp_public_result: int
    result: str
    queue_type: int  # 0 ended or unknown, 1 available, 2 claimed, 3 waits for its verifier


@dataclass(frozen=True, slots=True)
class PoolView:
    """A pool in short, as the viewer shows it."""

    pool_address: Address
    available_tasks: int
    under_way: int
    total_processed: int
    total_rewarded: Wei
    balance: Wei
    owner: Address
    is_active: bool


@dataclass(frozen=True, slots=True)
class Census:
    """How many of some jobs are in which state."""

    open: int
    claimed: int
    pending: int
    settled: int
    ended: int
    overdue: int  # of the first three: anybody may release them


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over pools. Rewards of different assets are added up all the same."""

    total_pools: int
    active_pools: int
    total_available_tasks: int
    total_under_way: int
    total_processed_tasks: int
    total_rewards_distributed: Wei


@dataclass(frozen=True, slots=True)
class Opening:
    """A pool with open jobs."""

    pool: Address
    available: int
    average_reward: Wei
