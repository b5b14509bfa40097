// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LibBit} from "solady/utils/LibBit.sol";

import {SizeClass} from "../types/SizeClass.sol";
import {BITMAP_SPAN} from "./Limits.sol";

/// @notice Which blocks have queued tasks: three levels of 256 bits for each size class.
/// @dev Level 0 has a bit for a block, level 1 for a word of level 0, level 2 for a word of level 1. Blocks are taken
/// modulo 2^24; all that are set at once lie within that span, so a bit stands for one block.
struct BlockBitmap {
    mapping(uint256 wordKey => BitmapWord word) words;
}

/// @notice A bit for each of 256 blocks, or words of the level below.
struct BitmapWord {
    uint256 bits;
}

using BlockBitmapLibrary for BlockBitmap global;

/// @title Setting, clearing and finding bits of a `BlockBitmap`
library BlockBitmapLibrary {
    uint256 private constant NOT_FOUND = 256;

    /// @notice Marks `blockNumber`.
    function set(BlockBitmap storage self, SizeClass class, uint256 blockNumber) internal {
        uint256 index = blockNumber % BITMAP_SPAN;
        for (uint256 level = 0; level < 3; ++level) {
            BitmapWord storage word = _wordAt(self, class, level, index >> 8);
            uint256 bits = word.bits;
            word.bits = bits | (1 << (index & 255));
            if (bits != 0) return;
            index >>= 8;
        }
    }

    /// @notice Unmarks `blockNumber`.
    function clear(BlockBitmap storage self, SizeClass class, uint256 blockNumber) internal {
        uint256 index = blockNumber % BITMAP_SPAN;
        for (uint256 level = 0; level < 3; ++level) {
            BitmapWord storage word = _wordAt(self, class, level, index >> 8);
            uint256 bits = word.bits & ~(1 << (index & 255));
            word.bits = bits;
            if (bits != 0) return;
            index >>= 8;
        }
    }

    /// @notice How many of the words that had to do with `blockNumber` are zero.
    function countEmpty(BlockBitmap storage self, SizeClass class, uint256 blockNumber)
        internal
        view
        returns (uint256 empty)
    {
        uint256 index = blockNumber % BITMAP_SPAN;
        for (; empty < 3 && _wordAt(self, class, empty, index >> 8).bits == 0; ++empty) {
            index >>= 8;
        }
    }

    /// @notice The first marked block at or after `from`, given that all marked ones are within the span from there.
    /// @dev Five words at most: up while a word has nothing further on, then down to the lowest bit.
    function findFrom(BlockBitmap storage self, SizeClass class, uint256 from)
        internal
        view
        returns (bool found, uint256 blockNumber)
    {
        uint256 start = from % BITMAP_SPAN;
        uint256 index = start;
        // Up: in the word of `start` its bit counts too; above it only later words, hence the bits after it.
        for (uint256 level = 0; level < 3; ++level) {
            uint256 bit = _lowest(_wordAt(self, class, level, index >> 8).bits, (index & 255) + (level == 0 ? 0 : 1));
            if (bit != NOT_FOUND) {
                return (true, from + _distance(start, _descend(self, class, level, (index & ~uint256(255)) | bit)));
            }
            index >>= 8;
        }
        // Around: whatever is left lies before `start` modulo the span.
        uint256 top = _lowest(_wordAt(self, class, 2, 0).bits, 0);
        if (top == NOT_FOUND) return (false, 0);
        return (true, from + _distance(start, _descend(self, class, 2, top)));
    }

    /// @dev Follows the lowest bits from bit `index` of `level` down to level 0.
    function _descend(BlockBitmap storage self, SizeClass class, uint256 level, uint256 index)
        private
        view
        returns (uint256)
    {
        while (level != 0) {
            --level;
            index = (index << 8) | LibBit.ffs(_wordAt(self, class, level, index).bits);
        }
        return index;
    }

    /// @dev The lowest bit of `bits` at or after `from`, or `NOT_FOUND`. A shift by 256 leaves nothing.
    function _lowest(uint256 bits, uint256 from) private pure returns (uint256) {
        return LibBit.ffs((bits >> from) << from);
    }

    function _distance(uint256 start, uint256 index) private pure returns (uint256) {
        unchecked {
            return (index + BITMAP_SPAN - start) % BITMAP_SPAN; // both < BITMAP_SPAN
        }
    }

    function _wordAt(BlockBitmap storage self, SizeClass class, uint256 level, uint256 word)
        private
        view
        returns (BitmapWord storage)
    {
        return self.words[(uint256(class) << 24) | (level << 16) | word];
    }
}
