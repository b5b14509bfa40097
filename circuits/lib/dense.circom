pragma circom 2.2.0;

// A layer whose weights are constants of the circuit: it costs no constraint by itself.
template ConstantDense(rows, columns, weight, bias) {
    signal input in[columns];
    signal output out[rows]; // weight * in + bias

    for (var row = 0; row < rows; row++) {
        var sum = bias[row];
        for (var column = 0; column < columns; column++) {
            sum += weight[row][column] * in[column];
        }
        out[row] <== sum;
    }
}

// A layer whose weights are signals: a constraint for each weight.
template Dense(rows, columns) {
    signal input in[columns];
    signal input weight[rows][columns];
    signal input bias[rows];
    signal output out[rows]; // weight * in + bias

    signal product[rows][columns];
    for (var row = 0; row < rows; row++) {
        var sum = bias[row];
        for (var column = 0; column < columns; column++) {
            product[row][column] <== weight[row][column] * in[column];
            sum += product[row][column];
        }
        out[row] <== sum;
    }
}
