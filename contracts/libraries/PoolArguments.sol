// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DataMode} from "../types/DataMode.sol";
import {PoolConfig} from "../types/PoolConfig.sol";

/// @title What stands behind the code of a pool's clone
/// @notice Reading it costs 100 gas, a storage slot 2,100.
library PoolArguments {
    /// @dev Bytes of the clone's code before the arguments, see Solady's `LibClone`.
    uint256 private constant CODE_LENGTH = 45;

    uint256 private constant OWNER_END = CODE_LENGTH + 20;
    uint256 private constant ASSET_END = OWNER_END + 20;
    uint256 private constant ROUTER_END = ASSET_END + 20;
    uint256 private constant BUCKET_SECONDS_END = ROUTER_END + 4;
    uint256 private constant MAX_CLAIMS_END = BUCKET_SECONDS_END + 1;
    uint256 private constant DATA_MODE_END = MAX_CLAIMS_END + 1;
    uint256 private constant OPEN_POSTING_END = DATA_MODE_END + 1;

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
        config.owner = owner();
        config.asset = asset();
        config.router = router();
        config.bucketSeconds = uint32(bucketSeconds());
        config.maxClaims = uint8(maxClaims());
        config.dataMode = isLogged() ? DataMode.Logged : DataMode.Code;
        config.openPosting = isOpen();
    }

    function owner() internal view returns (address) {
        return address(uint160(_field(OWNER_END, 20)));
    }

    function asset() internal view returns (address) {
        return address(uint160(_field(ASSET_END, 20)));
    }

    function router() internal view returns (address) {
        return address(uint160(_field(ROUTER_END, 20)));
    }

    function bucketSeconds() internal view returns (uint256) {
        return _field(BUCKET_SECONDS_END, 4);
    }

    function maxClaims() internal view returns (uint256) {
        return _field(MAX_CLAIMS_END, 1);
    }

    function isLogged() internal view returns (bool) {
        return _field(DATA_MODE_END, 1) == uint256(DataMode.Logged);
    }

    function isOpen() internal view returns (bool) {
        return _field(OPEN_POSTING_END, 1) != 0;
    }

    /// @dev The `length` bytes of the code before `end`, as a number.
    function _field(uint256 end, uint256 length) private view returns (uint256 value) {
        assembly ("memory-safe") {
            // To the scratch space: 32 bytes, of which the last `length` count.
            extcodecopy(address(), 0, sub(end, 0x20), 0x20)
            value := and(mload(0), sub(shl(shl(3, length), 1), 1))
        }
    }
}
