// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ITaskManager} from "./interfaces/ITaskManager.sol";
import {ITaskPoolBase} from "./interfaces/ITaskPoolBase.sol";
import {ITaskPoolCore} from "./interfaces/ITaskPoolCore.sol";
import {AssetTransfer} from "./libraries/AssetTransfer.sol";
import {Buckets, DeadlineBuckets} from "./libraries/DeadlineBuckets.sol";
import {JobQueue} from "./libraries/JobQueue.sol";
import {PoolArguments} from "./libraries/PoolArguments.sol";
import {BPS, BUCKET_GAS, MAX_BLOCKS_AHEAD, MAX_OWED, SCHEDULE_GAS} from "./libraries/PoolLimits.sol";
import {BucketWord, BucketWordLibrary} from "./types/BucketWord.sol";
import {JobClaim} from "./types/JobClaim.sol";
import {JobHead} from "./types/JobHead.sol";
import {JobId} from "./types/JobId.sol";
import {JobStatus} from "./types/JobStatus.sol";
import {JobTerms} from "./types/JobTerms.sol";
import {PoolAccount} from "./types/PoolAccount.sol";
import {PoolSettings} from "./types/PoolSettings.sol";
import {PoolWord} from "./types/PoolWord.sol";
import {QueueWord} from "./types/QueueWord.sol";
import {Task as ManagerTask} from "./types/Task.sol";
import {TaskDefinition} from "./types/TaskDefinition.sol";
import {TaskSchedule} from "./types/TaskSchedule.sol";
import {WorkerClaims, WorkerClaimsLibrary} from "./types/WorkerClaims.sol";

/// @title What a pool keeps, and the steps that more than one of its functions take
/// @dev The pool and its reads both begin with it, so that both find everything at the same slots.
abstract contract TaskPoolBase is ITaskPoolBase, ReentrancyGuardTransient {
    /// @inheritdoc ITaskPoolBase
    ITaskManager public immutable MANAGER;
    /// @inheritdoc ITaskPoolBase
    uint256 public immutable BLOCK_SECONDS;

    /* POOL */

    PoolWord internal _pool;
    QueueWord internal _queues;
    PoolSettings internal _settings;
    string internal _category;
    string internal _metadata;
    mapping(uint256 version => JobTerms terms) internal _terms;

    /* JOBS */

    mapping(JobId id => JobHead head) internal _heads;
    mapping(JobId id => JobClaim claim) internal _claims;
    mapping(JobId id => bytes32 hash) internal _jobHashes;
    mapping(JobId id => bytes32 hash) internal _resultHashes;
    mapping(JobId id => address code) internal _inputs;
    mapping(JobId id => address code) internal _results;

    /* ACCOUNTS */

    mapping(address account => PoolAccount word) internal _accounts;
    mapping(uint256 number => address requester) internal _requesters;
    mapping(address worker => WorkerClaims claims) internal _workers;

    /* TIME */

    Buckets internal _buckets;

    constructor(ITaskManager manager, uint256 blockSeconds) {
        MANAGER = manager;
        BLOCK_SECONDS = blockSeconds;
        _settings.termsVersion = type(uint16).max; // never initialised
    }

    /* JOBS */

    /// @dev Where a job is: its head knows, but for what its claim says.
    function _statusOf(JobHead head, JobClaim claim) internal pure returns (JobStatus status) {
        status = head.status();
        if (status == JobStatus.Claimed) status = claim.status();
    }

    function _load(JobId id) internal view returns (JobHead head) {
        head = _heads[id];
        if (head.status() == JobStatus.None) revert TaskNotFound();
    }

    /// @dev The last second of what a submitted or disputed job waits for.
    function _judgedUntil(JobStatus status, JobClaim claim, JobTerms storage terms) internal view returns (uint256) {
        return claim.since() + (status == JobStatus.Submitted ? terms.verifyWindow : terms.disputeWindow);
    }

    function _until(JobHead head, JobClaim claim, JobStatus status) internal view returns (uint256) {
        if (status == JobStatus.Claimed) return claim.deadline();
        if (status == JobStatus.Submitted || status == JobStatus.Disputed) {
            return _judgedUntil(status, claim, _terms[head.terms()]);
        }
        return head.deadline();
    }

    /// @dev Puts a job, whose claim has ended without a result that counts, back into its queue.
    function _reopen(JobId id, JobHead head, JobClaim claim, JobStatus from) internal {
        emit JobReopened(JobId.unwrap(id), claim.worker(), from);
        _claims[id] = claim.release();
        _queues = JobQueue.push(_heads, _queues, id, head.withStatus(JobStatus.Open));
    }

    /// @dev Ends a job that waits in a queue or has just lost its claim, without a result.
    function _endUndelivered(JobId id, JobHead head, JobStatus status) internal {
        _heads[id] = head.withStatus(status);
        _pool = _pool.end();
        emit JobEnded(JobId.unwrap(id), status);
    }

    /// @dev Ends a job whose result was not accepted.
    function _endUnaccepted(JobId id, JobClaim claim) internal {
        _claims[id] = claim.withStatus(JobStatus.Refunded);
        _pool = _pool.end();
        emit JobEnded(JobId.unwrap(id), JobStatus.Refunded);
    }

    /// @dev The claims of `user` that are neither delivered nor released, and how many they are.
    function _activeOf(address user) internal view returns (WorkerClaims held, uint256 count) {
        WorkerClaims claims = _workers[user];
        held = claims.empty();
        for (uint256 i = 0; i < WorkerClaimsLibrary.MOST; ++i) {
            JobId id = claims.idAt(i);
            if (JobId.unwrap(id) == 0) break;
            if (_claims[id].isActiveOf(user)) held = held.put(count++, id);
        }
    }

    /* WHAT TIME MAKES DUE */

    /// @dev Does what is due for a job, if anything is. Money moves as credit only.
    /// @param caller Who earns the caller's share; zero for nobody.
    function _release(JobId id, JobHead head, address caller) internal returns (bool) {
        JobStatus status = head.status();
        if (status == JobStatus.Open) return _expire(id, head, caller);
        if (status != JobStatus.Claimed) return false;

        JobClaim claim = _claims[id];
        status = claim.status();
        if (status == JobStatus.Claimed) return _releaseClaim(id, head, claim, caller);
        if (status != JobStatus.Submitted && status != JobStatus.Disputed) return false;
        return _refundUnjudged(id, head, claim, status, caller);
    }

    /// @dev An open job whose deadline has passed: the reward goes to the requester.
    function _expire(JobId id, JobHead head, address caller) private returns (bool) {
        // Check: the deadline has passed.
        if (block.timestamp <= head.deadline()) return false;

        // Effect: out of the queue; the reward becomes credit.
        _queues = JobQueue.remove(_heads, _queues, id, head);
        _endUndelivered(id, head, JobStatus.Expired);
        _refund(id, head, head.reward(), caller);
        return true;
    }

    /// @dev A claim whose deadline has passed: the bond goes to the requester, the job back to its queue, or to its end.
    function _releaseClaim(JobId id, JobHead head, JobClaim claim, address caller) private returns (bool) {
        // Check: the claim's deadline has passed.
        if (block.timestamp <= claim.deadline()) return false;

        // Effect: the claim is void; the bond becomes credit, and the reward too if no time is left.
        uint256 bond = _terms[head.terms()].claimBond;
        uint256 refund = bond;
        if (bond != 0) emit BondSlashed(JobId.unwrap(id), claim.worker(), bond);
        if (block.timestamp > head.deadline()) {
            emit JobReopened(JobId.unwrap(id), claim.worker(), JobStatus.Claimed);
            _claims[id] = claim.release();
            _endUndelivered(id, head, JobStatus.Expired);
            refund += head.reward();
        } else {
            _reopen(id, head, claim, JobStatus.Claimed);
        }
        _refund(id, head, refund, caller);
        return true;
    }

    /// @dev A result that nobody judged in time: the reward goes to the requester, the bond to the worker.
    function _refundUnjudged(JobId id, JobHead head, JobClaim claim, JobStatus status, address caller)
        private
        returns (bool)
    {
        // Check: the verifier's window has passed.
        JobTerms storage terms = _terms[head.terms()];
        if (block.timestamp <= _judgedUntil(status, claim, terms)) return false;

        // Effect: the job has ended; reward and bond become credit.
        _endUnaccepted(id, claim);
        _credit(claim.worker(), terms.claimBond);
        _refund(id, head, head.reward(), caller);
        return true;
    }

    /* MONEY */

    /// @dev Turns what the pool owes already into an account's credit.
    function _credit(address account, uint256 amount) internal {
        if (amount == 0) return;
        _accounts[account] = _accounts[account].add(amount);
        emit CreditAdded(account, amount);
    }

    /// @dev Credits `amount` to a job's requester, less the share of who called, if anybody did.
    function _refund(JobId id, JobHead head, uint256 amount, address caller) internal {
        if (caller != address(0)) {
            uint256 share = amount * _terms[head.terms()].callerShareBps / BPS;
            if (share != 0) {
                emit CallerPaid(JobId.unwrap(id), caller, share);
                _credit(caller, share);
                amount -= share;
            }
        }
        _credit(_requesters[head.requester()], amount);
    }

    /// @dev Counts what the pool owes from now on.
    function _owe(PoolWord pool, uint256 amount) internal pure returns (PoolWord) {
        uint256 owed = pool.owed();
        if (amount > MAX_OWED - owed) revert TaskPool_AmountTooLarge(amount, MAX_OWED - owed);
        return pool.owe(amount);
    }

    /// @dev Takes `amount` from the caller: tokens are pulled, native coin must have been sent, exactly.
    function _collect(address asset, uint256 amount) internal {
        if (asset == address(0)) {
            if (msg.value < amount) revert InsufficientFunds();
            if (msg.value > amount) revert TaskPool_ValueMismatch(msg.value, amount);
        } else {
            if (msg.value != 0) revert TaskPool_ValueMismatch(msg.value, 0);
            AssetTransfer.pull(asset, msg.sender, amount);
        }
    }

    /// @dev What nothing is owed for. A token that took some away by itself leaves nothing.
    function _free(address asset) internal view returns (uint256) {
        (uint256 balance, uint256 owed) = (AssetTransfer.available(asset), _pool.owed());
        return balance > owed ? balance - owed : 0;
    }

    /* BUCKETS */

    /// @dev Has somebody look after a job when `timestamp` has passed.
    function _enrol(JobId id, uint256 timestamp, uint256 length) internal {
        if (length == 0) return;
        uint256 bucket = DeadlineBuckets.bucketOf(timestamp, length);
        BucketWord word = _buckets.add(bucket, id);
        if (word.count() == 1 && _settings.timed) {
            word = _schedule(bucket, word, _blockOf(DeadlineBuckets.dueFrom(bucket, length)));
        }
        _buckets.words[bucket] = word;
    }

    /// @dev The block in which `timestamp` will have come if blocks are as fast as they can be. Too early does no
    /// harm; where blocks are slower or missed, it is late, and callers remain.
    function _blockOf(uint256 timestamp) internal view returns (uint256) {
        if (timestamp <= block.timestamp) return block.number + 1;
        uint256 ahead = (timestamp - block.timestamp + BLOCK_SECONDS - 1) / BLOCK_SECONDS;
        return block.number + (ahead < MAX_BLOCKS_AHEAD ? ahead : MAX_BLOCKS_AHEAD);
    }

    /// @dev Tells the task manager to have the bucket called. What it refuses never stops the caller; that the caller
    /// gives it enough gas is checked, so that nobody makes it refuse.
    function _schedule(uint256 bucket, BucketWord word, uint256 startBlock) internal returns (BucketWord) {
        AssetTransfer.requireGas(SCHEDULE_GAS);
        TaskDefinition memory definition = _definitionOf(bucket, startBlock);
        try MANAGER.scheduleCommitted{gas: SCHEDULE_GAS}(definition) returns (bytes32 taskHash) {
            emit BucketScheduled(bucket, taskHash, startBlock);
            return word.withSchedule(BucketWordLibrary.SCHEDULED);
        } catch (bytes memory reason) {
            // forge-lint: disable-next-line(unsafe-typecast)
            emit BucketNotScheduled(bucket, bytes4(reason));
            return word.withSchedule(BucketWordLibrary.REFUSED);
        }
    }

    function _definitionOf(uint256 bucket, uint256 startBlock) private view returns (TaskDefinition memory definition) {
        definition.task = ManagerTask({
            from: address(this),
            gas: BUCKET_GAS,
            target: address(this),
            data: abi.encodeCall(ITaskPoolCore.settleBucket, (bucket, type(uint256).max)),
            nonce: MANAGER.getAccountNonce(address(this))
        });
        // forge-lint: disable-next-line(unsafe-typecast)
        uint64 start = uint64(startBlock);
        definition.schedule = TaskSchedule({startBlock: start, interval: 0, executions: 1, active: true, deadline: 0});
    }

    /* CHECKS */

    function _requireOpen(JobId id, JobHead head) internal view {
        if (head.status() == JobStatus.Open) {
            if (block.timestamp > head.deadline()) revert TaskExpired();
            return;
        }
        JobStatus status = _statusOf(head, _claims[id]);
        if (status == JobStatus.Claimed) revert TaskAlreadyClaimed();
        revert TaskPool_WrongStatus(JobId.unwrap(id), status);
    }

    function _requireLength(uint256 expected, uint256 given) internal pure {
        if (given != expected) revert TaskPool_LengthMismatch(expected, given);
    }

    function _requireFits(uint256 length, uint256 max) internal pure {
        if (length > max) revert TaskPool_DataTooLong(length, max);
    }

    function _bucketSeconds() internal view returns (uint256 length) {
        length = PoolArguments.bucketSeconds();
        if (length == 0) revert TaskPool_NotTimed();
    }
}
