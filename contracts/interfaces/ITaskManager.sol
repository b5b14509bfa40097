// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITaskManagerCore} from "./ITaskManagerCore.sol";
import {ITaskManagerReads} from "./ITaskManagerReads.sol";

/// @title Calls scheduled by block, bonded by their owners, executed by anyone
/// @notice Owners schedule calls and prepay for them. Any account executes what is due and is reimbursed in the same
/// transaction. Nobody owns, pauses or upgrades the contract. Source: seed 002; what the seed leaves open is decided in
/// docs/specification.md.
///
/// Words. A task's *hash* is the upper 192 bits of `keccak256(abi.encode(chainid, manager, task))` followed by the
/// task's 64-bit sequential id; that of a *committed* task, of which only the hash is kept, is the whole digest with bit
/// 63 set. A task is *due* from its next block on. Its *reserve* is what its next run can cost at
/// most. Inactive means paused, starved, failing or crowded; ended means completed, cancelled or expired.
///
/// Assumptions.
/// - Chain: `block.number` grows by one a block; gas is priced by `block.basefee` alone (fees that a rollup charges for
///   data are not reimbursed); transient storage exists (Cancun).
/// - Target: anything. It may revert, burn its gas, re-enter or return any amount of data. It sees the owner's envoy as
///   `msg.sender`, and it must not take a call by the envoy as the owner's word unless the owner means it to.
/// - Executor: anything. It chooses the order of its transactions, the gas limit and the moment, not the price.
interface ITaskManager is ITaskManagerCore, ITaskManagerReads {}
