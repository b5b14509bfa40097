// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobStatus} from "./JobStatus.sol";

using JobClaimLibrary for JobClaim global;

/// @notice The latest claim of a job, and what came of it.
/// @dev Slot 0: 20 + 5 + 5 + 1 + 1 = 32 bytes, from the low end
///   uint160 worker      who claimed; zero while the job is open
///   uint40  deadline    last second for the submission
///   uint40  since       when the result came, or the dispute about it; 0 before
///   uint8   rejections  results refused so far, by all workers; stays at its maximum
///   uint8   state       a `JobStatus` in the lower half; bit 4: the terms name a hook
type JobClaim is uint256;

/// @title Reading and changing a `JobClaim`
library JobClaimLibrary {
    uint256 private constant DEADLINE_AT = 160;
    uint256 private constant SINCE_AT = 200;
    uint256 private constant REJECTIONS_AT = 240;
    uint256 private constant STATE_AT = 248;
    uint256 private constant HOOK = 1 << 252;

    /// @notice A new claim after this one.
    function claim(JobClaim self, address worker_, uint256 deadline_, bool hook) internal pure returns (JobClaim) {
        return JobClaim.wrap(
            uint160(worker_) | (deadline_ << DEADLINE_AT) | (rejections(self) << REJECTIONS_AT)
                | (uint256(JobStatus.Claimed) << STATE_AT) | (hook ? HOOK : 0)
        );
    }

    /// @notice Nobody's claim, after this one.
    function release(JobClaim self) internal pure returns (JobClaim) {
        return JobClaim.wrap(rejections(self) << REJECTIONS_AT);
    }

    function worker(JobClaim self) internal pure returns (address) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return address(uint160(JobClaim.unwrap(self)));
    }

    function deadline(JobClaim self) internal pure returns (uint256) {
        return (JobClaim.unwrap(self) >> DEADLINE_AT) & type(uint40).max;
    }

    function since(JobClaim self) internal pure returns (uint256) {
        return (JobClaim.unwrap(self) >> SINCE_AT) & type(uint40).max;
    }

    function rejections(JobClaim self) internal pure returns (uint256) {
        return (JobClaim.unwrap(self) >> REJECTIONS_AT) & type(uint8).max;
    }

    function status(JobClaim self) internal pure returns (JobStatus) {
        return JobStatus((JobClaim.unwrap(self) >> STATE_AT) & 15);
    }

    function hasHook(JobClaim self) internal pure returns (bool) {
        return JobClaim.unwrap(self) & HOOK != 0;
    }

    /// @notice Whether it is `user`'s, and undelivered.
    function isActiveOf(JobClaim self, address user) internal pure returns (bool) {
        return worker(self) == user && status(self) == JobStatus.Claimed;
    }

    function withStatus(JobClaim self, JobStatus status_) internal pure returns (JobClaim) {
        return JobClaim.wrap((JobClaim.unwrap(self) & ~(uint256(15) << STATE_AT)) | (uint256(status_) << STATE_AT));
    }

    /// @dev `timestamp` fits 40 bits for 34,000 years.
    function withStatusSince(JobClaim self, JobStatus status_, uint256 timestamp) internal pure returns (JobClaim) {
        uint256 word = JobClaim.unwrap(self) & ~(uint256(type(uint40).max) << SINCE_AT);
        return withStatus(JobClaim.wrap(word | (timestamp << SINCE_AT)), status_);
    }

    function reject(JobClaim self) internal pure returns (JobClaim) {
        if (rejections(self) == type(uint8).max) return self;
        unchecked {
            return JobClaim.wrap(JobClaim.unwrap(self) + (1 << REJECTIONS_AT)); // below the field's maximum
        }
    }
}
