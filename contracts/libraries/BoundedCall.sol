// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LoadedTask} from "../types/LoadedTask.sol";

/// @title Calls to contracts that may be hostile
/// @notice The callee gets a stated amount of gas, and never more than 256 bytes of its answer are copied.
library BoundedCall {
    uint256 internal constant MAX_ANSWER = 256;

    /// @notice Calls `task.target` through `envoy`.
    /// @dev Overwrites the word before the task's calldata. `EnvoyFactory` says what an envoy expects.
    /// @param gas_ Gas for the envoy; the caller has made sure that it is there (EIP-150).
    function callTarget(LoadedTask memory task, address envoy, uint256 gas_) internal returns (bool success) {
        uint256 word = (task.gas << 160) | uint160(task.target);
        uint256 start = task.data - 32;
        uint256 length = task.dataLength + 32;
        assembly ("memory-safe") {
            mstore(start, word)
            success := call(gas_, envoy, 0, start, length, 0, 0)
        }
    }

    /// @notice Sends `amount` wei to `receiver` with at most `gas_` gas, and ignores its answer.
    function pay(address receiver, uint256 amount, uint256 gas_) internal returns (bool success) {
        assembly ("memory-safe") {
            success := call(gas_, receiver, amount, 0, 0, 0, 0)
        }
    }

    /// @notice The first 256 bytes of what the last call returned or reverted with.
    function answer() internal pure returns (bytes memory returned) {
        assembly ("memory-safe") {
            let length := returndatasize()
            if gt(length, MAX_ANSWER) { length := MAX_ANSWER }
            returned := mload(0x40)
            mstore(0x40, add(returned, and(add(length, 0x3f), not(0x1f))))
            mstore(returned, length)
            returndatacopy(add(returned, 0x20), 0, length)
        }
    }
}
