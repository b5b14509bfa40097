// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a test contract does when it is asked whether there is something to do.
enum CheckMode {
    Answers, // as it is: whether it is ready, and the data that it was asked with
    Returns, // the bytes that a test gave it
    Reverts, // with these bytes
    Burns, // uses up all its gas
    Plays // plays its script, then answers
}
