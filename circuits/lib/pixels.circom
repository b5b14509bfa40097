pragma circom 2.2.0;

include "bits.circom";

// Says that each of 64 pixels is in [0, 32), and packs them into two field elements, the first pixel lowest.
// The range makes the packing one to one.
template Pixels() {
    signal input pixel[64];
    signal output packed[2]; // 32 pixels of 5 bits each

    component range[64];
    for (var half = 0; half < 2; half++) {
        var sum = 0;
        for (var i = 0; i < 32; i++) {
            range[32 * half + i] = Bits(5);
            range[32 * half + i].in <== pixel[32 * half + i];
            sum += pixel[32 * half + i] * (1 << (5 * i));
        }
        packed[half] <== sum;
    }
}
