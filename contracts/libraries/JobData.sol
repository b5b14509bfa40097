// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SSTORE2} from "solady/utils/SSTORE2.sol";

import {Submission} from "../types/Submission.sol";

/// @title Inputs and results as contract code, and what commits to them
library JobData {
    /// @dev The request's id in 32 bytes, the length of the model's in 2.
    uint256 private constant INPUT_HEADER = 34;
    /// @dev The public input and result in 32 bytes each, the lengths of result hash and proof in 2 each.
    uint256 private constant RESULT_HEADER = 68;

    /// @notice What a job's requester commits to.
    function hashOfJob(uint256 requestId, string calldata modelId, string calldata inputData)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(requestId, keccak256(bytes(modelId)), keccak256(bytes(inputData))));
    }

    /// @notice What a worker commits to: two texts and the public signals.
    function hashOfResult(Submission memory submission) internal pure returns (bytes32) {
        bytes32 texts =
            keccak256(abi.encode(keccak256(bytes(submission.resultHash)), keccak256(bytes(submission.resultData))));
        return hashOfSignals(texts, submission.zkpPublicInput, submission.zkpPublicResult);
    }

    /// @param texts Hash of both texts' hashes.
    function hashOfSignals(bytes32 texts, uint256 publicInput, uint256 publicResult) internal pure returns (bytes32) {
        return keccak256(abi.encode(texts, publicInput, publicResult));
    }

    /// @dev The lengths have been checked.
    function writeInput(uint256 requestId, string calldata modelId, string calldata inputData)
        internal
        returns (address)
    {
        // forge-lint: disable-next-line(unsafe-typecast)
        return SSTORE2.write(abi.encodePacked(requestId, uint16(bytes(modelId).length), modelId, inputData));
    }

    function readInput(address code)
        internal
        view
        returns (uint256 requestId, string memory modelId, string memory inputData)
    {
        if (code == address(0)) return (0, "", "");
        requestId = _word(code, 0, 32);
        uint256 split = INPUT_HEADER + _word(code, 32, INPUT_HEADER);
        modelId = string(SSTORE2.read(code, INPUT_HEADER, split));
        inputData = string(SSTORE2.read(code, split));
    }

    /// @dev The lengths have been checked.
    function writeResult(Submission memory submission) internal returns (address) {
        return SSTORE2.write(
            abi.encodePacked(
                submission.zkpPublicInput,
                submission.zkpPublicResult,
                // forge-lint: disable-start(unsafe-typecast)
                uint16(bytes(submission.resultHash).length),
                uint16(submission.zkpProof.length),
                // forge-lint: disable-end(unsafe-typecast)
                submission.resultHash,
                submission.zkpProof,
                submission.resultData
            )
        );
    }

    function readResult(address code) internal view returns (Submission memory submission) {
        if (code == address(0)) return submission;
        submission.zkpPublicInput = _word(code, 0, 32);
        submission.zkpPublicResult = _word(code, 32, 64);
        uint256 lengths = _word(code, 64, RESULT_HEADER);
        uint256 afterHash = RESULT_HEADER + (lengths >> 16);
        uint256 afterProof = afterHash + (lengths & type(uint16).max);
        submission.resultHash = string(SSTORE2.read(code, RESULT_HEADER, afterHash));
        submission.zkpProof = SSTORE2.read(code, afterHash, afterProof);
        submission.resultData = string(SSTORE2.read(code, afterProof));
    }

    /// @dev The bytes from `start` to `end`, 32 at most, as a number.
    function _word(address code, uint256 start, uint256 end) private view returns (uint256) {
        return uint256(bytes32(SSTORE2.read(code, start, end))) >> (256 - 8 * (end - start));
    }
}
