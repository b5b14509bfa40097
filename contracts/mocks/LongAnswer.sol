// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A target that answers with as many bytes as it is asked for, the first of them non-zero.
contract LongAnswer {
    function byReturn(uint256 length) external pure {
        assembly ("memory-safe") {
            let answer := mload(0x40)
            mstore(answer, not(0))
            return(answer, length)
        }
    }

    function byRevert(uint256 length) external pure {
        assembly ("memory-safe") {
            let answer := mload(0x40)
            mstore(answer, not(0))
            revert(answer, length)
        }
    }
}
