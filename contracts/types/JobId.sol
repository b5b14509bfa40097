// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A job's sequential number in its pool, from 1 on; at most 32 bits. The seed calls it `taskId`.
type JobId is uint256;
