// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Reverts with as much returndata as it is asked for
/// @notice Copying its answer would cost a caller more gas than the call did.
contract ReturndataBomb {
    /// @notice Reverts with `size` bytes.
    function explode(uint256 size) external pure {
        // Memory past the free pointer is zero and is paid for here, once; the caller pays again only if it copies.
        assembly ("memory-safe") {
            revert(mload(0x40), size)
        }
    }
}
