// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITaskManagerCore} from "./interfaces/ITaskManagerCore.sol";
import {BoundedCall} from "./libraries/BoundedCall.sol";
import {MAX_PRICE} from "./libraries/Limits.sol";
import {TaskManagerBase} from "./TaskManagerBase.sol";
import {Account, AccountLibrary} from "./types/Account.sol";
import {TaskStateLibrary} from "./types/TaskState.sol";
import {Terms, TermsLibrary} from "./types/Terms.sol";

/// @title The part of a manager that is about money alone: bonds, credits, fees, and what owners offer
abstract contract TaskManagerBonds is TaskManagerBase, ITaskManagerCore {
    uint256 private constant MAX_FAILURE_LIMIT = TaskStateLibrary.MAX_STREAK;

    /// @inheritdoc ITaskManagerCore
    function depositBond(address account) external payable {
        _accounts[account] = _topUp(account);
    }

    /// @inheritdoc ITaskManagerCore
    function withdrawBond(uint256 amount) external {
        Account account = _accounts[msg.sender];
        uint256 free = account.free();
        if (amount > free) revert TaskManager_InsufficientBond(msg.sender, free, amount);

        _accounts[msg.sender] = account.debit(amount);
        emit BondWithdrawn(msg.sender, amount);
        _send(msg.sender, amount);
    }

    /// @inheritdoc ITaskManagerCore
    function withdrawCredit() external {
        uint256 amount = _credits[msg.sender];
        if (amount == 0) revert TaskManager_NoCredit(msg.sender);
        _credits[msg.sender] = 0;
        emit CreditWithdrawn(msg.sender, amount);
        _send(msg.sender, amount);
    }

    /// @inheritdoc ITaskManagerCore
    function withdrawFees() external {
        uint256 amount = _manager.feesOwed();
        if (amount == 0) revert TaskManager_NoCredit(FEE_RECIPIENT);
        _manager = _manager.withoutFees();
        emit FeesWithdrawn(FEE_RECIPIENT, amount);
        _send(FEE_RECIPIENT, amount);
    }

    /// @inheritdoc ITaskManagerCore
    function setPriceTerms(uint256 ceiling, uint256 tip, uint256 premiumCap, uint256 failureLimit) external {
        uint256 version = _termsInForce[msg.sender].version() + 1;
        if (version > TaskStateLibrary.MAX_TERMS) {
            revert TaskManager_CounterExhausted(version, TaskStateLibrary.MAX_TERMS);
        }
        Terms terms = TermsLibrary.pack(
            _within(ceiling, MAX_PRICE),
            _within(tip, MAX_PRICE),
            _within(premiumCap, MAX_PRICE),
            _within(failureLimit, MAX_FAILURE_LIMIT),
            version
        );
        _termsInForce[msg.sender] = terms;
        _termsAt[msg.sender][version] = terms;
        _accounts[msg.sender] = _accounts[msg.sender].withOwnTerms();
        emit PriceTermsChanged(msg.sender, terms.unpack());
    }

    /// @dev Adds the value sent to `owner`'s account, which the caller stores.
    function _topUp(address owner) internal returns (Account account) {
        account = _accounts[owner];
        if (msg.value == 0) return account;
        uint256 bond = account.bond() + msg.value;
        if (bond > AccountLibrary.MAX_BOND) revert TaskManager_BondTooLarge(owner, bond, AccountLibrary.MAX_BOND);
        emit BondDeposited(owner, msg.sender, msg.value);
        return account.credit(msg.value);
    }

    /// @dev For receivers that ask to be paid: they may use all the gas and re-enter, the books are closed.
    function _send(address receiver, uint256 amount) private {
        if (!BoundedCall.pay(receiver, amount, gasleft())) revert TaskManager_PaymentRefused(receiver, amount);
    }

    function _within(uint256 given, uint256 max) private pure returns (uint256) {
        if (given > max) revert TaskManager_TermOutOfRange(given, max);
        return given;
    }
}
