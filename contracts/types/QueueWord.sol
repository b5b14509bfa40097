// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobId} from "./JobId.sol";
import {Priority} from "./Priority.sol";

using QueueWordLibrary for QueueWord global;

/// @notice Where a pool's queues begin and end, and how many jobs and accounts it has.
/// @dev Slot 0: 8 + 8 + 8 + 4 + 4 = 32 bytes, from the low end
///   uint64 low       first (lower half) and last job of low priority, 0 when there is none
///   uint64 normal    the same
///   uint64 high      the same
///   uint32 open      jobs in all queues
///   uint32 accounts  requesters that have a number
type QueueWord is uint256;

/// @title Reading and changing a `QueueWord`
library QueueWordLibrary {
    uint256 private constant OPEN_AT = 192;
    uint256 private constant ACCOUNTS_AT = 224;
    uint256 private constant QUEUE_BITS = 64;
    uint256 private constant LAST_BITS = 32;
    uint256 private constant LINK = type(uint32).max;

    function first(QueueWord self, Priority priority) internal pure returns (JobId) {
        return JobId.wrap((QueueWord.unwrap(self) >> (uint256(priority) * QUEUE_BITS)) & LINK);
    }

    function last(QueueWord self, Priority priority) internal pure returns (JobId) {
        return JobId.wrap((QueueWord.unwrap(self) >> (uint256(priority) * QUEUE_BITS + LAST_BITS)) & LINK);
    }

    function open(QueueWord self) internal pure returns (uint256) {
        return (QueueWord.unwrap(self) >> OPEN_AT) & type(uint32).max;
    }

    function accounts(QueueWord self) internal pure returns (uint256) {
        return QueueWord.unwrap(self) >> ACCOUNTS_AT;
    }

    function withFirst(QueueWord self, Priority priority, JobId id) internal pure returns (QueueWord) {
        return _set(self, uint256(priority) * QUEUE_BITS, id);
    }

    function withLast(QueueWord self, Priority priority, JobId id) internal pure returns (QueueWord) {
        return _set(self, uint256(priority) * QUEUE_BITS + LAST_BITS, id);
    }

    /// @dev No more jobs are open than there are ids.
    function countIn(QueueWord self, uint256 count) internal pure returns (QueueWord) {
        unchecked {
            return QueueWord.wrap(QueueWord.unwrap(self) + (count << OPEN_AT)); // the field has room
        }
    }

    /// @dev Checked: what leaves a queue was counted in.
    function countOut(QueueWord self) internal pure returns (QueueWord) {
        assert(open(self) != 0);
        unchecked {
            return QueueWord.wrap(QueueWord.unwrap(self) - (1 << OPEN_AT)); // asserted
        }
    }

    /// @dev Checked: the topmost field.
    function countAccount(QueueWord self) internal pure returns (QueueWord) {
        return QueueWord.wrap(QueueWord.unwrap(self) + (1 << ACCOUNTS_AT));
    }

    function _set(QueueWord self, uint256 shift, JobId id) private pure returns (QueueWord) {
        return QueueWord.wrap((QueueWord.unwrap(self) & ~(LINK << shift)) | (JobId.unwrap(id) << shift));
    }
}
