// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LibClone} from "solady/utils/LibClone.sol";

import {IPoolListener} from "./interfaces/IPoolListener.sol";
import {ITaskPool} from "./interfaces/ITaskPool.sol";
import {ITaskPoolFactory} from "./interfaces/ITaskPoolFactory.sol";
import {Paging} from "./libraries/Paging.sol";
import {PoolArguments} from "./libraries/PoolArguments.sol";
import {DataMode} from "./types/DataMode.sol";
import {JobTerms} from "./types/JobTerms.sol";
import {PoolConfig} from "./types/PoolConfig.sol";
import {PoolRecord} from "./types/PoolRecord.sol";
import {PoolSetup} from "./types/PoolSetup.sol";

/// @title TaskPoolFactory
/// @dev See `ITaskPoolFactory` for what it promises.
contract TaskPoolFactory is ITaskPoolFactory {
    using Paging for address[];

    uint256 private constant MAX_CATEGORY_LENGTH = 64;
    uint256 private constant MAX_METADATA_LENGTH = 1024;
    uint32 private constant DEFAULT_BUCKET_SECONDS = 10 minutes;
    uint8 private constant DEFAULT_MAX_CLAIMS = 1; // as in the seed
    uint16 private constant DEFAULT_CALLER_SHARE_BPS = 100;
    uint8 private constant DEFAULT_MAX_ATTEMPTS = 3;

    address private immutable IMPLEMENTATION;
    address private immutable MODEL_REGISTRY;
    address private immutable ROUTER;

    /* POOLS */

    /// @inheritdoc ITaskPoolFactory
    address[] public allPools;
    /// @inheritdoc ITaskPoolFactory
    address[] public activePools;
    mapping(string category => address[] pools) private _byCategory;
    mapping(address pool => PoolRecord) private _records;
    mapping(address creator => uint256 made) private _madeBy;

    constructor(address implementation_, address modelRegistry_, address router_) {
        if (implementation_.code.length == 0) revert TaskPoolFactory_NoImplementation(implementation_);
        IMPLEMENTATION = implementation_;
        MODEL_REGISTRY = modelRegistry_;
        ROUTER = router_;
    }

    /*//////////////////////////////////////////////////////////////
                                 POOLS
    //////////////////////////////////////////////////////////////*/

    /// @inheritdoc ITaskPoolFactory
    function createPool(string calldata category, string calldata metadata) external returns (address pool) {
        return _create(defaultConfig(msg.sender), _defaultSetup(category, metadata));
    }

    /// @inheritdoc ITaskPoolFactory
    function createPoolFor(address poolOwner, string calldata category, string calldata metadata)
        external
        returns (address pool)
    {
        return _create(defaultConfig(poolOwner), _defaultSetup(category, metadata));
    }

    /// @inheritdoc ITaskPoolFactory
    function createPoolToOrder(PoolConfig calldata config, PoolSetup calldata setup) external returns (address pool) {
        return _create(config, setup);
    }

    /// @inheritdoc IPoolListener
    function poolStatusChanged(bool active) external {
        PoolRecord memory record = _recordOf(msg.sender);
        if ((record.activeIndex != 0) == active) revert TaskPoolFactory_NoChange(msg.sender, active);
        if (active) {
            _records[msg.sender].activeIndex = _list(msg.sender);
            emit PoolReactivated(msg.sender);
        } else {
            _unlist(record.activeIndex);
            _records[msg.sender].activeIndex = 0;
            emit PoolDeactivated(msg.sender);
        }
    }

    function _create(PoolConfig memory config, PoolSetup memory setup) private returns (address pool) {
        // Check: its texts can be read back. The pool itself checks the rest.
        uint256 length = bytes(setup.category).length;
        if (length == 0 || length > MAX_CATEGORY_LENGTH) {
            revert TaskPoolFactory_CategoryLengthOutOfRange(length, MAX_CATEGORY_LENGTH);
        }
        length = bytes(setup.metadata).length;
        if (length > MAX_METADATA_LENGTH) revert TaskPoolFactory_MetadataTooLong(length, MAX_METADATA_LENGTH);

        // Effect: it is there, and in every list.
        bytes32 salt = _salt(msg.sender, _madeBy[msg.sender]++);
        pool = LibClone.cloneDeterministic(IMPLEMENTATION, PoolArguments.encode(config), salt);
        uint256 poolId = allPools.length;
        allPools.push(pool);
        _byCategory[setup.category].push(pool);
        // forge-lint: disable-next-line(unsafe-typecast) the time fits for ever
        _records[pool] = PoolRecord({createdAt: uint64(block.timestamp), activeIndex: _list(pool)});
        emit PoolCreated(pool, config.owner, poolId, setup.category);

        // Interaction: only with what was just made. Its code is known.
        ITaskPool(pool).initialize(setup);
    }

    /// @dev Puts a pool at the end of the active list; returns its place, from 1 on.
    function _list(address pool) private returns (uint64) {
        activePools.push(pool);
        // forge-lint: disable-next-line(unsafe-typecast) as many pools cannot be made
        return uint64(activePools.length);
    }

    /// @dev Takes a pool out of the active list; the last one takes its place.
    function _unlist(uint64 index) private {
        address last = activePools[activePools.length - 1];
        activePools[index - 1] = last;
        _records[last].activeIndex = index;
        activePools.pop();
    }

    function _salt(address creator, uint256 made) private pure returns (bytes32) {
        return keccak256(abi.encode(creator, made));
    }

    function _recordOf(address pool) private view returns (PoolRecord memory record) {
        record = _records[pool];
        if (record.createdAt == 0) revert TaskPoolFactory_NotAPool(pool);
    }

    /*//////////////////////////////////////////////////////////////
                                 LISTS
    //////////////////////////////////////////////////////////////*/

    /// @inheritdoc ITaskPoolFactory
    function getAllPools() external view returns (address[] memory pools) {
        return allPools;
    }

    /// @inheritdoc ITaskPoolFactory
    function getAllPools(uint256 offset, uint256 limit) external view returns (address[] memory pools) {
        return allPools.page(offset, limit);
    }

    /// @inheritdoc ITaskPoolFactory
    function activePoolIndex(address pool) external view returns (uint256 index) {
        return _records[pool].activeIndex;
    }

    /// @inheritdoc ITaskPoolFactory
    function getActivePools() external view returns (address[] memory pools) {
        return activePools;
    }

    /// @inheritdoc ITaskPoolFactory
    function getActivePools(uint256 offset, uint256 limit) external view returns (address[] memory pools) {
        return activePools.page(offset, limit);
    }

    /// @inheritdoc ITaskPoolFactory
    function poolsByCategory(string calldata category, uint256 index) external view returns (address pool) {
        return _byCategory[category][index];
    }

    /// @inheritdoc ITaskPoolFactory
    function getPoolsByCategory(string calldata category) external view returns (address[] memory pools) {
        return _byCategory[category];
    }

    /// @inheritdoc ITaskPoolFactory
    function getPoolsByCategory(string calldata category, uint256 offset, uint256 limit)
        external
        view
        returns (address[] memory pools)
    {
        return _byCategory[category].page(offset, limit);
    }

    /// @inheritdoc ITaskPoolFactory
    function getPoolCount() external view returns (uint256 total, uint256 active) {
        return (allPools.length, activePools.length);
    }

    /// @inheritdoc ITaskPoolFactory
    function getCategoryCount(string calldata category) external view returns (uint256 total) {
        return _byCategory[category].length;
    }

    /*//////////////////////////////////////////////////////////////
                                ONE POOL
    //////////////////////////////////////////////////////////////*/

    /// @inheritdoc ITaskPoolFactory
    function nextPoolOf(address creator, PoolConfig calldata config) external view returns (address pool) {
        bytes32 salt = _salt(creator, _madeBy[creator]);
        bytes memory arguments = PoolArguments.encode(config);
        return LibClone.predictDeterministicAddress(IMPLEMENTATION, arguments, salt, address(this));
    }

    /// @inheritdoc ITaskPoolFactory
    function isRegisteredPool(address account) external view returns (bool) {
        return _records[account].createdAt != 0;
    }

    /// @inheritdoc ITaskPoolFactory
    function poolCategory(address pool) external view returns (string memory category) {
        _recordOf(pool);
        return ITaskPool(pool).category();
    }

    /// @inheritdoc ITaskPoolFactory
    function poolInfo(address pool)
        public
        view
        returns (address owner, uint256 createdAt, bool isActive, string memory metadata)
    {
        PoolRecord memory record = _recordOf(pool);
        return (ITaskPool(pool).owner(), record.createdAt, record.activeIndex != 0, ITaskPool(pool).metadata());
    }

    /// @inheritdoc ITaskPoolFactory
    function getPoolInfo(address pool)
        external
        view
        returns (address owner, uint256 createdAt, bool isActive, string memory metadata, string memory category)
    {
        (owner, createdAt, isActive, metadata) = poolInfo(pool);
        category = ITaskPool(pool).category();
    }

    /// @inheritdoc ITaskPoolFactory
    function implementation() external view returns (address) {
        return IMPLEMENTATION;
    }

    /// @inheritdoc ITaskPoolFactory
    function modelRegistry() external view returns (address) {
        return MODEL_REGISTRY;
    }

    /// @inheritdoc ITaskPoolFactory
    function router() external view returns (address) {
        return ROUTER;
    }

    /// @inheritdoc ITaskPoolFactory
    function defaultConfig(address poolOwner) public view returns (PoolConfig memory) {
        return PoolConfig({
            owner: poolOwner,
            asset: address(0),
            router: ROUTER,
            bucketSeconds: DEFAULT_BUCKET_SECONDS,
            maxClaims: DEFAULT_MAX_CLAIMS,
            dataMode: DataMode.Code,
            openPosting: false
        });
    }

    /// @inheritdoc ITaskPoolFactory
    function defaultTerms() public pure returns (JobTerms memory) {
        return JobTerms({
            verifier: address(0),
            isHook: false,
            hookGas: 0,
            disputeWindow: 1 days,
            claimBond: 0,
            claimWindow: 1 hours,
            verifyWindow: 1 days,
            forfeitBps: 0,
            callerShareBps: DEFAULT_CALLER_SHARE_BPS,
            maxAttempts: DEFAULT_MAX_ATTEMPTS
        });
    }

    function _defaultSetup(string memory category, string memory metadata) private view returns (PoolSetup memory) {
        return PoolSetup({modelRegistry: MODEL_REGISTRY, category: category, metadata: metadata, terms: defaultTerms()});
    }
}
