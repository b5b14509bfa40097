"""A typed client of TaskPoolViewer, which answers what takes a pool more than one read."""

from __future__ import annotations

from collections.abc import Sequence

from taskwork.chain.contract import ContractClient
from taskwork.chain.pool_types import (
    Census,
    JobId,
    JobInfo,
    Opening,
    PoolView,
    TaskDetails,
    TaskView,
    Totals,
)
from taskwork.chain.types import Address
from taskwork.chain.validation import check_range

MAX_LIMIT = 1_024


class TaskPoolViewerClient(ContractClient):
    """One viewer on one chain; it serves all pools.

    Pages of open jobs count places in the queues, all others count ids: `offset` 0 is the job 1. A
    page can be shorter than its limit and not be the last.
    """

    CONTRACT = "TaskPoolViewer"

    # One pool

    async def get_pool_data(self, pool: Address) -> PoolView:
        """A pool in short."""
        view: PoolView
        (view,) = await self._read("getPoolData(address)", pool)
        return view

    async def get_available_tasks(
        self, pool: Address, *, offset: int = 0, limit: int = MAX_LIMIT
    ) -> list[TaskView]:
        """The jobs that can be claimed now, in the order in which they are served."""
        return await self._page("getAvailableTasks", pool, offset, limit)

    async def get_active_tasks(
        self, pool: Address, *, offset: int = 0, limit: int = MAX_LIMIT
    ) -> list[TaskView]:
        """The claimed jobs, those whose claim is over included."""
        return await self._page("getActiveTasks", pool, offset, limit)

    async def get_pending_tasks(
        self, pool: Address, *, offset: int = 0, limit: int = MAX_LIMIT
    ) -> list[TaskView]:
        """The jobs that wait for their verifier."""
        return await self._page("getPendingTasks", pool, offset, limit)

    async def get_expired_tasks(
        self, pool: Address, *, offset: int = 0, limit: int = MAX_LIMIT
    ) -> list[JobId]:
        """The jobs that anybody may release now: what `release_expired_tasks` takes."""
        _check_page(offset, limit)
        signature = "getExpiredTasks(address,uint256,uint256)"
        return list((await self._read(signature, pool, offset, limit))[0])

    async def get_tasks_of_user(
        self, pool: Address, user: Address, *, offset: int = 0, limit: int = MAX_LIMIT
    ) -> list[JobInfo]:
        """The jobs that an account posted, or claimed last."""
        _check_page(offset, limit)
        signature = "getTasksOfUser(address,address,uint256,uint256)"
        return list((await self._read(signature, pool, user, offset, limit))[0])

    async def get_census(self, pool: Address, *, offset: int = 0, limit: int = MAX_LIMIT) -> Census:
        """How many jobs of a page are in which state."""
        _check_page(offset, limit)
        census: Census
        (census,) = await self._read("getCensus(address,uint256,uint256)", pool, offset, limit)
        return census

    async def get_task_details(self, pool: Address, task_id: JobId) -> TaskDetails:
        """A job with what was submitted; empty for an unknown id."""
        details: TaskDetails
        (details,) = await self._read("getTaskDetails(address,uint256)", pool, task_id)
        return details

    # Many pools

    async def get_multiple_pools_data(self, pools: Sequence[Address]) -> list[PoolView]:
        """Pools in short."""
        return list((await self._read("getMultiplePoolsData(address[])", pools))[0])

    async def get_pools_of_factory(
        self, factory: Address, *, offset: int = 0, limit: int = MAX_LIMIT
    ) -> list[PoolView]:
        """The pools of a factory in short, in order of their making."""
        _check_page(offset, limit)
        signature = "getPoolsOfFactory(address,uint256,uint256)"
        return list((await self._read(signature, factory, offset, limit))[0])

    async def scan_pools_for_tasks(self, pools: Sequence[Address]) -> list[Opening]:
        """Which of the pools have open jobs, and what the first of them pay."""
        found = await self._read("scanPoolsForTasks(address[])", pools)
        return [Opening(*one) for one in zip(*found, strict=True)]

    async def find_expired_tasks(
        self, pools: Sequence[Address], *, offset: int = 0, limit: int = MAX_LIMIT
    ) -> dict[Address, list[JobId]]:
        """Which of the pools have jobs that anybody may release now, and which."""
        _check_page(offset, limit)
        signature = "findExpiredTasks(address[],uint256,uint256)"
        return dict(zip(*await self._read(signature, pools, offset, limit), strict=True))

    async def find_user_active_task(
        self, user: Address, pools: Sequence[Address]
    ) -> tuple[Address, TaskView] | None:
        """The first of the pools in which a worker holds a claim, and the job held longest."""
        signature = "findUserActiveTask(address,address[])"
        pool, task_id, task = await self._read(signature, user, pools)
        return (pool, task) if task_id else None

    async def get_aggregated_stats(
        self, factory: Address, *, offset: int = 0, limit: int = MAX_LIMIT
    ) -> Totals:
        """Sums over the pools of a factory."""
        _check_page(offset, limit)
        signature = "getAggregatedStats(address,uint256,uint256)"
        totals: Totals
        (totals,) = await self._read(signature, factory, offset, limit)
        return totals

    async def _page(self, name: str, pool: Address, offset: int, limit: int) -> list[TaskView]:
        _check_page(offset, limit)
        signature = f"{name}(address,uint256,uint256)"
        return list((await self._read(signature, pool, offset, limit))[0])


def _check_page(offset: int, limit: int) -> None:
    check_range("offset", offset, 0, 2**256 - 1)
    check_range("limit", limit, 0, MAX_LIMIT)
