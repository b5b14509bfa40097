// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IResultVerifier} from "../interfaces/IResultVerifier.sol";
import {JobContext} from "../types/JobContext.sol";
import {VerifierMode} from "./VerifierMode.sol";

/// @notice A verifier that judges as a test tells it to.
contract VerifierDouble is IResultVerifier {
    error VerifierDouble_Refused(address pool);

    VerifierMode public mode;

    function setMode(VerifierMode mode_) external {
        mode = mode_;
    }

    function verify(JobContext calldata job, bytes calldata, uint256, uint256) external view returns (bool) {
        VerifierMode chosen = mode;
        if (chosen == VerifierMode.Reverts) revert VerifierDouble_Refused(job.pool);
        if (chosen == VerifierMode.BurnsGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (chosen == VerifierMode.AnswersNothing) _answer(0, 0);
        if (chosen == VerifierMode.AnswersShort) _answer(1, 31);
        if (chosen == VerifierMode.AnswersLong) _answer(1, 200_000);
        if (chosen == VerifierMode.AnswersDirty) _answer(2, 32);
        if (chosen == VerifierMode.RevertsLong) {
            assembly ("memory-safe") {
                revert(mload(0x40), 200000)
            }
        }
        return chosen == VerifierMode.Proven;
    }

    /// @dev Ends the call with `length` bytes, of which the first are `word`.
    function _answer(uint256 word, uint256 length) private pure {
        assembly ("memory-safe") {
            let start := mload(0x40)
            mstore(start, word)
            return(start, length)
        }
    }
}
