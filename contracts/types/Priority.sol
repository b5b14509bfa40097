// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Which of a pool's queues an open job waits in. Higher ones are served first.
enum Priority {
    Low,
    Normal,
    High
}
