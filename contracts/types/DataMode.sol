// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Where a pool keeps the bytes of inputs and results; their hashes are in storage always.
enum DataMode {
    Code, // as contract code, readable on chain
    Logged // in events only
}
