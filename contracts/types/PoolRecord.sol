// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What the factory knows of a pool.
struct PoolRecord {
    // Slot 0: 8 + 8 = 16 bytes
    uint64 createdAt; // timestamp; 0 for what is no pool
    uint64 activeIndex; // place in the active list, from 1 on; 0 when it is not in it
}
