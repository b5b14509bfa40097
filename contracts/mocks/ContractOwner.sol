// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {TaskDefinition} from "../types/TaskDefinition.sol";
import {ScriptedReceiver} from "./ScriptedReceiver.sol";

/// @notice An owner that is a contract: does what a test says, and may be the target of its own tasks.
contract ContractOwner is ScriptedReceiver {
    uint256 public runs;

    /// @dev The target of its own tasks: plays the script as the owner.
    function run() external returns (uint256) {
        runs += 1;
        _play();
        return runs;
    }

    function forward(address target, bytes calldata data) external payable returns (bytes memory) {
        (bool success, bytes memory returnData) = target.call{value: msg.value}(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(returnData, 0x20), mload(returnData))
            }
        }
        return returnData;
    }

    /// @notice Schedules `taskDef` `times` times over, each with the next nonce.
    function scheduleMany(ITaskManager manager, TaskDefinition memory taskDef, uint256 times) external payable {
        if (msg.value != 0) manager.depositBond{value: msg.value}(address(this));
        taskDef.task.from = address(this);
        uint64 nonce = manager.getAccountNonce(address(this));
        for (uint256 i; i < times; ++i) {
            taskDef.task.nonce = nonce++;
            manager.scheduleTask(taskDef);
        }
    }
}
