// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Remembers when it was last called
/// @notice Anyone may beat: it watches over nothing but itself.
contract Heartbeat {
    /// @notice Calls so far.
    uint64 public beats;
    /// @notice Block of the last call.
    uint64 public lastBlock;

    /// @notice It was called.
    event HeartBeaten(address indexed caller, uint64 beats);

    /// @notice Counts a beat.
    function beat() external returns (uint64) {
        lastBlock = uint64(block.number);
        emit HeartBeaten(msg.sender, ++beats);
        return beats;
    }
}
