// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITaskPoolCore} from "./ITaskPoolCore.sol";
import {ITaskPoolReads} from "./ITaskPoolReads.sol";

/// @title Escrowed work that always ends, on time, with everybody paid what is due
/// @notice Requesters post jobs with an escrowed reward; a worker claims one, submits a result and is paid when the
/// job's verifier accepts it. Time ends what people leave undone, and anyone may call it. Source: seed 004; what the
/// seed leaves open is decided in docs/specification.md.
///
/// Words. A *job* is what the seed calls a task; its id is `taskId`. A *claim* is an exclusive right to deliver a job
/// until its deadline; a *bond* is what a worker loses when it claims and does not deliver. A job's *terms* are those in
/// force when it was posted. *Credit* is what the pool owes an account and pays on demand.
///
/// Time. An act is legal while `block.timestamp <= deadline`, its expiry from `block.timestamp > deadline`.
///
/// Assumptions.
/// - Token: what it says it moves, it moves; fees on transfer and refused transfers are noticed, a balance that shrinks
///   by itself is not. A token that blocks an account leaves that account its credit, for another receiver.
/// - Verifier: trusted by whoever posts or claims under its terms to judge rightly; not trusted to answer, to be there,
///   or to spare gas.
/// - Chain: timestamps do not go backwards; a block comes every `BLOCK_SECONDS` or later; transient storage exists.
/// - Owner: may stop posting, change the terms of jobs to come, and take what nothing is owed for. No more.
interface ITaskPool is ITaskPoolCore, ITaskPoolReads {}
