// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {Task} from "../types/Task.sol";
import {ScriptedReceiver} from "./ScriptedReceiver.sol";

/// @notice An executor that is a contract: takes its reimbursement as a test tells it to.
contract ContractExecutor is ScriptedReceiver {
    ITaskManager private immutable MANAGER;

    constructor(ITaskManager manager) {
        MANAGER = manager;
    }

    function executeQueued(uint256 reserve) external returns (uint256 executed, uint256 failed) {
        return MANAGER.executeQueuedTasks(reserve);
    }

    function executeQueuedTimes(uint256 reserve, uint256 times) external {
        for (uint256 i; i < times; ++i) {
            MANAGER.executeQueuedTasks(reserve);
        }
    }

    function executeThese(bytes32[] calldata taskHashes, uint256 reserve)
        external
        returns (uint256 executed, uint256 failed)
    {
        return MANAGER.executeTasks(taskHashes, reserve);
    }

    function executeCommitted(Task[] calldata tasks, uint256 reserve)
        external
        returns (uint256 executed, uint256 failed)
    {
        return MANAGER.executeCommitted(tasks, reserve);
    }

    /// @notice One call of `executeCommitted` for each task, all in this transaction.
    function executeCommittedOneByOne(Task[] calldata tasks) external {
        Task[] memory one = new Task[](1);
        for (uint256 i; i < tasks.length; ++i) {
            one[0] = tasks[i];
            MANAGER.executeCommitted(one, 0);
        }
    }

    /// @notice One call of `executeTask` for each hash, all in this transaction.
    function executeOneByOne(bytes32[] calldata taskHashes) external {
        for (uint256 i; i < taskHashes.length; ++i) {
            MANAGER.executeTask(taskHashes[i]);
        }
    }

    function executeWithGas(bytes32 taskHash, uint256 gasGiven) external returns (bool, bytes memory) {
        return MANAGER.executeTask{gas: gasGiven}(taskHash);
    }

    function withdrawCredit() external {
        MANAGER.withdrawCredit();
    }
}
