// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Priority} from "./Priority.sol";

/// @notice How jobs are posted, where the seed's `addAITasks` leaves no choice.
struct PostOptions {
    address requester; // who may cancel and is refunded; zero for the caller
    Priority priority;
    uint256 termsVersion; // the terms that the caller expects to be in force; 0 for any
}
