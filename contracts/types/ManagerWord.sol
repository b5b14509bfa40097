// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SizeClass} from "./SizeClass.sol";
import {TaskId} from "./TaskId.sol";

using ManagerWordLibrary for ManagerWord global;

/// @notice What every schedule and every execution reads anyway, in one word.
/// @dev Slot 0: 5 + 5 + 5 + 5 + 12 = 32 bytes, from the low end
///   uint40 small     oldest block with queued tasks of the class; all ones mean none
///   uint40 medium    the same
///   uint40 large     the same
///   uint40 lastId    id of the latest task
///   uint96 feesOwed  wei of protocol fees not yet paid out
type ManagerWord is uint256;

/// @title Reading and changing a `ManagerWord`
library ManagerWordLibrary {
    /// @dev The block of an empty queue: later than all.
    uint256 internal constant NEVER = type(uint40).max;

    uint256 private constant LAST_ID_AT = 120;
    uint256 private constant FEES_AT = 160;

    /// @notice The word of a manager without tasks.
    function empty() internal pure returns (ManagerWord) {
        return ManagerWord.wrap((1 << LAST_ID_AT) - 1);
    }

    /// @notice The oldest block with queued tasks of `class`, or `NEVER`.
    function due(ManagerWord self, SizeClass class) internal pure returns (uint256) {
        return dueAt(ManagerWord.unwrap(self), uint256(class));
    }

    /// @dev The same for loops over the classes.
    function dueAt(uint256 word, uint256 class) internal pure returns (uint256) {
        unchecked {
            return (word >> (40 * class)) & NEVER; // class < 3
        }
    }

    function lastId(ManagerWord self) internal pure returns (TaskId) {
        return TaskId.wrap((ManagerWord.unwrap(self) >> LAST_ID_AT) & type(uint40).max);
    }

    function feesOwed(ManagerWord self) internal pure returns (uint256) {
        return ManagerWord.unwrap(self) >> FEES_AT;
    }

    /// @dev `blockNumber` fits 40 bits.
    function withDue(ManagerWord self, SizeClass class, uint256 blockNumber) internal pure returns (ManagerWord) {
        uint256 shift = 40 * uint256(class);
        return ManagerWord.wrap((ManagerWord.unwrap(self) & ~(NEVER << shift)) | (blockNumber << shift));
    }

    /// @dev The caller has checked that the id is not the last that fits.
    function withNextId(ManagerWord self) internal pure returns (ManagerWord) {
        unchecked {
            return ManagerWord.wrap(ManagerWord.unwrap(self) + (1 << LAST_ID_AT)); // the field has room: see above
        }
    }

    /// @dev Fees come out of bonds below 2^88 wei; it would take 256 full ones to overflow, which the addition refuses.
    function withFees(ManagerWord self, uint256 fees) internal pure returns (ManagerWord) {
        return ManagerWord.wrap(ManagerWord.unwrap(self) + (fees << FEES_AT));
    }

    function withoutFees(ManagerWord self) internal pure returns (ManagerWord) {
        return ManagerWord.wrap(ManagerWord.unwrap(self) & ((1 << FEES_AT) - 1));
    }
}
