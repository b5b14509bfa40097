// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SizeClass} from "./SizeClass.sol";
import {TaskId} from "./TaskId.sol";

/// @notice A task read from its code, or from calldata when it is committed. Filled by `TaskCode`; it lives in memory
/// only.
struct LoadedTask {
    TaskId id;
    bytes32 hash; // what the task is called outside: see `ITaskManager`
    address owner;
    address target;
    uint256 gas;
    uint256 nonce;
    TaskId previous; // the owner's task before this one; 0 for its first
    uint256 dataLength;
    uint256 data; // memory address of the calldata, with at least one free word before it
    SizeClass class;
    uint256 callGas; // gas that its envoy gets: see `GasCosts.ofTask`
    uint256 mostGas; // gas that a run is charged at most: the same
}
