// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DataMode} from "./DataMode.sol";

/// @notice What never changes of a pool. It stands behind the code of the clone, see `PoolArguments`.
struct PoolConfig {
    address owner; // posts, sets terms, takes what nothing is owed for
    address asset; // ERC-20 of rewards and bonds; zero for the native coin
    address router; // trusted to claim and submit for whoever called it; zero for none
    uint32 bucketSeconds; // length of the deadline buckets; 0 for a pool that nobody calls on time
    uint8 maxClaims; // claims that a worker may hold at once, 1 to 7
    DataMode dataMode; // where the bytes go
    bool openPosting; // whether anyone may post, or only the owner and the model registry
}
