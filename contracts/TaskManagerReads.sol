// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEnvoyFactory} from "./interfaces/IEnvoyFactory.sol";
import {ITaskManagerReads} from "./interfaces/ITaskManagerReads.sol";
import {Bucket} from "./libraries/BlockQueue.sol";
import {GasCosts} from "./libraries/GasCosts.sol";
import {BITMAP_SPAN} from "./libraries/Limits.sol";
import {Memory} from "./libraries/Memory.sol";
import {Pricing} from "./libraries/Pricing.sol";
import {TaskCode} from "./libraries/TaskCode.sol";
import {TaskManagerBase} from "./TaskManagerBase.sol";
import {Account} from "./types/Account.sol";
import {BucketHead, BucketLibrary, BucketPage} from "./types/Bucket.sol";
import {LoadedTask} from "./types/LoadedTask.sol";
import {ManagerWordLibrary} from "./types/ManagerWord.sol";
import {PriceTerms} from "./types/PriceTerms.sol";
import {SizeClass} from "./types/SizeClass.sol";
import {Task} from "./types/Task.sol";
import {TaskDefinition} from "./types/TaskDefinition.sol";
import {TaskId} from "./types/TaskId.sol";
import {TaskInfo} from "./types/TaskInfo.sol";
import {TaskMetrics} from "./types/TaskMetrics.sol";
import {TaskSchedule} from "./types/TaskSchedule.sol";
import {TaskState, TaskStateLibrary} from "./types/TaskState.sol";
import {TaskStatus} from "./types/TaskStatus.sol";

/// @title TaskManagerReads
/// @dev The part of a manager that only reads: code which the manager runs on its own storage. A contract of its own
/// leaves the manager room below the limit of code size. It stores nothing and changes nothing.
contract TaskManagerReads is TaskManagerBase, ITaskManagerReads {
    constructor(uint256 feeBps, address feeRecipient, IEnvoyFactory envoyFactory)
        TaskManagerBase(feeBps, feeRecipient, envoyFactory)
    {}

    /* ONE TASK */

    /// @inheritdoc ITaskManagerReads
    function getTaskInfo(bytes32 taskHash) external view returns (TaskInfo memory info) {
        return _infoOf(_load(taskHash));
    }

    /// @inheritdoc ITaskManagerReads
    function getCommittedInfo(Task calldata task) external view returns (TaskInfo memory info) {
        return _infoOf(_loadCommitted(task));
    }

    function _infoOf(LoadedTask memory task) private view returns (TaskInfo memory info) {
        TaskState state = _stateOf(task.id);
        info.definition = TaskDefinition({task: _definitionOf(task), schedule: _scheduleOf(state)});
        bool holds = _isActive(state);
        info.metrics = TaskMetrics({
            executions: _toUint64(state.executed()),
            failures: _toUint64(state.failed()),
            nextBlock: _nextBlockOf(state),
            reservedBond: holds ? _reserveFor(task, _frozenTerms(task.owner, state)) : 0
        });
    }

    /// @inheritdoc ITaskManagerReads
    function getTaskStatus(bytes32 taskHash) external view returns (TaskStatus) {
        if (TaskCode.isCommitted(taskHash)) return _committedState(taskHash).status();
        LoadedTask memory task;
        return _tryLoad(taskHash, task) ? _stateOf(task.id).status() : TaskStatus.None;
    }

    /// @inheritdoc ITaskManagerReads
    function committedHashOf(Task calldata task) external view returns (bytes32) {
        LoadedTask memory loaded;
        TaskCode.commit(task, loaded);
        return loaded.hash;
    }

    /// @inheritdoc ITaskManagerReads
    function taskPriceTerms(bytes32 taskHash) external view returns (PriceTerms memory terms) {
        LoadedTask memory task = _load(taskHash);
        TaskState state = _states[task.id].state;
        if (!state.isSpent()) terms = _frozenTerms(task.owner, state).unpack();
    }

    /// @inheritdoc ITaskManagerReads
    function committedPriceTerms(Task calldata task) external view returns (PriceTerms memory terms) {
        LoadedTask memory loaded = _loadCommitted(task);
        return _frozenTerms(loaded.owner, _states[loaded.id].state).unpack();
    }

    /* TASKS OF AN ACCOUNT */

    /// @inheritdoc ITaskManagerReads
    function getAccountTasks(address account) public view returns (bytes32[] memory hashes) {
        TaskId latest = _accounts[account].head();
        hashes = new bytes32[](_countBack(latest, type(uint256).max));
        _walkBack(hashes, latest);
        for (uint256 i = 0; i < hashes.length / 2; ++i) {
            uint256 j = hashes.length - 1 - i;
            (hashes[i], hashes[j]) = (hashes[j], hashes[i]);
        }
    }

    /// @inheritdoc ITaskManagerReads
    function getAccountTasks(address account, bytes32 before, uint256 limit)
        external
        view
        returns (bytes32[] memory hashes)
    {
        TaskId from = _accounts[account].head();
        if (before != 0) {
            LoadedTask memory task = _load(before);
            if (task.owner != account) revert TaskManager_NotOwner(before, account, task.owner);
            from = task.previous;
        }
        hashes = new bytes32[](_countBack(from, limit));
        _walkBack(hashes, from);
    }

    /// @inheritdoc ITaskManagerReads
    function getAccountNonce(address account) external view returns (uint64) {
        return _toUint64(_accounts[account].nonce());
    }

    /// @inheritdoc ITaskManagerReads
    function getAccountTasksWithBlocks(address account)
        external
        view
        returns (bytes32[] memory resultHashes, uint64[] memory nextBlocks)
    {
        resultHashes = getAccountTasks(account);
        nextBlocks = _nextBlocksOf(account, resultHashes);
    }

    /// @inheritdoc ITaskManagerReads
    function getNextExecutionBlocks(address account, bytes32[] calldata taskHashes)
        external
        view
        returns (bytes32[] memory resultHashes, uint64[] memory nextBlocks)
    {
        resultHashes = taskHashes;
        nextBlocks = _nextBlocksOf(account, resultHashes);
    }

    /// @inheritdoc ITaskManagerReads
    function getNextBlocksForTasks(bytes32[] calldata taskHashes)
        external
        view
        returns (bytes32[] memory resultHashes, uint64[] memory nextBlocks)
    {
        resultHashes = taskHashes;
        nextBlocks = _nextBlocksOf(address(0), resultHashes);
    }

    /* QUEUE */

    /// @inheritdoc ITaskManagerReads
    function getTasksInRange(uint64 startBlock, uint64 endBlock) external view returns (bytes32[] memory) {
        return _tasksInRange(startBlock, endBlock, 0, type(uint256).max);
    }

    /// @inheritdoc ITaskManagerReads
    function getTasksInRange(uint64 startBlock, uint64 endBlock, uint256 offset, uint256 limit)
        external
        view
        returns (bytes32[] memory)
    {
        return _tasksInRange(startBlock, endBlock, offset, limit);
    }

    /// @inheritdoc ITaskManagerReads
    function getNextExecutionBlockInRange(uint64 startBlock, uint64 endBlock) external view returns (uint64) {
        uint256 next = _nextPending(startBlock);
        return next <= endBlock && next != ManagerWordLibrary.NEVER ? _toUint64(next) : 0;
    }

    /// @inheritdoc ITaskManagerReads
    function blockLoad(uint64 blockNumber, SizeClass class) external view returns (uint256 tasks, uint256 admittedGas) {
        BucketHead head = _queue.bucketAt(class, blockNumber).head;
        return (head.count(), head.kilogas() * 1000);
    }

    /* MONEY */

    /// @inheritdoc ITaskManagerReads
    function estimateRequiredBond(TaskDefinition calldata taskDef, uint256 gasPrice)
        external
        view
        returns (uint256 requiredBond)
    {
        if (gasPrice > type(uint64).max) revert TaskManager_TermOutOfRange(gasPrice, type(uint64).max);
        Task calldata task = taskDef.task;
        uint256 cap = _termsOf(task.from, _accounts[task.from]).premiumCap();
        (, uint256 most) = GasCosts.ofTask(task.gas, task.data.length);
        return Pricing.reserve(most, gasPrice, cap, FEE_BPS);
    }

    /// @inheritdoc ITaskManagerReads
    function bondOf(address account) external view returns (uint256 bond, uint256 reserved) {
        Account entry = _accounts[account];
        return (entry.bond(), entry.reserved());
    }

    /// @inheritdoc ITaskManagerReads
    function creditOf(address executor) external view returns (uint256) {
        return _credits[executor];
    }

    /// @inheritdoc ITaskManagerReads
    function feesOwed() external view returns (uint256) {
        return _manager.feesOwed();
    }

    /// @inheritdoc ITaskManagerReads
    function priceTermsOf(address account) external view returns (PriceTerms memory terms) {
        return _termsOf(account, _accounts[account]).unpack();
    }

    /* CHAIN */

    /// @inheritdoc ITaskManagerReads
    function clock() external view returns (uint48) {
        return uint48(block.number);
    }

    /// @inheritdoc ITaskManagerReads
    // forge-lint: disable-next-line(mixed-case-function)
    function CLOCK_MODE() external pure returns (string memory) {
        return "mode=blocknumber&from=default";
    }

    /// @inheritdoc ITaskManagerReads
    function extsload(bytes32 slot) external view returns (bytes32 word) {
        assembly ("memory-safe") {
            word := sload(slot)
        }
    }

    /* HELPERS */

    function _definitionOf(LoadedTask memory task) private pure returns (Task memory) {
        return Task({
            from: task.owner,
            gas: _toUint64(task.gas),
            target: task.target,
            data: TaskCode.dataOf(task),
            nonce: _toUint64(task.nonce)
        });
    }

    function _scheduleOf(TaskState state) private pure returns (TaskSchedule memory) {
        uint256 runs = state.left();
        return TaskSchedule({
            startBlock: _toUint64(state.next()),
            interval: _toUint64(state.interval()),
            executions: runs == TaskStateLibrary.ENDLESS ? type(uint64).max : _toUint64(runs),
            active: _isActive(state),
            deadline: _toUint64(state.deadline())
        });
    }

    /// @dev The state of the task that a hash means, if it means a committed one.
    function _committedState(bytes32 taskHash) private view returns (TaskState) {
        return _states[TaskId.wrap(uint256(taskHash))].state;
    }

    /// @dev How many stored tasks there are from task `from` back, `limit` at most.
    function _countBack(TaskId from, uint256 limit) private view returns (uint256 count) {
        LoadedTask memory task;
        uint256 mark = Memory.mark();
        for (; count < limit && TaskId.unwrap(from) != 0; ++count) {
            assert(TaskCode.load(from, task));
            from = task.previous;
            Memory.release(mark);
        }
    }

    /// @dev Fills `hashes` with task `from` and those before it.
    function _walkBack(bytes32[] memory hashes, TaskId from) private view {
        LoadedTask memory task;
        uint256 mark = Memory.mark();
        for (uint256 i = 0; i < hashes.length; ++i) {
            assert(TaskCode.load(from, task));
            hashes[i] = task.hash;
            from = task.previous;
            Memory.release(mark);
        }
    }

    function _nextBlocksOf(address account, bytes32[] memory hashes) private view returns (uint64[] memory blocks) {
        blocks = new uint64[](hashes.length);
        LoadedTask memory task;
        uint256 mark = Memory.mark();
        for (uint256 i = 0; i < hashes.length; ++i) {
            if (TaskCode.isCommitted(hashes[i])) {
                if (account == address(0)) blocks[i] = _nextBlockOf(_committedState(hashes[i]));
            } else if (_tryLoad(hashes[i], task) && (account == address(0) || account == task.owner)) {
                blocks[i] = _nextBlockOf(_states[task.id].state);
            }
            Memory.release(mark);
        }
    }

    /// @dev The first block at or after `from` with queued tasks of any class, or `NEVER`.
    function _nextPending(uint256 from) private view returns (uint256 next) {
        next = ManagerWordLibrary.NEVER;
        for (uint256 i = 0; i <= uint256(type(SizeClass).max); ++i) {
            uint256 candidate = _nextPendingOf(SizeClass(i), from);
            if (candidate < next) next = candidate;
        }
    }

    /// @dev All pending blocks lie within the bitmap's span from the oldest: what is found beyond it is an alias.
    function _nextPendingOf(SizeClass class, uint256 from) private view returns (uint256) {
        uint256 oldest = _manager.due(class);
        if (oldest == ManagerWordLibrary.NEVER || from >= oldest + BITMAP_SPAN) return ManagerWordLibrary.NEVER;
        if (from <= oldest) return oldest;
        (bool found, uint256 next) = _queue.marks.findFrom(class, from);
        return found && next < oldest + BITMAP_SPAN ? next : ManagerWordLibrary.NEVER;
    }

    function _tasksInRange(uint256 start, uint256 end, uint256 offset, uint256 limit)
        private
        view
        returns (bytes32[] memory hashes)
    {
        uint256 available = _countInRange(start, end, offset, limit);
        hashes = new bytes32[](available);
        uint256 filled = 0;
        for (
            uint256 blockNumber = _nextPending(start); filled < available; blockNumber = _nextPending(blockNumber + 1)) {
            for (uint256 i = 0; i <= uint256(type(SizeClass).max) && filled < available; ++i) {
                uint256 count = _queue.bucketAt(SizeClass(i), blockNumber).head.count();
                if (count <= offset) {
                    offset -= count;
                    continue;
                }
                filled = _fill(hashes, filled, SizeClass(i), blockNumber, offset);
                offset = 0;
            }
        }
    }

    /// @dev How many tasks a page has.
    function _countInRange(uint256 start, uint256 end, uint256 offset, uint256 limit)
        private
        view
        returns (uint256 count)
    {
        uint256 wanted = limit > type(uint256).max - offset ? type(uint256).max : offset + limit;
        for (
            uint256 blockNumber = _nextPending(start);
            blockNumber <= end && blockNumber != ManagerWordLibrary.NEVER;
            blockNumber = _nextPending(blockNumber + 1)
        ) {
            for (uint256 i = 0; i <= uint256(type(SizeClass).max); ++i) {
                count += _queue.bucketAt(SizeClass(i), blockNumber).head.count();
            }
            if (count >= wanted) break;
        }
        if (count > wanted) count = wanted;
        return count > offset ? count - offset : 0;
    }

    /// @dev Copies the hashes of one bucket, after its first `offset`, behind the first `filled` of `hashes`.
    function _fill(bytes32[] memory hashes, uint256 filled, SizeClass class, uint256 blockNumber, uint256 offset)
        private
        view
        returns (uint256)
    {
        LoadedTask memory task;
        uint256 mark = Memory.mark();
        Bucket storage bucket = _queue.bucketAt(class, blockNumber);
        BucketHead head = bucket.head;
        uint256 word = BucketHead.unwrap(head);
        uint256 page = head.first();
        for (uint256 left = head.count(); left != 0 && filled < hashes.length; --left) {
            while (!BucketLibrary.hasLanes(word)) {
                BucketPage content = bucket.pages[page];
                (word, page) = (BucketPage.unwrap(content), content.next());
            }
            TaskId id = BucketLibrary.front(word);
            word = BucketLibrary.remove(word, id);
            if (offset != 0) {
                --offset;
                continue;
            }
            assert(TaskCode.load(id, task));
            hashes[filled++] = task.hash;
            Memory.release(mark);
        }
        return filled;
    }
}
