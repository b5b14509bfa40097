// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {ITaskPoolBase} from "../interfaces/ITaskPoolBase.sol";
import {BoundedCall} from "./BoundedCall.sol";
import {AFTER_CALL_GAS, PAYEE_GAS, TOKEN_GAS} from "./PoolLimits.sol";

/// @title Moving a pool's asset, native coin or token
/// @notice Whatever payees and tokens do, one word of their answer is read, and where a payment must not stop the pool
/// they get a stated amount of gas, all of it or the call reverts.
library AssetTransfer {
    using SafeERC20 for IERC20;

    /// @notice What the pool has.
    function available(address asset) internal view returns (uint256) {
        return asset == address(0) ? address(this).balance : IERC20(asset).balanceOf(address(this));
    }

    /// @notice Takes `amount` of a token from `payer`; exactly that must come.
    function pull(address token, address payer, uint256 amount) internal {
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(payer, address(this), amount);
        uint256 received = IERC20(token).balanceOf(address(this)) - before;
        if (received != amount) revert ITaskPoolBase.TaskPool_TransferMismatch(token, amount, received);
    }

    /// @notice Pays `amount` to `receiver`.
    /// @return paid False when the receiver or the token did not take it.
    function push(address asset, address receiver, uint256 amount) internal returns (bool paid) {
        if (asset == address(0)) {
            requireGas(PAYEE_GAS);
            return BoundedCall.pay(receiver, amount, PAYEE_GAS);
        }
        requireGas(TOKEN_GAS);
        return _callTransfer(asset, receiver, amount, TOKEN_GAS);
    }

    /// @notice Pays `amount` to `receiver`, or reverts.
    /// @dev A token gets all the gas there is: the caller, whose money it is, spends it. With less, a token whose
    /// transfers cost more than `TOKEN_GAS` could be put in and never be taken out.
    function send(address asset, address receiver, uint256 amount) internal {
        bool paid =
            asset == address(0) ? push(asset, receiver, amount) : _callTransfer(asset, receiver, amount, gasleft());
        if (!paid) revert ITaskPoolBase.TaskPool_PaymentRefused(receiver, amount);
    }

    /// @notice Reverts unless a call can be given `needed` gas and the pool still has enough to go on (EIP-150 keeps
    /// back a 64th).
    function requireGas(uint256 needed) internal view {
        uint256 required = needed + needed / 63 + AFTER_CALL_GAS;
        if (gasleft() < required) revert ITaskPoolBase.TaskPool_InsufficientGas(gasleft(), required);
    }

    /// @dev A token may answer true or nothing; anything else is a refusal.
    function _callTransfer(address token, address receiver, uint256 amount, uint256 gas_) private returns (bool done) {
        bytes memory data = abi.encodeCall(IERC20.transfer, (receiver, amount));
        assembly ("memory-safe") {
            done := call(gas_, token, 0, add(data, 0x20), mload(data), 0x00, 0x20)
            let isEmpty := and(iszero(returndatasize()), gt(extcodesize(token), 0))
            let isTrue := and(gt(returndatasize(), 0x1f), eq(mload(0x00), 1))
            done := and(done, or(isEmpty, isTrue))
        }
    }
}
