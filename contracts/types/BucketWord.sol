// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobId} from "./JobId.sol";

using BucketWordLibrary for BucketWord global;

/// @notice A deadline bucket's books, and its first jobs. The others are in words of eight.
/// @dev Slot 0: 20 + 4 + 4 + 1 = 29 bytes, from the low end
///   uint160 ids        the first five, of 32 bits each
///   uint32  count      jobs ever put in
///   uint32  done       how many of them have been handled
///   uint8   schedule   0: not tried, 1: the task manager will call, 2: it could not be told
type BucketWord is uint256;

/// @title Reading and changing a `BucketWord`
library BucketWordLibrary {
    uint256 internal constant INLINE = 5;

    uint256 internal constant UNTRIED = 0;
    uint256 internal constant SCHEDULED = 1;
    uint256 internal constant REFUSED = 2;

    uint256 private constant COUNT_AT = 160;
    uint256 private constant DONE_AT = 192;
    uint256 private constant SCHEDULE_AT = 224;
    uint256 private constant ID_BITS = 32;

    function count(BucketWord self) internal pure returns (uint256) {
        return (BucketWord.unwrap(self) >> COUNT_AT) & type(uint32).max;
    }

    function done(BucketWord self) internal pure returns (uint256) {
        return (BucketWord.unwrap(self) >> DONE_AT) & type(uint32).max;
    }

    function schedule(BucketWord self) internal pure returns (uint256) {
        return BucketWord.unwrap(self) >> SCHEDULE_AT;
    }

    function idAt(BucketWord self, uint256 index) internal pure returns (JobId) {
        return JobId.wrap((BucketWord.unwrap(self) >> (index * ID_BITS)) & type(uint32).max);
    }

    /// @dev Only for the first five, each once.
    function put(BucketWord self, uint256 index, JobId id) internal pure returns (BucketWord) {
        return BucketWord.wrap(BucketWord.unwrap(self) | (JobId.unwrap(id) << (index * ID_BITS)));
    }

    /// @dev A bucket gets a job with each post, claim and move: they cost too much to be 2^32.
    function countIn(BucketWord self) internal pure returns (BucketWord) {
        return BucketWord.wrap(BucketWord.unwrap(self) + (1 << COUNT_AT));
    }

    /// @dev `done_` is at most the count.
    function withDone(BucketWord self, uint256 done_) internal pure returns (BucketWord) {
        return BucketWord.wrap((BucketWord.unwrap(self) & ~(uint256(type(uint32).max) << DONE_AT)) | (done_ << DONE_AT));
    }

    function withSchedule(BucketWord self, uint256 schedule_) internal pure returns (BucketWord) {
        return BucketWord.wrap((BucketWord.unwrap(self) & ((1 << SCHEDULE_AT) - 1)) | (schedule_ << SCHEDULE_AT));
    }
}
