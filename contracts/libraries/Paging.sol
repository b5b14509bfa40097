// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Pages of lists
library Paging {
    /// @notice Where a page of at most `limit` entries begins and ends in a list of `length`; never beyond it.
    function bounds(uint256 length, uint256 offset, uint256 limit) internal pure returns (uint256 first, uint256 last) {
        first = offset < length ? offset : length;
        last = limit < length - first ? first + limit : length;
    }

    /// @notice A page of a list.
    function page(address[] storage list, uint256 offset, uint256 limit) internal view returns (address[] memory part) {
        (uint256 first, uint256 last) = bounds(list.length, offset, limit);
        part = new address[](last - first);
        for (uint256 i = first; i < last; ++i) {
            part[i - first] = list[i];
        }
    }
}
