// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReceivingMode} from "./ReceivingMode.sol";
import {Scripted} from "./Scripted.sol";

/// @notice A scripted contract that takes ether as a test tells it to.
abstract contract ScriptedReceiver is Scripted {
    ReceivingMode public receivingMode;
    uint256 public gasOnReceiving; // gas left when ether last arrived, unless that call was undone

    receive() external payable {
        uint256 gasAtEntry = gasleft();
        ReceivingMode mode = receivingMode;
        if (mode == ReceivingMode.Play) {
            _play();
        } else if (mode == ReceivingMode.Burn) {
            assembly ("memory-safe") {
                invalid()
            }
        } else if (mode != ReceivingMode.Accept) {
            uint256 length = mode == ReceivingMode.Bomb ? 100_000 : 0;
            assembly ("memory-safe") {
                revert(mload(0x40), length)
            }
        }
        if (gasleft() > 30_000) gasOnReceiving = gasAtEntry;
    }

    function setReceivingMode(ReceivingMode mode) external {
        receivingMode = mode;
    }
}
