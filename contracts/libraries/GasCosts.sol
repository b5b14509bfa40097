// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What the manager's own steps cost in gas
/// @notice Two kinds of figures: bounds, above what a step can ever cost, which guard the gas promises and size the
/// reserves; and charges, what a step that cannot be measured costs on average, calibrated by `benchmarks/`.
library GasCosts {
    /* BOUNDS */

    /// @dev From the end of the loop to the return: the payment (9,000 and `PAYMENT`) and, when it fails, a new word and
    /// an event for the credit; the fees' word and an event.
    uint256 internal constant EXIT = 80_000;
    /// @dev Gas for an executor that receives its reimbursement.
    uint256 internal constant PAYMENT = 30_000;
    /// @dev Reading who is next, and passing over it when it does not fit.
    uint256 internal constant PEEK = 30_000;
    /// @dev From there to the call: out of the bucket, nine words in the worst case; terms, state, the target's code.
    uint256 internal constant BEFORE_CALL = 75_000;
    /// @dev After the call: two events, account, state, the probes for room and four new words to be queued again.
    uint256 internal constant AFTER_CALL = 150_000;
    /// @dev After the call of `executeAndSchedule`: an event, the return data.
    uint256 internal constant AFTER_IMMEDIATE_CALL = 15_000;
    /// @dev Settling one run at the end of the batch.
    uint256 internal constant SETTLE = 12_000;
    /// @dev From the manager's call to the target's first instruction: the envoy's code, its call of a cold target that
    /// delegates to another cold one (EIP-7702).
    uint256 internal constant ENVOY = 7_000;
    /// @dev From settling on what becomes of a task to the end of its measure: two words, and the bitmap's.
    uint256 internal constant AFTER_PLACING = 10_000;
    /// @dev The most that is charged for deferring or expiring a task, the whole base included.
    uint256 internal constant SKIP = 190_000;
    /// @dev The most bookkeeping that a run is charged: what precedes and follows the call, and the whole base. Below
    /// the bounds' sum, which no one task can reach: what is new when a task is queued was not when it was taken out.
    uint256 internal constant OVERHEAD = 190_000;

    /* CHARGES */

    /// @dev Once a transaction: 21,000, its calldata, entry and exit.
    uint256 internal constant TRANSACTION = 37_600;
    /// @dev Settling one run: two events, a balance.
    uint256 internal constant SETTLE_CHARGE = 2_650;
    /// @dev One event more, when there is a protocol fee.
    uint256 internal constant FEE_CHARGE = 1_450;
    /// @dev A task hash in the calldata of `executeTasks`.
    uint256 internal constant HASH_CHARGE = 800;
    /// @dev A committed task in the calldata of `executeCommitted`, without the calldata of its own call: seven words.
    uint256 internal constant DEFINITION_CHARGE = 1_900;
    /// @dev What the EVM gives back for a word that became zero (EIP-3529).
    uint256 internal constant CLEARED = 4_800;

    /// @notice What a task with `gas` and `dataLength` bytes of calldata takes.
    /// @return call Gas to hand to its envoy so that the target gets all of `gas` (EIP-150).
    /// @return most The most that a run is charged, before the price.
    function ofTask(uint256 gas, uint256 dataLength) internal pure returns (uint256 call, uint256 most) {
        unchecked {
            // gas <= type(uint64).max, forData < 2^64
            uint256 data = forData(dataLength);
            call = gas + gas / 63 + ENVOY + data;
            most = call + 2 * data + OVERHEAD;
        }
    }

    /// @notice Gas that must be left when a call of an envoy starts.
    /// @param call See `ofTask`.
    function beforeCall(uint256 call) internal pure returns (uint256) {
        unchecked {
            // call < 2^66
            return call + call / 63 + 200;
        }
    }

    /// @notice What a transaction pays for `length` bytes of calldata (EIP-2028) that lie in memory from `data` on, zeros
    /// behind them up to a whole word included.
    function ofCalldata(uint256 data, uint256 length) internal pure returns (uint256 price) {
        assembly ("memory-safe") {
            let low := div(not(0), 255) // 0x01 in every byte
            let most := mul(low, 0x7f)
            let end := add(data, and(add(length, 0x1f), not(0x1f)))
            for {} lt(data, end) { data := add(data, 0x20) } {
                let word := mload(data)
                // The top bit of each byte: whether any bit of the byte is set. No byte carries into the next.
                let set := or(add(and(word, most), most), word)
                // Their sum, by a product whose first byte adds all up; at most 32.
                let count := shr(248, mul(and(shr(7, set), low), low))
                price := add(price, add(0x80, mul(12, count))) // 4 a byte, 12 more for each that is not zero
            }
        }
    }

    /// @notice The most that copying `length` bytes costs: three a word for the copy, three for new memory and its
    /// square's 512th, six for a hash.
    function forData(uint256 length) internal pure returns (uint256) {
        unchecked {
            // length is that of calldata or of code, < 2^32
            uint256 words = (length + 31) / 32 + 1;
            return words * 12 + words * words / 512;
        }
    }
}
