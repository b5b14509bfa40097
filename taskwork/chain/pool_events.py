"""A pool's events. Fields stand in the order of the ABI, after where the event was found."""

from __future__ import annotations

from dataclasses import dataclass

from taskwork.chain.events import Event
from taskwork.chain.pool_types import Bucket, JobId, JobStatus, JobTerms, Priority, Timestamp
from taskwork.chain.types import Address, BlockNumber, TaskHash, Wei


@dataclass(frozen=True, slots=True)
class PoolEvent(Event):
    """What TaskPool says."""


@dataclass(frozen=True, slots=True)
class TasksAdded(PoolEvent):
    """Jobs were posted by one call."""

    task_ids: list[JobId]
    request_ids: list[int]
    model_ids: list[str]


@dataclass(frozen=True, slots=True)
class TaskClaimed(PoolEvent):
    """A worker claimed a job."""

    user: Address
    task_id: JobId


@dataclass(frozen=True, slots=True)
class TaskSubmitted(PoolEvent):
    """A worker submitted a result."""

    user: Address
    task_id: JobId
    result_hash: str


@dataclass(frozen=True, slots=True)
class TaskVerified(PoolEvent):
    """The verifier judged a result."""

    task_id: JobId
    is_valid: bool
    reward: Wei


@dataclass(frozen=True, slots=True)
class PoolActivated(PoolEvent):
    """Jobs can be posted."""

    pool: Address


@dataclass(frozen=True, slots=True)
class PoolDeactivated(PoolEvent):
    """No job can be posted any more."""

    pool: Address


@dataclass(frozen=True, slots=True)
class PoolFunded(PoolEvent):
    """Native coin came in that is owed to nobody."""

    pool: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class JobPosted(PoolEvent):
    """A job was posted."""

    task_id: JobId
    requester: Address
    reward: Wei
    deadline: Timestamp
    terms_version: int
    priority: Priority
    job_hash: str


@dataclass(frozen=True, slots=True)
class JobInputLogged(PoolEvent):
    """The input of a job of a pool that only logs."""

    task_id: JobId
    input_data: str


@dataclass(frozen=True, slots=True)
class JobResultLogged(PoolEvent):
    """The result of a job of a pool that only logs."""

    task_id: JobId
    zkp_proof: bytes
    zkp_public_input: int
    zkp_public_result: int
    result_data: str


@dataclass(frozen=True, slots=True)
class JobReopened(PoolEvent):
    """A job is open again."""

    task_id: JobId
    worker: Address
    origin: JobStatus  # `from` in the ABI: CLAIMED or REJECTED


@dataclass(frozen=True, slots=True)
class JobDisputed(PoolEvent):
    """The verifier has a result examined."""

    task_id: JobId
    deadline: Timestamp


@dataclass(frozen=True, slots=True)
class JobEnded(PoolEvent):
    """A job ended without being settled."""

    task_id: JobId
    status: JobStatus


@dataclass(frozen=True, slots=True)
class BondSlashed(PoolEvent):
    """A worker lost of its bond to the requester, the caller's share included."""

    task_id: JobId
    worker: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class CallerPaid(PoolEvent):
    """Somebody earned a share by calling what was due."""

    task_id: JobId
    caller: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class RewardPaid(PoolEvent):
    """A reward was pushed to its worker."""

    user: Address
    task_id: JobId
    amount: Wei


@dataclass(frozen=True, slots=True)
class CreditAdded(PoolEvent):
    """An account can withdraw more, or lock more as bonds."""

    account: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class CreditWithdrawn(PoolEvent):
    """Credit was paid out."""

    account: Address
    receiver: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class TermsSet(PoolEvent):
    """The owner set the terms of jobs to come."""

    version: int
    terms: JobTerms


@dataclass(frozen=True, slots=True)
class ModelRegistrySet(PoolEvent):
    """The owner named the model registry."""

    model_registry: Address


@dataclass(frozen=True, slots=True)
class FundsWithdrawn(PoolEvent):
    """The owner took what nothing is owed for."""

    owner: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class TimeBudgetFunded(PoolEvent):
    """Somebody paid for calls on time."""

    payer: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class TimeBudgetWithdrawn(PoolEvent):
    """The owner took back what calls on time had not used."""

    owner: Address
    amount: Wei


@dataclass(frozen=True, slots=True)
class TimePriceSet(PoolEvent):
    """The owner said what calls on time may cost."""

    ceiling: Wei
    tip: Wei
    premium_cap: Wei


@dataclass(frozen=True, slots=True)
class BucketScheduled(PoolEvent):
    """A deadline bucket will be called through the task manager."""

    bucket: Bucket
    task_hash: TaskHash
    start_block: BlockNumber


@dataclass(frozen=True, slots=True)
class BucketNotScheduled(PoolEvent):
    """A bucket could not be scheduled; callers remain."""

    bucket: Bucket
    reason: str  # selector of the task manager's error; zeros when the budget is too small
