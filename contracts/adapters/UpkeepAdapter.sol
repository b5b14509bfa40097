// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IUpkeep} from "../interfaces/IUpkeep.sol";
import {IUpkeepAdapter} from "../interfaces/IUpkeepAdapter.sol";
import {ReadyCall} from "../libraries/ReadyCall.sol";

/// @title UpkeepAdapter
contract UpkeepAdapter is IUpkeepAdapter {
    /// @inheritdoc IUpkeepAdapter
    function run(address upkeep, bytes calldata checkData) external returns (bool performed) {
        (bool needed, bytes memory performData) =
            ReadyCall.ask(upkeep, abi.encodeCall(IUpkeep.checkUpkeep, (checkData)));
        if (needed) ReadyCall.perform(upkeep, abi.encodeCall(IUpkeep.performUpkeep, (performData)));
        return needed;
    }
}
