// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobTerms} from "./JobTerms.sol";

/// @notice What a pool starts with.
struct PoolSetup {
    address modelRegistry; // may post; zero for none
    string category;
    string metadata;
    JobTerms terms; // version 1; its verifier may be zero, then nothing can be posted before one is set
}
