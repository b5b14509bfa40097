// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DataMode} from "../types/DataMode.sol";
import {PoolConfig} from "../types/PoolConfig.sol";

/// @title What stands behind the code of a pool's clone
/// @notice Reading it costs 100 gas, a storage slot 2,100.
library PoolArguments {
    /// @dev Bytes of the clone's code before the arguments, see Solady's `LibClone`.
    uint256 private constant CODE_LENGTH = 45;
    /// @dev owner 20, asset 20, router 20, bucket seconds 4, most claims 1, data mode 1, open posting 1.
    uint256 internal constant LENGTH = 67;

    /// @notice The arguments for Solady's `LibClone.clone`.
    function encode(PoolConfig memory config) internal pure returns (bytes memory) {
        return abi.encodePacked(
            config.owner,
            config.asset,
            config.router,
            config.bucketSeconds,
            config.maxClaims,
            uint8(config.dataMode),
            config.openPosting
        );
    }

    /// @notice The configuration of the clone that runs.
    function read() internal view returns (PoolConfig memory config) {
        (uint256 owner, uint256 asset, uint256 router, uint256 rest) = (0, 0, 0, 0);
        assembly ("memory-safe") {
            // Behind the free memory: 60 bytes of addresses, then 7 bytes at the upper end of a word.
            let start := mload(0x40)
            extcodecopy(address(), start, CODE_LENGTH, LENGTH)
            owner := shr(96, mload(start))
            asset := shr(96, mload(add(start, 20)))
            router := shr(96, mload(add(start, 40)))
            rest := shr(200, mload(add(start, 60)))
        }
        // forge-lint: disable-start(unsafe-typecast)
        config.owner = address(uint160(owner));
        config.asset = address(uint160(asset));
        config.router = address(uint160(router));
        config.bucketSeconds = uint32(rest >> 24);
        config.maxClaims = uint8(rest >> 16);
        config.dataMode = DataMode(uint8(rest >> 8));
        config.openPosting = uint8(rest) != 0;
        // forge-lint: disable-end(unsafe-typecast)
    }
}
