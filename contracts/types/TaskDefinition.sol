// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Task} from "./Task.sol";
import {TaskSchedule} from "./TaskSchedule.sol";

/// @notice What to call and when. Source: seed 002.
struct TaskDefinition {
    Task task;
    TaskSchedule schedule;
}
