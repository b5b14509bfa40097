// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Has nothing to harvest until someone pays in
/// @notice A target that fails for an honest reason, with a reason that callers can read.
contract Vault {
    /// @notice Wei that a harvest must bring.
    uint256 public immutable MINIMUM;

    /// @notice The yield was harvested.
    event YieldHarvested(address indexed caller, uint256 amount);

    /// @notice There is too little to harvest.
    error Vault_NothingToHarvest(uint256 balance, uint256 minimum);
    /// @notice The caller does not take the money.
    error Vault_PaymentFailed(address receiver, uint256 amount);

    constructor(uint256 minimum) payable {
        MINIMUM = minimum;
    }

    receive() external payable {}

    /// @notice Pays all yield to `receiver`, or reverts while it is below the minimum.
    function harvest(address receiver) external {
        uint256 amount = address(this).balance;
        if (amount < MINIMUM) revert Vault_NothingToHarvest(amount, MINIMUM);
        (bool sent,) = receiver.call{value: amount}("");
        if (!sent) revert Vault_PaymentFailed(receiver, amount);
        emit YieldHarvested(msg.sender, amount);
    }
}
