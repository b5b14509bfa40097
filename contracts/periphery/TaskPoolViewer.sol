// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITaskPool} from "../interfaces/ITaskPool.sol";
import {ITaskPoolFactory} from "../interfaces/ITaskPoolFactory.sol";
import {ITaskPoolViewer} from "../interfaces/ITaskPoolViewer.sol";
import {Paging} from "../libraries/Paging.sol";
import {JobInfo} from "../types/JobInfo.sol";
import {JobStatus} from "../types/JobStatus.sol";
import {PoolStats} from "../types/PoolStats.sol";
import {Priority} from "../types/Priority.sol";

/// @title TaskPoolViewer
contract TaskPoolViewer is ITaskPoolViewer {
    uint256 private constant MAX_LIMIT = 1024;
    uint256 private constant SAMPLE = 16; // jobs that an average is taken of

    /// @dev What a page of ids is searched for.
    enum Wanted {
        Claimed,
        Pending,
        Overdue
    }

    /*//////////////////////////////////////////////////////////////
                                ONE POOL
    //////////////////////////////////////////////////////////////*/

    /// @inheritdoc ITaskPoolViewer
    function getPoolData(ITaskPool pool) public view returns (PoolView memory data) {
        PoolStats memory stats = pool.getPoolStats();
        data.poolAddress = address(pool);
        data.availableTasks = stats.open;
        data.underWay = stats.live - stats.open;
        data.totalProcessed = stats.posted - stats.live;
        data.totalRewarded = stats.rewarded;
        data.balance = stats.owed + stats.free;
        data.owner = pool.owner();
        data.isActive = pool.isActive();
    }

    /// @inheritdoc ITaskPoolViewer
    function getAvailableTasks(ITaskPool pool, uint256 offset, uint256 limit)
        external
        view
        returns (TaskView[] memory found)
    {
        uint256[] memory ids = _openTasks(pool, offset, limit);
        found = new TaskView[](ids.length);
        uint256 count = 0;
        for (uint256 i = 0; i < ids.length; ++i) {
            JobInfo memory job = pool.getJob(ids[i]);
            if (!_isOverdue(job)) found[count++] = _view(job);
        }
        _shorten(found, count);
    }

    /// @inheritdoc ITaskPoolViewer
    function getActiveTasks(ITaskPool pool, uint256 offset, uint256 limit) external view returns (TaskView[] memory) {
        return _search(pool, offset, limit, Wanted.Claimed);
    }

    /// @inheritdoc ITaskPoolViewer
    function getPendingTasks(ITaskPool pool, uint256 offset, uint256 limit) external view returns (TaskView[] memory) {
        return _search(pool, offset, limit, Wanted.Pending);
    }

    /// @inheritdoc ITaskPoolViewer
    function getExpiredTasks(ITaskPool pool, uint256 offset, uint256 limit)
        public
        view
        returns (uint256[] memory taskIds)
    {
        TaskView[] memory found = _search(pool, offset, limit, Wanted.Overdue);
        taskIds = new uint256[](found.length);
        for (uint256 i = 0; i < found.length; ++i) {
            taskIds[i] = found[i].taskId;
        }
    }

    /// @inheritdoc ITaskPoolViewer
    function getTasksOfUser(ITaskPool pool, address user, uint256 offset, uint256 limit)
        external
        view
        returns (JobInfo[] memory found)
    {
        (uint256 first, uint256 last) = _ids(pool, offset, limit);
        found = new JobInfo[](last - first);
        uint256 count = 0;
        for (uint256 id = first + 1; id <= last; ++id) {
            JobInfo memory job = pool.getJob(id);
            if (job.requester == user || job.worker == user) found[count++] = job;
        }
        assembly ("memory-safe") {
            mstore(found, count) // only ever shorter
        }
    }

    /// @inheritdoc ITaskPoolViewer
    function getCensus(ITaskPool pool, uint256 offset, uint256 limit) external view returns (Census memory census) {
        (uint256 first, uint256 last) = _ids(pool, offset, limit);
        for (uint256 id = first + 1; id <= last; ++id) {
            JobInfo memory job = pool.getJob(id);
            if (job.status == JobStatus.Open) ++census.open;
            else if (job.status == JobStatus.Claimed) ++census.claimed;
            else if (_isPending(job)) ++census.pending;
            else if (job.status == JobStatus.Settled) ++census.settled;
            else ++census.ended;
            if (_isOverdue(job)) ++census.overdue;
        }
    }

    /// @inheritdoc ITaskPoolViewer
    function getTaskDetails(ITaskPool pool, uint256 taskId) external view returns (TaskDetails memory details) {
        JobInfo memory job = pool.getJob(taskId);
        if (job.status == JobStatus.None) return details;
        ITaskPool.Task memory task = pool.getTask(taskId);
        details.taskId = taskId;
        details.reward = task.reward;
        details.deadline = task.deadline;
        details.assignedTo = task.assignedTo;
        details.exists = true;
        details.zkpProof = task.zkpProof;
        details.zkpPublicInput = task.zkpPublicInput;
        details.zkpPublicResult = task.zkpPublicResult;
        details.result = task.resultData;
        if (job.status == JobStatus.Open) details.queueType = 1;
        else if (job.status == JobStatus.Claimed) details.queueType = 2;
        else if (_isPending(job)) details.queueType = 3;
    }

    /*//////////////////////////////////////////////////////////////
                               MANY POOLS
    //////////////////////////////////////////////////////////////*/

    /// @inheritdoc ITaskPoolViewer
    function getMultiplePoolsData(ITaskPool[] calldata pools) external view returns (PoolView[] memory data) {
        data = new PoolView[](pools.length);
        for (uint256 i = 0; i < pools.length; ++i) {
            data[i] = getPoolData(pools[i]);
        }
    }

    /// @inheritdoc ITaskPoolViewer
    function getPoolsOfFactory(ITaskPoolFactory factory, uint256 offset, uint256 limit)
        public
        view
        returns (PoolView[] memory data)
    {
        address[] memory pools = factory.getAllPools(offset, _checked(limit));
        data = new PoolView[](pools.length);
        for (uint256 i = 0; i < pools.length; ++i) {
            data[i] = getPoolData(ITaskPool(pools[i]));
        }
    }

    /// @inheritdoc ITaskPoolViewer
    function scanPoolsForTasks(ITaskPool[] calldata pools)
        external
        view
        returns (address[] memory poolsWithTasks, uint256[] memory availableCounts, uint256[] memory avgRewards)
    {
        poolsWithTasks = new address[](pools.length);
        availableCounts = new uint256[](pools.length);
        avgRewards = new uint256[](pools.length);
        uint256 count = 0;
        for (uint256 i = 0; i < pools.length; ++i) {
            uint256 open = pools[i].getPoolStats().open;
            if (open == 0) continue;
            poolsWithTasks[count] = address(pools[i]);
            availableCounts[count] = open;
            avgRewards[count++] = _averageReward(pools[i]);
        }
        assembly ("memory-safe") {
            // only ever shorter
            mstore(poolsWithTasks, count)
            mstore(availableCounts, count)
            mstore(avgRewards, count)
        }
    }

    /// @inheritdoc ITaskPoolViewer
    function findExpiredTasks(ITaskPool[] calldata pools, uint256 offset, uint256 limit)
        external
        view
        returns (address[] memory poolsWithExpired, uint256[][] memory expiredTaskIds)
    {
        poolsWithExpired = new address[](pools.length);
        expiredTaskIds = new uint256[][](pools.length);
        uint256 count = 0;
        for (uint256 i = 0; i < pools.length; ++i) {
            uint256[] memory expired = getExpiredTasks(pools[i], offset, limit);
            if (expired.length == 0) continue;
            poolsWithExpired[count] = address(pools[i]);
            expiredTaskIds[count++] = expired;
        }
        assembly ("memory-safe") {
            // only ever shorter
            mstore(poolsWithExpired, count)
            mstore(expiredTaskIds, count)
        }
    }

    /// @inheritdoc ITaskPoolViewer
    function findUserActiveTask(address user, ITaskPool[] calldata pools)
        external
        view
        returns (address pool, uint256 taskId, TaskView memory task)
    {
        for (uint256 i = 0; i < pools.length; ++i) {
            taskId = pools[i].userActiveTask(user);
            if (taskId != 0) return (address(pools[i]), taskId, _view(pools[i].getJob(taskId)));
        }
    }

    /// @inheritdoc ITaskPoolViewer
    function getAggregatedStats(ITaskPoolFactory factory, uint256 offset, uint256 limit)
        external
        view
        returns (Totals memory totals)
    {
        PoolView[] memory data = getPoolsOfFactory(factory, offset, limit);
        totals.totalPools = data.length;
        for (uint256 i = 0; i < data.length; ++i) {
            if (data[i].isActive) ++totals.activePools;
            totals.totalAvailableTasks += data[i].availableTasks;
            totals.totalUnderWay += data[i].underWay;
            totals.totalProcessedTasks += data[i].totalProcessed;
            totals.totalRewardsDistributed += data[i].totalRewarded;
        }
    }

    /* PAGES */

    /// @dev The jobs of a page of ids that are as wanted.
    function _search(ITaskPool pool, uint256 offset, uint256 limit, Wanted wanted)
        private
        view
        returns (TaskView[] memory found)
    {
        (uint256 first, uint256 last) = _ids(pool, offset, limit);
        found = new TaskView[](last - first);
        uint256 count = 0;
        for (uint256 id = first + 1; id <= last; ++id) {
            JobInfo memory job = pool.getJob(id);
            if (_is(job, wanted)) found[count++] = _view(job);
        }
        _shorten(found, count);
    }

    /// @dev Open jobs from place `offset` on, those of the highest priority first.
    function _openTasks(ITaskPool pool, uint256 offset, uint256 limit) private view returns (uint256[] memory ids) {
        ids = new uint256[](_checked(limit));
        (uint256 place, uint256 count) = (0, 0);
        for (uint256 priority = uint256(type(Priority).max) + 1; priority != 0 && count < limit; --priority) {
            uint256 last = 0;
            while (count < limit) {
                uint256[] memory part = pool.getOpenTasks(Priority(priority - 1), last, MAX_LIMIT);
                for (uint256 i = 0; i < part.length && count < limit; ++i) {
                    if (place++ >= offset) ids[count++] = part[i];
                }
                if (part.length < MAX_LIMIT) break;
                last = part[MAX_LIMIT - 1];
            }
        }
        assembly ("memory-safe") {
            mstore(ids, count) // only ever shorter
        }
    }

    function _averageReward(ITaskPool pool) private view returns (uint256 average) {
        uint256[] memory ids = _openTasks(pool, 0, SAMPLE);
        for (uint256 i = 0; i < ids.length; ++i) {
            average += pool.getJob(ids[i]).reward;
        }
        if (ids.length != 0) average /= ids.length;
    }

    /// @dev A page of ids: those above `first`, up to `last`.
    function _ids(ITaskPool pool, uint256 offset, uint256 limit) private view returns (uint256 first, uint256 last) {
        return Paging.bounds(pool.taskCounter(), offset, _checked(limit));
    }

    function _checked(uint256 limit) private pure returns (uint256) {
        if (limit > MAX_LIMIT) revert TaskPoolViewer_LimitTooHigh(limit, MAX_LIMIT);
        return limit;
    }

    function _shorten(TaskView[] memory list, uint256 length) private pure {
        assembly ("memory-safe") {
            mstore(list, length) // only ever shorter
        }
    }

    /* JOBS */

    function _is(JobInfo memory job, Wanted wanted) private view returns (bool) {
        if (wanted == Wanted.Claimed) return job.status == JobStatus.Claimed;
        return wanted == Wanted.Pending ? _isPending(job) : _isOverdue(job);
    }

    function _isPending(JobInfo memory job) private pure returns (bool) {
        return job.status == JobStatus.Submitted || job.status == JobStatus.Disputed;
    }

    function _isOverdue(JobInfo memory job) private view returns (bool) {
        bool live = job.status == JobStatus.Open || job.status == JobStatus.Claimed || _isPending(job);
        // forge-lint: disable-next-line(block-timestamp) windows are seconds, and seconds decide
        return live && block.timestamp > job.until;
    }

    function _view(JobInfo memory job) private pure returns (TaskView memory) {
        return TaskView({
            taskId: job.taskId,
            reward: job.reward,
            deadline: job.until,
            assignedTo: job.worker,
            exists: job.status != JobStatus.None
        });
    }
}
