// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IUpkeep} from "../interfaces/IUpkeep.sol";
import {CheckMode} from "./CheckMode.sol";
import {Scripted} from "./Scripted.sol";

/// @notice An upkeep, and a resolver, that is asked and called as a test tells it to.
contract UpkeepDouble is IUpkeep, Scripted {
    error UpkeepDouble_Refused(address caller, bytes performData);

    bool public ready;
    bool public refusing; // whether `performUpkeep` reverts, whatever the check answered
    CheckMode public mode;
    uint256 public performed;
    address public lastCaller;
    bytes public lastData;
    bytes private _answer;
    uint256 private _size;

    function set(bool ready_, bool refusing_) external {
        (ready, refusing) = (ready_, refusing_);
    }

    /// @param answer What the check ends with, followed by zeros up to `size` bytes; cut off there if it is longer.
    function setMode(CheckMode mode_, bytes calldata answer, uint256 size) external {
        (mode, _answer, _size) = (mode_, answer, size);
    }

    function checkUpkeep(bytes calldata checkData) external returns (bool upkeepNeeded, bytes memory performData) {
        return _check(checkData);
    }

    function checker(bytes calldata payload) external returns (bool canExec, bytes memory execPayload) {
        return _check(payload);
    }

    function performUpkeep(bytes calldata performData) external {
        if (refusing) revert UpkeepDouble_Refused(msg.sender, performData);
        ready = false;
        performed += 1;
        (lastCaller, lastData) = (msg.sender, performData);
        _play();
    }

    function _check(bytes calldata data) private returns (bool, bytes memory) {
        CheckMode chosen = mode;
        if (chosen == CheckMode.Plays) _play();
        if (chosen == CheckMode.Answers || chosen == CheckMode.Plays) return (ready, data);
        bytes memory answer = _answer;
        uint256 size = _size;
        assembly ("memory-safe") {
            // Nothing follows: memory behind the answer is zero, and is paid for here.
            if eq(chosen, 1) { return(add(answer, 0x20), size) }
            if eq(chosen, 2) { revert(add(answer, 0x20), size) }
            invalid()
        }
    }
}
