// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobContext} from "../types/JobContext.sol";
import {IResultVerifier} from "./IResultVerifier.sol";

/// @title Results attested by m of n known signers
/// @notice For results that independent workers can compute again: each signer does the job's work itself, and signs
/// the result if it came to the same. A result is proven when as many signers as the threshold agree on it.
/// @dev The signers and the threshold never change. Nobody owns the verifier.
/// @dev Assumption: fewer signers than the threshold are dishonest, or run by one party. Otherwise any result is proven.
/// @dev A signer is an account with a key (ECDSA over secp256k1); contract signatures (ERC-1271) are not taken: what they
/// say can change, and an attestation must not.
interface IAttestationVerifier is IResultVerifier {
    /// @notice No signers, or more than the verifier takes.
    error AttestationVerifier_SignersOutOfRange(uint256 signers, uint256 max);

    /// @notice A threshold of none, or of more than there are signers.
    error AttestationVerifier_ThresholdOutOfRange(uint256 threshold, uint256 signers);

    /// @notice Signers must be in rising order, each once, none zero.
    error AttestationVerifier_SignersNotRising(address previous, address signer);

    /// @notice The job is said to be on another chain.
    error AttestationVerifier_WrongChain(uint256 given, uint256 chainId);

    /// @notice The proof is not as many signatures of 65 bytes as the threshold.
    error AttestationVerifier_ProofLength(uint256 length, uint256 required);

    /// @notice A signature is not well-formed: its `v` is not 27 or 28, its `s` is in the upper half, or nobody made it.
    error AttestationVerifier_MalformedSignature(uint256 position);

    /// @notice Who signed this is no signer. Also what comes of a signature over any other statement.
    error AttestationVerifier_NotASigner(uint256 position, address recovered);

    /// @notice The signatures are not in rising order of their signers, or one is there twice.
    error AttestationVerifier_SignaturesNotRising(address previous, address recovered);

    /// @notice Whether the threshold of signers attest the result.
    /// @dev Never returns false: a proof that is refused reverts with the reason, which a pool takes for "not proven".
    /// @param proof The signatures of `statementOf(...)`, as r, s and v of 65 bytes each, one after the other, in rising
    /// order of the signers' addresses; exactly as many as the threshold. Each statement has one proof per set of signers.
    /// @inheritdoc IResultVerifier
    function verify(JobContext calldata job, bytes calldata proof, uint256 publicInput, uint256 publicResult)
        external
        view
        returns (bool);

    /// @notice What signers sign: the EIP-712 hash of
    /// `Attestation(address pool,uint256 taskId,address worker,bytes32 jobHash,bytes32 resultHash,uint256 publicInput,`
    /// `uint256 publicResult)` in the domain of this chain and this verifier.
    /// @dev Warning: an attestation does not expire. It says that the result is right for the job and the worker, which
    /// stays true.
    function statementOf(JobContext calldata job, uint256 publicInput, uint256 publicResult)
        external
        view
        returns (bytes32);

    /// @notice How many signers must attest a result.
    // forge-lint: disable-next-line(mixed-case-function)
    function THRESHOLD() external view returns (uint256);

    /// @notice The signers, in rising order.
    function signers() external view returns (address[] memory);

    /// @notice Whether an account is a signer.
    function isSigner(address account) external view returns (bool);
}
