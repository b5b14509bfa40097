// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskId} from "./TaskId.sol";

using AccountLibrary for Account global;

/// @notice An owner's money and tasks, in one word.
/// @dev Slot 0: 11 + 11 + 4 + 5 + 1 = 32 bytes, from the low end
///   uint88 bond      wei; deposits less charges and withdrawals
///   uint88 reserved  wei of it held for queued and running tasks; `reserved <= bond` always
///   uint32 nonce     tasks scheduled so far
///   uint40 head      id of the latest one that is stored; each such task's code names the one before
///   uint8  flags     bit 0: the account has price terms of its own
type Account is uint256;

/// @title Reading and changing an `Account`
library AccountLibrary {
    /// @dev The most that deposits may make of a bond: half of the field. What a batch holds goes back whatever was
    /// deposited meanwhile; it is below 2^85: 2^30 gas at twice `MAX_PRICE`, twice with the fee.
    uint256 internal constant MAX_BOND = (1 << 87) - 1;
    /// @dev What a task's code has bits for: see `TaskCode`.
    uint256 internal constant MAX_NONCE = (1 << 28) - 1;

    uint256 private constant AMOUNT = type(uint88).max;
    uint256 private constant AMOUNT_BITS = 88;
    uint256 private constant NONCE_AT = 176;
    uint256 private constant HEAD_AT = 208;
    uint256 private constant OWN_TERMS = 1 << 248;

    function bond(Account self) internal pure returns (uint256) {
        return Account.unwrap(self) & AMOUNT;
    }

    function reserved(Account self) internal pure returns (uint256) {
        return (Account.unwrap(self) >> AMOUNT_BITS) & AMOUNT;
    }

    function free(Account self) internal pure returns (uint256) {
        unchecked {
            // reserved <= bond always
            return bond(self) - reserved(self);
        }
    }

    function nonce(Account self) internal pure returns (uint256) {
        return (Account.unwrap(self) >> NONCE_AT) & type(uint32).max;
    }

    function head(Account self) internal pure returns (TaskId) {
        return TaskId.wrap((Account.unwrap(self) >> HEAD_AT) & type(uint40).max);
    }

    function hasOwnTerms(Account self) internal pure returns (bool) {
        return Account.unwrap(self) & OWN_TERMS != 0;
    }

    /// @dev The sum fits: a deposit is checked against `MAX_BOND`, which leaves room for what a batch gives back.
    function credit(Account self, uint256 amount) internal pure returns (Account) {
        unchecked {
            // the field has room: see above
            return Account.wrap(Account.unwrap(self) + amount);
        }
    }

    /// @dev Checked: a debit above the bond would borrow from the reserve's bits.
    function debit(Account self, uint256 amount) internal pure returns (Account) {
        assert(amount <= bond(self));
        unchecked {
            // the field covers it: asserted
            return Account.wrap(Account.unwrap(self) - amount);
        }
    }

    /// @dev The caller has checked that `amount` is free.
    function reserve(Account self, uint256 amount) internal pure returns (Account) {
        unchecked {
            // reserved <= bond: see above
            return Account.wrap(Account.unwrap(self) + (amount << AMOUNT_BITS));
        }
    }

    /// @dev Checked: a release above what is reserved would borrow from the nonce's bits.
    function release(Account self, uint256 amount) internal pure returns (Account) {
        assert(amount <= reserved(self));
        unchecked {
            // the field covers it: asserted
            return Account.wrap(Account.unwrap(self) - (amount << AMOUNT_BITS));
        }
    }

    /// @dev The caller has checked that the nonce is below `MAX_NONCE`.
    function withNextNonce(Account self) internal pure returns (Account) {
        unchecked {
            return Account.wrap(Account.unwrap(self) + (1 << NONCE_AT)); // nonce < MAX_NONCE
        }
    }

    function withHead(Account self, TaskId id) internal pure returns (Account) {
        uint256 word = Account.unwrap(self) & ~(uint256(type(uint40).max) << HEAD_AT);
        return Account.wrap(word | (TaskId.unwrap(id) << HEAD_AT));
    }

    function withOwnTerms(Account self) internal pure returns (Account) {
        return Account.wrap(Account.unwrap(self) | OWN_TERMS);
    }
}
