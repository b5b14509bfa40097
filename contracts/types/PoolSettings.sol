// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a pool's owner can change, but for the terms themselves.
struct PoolSettings {
    // Slot 0: 20 + 2 + 1 + 1 = 24 bytes
    address modelRegistry; // may post beside the owner
    uint16 termsVersion; // the terms of jobs to come
    bool active; // whether jobs can be posted
    bool timed; // whether somebody has paid for calls on time
    // Slot 1: 20 = 20 bytes
    address listener; // who set the pool up, and is told when it opens or closes; zero for an account without code
}
