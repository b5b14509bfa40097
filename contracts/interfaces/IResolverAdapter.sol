// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAdapter} from "./IAdapter.sol";

/// @title Runs contracts that were made for Gelato, with their resolvers
/// @dev Warning: the resolver is the caller's choice, so anyone can have the adapter call any target with any data. A
/// target that admits the adapter admits everyone to everything.
interface IResolverAdapter is IAdapter {
    /// @notice Asks `resolver` whether it can be executed, and if so calls `target` with the payload that it answered.
    /// @param resolverData The call that asks, such as `checker()`; its answer is `(bool canExec, bytes execPayload)`.
    /// @param target What is called with `execPayload`, selector and all.
    /// @return executed False when it cannot be executed now; the payload, often a reason, is not read then.
    function run(address resolver, bytes calldata resolverData, address target) external returns (bool executed);
}
