// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What became of a task so far. Sums of gas and of money live in the events.
/// @dev Source: seed 002 names it, DESIGN section 3 fills it. A view type, computed on reading.
struct TaskMetrics {
    uint64 executions; // runs that succeeded
    uint64 failures; // runs in which the target reverted or had no code
    uint64 nextBlock; // block from which the task is due; 0 unless it is queued
    uint256 reservedBond; // wei held for its next run; 0 unless it is queued or running
}
