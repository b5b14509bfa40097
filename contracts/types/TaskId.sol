// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A task's sequential number, from 1 on. The creation nonce of the code that holds the task follows from it,
/// so it finds the task without a pointer. At most 40 bits. For a committed task, which has no number, its whole hash: see
/// `TaskCode.commit`.
type TaskId is uint256;
