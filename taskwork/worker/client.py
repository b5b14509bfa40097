"""What a worker does at a pool, whole: find a job, claim it, read it, submit, be paid.

    worker = WorkerClient(pool, account)
    task = await worker.wait_for_task(timeout_s=600)
    await worker.submit_task(task.task_id, answer(task.input_data))
    await worker.withdraw()

Nothing has to be kept alive between the calls: the claim is on chain until its deadline.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from web3.types import TxReceipt

from taskwork.chain.contract_errors import TaskAlreadyClaimed, TaskExpired, TaskNotFound
from taskwork.chain.pool_events import CreditWithdrawn, TaskClaimed
from taskwork.chain.pool_factory import TaskPoolFactoryClient
from taskwork.chain.pool_signing import Permit, SigningDomain, sign_claim, sign_submission
from taskwork.chain.pool_types import (
    ANY_JOB,
    JobId,
    JobState,
    Result,
    Seconds,
    Timestamp,
)
from taskwork.chain.signing import MessageSigner
from taskwork.chain.task_pool import TaskPoolClient
from taskwork.chain.transactions import Signer
from taskwork.chain.types import NO_VALUE, Address, Wei
from taskwork.errors import ConfigError, TransactionFailed

_PERMIT_SECONDS = Seconds(600)
# No job, only jobs past their deadline, or a race that another worker won.
_NOTHING_YET = (TaskNotFound, TaskExpired, TaskAlreadyClaimed, TransactionFailed)


class WorkerAccount(Signer, MessageSigner, Protocol):
    """Who signs transactions and messages: eth-account's `LocalAccount`, or whatever does both."""

    @property
    def address(self) -> Address: ...


@dataclass(frozen=True, slots=True)
class ClaimedTask:
    """A job that the worker holds."""

    task_id: JobId
    reward: Wei
    deadline: Timestamp  # of the claim: the last second for the result
    requester: Address
    request_id: int
    model_id: str
    input_data: str


@dataclass(frozen=True, slots=True)
class GlobalStats:
    """What all the pools of a factory count together."""

    pools: int
    active_pools: int
    posted: int
    open: int
    live: int


class WorkerClient:
    """One account's work at one pool."""

    def __init__(
        self,
        pool: TaskPoolClient,
        account: WorkerAccount,
        *,
        factory: TaskPoolFactoryClient | None = None,
    ) -> None:
        self.pool = pool
        self.account = account
        self._factory = factory

    # Working

    async def claim_task(self, task_id: JobId | None = None) -> ClaimedTask:
        """The job that the worker holds already, else this job, else the first in the queue.

        A claim that has run out is released first; its bond is lost either way. Raises
        `TaskNotFound` when nothing waits, before anything is sent.
        """
        active = await self._active()
        if active is None:
            active = await self._claim(task_id)
        return await self._describe(active)

    async def wait_for_task(self, *, timeout_s: float, poll_s: float = 2.0) -> ClaimedTask:
        """Claim as soon as there is something.

        When there was nothing in time, what the last attempt met is raised: `TaskNotFound`, mostly.
        """
        deadline = asyncio.get_running_loop().time() + timeout_s
        while True:
            try:
                return await self.claim_task()
            except _NOTHING_YET:
                if asyncio.get_running_loop().time() + poll_s > deadline:
                    raise
            await asyncio.sleep(poll_s)

    async def submit_task(self, task_id: JobId, result: Result | str) -> TxReceipt:
        """Submit a result; raises, before anything is sent, when the claim is not the worker's."""
        given = Result(result) if isinstance(result, str) else result
        call = self.pool.calls.submit_task_for_user(self.account.address, task_id, given)
        return await self.pool.send(self.account, call)

    async def get_task_status(self, task_id: JobId) -> JobState:
        """Where a job is in its life."""
        return await self.pool.get_job_state(task_id)

    async def get_global_stats(self) -> GlobalStats:
        """What all the pools of the factory count together."""
        if self._factory is None:
            raise ConfigError("give the worker a factory to count the pools of")
        count = await self._factory.get_pool_count()
        stats = await self._factory.get_pool_stats()
        return GlobalStats(
            pools=count.total,
            active_pools=count.active,
            posted=sum(one.posted for one in stats.values()),
            open=sum(one.open for one in stats.values()),
            live=sum(one.live for one in stats.values()),
        )

    # Money

    async def fund_bond(self, claims: int = 1) -> Wei:
        """Prepay what is lacking for the bonds of so many claims; returns what was paid.

        In a pool of tokens the worker must have approved them.
        """
        wanted = (await self.pool.terms()).claim_bond * claims
        lacking = Wei(max(0, wanted - await self.pool.credit_of(self.account.address)))
        if lacking:
            is_native = (await self.pool.config()).is_native
            value = lacking if is_native else NO_VALUE
            call = self.pool.calls.deposit_credit(self.account.address, lacking, value=value)
            await self.pool.send(self.account, call)
        return lacking

    async def withdraw(self) -> Wei:
        """Take out all credit: bonds that came back, and rewards that were not pushed."""
        if not await self.pool.credit_of(self.account.address):
            return NO_VALUE
        receipt = await self.pool.send(self.account, self.pool.calls.withdraw())
        (paid,) = self.pool.events_in(receipt, CreditWithdrawn)
        return paid.amount

    # On behalf: the worker signs, and anybody brings the signature and pays the gas

    async def permit_claim(
        self, task_id: JobId = ANY_JOB, *, lifetime: Seconds = _PERMIT_SECONDS
    ) -> Permit:
        """Permit anybody to claim for the worker; see `TaskPoolCalls.claim_task_with`."""
        domain, nonce, expiry = await self._permission(lifetime)
        return sign_claim(self.account, domain, task_id, nonce=nonce, expiry=expiry)

    async def permit_submission(
        self, task_id: JobId, result: Result, *, lifetime: Seconds = _PERMIT_SECONDS
    ) -> Permit:
        """Permit anybody to submit this result; see `TaskPoolCalls.submit_task_with`."""
        domain, nonce, expiry = await self._permission(lifetime)
        return sign_submission(self.account, domain, task_id, result, nonce=nonce, expiry=expiry)

    async def _permission(self, lifetime: Seconds) -> tuple[SigningDomain, int, Timestamp]:
        nonce = await self.pool.nonces(self.account.address)
        expiry = Timestamp(await self.pool.now() + lifetime)
        return await self.pool.signing_domain(), nonce, expiry

    async def _active(self) -> JobId | None:
        """The job that the worker can still deliver."""
        active = await self.pool.get_user_active_task(self.account.address)
        if active is not None and active.deadline < await self.pool.now():
            call = self.pool.calls.release_expired_task(active.task_id)
            await self.pool.send(self.account, call)
            return None
        return active.task_id if active else None

    async def _claim(self, task_id: JobId | None) -> JobId:
        call = self.pool.calls.claim_task_for_user(self.account.address, task_id)
        receipt = await self.pool.send(self.account, call)
        (claimed,) = self.pool.events_in(receipt, TaskClaimed)
        return claimed.task_id

    async def _describe(self, task_id: JobId) -> ClaimedTask:
        job = await self.pool.get_job(task_id)
        posted = await self.pool.get_posted(task_id)
        return ClaimedTask(
            task_id=task_id,
            reward=job.reward,
            deadline=job.until,
            requester=job.requester,
            request_id=posted.request_id,
            model_id=posted.model_id,
            input_data=posted.input_data,
        )
