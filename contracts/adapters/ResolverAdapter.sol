// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IResolverAdapter} from "../interfaces/IResolverAdapter.sol";
import {ReadyCall} from "../libraries/ReadyCall.sol";

/// @title ResolverAdapter
contract ResolverAdapter is IResolverAdapter {
    /// @inheritdoc IResolverAdapter
    function run(address resolver, bytes calldata resolverData, address target) external returns (bool executed) {
        (bool canExec, bytes memory execPayload) = ReadyCall.ask(resolver, resolverData);
        if (canExec) ReadyCall.perform(target, execPayload);
        return canExec;
    }
}
