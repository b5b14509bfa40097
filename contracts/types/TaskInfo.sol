// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskDefinition} from "./TaskDefinition.sol";
import {TaskMetrics} from "./TaskMetrics.sol";

/// @notice A task's definition and metrics. Source: seed 002.
/// @dev `definition.schedule` is the schedule as it stands now: `startBlock` is the next due block (the last one when
/// the task has ended), `executions` the runs still to make, `active` whether it is queued or running. All of it is zero
/// once a task's only run has succeeded: nothing but that is kept.
struct TaskInfo {
    TaskDefinition definition;
    TaskMetrics metrics;
}
