// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A target that looks at who calls it: the caller's code, and whether a stranger can use the caller.
contract EnvoyProbe {
    // Slot 0: 20 + 12 = 32 bytes
    address public caller;
    uint96 public codeSize;
    bool public strangerServed; // whether the caller took an order from this contract
    uint256 public valueSeen;

    function look() external payable {
        caller = msg.sender;
        // forge-lint: disable-next-line(unsafe-typecast) code is at most 24,576 bytes
        codeSize = uint96(msg.sender.code.length);
        valueSeen = msg.value;
    }

    /// @notice Orders the caller about with `order`, as a target that means harm would.
    function order(bytes calldata order_) external {
        caller = msg.sender;
        (strangerServed,) = msg.sender.call(order_);
    }
}
