// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a proof or an attestation of a result must be bound to.
struct JobContext {
    uint256 chainId;
    address pool;
    uint256 taskId;
    address worker;
    bytes32 jobHash; // keccak256(abi.encode(requestId, keccak256(modelId), keccak256(inputData)))
    // keccak256(abi.encode(texts, zkpPublicInput, zkpPublicResult)), texts being
    // keccak256(abi.encode(keccak256(resultHash string), keccak256(resultData)))
    bytes32 resultHash;
}
