"""What Python can know to be wrong with jobs, results and terms before a transaction is paid."""

from __future__ import annotations

from collections.abc import Sequence

from taskwork.chain.pool_types import JobId, JobTerms, NewJob, PoolConfig, Result, Timestamp
from taskwork.chain.types import NO_VALUE, ZERO_ADDRESS, Wei
from taskwork.chain.validation import check_length, check_range
from taskwork.errors import InvalidInput

# As contracts/libraries/PoolLimits.sol has them.
MAX_NAME = 256  # bytes of a model id or a result hash
MAX_BYTES = 24_000  # of an input, or of a proof and a result together
MAX_HORIZON = 1_461 * 86_400  # seconds from posting to the deadline
MAX_WINDOW = 366 * 86_400
MAX_CALLER_SHARE = 1_000
MAX_HOOK_GAS = 10_000_000
BPS = 10_000
MAX_OWED = 2**96 - 1

MAX_CLAIMS = 7
_MAX_UINT256 = 2**256 - 1
_MILLISECONDS = 10**11  # as seconds, the year 5138; as milliseconds, 1973


def check_jobs(jobs: Sequence[NewJob], now: Timestamp | None = None) -> None:
    """Refuse what `addAITasks` would refuse; with `now`, also past and distant deadlines."""
    check_range("number of jobs", len(jobs), 1, _MAX_UINT256)
    for index, job in enumerate(jobs):
        check_range(f"jobs[{index}].reward", job.reward, 1, MAX_OWED)
        check_range(f"jobs[{index}].request_id", job.request_id, 0, _MAX_UINT256)
        check_text(f"jobs[{index}].model_id", job.model_id, MAX_NAME)
        check_text(f"jobs[{index}].input_data", job.input_data, MAX_BYTES)
        check_deadline(f"jobs[{index}].deadline", job.deadline, now)


def check_value(jobs: Sequence[NewJob], config: PoolConfig, value: Wei, *, by_owner: bool) -> None:
    """Refuse a value that is not the sum of the rewards, where one must be sent at all."""
    total = sum(job.reward for job in jobs) if config.is_native else NO_VALUE
    allowed = {total, NO_VALUE} if by_owner else {total}
    if value not in allowed:
        whom = "the rewards' sum" if config.is_native else "nothing: rewards are tokens"
        raise InvalidInput("value", value, f"must be {whom}, {total} wei")


def check_deadline(field: str, deadline: Timestamp, now: Timestamp | None) -> None:
    """Refuse milliseconds and, with `now`, what is not ahead."""
    if deadline >= _MILLISECONDS:
        raise InvalidInput(field, deadline, "must be in seconds, not in milliseconds")
    if now is not None:
        check_range(field, deadline, now + 1, now + MAX_HORIZON)


def check_result(result: Result) -> None:
    """Refuse what `submitTaskForUser` would refuse."""
    check_text("result.hash", result.hash, MAX_NAME)
    both = result.data.encode() + result.proof
    check_length("result.data and result.proof", both, 0, MAX_BYTES)
    check_range("result.public_input", result.public_input, 0, _MAX_UINT256)
    check_range("result.public_result", result.public_result, 0, _MAX_UINT256)


def check_job_id(task_id: JobId) -> None:
    """Refuse an id that no job has."""
    check_range("task_id", task_id, 1, _MAX_UINT256)


def check_terms(terms: JobTerms) -> None:
    """Refuse what no pool takes."""
    check_range("terms.hook_gas", terms.hook_gas, 0, MAX_HOOK_GAS)
    check_range("terms.claim_bond", terms.claim_bond, 0, MAX_OWED)
    for field in ("dispute_window", "claim_window", "verify_window"):
        check_range(f"terms.{field}", getattr(terms, field), 0, MAX_WINDOW)
    check_range("terms.forfeit_bps", terms.forfeit_bps, 0, BPS)
    check_range("terms.caller_share_bps", terms.caller_share_bps, 0, MAX_CALLER_SHARE)
    check_range("terms.max_attempts", terms.max_attempts, 0, 255)


def check_config(config: PoolConfig) -> None:
    """Refuse what no factory takes."""
    if config.owner == ZERO_ADDRESS:
        raise InvalidInput("config.owner", config.owner, "must be an account")
    check_range("config.max_claims", config.max_claims, 1, MAX_CLAIMS)
    check_range("config.bucket_seconds", config.bucket_seconds, 0, 2**32 - 1)


def check_text(field: str, text: str, limit: int) -> None:
    """Refuse a text that is too long in UTF-8."""
    check_length(field, text.encode(), 0, limit)
