// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobId} from "./JobId.sol";

using PoolWordLibrary for PoolWord global;

/// @notice A pool's books, in one word.
/// @dev Slot 0: 12 + 12 + 4 + 4 = 32 bytes, from the low end
///   uint96 owed      base units: rewards of live jobs, bonds, credits
///   uint96 rewarded  base units paid as rewards so far; stays at its maximum
///   uint32 lastId    jobs ever posted
///   uint32 live      jobs that have not ended
type PoolWord is uint256;

/// @title Reading and changing a `PoolWord`
library PoolWordLibrary {
    uint256 private constant REWARDED_AT = 96;
    uint256 private constant LAST_ID_AT = 192;
    uint256 private constant LIVE_AT = 224;

    uint256 private constant AMOUNT = type(uint96).max;

    function owed(PoolWord self) internal pure returns (uint256) {
        return PoolWord.unwrap(self) & AMOUNT;
    }

    function rewarded(PoolWord self) internal pure returns (uint256) {
        return (PoolWord.unwrap(self) >> REWARDED_AT) & AMOUNT;
    }

    function lastId(PoolWord self) internal pure returns (JobId) {
        return JobId.wrap((PoolWord.unwrap(self) >> LAST_ID_AT) & type(uint32).max);
    }

    function live(PoolWord self) internal pure returns (uint256) {
        return PoolWord.unwrap(self) >> LIVE_AT;
    }

    /// @dev The caller has checked that the sum fits.
    function owe(PoolWord self, uint256 amount) internal pure returns (PoolWord) {
        unchecked {
            return PoolWord.wrap(PoolWord.unwrap(self) + amount); // the field has room
        }
    }

    /// @dev Checked: more than is owed would borrow from the next field.
    function pay(PoolWord self, uint256 amount) internal pure returns (PoolWord) {
        assert(amount <= owed(self));
        unchecked {
            return PoolWord.wrap(PoolWord.unwrap(self) - amount); // asserted
        }
    }

    function countReward(PoolWord self, uint256 amount) internal pure returns (PoolWord) {
        uint256 room = AMOUNT - rewarded(self);
        unchecked {
            return PoolWord.wrap(PoolWord.unwrap(self) + ((amount < room ? amount : room) << REWARDED_AT)); // has room
        }
    }

    /// @dev The caller has checked that there are so many ids left; no more jobs are live than were posted.
    function post(PoolWord self, uint256 count) internal pure returns (PoolWord) {
        unchecked {
            return PoolWord.wrap(PoolWord.unwrap(self) + (count << LAST_ID_AT) + (count << LIVE_AT)); // has room
        }
    }

    /// @dev Checked: a job ends once.
    function end(PoolWord self) internal pure returns (PoolWord) {
        return PoolWord.wrap(PoolWord.unwrap(self) - (1 << LIVE_AT));
    }
}
