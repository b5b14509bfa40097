// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LibRLP} from "solady/utils/LibRLP.sol";
import {SSTORE2} from "solady/utils/SSTORE2.sol";

import {AccountLibrary} from "../types/Account.sol";
import {LoadedTask} from "../types/LoadedTask.sol";
import {Task} from "../types/Task.sol";
import {TaskId} from "../types/TaskId.sol";
import {GasCosts} from "./GasCosts.sol";
import {classOf} from "./Limits.sol";

/// @title Tasks kept as contract code
/// @notice What never changes of a task is the code of a contract without instructions: a stop byte, a header of 51
/// bytes (target 160 bits, owner 160, gas 20, nonce 28, previous id 40) and the calldata. Cheaper than storage words from two
/// words on, and its address follows from the id, so nothing points to it.
library TaskCode {
    uint256 internal constant HEADER_LENGTH = 51;
    uint256 private constant MAX_GAS = (1 << 20) - 1;

    uint256 private constant OWNER_AT = 88;
    uint256 private constant GAS_AT = 68;
    uint256 private constant NONCE_AT = 40;
    /// @dev The envoy factory and the reads, which the manager's constructor makes.
    uint256 private constant EARLIER_CREATIONS = 2;

    /// @dev In the hash of every committed task; no sequential id is as large.
    uint256 private constant COMMITTED = 1 << 63;

    /// @notice Reads a task that has neither id nor hash yet into `into` and newly allocated memory.
    function preview(Task calldata task, TaskId previous, LoadedTask memory into) internal pure {
        into.owner = task.from;
        into.target = task.target;
        into.gas = task.gas;
        into.nonce = task.nonce;
        into.previous = previous;
        bytes calldata data = task.data;
        into.dataLength = data.length;
        into.data = _allocate(data.length);
        uint256 to = into.data;
        assembly ("memory-safe") {
            calldatacopy(to, data.offset, data.length)
        }
        _derive(into);
    }

    /// @notice Gives a previewed task its id and hash, and writes it. It must be the manager's creation number
    /// `id + EARLIER_CREATIONS`.
    /// @dev The fields are validated to fit. The header is laid right before the calldata, over what was hashed.
    function write(LoadedTask memory task, TaskId id) internal {
        task.id = id;
        task.hash = _join(_digestAround(task.data, task.dataLength, task.owner, task.gas, task.target, task.nonce), id);
        uint256 older = (uint256(uint160(task.target)) << 96) | (uint256(uint160(task.owner)) >> 64);
        uint256 newer = (uint256(uint160(task.owner)) << OWNER_AT) | (task.gas << GAS_AT) | (task.nonce << NONCE_AT)
            | TaskId.unwrap(task.previous);
        (uint256 data, uint256 length) = (task.data, task.dataLength);
        bytes memory code;
        assembly ("memory-safe") {
            mstore(sub(data, 0x20), newer)
            mstore(sub(data, HEADER_LENGTH), older)
            code := sub(data, add(HEADER_LENGTH, 0x20))
            mstore(code, add(HEADER_LENGTH, length))
        }
        SSTORE2.write(code);
    }

    /// @notice Reads a committed task, whose hash is all that the manager keeps of it, into `into` and newly allocated
    /// memory. Nothing says yet that there is such a task.
    /// @dev The digest keeps all its bits but the one that marks it: nobody finds two definitions with one hash.
    function commit(Task calldata task, LoadedTask memory into) internal view {
        preview(task, TaskId.wrap(0), into);
        bytes32 digest = _digestAround(into.data, into.dataLength, into.owner, into.gas, into.target, into.nonce);
        into.hash = bytes32(uint256(digest) | COMMITTED);
        into.id = TaskId.wrap(uint256(into.hash));
    }

    /// @notice Whether a hash is of a committed task, if of any.
    function isCommitted(bytes32 taskHash) internal pure returns (bool) {
        return uint256(taskHash) & COMMITTED != 0;
    }

    /// @notice Reads task `id` into `into` and newly allocated memory.
    /// @return found False when there is no such task; `into` is then as it was.
    function load(TaskId id, LoadedTask memory into) internal view returns (bool found) {
        address holder = LibRLP.computeAddress(address(this), TaskId.unwrap(id) + EARLIER_CREATIONS);
        uint256 length = holder.code.length;
        if (length == 0) return false;
        unchecked {
            length -= 1 + HEADER_LENGTH; // `write` made it
        }

        (uint256 older, uint256 newer, uint256 data) = _read(holder, length);
        // forge-lint: disable-start(unsafe-typecast)
        address target = address(uint160(older >> 96));
        address owner = address(uint160(newer >> OWNER_AT));
        // forge-lint: disable-end(unsafe-typecast)
        uint256 gas_ = (newer >> GAS_AT) & MAX_GAS;
        uint256 nonce = (newer >> NONCE_AT) & AccountLibrary.MAX_NONCE;
        (into.id, into.target, into.owner, into.gas, into.nonce) = (id, target, owner, gas_, nonce);
        into.previous = TaskId.wrap(newer & type(uint40).max);
        (into.dataLength, into.data) = (length, data);
        into.hash = _join(_digestAround(data, length, owner, gas_, target, nonce), id);
        _derive(into);
        return true;
    }

    /// @notice A copy of a loaded task's calldata.
    function dataOf(LoadedTask memory task) internal pure returns (bytes memory copy) {
        (uint256 data, uint256 length) = (task.data, task.dataLength);
        assembly ("memory-safe") {
            copy := mload(0x40)
            mstore(0x40, add(copy, and(add(length, 0x3f), not(0x1f))))
            mstore(copy, length)
            mcopy(add(copy, 0x20), data, length)
        }
    }

    /// @notice The hash of `task` as task `id`.
    function hashOf(Task calldata task, TaskId id) internal view returns (bytes32) {
        return _join(keccak256(abi.encode(block.chainid, address(this), task)), id);
    }

    /// @notice The id in a hash; nothing says yet that there is such a task.
    function idOf(bytes32 taskHash) internal pure returns (TaskId) {
        return TaskId.wrap(uint256(taskHash) & type(uint64).max);
    }

    function _derive(LoadedTask memory into) private pure {
        into.class = classOf(into.gas);
        (into.callGas, into.mostGas) = GasCosts.ofTask(into.gas, into.dataLength);
    }

    function _join(bytes32 digest, TaskId id) private pure returns (bytes32) {
        return bytes32((uint256(digest) & ~uint256(type(uint64).max)) | TaskId.unwrap(id));
    }

    /// @dev Copies the code so that its header ends where the calldata begins, and takes the header from there.
    /// @return older The header's first 32 bytes: the target, and part of the owner.
    /// @return newer The header's last 32 bytes: owner, gas, nonce, previous id.
    /// @return data Where the calldata is.
    function _read(address holder, uint256 length) private view returns (uint256 older, uint256 newer, uint256 data) {
        data = _allocate(length);
        assembly ("memory-safe") {
            extcodecopy(holder, sub(data, HEADER_LENGTH), 1, add(length, HEADER_LENGTH))
            older := mload(sub(data, HEADER_LENGTH))
            newer := mload(sub(data, 0x20))
        }
    }

    /// @dev Allocates room for `length` bytes of calldata, with nine words before it, which are what `_digestAround` fills,
    /// and zeros behind it up to a whole word.
    function _allocate(uint256 length) private pure returns (uint256 data) {
        assembly ("memory-safe") {
            data := add(mload(0x40), 0x120)
            mstore(0x40, add(data, and(add(length, 0x3f), not(0x1f))))
            mstore(add(data, length), 0)
        }
    }

    /// @dev Lays `abi.encode(chainid, manager, task)` around the calldata, which stays where it is, and hashes it.
    function _digestAround(uint256 data, uint256 length, address owner, uint256 gas_, address target, uint256 nonce)
        private
        view
        returns (bytes32 digest)
    {
        assembly ("memory-safe") {
            let start := sub(data, 0x120)
            mstore(start, chainid())
            mstore(add(start, 0x20), address())
            mstore(add(start, 0x40), 0x60) // where the task begins
            mstore(add(start, 0x60), owner)
            mstore(add(start, 0x80), gas_)
            mstore(add(start, 0xa0), target)
            mstore(add(start, 0xc0), 0xa0) // where its data begins
            mstore(add(start, 0xe0), nonce)
            mstore(add(start, 0x100), length)
            digest := keccak256(start, add(0x120, and(add(length, 0x1f), not(0x1f))))
        }
    }
}
