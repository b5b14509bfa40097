// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A target that counts the calls that came with less gas than its owner was promised.
/// @dev Any calldata will do; its first word is the gas that `lastGas` must at least show.
contract GasWitness {
    // Slot 0: 10 + 10 + 12 = 32 bytes
    uint80 public calls;
    uint80 public shortfalls;
    uint96 public lastGas;

    fallback() external {
        uint256 gasAtEntry = gasleft();
        uint256 promised = abi.decode(msg.data, (uint256));
        if (gasAtEntry < promised) shortfalls += 1;
        calls += 1;
        // forge-lint: disable-next-line(unsafe-typecast) gas fits by far
        lastGas = uint96(gasAtEntry);
    }
}
