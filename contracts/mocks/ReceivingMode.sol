// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a test contract does when it is sent ether.
enum ReceivingMode {
    Accept,
    Refuse, // reverts without data
    Burn, // uses up all its gas
    Bomb, // reverts with 100 kB
    Play // plays its script, then accepts
}
