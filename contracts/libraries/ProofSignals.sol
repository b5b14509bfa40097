// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICircuitVerifier} from "../interfaces/ICircuitVerifier.sol";
import {JobContext} from "../types/JobContext.sol";
import {CircuitKey} from "../types/ModelKeys.sol";
import {HexText} from "./HexText.sol";

/// @title The public signals of claims, and calls that hand them to circuit verifiers
/// @notice Signals and calls are written where they are needed: the compiler's encoder would copy each claim twice.
library ProofSignals {
    bytes32 private constant BINDING_DOMAIN = keccak256("Taskwork Groth16 binding, version 1");

    /// @notice What a proof for `job` under `key` is bound by; below the curve's order, as the last byte is dropped.
    function binding(JobContext calldata job, bytes32 key) internal pure returns (uint256 signal) {
        bytes32 domain = BINDING_DOMAIN;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, domain)
            mstore(add(free, 0x20), key)
            calldatacopy(add(free, 0x40), job, 0xc0) // all of the job: six words
            signal := shr(8, keccak256(free, 0x100))
        }
    }

    /// @notice The hash of a job that asks `modelHash` about what `commitment` names. See `JobContext`.
    function hashOfJob(uint256 requestId, bytes32 modelHash, uint256 commitment) internal pure returns (bytes32 hash) {
        (uint256 high, uint256 low) = HexText.digitsOf(commitment);
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, "0x")
            mstore(add(free, 0x02), high)
            mstore(add(free, 0x22), low)
            let inputHash := keccak256(free, 0x42)
            mstore(free, requestId)
            mstore(add(free, 0x20), modelHash)
            mstore(add(free, 0x40), inputHash)
            hash := keccak256(free, 0x60)
        }
    }

    /// @notice Keccak-256 of a model's id: the text groth16:0x and the 64 digits of what its keys hash to.
    function hashOfModel(bytes32 singleHash, bytes32 batchHash) internal pure returns (bytes32 hash) {
        (uint256 high, uint256 low) = HexText.digitsOf(uint256(keysHash(singleHash, batchHash)));
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, "groth16:0x")
            mstore(add(free, 0x0a), high)
            mstore(add(free, 0x2a), low)
            hash := keccak256(free, 0x4a)
        }
    }

    function keysHash(bytes32 singleHash, bytes32 batchHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(singleHash, batchHash));
    }

    function hashOf(CircuitKey calldata key) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, key, 0x60)
            hash := keccak256(free, 0x60)
        }
    }

    /// @notice Asks `verifier.verify(proof, [a, b, c])`.
    function ask(ICircuitVerifier verifier, uint256[8] calldata proof, uint256 a, uint256 b, uint256 c)
        internal
        view
        returns (bool valid)
    {
        bytes4 selector = ICircuitVerifier.verify.selector;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, selector)
            calldatacopy(add(free, 0x04), proof, 0x100)
            mstore(add(free, 0x104), a)
            mstore(add(free, 0x124), b)
            mstore(add(free, 0x144), c)
            let done := staticcall(gas(), verifier, free, 0x164, 0, 0x20)
            valid := and(eq(mload(0), 1), eq(returndatasize(), 0x20))
            if iszero(done) { revertWithReason(free) }

            // no more of it than an error with two values: a verifier may be anything
            function revertWithReason(buffer) {
                let length := returndatasize()
                if gt(length, 0x44) { length := 0x44 }
                returndatacopy(buffer, 0, length)
                revert(buffer, length)
            }
        }
    }

    /// @notice Asks `verifier.verifyBatch(proofs, signals)`.
    /// @param signals Three words for each proof, in memory without a length.
    function askAll(ICircuitVerifier verifier, uint256[8][] calldata proofs, uint256 signals)
        internal
        view
        returns (bool valid)
    {
        bytes4 selector = ICircuitVerifier.verifyBatch.selector;
        assembly ("memory-safe") {
            // selector, places of both arrays, then each with its length
            let free := mload(0x40)
            let count := proofs.length
            let size := shl(8, count)
            mstore(free, selector)
            mstore(add(free, 0x04), 0x40)
            mstore(add(free, 0x24), add(0x60, size))
            mstore(add(free, 0x44), count)
            calldatacopy(add(free, 0x64), proofs.offset, size)
            let counts := add(add(free, 0x64), size)
            mstore(counts, count)
            mcopy(add(counts, 0x20), signals, mul(count, 0x60))
            let end := add(add(counts, 0x20), mul(count, 0x60))
            let done := staticcall(gas(), verifier, free, sub(end, free), 0, 0x20)
            valid := and(eq(mload(0), 1), eq(returndatasize(), 0x20))
            if iszero(done) { revertWithReason(free) }

            // no more of it than an error with two values: a verifier may be anything
            function revertWithReason(buffer) {
                let length := returndatasize()
                if gt(length, 0x44) { length := 0x44 }
                returndatacopy(buffer, 0, length)
                revert(buffer, length)
            }
        }
    }
}
