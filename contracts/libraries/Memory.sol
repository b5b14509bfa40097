// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Reuse of memory in loops
/// @notice Memory is never freed, and its price grows with the square of its size: a loop that reads many tasks gives
/// back what one turn used.
library Memory {
    /// @notice Where free memory begins.
    function mark() internal pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := mload(0x40)
        }
    }

    /// @notice Frees all that was allocated since `mark` answered `pointer`.
    /// @dev Nothing allocated since may be used any more.
    function release(uint256 pointer) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, pointer)
        }
    }
}
