// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A target that fails in every way that Solidity knows, and one that fails only while it is told to.
contract Reverter {
    error Reverter_Refused(address caller, uint256 given);

    bool public healthy;

    function setHealthy(bool healthy_) external {
        healthy = healthy_;
    }

    function withReason() external pure {
        // forge-lint: disable-next-line(custom-errors)
        revert("refused");
    }

    function withError(uint256 given) external view {
        revert Reverter_Refused(msg.sender, given);
    }

    function withNothing() external pure {
        assembly ("memory-safe") {
            revert(0, 0)
        }
    }

    function withPanic(uint256 divisor) external pure returns (uint256) {
        return 1 / divisor;
    }

    function unlessHealthy() external view returns (uint256) {
        if (!healthy) revert Reverter_Refused(msg.sender, 0);
        return 1;
    }
}
