// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

uint256 constant BPS = 10_000;

/// @dev Seconds that a job's deadline may be ahead: four years. Milliseconds are thousands of years ahead.
uint256 constant MAX_HORIZON = 1461 days;
/// @dev Seconds that a window may be long.
uint256 constant MAX_WINDOW = 366 days;
/// @dev The most that callers may earn of what they release: a tenth.
uint256 constant MAX_CALLER_SHARE = 1000;
/// @dev Gas that a hook may be promised; a submission must fit a transaction.
uint256 constant MAX_HOOK_GAS = 10_000_000;
/// @dev What a pool may owe: the field of `PoolWord`.
uint256 constant MAX_OWED = type(uint96).max;

/// @dev Bytes of a model id or a result hash.
uint256 constant MAX_NAME = 256;
/// @dev Bytes of an input, or of a proof and a result together; with what goes before them, below the 24,576 that a
/// contract's code may have.
uint256 constant MAX_BYTES = 24_000;

/// @dev Jobs past their deadline that a claim passes over.
uint256 constant MAX_PASSED_OVER = 16;

/// @dev Gas for a payee of native coin, and for a token's transfer of a reward; a task of the manager costs more, so none
/// of these payees can run one of the pool's own while the pool is locked.
uint256 constant PAYEE_GAS = 30_000;
uint256 constant TOKEN_GAS = 150_000;
/// @dev Gas that the pool needs after a payment or a hook.
uint256 constant AFTER_CALL_GAS = 60_000;

/// @dev Gas of the task that calls for a bucket.
uint64 constant BUCKET_GAS = 750_000;
/// @dev Gas for scheduling it.
uint256 constant SCHEDULE_GAS = 150_000;
/// @dev Gas for what time has made due for one job.
uint256 constant RELEASE_GAS = 110_000;
/// @dev Gas to have left when a bucket is to be scheduled, by `AssetTransfer.requireGas`, and to write its word.
uint256 constant RESCHEDULE_GAS = SCHEDULE_GAS + SCHEDULE_GAS / 63 + AFTER_CALL_GAS + 20_000;
/// @dev Blocks that a bucket's task may be ahead: the task manager's limit.
uint256 constant MAX_BLOCKS_AHEAD = 1 << 23;
