pragma circom 2.2.0;

include "argmax.circom";
include "commitments.circom";
include "dense.circom";
include "pixels.circom";
include "relu.circom";
include "../model/weights.circom";

// The multilayer perceptron 64-32-10 of circuits/model, its weights being constants, on one picture.
template Digits() {
    signal input pixel[64]; // row by row, each in [0, 32); the data set's are at most 16
    signal input salt; // hides the picture
    signal output digit; // what the model takes the picture for, in [0, 10)
    signal output commitment; // InputCommitment of the picture

    component pixels = Pixels();
    pixels.pixel <== pixel;
    commitment <== InputCommitment()(0, salt, pixels.packed);

    component hidden = ConstantDense(32, 64, W1(), B1());
    hidden.in <== pixel;
    component scores = ConstantDense(10, 32, W2(), B2());
    for (var i = 0; i < 32; i++) {
        scores.in[i] <== Relu(HIDDEN_BITS())(hidden.out[i]);
    }
    digit <== Argmax(10, SCORE_BITS())(scores.out);
}
