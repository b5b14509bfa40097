// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Words as text
library HexText {
    uint256 private constant ONES = 0x0101010101010101010101010101010101010101010101010101010101010101;

    /// @notice The digits of `value`, lower case, as two words of text.
    /// @dev All digits of a half at once: a loop would take a turn for each.
    function digitsOf(uint256 value) internal pure returns (uint256 high, uint256 low) {
        return (_digits(value >> 128), _digits(value & type(uint128).max));
    }

    /// @dev The 32 digits of a number below 2^128.
    function _digits(uint256 x) private pure returns (uint256) {
        unchecked {
            // Halves are moved apart until each byte holds four bits.
            x = (x | (x << 64)) & 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;
            x = (x | (x << 32)) & 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
            x = (x | (x << 16)) & 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
            x = (x | (x << 8)) & 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
            x = (x | (x << 4)) & (ONES * 0x0f);
            // 6 more than a letter's value is 16 or more; "a" is 0x27 behind what follows "9". No byte overflows.
            uint256 isLetter = ((x + ONES * 6) >> 4) & ONES;
            return x + ONES * 0x30 + isLetter * 0x27;
        }
    }
}
