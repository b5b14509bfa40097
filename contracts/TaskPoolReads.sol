// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {ITaskPoolReads} from "./interfaces/ITaskPoolReads.sol";
import {DeadlineBuckets} from "./libraries/DeadlineBuckets.sol";
import {JobData} from "./libraries/JobData.sol";
import {PoolArguments} from "./libraries/PoolArguments.sol";
import {PoolDomain} from "./libraries/PoolDomain.sol";
import {TaskPoolBase} from "./TaskPoolBase.sol";
import {BucketWord, BucketWordLibrary} from "./types/BucketWord.sol";
import {JobClaim} from "./types/JobClaim.sol";
import {JobHead} from "./types/JobHead.sol";
import {JobId} from "./types/JobId.sol";
import {JobInfo} from "./types/JobInfo.sol";
import {JobStatus} from "./types/JobStatus.sol";
import {JobTerms} from "./types/JobTerms.sol";
import {PoolConfig} from "./types/PoolConfig.sol";
import {PoolStats} from "./types/PoolStats.sol";
import {PoolWord} from "./types/PoolWord.sol";
import {Priority} from "./types/Priority.sol";
import {Submission} from "./types/Submission.sol";
import {WorkerClaims} from "./types/WorkerClaims.sol";

/// @title TaskPoolReads
/// @dev The part of a pool that only reads: code which the pool runs on its own storage. A contract of its own leaves the
/// pool room below the limit of code size. It stores nothing and changes nothing.
contract TaskPoolReads is TaskPoolBase, ITaskPoolReads {
    constructor(ITaskManager manager, uint256 blockSeconds) TaskPoolBase(manager, blockSeconds) {}

    /* JOBS */

    /// @inheritdoc ITaskPoolReads
    function getTask(uint256 taskId) public view returns (Task memory task) {
        JobId id = JobId.wrap(taskId);
        JobHead head = _load(id);
        JobClaim claim = _claims[id];
        JobStatus status = _statusOf(head, claim);
        task.taskId = taskId;
        task.assignedTo = claim.worker();
        task.reward = head.reward();
        task.deadline = head.deadline();
        task.isVerified = status == JobStatus.Settled;
        task.isCompleted = task.isVerified || status == JobStatus.Submitted || status == JobStatus.Disputed;
        (task.requestId, task.modelId, task.inputData) = JobData.readInput(_inputs[id]);
        if (claim.since() == 0) return task;

        Submission memory result = JobData.readResult(_results[id]);
        task.resultData = result.resultData;
        task.resultHash = result.resultHash;
        task.zkpProof = result.zkpProof;
        task.zkpPublicInput = result.zkpPublicInput;
        task.zkpPublicResult = result.zkpPublicResult;
    }

    /// @inheritdoc ITaskPoolReads
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
        )
    {
        Task memory task = getTask(id);
        return (
            task.taskId,
            task.assignedTo,
            task.reward,
            task.deadline,
            task.isCompleted,
            task.isVerified,
            task.requestId,
            task.modelId,
            task.inputData,
            task.resultData,
            task.resultHash,
            task.zkpProof,
            task.zkpPublicInput,
            task.zkpPublicResult
        );
    }

    /// @inheritdoc ITaskPoolReads
    function getJob(uint256 taskId) external view returns (JobInfo memory job) {
        JobId id = JobId.wrap(taskId);
        JobHead head = _heads[id];
        if (head.status() == JobStatus.None) return job;
        JobClaim claim = _claims[id];
        job.taskId = taskId;
        job.status = _statusOf(head, claim);
        job.priority = head.priority();
        job.requester = _requesters[head.requester()];
        job.worker = claim.worker();
        job.reward = head.reward();
        job.deadline = head.deadline();
        job.until = _until(head, claim, job.status);
        job.submittedAt = claim.since();
        job.rejections = claim.rejections();
        job.termsVersion = head.terms();
        job.jobHash = _jobHashes[id];
        if (job.submittedAt != 0) job.resultHash = _resultHashes[id];
    }

    /// @inheritdoc ITaskPoolReads
    function getJobStatus(uint256 taskId) external view returns (JobStatus) {
        JobId id = JobId.wrap(taskId);
        return _statusOf(_heads[id], _claims[id]);
    }

    /// @inheritdoc ITaskPoolReads
    function getOpenTasks(Priority priority, uint256 afterTaskId, uint256 limit)
        external
        view
        returns (uint256[] memory taskIds)
    {
        uint256 open = _queues.open();
        taskIds = new uint256[](limit < open ? limit : open);
        JobId id = _queues.first(priority);
        if (afterTaskId != 0) {
            JobHead head = _heads[JobId.wrap(afterTaskId)];
            bool waits = head.status() == JobStatus.Open && head.priority() == priority;
            id = waits ? head.next() : JobId.wrap(0);
        }
        uint256 found = 0;
        for (; found < taskIds.length && JobId.unwrap(id) != 0; ++found) {
            taskIds[found] = JobId.unwrap(id);
            id = _heads[id].next();
        }
        _shorten(taskIds, found);
    }

    /* WORKERS */

    /// @inheritdoc ITaskPoolReads
    function userActiveTask(address user) external view returns (uint256) {
        return _firstActive(user);
    }

    /// @inheritdoc ITaskPoolReads
    function getUserActiveTask(address user) external view returns (uint256 taskId, uint256 reward, uint256 deadline) {
        taskId = _firstActive(user);
        if (taskId == 0) return (0, 0, 0);
        JobId id = JobId.wrap(taskId);
        return (taskId, _heads[id].reward(), _claims[id].deadline());
    }

    /// @inheritdoc ITaskPoolReads
    function getUserActiveTasks(address user) external view returns (uint256[] memory taskIds) {
        (WorkerClaims held, uint256 count) = _activeOf(user);
        taskIds = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            taskIds[i] = JobId.unwrap(held.idAt(i));
        }
    }

    /// @inheritdoc ITaskPoolReads
    function nonces(address user) external view returns (uint256) {
        return _accounts[user].nonce();
    }

    /// @inheritdoc ITaskPoolReads
    function creditOf(address account) external view returns (uint256) {
        return _accounts[account].credit();
    }

    function _firstActive(address user) private view returns (uint256) {
        (WorkerClaims held,) = _activeOf(user);
        return JobId.unwrap(held.idAt(0));
    }

    /// @inheritdoc ITaskPoolReads
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
        )
    {
        // Bits 0 to 3: name, version, chain and contract are in the domain.
        return (hex"0f", PoolDomain.NAME, PoolDomain.VERSION, block.chainid, address(this), 0, new uint256[](0));
    }

    /* POOL */

    /// @inheritdoc ITaskPoolReads
    function getPoolStats() external view returns (PoolStats memory stats) {
        PoolWord pool = _pool;
        stats.posted = JobId.unwrap(pool.lastId());
        stats.open = _queues.open();
        stats.live = pool.live();
        stats.rewarded = pool.rewarded();
        stats.owed = pool.owed();
        stats.free = _free(PoolArguments.asset());
    }

    /// @inheritdoc ITaskPoolReads
    function taskCounter() external view returns (uint256) {
        return JobId.unwrap(_pool.lastId());
    }

    /// @inheritdoc ITaskPoolReads
    function termsAt(uint256 version) external view returns (JobTerms memory) {
        return _terms[version];
    }

    /// @inheritdoc ITaskPoolReads
    function termsVersion() external view returns (uint256) {
        return _settings.termsVersion;
    }

    /// @inheritdoc ITaskPoolReads
    function config() external view returns (PoolConfig memory) {
        return PoolArguments.read();
    }

    /// @inheritdoc ITaskPoolReads
    function owner() external view returns (address) {
        return PoolArguments.owner();
    }

    /// @inheritdoc ITaskPoolReads
    function isActive() external view returns (bool) {
        return _settings.active;
    }

    /// @inheritdoc ITaskPoolReads
    function category() external view returns (string memory) {
        return _category;
    }

    /// @inheritdoc ITaskPoolReads
    function metadata() external view returns (string memory) {
        return _metadata;
    }

    /// @inheritdoc ITaskPoolReads
    function modelRegistry() external view returns (address) {
        return _settings.modelRegistry;
    }

    /// @inheritdoc ITaskPoolReads
    function zkpVerifier() external view returns (address) {
        return _terms[_settings.termsVersion].verifier;
    }

    /* TIME */

    /// @inheritdoc ITaskPoolReads
    function bucketOf(uint256 timestamp) external view returns (uint256 bucket, uint256 dueFrom) {
        uint256 length = _bucketSeconds();
        bucket = DeadlineBuckets.bucketOf(timestamp, length);
        dueFrom = DeadlineBuckets.dueFrom(bucket, length);
    }

    /// @inheritdoc ITaskPoolReads
    function bucketState(uint256 bucket) external view returns (uint256 jobs, uint256 done, bool scheduled) {
        BucketWord word = _buckets.words[bucket];
        return (word.count(), word.done(), word.schedule() == BucketWordLibrary.SCHEDULED);
    }

    function _shorten(uint256[] memory list, uint256 length) private pure {
        assembly ("memory-safe") {
            mstore(list, length) // at most what it was
        }
    }
}
