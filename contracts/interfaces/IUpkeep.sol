// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title A contract made for Chainlink Automation
/// @notice Answers whether there is something to do, and does it.
interface IUpkeep {
    /// @notice Whether there is something to do, and what `performUpkeep` is to be given.
    /// @dev Not a view: Automation only simulates it. `UpkeepAdapter` calls it as if it were one.
    function checkUpkeep(bytes calldata checkData) external returns (bool upkeepNeeded, bytes memory performData);

    /// @notice Does it.
    function performUpkeep(bytes calldata performData) external;
}
