pragma circom 2.2.0;

// Says that `in` is in [0, 2^n), and gives its bits, the lowest first.
// n < 254, so that a number has one such form only.
template Bits(n) {
    assert(n < 254);
    signal input in;
    signal output bit[n]; // each 0 or 1

    var sum = 0;
    for (var i = 0; i < n; i++) {
        bit[i] <-- (in >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        sum += bit[i] * (1 << i);
    }
    sum === in;
}
