// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What all adapters have in common
/// @notice An adapter is the target of a scheduled task. It asks a contract whether there is something to do, and if so
/// has it done, in one call: contracts that were made for other automation services run unmodified.
/// @dev Not ready is a success that returns false: it costs the owner little and does not count as a failure.
/// Everything else that does not work reverts, and so counts.
/// @dev The check is a static call with three quarters of the gas, so that one that burns it all can still be named. At
/// most 24,000 bytes of its answer are copied. The rest of the gas is for the call that follows; whatever that one
/// returns is not read, and at most the first 256 bytes of what it reverts with are passed on.
/// @dev Adapters hold no state, own nothing and are not locked: a call that comes back into one is a call like any
/// other.
/// @dev Warning: anyone may call an adapter, with any gas, and is then to its targets what an owner's task is. What an
/// adapter is admitted to, everyone is. Give an adapter no rights, allowances, bond or money.
/// @dev Warning: a check can say what it likes, and cost what it likes within the task's gas. The owner pays for every
/// run, also for one that finds nothing to do.
interface IAdapter {
    /// @notice There is no contract at the address that was to be asked or called.
    error Adapter_NoCode(address target);

    /// @notice The check reverted, ran out of gas or tried to change something. `reason` is the first 128 bytes of what
    /// it reverted with: as much as the manager's events have room for.
    error Adapter_CheckFailed(address source, bytes reason);

    /// @notice The check's answer, of `size` bytes, is not a bool and bytes as the ABI has them.
    error Adapter_MalformedAnswer(address source, uint256 size);

    /// @notice The check's answer asks for a call with more data than is copied.
    error Adapter_PayloadTooLong(address source, uint256 length, uint256 max);
}
