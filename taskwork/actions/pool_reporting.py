"""Pools and jobs as a whole: what they are for, how they stand, and what happens to them next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from taskwork.chain.pool_factory import PoolInfo, TaskPoolFactoryClient
from taskwork.chain.pool_types import (
    JobId,
    JobState,
    JobStatus,
    JobTerms,
    PoolConfig,
    PoolStats,
)
from taskwork.chain.task_pool import TaskPoolClient
from taskwork.chain.types import Address

_NEXT: Mapping[JobStatus, tuple[str, str]] = {  # in time, and when the time is over
    JobStatus.OPEN: ("waits for a worker", "anyone may end it: nobody came in time"),
    JobStatus.CLAIMED: ("waits for its worker", "anyone may reopen it: the claim ran out"),
    JobStatus.SUBMITTED: ("waits for its verifier", "anyone may refund it: nobody judged in time"),
    JobStatus.DISPUTED: ("is being examined", "anyone may refund it: nobody decided in time"),
    JobStatus.SETTLED: ("its worker is paid", ""),
    JobStatus.REFUNDED: ("its result was not accepted; the requester has the reward back", ""),
    JobStatus.EXPIRED: ("nobody did it; the requester has the reward back", ""),
    JobStatus.CANCELLED: ("its requester took it back", ""),
}


@dataclass(frozen=True, slots=True)
class PoolSummary:
    """One pool among others."""

    address: Address
    info: PoolInfo
    stats: PoolStats


@dataclass(frozen=True, slots=True)
class PoolReport:
    """A pool, its terms, and some of its jobs."""

    address: Address
    category: str
    metadata: str
    is_active: bool
    config: PoolConfig
    terms: JobTerms
    stats: PoolStats
    jobs: Sequence[JobState]


async def report_pools(factory: TaskPoolFactoryClient) -> list[PoolSummary]:
    """All pools of a factory, in order of their making."""
    stats = await factory.get_pool_stats()
    return [
        PoolSummary(pool, await factory.get_pool_info(pool), counted)
        for pool, counted in stats.items()
    ]


async def report_pool(pool: TaskPoolClient, limit: int) -> PoolReport:
    """One pool, with the latest of its jobs, the newest first."""
    count = await pool.task_counter()
    ids = [JobId(number) for number in range(count, max(0, count - limit), -1)]
    now = await pool.now()
    return PoolReport(
        address=pool.address,
        category=await pool.category(),
        metadata=await pool.metadata(),
        is_active=await pool.is_active(),
        config=await pool.config(),
        terms=await pool.terms(),
        stats=await pool.get_pool_stats(),
        jobs=[JobState(job, now) for job in await pool.get_jobs(ids)],
    )


async def report_worker(pool: TaskPoolClient, worker: Address) -> list[JobState]:
    """The jobs that a worker holds, longest first."""
    now = await pool.now()
    jobs = await pool.get_jobs(await pool.get_user_active_tasks(worker))
    return [JobState(job, now) for job in jobs]


def next_step(state: JobState) -> str:
    """What happens to a job next, in words."""
    in_time, afterwards = _NEXT[state.status]
    return afterwards if state.is_overdue else in_time
