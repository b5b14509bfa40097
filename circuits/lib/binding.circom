pragma circom 2.2.0;

// Ties a proof to what the contract computed: chain, pool, job, worker, key and result.
// The circuit asks nothing of the value. It is squared because a public signal in no constraint could be replaced in a
// finished proof.
template Binding() {
    signal input binding;
    signal square;

    square <== binding * binding;
}
