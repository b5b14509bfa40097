pragma circom 2.2.0;

include "lib/commitments.circom";
include "lib/digits.circom";

// Proves eight claims of DigitsPublic at once. The contract knows the 24 values (digit, commitment and binding of each
// claim) and does not pay for them as public signals: they are committed to, then evaluated as a polynomial's
// coefficients at a point that the contract derives from the commitment and the values. Two different lists agree at a
// random point with probability 24 / r.
// Public signals, in order: committed, value, point.
template DigitsBatch(count) {
    signal input pixel[count][64];
    signal input salt[count];
    signal input binding[count]; // what the contract computed for each claim; in the list, so it is in constraints
    signal input point; // from the contract: a hash of `committed` and of the list
    signal output committed; // LongCommitment of the list
    signal output value; // sum of list[k] * point^k

    signal list[3 * count];
    component digits[count];
    for (var i = 0; i < count; i++) {
        digits[i] = Digits();
        digits[i].pixel <== pixel[i];
        digits[i].salt <== salt[i];
        list[3 * i] <== digits[i].digit;
        list[3 * i + 1] <== digits[i].commitment;
        list[3 * i + 2] <== binding[i];
    }
    committed <== LongCommitment(CLAIMS_TAG(), 3 * count)(list);

    signal horner[3 * count]; // from the last coefficient to the first
    horner[0] <== list[3 * count - 1];
    for (var k = 1; k < 3 * count; k++) {
        horner[k] <== horner[k - 1] * point + list[3 * count - 1 - k];
    }
    value <== horner[3 * count - 1];
}

component main {public [point]} = DigitsBatch(8);
