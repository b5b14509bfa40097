// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Task} from "../types/Task.sol";
import {TaskStatus} from "../types/TaskStatus.sol";
import {ITaskManager} from "./ITaskManager.sol";

/// @title Answers about a `TaskManager` that take more than one read
/// @notice For wallets, keepers and owners. The manager does not know of it.
interface ITaskManagerLens {
    /// @notice Why a task has not run, or will not.
    enum Reason {
        Unknown, // no such task
        NotDue, // have: this block; need: its next block
        Due, // nothing is in the way: an executor may run it. have: this block; need: its next block
        BaseFeeAboveCeiling, // due, but would be deferred. have: its ceiling; need: the base fee
        DeadlinePassed, // due, but would expire. have: this block; need: its deadline
        Running, // asked from inside its run
        Paused, // its owner paused it
        InsufficientBond, // have: the account's free bond; need: the reserve. `reactivate` with the difference, before its deadline
        FailedTooOften, // have: failures; need: 0. Its owner may `reactivate` it
        NoRoom, // its blocks were full. Anyone may `reactivate` it
        Completed, // made all its runs
        Cancelled, // by its owner
        Expired, // its deadline passed before its last run, or its next tick lies beyond it
        Committed // known by its hash alone: ask `explainCommitted`
    }

    /// @notice An answer of `explain`.
    struct Explanation {
        Reason reason;
        TaskStatus status; // as the manager has it
        uint64 nextBlock; // block from which it is due, or was last due; 0 once its only run has succeeded
        uint256 have; // see `Reason`
        uint256 need; // see `Reason`
    }

    /// @notice The window has no block, or more than the lens looks at.
    error TaskManagerLens_WindowOutOfRange(uint256 window, uint256 max);

    /// @notice The manager that the lens reads.
    // forge-lint: disable-next-line(mixed-case-function)
    function MANAGER() external view returns (ITaskManager);

    /// @notice The least crowded block of a window for a task with `gas`, the earliest of equals.
    /// @dev At the caller's price terms, this block's base fee and no delay.
    /// @param window Blocks to look at from `startBlock` on, 1 to 1,024; those that have passed do not count.
    /// @return blockNumber The block; 0 when none has room.
    /// @return admittedGas Gas it has admitted so far in the task's size class.
    /// @return pricePerGas Wei per gas, premium included, that the task would pay there.
    function quote(uint64 startBlock, uint64 window, uint64 gas)
        external
        view
        returns (uint64 blockNumber, uint256 admittedGas, uint256 pricePerGas);

    /// @notice How many runs of a task its owner's bond still pays, if no other task draws on it and none is deferred.
    /// @return atLeast Runs at the highest price the task can cost.
    /// @return atThisPrice Runs at this block's base fee, executed in time.
    function runway(bytes32 taskHash) external view returns (uint256 atLeast, uint256 atThisPrice);

    /// @notice What `runway` answers, for a committed task.
    function runwayCommitted(Task calldata task) external view returns (uint256 atLeast, uint256 atThisPrice);

    /// @notice Why a task has not run yet. Never reverts for a hash.
    function explain(bytes32 taskHash) external view returns (Explanation memory);

    /// @notice Why a committed task has not run yet. Never reverts.
    function explainCommitted(Task calldata task) external view returns (Explanation memory);
}
