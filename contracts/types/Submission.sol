// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a worker submits, by the seed's names. Memory only.
struct Submission {
    string resultHash;
    bytes zkpProof;
    uint256 zkpPublicInput;
    uint256 zkpPublicResult;
    string resultData;
}
