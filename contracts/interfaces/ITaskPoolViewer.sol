// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobInfo} from "../types/JobInfo.sol";
import {ITaskPool} from "./ITaskPool.sol";
import {ITaskPoolFactory} from "./ITaskPoolFactory.sol";

/// @title Answers about pools that take more than one read
/// @notice For workers, requesters and dashboards. Pools and factory do not know of it; it keeps nothing and asks nobody
/// else. Every function works for pools of any factory, or of none.
/// @dev Warning: it believes the pools that it is asked about. One that lies, reverts or loops spoils the answer.
/// @dev Pages are bounded by `limit`, and are cut where the list ends. Those of open jobs count places in the queues,
/// all others count ids: `offset` 0 is the job with id 1. A page can be shorter than its limit and not be the last.
interface ITaskPoolViewer {
    /// @notice A job in short.
    struct TaskView {
        uint256 taskId;
        uint256 reward; // base units
        uint256 deadline; // last second of what its status allows; of the claim, say
        address assignedTo;
        bool exists;
    }

    /// @notice A job with what was submitted.
    struct TaskDetails {
        uint256 taskId;
        uint256 reward;
        uint256 deadline;
        address assignedTo;
        bool exists;
        bytes zkpProof;
        uint256 zkpPublicInput;
        uint256 zkpPublicResult;
        string result;
        uint8 queueType; // 0: ended or unknown, 1: available, 2: claimed, 3: waits for its verifier
    }

    /// @notice A pool in short.
    struct PoolView {
        address poolAddress;
        uint256 availableTasks; // open jobs, those past their deadline included
        uint256 underWay; // claimed, or waiting for their verifier
        uint256 totalProcessed; // ended, however
        uint256 totalRewarded; // base units
        uint256 balance; // base units: all that the pool owes, and what nothing is owed for
        address owner;
        bool isActive;
    }

    /// @notice How many of some jobs are in which state, and what time has made due.
    struct Census {
        uint256 open;
        uint256 claimed;
        uint256 pending; // submitted or disputed
        uint256 settled;
        uint256 ended; // refunded, expired or cancelled
        uint256 overdue; // of the first three: `releaseExpiredTask` would do something
    }

    /// @notice Sums over pools.
    /// @dev Warning: rewards of pools with different assets are added up all the same.
    struct Totals {
        uint256 totalPools;
        uint256 activePools;
        uint256 totalAvailableTasks;
        uint256 totalUnderWay;
        uint256 totalProcessedTasks;
        uint256 totalRewardsDistributed;
    }

    /// @notice More was asked for in one page than the viewer looks at.
    error TaskPoolViewer_LimitTooHigh(uint256 limit, uint256 max);

    /*//////////////////////////////////////////////////////////////
                                ONE POOL
    //////////////////////////////////////////////////////////////*/

    /// @notice A pool in short.
    function getPoolData(ITaskPool pool) external view returns (PoolView memory);

    /// @notice The open jobs that can be claimed now, in the order in which they are served.
    function getAvailableTasks(ITaskPool pool, uint256 offset, uint256 limit) external view returns (TaskView[] memory);

    /// @notice The claimed jobs, those whose claim is over included.
    function getActiveTasks(ITaskPool pool, uint256 offset, uint256 limit) external view returns (TaskView[] memory);

    /// @notice The jobs that wait for their verifier.
    function getPendingTasks(ITaskPool pool, uint256 offset, uint256 limit) external view returns (TaskView[] memory);

    /// @notice The jobs for which time has made something due: what `releaseExpiredTasks` takes.
    function getExpiredTasks(ITaskPool pool, uint256 offset, uint256 limit)
        external
        view
        returns (uint256[] memory taskIds);

    /// @notice All that the pool knows of the jobs that `user` posted, or claimed last.
    function getTasksOfUser(ITaskPool pool, address user, uint256 offset, uint256 limit)
        external
        view
        returns (JobInfo[] memory);

    /// @notice How many of the jobs of a page are in which state.
    function getCensus(ITaskPool pool, uint256 offset, uint256 limit) external view returns (Census memory);

    /// @notice A job with what was submitted. Empty for an unknown id.
    function getTaskDetails(ITaskPool pool, uint256 taskId) external view returns (TaskDetails memory);

    /*//////////////////////////////////////////////////////////////
                               MANY POOLS
    //////////////////////////////////////////////////////////////*/

    /// @notice Pools in short.
    function getMultiplePoolsData(ITaskPool[] calldata pools) external view returns (PoolView[] memory);

    /// @notice The pools of a factory in short, in order of their making.
    function getPoolsOfFactory(ITaskPoolFactory factory, uint256 offset, uint256 limit)
        external
        view
        returns (PoolView[] memory);

    /// @notice Which of the pools have open jobs, how many, and what the first sixteen of them pay on average.
    function scanPoolsForTasks(ITaskPool[] calldata pools)
        external
        view
        returns (address[] memory poolsWithTasks, uint256[] memory availableCounts, uint256[] memory avgRewards);

    /// @notice Which of the pools have jobs for which time has made something due, and which jobs.
    /// @dev Looks at the first `limit` ids of each pool from `offset` on.
    function findExpiredTasks(ITaskPool[] calldata pools, uint256 offset, uint256 limit)
        external
        view
        returns (address[] memory poolsWithExpired, uint256[][] memory expiredTaskIds);

    /// @notice The first of the pools in which `user` holds a claim, and the job it has held longest there; zeros if none.
    function findUserActiveTask(address user, ITaskPool[] calldata pools)
        external
        view
        returns (address pool, uint256 taskId, TaskView memory task);

    /// @notice Sums over the pools of a factory, at most `limit` from number `offset` on.
    function getAggregatedStats(ITaskPoolFactory factory, uint256 offset, uint256 limit)
        external
        view
        returns (Totals memory);
}
