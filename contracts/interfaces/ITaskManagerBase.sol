// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PriceTerms} from "../types/PriceTerms.sol";
import {TaskDefinition} from "../types/TaskDefinition.sol";
import {TaskSchedule} from "../types/TaskSchedule.sol";
import {TaskStatus} from "../types/TaskStatus.sol";
import {IEnvoyFactory} from "./IEnvoyFactory.sol";

/// @title What all parts of a task manager have in common: events, errors, and what never changes
interface ITaskManagerBase {
    /*//////////////////////////////////////////////////////////////
                                 EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @notice A task was scheduled, or its schedule was updated.
    /// @param nextBlock Block from which it is due; 0 when it is paused.
    event TaskScheduled(bytes32 indexed taskHash, address indexed owner, uint64 nextBlock);

    /// @notice A stored task was scheduled, or any task's schedule was updated, and this is all of the schedule. Not
    /// emitted when a task is scheduled that starts queued, for one run, without a deadline: `TaskScheduled` says all.
    event TaskScheduleSet(bytes32 indexed taskHash, TaskSchedule schedule);

    /// @notice A committed task was scheduled. Whoever wants to execute it needs `definition.task`, which the manager does
    /// not keep.
    event TaskCommitted(bytes32 indexed taskHash, address indexed owner, TaskDefinition definition);

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
                               CONSTANTS
    //////////////////////////////////////////////////////////////*/

    /// @notice The protocol fee, in basis points of what executors are paid; owners pay it on top. Never changes.
    // forge-lint: disable-next-line(mixed-case-function)
    function FEE_BPS() external view returns (uint256);

    /// @notice Who receives the protocol fee. Never changes.
    // forge-lint: disable-next-line(mixed-case-function)
    function FEE_RECIPIENT() external view returns (address);

    /// @notice The contract that creates the envoys.
    // forge-lint: disable-next-line(mixed-case-function)
    function ENVOY_FACTORY() external view returns (IEnvoyFactory);

    /// @notice The contract that calls the targets of `owner`'s tasks, known before it exists.
    function envoyOf(address owner) external view returns (address);
}
