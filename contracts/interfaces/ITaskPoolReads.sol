// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobInfo} from "../types/JobInfo.sol";
import {JobStatus} from "../types/JobStatus.sol";
import {JobTerms} from "../types/JobTerms.sol";
import {PoolConfig} from "../types/PoolConfig.sol";
import {PoolStats} from "../types/PoolStats.sol";
import {Priority} from "../types/Priority.sol";
import {ITaskPoolBase} from "./ITaskPoolBase.sol";

/// @title What a pool can be asked
/// @notice See `ITaskPool` for the words and assumptions.
interface ITaskPoolReads is ITaskPoolBase {
    /*//////////////////////////////////////////////////////////////
                                 READS
    //////////////////////////////////////////////////////////////*/

    /// @notice A job as the seed shows it.
    function getTask(uint256 taskId) external view returns (Task memory task);

    /// @notice The same, field by field.
    function tasks(uint256 id)
        external
        view
        returns (
            uint256 taskId,
            address assignedTo,
            uint256 reward,
            uint256 deadline,
            bool isCompleted,
            bool isVerified,
            uint256 requestId,
            string memory modelId,
            string memory inputData,
            string memory resultData,
            string memory resultHash,
            bytes memory zkpProof,
            uint256 zkpPublicInput,
            uint256 zkpPublicResult
        );

    /// @notice The job that `user` has claimed longest and not delivered; 0 if none. A claim past its deadline counts
    /// until it is released.
    function userActiveTask(address user) external view returns (uint256);

    /// @notice The same with its reward and the claim's deadline; zeros if none.
    function getUserActiveTask(address user) external view returns (uint256 taskId, uint256 reward, uint256 deadline);

    /// @notice All the jobs that `user` has claimed and not delivered, longest first.
    function getUserActiveTasks(address user) external view returns (uint256[] memory taskIds);

    /// @notice How many jobs were ever posted; ids count from 1 to it.
    function taskCounter() external view returns (uint256);

    /// @notice All that the pool knows of a job, but for the bytes. Zeros for an unknown id.
    function getJob(uint256 taskId) external view returns (JobInfo memory);

    /// @notice Where a job is in its life; `None` for an unknown id.
    function getJobStatus(uint256 taskId) external view returns (JobStatus);

    /// @notice At most `limit` of the open jobs of a priority in the order in which they are served, from the one behind
    /// `afterTaskId` on; 0 for the first.
    function getOpenTasks(Priority priority, uint256 afterTaskId, uint256 limit)
        external
        view
        returns (uint256[] memory taskIds);

    /// @notice What the pool counts.
    function getPoolStats() external view returns (PoolStats memory);

    /// @notice The terms of that version. Zeros for one that does not exist.
    function termsAt(uint256 version) external view returns (JobTerms memory);

    /// @notice The version in force.
    function termsVersion() external view returns (uint256);

    /// @notice What never changes of the pool.
    function config() external view returns (PoolConfig memory);

    /// @notice The deadline bucket that a time falls into, and from when it may be called.
    function bucketOf(uint256 timestamp) external view returns (uint256 bucket, uint256 dueFrom);

    /// @notice What a deadline bucket holds.
    /// @return jobs Jobs ever put in.
    /// @return done How many of them have been handled.
    /// @return scheduled Whether the task manager is going to call.
    function bucketState(uint256 bucket) external view returns (uint256 jobs, uint256 done, bool scheduled);

    /// @notice What an account can withdraw, or lock for claims.
    function creditOf(address account) external view returns (uint256);

    /// @notice The nonce that `user`'s next signature must carry.
    function nonces(address user) external view returns (uint256);

    /// @notice The domain of the signatures (ERC-5267).
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        );

    /// @notice Who posts, sets the terms of jobs to come and takes what nothing is owed for. Never changes.
    function owner() external view returns (address);

    /// @notice Whether jobs can be posted.
    function isActive() external view returns (bool);

    /// @notice What kind of work the pool is for.
    function category() external view returns (string memory);

    /// @notice What the owner says of the pool.
    function metadata() external view returns (string memory);

    /// @notice The contract that may post beside the owner.
    function modelRegistry() external view returns (address);

    /// @notice The verifier of the terms in force.
    function zkpVerifier() external view returns (address);
}
