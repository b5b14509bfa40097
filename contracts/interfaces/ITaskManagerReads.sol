// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PriceTerms} from "../types/PriceTerms.sol";
import {SizeClass} from "../types/SizeClass.sol";
import {Task} from "../types/Task.sol";
import {TaskDefinition} from "../types/TaskDefinition.sol";
import {TaskInfo} from "../types/TaskInfo.sol";
import {TaskStatus} from "../types/TaskStatus.sol";
import {ITaskManagerBase} from "./ITaskManagerBase.sol";

/// @title What a task manager can be asked
/// @dev Warning: ask the manager, which lends its storage to these functions; the contract that has their code knows
/// nothing.
interface ITaskManagerReads is ITaskManagerBase {
    /*//////////////////////////////////////////////////////////////
                                 TASKS
    //////////////////////////////////////////////////////////////*/

    /// @notice All tasks that `account` ever scheduled, in that order, but for committed ones: those are in the events.
    /// @dev Warning: grows without bound; contracts page with the overload below.
    function getAccountTasks(address account) external view returns (bytes32[] memory);

    /// @notice At most `limit` of `account`'s tasks, latest first, from `before` (exclusive; 0 for the latest) on. No
    /// committed ones.
    function getAccountTasks(address account, bytes32 before, uint256 limit) external view returns (bytes32[] memory);

    /// @notice A task's definition as it stands now, and its metrics. Reverts for an unknown hash, and for that of a
    /// committed task: see `getCommittedInfo`.
    function getTaskInfo(bytes32 taskHash) external view returns (TaskInfo memory);

    /// @notice What `getTaskInfo` answers, for a committed task. Reverts when it was never scheduled, or made its only run
    /// with success.
    function getCommittedInfo(Task calldata task) external view returns (TaskInfo memory);

    /// @notice What a committed task is called, whether it was scheduled or not: `keccak256(abi.encode(chainid, manager,
    /// task))` with bit 63 set.
    function committedHashOf(Task calldata task) external view returns (bytes32);

    /// @notice Where a task, stored or committed, is in its life; `None` for an unknown hash, and for that of
    /// a committed task whose only run has succeeded.
    function getTaskStatus(bytes32 taskHash) external view returns (TaskStatus);

    /// @notice The queued tasks that are due from a block in the range on, by block, class and order of arrival.
    /// @dev Warning: unbounded; contracts page with the overload below.
    function getTasksInRange(uint64 startBlock, uint64 endBlock) external view returns (bytes32[] memory);

    /// @notice At most `limit` of those tasks, after passing over the first `offset`.
    function getTasksInRange(uint64 startBlock, uint64 endBlock, uint256 offset, uint256 limit)
        external
        view
        returns (bytes32[] memory);

    /// @notice The earliest block in the range that has queued tasks; 0 if none has.
    function getNextExecutionBlockInRange(uint64 startBlock, uint64 endBlock) external view returns (uint64);

    /// @notice The nonce that `account`'s next task must carry.
    function getAccountNonce(address account) external view returns (uint64);

    /// @notice The next blocks of `taskHashes`; 0 for a task that is unknown, inactive, ended or, unless `account` is
    /// zero, not `account`'s. Whose a committed task is, nobody can tell by its hash.
    function getNextExecutionBlocks(address account, bytes32[] calldata taskHashes)
        external
        view
        returns (bytes32[] memory resultHashes, uint64[] memory nextBlocks);

    /// @notice All tasks of `account` and their next blocks (0 if inactive or ended).
    function getAccountTasksWithBlocks(address account)
        external
        view
        returns (bytes32[] memory resultHashes, uint64[] memory nextBlocks);

    /// @notice The next blocks of `taskHashes`, stored or committed (0 if unknown, inactive or ended).
    function getNextBlocksForTasks(bytes32[] calldata taskHashes)
        external
        view
        returns (bytes32[] memory resultHashes, uint64[] memory nextBlocks);

    /// @notice How full a block is in one size class.
    /// @return tasks Tasks queued there.
    /// @return admittedGas Gas admitted there, in whole thousands; at most 64,000,000.
    function blockLoad(uint64 blockNumber, SizeClass class) external view returns (uint256 tasks, uint256 admittedGas);

    /// @notice The current block, as ERC-6372 has it.
    function clock() external view returns (uint48);

    /// @notice `mode=blocknumber&from=default` (ERC-6372).
    // forge-lint: disable-next-line(mixed-case-function)
    function CLOCK_MODE() external view returns (string memory);

    /// @notice The content of one storage slot.
    function extsload(bytes32 slot) external view returns (bytes32);

    /*//////////////////////////////////////////////////////////////
                             BONDS AND PRICE
    //////////////////////////////////////////////////////////////*/

    /// @notice What `account` must have free for `taskDef` to be scheduled: one run and one deferral at the
    /// highest price.
    /// @dev Uses the premium cap that `taskDef.task.from` has in force.
    /// @param gasPrice Wei per gas, taken as the ceiling.
    function estimateRequiredBond(TaskDefinition calldata taskDef, uint256 gasPrice)
        external
        view
        returns (uint256 requiredBond);

    /// @notice An account's bond in wei, and how much of it is reserved for queued tasks.
    function bondOf(address account) external view returns (uint256 bond, uint256 reserved);

    /// @notice Wei that an executor can withdraw with `withdrawCredit`.
    function creditOf(address executor) external view returns (uint256);

    /// @notice Wei that `withdrawFees` would pay.
    function feesOwed() external view returns (uint256);

    /// @notice The price terms that `account` has in force.
    function priceTermsOf(address account) external view returns (PriceTerms memory terms);

    /// @notice The price terms frozen into a task; zeros once its only run has succeeded.
    function taskPriceTerms(bytes32 taskHash) external view returns (PriceTerms memory terms);

    /// @notice The price terms frozen into a committed task.
    function committedPriceTerms(Task calldata task) external view returns (PriceTerms memory terms);
}
