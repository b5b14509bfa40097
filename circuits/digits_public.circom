pragma circom 2.2.0;

include "lib/binding.circom";
include "lib/digits.circom";

// Proves what digit the public model takes a committed picture for.
// Public signals, in order: digit, commitment, binding.
template DigitsPublic() {
    signal input pixel[64];
    signal input salt;
    signal input binding; // what the contract computed
    signal output digit;
    signal output commitment;

    component digits = Digits();
    digits.pixel <== pixel;
    digits.salt <== salt;
    digit <== digits.digit;
    commitment <== digits.commitment;
    Binding()(binding);
}

component main {public [binding]} = DigitsPublic();
