pragma circom 2.2.0;

include "lib/argmax.circom";
include "lib/binding.circom";
include "lib/commitments.circom";
include "lib/dense.circom";
include "lib/pixels.circom";
include "lib/relu.circom";
include "lib/weights.circom";

// Proves what digit a committed model takes a committed picture for; the model's weights stay with the worker.
// Weights are 8 bits, hidden biases 20, score biases 31; so a hidden sum is within 2^20 and two scores differ by less
// than 2^33.
// Public signals, in order: digit, commitment (of model and picture), binding.
template DigitsCommitted() {
    signal input pixel[64]; // row by row, each in [0, 32)
    signal input salt; // hides the picture
    signal input modelSalt; // hides the weights
    signal input weight1[32][64];
    signal input bias1[32];
    signal input weight2[10][32];
    signal input bias2[10];
    signal input binding; // what the contract computed
    signal output digit;
    signal output commitment;

    component weights = PackSigned(32 * 64 + 10 * 32, 8, 31);
    component biases1 = PackSigned(32, 20, 12);
    component biases2 = PackSigned(10, 31, 8);
    component model = LongCommitment(MODEL_TAG(), 1 + 77 + 3 + 2);
    for (var row = 0; row < 32; row++) {
        for (var column = 0; column < 64; column++) {
            weights.in[64 * row + column] <== weight1[row][column];
        }
    }
    for (var row = 0; row < 10; row++) {
        for (var column = 0; column < 32; column++) {
            weights.in[32 * 64 + 32 * row + column] <== weight2[row][column];
        }
    }
    biases1.in <== bias1;
    biases2.in <== bias2;
    model.in[0] <== modelSalt;
    for (var i = 0; i < 77; i++) {
        model.in[1 + i] <== weights.packed[i];
    }
    for (var i = 0; i < 3; i++) {
        model.in[78 + i] <== biases1.packed[i];
    }
    for (var i = 0; i < 2; i++) {
        model.in[81 + i] <== biases2.packed[i];
    }

    component pixels = Pixels();
    pixels.pixel <== pixel;
    commitment <== InputCommitment()(model.out, salt, pixels.packed);

    component hidden = Dense(32, 64);
    hidden.in <== pixel;
    hidden.weight <== weight1;
    hidden.bias <== bias1;
    component scores = Dense(10, 32);
    for (var i = 0; i < 32; i++) {
        scores.in[i] <== Relu(20)(hidden.out[i]);
    }
    scores.weight <== weight2;
    scores.bias <== bias2;
    digit <== Argmax(10, 33)(scores.out);
    Binding()(binding);
}

component main {public [binding]} = DigitsCommitted();
