// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {GasCosts} from "../libraries/GasCosts.sol";
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
    uint256 gasToKeep; // gas to leave to the caller, and what it takes at most to end the batch
    uint256 gasBefore; // gas left when the measure of the next entry began
    uint256 base; // gas of the transaction itself, shared by the entries
    uint256 entryGas; // gas that each entry costs the caller outside, such as its calldata
    uint256 executed;
    uint256 failed;
    uint256 entries;
    uint256 share; // gas that each entry is charged for the batch and for its settlement
    uint256 spent; // gas spent on all entries
    uint256 cleared; // words that became zero
    uint256 first; // memory address of the first entry; 0 means none
    uint256 last; // memory address of the latest entry
    Entry spare; // the next to be appended
    LoadedTask task; // the one being handled
}

/// @title Linking the entries of a `Batch`
/// @dev A list, since neither the number of entries nor a bound worth allocating is known at the start.
library BatchLibrary {
    /// @notice Adds the spare entry behind the others. `renew` must follow.
    function append(Batch memory self) internal pure {
        Entry memory spare = self.spare;
        (uint256 entry, uint256 last) = (0, self.last);
        assembly ("memory-safe") {
            entry := spare
            if last { mstore(last, entry)} // last.next
        }
        if (last == 0) self.first = entry;
        self.last = entry;
        unchecked {
            // each costs gas
            ++self.entries;
            self.gasToKeep += GasCosts.SETTLE;
        }
    }

    /// @notice Allocates another spare entry. Memory that the last one's task took may be released before.
    /// @dev Its words are not cleared, which saves 120 gas a task: whoever appends it writes them all.
    function renew(Batch memory self) internal pure {
        Entry memory fresh = self.spare;
        assembly ("memory-safe") {
            fresh := mload(0x40)
            mstore(0x40, add(fresh, 0xe0)) // seven words
        }
        self.spare = fresh;
    }
}
