// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

import {IEnvoyFactory} from "./interfaces/IEnvoyFactory.sol";

/// @title EnvoyFactory
/// @dev A contract of its own since creations by the manager number its tasks. The envoy's code, called with one word
/// (gas in the upper 96 bits, target in the lower 160) and the calldata for the target:
///
///   73 manager 33 18 60 49 57     jump to the end unless the caller is the manager
///   61 0100 5f                    the target's answer: at most 256 bytes, to memory 0
///   60 20 36 03 80 60 20 5f 37    copy the calldata behind the word to memory 0
///   5f 5f 5f 35 80 60 a0 1c f1    call the target: the word is its address, the upper bits the gas; no value
///   3d 61 0100 81 10 90           whether the answer is shorter than 256 bytes,
///   61 0100 18 02 61 0100 18      and from that the lesser of the two lengths
///   90 60 46 57 5f fd             revert with the answer if the call failed
///   5b 5f f3                      return the answer if not
///   5b 5f 5f fd                   revert with nothing
contract EnvoyFactory is IEnvoyFactory {
    bytes private constant BEFORE_MANAGER = hex"604d8060095f395ff373";
    bytes private constant AFTER_MANAGER = hex"3318604957" hex"6101005f" hex"602036038060205f37" hex"5f5f5f358060a01cf1"
        hex"3d610100811090" hex"610100180261010018" hex"906046575ffd" hex"5b5ff3" hex"5b5f5ffd";

    /// @inheritdoc IEnvoyFactory
    address public immutable MANAGER;
    /// @inheritdoc IEnvoyFactory
    bytes32 public immutable INIT_CODE_HASH;

    constructor() {
        MANAGER = msg.sender;
        INIT_CODE_HASH = keccak256(_initCode(msg.sender));
    }

    /// @inheritdoc IEnvoyFactory
    function create(address owner) external returns (address envoy) {
        envoy = envoyOf(owner);
        if (envoy.code.length == 0) Create2.deploy(0, _salt(owner), _initCode(MANAGER));
    }

    /// @inheritdoc IEnvoyFactory
    function envoyOf(address owner) public view returns (address envoy) {
        return Create2.computeAddress(_salt(owner), INIT_CODE_HASH);
    }

    function _salt(address owner) private pure returns (bytes32) {
        return bytes32(uint256(uint160(owner)));
    }

    function _initCode(address manager) private pure returns (bytes memory) {
        return abi.encodePacked(BEFORE_MANAGER, manager, AFTER_MANAGER);
    }
}
