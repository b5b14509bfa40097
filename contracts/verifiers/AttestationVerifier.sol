// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IAttestationVerifier} from "../interfaces/IAttestationVerifier.sol";
import {JobContext} from "../types/JobContext.sol";

/// @title AttestationVerifier
/// @dev See `IAttestationVerifier` for what it promises.
contract AttestationVerifier is IAttestationVerifier, EIP712 {
    /// @dev At some 6,000 gas each, all of them fit the gas that a pool gives a verifier.
    uint256 private constant MAX_SIGNERS = 32;
    uint256 private constant SIGNATURE_LENGTH = 65;
    bytes32 private constant ATTESTATION_TYPE_HASH = keccak256(
        "Attestation(address pool,uint256 taskId,address worker,bytes32 jobHash,bytes32 resultHash,"
        "uint256 publicInput,uint256 publicResult)"
    );

    /// @inheritdoc IAttestationVerifier
    uint256 public immutable THRESHOLD;
    /// @inheritdoc IAttestationVerifier
    mapping(address account => bool known) public isSigner;
    address[] private _signers;

    constructor(address[] memory signers_, uint256 threshold) EIP712("Taskwork Attestation", "1") {
        uint256 count = signers_.length;
        if (count == 0 || count > MAX_SIGNERS) revert AttestationVerifier_SignersOutOfRange(count, MAX_SIGNERS);
        if (threshold == 0 || threshold > count) revert AttestationVerifier_ThresholdOutOfRange(threshold, count);
        address previous = address(0);
        for (uint256 i = 0; i < count; ++i) {
            address signer = signers_[i];
            if (signer <= previous) revert AttestationVerifier_SignersNotRising(previous, signer);
            isSigner[signer] = true;
            previous = signer;
        }
        THRESHOLD = threshold;
        _signers = signers_;
    }

    /// @inheritdoc IAttestationVerifier
    function verify(JobContext calldata job, bytes calldata proof, uint256 publicInput, uint256 publicResult)
        external
        view
        returns (bool)
    {
        uint256 required = THRESHOLD * SIGNATURE_LENGTH;
        if (proof.length != required) revert AttestationVerifier_ProofLength(proof.length, required);
        bytes32 statement = statementOf(job, publicInput, publicResult);
        address previous = address(0);
        for (uint256 i = 0; i < THRESHOLD; ++i) {
            bytes calldata signature = proof[i * SIGNATURE_LENGTH:(i + 1) * SIGNATURE_LENGTH];
            (address recovered, ECDSA.RecoverError fault,) = ECDSA.tryRecoverCalldata(statement, signature);
            if (fault != ECDSA.RecoverError.NoError) revert AttestationVerifier_MalformedSignature(i);
            if (!isSigner[recovered]) revert AttestationVerifier_NotASigner(i, recovered);
            if (recovered <= previous) revert AttestationVerifier_SignaturesNotRising(previous, recovered);
            previous = recovered;
        }
        return true;
    }

    /// @inheritdoc IAttestationVerifier
    function signers() external view returns (address[] memory) {
        return _signers;
    }

    /// @inheritdoc IAttestationVerifier
    function statementOf(JobContext calldata job, uint256 publicInput, uint256 publicResult)
        public
        view
        returns (bytes32)
    {
        if (job.chainId != block.chainid) revert AttestationVerifier_WrongChain(job.chainId, block.chainid);
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    ATTESTATION_TYPE_HASH,
                    job.pool,
                    job.taskId,
                    job.worker,
                    job.jobHash,
                    job.resultHash,
                    publicInput,
                    publicResult
                )
            )
        );
    }
}
