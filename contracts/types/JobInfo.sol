// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobStatus} from "./JobStatus.sol";
import {Priority} from "./Priority.sol";

/// @notice All that a pool knows of a job, but for the bytes. A view type, computed on reading.
struct JobInfo {
    uint256 taskId;
    JobStatus status; // as stored: what time has ended keeps its status until somebody calls
    Priority priority;
    address requester;
    address worker; // who holds or held the latest claim; zero while open
    uint256 reward; // base units
    uint256 deadline; // last second for claims and submissions
    uint256 until; // last second of what the status allows: claim, verification or dispute; the deadline while open
    uint256 submittedAt; // when the result, or the dispute about it, came; 0 before
    uint256 rejections; // results refused so far
    uint256 termsVersion; // see `termsAt`
    bytes32 jobHash; // see `JobContext`
    bytes32 resultHash; // see `JobContext`; 0 before a submission
}
