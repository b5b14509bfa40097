// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice The three queues of tasks, by gas: at most 100,000, 250,000 and 750,000. Source: seed 002.
enum SizeClass {
    Small,
    Medium,
    Large
}
