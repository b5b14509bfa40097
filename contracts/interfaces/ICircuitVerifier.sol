// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Verifies Groth16 proofs of one circuit
/// @notice For circuits with three public signals: result, commitment to what was given, binding to the job.
/// @dev Groth16: https://eprint.iacr.org/2016/260, on BN254 (EIP-196, EIP-197). About 100 bits of security.
/// @dev Warning: anybody can turn a valid proof into another valid proof of the same statement. Never take a proof's
/// bytes for its identity.
interface ICircuitVerifier {
    /// @notice Less gas is left than the precompiles need.
    error CircuitVerifier_InsufficientGas(uint256 left, uint256 required);
    /// @notice A batch is empty, or has not as many statements as proofs.
    error CircuitVerifier_LengthMismatch(uint256 proofs, uint256 signals);

    /// @notice Keccak-256 of the verification key: alpha, beta, gamma, delta, and a point for the constant and each
    /// signal, as the precompiles encode them.
    function VK_HASH() external view returns (bytes32);

    /// @notice Whether `proof` shows the statement that `signals` make.
    /// @dev False for what is no proof at all: points off their curves, numbers not below their fields' orders.
    /// Reverts only when there is too little gas.
    /// @param proof A (x, y), B (x imaginary, x real, y imaginary, y real), C (x, y).
    /// @param signals Each below the order of BN254's groups.
    function verify(uint256[8] calldata proof, uint256[3] calldata signals) external view returns (bool valid);

    /// @notice Whether each of `proofs` shows the statement in its place.
    /// @dev By a random linear combination: one bad proof fails the batch, and nothing says which. A batch passes
    /// falsely with a probability of 2^-128 for each try.
    function verifyBatch(uint256[8][] calldata proofs, uint256[3][] calldata signals) external view returns (bool valid);
}
