// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAdapter} from "./IAdapter.sol";

/// @title Runs contracts that were made for Chainlink Automation
/// @dev Warning: `performUpkeep` sees the adapter as its caller. An upkeep that admits only a forwarder must admit the
/// adapter, and with it everyone; what they can give `performUpkeep` is still only what `checkUpkeep` answers.
/// @dev Warning: an upkeep whose `checkUpkeep` wants to be simulated (`cannotExecute`: a transaction's origin of zero)
/// always fails here, and so does one whose `checkUpkeep` writes. These need a task that calls `performUpkeep` itself.
interface IUpkeepAdapter is IAdapter {
    /// @notice Asks `upkeep` with `checkData` whether upkeep is needed, and if so performs it with what it answered.
    /// @param upkeep An `IUpkeep`.
    /// @return performed False when none is needed.
    function run(address upkeep, bytes calldata checkData) external returns (bool performed);
}
