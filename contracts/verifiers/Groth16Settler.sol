// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGroth16Settler} from "../interfaces/IGroth16Settler.sol";
import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";
import {ITaskPool} from "../interfaces/ITaskPool.sol";
import {JobData} from "../libraries/JobData.sol";
import {JobContext} from "../types/JobContext.sol";
import {JobInfo} from "../types/JobInfo.sol";
import {JobStatus} from "../types/JobStatus.sol";
import {CircuitKey} from "../types/ModelKeys.sol";
import {ProvenClaim} from "../types/ProvenClaim.sol";

/// @title Groth16Settler
/// @dev See `IGroth16Settler`.
contract Groth16Settler is IGroth16Settler {
    /// @inheritdoc IGroth16Settler
    IGroth16Verifier public immutable VERIFIER;

    constructor(IGroth16Verifier verifier) {
        VERIFIER = verifier;
    }

    /// @inheritdoc IGroth16Settler
    function settle(ITaskPool pool, CircuitKey calldata single, bytes32 batchHash, Proposal[] calldata proposals)
        external
        returns (uint256 settled)
    {
        // Check: they wait for a verdict, and are proven.
        (ProvenClaim[] memory claims, uint256[8][] memory proofs) = _waiting(pool, proposals);
        if (claims.length == 0) return 0;
        if (!_areProven(single, batchHash, claims, proofs)) claims = _proven(single, batchHash, claims, proofs);
        if (claims.length == 0) return 0;

        // Interaction: the pool pays.
        _accept(pool, claims);
        return claims.length;
    }

    /// @inheritdoc IGroth16Settler
    function settleEvaluated(
        ITaskPool pool,
        bytes32 singleHash,
        CircuitKey calldata batch,
        Proposal[] calldata proposals,
        uint256 committed,
        uint256[8] calldata proof
    ) external {
        // Check: all of them are proven. The pool checks that they wait for a verdict.
        ProvenClaim[] memory claims = new ProvenClaim[](proposals.length);
        for (uint256 i = 0; i < claims.length; ++i) {
            JobInfo memory job = pool.getJob(proposals[i].taskId);
            bytes32 given = _resultHashOf(proposals[i]);
            if (given != job.resultHash) {
                revert Groth16Settler_WrongResult(proposals[i].taskId, given, job.resultHash);
            }
            claims[i] = _claimOf(pool, proposals[i], job);
        }
        if (!VERIFIER.verifyEvaluated(singleHash, batch, claims, committed, proof)) revert Groth16Settler_NotProven();

        // Interaction: the pool pays.
        _accept(pool, claims);
    }

    /// @dev The proposals that the pool would take a verdict on now.
    function _waiting(ITaskPool pool, Proposal[] calldata proposals)
        private
        view
        returns (ProvenClaim[] memory claims, uint256[8][] memory proofs)
    {
        claims = new ProvenClaim[](proposals.length);
        proofs = new uint256[8][](proposals.length);
        uint256 count = 0;
        for (uint256 i = 0; i < proposals.length; ++i) {
            JobInfo memory job = pool.getJob(proposals[i].taskId);
            if (job.status != JobStatus.Submitted || block.timestamp > job.until) continue;
            if (_resultHashOf(proposals[i]) != job.resultHash) continue;
            claims[count] = _claimOf(pool, proposals[i], job);
            proofs[count] = proposals[i].proof;
            ++count;
        }
        _shorten(claims, proofs, count);
    }

    function _areProven(
        CircuitKey calldata single,
        bytes32 batchHash,
        ProvenClaim[] memory claims,
        uint256[8][] memory proofs
    ) private view returns (bool) {
        // One that is not even of the model must not stop the others. Too little gas must: it looks like success else.
        try VERIFIER.verifyBatch(single, batchHash, claims, proofs) returns (bool valid) {
            return valid;
        } catch (bytes memory reason) {
            // forge-lint: disable-next-line(unsafe-typecast)
            bytes4 selector = bytes4(reason);
            bool isUnproven = selector == IGroth16Verifier.Groth16Verifier_WrongJob.selector
                || selector == IGroth16Verifier.Groth16Verifier_SignalTooLarge.selector;
            if (!isUnproven) revert Groth16Settler_NotJudged(reason);
            return false;
        }
    }

    /// @dev The claims that are proven one by one. `claims` is used up.
    function _proven(
        CircuitKey calldata single,
        bytes32 batchHash,
        ProvenClaim[] memory claims,
        uint256[8][] memory proofs
    ) private view returns (ProvenClaim[] memory) {
        ProvenClaim[] memory one = new ProvenClaim[](1);
        uint256[8][] memory itsProof = new uint256[8][](1);
        uint256 count = 0;
        for (uint256 i = 0; i < claims.length; ++i) {
            (one[0], itsProof[0]) = (claims[i], proofs[i]);
            if (_areProven(single, batchHash, one, itsProof)) claims[count++] = claims[i];
        }
        _shorten(claims, proofs, count);
        return claims;
    }

    function _accept(ITaskPool pool, ProvenClaim[] memory claims) private {
        uint256[] memory taskIds = new uint256[](claims.length);
        bool[] memory isValid = new bool[](claims.length);
        for (uint256 i = 0; i < claims.length; ++i) {
            (taskIds[i], isValid[i]) = (claims[i].job.taskId, true);
        }
        pool.batchVerifyAndPay(taskIds, isValid);
    }

    function _resultHashOf(Proposal calldata proposal) private pure returns (bytes32) {
        return JobData.hashOfSignals(proposal.texts, proposal.publicInput, proposal.publicResult);
    }

    function _claimOf(ITaskPool pool, Proposal calldata proposal, JobInfo memory job)
        private
        view
        returns (ProvenClaim memory)
    {
        return ProvenClaim({
            job: JobContext({
                chainId: block.chainid,
                pool: address(pool),
                taskId: proposal.taskId,
                worker: job.worker,
                jobHash: job.jobHash,
                resultHash: job.resultHash
            }),
            requestId: proposal.requestId,
            publicInput: proposal.publicInput,
            publicResult: proposal.publicResult
        });
    }

    function _shorten(ProvenClaim[] memory claims, uint256[8][] memory proofs, uint256 count) private pure {
        assembly ("memory-safe") {
            // count is at most the length of each
            mstore(claims, count)
            mstore(proofs, count)
        }
    }
}
