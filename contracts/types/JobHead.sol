// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobId} from "./JobId.sol";
import {JobStatus} from "./JobStatus.sol";
import {Priority} from "./Priority.sol";

using JobHeadLibrary for JobHead global;

/// @notice What posting writes of a job, and its place in the queue.
/// @dev Slot 0: 12 + 4 + 4 + 4 + 5 + 2 + 1 = 32 bytes, from the low end
///   uint96 reward     base units
///   uint32 requester  number of the account; see `PoolAccount`
///   uint32 previous   the job before it in its queue; meaningless for the first one, and unless it is open
///   uint32 next       the job behind it, 0 for the last one; meaningless unless it is open
///   uint40 deadline   last second for claims and submissions
///   uint16 terms      version of the terms it was posted under
///   uint8  state      a `JobStatus` in the lower half, a `Priority` in the upper; `Claimed` stands for all that the
///                     job's `JobClaim` says
type JobHead is uint256;

/// @title Reading and changing a `JobHead`
library JobHeadLibrary {
    uint256 private constant REQUESTER_AT = 96;
    uint256 private constant PREVIOUS_AT = 128;
    uint256 private constant NEXT_AT = 160;
    uint256 private constant DEADLINE_AT = 192;
    uint256 private constant TERMS_AT = 232;
    uint256 private constant STATE_AT = 248;
    uint256 private constant PRIORITY_BITS_AT = 252;

    uint256 private constant LINK = type(uint32).max;

    /// @dev All arguments fit their fields: the pool has validated them.
    function make(
        uint256 reward_,
        uint256 requester_,
        uint256 deadline_,
        uint256 terms_,
        Priority priority_,
        JobId previous_,
        JobId next_
    ) internal pure returns (JobHead) {
        return JobHead.wrap(
            reward_ | (requester_ << REQUESTER_AT) | (JobId.unwrap(previous_) << PREVIOUS_AT)
                | (JobId.unwrap(next_) << NEXT_AT) | (deadline_ << DEADLINE_AT) | (terms_ << TERMS_AT)
                | (uint256(JobStatus.Open) << STATE_AT) | (uint256(priority_) << PRIORITY_BITS_AT)
        );
    }

    function reward(JobHead self) internal pure returns (uint256) {
        return JobHead.unwrap(self) & type(uint96).max;
    }

    function requester(JobHead self) internal pure returns (uint256) {
        return (JobHead.unwrap(self) >> REQUESTER_AT) & type(uint32).max;
    }

    function previous(JobHead self) internal pure returns (JobId) {
        return JobId.wrap((JobHead.unwrap(self) >> PREVIOUS_AT) & LINK);
    }

    function next(JobHead self) internal pure returns (JobId) {
        return JobId.wrap((JobHead.unwrap(self) >> NEXT_AT) & LINK);
    }

    function deadline(JobHead self) internal pure returns (uint256) {
        return (JobHead.unwrap(self) >> DEADLINE_AT) & type(uint40).max;
    }

    function terms(JobHead self) internal pure returns (uint256) {
        return (JobHead.unwrap(self) >> TERMS_AT) & type(uint16).max;
    }

    function status(JobHead self) internal pure returns (JobStatus) {
        return JobStatus((JobHead.unwrap(self) >> STATE_AT) & 15);
    }

    function priority(JobHead self) internal pure returns (Priority) {
        return Priority(JobHead.unwrap(self) >> PRIORITY_BITS_AT);
    }

    function withStatus(JobHead self, JobStatus status_) internal pure returns (JobHead) {
        return JobHead.wrap((JobHead.unwrap(self) & ~(uint256(15) << STATE_AT)) | (uint256(status_) << STATE_AT));
    }

    function withPrevious(JobHead self, JobId id) internal pure returns (JobHead) {
        return JobHead.wrap((JobHead.unwrap(self) & ~(LINK << PREVIOUS_AT)) | (JobId.unwrap(id) << PREVIOUS_AT));
    }

    function withNext(JobHead self, JobId id) internal pure returns (JobHead) {
        return JobHead.wrap((JobHead.unwrap(self) & ~(LINK << NEXT_AT)) | (JobId.unwrap(id) << NEXT_AT));
    }
}
