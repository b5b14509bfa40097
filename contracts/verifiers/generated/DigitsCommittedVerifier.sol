// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICircuitVerifier} from "../../interfaces/ICircuitVerifier.sol";

// Written by taskwork/zk/generator.py. Do not edit: `make circuits` writes it anew.

/// @title Verifies Groth16 proofs of the circuit digits_committed
/// @dev DEV KEY: its set-up is known to everybody, and so are forgeries. For local chains only.
/// @dev A statement has one encoding: the precompiles refuse coordinates that are not below the field's prime, as none
/// is negated here (the key's points are), and signals must be below R.
contract DigitsCommittedVerifier is ICircuitVerifier {
    /// @inheritdoc ICircuitVerifier
    bytes32 public constant VK_HASH = 0xd871163eb540bdf8c828f210c5aa58e14d15192177ac7cbeaeefcbfcabe2d041;

    /// @dev Signals and scalars are below R.
    uint256 private constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// @dev What the precompiles cost (EIP-1108). Just that is forwarded, as a bad point burns all it is given.
    uint256 private constant ADD_GAS = 150;
    uint256 private constant MUL_GAS = 6_000;
    uint256 private constant PAIRING_GAS = 45_000;
    uint256 private constant PAIR_GAS = 34_000;
    /// @dev Of a pair in memory: a point of G1, a point of G2.
    uint256 private constant PAIR_LENGTH = 0xc0;
    /// @dev What either function takes beside its precompiles, for each proof and once.
    uint256 private constant PROOF_GAS = 2_000;
    uint256 private constant MARGIN = 8_000;

    /* KEY: the imaginary parts of G2 are those in 1 */

    uint256 private constant ALPHA_X = 6244961780046620888039345106890105326735326490660670538171427260567041582118;
    uint256 private constant ALPHA_Y = 9345530074574832515777964177156498988936486542424817298013748219694852051085;
    uint256 private constant BETA_X1 = 2818280727920019509567344333433040640814847647252965574434688845111015589444;
    uint256 private constant BETA_X0 = 2491450868879707184707638923318620824043077264425678122529022119991361101584;
    uint256 private constant BETA_Y1 = 16858476718890965227742715902476859175036835798994208063465389530816312885320;
    uint256 private constant BETA_Y0 = 19537234760576993333819067928803470551654813147186976968905806443748733189313;
    uint256 private constant GAMMA_X1 = 11559732032986387107991004021392285783925812861821192530917403151452391805634;
    uint256 private constant GAMMA_X0 = 10857046999023057135944570762232829481370756359578518086990519993285655852781;
    uint256 private constant GAMMA_Y1 = 17805874995975841540914202342111839520379459829704422454583296818431106115052;
    uint256 private constant GAMMA_Y0 = 13392588948715843804641432497768002650278120570034223513918757245338268106653;
    uint256 private constant DELTA_X1 = 4580662839011174594515474839531762665476444638142026831746976337577717383665;
    uint256 private constant DELTA_X0 = 5506049185826224287408407594620187463341814131746179561739573510379785256947;
    uint256 private constant DELTA_Y1 = 18318424134560618348187371772841030494697484152976144190774094227035501383063;
    uint256 private constant DELTA_Y0 = 11658972421447297952075766866333742057742023715773043063232121811334349014624;
    uint256 private constant IC0_X = 5658156434753273731302308587731931406875154090763430360770913501816348594239;
    uint256 private constant IC0_Y = 7088910886651362690916809930449114811893980120423443609848608692272149487941;
    uint256 private constant IC1_X = 20661348779280608751905634788558083890379984677772775449820721601725916479779;
    uint256 private constant IC1_Y = 13617616435497893459379764299543815231683320692448194648859728675292824315706;
    uint256 private constant IC2_X = 20903469835863857057800068964190743070456758802146501296543840697189575602976;
    uint256 private constant IC2_Y = 9410206542459589396845749750323026595242672444801499701913064597295986595943;
    uint256 private constant IC3_X = 5343249211534544059670684123770351582829548049038386789471316170046861065216;
    uint256 private constant IC3_Y = 7960093767492493669793062280748773310356443660443996005603773129142322193182;

    /// @inheritdoc ICircuitVerifier
    function verify(uint256[8] calldata proof, uint256[3] calldata signals) external view returns (bool valid) {
        _requireGas(4 * PAIR_GAS + 3 * (MUL_GAS + ADD_GAS));
        assembly ("memory-safe") {
            // pairs: (A, B), (alpha, -beta), (the signals' point, -gamma), (C, -delta)
            let pairs := mload(0x40)
            let sum := add(pairs, 0x180)
            let buffer := add(pairs, 0x300)
            calldatacopy(pairs, proof, 0xc0)
            mstore(add(pairs, 0xc0), ALPHA_X)
            mstore(add(pairs, 0xe0), ALPHA_Y)
            mstore(add(pairs, 0x100), BETA_X1)
            mstore(add(pairs, 0x120), BETA_X0)
            mstore(add(pairs, 0x140), BETA_Y1)
            mstore(add(pairs, 0x160), BETA_Y0)
            mstore(add(pairs, 0x1c0), GAMMA_X1)
            mstore(add(pairs, 0x1e0), GAMMA_X0)
            mstore(add(pairs, 0x200), GAMMA_Y1)
            mstore(add(pairs, 0x220), GAMMA_Y0)
            calldatacopy(add(pairs, 0x240), add(proof, 0xc0), 0x40)
            mstore(add(pairs, 0x280), DELTA_X1)
            mstore(add(pairs, 0x2a0), DELTA_X0)
            mstore(add(pairs, 0x2c0), DELTA_Y1)
            mstore(add(pairs, 0x2e0), DELTA_Y0)

            // the signals' point: IC0 + signal 0 * IC1 + signal 1 * IC2 + signal 2 * IC3
            mstore(sum, IC0_X)
            mstore(add(sum, 0x20), IC0_Y)
            valid := accumulate(buffer, sum, IC1_X, IC1_Y, calldataload(signals))
            valid := and(valid, accumulate(buffer, sum, IC2_X, IC2_Y, calldataload(add(signals, 0x20))))
            valid := and(valid, accumulate(buffer, sum, IC3_X, IC3_Y, calldataload(add(signals, 0x40))))
            valid := and(valid, areOne(pairs, 4, buffer))

            // adds scalar * (x, y) to the point at sum; the scalar must be below R
            function accumulate(free, at, x, y, scalar) -> done {
                mstore(free, x)
                mstore(add(free, 0x20), y)
                mstore(add(free, 0x40), scalar)
                done := and(staticcall(MUL_GAS, 7, free, 0x60, free, 0x40), lt(scalar, R))
                mstore(add(free, 0x40), mload(at))
                mstore(add(free, 0x60), mload(add(at, 0x20)))
                done := and(staticcall(ADD_GAS, 6, free, 0x80, at, 0x40), done)
            }

            // whether the pairings of `count` pairs multiply to one
            function areOne(at, count, free) -> yes {
                let gasNeeded := add(PAIRING_GAS, mul(count, PAIR_GAS))
                yes := staticcall(gasNeeded, 8, at, mul(count, PAIR_LENGTH), free, 0x20)
                yes := and(yes, eq(mload(free), 1))
            }
        }
    }

    /// @inheritdoc ICircuitVerifier
    function verifyBatch(uint256[8][] calldata proofs, uint256[3][] calldata signals)
        external
        view
        returns (bool valid)
    {
        uint256 count = proofs.length;
        if (count == 0 || count != signals.length) revert CircuitVerifier_LengthMismatch(count, signals.length);
        _requireGas((count + 3) * PAIR_GAS + (2 * count + 5) * (MUL_GAS + ADD_GAS) + count * PROOF_GAS);
        assembly ("memory-safe") {
            // The sum of all equations, each times a coefficient that nobody can choose: it hashes the key, all
            // proofs and all signals. `pairs` has a pair for each proof and three for the key; then come the sum of
            // all C and a point to be added to it, R (reading it from code nine times a proof costs 100 gas more), and
            // free memory.
            let pairs := mload(0x40)
            let last := add(pairs, mul(count, PAIR_LENGTH))
            let sums := add(last, mul(3, PAIR_LENGTH))
            let orderAt := add(sums, 0x80)
            let buffer := add(sums, 0xa0)
            mstore(orderAt, R)
            mstore(buffer, VK_HASH)
            calldatacopy(add(buffer, 0x20), proofs.offset, shl(8, count))
            calldatacopy(add(add(buffer, 0x20), shl(8, count)), signals.offset, mul(count, 0x60))
            let seed := keccak256(buffer, add(0x20, mul(count, 0x160)))

            // The first has coefficient 1; random ones for the others suffice.
            calldatacopy(pairs, proofs.offset, PAIR_LENGTH)
            calldatacopy(sums, add(proofs.offset, PAIR_LENGTH), 0x40)
            let total := 1 // of the coefficients
            let sum1 := calldataload(signals.offset) // of the signals times their coefficients
            let sum2 := calldataload(add(signals.offset, 0x20))
            let sum3 := calldataload(add(signals.offset, 0x40))
            valid := and(and(lt(sum1, R), lt(sum2, R)), lt(sum3, R))

            let proof := proofs.offset
            let signal := signals.offset
            for { let pair := add(pairs, PAIR_LENGTH) } lt(pair, last) { pair := add(pair, PAIR_LENGTH) } {
                proof := add(proof, 0x100)
                signal := add(signal, 0x60)
                mstore(buffer, seed)
                mstore(add(buffer, 0x20), pair)
                let coefficient := shr(128, keccak256(buffer, 0x40))

                // coefficient * A with B
                calldatacopy(buffer, proof, 0x40)
                mstore(add(buffer, 0x40), coefficient)
                valid := and(staticcall(MUL_GAS, 7, buffer, 0x60, pair, 0x40), valid)
                calldatacopy(add(pair, 0x40), add(proof, 0x40), 0x80)

                // the sums
                let order := mload(orderAt)
                calldatacopy(buffer, add(proof, PAIR_LENGTH), 0x40)
                valid := and(staticcall(MUL_GAS, 7, buffer, 0x60, add(sums, 0x40), 0x40), valid)
                valid := and(staticcall(ADD_GAS, 6, sums, 0x80, sums, 0x40), valid)
                total := add(total, coefficient) // below 2^256: fewer than 2^128 proofs
                let value := calldataload(signal)
                valid := and(lt(value, order), valid)
                sum1 := addmod(sum1, mulmod(value, coefficient, order), order)
                value := calldataload(add(signal, 0x20))
                valid := and(lt(value, order), valid)
                sum2 := addmod(sum2, mulmod(value, coefficient, order), order)
                value := calldataload(add(signal, 0x40))
                valid := and(lt(value, order), valid)
                sum3 := addmod(sum3, mulmod(value, coefficient, order), order)
            }

            // the key's pairs: (coefficients * alpha, -beta), (the signals' point, -gamma), (C, -delta)
            calldatacopy(last, calldatasize(), mul(3, PAIR_LENGTH)) // zeros
            total := mod(total, R)
            valid := and(add_(buffer, last, ALPHA_X, ALPHA_Y, total), valid)
            mstore(add(last, 0x40), BETA_X1)
            mstore(add(last, 0x60), BETA_X0)
            mstore(add(last, 0x80), BETA_Y1)
            mstore(add(last, 0xa0), BETA_Y0)
            let point := add(last, 0xc0)
            valid := and(add_(buffer, point, IC0_X, IC0_Y, total), valid)
            valid := and(add_(buffer, point, IC1_X, IC1_Y, sum1), valid)
            valid := and(add_(buffer, point, IC2_X, IC2_Y, sum2), valid)
            valid := and(add_(buffer, point, IC3_X, IC3_Y, sum3), valid)
            mstore(add(last, 0x100), GAMMA_X1)
            mstore(add(last, 0x120), GAMMA_X0)
            mstore(add(last, 0x140), GAMMA_Y1)
            mstore(add(last, 0x160), GAMMA_Y0)
            mcopy(add(last, 0x180), sums, 0x40)
            mstore(add(last, 0x1c0), DELTA_X1)
            mstore(add(last, 0x1e0), DELTA_X0)
            mstore(add(last, 0x200), DELTA_Y1)
            mstore(add(last, 0x220), DELTA_Y0)

            let pairCount := add(count, 3)
            let gasNeeded := add(PAIRING_GAS, mul(pairCount, PAIR_GAS))
            valid := and(staticcall(gasNeeded, 8, pairs, mul(pairCount, PAIR_LENGTH), buffer, 0x20), valid)
            valid := and(eq(mload(buffer), 1), valid)

            // adds scalar * (x, y) to the point at `at`
            function add_(free, at, x, y, scalar) -> done {
                mstore(free, x)
                mstore(add(free, 0x20), y)
                mstore(add(free, 0x40), scalar)
                done := staticcall(MUL_GAS, 7, free, 0x60, free, 0x40)
                mstore(add(free, 0x40), mload(at))
                mstore(add(free, 0x60), mload(add(at, 0x20)))
                done := and(staticcall(ADD_GAS, 6, free, 0x80, at, 0x40), done)
            }
        }
    }

    /// @dev With less, a precompile would fail for want of gas and a true statement look false.
    function _requireGas(uint256 precompiles) private view {
        // what a call can forward is all but a 64th (EIP-150)
        uint256 required = (PAIRING_GAS + precompiles) * 64 / 63 + MARGIN;
        if (gasleft() < required) revert CircuitVerifier_InsufficientGas(gasleft(), required);
    }
}
