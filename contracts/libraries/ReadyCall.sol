// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAdapter} from "../interfaces/IAdapter.sol";
import {BoundedCall} from "./BoundedCall.sol";
import {MAX_DATA_LENGTH} from "./Limits.sol";

/// @title Asking contracts that may be hostile whether there is something to do, and having it done
/// @notice `IAdapter` says what is bounded.
library ReadyCall {
    uint256 private constant MAX_REASON = 128;
    /// @dev A bool, an offset and a length.
    uint256 private constant MIN_ANSWER = 96;

    /// @notice What `source`, called with `data`, answers: whether there is something to do, and the payload for it.
    function ask(address source, bytes memory data) internal view returns (bool ready, bytes memory payload) {
        _requireCode(source);
        uint256 gas_ = gasleft() / 4 * 3;
        bool success;
        uint256 answer;
        uint256 offset;
        uint256 size;
        assembly ("memory-safe") {
            // The first two words of the answer are copied, to the scratch space.
            success := staticcall(gas_, source, add(data, 0x20), mload(data), 0x00, 0x40)
            answer := mload(0x00)
            offset := mload(0x20)
            size := returndatasize()
        }

        if (!success) revert IAdapter.Adapter_CheckFailed(source, _copy(0, size < MAX_REASON ? size : MAX_REASON));
        if (size < MIN_ANSWER || answer > 1) revert IAdapter.Adapter_MalformedAnswer(source, size);
        if (answer == 0) return (false, "");

        // Both comparisons come before the bytes are touched: copying beyond the answer's end would burn all gas.
        if (offset > size - 32) revert IAdapter.Adapter_MalformedAnswer(source, size);
        uint256 length = _word(offset);
        if (length > size - 32 - offset) revert IAdapter.Adapter_MalformedAnswer(source, size);
        if (length > MAX_DATA_LENGTH) revert IAdapter.Adapter_PayloadTooLong(source, length, MAX_DATA_LENGTH);
        return (true, _copy(offset + 32, length));
    }

    /// @notice Calls `target` with `data`, or reverts with what it reverted with.
    function perform(address target, bytes memory data) internal {
        _requireCode(target);
        bool success;
        assembly ("memory-safe") {
            success := call(gas(), target, 0, add(data, 0x20), mload(data), 0, 0)
        }
        if (success) return;

        bytes memory reason = BoundedCall.answer();
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }

    function _requireCode(address target) private view {
        if (target.code.length == 0) revert IAdapter.Adapter_NoCode(target);
    }

    /// @dev The word at `offset` of what the last call returned, which has it.
    function _word(uint256 offset) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            returndatacopy(0x00, offset, 0x20)
            word := mload(0x00)
        }
    }

    /// @dev `length` bytes from `offset` of what the last call returned, which has them.
    function _copy(uint256 offset, uint256 length) private pure returns (bytes memory copied) {
        assembly ("memory-safe") {
            copied := mload(0x40)
            mstore(0x40, add(copied, and(add(length, 0x3f), not(0x1f))))
            mstore(copied, length)
            returndatacopy(add(copied, 0x20), offset, length)
        }
    }
}
