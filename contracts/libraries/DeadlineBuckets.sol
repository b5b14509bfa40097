// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BucketWord, BucketWordLibrary} from "../types/BucketWord.sol";
import {JobId} from "../types/JobId.sol";

/// @notice The deadline buckets of a pool.
struct Buckets {
    // Slot 0
    mapping(uint256 bucket => BucketWord word) words;
    // Slot 1
    mapping(uint256 bucket => mapping(uint256 page => uint256 ids)) pages; // those behind the first five, eight a page
}

using DeadlineBuckets for Buckets global;

/// @title Jobs by the time at which something may be due for them
/// @notice Bucket b holds the times t with `(b - 1) * length < t <= b * length`: all of them have passed from
/// `b * length + 1` on.
library DeadlineBuckets {
    uint256 private constant IDS_A_PAGE = 8;
    uint256 private constant ID_BITS = 32;

    function bucketOf(uint256 timestamp, uint256 length) internal pure returns (uint256) {
        return (timestamp + length - 1) / length;
    }

    function dueFrom(uint256 bucket, uint256 length) internal pure returns (uint256) {
        return bucket * length + 1;
    }

    /// @notice Adds a job.
    /// @return word The bucket's word, which the caller stores.
    function add(Buckets storage self, uint256 bucket, JobId id) internal returns (BucketWord word) {
        word = self.words[bucket];
        uint256 index = word.count();
        word = word.countIn();
        if (index < BucketWordLibrary.INLINE) return word.put(index, id);

        index -= BucketWordLibrary.INLINE;
        uint256 shift = (index % IDS_A_PAGE) * ID_BITS;
        self.pages[bucket][index / IDS_A_PAGE] |= JobId.unwrap(id) << shift;
    }

    function idAt(Buckets storage self, uint256 bucket, BucketWord word, uint256 index) internal view returns (JobId) {
        if (index < BucketWordLibrary.INLINE) return word.idAt(index);
        index -= BucketWordLibrary.INLINE;
        uint256 page = self.pages[bucket][index / IDS_A_PAGE];
        return JobId.wrap((page >> ((index % IDS_A_PAGE) * ID_BITS)) & type(uint32).max);
    }
}
