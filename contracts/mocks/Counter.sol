// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A well-behaved target: remembers who called it, how often, with what and with how much gas.
contract Counter {
    // Slot 0: 20 + 12 = 32 bytes
    address public lastCaller;
    uint96 public count;
    // Slot 1: 16 + 16 = 32 bytes
    uint128 public lastGas; // gas left when the call began
    uint128 public lastSum; // of the arguments

    /// @dev 68 bytes of calldata.
    function bump(uint256 a, uint256 b) external returns (uint256) {
        uint256 gasAtEntry = gasleft();
        lastCaller = msg.sender;
        count += 1;
        // forge-lint: disable-next-line(unsafe-typecast) gas fits by far, and tests add small numbers
        (lastGas, lastSum) = (uint128(gasAtEntry), uint128(a + b));
        return count;
    }
}
