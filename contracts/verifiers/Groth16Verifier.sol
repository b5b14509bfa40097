// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";
import {IResultVerifier} from "../interfaces/IResultVerifier.sol";
import {HexText} from "../libraries/HexText.sol";
import {ProofSignals} from "../libraries/ProofSignals.sol";
import {JobContext} from "../types/JobContext.sol";
import {CircuitKey, ModelKeys} from "../types/ModelKeys.sol";
import {ProvenClaim} from "../types/ProvenClaim.sol";

/// @title Groth16Verifier
/// @dev See `IGroth16Verifier`.
contract Groth16Verifier is IGroth16Verifier {
    bytes32 private constant POINT_DOMAIN = keccak256("Taskwork Groth16 evaluation point, version 1");
    uint256 private constant ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// @dev Three points (8 words), the job's request id (1), the model's single key (3), its batch key's hash (1).
    uint256 private constant PROOF_LENGTH = 13 * 32;
    /// @dev What the batch circuits prove at once.
    uint256 private constant EVALUATED = 8;

    /// @inheritdoc IResultVerifier
    function verify(JobContext calldata job, bytes calldata proof, uint256 publicInput, uint256 publicResult)
        external
        view
        returns (bool)
    {
        if (proof.length != PROOF_LENGTH) revert Groth16Verifier_ProofLength(proof.length, PROOF_LENGTH);
        uint256[8] calldata points;
        uint256 requestId;
        CircuitKey calldata single;
        bytes32 batchHash;
        assembly ("memory-safe") {
            points := proof.offset
            requestId := calldataload(add(proof.offset, 0x100))
            single := add(proof.offset, 0x120)
            batchHash := calldataload(add(proof.offset, 0x180))
        }
        bytes32 modelHash = ProofSignals.hashOfModel(ProofSignals.hashOf(single), batchHash);
        _checkClaim(job, modelHash, requestId, publicInput, publicResult);
        uint256 binding = ProofSignals.binding(job, single.keyHash);
        return ProofSignals.ask(single.verifier, points, publicResult, publicInput, binding);
    }

    /// @inheritdoc IGroth16Verifier
    function verifyBatch(
        CircuitKey calldata single,
        bytes32 batchHash,
        ProvenClaim[] calldata claims,
        uint256[8][] calldata proofs
    ) external view returns (bool) {
        if (claims.length != proofs.length) {
            revert Groth16Verifier_CountMismatch(claims.length, proofs.length);
        }
        bytes32 modelHash = ProofSignals.hashOfModel(ProofSignals.hashOf(single), batchHash);
        return ProofSignals.askAll(single.verifier, proofs, _list(modelHash, single.keyHash, claims));
    }

    /// @inheritdoc IGroth16Verifier
    function verifyEvaluated(
        bytes32 singleHash,
        CircuitKey calldata batch,
        ProvenClaim[] calldata claims,
        uint256 committed,
        uint256[8] calldata proof
    ) external view returns (bool) {
        if (claims.length != EVALUATED) {
            revert Groth16Verifier_CountMismatch(claims.length, EVALUATED);
        }
        bytes32 modelHash = ProofSignals.hashOfModel(singleHash, ProofSignals.hashOf(batch));
        (uint256 point, uint256 value) = _evaluate(_list(modelHash, batch.keyHash, claims), committed);
        return ProofSignals.ask(batch.verifier, proof, committed, value, point);
    }

    /// @inheritdoc IGroth16Verifier
    function modelIdOf(ModelKeys calldata keys) external pure returns (string memory) {
        bytes32 hash = ProofSignals.keysHash(ProofSignals.hashOf(keys.single), ProofSignals.hashOf(keys.batch));
        (uint256 high, uint256 low) = HexText.digitsOf(uint256(hash));
        return string(abi.encodePacked("groth16:0x", high, low));
    }

    /// @dev The public signals of all claims, which must be of the model, one behind the other in memory.
    function _list(bytes32 modelHash, bytes32 keyHash, ProvenClaim[] calldata claims)
        private
        pure
        returns (uint256 list)
    {
        uint256 next;
        assembly ("memory-safe") {
            list := mload(0x40)
            mstore(0x40, add(list, mul(claims.length, 0x60)))
            next := list
        }
        unchecked {
            // as many turns as there are claims in calldata
            for (uint256 i = 0; i < claims.length; ++i) {
                ProvenClaim calldata claim = claims[i];
                (uint256 publicInput, uint256 publicResult) = (claim.publicInput, claim.publicResult);
                _checkClaim(claim.job, modelHash, claim.requestId, publicInput, publicResult);
                uint256 binding = ProofSignals.binding(claim.job, keyHash);
                assembly ("memory-safe") {
                    mstore(next, publicResult)
                    mstore(add(next, 0x20), publicInput)
                    mstore(add(next, 0x40), binding)
                    next := add(next, 0x60)
                }
            }
        }
    }

    /// @dev The claims' signals as the coefficients of a polynomial, the first lowest, at a point that follows from them
    /// and from the circuit's commitment to them.
    function _evaluate(uint256 list, uint256 committed) private pure returns (uint256 point, uint256 value) {
        bytes32 domain = POINT_DOMAIN;
        uint256 order = ORDER;
        assembly ("memory-safe") {
            let length := mul(EVALUATED, 0x60)
            let free := mload(0x40)
            mstore(free, domain)
            mstore(add(free, 0x20), committed)
            mcopy(add(free, 0x40), list, length)
            point := shr(8, keccak256(free, add(length, 0x40)))
            // a claim a turn: its three signals, the last first
            for { let next := add(list, length) } gt(next, list) {} {
                next := sub(next, 0x60)
                value := addmod(mulmod(value, point, order), mload(add(next, 0x40)), order)
                value := addmod(mulmod(value, point, order), mload(add(next, 0x20)), order)
                value := addmod(mulmod(value, point, order), mload(next), order)
            }
        }
    }

    /// @dev The job is of this model and its input names the commitment, and each signal has one form.
    function _checkClaim(
        JobContext calldata job,
        bytes32 modelHash,
        uint256 requestId,
        uint256 publicInput,
        uint256 publicResult
    ) private pure {
        uint256 larger = publicInput > publicResult ? publicInput : publicResult;
        if (larger >= ORDER) revert Groth16Verifier_SignalTooLarge(larger, ORDER - 1);
        bytes32 given = ProofSignals.hashOfJob(requestId, modelHash, publicInput);
        if (given != job.jobHash) revert Groth16Verifier_WrongJob(given, job.jobHash);
    }
}
