// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Task} from "../types/Task.sol";
import {TaskDefinition} from "../types/TaskDefinition.sol";
import {ITaskManagerBase} from "./ITaskManagerBase.sol";

/// @title What a task manager does
interface ITaskManagerCore is ITaskManagerBase {
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

    /// @notice Executes those of the committed `tasks` that are due, in the order given.
    /// @dev Anyone may call; the price and promises of `executeTasks`. What is no committed task, or is not due, is passed
    /// over. The owners pay for the calldata too, as the ABI encodes it and as the chain prices it (EIP-2028).
    function executeCommitted(Task[] calldata tasks, uint256 targetGasReserve)
        external
        returns (uint256 executed, uint256 failed);

    /// @notice Executes one due task.
    /// @dev Anyone may call; the price of `executeQueuedTasks`. Reverts when the task is unknown, not queued, not due or
    /// would not get its whole gas. A task past its deadline expires, one whose ceiling is below the base fee is
    /// deferred; both return `(false, "")`.
    /// @return success Whether the target was called and did not revert.
    /// @return returnData The first 256 bytes of what it returned or reverted with.
    function executeTask(bytes32 taskHash) external returns (bool success, bytes memory returnData);

    /// @notice Gas limit of a transaction at and above which `executeQueuedTasks` keeps its promises.
    // forge-lint: disable-next-line(mixed-case-function)
    function MIN_EXECUTION_GAS() external view returns (uint256);

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

    /// @notice Schedules a task of which the manager keeps only a hash and its state: the rest is in `TaskCommitted`, and
    /// executors supply it. Cheaper than `scheduleTask`, at the same guarantees.
    /// @dev The value sent tops up the caller's bond. The task is in no queue: only `executeCommitted` runs it, no block is
    /// ever full for it, and no crowd raises its price. Its calldata is at most 1,024 bytes.
    /// @dev Warning: once its only run has succeeded, the task is as unknown as if it had never been; the events tell.
    /// @dev Warning: who has lost the definition, and has no logs to look it up, cannot run, update or cancel the task.
    /// @return taskHash `committedHashOf(taskDef.task)`.
    function scheduleCommitted(TaskDefinition calldata taskDef) external payable returns (bytes32 taskHash);

    /// @notice What `updateTaskSchedule` does, for a committed task.
    function updateCommitted(TaskDefinition calldata newDefinition) external;

    /// @notice What `cancelTask` does, for a committed task.
    function cancelCommitted(Task calldata task) external;

    /// @notice What `reactivate` does, for a committed task.
    function reactivateCommitted(Task calldata task) external payable;

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

    /*//////////////////////////////////////////////////////////////
                                 READS
    //////////////////////////////////////////////////////////////*/

    /// @notice The contract whose code answers the reads, at the manager's own address and from its storage.
    // forge-lint: disable-next-line(mixed-case-function)
    function READS() external view returns (address);
}
