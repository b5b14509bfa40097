"""A pool's writes as values: what to send, checked as far as Python can, not yet sent."""

from __future__ import annotations

from collections.abc import Sequence

from taskwork.chain.contract import ContractCalls
from taskwork.chain.pool_signing import Permit
from taskwork.chain.pool_types import (
    OPTIONS,
    SETUP,
    TERMS,
    Bucket,
    JobId,
    JobTerms,
    NewJob,
    PoolSetup,
    PostOptions,
    Result,
)
from taskwork.chain.pool_validation import check_job_id, check_jobs, check_result, check_terms
from taskwork.chain.transactions import Call
from taskwork.chain.types import NO_VALUE, Address, Gas, Wei
from taskwork.chain.validation import check_range
from taskwork.errors import InvalidInput

_ARRAYS = "uint256[],uint256[],string[],string[],uint256[]"
_RESULT = "address,uint256,string,bytes,uint256,uint256,string"
_MAX_UINT256 = 2**256 - 1
# A block later, the same call may be the first of a deadline bucket, and have it scheduled.
_SCHEDULING = Gas(300_000)


class TaskPoolCalls(ContractCalls):
    """Builds calls of one TaskPool; sends nothing."""

    CONTRACT = "TaskPool"

    # Posting

    def add_ai_tasks(
        self,
        jobs: Sequence[NewJob],
        *,
        value: Wei = NO_VALUE,
        options: PostOptions | None = None,
    ) -> Call:
        """Post jobs; `value` is the sum of their rewards in a pool of native coin."""
        check_jobs(jobs)
        arrays = (
            [job.reward for job in jobs],
            [job.request_id for job in jobs],
            [job.model_id for job in jobs],
            [job.input_data for job in jobs],
            [job.deadline for job in jobs],
        )
        if options is None:
            return self._call(f"addAITasks({_ARRAYS})", *arrays, value=value, spare=_SCHEDULING)
        signature = f"addAITasks({_ARRAYS},{OPTIONS})"
        return self._call(signature, *arrays, options, value=value, spare=_SCHEDULING)

    def cancel_task(self, task_id: JobId) -> Call:
        """Take an open job back."""
        return self._job("cancelTask(uint256)", task_id)

    # Working

    def claim_task_for_user(self, user: Address, task_id: JobId | None = None) -> Call:
        """Claim a job, or the first open one; the sender is the user, or the user's router."""
        if task_id is None:
            return self._call("claimTaskForUser(address)", user, spare=_SCHEDULING)
        check_job_id(task_id)
        signature = "claimTaskForUser(address,uint256)"
        return self._call(signature, user, task_id, spare=_SCHEDULING)

    def claim_task_with(self, permit: Permit, task_id: JobId) -> Call:
        """Claim for somebody who signed; see `pool_signing.sign_claim`."""
        signature = "claimTaskForUser(address,uint256,uint256,bytes)"
        fields = (permit.user, task_id, permit.expiry, permit.signature)
        return self._call(signature, *fields, spare=_SCHEDULING)

    def submit_task_for_user(self, user: Address, task_id: JobId, result: Result) -> Call:
        """Submit a result; the sender is the user, or the user's router."""
        signature = f"submitTaskForUser({_RESULT})"
        return self._call(signature, *_submission(user, task_id, result), spare=_SCHEDULING)

    def submit_task_with(self, permit: Permit, task_id: JobId, result: Result) -> Call:
        """Submit for somebody who signed; see `pool_signing.sign_submission`."""
        signature = f"submitTaskForUser({_RESULT},uint256,bytes)"
        fields = _submission(permit.user, task_id, result)
        permission = (permit.expiry, permit.signature)
        return self._call(signature, *fields, *permission, spare=_SCHEDULING)

    # Judging

    def verify_and_pay(self, task_id: JobId, *, is_valid: bool) -> Call:
        """Accept a result and pay its worker, or reject it."""
        check_job_id(task_id)
        return self._call("verifyAndPay(uint256,bool)", task_id, is_valid)

    def batch_verify_and_pay(self, task_ids: Sequence[JobId], is_valid: Sequence[bool]) -> Call:
        """Judge many results."""
        if len(task_ids) != len(is_valid):
            raise InvalidInput("is_valid", len(is_valid), f"must be {len(task_ids)}: one for each")
        check_range("number of jobs", len(task_ids), 1, _MAX_UINT256)
        for task_id in task_ids:
            check_job_id(task_id)
        return self._call("batchVerifyAndPay(uint256[],bool[])", task_ids, is_valid)

    def dispute_task(self, task_id: JobId) -> Call:
        """Take a submitted result into dispute."""
        return self._job("disputeTask(uint256)", task_id)

    # Time

    def release_expired_task(self, task_id: JobId) -> Call:
        """Do what time has made due for a job."""
        return self._job("releaseExpiredTask(uint256)", task_id)

    def release_expired_tasks(self, task_ids: Sequence[JobId]) -> Call:
        """The same for many; those for which nothing is due are passed over."""
        for task_id in task_ids:
            check_job_id(task_id)
        return self._call("releaseExpiredTasks(uint256[])", task_ids)

    def settle_bucket(self, bucket: Bucket, limit: int = _MAX_UINT256) -> Call:
        """The same for the jobs of a deadline bucket."""
        return self._call("settleBucket(uint256,uint256)", bucket, limit)

    def schedule_bucket(self, bucket: Bucket) -> Call:
        """Schedule a bucket that could not be scheduled before."""
        return self._call("scheduleBucket(uint256)", bucket)

    def fund_time_budget(self, value: Wei) -> Call:
        """Pay for calls on time: a gift to the pool."""
        check_range("value", value, 1, _MAX_UINT256)
        return self._call("fundTimeBudget()", value=value)

    def withdraw_time_budget(self, amount: Wei) -> Call:
        """Pay the owner what calls on time have not used."""
        return self._call("withdrawTimeBudget(uint256)", amount)

    def set_time_price(self, *, ceiling: Wei, tip: Wei, premium_cap: Wei) -> Call:
        """Say what calls on time may cost, in wei per gas."""
        return self._call("setTimePrice(uint256,uint256,uint256)", ceiling, tip, premium_cap)

    # Money

    def deposit_credit(self, account: Address, amount: Wei, *, value: Wei = NO_VALUE) -> Call:
        """Add to an account's credit; in a pool of native coin `value` is the amount."""
        check_range("amount", amount, 1, _MAX_UINT256)
        return self._call("depositCredit(address,uint256)", account, amount, value=value)

    def withdraw(self, amount: Wei | None = None, receiver: Address | None = None) -> Call:
        """Pay the sender all its credit, or an amount of it to a receiver."""
        if (amount is None) != (receiver is None):
            raise InvalidInput("amount", amount, "give it together with a receiver, or neither")
        if amount is None:
            return self._call("withdraw()")
        return self._call("withdraw(uint256,address)", amount, receiver)

    # The owner's

    def initialize(self, setup: PoolSetup) -> Call:
        """Set up a pool; its factory has done it."""
        check_terms(setup.terms)
        return self._call(f"initialize({SETUP})", setup)

    def activate_pool(self) -> Call:
        """Let jobs be posted again."""
        return self._call("activatePool()")

    def deactivate_pool(self) -> Call:
        """Let no job be posted any more."""
        return self._call("deactivatePool()")

    def set_model_registry(self, registry: Address) -> Call:
        """Name the contract that may post beside the owner."""
        return self._call("setModelRegistry(address)", registry)

    def set_zkp_verifier(self, verifier: Address) -> Call:
        """Name the account that judges the jobs to come."""
        return self._call("setZKPVerifier(address)", verifier)

    def set_terms(self, terms: JobTerms) -> Call:
        """Set the terms of the jobs to come."""
        check_terms(terms)
        return self._call(f"setTerms({TERMS})", terms)

    def withdraw_funds(self, amount: Wei | None = None) -> Call:
        """Pay the owner what nothing is owed for, or an amount of it."""
        if amount is None:
            return self._call("withdrawFunds()")
        return self._call("withdrawFunds(uint256)", amount)

    def _job(self, signature: str, task_id: JobId) -> Call:
        check_job_id(task_id)
        return self._call(signature, task_id)


def _submission(user: Address, task_id: JobId, result: Result) -> tuple[object, ...]:
    check_job_id(task_id)
    check_result(result)
    proof = (result.proof, result.public_input, result.public_result)
    return user, task_id, result.hash, *proof, result.data
