// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Terms} from "../types/Terms.sol";
import {GasCosts} from "./GasCosts.sol";
import {CAPACITY_KILOGAS} from "./Limits.sol";

/// @title What a run costs its owner
/// @notice Per gas: the base fee and the owner's tip, at most the owner's ceiling, and on top a premium. The executor's
/// own gas price is never read, so inflating it gains nothing.
library Pricing {
    uint256 internal constant BPS = 10_000;

    /// @dev The premium's scale: it starts at 4 parts of 32 and rises by one with every block late.
    uint256 private constant PREMIUM_PARTS = 32;
    uint256 private constant PREMIUM_FLOOR = 4;
    uint256 private constant PREMIUM_RISE = PREMIUM_PARTS - PREMIUM_FLOOR;
    uint256 private constant HALF_FULL = CAPACITY_KILOGAS / 2;
    /// @dev Steps of the crowd surcharge; each is two parts of the premium.
    uint256 private constant CROWD_STEPS = PREMIUM_RISE / 2;

    /// @notice Wei per gas without premium.
    function price(Terms terms) internal view returns (uint256) {
        unchecked {
            // tip <= type(uint64).max, and a base fee near 2^256 could not be paid by anyone
            uint256 wanted = block.basefee + terms.tip();
            return wanted < terms.ceiling() ? wanted : terms.ceiling();
        }
    }

    /// @notice Wei per gas on top: an eighth of the owner's cap, more with every block late and for a crowded block, up
    /// to the cap.
    /// @param blocksLate Blocks since the task was due.
    /// @param crowd See `crowdAt`.
    function premium(Terms terms, uint256 blocksLate, uint256 crowd) internal pure returns (uint256) {
        unchecked {
            // crowd < 2^4, blocksLate < 2^41, premiumCap < 2^64 and parts < 32 where they are multiplied
            uint256 parts = PREMIUM_FLOOR + blocksLate + 2 * crowd;
            return parts < PREMIUM_PARTS ? terms.premiumCap() * parts / PREMIUM_PARTS : terms.premiumCap();
        }
    }

    /// @notice Steps of surcharge, 0 to 14, for a task that is queued in a block that has admitted `kilogas` before it
    /// and is more than half full. Who comes later does not change them.
    function crowdAt(uint256 kilogas) internal pure returns (uint256) {
        unchecked {
            // kilogas < 2^16
            return kilogas > HALF_FULL ? (kilogas - HALF_FULL) * CROWD_STEPS / HALF_FULL : 0;
        }
    }

    /// @notice What is held for a task: one run and one deferral at the highest price, with the fee.
    /// @param mostGas What a run is charged at most: see `GasCosts.ofTask`.
    function reserve(uint256 mostGas, uint256 ceiling, uint256 premiumCap, uint256 feeBps)
        internal
        pure
        returns (uint256)
    {
        unchecked {
            // mostGas < 2^68 and prices < 2^64: the product < 2^134
            return withFee((mostGas + GasCosts.SKIP) * (ceiling + premiumCap), feeBps);
        }
    }

    /// @notice `charge` and the fee on it, which the owner pays on top.
    function withFee(uint256 charge, uint256 feeBps) internal pure returns (uint256) {
        unchecked {
            // charge < 2^134: gas below 2^68 at rates below 2^65; feeBps <= BPS
            return charge + charge * feeBps / BPS;
        }
    }
}
