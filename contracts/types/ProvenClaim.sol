// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobContext} from "./JobContext.sol";

/// @notice A result that is said to be proven together with others.
struct ProvenClaim {
    JobContext job;
    uint256 requestId; // the job's, part of its hash
    uint256 publicInput; // the commitment that the job's input names
    uint256 publicResult; // what is proven; `job.resultHash` commits to what was submitted
}
