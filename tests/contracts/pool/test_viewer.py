"""The viewer: what it says of pools is what the pools say, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ape
import pytest

from tests.contracts.pool.crowd import Crowd
from tests.contracts.pool.jobs import (
    BOND,
    CLAIM_WINDOW,
    HIGH,
    LOW,
    REWARD,
    Options,
    Result,
    Status,
)
from tests.support.definitions import ZERO_ADDRESS

if TYPE_CHECKING:
    from ape.contracts import ContractInstance


@pytest.fixture
def viewer(project, deployer) -> ContractInstance:
    return deployer.deploy(project.TaskPoolViewer)


@pytest.fixture
def busy(make_pool, post, claim, submit, verifier, requester, worker, other_worker) -> Any:
    """Eight jobs: open 1, 2, 7, 8, claimed 3, submitted 4, settled 5, cancelled 6."""
    pool = make_pool(max_claims=3)
    jobs = post(pool, 6)
    claim(jobs[2], by=other_worker)
    for job in jobs[3:5]:
        claim(job)
        submit(job)
    pool.verifyAndPay(5, True, sender=verifier)
    pool.cancelTask(6, sender=requester)
    post(pool, options=Options(priority=LOW))
    post(pool, reward=3 * REWARD, options=Options(priority=HIGH))
    return pool


def ids(views: Any) -> list[int]:
    return [view.taskId for view in views]


def test_viewer__pool_in_short__counts_what_is_there(viewer, busy, requester):
    data = viewer.getPoolData(busy)
    stats = busy.getPoolStats()
    assert (data.poolAddress, data.owner, data.isActive) == (busy.address, requester, True)
    assert (data.availableTasks, data.underWay, data.totalProcessed) == (4, 2, 2)
    assert (data.totalRewarded, data.balance) == (REWARD, stats.owed + stats.free)
    assert viewer.getMultiplePoolsData([busy, busy]) == [data, data]


def test_viewer__available__are_in_the_order_in_which_they_are_served(viewer, busy):
    assert ids(viewer.getAvailableTasks(busy, 0, 10)) == [8, 1, 2, 7]
    assert ids(viewer.getAvailableTasks(busy, 1, 2)) == [1, 2]
    assert ids(viewer.getAvailableTasks(busy, 3, 10)) == [7]
    assert ids(viewer.getAvailableTasks(busy, 4, 10)) == []
    assert ids(viewer.getAvailableTasks(busy, 0, 0)) == []


def test_viewer__claimed_and_waiting__are_told_with_worker_and_window(
    viewer, busy, worker, other_worker, now
):
    (claimed,) = viewer.getActiveTasks(busy, 0, 100)
    assert (claimed.taskId, claimed.assignedTo, claimed.exists) == (3, other_worker, True)
    assert now() < claimed.deadline <= now() + CLAIM_WINDOW
    (waiting,) = viewer.getPendingTasks(busy, 0, 100)
    assert (waiting.taskId, waiting.assignedTo, waiting.reward) == (4, worker, REWARD)
    assert waiting.deadline == busy.getJob(4).until
    assert ids(viewer.getActiveTasks(busy, 3, 100)) == []  # pages count ids
    assert ids(viewer.getActiveTasks(busy, 2, 1)) == [3]


def test_viewer__expired__is_what_releasing_takes(viewer, busy, at_time, rpc, stranger):
    assert viewer.getExpiredTasks(busy, 0, 100) == []
    at_time(busy.getJob(3).until + 1)
    rpc("evm_mine")
    assert viewer.getExpiredTasks(busy, 0, 100) == [3]
    at_time(busy.getJob(8).deadline + 1)
    rpc("evm_mine")
    late = viewer.getExpiredTasks(busy, 0, 100)
    assert late == [1, 2, 3, 4, 7, 8]
    assert ids(viewer.getAvailableTasks(busy, 0, 10)) == []
    pools, found = viewer.findExpiredTasks([busy], 0, 4)
    assert (pools, found) == ([busy.address], [[1, 2, 3, 4]])
    busy.releaseExpiredTasks(late, sender=stranger)
    assert viewer.getExpiredTasks(busy, 0, 100) == []
    assert viewer.findExpiredTasks([busy], 0, 100) == ([], [])


def test_viewer__census__adds_up(viewer, busy):
    census = viewer.getCensus(busy, 0, 100)
    assert tuple(census) == (4, 1, 1, 1, 1, 0)
    assert tuple(viewer.getCensus(busy, 4, 2)) == (0, 0, 0, 1, 1, 0)


def test_viewer__jobs_of_a_user__are_those_posted_or_claimed(
    viewer, busy, requester, worker, stranger
):
    assert ids(viewer.getTasksOfUser(busy, worker, 0, 100)) == [4, 5]
    assert ids(viewer.getTasksOfUser(busy, requester, 0, 100)) == list(range(1, 9))
    assert ids(viewer.getTasksOfUser(busy, requester, 6, 100)) == [7, 8]
    assert ids(viewer.getTasksOfUser(busy, stranger, 0, 100)) == []


@pytest.mark.parametrize(("task_id", "queue"), [(1, 1), (3, 2), (4, 3), (5, 0), (6, 0)], ids=str)
def test_viewer__details__say_the_queue_and_the_result(viewer, busy, worker, task_id, queue):
    details = viewer.getTaskDetails(busy, task_id)
    assert (details.taskId, details.exists, details.queueType) == (task_id, True, queue)
    submitted = task_id in (4, 5)
    assert details.result == (Result().data if submitted else "")
    assert details.zkpPublicInput == (Result().public_input if submitted else 0)
    assert (details.assignedTo == worker) == submitted


def test_viewer__details_of_an_unknown_job__are_empty(viewer, busy):
    assert not viewer.getTaskDetails(busy, 9).exists
    assert viewer.getTaskDetails(busy, 9).taskId == 0


def test_viewer__several_pools__are_scanned(viewer, busy, make_pool, worker, other_worker):
    idle = make_pool()
    pools, counts, averages = viewer.scanPoolsForTasks([idle, busy])
    assert (pools, counts, averages) == ([busy.address], [4], [6 * REWARD // 4])
    pool, task_id, task = viewer.findUserActiveTask(other_worker, [idle, busy])
    assert (pool, task_id, task[0]) == (busy.address, 3, 3)
    assert viewer.findUserActiveTask(worker, [idle, busy])[:2] == (ZERO_ADDRESS, 0)


def test_viewer__factory__is_summed_up_by_pages(viewer, pool_world, busy, make_pool, requester):
    make_pool().deactivatePool(sender=requester)
    totals = viewer.getAggregatedStats(pool_world.factory, 0, 100)
    assert tuple(totals) == (2, 1, 4, 2, 2, REWARD)
    assert tuple(viewer.getAggregatedStats(pool_world.factory, 1, 100)) == (1, 0, 0, 0, 0, 0)
    pools = viewer.getPoolsOfFactory(pool_world.factory, 0, 100)
    assert [pool.poolAddress for pool in pools] == pool_world.factory.getAllPools()


def test_viewer__more_than_a_page__reverts(viewer, busy, pool_world, worker):
    error = viewer.TaskPoolViewer_LimitTooHigh
    for read in (viewer.getAvailableTasks, viewer.getActiveTasks, viewer.getExpiredTasks):
        with ape.reverts(error, limit=1025, max=1024):
            read(busy, 0, 1025)
        assert len(read(busy, 2**256 - 1, 1024)) == 0
    with ape.reverts(error, limit=1025, max=1024):
        viewer.getPoolsOfFactory(pool_world.factory, 0, 1025)


def test_viewer__pool_without_a_factory__is_told_just_the_same(viewer, project, deployer, busy):
    """The viewer knows no factory: a pool's address is enough."""
    other = deployer.deploy(project.TaskPoolViewer)
    assert other.getPoolData(busy) == viewer.getPoolData(busy)
    assert busy.getJob(1).status == Status.OPEN
    assert busy.getPoolStats().owed >= 6 * REWARD + 2 * BOND


def test_viewer__queue_longer_than_a_read__is_walked_to_its_end(bare_node, project):
    with bare_node.rewinding():
        crowd = Crowd(bare_node, project)
        crowd.fill_a_pool(jobs=1_050)
        viewer = bare_node.deploy(project.TaskPoolViewer.contract_type)
        call = "getAvailableTasks(address,uint256,uint256)"
        view = "(uint256,uint256,uint256,address,bool)[]"
        (found,) = bare_node.rpc.read(viewer, call, crowd.pool, 1_020, 20, returns=view)
    assert [job[0] for job in found] == list(range(1_021, 1_041))
