// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Where a task is in its life. The diagram is in docs/specification.md.
enum TaskStatus {
    None, // never scheduled
    Queued, // waits in the bucket of its next block; its reserve is held
    Running, // its target is being called, in this very transaction
    Paused, // inactive: its owner asked for it
    Starved, // inactive: the account could not reserve the next run while it still owed the last
    Failing, // inactive: it failed too often in a row
    Crowded, // inactive: no block within the bounded search had room for it
    Completed, // ended: made all its runs
    Cancelled, // ended: by its owner
    Expired // ended: its deadline passed
}
