// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What the manager remembers for the length of a transaction
/// @notice Whether an execution is under way, whether the transaction's base cost has been charged already, and what its
/// batches have left of its refunds.
library TransientLock {
    uint256 private constant LOCKED = 1;
    uint256 private constant CHARGED = 2;
    /// @dev Gas for cleared words that a fifth did not cover, and what is left of the fifth; each below 2^64.
    uint256 private constant UNPAID_AT = 64;
    uint256 private constant ROOM_AT = 128;
    /// @dev The manager uses no other transient storage.
    uint256 private constant SLOT = 0;

    /// @notice Takes the lock.
    /// @return taken False when it was taken already.
    /// @return charged Whether an earlier execution in this transaction charged for it.
    function acquire() internal returns (bool taken, bool charged) {
        uint256 word = _read();
        if (word & LOCKED != 0) return (false, true);
        _write(word | LOCKED);
        return (true, word & CHARGED != 0);
    }

    /// @notice Whether an execution is under way.
    function isTaken() internal view returns (bool) {
        return _read() & LOCKED != 0;
    }

    /// @notice Charges for the transaction, and tells what of its refunds is the batch's: with those before it, what the EVM
    /// gives back, a fifth of all gas at most (EIP-3529). Cutting a batch in two wins no second fifth, in either order.
    /// @param cleared Gas for the words that the batch cleared.
    /// @param spent Gas of the batch. It gets half of it at most, so that no entry is owed anything.
    function takeRefund(uint256 cleared, uint256 spent) internal returns (uint256 refund) {
        uint256 word = _read();
        unchecked {
            // all of it is gas of one transaction
            uint256 unpaid = ((word >> UNPAID_AT) & type(uint64).max) + cleared;
            uint256 room = (word >> ROOM_AT) + spent / 5;
            refund = unpaid < room ? unpaid : room;
            if (refund > spent / 2) refund = spent / 2;
            _write(LOCKED | CHARGED | ((unpaid - refund) << UNPAID_AT) | ((room - refund) << ROOM_AT));
        }
    }

    /// @notice Gives the lock back.
    function release() internal {
        _write(_read() ^ LOCKED);
    }

    function _read() private view returns (uint256 word) {
        assembly ("memory-safe") {
            word := tload(SLOT)
        }
    }

    function _write(uint256 word) private {
        assembly ("memory-safe") {
            tstore(SLOT, word)
        }
    }
}
