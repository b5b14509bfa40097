// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The EIP-712 domain of a pool
/// @notice Computed anew each time: a clone cannot keep it in its code, and after a fork the chain is another.
library PoolDomain {
    string internal constant NAME = "Taskwork TaskPool";
    string internal constant VERSION = "1";

    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME_HASH = keccak256(bytes(NAME));
    bytes32 private constant VERSION_HASH = keccak256(bytes(VERSION));

    /// @notice What is signed.
    function digest(bytes32 structHash) internal view returns (bytes32) {
        bytes32 separator = keccak256(abi.encode(DOMAIN_TYPE, NAME_HASH, VERSION_HASH, block.chainid, address(this)));
        return keccak256(abi.encodePacked(hex"1901", separator, structHash));
    }
}
