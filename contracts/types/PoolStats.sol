// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a pool counts. A view type.
struct PoolStats {
    uint256 posted; // jobs ever posted
    uint256 open; // jobs that wait in a queue
    uint256 live; // jobs that have not ended, the open ones included
    uint256 rewarded; // base units paid as rewards since the beginning
    uint256 owed; // base units: rewards of live jobs, bonds and credits
    uint256 free; // base units that nothing is owed for
}
