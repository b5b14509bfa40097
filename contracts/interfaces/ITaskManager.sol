// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PriceTerms} from "../types/PriceTerms.sol";
import {SizeClass} from "../types/SizeClass.sol";
import {TaskDefinition} from "../types/TaskDefinition.sol";
import {TaskInfo} from "../types/TaskInfo.sol";
import {TaskStatus} from "../types/TaskStatus.sol";
import {IEnvoyFactory} from "./IEnvoyFactory.sol";

/// @title Calls scheduled by block, bonded by their owners, executed by anyone
/// @notice Owners schedule calls and prepay for them. Any account executes what is due and is reimbursed in the same
/// transaction. Nobody owns, pauses or upgrades the contract. Source: seed 002; what the seed leaves open is decided in
/// docs/specification.md.
///
/// Words. A task's *hash* is the upper 192 bits of `keccak256(abi.encode(chainid, manager, task))` followed by the
/// task's 64-bit sequential id. A task is *due* from its next block on. Its *reserve* is what its next run can cost at
/// most. Inactive means paused, starved, failing or crowded; ended means completed, cancelled or expired.
///
/// Assumptions.
/// - Chain: `block.number` grows by one a block; gas is priced by `block.basefee` alone (fees that a rollup charges for
///   data are not reimbursed); transient storage exists (Cancun).
/// - Target: anything. It may revert, burn its gas, re-enter or return any amount of data. It sees the owner's envoy as
///   `msg.sender`, and it must not take a call by the envoy as the owner's word unless the owner means it to.
/// - Executor: anything. It chooses the order of its transactions, the gas limit and the moment, not the price.
interface ITaskManager {
    /*//////////////////////////////////////////////////////////////
                                 EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @notice A task was scheduled, or its schedule was updated.
    /// @param nextBlock Block from which it is due; 0 when it is paused.
    event TaskScheduled(bytes32 indexed taskHash, address indexed owner, uint64 nextBlock);

    /// @notice A task's target was called.
    /// @param returnData The first 256 bytes of what the target returned or reverted with.
    event TaskExecuted(bytes32 indexed taskHash, address indexed executor, bool success, bytes returnData);

    /// @notice A task was cancelled; its reserve is free again.
    event TaskCancelled(bytes32 indexed taskHash, address indexed owner);

    /// @notice A task went inactive because the account could not reserve its next run.
    /// @param requiredBond Wei that had to be free, beyond the most that the handling just ended can cost. What it cost
    /// less is free again when the batch ends.
    event TaskInactiveDueToInsufficientBonds(bytes32 indexed taskHash, address indexed owner, uint256 requiredBond);

    /// @notice A reimbursed run was counted.
    /// @param gasUsed Gas that the call took, the envoy's part included; what is charged is more.
    event TaskExecutionRecorded(
        bytes32 indexed taskHash, bool success, uint256 gasUsed, uint256 successCount, uint256 failureCount
    );

    /// @notice An owner paid an executor for handling a task.
    /// @param amount Wei debited from the owner's bond for the executor.
    event ExecutorReimbursed(bytes32 indexed taskHash, address indexed executor, uint256 amount);

    /// @notice An owner paid the protocol fee for the handling of a task.
    /// @param amount Wei debited from the owner's bond for the fee recipient.
    event ProtocolFeeCollected(bytes32 indexed taskHash, uint256 amount);

    /// @notice A batch ended. Not emitted when no target was called.
    event TasksExecuted(uint256 executed, uint256 failed);

    /// @notice The owner updated the task's schedule.
    event TaskConfigUpdated(bytes32 indexed taskHash, address indexed owner);

    /// @notice A task was moved: the base fee was above its ceiling, or the block of its next run was full.
    /// @param nextBlock Block from which it is due now.
    /// @param reason Selector of the error that tells why: `TaskManager_BaseFeeAboveCeiling` or `TaskManager_BlockFull`.
    event TaskDeferred(bytes32 indexed taskHash, address indexed owner, uint64 nextBlock, bytes4 reason);

    /// @notice A task's deadline passed, or its next tick lies beyond it; its reserve is free again.
    event TaskExpired(bytes32 indexed taskHash, address indexed owner, uint64 deadline);

    /// @notice A task went inactive because it failed too often in a row.
    event TaskInactiveDueToFailures(bytes32 indexed taskHash, address indexed owner, uint256 failuresInRow);

    /// @notice A task went inactive because no block within the bounded search, and until its deadline, had room for its
    /// next run.
    /// @param wantedBlock Block of the run that found no room.
    event TaskInactiveDueToFullBlocks(bytes32 indexed taskHash, address indexed owner, uint64 wantedBlock);

    /// @notice An inactive task was revived without a change of its schedule.
    event TaskReactivated(bytes32 indexed taskHash, address indexed owner, uint64 nextBlock);

    /// @notice Native coin was added to an account's bond.
    event BondDeposited(address indexed account, address payer, uint256 amount);

    /// @notice Native coin left an account's bond for the account.
    event BondWithdrawn(address indexed account, uint256 amount);

    /// @notice An executor did not take its reimbursement; it is credited.
    event CreditAdded(address indexed executor, uint256 amount);

    /// @notice An executor withdrew its credit.
    event CreditWithdrawn(address indexed executor, uint256 amount);

    /// @notice The protocol fees were paid out.
    event FeesWithdrawn(address indexed recipient, uint256 amount);

    /// @notice An account changed the price terms of the tasks it schedules or updates from now on.
    event PriceTermsChanged(address indexed account, PriceTerms terms);

    /*//////////////////////////////////////////////////////////////
                                 ERRORS
    //////////////////////////////////////////////////////////////*/

    /// @notice The task names another owner than the caller.
    error TaskManager_FromNotCaller(address from, address caller);
    /// @notice The task's nonce is not the account's next one.
    error TaskManager_WrongNonce(address account, uint64 given, uint64 expected);
    /// @notice The task's gas is 0 or above the largest class.
    error TaskManager_GasOutOfRange(uint64 gas, uint64 max);
    /// @notice The task would call the manager itself.
    error TaskManager_TargetIsManager(address target);
    /// @notice The task's calldata does not fit its storage.
    error TaskManager_DataTooLong(uint256 length, uint256 max);
    /// @notice The start block is not after this one.
    error TaskManager_StartNotInFuture(uint64 startBlock, uint256 blockNumber);
    /// @notice The start block is too far away.
    error TaskManager_StartTooFar(uint64 startBlock, uint256 latest);
    /// @notice The start block is too far from the oldest block that still waits for an executor.
    error TaskManager_BacklogTooOld(uint64 startBlock, uint256 oldestPending);
    /// @notice A recurring task's interval is too short.
    error TaskManager_IntervalTooShort(uint64 interval, uint64 min);
    /// @notice The interval does not fit.
    error TaskManager_IntervalTooLong(uint64 interval, uint64 max);
    /// @notice No execution, or more than fit; `type(uint64).max` stands for no end.
    error TaskManager_ExecutionsOutOfRange(uint64 executions, uint64 max);
    /// @notice The deadline is before the start.
    error TaskManager_DeadlineBeforeStart(uint64 deadline, uint64 startBlock);
    /// @notice The deadline does not fit.
    error TaskManager_DeadlineTooFar(uint64 deadline, uint64 max);
    /// @notice The block has no room for the task; `nextWithRoom` has, or is 0 when none of those searched has.
    error TaskManager_BlockFull(uint64 blockNumber, uint64 nextWithRoom);
    /// @notice The ceiling of the price terms is below the base fee, so the task could not run now.
    error TaskManager_BaseFeeAboveCeiling(uint256 baseFee, uint256 ceiling);
    /// @notice An update would change the task, not only its schedule.
    error TaskManager_TaskChanged(bytes32 taskHash, bytes32 changedHash);
    /// @notice No task has this hash.
    error TaskManager_UnknownTask(bytes32 taskHash);
    /// @notice The caller is not the task's owner.
    error TaskManager_NotOwner(bytes32 taskHash, address caller, address owner);
    /// @notice The task has ended.
    error TaskManager_TaskEnded(bytes32 taskHash, TaskStatus status);
    /// @notice The task is not queued.
    error TaskManager_NotQueued(bytes32 taskHash, TaskStatus status);
    /// @notice The task is not inactive.
    error TaskManager_NotInactive(bytes32 taskHash, TaskStatus status);
    /// @notice The task is not due yet.
    error TaskManager_NotDue(bytes32 taskHash, uint64 nextBlock, uint256 blockNumber);
    /// @notice The account's free bond is too small.
    error TaskManager_InsufficientBond(address account, uint256 free, uint256 required);
    /// @notice The account's bond would not fit its storage.
    error TaskManager_BondTooLarge(address account, uint256 bond, uint256 max);
    /// @notice A price term does not fit.
    error TaskManager_TermOutOfRange(uint256 given, uint256 max);
    /// @notice Not enough gas to give the task all it was promised.
    error TaskManager_InsufficientGas(uint256 available, uint256 required);
    /// @notice An execution was started from inside an execution.
    error TaskManager_Reentered();
    /// @notice The caller has no credit.
    error TaskManager_NoCredit(address executor);
    /// @notice A payment was refused by its receiver.
    error TaskManager_PaymentRefused(address receiver, uint256 amount);
    /// @notice The fee, in basis points, is above all of the charge, or has no recipient.
    error TaskManager_FeeOutOfRange(uint256 feeBps, address recipient);
    /// @notice A counter (ids, an account's nonces or its price term versions) would not fit its storage any more.
    error TaskManager_CounterExhausted(uint256 given, uint256 max);
    /// @notice The target has no code, so nothing was called. Never reverts: a failed run carries it as return data.
    error TaskManager_TargetHasNoCode(address target);

    /*//////////////////////////////////////////////////////////////
                               EXECUTION
    //////////////////////////////////////////////////////////////*/

    /// @notice Executes due tasks, earliest block first, first in first out within a size class, until nothing is due
    /// or the next task does not fit the gas left.
    /// @dev Anyone may call. The reimbursement is pushed to the caller once, at the end, with bounded gas; a caller that
    /// refuses it is credited. A task that does not fit never blocks smaller ones of another class.
    /// @dev Promises, for every gas limit at or above `MIN_EXECUTION_GAS` and every reserve: does not revert, leaves at
    /// least `targetGasReserve`, starts no task it cannot give its whole gas.
    /// @dev Warning: reverts with `TaskManager_Reentered` from inside an execution.
    /// @param targetGasReserve Gas to leave to the caller.
    /// @return executed Runs that succeeded.
    /// @return failed Runs that failed. Deferred and expired tasks count in neither.
    function executeQueuedTasks(uint256 targetGasReserve) external returns (uint256 executed, uint256 failed);

    /// @notice Executes those of `taskHashes` that are due, in the order given.
    /// @dev Anyone may call; the price and promises of `executeQueuedTasks`. Hashes that are unknown, not due or not
    /// queued any more are passed over, so that losing a race costs little. Stops at the first task that does not fit.
    function executeTasks(bytes32[] calldata taskHashes, uint256 targetGasReserve)
        external
        returns (uint256 executed, uint256 failed);

    /// @notice Executes one due task.
    /// @dev Anyone may call; the price of `executeQueuedTasks`. Reverts when the task is unknown, not queued, not due or
    /// would not get its whole gas. A task past its deadline expires, one whose ceiling is below the base fee is
    /// deferred; both return `(false, "")`.
    /// @return success Whether the target was called and did not revert.
    /// @return returnData The first 256 bytes of what it returned or reverted with.
    function executeTask(bytes32 taskHash) external returns (bool success, bytes memory returnData);

    /*//////////////////////////////////////////////////////////////
                               SCHEDULING
    //////////////////////////////////////////////////////////////*/

    /// @notice Schedules a task and reserves its first run; the value sent tops up the caller's bond.
    /// @dev The caller becomes the owner. Its first task also creates its envoy. The price terms in force are frozen
    /// into the task.
    /// @dev Warning: the call is made by `envoyOf(owner)`, never by the owner.
    /// @return taskHash What the task is called from now on, through all recurrences and updates.
    function scheduleTask(TaskDefinition calldata taskDef) external payable returns (bytes32 taskHash);

    /// @notice Schedules a task as `scheduleTask` does and calls its target at once.
    /// @dev The immediate run is not reimbursed and not counted; the schedule stands even if the run fails. Reverts when
    /// the target would not get its whole gas.
    /// @return taskHash See `scheduleTask`.
    /// @return success Whether the immediate call succeeded.
    /// @return returnData The first 256 bytes of what it returned or reverted with.
    function executeAndSchedule(TaskDefinition calldata taskDef)
        external
        payable
        returns (bytes32 taskHash, bool success, bytes memory returnData);

    /// @notice Replaces a task's schedule, pauses it (`active` false) or resumes it, and freezes the price terms now in
    /// force into it.
    /// @dev Only the owner. `newDefinition.task` must be the task as scheduled. Also from inside the task's own run: the
    /// new schedule then takes the place of the recurrence.
    function updateTaskSchedule(bytes32 taskHash, TaskDefinition calldata newDefinition) external;

    /// @notice Cancels a task and frees its reserve.
    /// @dev Only the owner, until the task has ended. Also from inside the task's own run, which is still paid.
    function cancelTask(bytes32 taskHash) external;

    /// @notice Revives an inactive task at its next future tick; the value sent tops up its owner's bond.
    /// @dev Anyone for a starved or crowded task; only the owner for a paused or failing one. A task for a single
    /// run whose block has passed becomes due in the next block. A task whose deadline is before that expires instead.
    function reactivate(bytes32 taskHash) external payable;

    /*//////////////////////////////////////////////////////////////
                             BONDS AND PRICE
    //////////////////////////////////////////////////////////////*/

    /// @notice Adds the value sent to `account`'s bond. Anyone may call.
    /// @dev Warning: revives no task; see `reactivate`.
    function depositBond(address account) external payable;

    /// @notice Pays `amount` of the caller's free bond (bond less reserves) to the caller.
    function withdrawBond(uint256 amount) external;

    /// @notice Pays the caller the reimbursements it could not take when they were pushed.
    function withdrawCredit() external;

    /// @notice Pays the protocol fees owed to the fee recipient. Anyone may call.
    function withdrawFees() external;

    /// @notice Sets the price terms of the tasks that the caller schedules or updates from now on.
    /// @param ceiling Wei per gas, at most 2^52 - 1: the price never exceeds it.
    /// @param tip Wei per gas, at most 2^52 - 1: added to the base fee.
    /// @param premiumCap Wei per gas, at most 2^52 - 1: what the premium rises to while a task is late.
    /// @param failureLimit Failures in a row after which a task goes inactive; 0 for never, at most 15.
    function setPriceTerms(uint256 ceiling, uint256 tip, uint256 premiumCap, uint256 failureLimit) external;

    /// @notice What `account` must have free for `taskDef` to be scheduled: one run and one deferral at the
    /// highest price.
    /// @dev Uses the premium cap that `taskDef.task.from` has in force.
    /// @param gasPrice Wei per gas, taken as the ceiling.
    function estimateRequiredBond(TaskDefinition calldata taskDef, uint256 gasPrice)
        external
        view
        returns (uint256 requiredBond);

    /// @notice An account's bond in wei, and how much of it is reserved for queued tasks.
    function bondOf(address account) external view returns (uint256 bond, uint256 reserved);

    /// @notice Wei that an executor can withdraw with `withdrawCredit`.
    function creditOf(address executor) external view returns (uint256);

    /// @notice Wei that `withdrawFees` would pay.
    function feesOwed() external view returns (uint256);

    /// @notice The price terms that `account` has in force.
    function priceTermsOf(address account) external view returns (PriceTerms memory terms);

    /// @notice The price terms frozen into a task.
    function taskPriceTerms(bytes32 taskHash) external view returns (PriceTerms memory terms);

    /// @notice The protocol fee, in basis points of what executors are paid; owners pay it on top. Never changes.
    // forge-lint: disable-next-line(mixed-case-function)
    function FEE_BPS() external view returns (uint256);

    /// @notice Who receives the protocol fee. Never changes.
    // forge-lint: disable-next-line(mixed-case-function)
    function FEE_RECIPIENT() external view returns (address);

    /*//////////////////////////////////////////////////////////////
                                 READS
    //////////////////////////////////////////////////////////////*/

    /// @notice The contract that creates the envoys.
    // forge-lint: disable-next-line(mixed-case-function)
    function ENVOY_FACTORY() external view returns (IEnvoyFactory);

    /// @notice Gas limit of a transaction at and above which `executeQueuedTasks` keeps its promises.
    // forge-lint: disable-next-line(mixed-case-function)
    function MIN_EXECUTION_GAS() external view returns (uint256);

    /// @notice All tasks that `account` ever scheduled, in that order.
    /// @dev Warning: grows without bound; contracts page with the overload below.
    function getAccountTasks(address account) external view returns (bytes32[] memory);

    /// @notice At most `limit` of `account`'s tasks, latest first, from `before` (exclusive; 0 for the latest) on.
    function getAccountTasks(address account, bytes32 before, uint256 limit) external view returns (bytes32[] memory);

    /// @notice A task's definition as it stands now, and its metrics. Reverts for an unknown hash.
    function getTaskInfo(bytes32 taskHash) external view returns (TaskInfo memory);

    /// @notice Where a task is in its life; `None` for an unknown hash.
    function getTaskStatus(bytes32 taskHash) external view returns (TaskStatus);

    /// @notice The queued tasks that are due from a block in the range on, by block, class and order of arrival.
    /// @dev Warning: unbounded; contracts page with the overload below.
    function getTasksInRange(uint64 startBlock, uint64 endBlock) external view returns (bytes32[] memory);

    /// @notice At most `limit` of those tasks, after passing over the first `offset`.
    function getTasksInRange(uint64 startBlock, uint64 endBlock, uint256 offset, uint256 limit)
        external
        view
        returns (bytes32[] memory);

    /// @notice The earliest block in the range that has queued tasks; 0 if none has.
    function getNextExecutionBlockInRange(uint64 startBlock, uint64 endBlock) external view returns (uint64);

    /// @notice The nonce that `account`'s next task must carry.
    function getAccountNonce(address account) external view returns (uint64);

    /// @notice The next blocks of `taskHashes`; 0 for a task that is unknown, inactive, ended or, unless `account` is
    /// zero, not `account`'s.
    function getNextExecutionBlocks(address account, bytes32[] calldata taskHashes)
        external
        view
        returns (bytes32[] memory resultHashes, uint64[] memory nextBlocks);

    /// @notice All tasks of `account` and their next blocks (0 if inactive or ended).
    function getAccountTasksWithBlocks(address account)
        external
        view
        returns (bytes32[] memory resultHashes, uint64[] memory nextBlocks);

    /// @notice The next blocks of `taskHashes` (0 if unknown, inactive or ended).
    function getNextBlocksForTasks(bytes32[] calldata taskHashes)
        external
        view
        returns (bytes32[] memory resultHashes, uint64[] memory nextBlocks);

    /// @notice How full a block is in one size class.
    /// @return tasks Tasks queued there.
    /// @return admittedGas Gas admitted there, in whole thousands; at most 64,000,000.
    function blockLoad(uint64 blockNumber, SizeClass class) external view returns (uint256 tasks, uint256 admittedGas);

    /// @notice The contract that calls the targets of `owner`'s tasks, known before it exists.
    function envoyOf(address owner) external view returns (address);

    /// @notice The current block, as ERC-6372 has it.
    function clock() external view returns (uint48);

    /// @notice `mode=blocknumber&from=default` (ERC-6372).
    // forge-lint: disable-next-line(mixed-case-function)
    function CLOCK_MODE() external view returns (string memory);

    /// @notice The content of one storage slot.
    function extsload(bytes32 slot) external view returns (bytes32);
}
