// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {Scripted} from "./Scripted.sol";
import {TokenMode} from "./TokenMode.sol";

/// @notice A token that misbehaves as a test tells it to.
contract TokenDouble is ERC20, Scripted {
    error TokenDouble_Refused(address from, address to);

    TokenMode public mode;
    mapping(address account => bool) public isBlocked;

    constructor() ERC20("Token", "TKN") {}

    function setMode(TokenMode mode_) external {
        mode = mode_;
    }

    /// @notice Refuses every transfer to or from an account.
    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    /// @notice Takes from an account, as a token does whose supply shrinks.
    function burn(address account, uint256 amount) external {
        _burn(account, amount);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (mode == TokenMode.ReturnsFalse) return false;
        super.transfer(to, amount);
        return _answer();
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (mode == TokenMode.ReturnsFalse) return false;
        super.transferFrom(from, to, amount);
        return _answer();
    }

    function _update(address from, address to, uint256 amount) internal override {
        bool moves = from != address(0) && to != address(0);
        if (isBlocked[from] || isBlocked[to] || (moves && mode == TokenMode.Reverts)) {
            revert TokenDouble_Refused(from, to);
        }
        if (moves && mode == TokenMode.BurnsGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (moves && mode == TokenMode.Plays) _play();
        if (moves && mode == TokenMode.CostsMore) _spend(200_000);
        super._update(from, to, amount);
        if (moves && mode == TokenMode.TakesFee) super._update(to, address(0), amount / 100);
    }

    function _spend(uint256 gas_) private view {
        uint256 before = gasleft();
        while (before - gasleft() < gas_) {}
    }

    function _answer() private view returns (bool) {
        if (mode == TokenMode.ReturnsNothing) {
            assembly ("memory-safe") {
                return(0, 0)
            }
        }
        return true;
    }
}
