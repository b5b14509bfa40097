// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A call that `TaskManager` makes for an owner. It never changes once scheduled.
/// @dev Source: seed 002. Kept as contract code (see `TaskCode`), hence no slots.
struct Task {
    address from; // the owner: scheduled it, pays its bond, may update or cancel it
    uint64 gas; // gas the target gets, whole or not at all; 1 to 750,000
    address target; // the contract that is called, by the owner's envoy
    bytes data; // the calldata of that call
    uint64 nonce; // the owner's `getAccountNonce` when the task was scheduled
}
