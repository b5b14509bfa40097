pragma circom 2.2.0;

include "bits.circom";

// max(in, 0), for a signed `in` in [-2^n, 2^n).
template Relu(n) {
    signal input in;
    signal output out;

    // in + 2^n needs n + 1 bits, of which the highest says that in >= 0.
    component shifted = Bits(n + 1);
    shifted.in <== in + (1 << n);
    out <== in * shifted.bit[n];
}
