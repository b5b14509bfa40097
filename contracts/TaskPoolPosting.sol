// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITaskPoolCore} from "./interfaces/ITaskPoolCore.sol";
import {JobData} from "./libraries/JobData.sol";
import {JobQueue} from "./libraries/JobQueue.sol";
import {PoolArguments} from "./libraries/PoolArguments.sol";
import {MAX_BYTES, MAX_HORIZON, MAX_NAME} from "./libraries/PoolLimits.sol";
import {TaskPoolBase} from "./TaskPoolBase.sol";
import {JobHead, JobHeadLibrary} from "./types/JobHead.sol";
import {JobId} from "./types/JobId.sol";
import {JobStatus} from "./types/JobStatus.sol";
import {PoolAccount} from "./types/PoolAccount.sol";
import {PoolSettings} from "./types/PoolSettings.sol";
import {PostOptions} from "./types/PostOptions.sol";
import {Priority} from "./types/Priority.sol";
import {QueueWord} from "./types/QueueWord.sol";

/// @title What requesters do in a pool
abstract contract TaskPoolPosting is TaskPoolBase, ITaskPoolCore {
    /// @dev What one posting has in common. Memory only.
    struct Posting {
        bool logged; // the bytes go into events
        uint256 bucketSeconds;
        address requester;
        uint256 number; // the requester's
        uint256 terms;
        Priority priority;
        uint256 count; // of the jobs
        JobId first;
        JobId before; // the last one in the queue before
        uint256 total; // base units
    }

    /// @inheritdoc ITaskPoolCore
    // forge-lint: disable-next-line(mixed-case-function)
    function addAITasks(
        uint256[] calldata rewards,
        uint256[] calldata requestIds,
        string[] calldata modelIds,
        string[] calldata inputData,
        uint256[] calldata deadlines
    ) external payable nonReentrant {
        PostOptions memory options = PostOptions({requester: address(0), priority: Priority.Normal, termsVersion: 0});
        _post(rewards, requestIds, modelIds, inputData, deadlines, options);
    }

    /// @inheritdoc ITaskPoolCore
    // forge-lint: disable-next-line(mixed-case-function)
    function addAITasks(
        uint256[] calldata rewards,
        uint256[] calldata requestIds,
        string[] calldata modelIds,
        string[] calldata inputData,
        uint256[] calldata deadlines,
        PostOptions calldata options
    ) external payable nonReentrant returns (uint256 firstTaskId) {
        return _post(rewards, requestIds, modelIds, inputData, deadlines, options);
    }

    /// @inheritdoc ITaskPoolCore
    function cancelTask(uint256 taskId) external nonReentrant {
        // Check: the requester's own job is open, and time is left.
        JobId id = JobId.wrap(taskId);
        JobHead head = _load(id);
        if (msg.sender != _requesters[head.requester()]) revert Unauthorized();
        _requireOpen(id, head);

        // Effect: out of the queue; the reward becomes credit.
        _queues = JobQueue.remove(_heads, _queues, id, head);
        _endUndelivered(id, head, JobStatus.Cancelled);
        _credit(msg.sender, head.reward());
    }

    function _post(
        uint256[] calldata rewards,
        uint256[] calldata requestIds,
        string[] calldata modelIds,
        string[] calldata inputData,
        uint256[] calldata deadlines,
        PostOptions memory options
    ) private returns (uint256) {
        // Check: who posts, under which terms, and what.
        _requireLength(rewards.length, requestIds.length);
        _requireLength(rewards.length, modelIds.length);
        _requireLength(rewards.length, inputData.length);
        _requireLength(rewards.length, deadlines.length);
        Posting memory posting = _open(options, rewards.length);

        // Effect: write the jobs, queue them, reserve their rewards.
        _write(posting, rewards, deadlines);
        uint256[] memory ids = _describe(posting, requestIds, modelIds, inputData);
        _reserve(posting);
        emit TasksAdded(ids, requestIds, modelIds);

        // Interaction: take the rewards.
        _fund(posting.total);
        return ids[0];
    }

    function _open(PostOptions memory options, uint256 count) private returns (Posting memory posting) {
        if (count == 0) revert TaskPool_NoJobs();
        PoolSettings storage settings = _settings;
        if (!settings.active) revert TaskPool_Inactive();
        bool mayPost =
            PoolArguments.isOpen() || msg.sender == PoolArguments.owner() || msg.sender == settings.modelRegistry;
        if (!mayPost) revert Unauthorized();
        posting.logged = PoolArguments.isLogged();
        posting.bucketSeconds = PoolArguments.bucketSeconds();
        posting.terms = settings.termsVersion;
        if (options.termsVersion != 0 && options.termsVersion != posting.terms) {
            revert TaskPool_TermsChanged(options.termsVersion, posting.terms);
        }
        if (_terms[posting.terms].verifier == address(0)) revert TaskPool_NoVerifier();

        posting.requester = options.requester == address(0) ? msg.sender : options.requester;
        posting.number = _numberOf(posting.requester);
        posting.priority = options.priority;
        posting.before = _queues.last(options.priority);
        uint256 lastId = JobId.unwrap(_pool.lastId());
        if (count > type(uint32).max - lastId) revert TaskPool_CounterExhausted(lastId, type(uint32).max);
        posting.count = count;
        posting.first = JobId.wrap(lastId + 1);
    }

    function _write(Posting memory posting, uint256[] calldata rewards, uint256[] calldata deadlines) private {
        for (uint256 i = 0; i < posting.count; ++i) {
            _checkJob(i, rewards[i], deadlines[i]);
            JobId id = JobId.wrap(JobId.unwrap(posting.first) + i);
            _heads[id] = _headOf(posting, i, rewards[i], deadlines[i]);
            posting.total += rewards[i];
            _enrol(id, deadlines[i], posting.bucketSeconds);
        }
    }

    function _describe(
        Posting memory posting,
        uint256[] calldata requestIds,
        string[] calldata modelIds,
        string[] calldata inputData
    ) private returns (uint256[] memory ids) {
        ids = new uint256[](posting.count);
        for (uint256 i = 0; i < ids.length; ++i) {
            ids[i] = JobId.unwrap(posting.first) + i;
            _commit(posting, JobId.wrap(ids[i]), requestIds[i], modelIds[i], inputData[i]);
        }
    }

    /// @dev Keeps what a job is about, and says that it was posted.
    function _commit(
        Posting memory posting,
        JobId id,
        uint256 requestId,
        string calldata modelId,
        string calldata inputData
    ) private {
        _requireFits(bytes(modelId).length, MAX_NAME);
        _requireFits(bytes(inputData).length, MAX_BYTES);
        bytes32 jobHash = JobData.hashOfJob(requestId, modelId, inputData);
        _jobHashes[id] = jobHash;
        if (posting.logged) emit JobInputLogged(JobId.unwrap(id), inputData);
        else _inputs[id] = JobData.writeInput(requestId, modelId, inputData);

        JobHead head = _heads[id];
        emit JobPosted({
            taskId: JobId.unwrap(id),
            requester: posting.requester,
            reward: head.reward(),
            deadline: head.deadline(),
            termsVersion: posting.terms,
            priority: posting.priority,
            jobHash: jobHash
        });
    }

    function _headOf(Posting memory posting, uint256 index, uint256 reward, uint256 deadline)
        private
        pure
        returns (JobHead)
    {
        uint256 taskId = JobId.unwrap(posting.first) + index;
        return JobHeadLibrary.make({
            reward_: reward,
            requester_: posting.number,
            deadline_: deadline,
            terms_: posting.terms,
            priority_: posting.priority,
            previous_: index == 0 ? posting.before : JobId.wrap(taskId - 1),
            next_: index + 1 == posting.count ? JobId.wrap(0) : JobId.wrap(taskId + 1)
        });
    }

    function _reserve(Posting memory posting) private {
        uint256 count = posting.count;
        JobId last = JobId.wrap(JobId.unwrap(posting.first) + count - 1);
        QueueWord queues = _queues;
        _queues = JobQueue.link(_heads, queues, posting.priority, posting.before, posting.first, last).countIn(count);
        _pool = _owe(_pool, posting.total).post(count);
    }

    /// @dev The owner may post from what nothing is owed for.
    function _fund(uint256 total) private {
        address asset = PoolArguments.asset();
        if (asset == address(0) && msg.value == 0 && msg.sender == PoolArguments.owner()) {
            if (address(this).balance < _pool.owed()) revert InsufficientFunds();
        } else {
            _collect(asset, total);
        }
    }

    function _numberOf(address requester) private returns (uint256 number) {
        PoolAccount account = _accounts[requester];
        number = account.number();
        if (number != 0) return number;
        _queues = _queues.countAccount();
        number = _queues.accounts();
        _accounts[requester] = account.withNumber(number);
        _requesters[number] = requester;
    }

    function _checkJob(uint256 index, uint256 reward, uint256 deadline) private view {
        if (reward == 0) revert TaskPool_ZeroReward(index);
        if (reward > type(uint96).max) revert TaskPool_AmountTooLarge(reward, type(uint96).max);
        if (deadline <= block.timestamp || deadline > block.timestamp + MAX_HORIZON) {
            revert TaskPool_DeadlineOutOfRange(deadline, block.timestamp + 1, block.timestamp + MAX_HORIZON);
        }
    }
}
