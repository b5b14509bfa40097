pragma circom 2.2.0;

include "bits.circom";

// Says that each of `count` signed values is in [-2^(bits-1), 2^(bits-1)), and packs `each` to a field element, the
// first lowest. The range makes the packing, and so the commitment over it, one to one.
template PackSigned(count, bits, each) {
    signal input in[count];
    signal output packed[(count + each - 1) \ each];

    component range[count];
    var sum = 0;
    for (var i = 0; i < count; i++) {
        range[i] = Bits(bits);
        range[i].in <== in[i] + (1 << (bits - 1));
        sum += range[i].in * (1 << (bits * (i % each)));
        if (i % each == each - 1 || i == count - 1) {
            packed[i \ each] <== sum;
            sum = 0;
        }
    }
}
