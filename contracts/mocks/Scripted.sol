// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Plays a list of calls that a test wrote down before, and keeps what each of them answered.
abstract contract Scripted {
    struct ScriptedCall {
        address target;
        uint256 value;
        bytes data;
    }

    struct Outcome {
        bool success;
        bytes returnData;
    }

    ScriptedCall[] private _script;
    Outcome[] private _outcomes;

    function setScript(ScriptedCall[] calldata calls) external {
        delete _script;
        for (uint256 i; i < calls.length; ++i) {
            _script.push(calls[i]);
        }
    }

    function outcomes() external view returns (Outcome[] memory) {
        return _outcomes;
    }

    /// @dev Kept short, so that a script fits the gas of a task.
    function _play() internal {
        uint256 length = _script.length;
        for (uint256 i; i < length; ++i) {
            ScriptedCall memory call_ = _script[i];
            (bool success, bytes memory returnData) = call_.target.call{value: call_.value}(call_.data);
            Outcome storage outcome = _outcomes.push();
            outcome.success = success;
            outcome.returnData = returnData;
        }
    }
}
