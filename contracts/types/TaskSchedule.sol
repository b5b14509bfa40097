// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice When a task runs. All times are block numbers.
/// @dev Source: seed 002. Kept packed in `TaskState`, narrower than here; a value that does not fit is refused.
struct TaskSchedule {
    uint64 startBlock; // first block in which the task may run
    uint64 interval; // blocks between runs; at least 100 unless `executions` is 1, at most 2^23
    uint64 executions; // runs to make; `type(uint64).max` means until cancelled
    bool active; // false schedules or leaves the task paused
    uint64 deadline; // last block in which the task may run; 0 means none
}
