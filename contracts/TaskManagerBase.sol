// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LibClone} from "solady/utils/LibClone.sol";

import {IEnvoyFactory} from "./interfaces/IEnvoyFactory.sol";
import {ITaskManagerBase} from "./interfaces/ITaskManagerBase.sol";
import {BlockQueue, BlockQueueLibrary, Bucket} from "./libraries/BlockQueue.sol";
import {kilogasOf, ROOM_PROBES} from "./libraries/Limits.sol";
import {Pricing} from "./libraries/Pricing.sol";
import {TaskCode} from "./libraries/TaskCode.sol";
import {Account} from "./types/Account.sol";
import {LoadedTask} from "./types/LoadedTask.sol";
import {ManagerWord} from "./types/ManagerWord.sol";
import {Task} from "./types/Task.sol";
import {TaskId} from "./types/TaskId.sol";
import {TaskRecord, TaskState} from "./types/TaskState.sol";
import {TaskStatus} from "./types/TaskStatus.sol";
import {Terms, TermsLibrary} from "./types/Terms.sol";

/// @title What the manager keeps, and the steps that more than one of its functions take
/// @dev The manager and its reads both begin with it, so that both find everything at the same slots.
abstract contract TaskManagerBase is ITaskManagerBase {
    /// @dev The terms of an account that never set its own.
    uint256 private constant DEFAULT_CEILING = 50 gwei;
    uint256 private constant DEFAULT_TIP = 0.1 gwei;
    uint256 private constant DEFAULT_PREMIUM_CAP = 4 gwei;
    uint256 private constant DEFAULT_FAILURE_LIMIT = 5;

    /// @inheritdoc ITaskManagerBase
    uint256 public immutable FEE_BPS;
    /// @inheritdoc ITaskManagerBase
    address public immutable FEE_RECIPIENT;
    /// @inheritdoc ITaskManagerBase
    IEnvoyFactory public immutable ENVOY_FACTORY;

    bytes32 private immutable ENVOY_CODE_HASH;

    /* QUEUE */

    ManagerWord internal _manager;
    BlockQueue internal _queue;

    /* TASKS */

    /// @dev Of stored and of committed tasks: the number of the one is never the hash of the other.
    mapping(TaskId id => TaskRecord record) internal _states;

    /* ACCOUNTS */

    mapping(address owner => Account account) internal _accounts;
    mapping(address owner => Terms terms) internal _termsInForce;
    mapping(address owner => mapping(uint256 version => Terms terms)) internal _termsAt;
    mapping(address executor => uint256 amount) internal _credits;

    constructor(uint256 feeBps, address feeRecipient, IEnvoyFactory envoyFactory) {
        if (feeBps > Pricing.BPS || (feeBps != 0 && feeRecipient == address(0))) {
            revert TaskManager_FeeOutOfRange(feeBps, feeRecipient);
        }
        FEE_BPS = feeBps;
        FEE_RECIPIENT = feeRecipient;
        ENVOY_FACTORY = envoyFactory;
        ENVOY_CODE_HASH = envoyFactory.INIT_CODE_HASH();
    }

    /* TASKS */

    /// @dev Reads the task that `taskHash` names. The upper part of the hash must be the task's.
    function _load(bytes32 taskHash) internal view returns (LoadedTask memory task) {
        if (!_tryLoad(taskHash, task)) revert TaskManager_UnknownTask(taskHash);
    }

    /// @dev An id that was not issued yet has no code; 0 is not an id.
    function _tryLoad(bytes32 taskHash, LoadedTask memory into) internal view returns (bool) {
        TaskId id = TaskCode.idOf(taskHash);
        return TaskId.unwrap(id) != 0 && TaskCode.load(id, into) && into.hash == taskHash;
    }

    /// @dev Reads a committed task, which has been scheduled. One whose only run has succeeded has no state any more, and is
    /// as unknown as one that never was: its nonce is spent, so nobody can schedule it again.
    function _loadCommitted(Task calldata given) internal view returns (LoadedTask memory task) {
        if (!_tryLoadCommitted(given, task)) revert TaskManager_UnknownTask(task.hash);
    }

    function _tryLoadCommitted(Task calldata given, LoadedTask memory into) internal view returns (bool) {
        TaskCode.commit(given, into);
        return _states[into.id].state.status() != TaskStatus.None;
    }

    /// @dev The state of a task of the caller's that has not ended.
    function _ownState(LoadedTask memory task) internal view returns (TaskState state) {
        if (task.owner != msg.sender) revert TaskManager_NotOwner(task.hash, msg.sender, task.owner);
        state = _stateOf(task.id);
        if (state.isEnded()) revert TaskManager_TaskEnded(task.hash, state.status());
    }

    /// @dev The state of a task that was scheduled.
    function _stateOf(TaskId id) internal view returns (TaskState) {
        return _states[id].state.restore();
    }

    /* PRICE */

    function _defaultTerms() internal pure returns (Terms) {
        return TermsLibrary.pack(DEFAULT_CEILING, DEFAULT_TIP, DEFAULT_PREMIUM_CAP, DEFAULT_FAILURE_LIMIT, 0);
    }

    function _termsOf(address owner, Account account) internal view returns (Terms) {
        return account.hasOwnTerms() ? _termsInForce[owner] : _defaultTerms();
    }

    function _frozenTerms(address owner, TaskState state) internal view returns (Terms) {
        uint256 version = state.terms();
        return version == 0 ? _defaultTerms() : _termsAt[owner][version];
    }

    function _reserveFor(LoadedTask memory task, Terms terms) internal view returns (uint256) {
        return Pricing.reserve(task.mostGas, terms.ceiling(), terms.premiumCap(), FEE_BPS);
    }

    /* QUEUE */

    /// @dev Queues a committed task, which is in no bucket: executors find it by its events, and no block is ever full.
    function _enqueueCommitted(TaskState state, uint256 tick, uint256 wanted) private pure returns (TaskState) {
        return state.enqueue(wanted, _driftOf(state, tick, wanted), 0, 0);
    }

    /// @dev Queues a task for `wanted` or, within `probes`, for a later block with room that is not after its deadline.
    /// @param tick The tick that `wanted` stands for.
    /// @return done False when there is no such block; nothing has changed then.
    function _enqueue(LoadedTask memory task, TaskState state, uint256 tick, uint256 wanted, uint256 probes)
        internal
        returns (bool done, TaskState)
    {
        if (TaskCode.isCommitted(task.hash)) return (true, _enqueueCommitted(state, tick, wanted));
        ManagerWord before = _manager;
        uint256 oldest = before.due(task.class);
        uint256 kilogas = kilogasOf(task.gas);
        uint256 offset = 0;
        for (; probes != 0; --probes) {
            uint256 candidate = wanted + offset;
            if (state.isExpiredAt(candidate) || !BlockQueueLibrary.isInSpan(oldest, candidate)) break;
            ManagerWord word;
            uint256 page;
            uint256 admitted;
            (word, done, page, admitted) = _queue.tryInsert(before, oldest, task.class, candidate, task.id, kilogas);
            if (done) {
                if (ManagerWord.unwrap(word) != ManagerWord.unwrap(before)) _manager = word;
                uint256 drift = _driftOf(state, tick, candidate);
                return (true, state.enqueue(candidate, drift, page, Pricing.crowdAt(admitted)));
            }
            offset = offset == 0 ? 1 : offset * 2;
        }
        return (false, state);
    }

    function _driftOf(TaskState state, uint256 tick, uint256 blockNumber) private pure returns (uint256) {
        return state.isSingle() ? 0 : (blockNumber - tick) % state.interval();
    }

    /// @dev Takes a queued task out of its bucket, if it is in one.
    /// @param kilogas What the bucket's capacity gets back.
    /// @return emptied Whether the bucket is empty now.
    /// @return cleared Words of the bucket that became zero.
    function _remove(LoadedTask memory task, TaskState state, Bucket storage bucket, uint256 kilogas)
        internal
        returns (bool emptied, uint256 cleared)
    {
        if (TaskCode.isCommitted(task.hash)) return (false, 0);
        (emptied, cleared) = bucket.remove(task.id, state.page(), kilogas);
        if (!emptied) return (emptied, cleared);
        ManagerWord before = _manager;
        ManagerWord word = _queue.unmark(before, task.class, state.next());
        if (ManagerWord.unwrap(word) != ManagerWord.unwrap(before)) _manager = word;
    }

    /// @dev Queues a task, whose account has been loaded, for `wanted` or for the next block with room, and reserves
    /// its run; or makes it inactive or ended, with the event that says why. The task is in no bucket and holds no
    /// reserve.
    /// @param tick The tick that `wanted` stands for.
    /// @param reason Why `wanted` is not the tick; 0 when it is.
    function _place(
        LoadedTask memory task,
        TaskState state,
        Account account,
        Terms terms,
        uint256 tick,
        uint256 wanted,
        bytes4 reason
    ) internal returns (TaskState, Account) {
        if (state.isExpiredAt(wanted)) return (_expire(task, state), account);

        uint256 required = _reserveFor(task, terms);
        if (account.free() < required) {
            emit TaskInactiveDueToInsufficientBonds(task.hash, task.owner, required);
            return (state.withStatus(TaskStatus.Starved), account);
        }
        bool done;
        (done, state) = _enqueue(task, state, tick, wanted, ROOM_PROBES);
        if (!done) {
            emit TaskInactiveDueToFullBlocks(task.hash, task.owner, _toUint64(wanted));
            return (state.withStatus(TaskStatus.Crowded), account);
        }
        if (reason == 0 && state.next() != wanted) reason = TaskManager_BlockFull.selector;
        if (reason != 0) emit TaskDeferred(task.hash, task.owner, _toUint64(state.next()), reason);
        return (state, account.reserve(required));
    }

    function _expire(LoadedTask memory task, TaskState state) internal returns (TaskState) {
        emit TaskExpired(task.hash, task.owner, _toUint64(state.deadline()));
        return state.withStatus(TaskStatus.Expired);
    }

    function _isActive(TaskState state) internal pure returns (bool) {
        TaskStatus status = state.status();
        return status == TaskStatus.Queued || status == TaskStatus.Running;
    }

    function _nextBlockOf(TaskState state) internal pure returns (uint64) {
        return state.status() == TaskStatus.Queued ? _toUint64(state.next()) : 0;
    }

    /// @dev For block numbers and counters, which fit 40 bits.
    function _toUint64(uint256 value) internal pure returns (uint64) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint64(value);
    }

    /* ENVOYS */

    /// @inheritdoc ITaskManagerBase
    function envoyOf(address owner) public view returns (address) {
        bytes32 salt = bytes32(uint256(uint160(owner)));
        return LibClone.predictDeterministicAddress(ENVOY_CODE_HASH, salt, address(ENVOY_FACTORY));
    }
}
