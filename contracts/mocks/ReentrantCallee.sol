// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Scripted} from "./Scripted.sol";

/// @notice A target that plays its script in every run, as a stranger to the task that calls it.
contract ReentrantCallee is Scripted {
    uint256 public runs;

    function run() external returns (uint256) {
        runs += 1;
        _play();
        return runs;
    }

    receive() external payable {}
}
