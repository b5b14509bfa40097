// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a test token does when it is transferred.
enum TokenMode {
    Honest,
    ReturnsFalse, // moves nothing, and says so
    ReturnsNothing, // moves, and answers with no data, as some old tokens do
    TakesFee, // a hundredth of what is moved is burned
    Reverts, // as a paused token does
    Plays, // plays its script before it moves, as a token with hooks lets others do
    BurnsGas, // uses up all the gas it is given
    CostsMore // spends 200,000 gas more than it would
}
