// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Who is told what becomes of a pool
interface IPoolListener {
    /// @notice The caller, a pool, was activated or deactivated.
    function poolStatusChanged(bool active) external;
}
