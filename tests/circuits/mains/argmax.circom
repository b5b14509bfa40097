pragma circom 2.2.0;

include "../../../circuits/lib/argmax.circom";

component main = Argmax(10, 28);
