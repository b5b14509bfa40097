// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LoadedTask} from "./LoadedTask.sol";

using BatchLibrary for Batch global;

/// @notice What an owner owes for one handled task.
struct Entry {
    uint256 next; // memory address of the entry after this one; 0 means none
    bytes32 taskHash;
    address owner;
    uint256 gas; // spent on the task
    uint256 most; // gas that may be charged
    uint256 rate; // wei per gas
    uint256 held; // wei debited from the owner until the batch's costs are known
}

/// @notice What one executing transaction has done so far. It lives in memory only.
struct Batch {
    uint256 gasReserve; // gas to leave to the caller
    uint256 gasBefore; // gas left when the measure of the next entry began
    uint256 base; // gas of the transaction itself, shared by the entries
    uint256 entryGas; // gas that each entry costs the caller outside, such as its calldata
    uint256 executed;
    uint256 failed;
    uint256 entries;
    uint256 spent; // gas spent on all entries
    uint256 cleared; // words that became zero
    bool charged; // whether this transaction has been charged for by an earlier batch
    Entry head; // no entry itself: the one before the first
    Entry last; // the latest entry, or the head
    Entry spare; // the next to be appended
    LoadedTask task; // the one being handled
}

/// @title Linking the entries of a `Batch`
/// @dev A list, since neither the number of entries nor a bound worth allocating is known at the start.
library BatchLibrary {
    /// @notice Adds the spare entry behind the others. `renew` must follow.
    function append(Batch memory self) internal pure {
        Entry memory entry = self.spare;
        Entry memory last = self.entries == 0 ? self.head : self.last;
        assembly ("memory-safe") {
            mstore(last, entry) // last.next
        }
        self.last = entry;
        unchecked {
            ++self.entries; // each costs gas
        }
    }

    /// @notice Allocates another spare entry. Memory that the last one's task took may be released before.
    function renew(Batch memory self) internal pure {
        Entry memory fresh;
        self.spare = fresh;
    }
}
