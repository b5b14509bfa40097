// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EnvoyFactory} from "./EnvoyFactory.sol";
import {ITaskManagerCore} from "./interfaces/ITaskManagerCore.sol";
import {BlockQueueLibrary, Bucket} from "./libraries/BlockQueue.sol";
import {BoundedCall} from "./libraries/BoundedCall.sol";
import {GasCosts} from "./libraries/GasCosts.sol";
import {
    FIRST_DEFERRAL,
    kilogasOf,
    LARGE_GAS,
    MAX_COMMITTED_DATA_LENGTH,
    MAX_DATA_LENGTH,
    MAX_DISTANCE,
    MIN_INTERVAL,
    ROOM_SEARCH
} from "./libraries/Limits.sol";
import {Memory} from "./libraries/Memory.sol";
import {Pricing} from "./libraries/Pricing.sol";
import {RunLog} from "./libraries/RunLog.sol";
import {TaskCode} from "./libraries/TaskCode.sol";
import {TransientLock} from "./libraries/TransientLock.sol";
import {TaskManagerBase} from "./TaskManagerBase.sol";
import {TaskManagerBonds} from "./TaskManagerBonds.sol";
import {TaskManagerReads} from "./TaskManagerReads.sol";
import {Account, AccountLibrary} from "./types/Account.sol";
import {Batch, Entry} from "./types/Batch.sol";
import {LoadedTask} from "./types/LoadedTask.sol";
import {ManagerWord, ManagerWordLibrary} from "./types/ManagerWord.sol";
import {SizeClass} from "./types/SizeClass.sol";
import {Task} from "./types/Task.sol";
import {TaskDefinition} from "./types/TaskDefinition.sol";
import {TaskId} from "./types/TaskId.sol";
import {TaskSchedule} from "./types/TaskSchedule.sol";
import {TaskRecord, TaskState, TaskStateLibrary} from "./types/TaskState.sol";
import {TaskStatus} from "./types/TaskStatus.sol";
import {Terms} from "./types/Terms.sol";

/// @title TaskManager
/// @dev See `ITaskManager` for what it promises, docs/specification.md for how it keeps it.
contract TaskManager is TaskManagerBonds {
    uint256 private constant SIZE_CLASSES = 3;

    /// @inheritdoc ITaskManagerCore
    uint256 public constant MIN_EXECUTION_GAS = 30_000;

    /// @inheritdoc ITaskManagerCore
    address public immutable READS;

    /// @dev The manager's first two creations: task ids count from the third.
    constructor(uint256 feeBps, address feeRecipient) TaskManagerBase(feeBps, feeRecipient, new EnvoyFactory()) {
        READS = address(new TaskManagerReads(feeBps, feeRecipient, ENVOY_FACTORY));
        _manager = ManagerWordLibrary.empty();
    }

    /// @dev Whatever is not declared here is a read, or nothing: the code of `READS` answers, on this storage.
    fallback() external {
        address reads = READS;
        assembly ("memory-safe") {
            // Nothing comes after: what is free may be overwritten.
            let free := mload(0x40)
            calldatacopy(free, 0, calldatasize())
            let success := delegatecall(gas(), reads, free, calldatasize(), 0, 0)
            returndatacopy(free, 0, returndatasize())
            if success { return(free, returndatasize()) }
            revert(free, returndatasize())
        }
    }

    /*//////////////////////////////////////////////////////////////
                               EXECUTION
    //////////////////////////////////////////////////////////////*/

    /// @inheritdoc ITaskManagerCore
    function executeQueuedTasks(uint256 targetGasReserve) external returns (uint256 executed, uint256 failed) {
        if (!_hasGas(targetGasReserve, GasCosts.EXIT)) return (0, 0);
        uint256 passed = 0; // a bit for each class whose next task does not fit
        (bool found, SizeClass class, uint256 due) = _nextDue(passed);
        if (!found && !TransientLock.isTaken()) return (0, 0); // the cheap way out, for those who poll

        Batch memory batch = _open(targetGasReserve);
        while (found) {
            if (!_drain(batch, class, due)) {
                passed |= 1 << uint256(class);
                batch.gasBefore = gasleft(); // nobody's task was handled
            }
            (found, class, due) = _nextDue(passed);
        }
        _close(batch);
        return (batch.executed, batch.failed);
    }

    /// @inheritdoc ITaskManagerCore
    function executeTasks(bytes32[] calldata taskHashes, uint256 targetGasReserve)
        external
        returns (uint256 executed, uint256 failed)
    {
        if (!_hasGas(targetGasReserve, GasCosts.EXIT)) return (0, 0);
        Batch memory batch = _open(targetGasReserve);
        batch.entryGas += GasCosts.HASH_CHARGE;
        for (uint256 i = 0; i < taskHashes.length; ++i) {
            if (!_hasGas(batch.gasToKeep, GasCosts.PEEK)) break;
            batch.gasBefore = gasleft(); // what was passed over is the caller's own loss
            uint256 mark = Memory.mark();
            if (!_handleIfDue(batch, _tryLoad(taskHashes[i], batch.task), mark)) break;
        }
        _close(batch);
        return (batch.executed, batch.failed);
    }

    /// @inheritdoc ITaskManagerCore
    function executeCommitted(Task[] calldata tasks, uint256 targetGasReserve)
        external
        returns (uint256 executed, uint256 failed)
    {
        if (!_hasGas(targetGasReserve, GasCosts.EXIT)) return (0, 0);
        Batch memory batch = _open(targetGasReserve);
        for (uint256 i = 0; i < tasks.length; ++i) {
            if (!_hasGas(batch.gasToKeep, GasCosts.PEEK)) break;
            batch.gasBefore = gasleft();
            uint256 mark = Memory.mark();
            if (tasks[i].data.length > MAX_COMMITTED_DATA_LENGTH) continue; // nobody's: not worth reading
            bool known = _tryLoadCommitted(tasks[i], batch.task);
            unchecked {
                // The executor paid for the calldata before the manager could measure it. Below 2^15.
                batch.gasBefore += GasCosts.DEFINITION_CHARGE
                + GasCosts.ofCalldata(batch.task.data, batch.task.dataLength);
            }
            if (!_handleIfDue(batch, known, mark)) break;
        }
        _close(batch);
        return (batch.executed, batch.failed);
    }

    /// @inheritdoc ITaskManagerCore
    function executeTask(bytes32 taskHash) external returns (bool success, bytes memory returnData) {
        Batch memory batch = _open(0);
        batch.task = _load(taskHash);
        TaskState state = _stateOf(batch.task.id);
        if (state.status() != TaskStatus.Queued) revert TaskManager_NotQueued(taskHash, state.status());
        if (!_isDue(state)) revert TaskManager_NotDue(taskHash, _toUint64(state.next()), block.number);
        uint256 required = GasCosts.EXIT + _gasToHandle(batch.task);
        if (!_hasGas(0, required)) revert TaskManager_InsufficientGas(gasleft(), required);
        returnData = _handleWhereItIs(batch);
        _close(batch);
        return (batch.executed == 1, returnData);
    }

    /* BATCH */

    /// @dev Takes the lock. The transaction's own cost is charged to its first batch alone, so that splitting a batch
    /// never pays.
    function _open(uint256 targetGasReserve) private returns (Batch memory batch) {
        (bool taken, bool charged) = TransientLock.acquire();
        if (!taken) revert TaskManager_Reentered();
        batch.gasToKeep = targetGasReserve + GasCosts.EXIT;
        batch.gasBefore = gasleft();
        if (!charged) batch.base = GasCosts.TRANSACTION;
        if (FEE_BPS != 0) batch.entryGas = GasCosts.FEE_CHARGE;
    }

    /// @dev Settles every entry, pays the executor once, and gives the lock back.
    function _close(Batch memory batch) private {
        if (batch.entries != 0) {
            // Effect: every owner is debited what its entry cost.
            (uint256 payment, uint256 fees) = _settle(batch);
            if (fees != 0) _manager = _manager.withFees(fees);
            if (batch.executed + batch.failed != 0) emit TasksExecuted(batch.executed, batch.failed);

            // Interaction: the only payment of the batch; an executor that refuses it is credited.
            if (!BoundedCall.pay(msg.sender, payment, GasCosts.PAYMENT)) {
                _credits[msg.sender] += payment;
                emit CreditAdded(msg.sender, payment);
            }
        }
        TransientLock.release();
    }

    /// @dev Returns to the owners what was held beyond their entries' cost, an equal share of the batch's base included.
    function _settle(Batch memory batch) private returns (uint256 payment, uint256 fees) {
        unchecked {
            // The gas of a transaction is below 2^30, rates are below 2^65, FEE_BPS is at most 10^4. Of its gas an entry gets
            // back half at most, which is less than `most`; amount + fee <= held: the same rate for at most as much gas.
            uint256 share = _shareOf(batch);
            uint256 spent = batch.spent + batch.entries * share;
            uint256 refund = TransientLock.takeRefund(batch.cleared * GasCosts.CLEARED, spent);
            Entry memory entry = batch.spare; // another each turn
            uint256 next = batch.first;
            for (uint256 left = batch.entries; left != 0; --left) {
                assembly ("memory-safe") {
                    entry := next
                    next := mload(entry) // entry.next
                }
                // What comes back was spent at the base fee. Tip and premium are for all the gas, so that a failure,
                // which clears a word less, earns no more than a success.
                uint256 gas = entry.gas + share;
                uint256 amount =
                    _least(gas, entry.most) * entry.rate - gas * refund / spent * _least(block.basefee, entry.rate);
                uint256 fee = amount * FEE_BPS / Pricing.BPS;

                _accounts[entry.owner] = _accounts[entry.owner].credit(entry.held - amount - fee);
                emit ExecutorReimbursed(entry.taskHash, msg.sender, amount);
                if (fee != 0) emit ProtocolFeeCollected(entry.taskHash, fee);
                payment += amount;
                fees += fee;
            }
        }
    }

    /// @dev Handles the tasks of a due bucket in order of arrival, until it is empty or the next one does not fit.
    /// Nothing can be queued for an earlier block meanwhile, so the order of blocks holds.
    /// @return emptied Whether the bucket is empty now.
    function _drain(Batch memory batch, SizeClass class, uint256 due) private returns (bool emptied) {
        Bucket storage bucket = _queue.bucketAt(class, due);
        while (true) {
            if (!_hasGas(batch.gasToKeep, GasCosts.PEEK)) return false;
            TaskId id = bucket.front();
            if (TaskId.unwrap(id) == 0) return true;
            uint256 mark = Memory.mark();
            // A queued id always has code.
            assert(TaskCode.load(id, batch.task));
            if (!_fits(batch)) return false;
            _handle(batch, bucket);
            Memory.release(mark);
            batch.renew();
        }
    }

    /// @dev The oldest due block among the classes that were not passed over; of equals the smallest class.
    function _nextDue(uint256 passed) private view returns (bool found, SizeClass class, uint256 due) {
        uint256 word = ManagerWord.unwrap(_manager);
        due = block.number;
        unchecked {
            // three turns
            for (uint256 i = SIZE_CLASSES; i != 0; --i) {
                uint256 oldest = ManagerWordLibrary.dueAt(word, i - 1);
                if (oldest <= due && passed & (1 << (i - 1)) == 0) {
                    (found, class, due) = (true, SizeClass(i - 1), oldest);
                }
            }
        }
    }

    /// @dev Handles the batch's task if it is known and due, and gives back the memory taken since `mark`.
    /// @return goesOn False when the task is due and does not fit.
    function _handleIfDue(Batch memory batch, bool known, uint256 mark) private returns (bool goesOn) {
        bool due = known && _isDue(_states[batch.task.id].state);
        if (due) {
            if (!_fits(batch)) return false;
            _handleWhereItIs(batch);
        }
        Memory.release(mark);
        if (due) batch.renew();
        return true;
    }

    function _isDue(TaskState state) private view returns (bool) {
        return state.status() == TaskStatus.Queued && state.next() <= block.number;
    }

    /* ONE TASK */

    /// @dev Finds the bucket of the batch's task first.
    function _handleWhereItIs(Batch memory batch) private returns (bytes memory) {
        return _handle(batch, _queue.bucketAt(batch.task.class, _states[batch.task.id].state.next()));
    }

    /// @dev Runs, defers or expires the batch's task, which is queued and due and for which the gas is there.
    /// @param bucket Where the task is, unless it is a committed one.
    /// @return answer What the target answered.
    function _handle(Batch memory batch, Bucket storage bucket) private returns (bytes memory answer) {
        LoadedTask memory task = batch.task;
        Entry memory entry = batch.spare;
        TaskRecord storage record = _states[task.id];
        TaskState state = record.state;
        Terms terms = _frozenTerms(task.owner, state);
        entry.taskHash = task.hash;
        entry.owner = task.owner;
        entry.most = GasCosts.SKIP;
        entry.rate = Pricing.price(terms) + Pricing.premium(terms, block.number - state.next(), state.crowd());
        batch.append();
        batch.share = _shareOf(batch);

        // Effect: nothing can run the task twice any more.
        (bool emptied, uint256 cleared) = _remove(task, state, bucket, 0);
        if (state.isExpiredAt(block.number)) {
            _store(batch, entry, record, _expire(task, state), _hold(batch, entry, terms));
        } else if (block.basefee > terms.ceiling()) {
            Account account = _hold(batch, entry, terms);
            _defer(batch, entry, record, state, account, terms);
        } else {
            entry.most = task.mostGas;
            answer = _run(batch, entry, record, state, terms);
        }
        if (emptied) cleared += _queue.marks.countEmpty(task.class, state.next());
        unchecked {
            // Gas only goes down, and words cost gas.
            batch.cleared += cleared;
            entry.gas = batch.gasBefore - gasleft();
            batch.spent += entry.gas;
            batch.gasBefore = gasleft();
        }
    }

    /// @dev Calls the target and queues the task again, or not.
    function _run(Batch memory batch, Entry memory entry, TaskRecord storage record, TaskState state, Terms terms)
        private
        returns (bytes memory answer)
    {
        // Effect: its reserve cannot be freed while it runs.
        LoadedTask memory task = batch.task;
        record.state = state.withStatus(TaskStatus.Running);

        // Interaction: the target may re-enter everything but executions.
        bool success;
        uint256 gasUsed;
        (success, gasUsed, answer) = _callTarget(task);

        // Effect: count the run. The state is read anew, as the target may have changed it.
        state = record.state.recordRun(success);
        unchecked {
            // each costs gas
            if (success) ++batch.executed;
            else ++batch.failed;
        }
        RunLog.executed(task.hash, success, answer);
        RunLog.recorded(task.hash, success, gasUsed, state.executed(), state.failed());

        // Effect: take what the run may cost, and go on.
        Account account = _hold(batch, entry, terms);
        if (state.status() == TaskStatus.Running) {
            (state, account) = _continue(task, state.countDown(), account, terms);
        }
        _store(batch, entry, record, state, account);
    }

    /// @dev Calls the target through the owner's envoy. The gas is there: see `_fits`.
    function _callTarget(LoadedTask memory task) private returns (bool success, uint256 gasUsed, bytes memory answer) {
        if (task.target.code.length == 0) {
            return (false, 0, abi.encodeWithSelector(TaskManager_TargetHasNoCode.selector, task.target));
        }
        address envoy = envoyOf(task.owner);
        unchecked {
            gasUsed = gasleft();
            success = BoundedCall.callTarget(task, envoy, task.callGas);
            gasUsed -= gasleft(); // gas only goes down
        }
        answer = BoundedCall.answer();
    }

    /// @dev Frees the reserve of a task that left its bucket, and debits the most that its handling may cost.
    function _hold(Batch memory batch, Entry memory entry, Terms terms) private view returns (Account) {
        unchecked {
            // Gas only goes down, that of a transaction is below 2^30, and rates are below 2^65.
            // The share of the base can only shrink: entries are added.
            uint256 toCome = GasCosts.AFTER_CALL + batch.share;
            entry.most = _least(batch.gasBefore - gasleft() + toCome, entry.most);
            entry.held = Pricing.withFee(entry.most * entry.rate, FEE_BPS);
        }
        return _accounts[entry.owner].release(_reserveFor(batch.task, terms)).debit(entry.held);
    }

    /// @dev Decides what becomes of a task after its run.
    function _continue(LoadedTask memory task, TaskState state, Account account, Terms terms)
        private
        returns (TaskState, Account)
    {
        if (state.left() == 0) return (state.complete(), account);
        if (terms.failureLimit() != 0 && state.streak() >= terms.failureLimit()) {
            emit TaskInactiveDueToFailures(task.hash, task.owner, state.streak());
            return (state.withStatus(TaskStatus.Failing), account);
        }
        uint256 tick = state.tickAfter(block.number);
        return _place(task, state, account, terms, tick, tick, bytes4(0));
    }

    /// @dev Moves a task whose ceiling is below the base fee, twice as far with each time in a row, but not past its
    /// deadline while that is to come.
    function _defer(
        Batch memory batch,
        Entry memory entry,
        TaskRecord storage record,
        TaskState state,
        Account account,
        Terms terms
    ) private {
        uint256 tick = state.next() - state.drift();
        uint256 wanted = block.number + (FIRST_DEFERRAL << state.deferrals());
        uint256 deadline = state.deadline();
        if (deadline > block.number && deadline < wanted) wanted = deadline;
        bytes4 reason = TaskManager_BaseFeeAboveCeiling.selector;
        (state, account) = _place(batch.task, state.recordDeferral(), account, terms, tick, wanted, reason);
        _store(batch, entry, record, state, account);
    }

    /// @dev Writes what became of a handled task, and gives back of what is held what cannot be spent any more.
    function _store(Batch memory batch, Entry memory entry, TaskRecord storage record, TaskState state, Account account)
        private
    {
        uint256 held = entry.held;
        unchecked {
            // As in `_hold`.
            entry.most = _least(batch.gasBefore - gasleft() + GasCosts.AFTER_PLACING + batch.share, entry.most);
            entry.held = Pricing.withFee(entry.most * entry.rate, FEE_BPS);
            account = account.credit(held - entry.held); // most did not rise
            if (state.isSpent()) ++batch.cleared; // each costs gas
        }
        record.state = state;
        _accounts[entry.owner] = account;
    }

    function _save(LoadedTask memory task, TaskState state, Account account) private {
        _states[task.id].state = state;
        _accounts[task.owner] = account;
    }

    /* GAS */

    /// @dev Whether `needed` gas can be spent and `kept` still be left.
    function _hasGas(uint256 kept, uint256 needed) private view returns (bool) {
        unchecked {
            uint256 available = gasleft();
            return available >= needed && available - needed >= kept; // no underflow: compared before
        }
    }

    /// @dev What it takes at most to handle a task and to settle it.
    function _gasToHandle(LoadedTask memory task) private pure returns (uint256) {
        unchecked {
            uint256 forCall = GasCosts.beforeCall(task.callGas);
            return GasCosts.BEFORE_CALL + forCall + GasCosts.AFTER_CALL + GasCosts.SETTLE; // all < 2^68
        }
    }

    /// @dev Gas that an entry is charged for the batch and for its settlement.
    function _shareOf(Batch memory batch) private pure returns (uint256) {
        unchecked {
            // there is an entry, and all figures are below 2^30
            return (batch.base + batch.entries - 1) / batch.entries + batch.entryGas + GasCosts.SETTLE_CHARGE;
        }
    }

    function _fits(Batch memory batch) private view returns (bool) {
        return _hasGas(batch.gasToKeep, _gasToHandle(batch.task));
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    /*//////////////////////////////////////////////////////////////
                               SCHEDULING
    //////////////////////////////////////////////////////////////*/

    /// @inheritdoc ITaskManagerCore
    function scheduleTask(TaskDefinition calldata taskDef) external payable returns (bytes32 taskHash) {
        return _schedule(taskDef).hash;
    }

    /// @inheritdoc ITaskManagerCore
    function executeAndSchedule(TaskDefinition calldata taskDef)
        external
        payable
        returns (bytes32 taskHash, bool success, bytes memory returnData)
    {
        // Effect: the schedule stands whatever the call does.
        LoadedTask memory task = _schedule(taskDef);

        // Interaction: the caller pays for this run with its own gas.
        uint256 forCall = GasCosts.beforeCall(task.callGas);
        uint256 required = GasCosts.AFTER_IMMEDIATE_CALL + forCall;
        if (!_hasGas(0, required)) revert TaskManager_InsufficientGas(gasleft(), required);
        (success,, returnData) = _callTarget(task);
        RunLog.executed(task.hash, success, returnData);
        return (task.hash, success, returnData);
    }

    /// @inheritdoc ITaskManagerCore
    function updateTaskSchedule(bytes32 taskHash, TaskDefinition calldata newDefinition) external {
        LoadedTask memory task = _load(taskHash);
        TaskState state = _ownState(task);
        bytes32 newHash = TaskCode.hashOf(newDefinition.task, task.id);
        if (newHash != taskHash) revert TaskManager_TaskChanged(taskHash, newHash);
        _update(task, state, newDefinition.schedule);
    }

    /// @inheritdoc ITaskManagerCore
    function cancelTask(bytes32 taskHash) external {
        _cancel(_load(taskHash));
    }

    /// @inheritdoc ITaskManagerCore
    function reactivate(bytes32 taskHash) external payable {
        _reactivate(_load(taskHash));
    }

    /* COMMITTED TASKS */

    /// @inheritdoc ITaskManagerCore
    function scheduleCommitted(TaskDefinition calldata taskDef) external payable returns (bytes32 taskHash) {
        Account account = _topUp(msg.sender);
        LoadedTask memory task;
        TaskCode.commit(taskDef.task, task);
        _checkTask(task, account, MAX_COMMITTED_DATA_LENGTH);
        TaskSchedule memory schedule = taskDef.schedule;
        _checkSchedule(schedule);
        _begin(task, schedule, account.withNextNonce());
        emit TaskCommitted(task.hash, msg.sender, taskDef);
        return task.hash;
    }

    /// @inheritdoc ITaskManagerCore
    function updateCommitted(TaskDefinition calldata newDefinition) external {
        LoadedTask memory task = _loadCommitted(newDefinition.task);
        _update(task, _ownState(task), newDefinition.schedule);
    }

    /// @inheritdoc ITaskManagerCore
    function cancelCommitted(Task calldata task) external {
        _cancel(_loadCommitted(task));
    }

    /// @inheritdoc ITaskManagerCore
    function reactivateCommitted(Task calldata task) external payable {
        _reactivate(_loadCommitted(task));
    }

    /* STEPS */

    function _update(LoadedTask memory task, TaskState state, TaskSchedule calldata given) private {
        TaskSchedule memory schedule = given;
        _checkSchedule(schedule);
        Account account = _dequeue(task, state, _accounts[task.owner]);
        (state, account) = _apply(schedule, task, state, account);
        _save(task, state, account);
        emit TaskConfigUpdated(task.hash, task.owner);
        emit TaskScheduled(task.hash, task.owner, _nextBlockOf(state));
        emit TaskScheduleSet(task.hash, schedule);
    }

    function _cancel(LoadedTask memory task) private {
        TaskState state = _ownState(task);
        Account account = _dequeue(task, state, _accounts[task.owner]);
        _save(task, state.withStatus(TaskStatus.Cancelled), account);
        emit TaskCancelled(task.hash, task.owner);
    }

    function _reactivate(LoadedTask memory task) private {
        TaskState state = _stateOf(task.id);
        _checkRevivable(task, state);

        Account account = _topUp(task.owner);
        Terms terms = _frozenTerms(task.owner, state);
        uint256 tick = state.isSingle() ? _most(state.next(), block.number + 1) : state.tickAfter(block.number);
        if (!state.isExpiredAt(tick)) _checkAffordable(task, account, terms);
        (state, account) = _place(task, state.forgive(), account, terms, tick, tick, bytes4(0));
        if (state.status() == TaskStatus.Crowded) revert TaskManager_BlockFull(_toUint64(tick), 0);
        _save(task, state, account);
        if (state.status() == TaskStatus.Queued) {
            emit TaskReactivated(task.hash, task.owner, _toUint64(state.next()));
        }
    }

    /// @dev Stores a new task of the caller and queues it, unless it starts paused.
    function _schedule(TaskDefinition calldata taskDef) private returns (LoadedTask memory task) {
        Account account = _topUp(msg.sender);
        TaskCode.preview(taskDef.task, account.head(), task);
        _checkTask(task, account, MAX_DATA_LENGTH);
        TaskSchedule memory schedule = taskDef.schedule;
        _checkSchedule(schedule);
        TaskCode.write(task, _newId());
        _begin(task, schedule, account.withNextNonce().withHead(task.id));
        bool isPlain = schedule.executions == 1 && schedule.deadline == 0 && schedule.active;
        if (!isPlain) emit TaskScheduleSet(task.hash, schedule);
    }

    /// @dev Gives a new task of the caller its first schedule, and its first task an envoy.
    function _begin(LoadedTask memory task, TaskSchedule memory schedule, Account account) private {
        if (task.nonce == 0) ENVOY_FACTORY.create(msg.sender);
        TaskState state;
        (state, account) = _apply(schedule, task, TaskState.wrap(0), account);
        _save(task, state, account);
        emit TaskScheduled(task.hash, msg.sender, _nextBlockOf(state));
    }

    function _newId() private returns (TaskId id) {
        ManagerWord word = _manager;
        if (TaskId.unwrap(word.lastId()) == type(uint40).max) {
            revert TaskManager_CounterExhausted(type(uint40).max, type(uint40).max);
        }
        word = word.withNextId();
        _manager = word;
        return word.lastId();
    }

    /// @dev Gives a task that is in no bucket a new schedule, at the price terms in force.
    function _apply(TaskSchedule memory schedule, LoadedTask memory task, TaskState state, Account account)
        private
        returns (TaskState, Account)
    {
        Terms terms = _termsOf(task.owner, account);
        uint256 runs = schedule.executions == type(uint64).max ? TaskStateLibrary.ENDLESS : schedule.executions;
        state = state.schedule(schedule.startBlock, schedule.interval, runs, schedule.deadline, terms.version());
        if (!schedule.active) return (state.withStatus(TaskStatus.Paused), account);

        uint256 required = _checkAffordable(task, account, terms);
        bool done;
        (done, state) = _enqueue(task, state, schedule.startBlock, schedule.startBlock, 1);
        if (!done) _refuse(task, schedule.startBlock);
        return (state, account.reserve(required));
    }

    /// @dev Takes a task out of its bucket and frees its reserve, if it is queued. What a running task holds stays held
    /// until its run is paid.
    function _dequeue(LoadedTask memory task, TaskState state, Account account) private returns (Account) {
        if (state.status() != TaskStatus.Queued) return account;
        _remove(task, state, _queue.bucketAt(task.class, state.next()), kilogasOf(task.gas));
        return account.release(_reserveFor(task, _frozenTerms(task.owner, state)));
    }

    /* CHECKS */

    function _checkTask(LoadedTask memory task, Account account, uint256 maxDataLength) private view {
        if (task.owner != msg.sender) revert TaskManager_FromNotCaller(task.owner, msg.sender);
        uint256 nonce = account.nonce();
        if (task.nonce != nonce) {
            revert TaskManager_WrongNonce(msg.sender, _toUint64(task.nonce), _toUint64(nonce));
        }
        if (nonce == AccountLibrary.MAX_NONCE) revert TaskManager_CounterExhausted(nonce, AccountLibrary.MAX_NONCE);
        if (task.gas == 0 || task.gas > LARGE_GAS) {
            revert TaskManager_GasOutOfRange(_toUint64(task.gas), LARGE_GAS);
        }
        if (task.target == address(this)) revert TaskManager_TargetIsManager(task.target);
        if (task.dataLength > maxDataLength) revert TaskManager_DataTooLong(task.dataLength, maxDataLength);
    }

    /// @dev A schedule's fields fit one another, the present block and their storage.
    function _checkSchedule(TaskSchedule memory schedule) private view {
        (uint64 start, uint64 interval, uint64 deadline) = (schedule.startBlock, schedule.interval, schedule.deadline);
        if (start <= block.number) revert TaskManager_StartNotInFuture(start, block.number);
        uint256 latest = block.number + MAX_DISTANCE;
        if (start > latest) revert TaskManager_StartTooFar(start, latest);

        uint64 runs = schedule.executions;
        uint64 mostRuns = _toUint64(TaskStateLibrary.ENDLESS - 1);
        if (runs == 0 || (runs > mostRuns && runs != type(uint64).max)) {
            revert TaskManager_ExecutionsOutOfRange(runs, mostRuns);
        }
        if (runs != 1 && interval < MIN_INTERVAL) {
            revert TaskManager_IntervalTooShort(interval, MIN_INTERVAL);
        }
        if (interval > MAX_DISTANCE) revert TaskManager_IntervalTooLong(interval, MAX_DISTANCE);
        if (deadline != 0 && deadline < start) revert TaskManager_DeadlineBeforeStart(deadline, start);
        if (deadline > TaskStateLibrary.MAX_BLOCK) {
            revert TaskManager_DeadlineTooFar(deadline, _toUint64(TaskStateLibrary.MAX_BLOCK));
        }
    }

    /// @dev The base fee is at most the ceiling, and the account can reserve a run.
    function _checkAffordable(LoadedTask memory task, Account account, Terms terms)
        private
        view
        returns (uint256 required)
    {
        if (block.basefee > terms.ceiling()) {
            revert TaskManager_BaseFeeAboveCeiling(block.basefee, terms.ceiling());
        }
        required = _reserveFor(task, terms);
        uint256 free = account.free();
        if (free < required) revert TaskManager_InsufficientBond(task.owner, free, required);
    }

    /// @dev Says why a task cannot be queued for `start`, and where there is room.
    function _refuse(LoadedTask memory task, uint64 start) private view {
        uint256 oldest = _manager.due(task.class);
        if (!BlockQueueLibrary.isInSpan(oldest, start)) revert TaskManager_BacklogTooOld(start, oldest);
        uint256 kilogas = kilogasOf(task.gas);
        for (uint64 later = start + 1; later <= start + ROOM_SEARCH; ++later) {
            if (_queue.hasRoom(task.class, later, kilogas)) revert TaskManager_BlockFull(start, later);
        }
        revert TaskManager_BlockFull(start, 0);
    }

    function _checkRevivable(LoadedTask memory task, TaskState state) private view {
        TaskStatus status = state.status();
        if (!state.isInactive()) revert TaskManager_NotInactive(task.hash, status);
        bool ownerOnly = status == TaskStatus.Paused || status == TaskStatus.Failing;
        if (ownerOnly && msg.sender != task.owner) {
            revert TaskManager_NotOwner(task.hash, msg.sender, task.owner);
        }
    }

    function _most(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a : b;
    }
}
