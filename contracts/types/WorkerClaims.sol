// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {JobId} from "./JobId.sol";

using WorkerClaimsLibrary for WorkerClaims global;

/// @notice The latest claims of a worker. One that has been delivered or released is dropped by the next claim: that is
/// one word less to write in a submission.
/// @dev Slot 0: 28 + 4 = 32 bytes, from the low end
///   uint224 ids    seven of 32 bits, the longest held first, zeros behind the last
///   uint32  total  claims ever made, modulo 2^32; keeps the word from being cleared and paid for again
type WorkerClaims is uint256;

/// @title Reading and changing `WorkerClaims`
library WorkerClaimsLibrary {
    uint256 internal constant MOST = 7;

    uint256 private constant TOTAL_AT = 224;
    uint256 private constant ID_BITS = 32;

    function idAt(WorkerClaims self, uint256 index) internal pure returns (JobId) {
        return JobId.wrap((WorkerClaims.unwrap(self) >> (index * ID_BITS)) & type(uint32).max);
    }

    /// @notice The same count, no ids.
    function empty(WorkerClaims self) internal pure returns (WorkerClaims) {
        return WorkerClaims.wrap((WorkerClaims.unwrap(self) >> TOTAL_AT) << TOTAL_AT);
    }

    /// @dev Only where no id is.
    function put(WorkerClaims self, uint256 index, JobId id) internal pure returns (WorkerClaims) {
        return WorkerClaims.wrap(WorkerClaims.unwrap(self) | (JobId.unwrap(id) << (index * ID_BITS)));
    }

    function count(WorkerClaims self) internal pure returns (WorkerClaims) {
        unchecked {
            return WorkerClaims.wrap(WorkerClaims.unwrap(self) + (1 << TOTAL_AT)); // wraps: see above
        }
    }
}
