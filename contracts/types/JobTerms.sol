// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a pool's owner sets for the jobs posted from then on. A job keeps the version it was posted under.
struct JobTerms {
    // Slot 0: 20 + 4 + 4 = 28 bytes
    address verifier; // judges submissions: an account that calls `verifyAndPay`, or an `IResultVerifier`
    uint32 hookGas; // gas that a hook gets, all of it, for one submission; 0 for an account
    uint32 disputeWindow; // seconds from a dispute on in which the verifier may decide it
    // Slot 1: 12 + 4 + 4 + 2 + 2 + 1 + 1 = 26 bytes
    uint96 claimBond; // base units locked from the worker's credit by a claim
    uint32 claimWindow; // seconds that a claim lasts, unless the job's deadline is before that
    uint32 verifyWindow; // seconds from a submission on in which the verifier account may judge it
    uint16 forfeitBps; // basis points of the bond that the requester gets when a result is rejected
    uint16 callerShareBps; // basis points of what is released by time that its caller earns
    uint8 maxAttempts; // rejections after which the reward is refunded; without effect where there is no bond
    bool isHook; // whether `verifier` is an `IResultVerifier`, asked inside the submission
}
