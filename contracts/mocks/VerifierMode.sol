// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a test verifier answers.
enum VerifierMode {
    Proven,
    NotProven,
    Reverts,
    BurnsGas, // uses up all the gas it is given
    AnswersNothing,
    AnswersShort, // 31 bytes
    AnswersLong, // 200 kB that begin with true
    AnswersDirty, // a bool of 2
    RevertsLong // 200 kB
}
