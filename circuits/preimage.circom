pragma circom 2.2.0;

include "lib/binding.circom";
include "lib/commitments.circom";

// Proves knowledge of what a job's commitment hides, and gives a result that follows from it alone. For jobs that are
// no model.
// Public signals, in order: result, commitment, binding.
template Preimage() {
    signal input preimage[2];
    signal input binding; // what the contract computed
    signal output result;
    signal output commitment;

    commitment <== Poseidon(3)([PREIMAGE_TAG(), preimage[0], preimage[1]]);
    result <== Poseidon(3)([RESULT_TAG(), preimage[0], preimage[1]]);
    Binding()(binding);
}

component main {public [binding]} = Preimage();
