// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

using PoolAccountLibrary for PoolAccount global;

/// @notice What a pool knows of a requester, worker or caller.
/// @dev Slot 0: 12 + 4 + 8 = 24 bytes, from the low end
///   uint96 credit  base units it can withdraw, or lock for claims
///   uint32 number  what jobs call it as their requester; 0 for one that has posted none
///   uint64 nonce   signatures used
type PoolAccount is uint256;

/// @title Reading and changing a `PoolAccount`
library PoolAccountLibrary {
    uint256 private constant NUMBER_AT = 96;
    uint256 private constant NONCE_AT = 128;

    function credit(PoolAccount self) internal pure returns (uint256) {
        return PoolAccount.unwrap(self) & type(uint96).max;
    }

    function number(PoolAccount self) internal pure returns (uint256) {
        return (PoolAccount.unwrap(self) >> NUMBER_AT) & type(uint32).max;
    }

    function nonce(PoolAccount self) internal pure returns (uint256) {
        return PoolAccount.unwrap(self) >> NONCE_AT;
    }

    /// @dev No account's credit is above all that the pool owes, which fits the field.
    function add(PoolAccount self, uint256 amount) internal pure returns (PoolAccount) {
        unchecked {
            return PoolAccount.wrap(PoolAccount.unwrap(self) + amount); // the field has room
        }
    }

    /// @dev Checked: more than there is would borrow from the next field.
    function take(PoolAccount self, uint256 amount) internal pure returns (PoolAccount) {
        assert(amount <= credit(self));
        unchecked {
            return PoolAccount.wrap(PoolAccount.unwrap(self) - amount); // asserted
        }
    }

    /// @dev Only for an account without a number.
    function withNumber(PoolAccount self, uint256 number_) internal pure returns (PoolAccount) {
        return PoolAccount.wrap(PoolAccount.unwrap(self) | (number_ << NUMBER_AT));
    }

    /// @dev Each signature costs gas: 64 bits last.
    function useNonce(PoolAccount self) internal pure returns (PoolAccount) {
        return PoolAccount.wrap(PoolAccount.unwrap(self) + (1 << NONCE_AT));
    }
}
