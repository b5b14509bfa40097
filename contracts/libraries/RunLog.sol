// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITaskManagerBase} from "../interfaces/ITaskManagerBase.sol";

/// @title The two events of every run
/// @notice Laid out in free memory and logged from there. The compiler's coder takes 250 gas more for both.
library RunLog {
    bytes32 private constant EXECUTED = ITaskManagerBase.TaskExecuted.selector;
    bytes32 private constant RECORDED = ITaskManagerBase.TaskExecutionRecorded.selector;

    /// @notice Emits `TaskExecuted(taskHash, msg.sender, success, answer)`.
    function executed(bytes32 taskHash, bool success, bytes memory answer) internal {
        bytes32 topic = EXECUTED;
        assembly ("memory-safe") {
            let free := mload(0x40)
            let length := mload(answer)
            mstore(free, success)
            mstore(add(free, 0x20), 0x40) // where the answer begins
            mcopy(add(free, 0x40), answer, add(length, 0x20)) // its length, and itself
            mstore(add(add(free, 0x60), length), 0) // up to a whole word
            log3(free, add(0x60, and(add(length, 0x1f), not(0x1f))), topic, taskHash, caller())
        }
    }

    /// @notice Emits `TaskExecutionRecorded(taskHash, success, gasUsed, successes, failures)`.
    function recorded(bytes32 taskHash, bool success, uint256 gasUsed, uint256 successes, uint256 failures) internal {
        bytes32 topic = RECORDED;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, success)
            mstore(add(free, 0x20), gasUsed)
            mstore(add(free, 0x40), successes)
            mstore(add(free, 0x60), failures)
            log2(free, 0x80, topic, taskHash)
        }
    }
}
