// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SizeClass} from "../types/SizeClass.sol";

uint256 constant SMALL_GAS = 100_000;
uint256 constant MEDIUM_GAS = 250_000;
uint64 constant LARGE_GAS = 750_000;

uint64 constant MIN_INTERVAL = 100;
/// @dev Half of what the bitmaps span, so that two pending blocks never share a bit.
uint64 constant MAX_DISTANCE = 1 << 23;
uint256 constant BITMAP_SPAN = 1 << 24;

/// @dev With the 52 bytes before it, below the 24,576 bytes that a contract's code may have.
uint256 constant MAX_DATA_LENGTH = 24_000;
/// @dev What executors send with each run: so little that a transaction does not pay the floor price of calldata
/// (EIP-7623), and that its cost stays far below the bounds of `GasCosts`.
uint256 constant MAX_COMMITTED_DATA_LENGTH = 1024;

/// @dev Thousands of gas that one block admits in one size class.
uint256 constant CAPACITY_KILOGAS = 64_000;
/// @dev What a task counts at least, since handling it costs that much; bounds the ids of a bucket to 2,560.
uint256 constant MIN_KILOGAS = 25;

/// @dev Wei per gas that a price term may be at most; see `Account`.
uint256 constant MAX_PRICE = (1 << 52) - 1;

/// @dev Blocks that are probed for room when the wanted one is full: 0, 1, 2, 4, ... 1,024 behind it.
uint256 constant ROOM_PROBES = 12;
/// @dev Blocks that are searched to tell who schedules into a full block where there is room.
uint256 constant ROOM_SEARCH = 128;
/// @dev Blocks by which a task is deferred the first time; doubles with each deferral in a row.
uint256 constant FIRST_DEFERRAL = 8;

/// @notice The size class of a task with `gas`, which is at most `LARGE_GAS`.
function classOf(uint256 gas) pure returns (SizeClass) {
    if (gas <= SMALL_GAS) return SizeClass.Small;
    return gas <= MEDIUM_GAS ? SizeClass.Medium : SizeClass.Large;
}

/// @notice What a task with `gas` counts against a block's capacity.
function kilogasOf(uint256 gas) pure returns (uint256) {
    unchecked {
        uint256 kilogas = (gas + 999) / 1000; // gas <= LARGE_GAS
        return kilogas < MIN_KILOGAS ? MIN_KILOGAS : kilogas;
    }
}
