// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IResultVerifier} from "../interfaces/IResultVerifier.sol";
import {JobContext} from "../types/JobContext.sol";
import {Submission} from "../types/Submission.sol";

/// @title Asking an `IResultVerifier` that may be hostile
library HookCall {
    /// @notice Whether `verifier` answers with exactly one word of value 1.
    /// @dev The caller has made sure that the gas is there (EIP-150).
    function isProven(address verifier, uint256 hookGas, JobContext memory job, Submission memory submission)
        internal
        view
        returns (bool proven)
    {
        bytes memory data = abi.encodeCall(
            IResultVerifier.verify, (job, submission.zkpProof, submission.zkpPublicInput, submission.zkpPublicResult)
        );
        assembly ("memory-safe") {
            // One word of the answer is copied, to the scratch space.
            proven := staticcall(hookGas, verifier, add(data, 0x20), mload(data), 0x00, 0x20)
            proven := and(proven, and(eq(returndatasize(), 0x20), eq(mload(0x00), 1)))
        }
    }
}
