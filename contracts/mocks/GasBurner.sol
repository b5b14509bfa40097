// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A target that burns gas: all of it, by an invalid opcode or a loop, or down to what it is told to leave.
contract GasBurner {
    function invalid() external pure {
        assembly ("memory-safe") {
            invalid()
        }
    }

    function loop() external pure {
        assembly ("memory-safe") {
            for {} 1 {} {}
        }
    }

    function burnDownTo(uint256 left) external view {
        while (gasleft() > left) {}
    }

    function burn(uint256 amount) external view {
        uint256 end = gasleft() - amount;
        while (gasleft() > end) {}
    }
}
