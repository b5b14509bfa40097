// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CircuitKey, ModelKeys} from "../types/ModelKeys.sol";
import {ProvenClaim} from "../types/ProvenClaim.sol";
import {IResultVerifier} from "./IResultVerifier.sol";

/// @title Judge of results that are proven in zero knowledge, by Groth16
/// @notice For any model whose keys its id names. Keeps nothing, belongs to nobody.
/// Source: DESIGN section 4; Groth16: https://eprint.iacr.org/2016/260.
///
/// Models. A model's id is the text `groth16:0x` and 64 lower-case digits, which hash the verifiers, the verification
/// keys and the transcripts of their set-ups. So an id can only ever mean these keys; another key is another id.
///
/// What a proof states. Its circuit's public signals are the result, a commitment to the input, and a binding that this
/// contract computes:
///     binding = keccak256(BINDING_DOMAIN, key hash, chain id, pool, job, worker, job hash, result hash) >> 8
/// The job's input, as text, is the commitment: 0x and 64 lower-case digits. What it commits to reaches the worker off
/// chain. So a proof is of no use on another chain, in another pool, for another job, worker, model, input or answer.
///
/// Assumptions.
/// - Key: whoever names a model has looked at its verifiers and at its set-up's transcript, and somebody in that set-up
///   forgot what it was made from. Warning: the latter is never so for the keys in circuits/, which are for
///   development; see docs/ceremony.md.
/// - Curve: BN254, about 100 bits of security.
/// - Submitter: proof bytes are no identity; anybody can make another proof of the same statement from one.
/// - Reader: what is proven is the public result. What the result's text says is the worker's word.
interface IGroth16Verifier is IResultVerifier {
    /// @notice The proof is not as long as it must be.
    error Groth16Verifier_ProofLength(uint256 length, uint256 expected);
    /// @notice Keys, request id and input commitment are not those of the job.
    error Groth16Verifier_WrongJob(bytes32 given, bytes32 expected);
    /// @notice A public signal is not below the order of the curve: the same statement in another form.
    error Groth16Verifier_SignalTooLarge(uint256 signal, uint256 max);
    /// @notice As many proofs as claims are needed; an evaluated proof is of a fixed number of claims.
    error Groth16Verifier_CountMismatch(uint256 claims, uint256 expected);

    /// @notice Whether each of `claims` has a valid proof of its own, under the model's single key.
    /// @dev By a random linear combination: one bad proof fails all, then ask `verify` of each.
    /// @param batchHash Keccak-256 of the model's batch key, which is part of its id.
    function verifyBatch(
        CircuitKey calldata single,
        bytes32 batchHash,
        ProvenClaim[] calldata claims,
        uint256[8][] calldata proofs
    ) external view returns (bool);

    /// @notice Whether `proof` shows all `claims`, under the model's batch key.
    /// @dev The claims are the coefficients of a polynomial, which the circuit and this contract evaluate at a point
    /// that follows from the claims and from the circuit's commitment to them. Two lists agree by chance with a
    /// probability of 2^-240.
    /// @param singleHash Keccak-256 of the model's single key, which is part of its id.
    /// @param committed First public signal of the proof: the commitment.
    function verifyEvaluated(
        bytes32 singleHash,
        CircuitKey calldata batch,
        ProvenClaim[] calldata claims,
        uint256 committed,
        uint256[8] calldata proof
    ) external view returns (bool);

    /// @notice The id of the model with these keys.
    function modelIdOf(ModelKeys calldata keys) external pure returns (string memory);
}
