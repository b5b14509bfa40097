// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICircuitVerifier} from "../interfaces/ICircuitVerifier.sol";

/// @notice The key of a circuit: what verifies its proofs, and how it was made.
struct CircuitKey {
    ICircuitVerifier verifier;
    bytes32 keyHash; // of the verification key; see `ICircuitVerifier.VK_HASH`
    bytes32 transcriptHash; // SHA-256 of the transcript of its set-up
}

/// @notice The keys of a model.
struct ModelKeys {
    CircuitKey single; // of one result
    CircuitKey batch; // of several results in one proof, bound by evaluation; zeros for none
}
