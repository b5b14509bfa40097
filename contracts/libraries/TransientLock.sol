// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What the manager remembers for the length of a transaction
/// @notice Whether an execution is under way, and whether the transaction's base cost has been charged already.
library TransientLock {
    uint256 private constant LOCKED = 1;
    uint256 private constant CHARGED = 2;
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

    /// @notice Gives the lock back.
    /// @param charged Whether the transaction has been charged for, now or before.
    function release(bool charged) internal {
        _write(charged ? CHARGED : 0);
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
