// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CircuitKey} from "../types/ModelKeys.sol";
import {IGroth16Verifier} from "./IGroth16Verifier.sol";
import {ITaskPool} from "./ITaskPool.sol";

/// @title Verifier account that accepts whatever is proven, many results at a time
/// @notice Jobs whose terms name it as their verifier account are settled once somebody brings proofs: one proof for
/// each, judged together, or one for eight. It never rejects: what is not proven waits for a better proof, or for the
/// end of its verify window. Anyone may call; it keeps nothing and is paid nothing.
///
/// Assumptions.
/// - Pool: any. One that lies about its jobs gets lies about them, in its own books only.
/// - Caller: chooses what to bring; a bad proof costs the caller gas, and nobody else anything.
/// - Worker: submits the public signals that will be proven; no proof of others is taken.
interface IGroth16Settler {
    /// @notice A submitted result and what it is proven with.
    struct Proposal {
        uint256 taskId;
        uint256 requestId; // the job's, part of its hash
        bytes32 texts; // hash of both result texts' hashes; see `JobContext.resultHash`
        uint256 publicInput; // as submitted: commitment that the job's input names
        uint256 publicResult; // as submitted
        uint256[8] proof; // of this result alone; see `ICircuitVerifier.verify`
    }

    /// @notice Texts and public signals are not those that the worker submitted.
    error Groth16Settler_WrongResult(uint256 taskId, bytes32 given, bytes32 submitted);

    /// @notice An evaluated proof, which is judged as a whole, is not valid.
    error Groth16Settler_NotProven();

    /// @notice The proofs could not be judged, mostly for want of gas.
    /// @param reason What the verifier reverted with.
    error Groth16Settler_NotJudged(bytes reason);

    /// @notice Who judges the proofs.
    // forge-lint: disable-next-line(mixed-case-function)
    function VERIFIER() external view returns (IGroth16Verifier);

    /// @notice Settles all of `proposals` that are proven.
    /// @dev All together first; if that fails, one by one. Those whose job does not wait for a verdict, or
    /// whose result is not the one that was submitted, are passed over.
    /// @dev Warning: reverts when a job is named twice.
    /// @param batchHash Keccak-256 of the model's batch key, which is part of its id.
    /// @return settled How many were.
    function settle(ITaskPool pool, CircuitKey calldata single, bytes32 batchHash, Proposal[] calldata proposals)
        external
        returns (uint256 settled);

    /// @notice Settles eight results by one proof. Their own proofs are not looked at.
    /// @dev Reverts as a whole when the proof is not valid, or one of them is not what was submitted or does not wait
    /// for a verdict.
    /// @param singleHash Keccak-256 of the model's single key, which is part of its id.
    /// @param committed First public signal of the proof.
    function settleEvaluated(
        ITaskPool pool,
        bytes32 singleHash,
        CircuitKey calldata batch,
        Proposal[] calldata proposals,
        uint256 committed,
        uint256[8] calldata proof
    ) external;
}
