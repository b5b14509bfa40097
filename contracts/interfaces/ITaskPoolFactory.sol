// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobTerms} from "../types/JobTerms.sol";
import {PoolConfig} from "../types/PoolConfig.sol";
import {PoolSetup} from "../types/PoolSetup.sol";
import {IPoolListener} from "./IPoolListener.sol";

/// @title Where task pools come from
/// @notice Makes pools, all of the same code, and keeps lists of them: all, by category, and those that take jobs.
/// @dev The factory has no owner, and no power over a pool once it is made. What a transaction costs does not depend on
/// how many pools there are.
/// @dev Warning: anyone can make a pool, in any category, of any owner and as many as they like. That a pool is listed says
/// that its code is `implementation`, and nothing else. Who looks for work filters by what jobs pay, not by the lists.
/// @dev Warning: lists without bounds are for reading from outside; ask for pages where there are many pools.
interface ITaskPoolFactory is IPoolListener {
    /// @notice `pool` was made. `poolId` is its place in `allPools`.
    event PoolCreated(address indexed pool, address indexed owner, uint256 poolId, string category);

    /// @notice `pool` takes no more jobs, and left the active list.
    event PoolDeactivated(address indexed pool);

    /// @notice `pool` takes jobs again, and is back at the end of the active list.
    event PoolReactivated(address indexed pool);

    /// @notice There is no such implementation.
    error TaskPoolFactory_NoImplementation(address implementation);

    /// @notice This account is no pool that was made here.
    error TaskPoolFactory_NotAPool(address account);

    /// @notice The category is empty or too long.
    error TaskPoolFactory_CategoryLengthOutOfRange(uint256 length, uint256 max);

    /// @notice The metadata is too long.
    error TaskPoolFactory_MetadataTooLong(uint256 length, uint256 max);

    /// @notice The pool says to be what the list says already.
    error TaskPoolFactory_NoChange(address pool, bool active);

    /*//////////////////////////////////////////////////////////////
                                 POOLS
    //////////////////////////////////////////////////////////////*/

    /// @notice Makes a pool of native coin that the caller owns, with `defaultConfig` and `defaultTerms`.
    /// @dev The pool is initialised in the same transaction: nobody can come between. No job can be posted before its
    /// owner names a verifier.
    /// @param category What kind of work it is about, 1 to 64 bytes.
    /// @param metadata What else is to be known about it, at most 1,024 bytes; often a URI.
    function createPool(string calldata category, string calldata metadata) external returns (address pool);

    /// @notice Makes such a pool that `poolOwner` owns.
    /// @dev Warning: anyone may call; that a pool has an owner does not say that the owner wanted it.
    function createPoolFor(address poolOwner, string calldata category, string calldata metadata)
        external
        returns (address pool);

    /// @notice Makes a pool to order.
    /// @dev Warning: its router can claim for whoever calls it; workers look at `ITaskPool.config` before they lock bonds.
    function createPoolToOrder(PoolConfig calldata config, PoolSetup calldata setup) external returns (address pool);

    /// @notice The address of the next pool that `creator` makes with such a configuration.
    /// @dev It depends on the creator, on how many pools the creator has made, and on the configuration, so that nobody
    /// else can take it, nor put another pool there.
    function nextPoolOf(address creator, PoolConfig calldata config) external view returns (address pool);

    /// @inheritdoc IPoolListener
    /// @dev The pool enters or leaves the active list. Pools made here alone may call.
    function poolStatusChanged(bool active) external;

    /// @notice The configuration of a pool whose creator asked for nothing else.
    function defaultConfig(address poolOwner) external view returns (PoolConfig memory);

    /// @notice The terms of a pool whose creator asked for nothing else: an hour for a claim, a day for the verifier,
    /// no bonds, nobody named as verifier.
    function defaultTerms() external pure returns (JobTerms memory);

    /*//////////////////////////////////////////////////////////////
                                 LISTS
    //////////////////////////////////////////////////////////////*/

    /// @notice The pool with a number, in order of their making.
    function allPools(uint256 index) external view returns (address pool);

    /// @notice All pools, in order of their making.
    function getAllPools() external view returns (address[] memory pools);

    /// @notice At most `limit` of all pools, from number `offset` on.
    function getAllPools(uint256 offset, uint256 limit) external view returns (address[] memory pools);

    /// @notice A pool of the active list.
    function activePools(uint256 index) external view returns (address pool);

    /// @notice The place of a pool in the active list, from 1 on; 0 when it is not in it.
    function activePoolIndex(address pool) external view returns (uint256 index);

    /// @notice The pools that take jobs.
    /// @dev Warning: the order changes when a pool leaves: the last takes its place.
    function getActivePools() external view returns (address[] memory pools);

    /// @notice At most `limit` of the active pools, from place `offset` on.
    function getActivePools(uint256 offset, uint256 limit) external view returns (address[] memory pools);

    /// @notice A pool of a category, in order of their making.
    function poolsByCategory(string calldata category, uint256 index) external view returns (address pool);

    /// @notice The pools of a category, active or not, in order of their making.
    function getPoolsByCategory(string calldata category) external view returns (address[] memory pools);

    /// @notice At most `limit` of the pools of a category, from number `offset` on.
    function getPoolsByCategory(string calldata category, uint256 offset, uint256 limit)
        external
        view
        returns (address[] memory pools);

    /// @notice How many pools there are, and how many of them take jobs.
    function getPoolCount() external view returns (uint256 total, uint256 active);

    /// @notice How many pools a category has.
    function getCategoryCount(string calldata category) external view returns (uint256 total);

    /*//////////////////////////////////////////////////////////////
                                ONE POOL
    //////////////////////////////////////////////////////////////*/

    /// @notice Whether an account is a pool that was made here.
    function isRegisteredPool(address account) external view returns (bool);

    /// @notice A pool's category.
    function poolCategory(address pool) external view returns (string memory category);

    /// @notice Who owns a pool, when it was made, whether it takes jobs, and its metadata.
    function poolInfo(address pool)
        external
        view
        returns (address owner, uint256 createdAt, bool isActive, string memory metadata);

    /// @notice The same, with its category.
    function getPoolInfo(address pool)
        external
        view
        returns (address owner, uint256 createdAt, bool isActive, string memory metadata, string memory category);

    /// @notice The code of every pool.
    function implementation() external view returns (address);

    /// @notice The model registry that pools made by category and metadata start with.
    function modelRegistry() external view returns (address);

    /// @notice The router that pools made by category and metadata trust.
    function router() external view returns (address);
}
