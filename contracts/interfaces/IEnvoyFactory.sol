// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Where envoys come from
/// @notice An envoy is a contract of 77 bytes through which the manager calls the targets of one owner's tasks, so that
/// targets know whose task calls them. It obeys the manager alone, holds no state and takes no value.
interface IEnvoyFactory {
    /// @notice Creates the envoy of `owner`, unless it exists. Anyone may call: nothing depends on who did.
    function create(address owner) external returns (address envoy);

    /// @notice The address of `owner`'s envoy, whether it exists or not.
    function envoyOf(address owner) external view returns (address envoy);

    /// @notice The only account whose calls envoys obey: the creator of this factory.
    // forge-lint: disable-next-line(mixed-case-function)
    function MANAGER() external view returns (address);

    /// @notice Hash of the creation code of every envoy.
    // forge-lint: disable-next-line(mixed-case-function)
    function INIT_CODE_HASH() external view returns (bytes32);
}
