// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IResultVerifier} from "../interfaces/IResultVerifier.sol";
import {JobContext} from "../types/JobContext.sol";

/// @notice A verifier that accepts exactly the question that a test expects.
contract ContextCheck is IResultVerifier {
    bytes32 private _expected;

    function expect(JobContext calldata job, bytes calldata proof, uint256 publicInput, uint256 publicResult) external {
        _expected = _hash(job, proof, publicInput, publicResult);
    }

    function verify(JobContext calldata job, bytes calldata proof, uint256 publicInput, uint256 publicResult)
        external
        view
        returns (bool)
    {
        return _hash(job, proof, publicInput, publicResult) == _expected;
    }

    function _hash(JobContext calldata job, bytes calldata proof, uint256 publicInput, uint256 publicResult)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(job, proof, publicInput, publicResult));
    }
}
