// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Calls a contract with an exact amount of gas, tells how much of it was left, then asks some questions.
/// @dev Made for `eth_call`: one request runs the call on the state as it is and leaves no trace.
contract GasHarness {
    struct Question {
        address target;
        bytes data;
    }

    struct Answer {
        bool success;
        uint256 gasLeft; // of the gas given
        bytes returnData;
        bytes[] answers;
    }

    bool public greedy;

    function run(address target, uint256 gasGiven, bytes memory data, Question[] calldata questions)
        external
        payable
        returns (Answer memory answer)
    {
        uint256 overhead = _overhead(data);
        uint256 spent;
        (answer.success, spent) = _measured(target, gasGiven, data);
        answer.returnData = _returnData();
        uint256 used = spent > overhead ? spent - overhead : 0;
        answer.gasLeft = used < gasGiven ? gasGiven - used : 0;
        answer.answers = new bytes[](questions.length);
        for (uint256 i; i < questions.length; ++i) {
            (bool success, bytes memory given) = questions[i].target.staticcall(questions[i].data);
            answer.answers[i] = success ? given : bytes("");
        }
    }

    /// @dev Takes ether, or burns all the gas that came with it.
    receive() external payable {
        if (greedy) {
            assembly ("memory-safe") {
                invalid()
            }
        }
    }

    function setGreedy(bool greedy_) external {
        greedy = greedy_;
    }

    /// @dev What the measurement itself costs: the same call to an account without code.
    function _overhead(bytes memory data) private returns (uint256 spent) {
        (, spent) = _measured(address(0xdead), 0, data);
    }

    function _measured(address target, uint256 gasGiven, bytes memory data)
        private
        returns (bool success, uint256 spent)
    {
        assembly ("memory-safe") {
            // Touching the account makes its first access as cheap as the later ones.
            pop(balance(target))
            let before := gas()
            success := call(gasGiven, target, 0, add(data, 0x20), mload(data), 0, 0)
            spent := sub(before, gas())
        }
    }

    function _returnData() private pure returns (bytes memory data) {
        assembly ("memory-safe") {
            data := mload(0x40)
            mstore(data, returndatasize())
            returndatacopy(add(data, 0x20), 0, returndatasize())
            mstore(0x40, and(add(add(data, 0x3f), returndatasize()), not(0x1f)))
        }
    }
}
