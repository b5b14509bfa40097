// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What an owner pays for a unit of gas, and how many failures in a row it bears.
/// @dev Frozen into a task when it is scheduled or updated: the task's state names the version. Kept as `Terms`.
struct PriceTerms {
    uint64 ceiling; // wei per gas; the price never exceeds it, above it the task is deferred
    uint64 tip; // wei per gas added to the block's base fee, up to the ceiling
    uint64 premiumCap; // wei per gas; the premium rises from an eighth of it to all of it
    uint8 failureLimit; // failures in a row after which the task goes inactive; 0 means never, at most 15
    uint24 version; // 0 for the default terms, else counts the account's changes
}
