// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobContext} from "../types/JobContext.sol";

/// @title Judge of results, asked inside a submission
/// @notice One adapter for each proof system. Source: DESIGN section 4.
///
/// Assumptions.
/// - Pool: asks with a static call and the gas that the job's terms name, all of it; copies one word of the answer.
/// - Adapter: immutable, and the same answer for the same question. Whatever it does instead of answering with exactly
///   one word of value 1 (revert, run out of gas, return 0, 31 or 200,000 bytes, or a 2) means: not proven.
interface IResultVerifier {
    /// @notice Whether `proof` shows that `job.resultHash` commits to a right result of `job.jobHash`.
    /// @dev Warning: the caller can be anyone, and can claim any `job`. What the proof states must be bound to all of
    /// `job`, or it can be replayed on another chain, pool, job or answer, or for another worker.
    /// @dev An adapter that needs what a hash commits to takes it from `proof` and hashes it again.
    /// @param job What is asked about.
    /// @param proof The proof system's own encoding.
    /// @param publicInput First public signal, as submitted.
    /// @param publicResult Second public signal, as submitted.
    function verify(JobContext calldata job, bytes calldata proof, uint256 publicInput, uint256 publicResult)
        external
        view
        returns (bool);
}
