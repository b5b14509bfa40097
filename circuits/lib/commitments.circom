pragma circom 2.2.0;

include "../../node_modules/circomlib/circuits/poseidon.circom";

// Each kind of commitment has a tag of its own, so that none can be taken for another.
function INPUT_TAG() { return 1; }
function MODEL_TAG() { return 2; }
function PREIMAGE_TAG() { return 3; }
function RESULT_TAG() { return 4; }
function CLAIMS_TAG() { return 5; }

// Hides an input: pixels can be guessed, a random salt cannot.
template InputCommitment() {
    signal input model; // the model's commitment; 0 where the circuit itself is the model
    signal input salt; // random, known to requester and worker
    signal input packed[2]; // see Pixels
    signal output out;

    out <== Poseidon(5)([INPUT_TAG(), model, salt, packed[0], packed[1]]);
}

// A hash of `count` elements: each step hashes the last hash and the next 15, filled up with zeros.
// The first step hashes the tag and the count.
template LongCommitment(tag, count) {
    signal input in[count];
    signal output out;

    var steps = (count + 14) \ 15;
    signal state[steps + 1];
    state[0] <== Poseidon(2)([tag, count]);
    component step[steps];
    for (var s = 0; s < steps; s++) {
        step[s] = Poseidon(16);
        step[s].inputs[0] <== state[s];
        for (var i = 0; i < 15; i++) {
            if (15 * s + i < count) {
                step[s].inputs[i + 1] <== in[15 * s + i];
            } else {
                step[s].inputs[i + 1] <== 0;
            }
        }
        state[s + 1] <== step[s].out;
    }
    out <== state[steps];
}
