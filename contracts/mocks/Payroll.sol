// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Pays employees a salary per run, out of its own balance
/// @notice What a user of `TaskManager` would write: the owner funds it and schedules `pay`, and only the owner's envoy
/// may call. It is no part of the core.
/// @dev Warning: pushes to every employee in one loop; one that refuses stops the run. Good enough for employees that
/// the owner chose.
contract Payroll {
    /// @notice The only caller: the envoy of the owner who schedules the runs.
    address public immutable ENVOY;
    /// @notice Wei that each employee gets per run.
    uint256 public immutable SALARY;

    address[] private _employees;

    /// @notice An employee was paid.
    event SalaryPaid(address indexed employee, uint256 amount);

    /// @notice The caller is not the owner's envoy.
    error Payroll_NotEnvoy(address caller, address envoy);
    /// @notice The employee does not take the money, or there is too little left.
    error Payroll_PaymentFailed(address employee, uint256 amount, uint256 balance);

    constructor(address envoy, address[] memory employees_, uint256 salary) payable {
        ENVOY = envoy;
        SALARY = salary;
        _employees = employees_;
    }

    modifier onlyEnvoy() {
        if (msg.sender != ENVOY) revert Payroll_NotEnvoy(msg.sender, ENVOY);
        _;
    }

    /// @notice Pays every employee one salary.
    function pay() external onlyEnvoy {
        uint256 count = _employees.length;
        for (uint256 i; i < count; ++i) {
            _send(_employees[i], SALARY);
        }
    }

    /// @notice Pays one account a bonus.
    function payBonus(address employee, uint256 amount) external onlyEnvoy {
        _send(employee, amount);
    }

    /// @notice Who is paid.
    function employees() external view returns (address[] memory) {
        return _employees;
    }

    function _send(address employee, uint256 amount) internal {
        (bool sent,) = employee.call{value: amount}("");
        if (!sent) revert Payroll_PaymentFailed(employee, amount, address(this).balance);
        emit SalaryPaid(employee, amount);
    }
}
