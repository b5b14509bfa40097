pragma circom 2.2.0;

include "bits.circom";

// The same place, for the prover's side only.
function firstGreatest(score, count) {
    var best = 0;
    for (var i = 1; i < count; i++) {
        if (score[i] > score[best]) { // signed: above r / 2 is negative
            best = i;
        }
    }
    return best;
}

// The place of the greatest of `count` signed scores; of equals the first.
// Any two scores differ by less than 2^n.
template Argmax(count, n) {
    signal input score[count];
    signal output index; // in [0, count)

    // One selector is 1, the others are 0. Which one is the prover's choice, so every wrong choice must fail below.
    signal selector[count];
    var best = firstGreatest(score, count);
    var sum = 0;
    var place = 0;
    for (var i = 0; i < count; i++) {
        selector[i] <-- best == i ? 1 : 0;
        selector[i] * (selector[i] - 1) === 0;
        sum += selector[i];
        place += i * selector[i];
    }
    sum === 1;
    index <== place;

    signal chosen[count]; // the selected score, in the selected place
    var greatest = 0;
    for (var i = 0; i < count; i++) {
        chosen[i] <== selector[i] * score[i];
        greatest += chosen[i];
    }

    // greatest >= score[j] for all j, and greatest > score[j] for those before the selected one.
    component margin[count];
    var after = 1; // selectors after j
    for (var j = 0; j < count; j++) {
        after -= selector[j];
        margin[j] = Bits(n);
        margin[j].in <== greatest - score[j] - after;
    }
}
