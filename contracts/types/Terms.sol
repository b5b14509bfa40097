// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PriceTerms} from "./PriceTerms.sol";

using TermsLibrary for Terms global;

/// @notice An owner's `PriceTerms` in one word.
/// @dev Slot 0: 8 + 8 + 8 + 1 + 3 = 28 bytes, from the low end
///   uint64 ceiling       wei per gas
///   uint64 tip           wei per gas
///   uint64 premiumCap    wei per gas
///   uint8  failureLimit  failures in a row; 0 means never
///   uint24 version       0 for the default terms
type Terms is uint256;

/// @title Making and reading `Terms`
library TermsLibrary {
    uint256 private constant TIP_AT = 64;
    uint256 private constant PREMIUM_CAP_AT = 128;
    uint256 private constant FAILURE_LIMIT_AT = 192;
    uint256 private constant VERSION_AT = 200;

    /// @dev All arguments fit their fields.
    function pack(uint256 ceiling_, uint256 tip_, uint256 premiumCap_, uint256 failureLimit_, uint256 version_)
        internal
        pure
        returns (Terms)
    {
        return Terms.wrap(
            ceiling_ | (tip_ << TIP_AT) | (premiumCap_ << PREMIUM_CAP_AT) | (failureLimit_ << FAILURE_LIMIT_AT)
                | (version_ << VERSION_AT)
        );
    }

    function unpack(Terms self) internal pure returns (PriceTerms memory) {
        // forge-lint: disable-start(unsafe-typecast)
        return PriceTerms({
            ceiling: uint64(ceiling(self)),
            tip: uint64(tip(self)),
            premiumCap: uint64(premiumCap(self)),
            failureLimit: uint8(failureLimit(self)),
            version: uint24(version(self))
        });
        // forge-lint: disable-end(unsafe-typecast)
    }

    function ceiling(Terms self) internal pure returns (uint256) {
        return Terms.unwrap(self) & type(uint64).max;
    }

    function tip(Terms self) internal pure returns (uint256) {
        return (Terms.unwrap(self) >> TIP_AT) & type(uint64).max;
    }

    function premiumCap(Terms self) internal pure returns (uint256) {
        return (Terms.unwrap(self) >> PREMIUM_CAP_AT) & type(uint64).max;
    }

    function failureLimit(Terms self) internal pure returns (uint256) {
        return (Terms.unwrap(self) >> FAILURE_LIMIT_AT) & type(uint8).max;
    }

    function version(Terms self) internal pure returns (uint256) {
        return (Terms.unwrap(self) >> VERSION_AT) & type(uint24).max;
    }
}
