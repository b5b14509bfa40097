// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskId} from "./TaskId.sol";

using BucketLibrary for BucketHead global;
using BucketLibrary for BucketPage global;

/// @notice The head of a bucket: the tasks of one size class that are due from one block on.
/// @dev Slot 0: 200 + 16 + 12 + 12 + 12 = 252 bits, from the low end
///   uint40[5] lanes   ids, oldest first, no gaps; later ids are in pages
///   uint16 kilogas    gas admitted, in thousands
///   uint12 first      oldest page; 0 means none
///   uint12 last       newest page; 0 means none
///   uint12 count      ids in lanes and pages
type BucketHead is uint256;

/// @notice A page of a bucket that outgrew its head. Pages are linked oldest to newest; none is empty.
/// @dev Slot 0: 200 + 12 + 12 = 224 bits, from the low end
///   uint40[5] lanes   ids, oldest first, no gaps
///   uint12 next       newer page; 0 means none
///   uint12 prev       older page; 0 means none
type BucketPage is uint256;

/// @title Reading and changing `BucketHead` and `BucketPage`
library BucketLibrary {
    uint256 internal constant MAX_PAGE = (1 << 12) - 1;

    uint256 private constant LANE_BITS = 40;
    uint256 private constant LANE = type(uint40).max;
    uint256 private constant LANES = (1 << 200) - 1;
    uint256 private constant LAST_LANE_AT = 160;

    uint256 private constant KILOGAS_AT = 200;
    uint256 private constant FIRST_AT = 216;
    uint256 private constant LAST_AT = 228;
    uint256 private constant COUNT_AT = 240;
    uint256 private constant NEXT_AT = 200;
    uint256 private constant PREV_AT = 212;

    /* LANES */

    /// @notice The oldest id in a word of lanes, or 0.
    function front(uint256 word) internal pure returns (TaskId) {
        return TaskId.wrap(word & LANE);
    }

    function hasRoom(uint256 word) internal pure returns (bool) {
        return (word >> LAST_LANE_AT) & LANE == 0;
    }

    function hasLanes(uint256 word) internal pure returns (bool) {
        return word & LANES != 0;
    }

    /// @notice Adds `id` behind the ids of `word`, which has room.
    function append(uint256 word, TaskId id) internal pure returns (uint256) {
        uint256 shift;
        unchecked {
            while ((word >> shift) & LANE != 0) shift += LANE_BITS; // ends: there is an empty lane
        }
        return word | (TaskId.unwrap(id) << shift);
    }

    /// @notice Takes `id`, which is there, out of `word` and closes the gap.
    function remove(uint256 word, TaskId id) internal pure returns (uint256) {
        uint256 shift;
        unchecked {
            // shift <= LAST_LANE_AT
            for (; (word >> shift) & LANE != TaskId.unwrap(id); shift += LANE_BITS) {
                assert(shift < LAST_LANE_AT);
            }
            uint256 lanes = word & LANES;
            uint256 older = lanes & ((1 << shift) - 1);
            uint256 newer = (lanes >> (shift + LANE_BITS)) << shift;
            return (word & ~LANES) | older | newer;
        }
    }

    /* HEAD */

    function kilogas(BucketHead self) internal pure returns (uint256) {
        return (BucketHead.unwrap(self) >> KILOGAS_AT) & type(uint16).max;
    }

    function first(BucketHead self) internal pure returns (uint256) {
        return (BucketHead.unwrap(self) >> FIRST_AT) & MAX_PAGE;
    }

    function last(BucketHead self) internal pure returns (uint256) {
        return (BucketHead.unwrap(self) >> LAST_AT) & MAX_PAGE;
    }

    function count(BucketHead self) internal pure returns (uint256) {
        return (BucketHead.unwrap(self) >> COUNT_AT) & (1 << 12) - 1;
    }

    /// @dev The bucket's capacity bounds both sums, far below their fields.
    function admit(BucketHead self, uint256 kilogas_) internal pure returns (BucketHead) {
        unchecked {
            return BucketHead.wrap(BucketHead.unwrap(self) + (1 << COUNT_AT) + (kilogas_ << KILOGAS_AT));
        }
    }

    /// @dev The id was counted when it was admitted.
    function uncount(BucketHead self) internal pure returns (BucketHead) {
        unchecked {
            return BucketHead.wrap(BucketHead.unwrap(self) - (1 << COUNT_AT));
        }
    }

    /// @dev The gas was counted when the task was admitted.
    function discharge(BucketHead self, uint256 kilogas_) internal pure returns (BucketHead) {
        unchecked {
            return BucketHead.wrap(BucketHead.unwrap(self) - (kilogas_ << KILOGAS_AT));
        }
    }

    function withFirst(BucketHead self, uint256 page) internal pure returns (BucketHead) {
        return BucketHead.wrap((BucketHead.unwrap(self) & ~(MAX_PAGE << FIRST_AT)) | (page << FIRST_AT));
    }

    function withLast(BucketHead self, uint256 page) internal pure returns (BucketHead) {
        return BucketHead.wrap((BucketHead.unwrap(self) & ~(MAX_PAGE << LAST_AT)) | (page << LAST_AT));
    }

    /* PAGE */

    function next(BucketPage self) internal pure returns (uint256) {
        return (BucketPage.unwrap(self) >> NEXT_AT) & MAX_PAGE;
    }

    function prev(BucketPage self) internal pure returns (uint256) {
        return (BucketPage.unwrap(self) >> PREV_AT) & MAX_PAGE;
    }

    function withNext(BucketPage self, uint256 page) internal pure returns (BucketPage) {
        return BucketPage.wrap((BucketPage.unwrap(self) & ~(MAX_PAGE << NEXT_AT)) | (page << NEXT_AT));
    }

    function withPrev(BucketPage self, uint256 page) internal pure returns (BucketPage) {
        return BucketPage.wrap((BucketPage.unwrap(self) & ~(MAX_PAGE << PREV_AT)) | (page << PREV_AT));
    }
}
