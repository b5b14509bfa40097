"""Trains and quantises the digit model, and writes what the circuits and the library take from it.

    python -m circuits.train [--check]

From scikit-learn's own 8x8 digits; a quarter of the pictures, the same each time, is kept for the
test. The integers are committed: another machine's floating point may train others. `--check`
trains again and fails when its accuracy is more than one point off the committed one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

HERE = Path(__file__).parent
MODEL = HERE.parent / "taskwork/zk/data/digits.json"
CONSTANTS = HERE / "model/weights.circom"

HIDDEN = 32
BRIGHTEST = 16  # of a pixel of the data set
LARGEST_PIXEL = 31  # that the circuits admit: 5 bits
LARGEST_WEIGHT = 127  # int8
POINT = 0.01  # of accuracy


def main(arguments: list[str]) -> int:
    model = train()
    if arguments != ["--check"]:
        MODEL.parent.mkdir(parents=True, exist_ok=True)
        MODEL.write_text(json.dumps(model) + "\n")
        CONSTANTS.write_text(constants(model))
    committed = json.loads(MODEL.read_text())
    for kind in ("float", "int8"):
        now, then = model["accuracy"][kind], committed["accuracy"][kind]
        print(
            f"{kind:>5} {now:.4f} of {model['accuracy']['pictures']} pictures, committed {then:.4f}"
        )
        if abs(now - then) > POINT:
            print("the accuracy has changed: look why, then run without --check", file=sys.stderr)
            return 1
    return 0


def train() -> dict[str, Any]:
    """Train in floating point, and round the weights to int8."""
    data = load_digits()
    pixels = data.data.astype(int)
    taught, kept, taught_digits, digits = train_test_split(
        pixels, data.target, test_size=0.25, random_state=0, stratify=data.target
    )
    network = MLPClassifier((HIDDEN,), alpha=0.01, max_iter=800, random_state=0)
    network.fit(taught / BRIGHTEST, taught_digits)
    model = quantise(network)
    found = scores(model, kept).argmax(axis=1)
    accuracy = {
        "pictures": len(digits),
        "float": float(network.score(kept / BRIGHTEST, digits)),
        "int8": float((found == digits).mean()),
    }
    test = {"pixels": kept.tolist(), "digits": digits.tolist()}
    return {name: value.tolist() for name, value in model.items()} | {
        "accuracy": accuracy,
        "test": test,
    }


def quantise(network: MLPClassifier) -> dict[str, Any]:
    """Scale each layer so that its largest weight is 127. Sums stay exact: nothing is shifted."""
    weight1, weight2 = network.coefs_[0].T / BRIGHTEST, network.coefs_[1].T
    scale1 = LARGEST_WEIGHT / np.abs(weight1).max()
    scale2 = LARGEST_WEIGHT / np.abs(weight2).max()
    return {
        "weight1": np.rint(weight1 * scale1).astype(int),
        "bias1": np.rint(network.intercepts_[0] * scale1).astype(int),
        "weight2": np.rint(weight2 * scale2).astype(int),
        "bias2": np.rint(network.intercepts_[1] * scale1 * scale2).astype(int),
    }


def scores(model: dict[str, Any], pictures: Any) -> Any:
    hidden = np.maximum(pictures @ model["weight1"].T + model["bias1"], 0)
    return hidden @ model["weight2"].T + model["bias2"]


def constants(model: dict[str, Any]) -> str:
    """Write the model as circom functions, with the bits that its largest sums take."""
    hidden = largest_sums(model["weight1"], model["bias1"], LARGEST_PIXEL)
    score = largest_sums(model["weight2"], model["bias2"], hidden)
    functions = {
        "W1": model["weight1"],
        "B1": model["bias1"],
        "W2": model["weight2"],
        "B2": model["bias2"],
        "HIDDEN_BITS": hidden.bit_length(),
        "SCORE_BITS": (2 * score).bit_length(),
    }
    body = "\n".join(
        f"function {name}() {{ return {value}; }}" for name, value in functions.items()
    )
    return f"pragma circom 2.2.0;\n\n// Written by circuits/train.py.\n\n{body}\n"


def largest_sums(weight: list[list[int]], bias: list[int], largest: int) -> int:
    """Return the largest size that a row's sum can have."""
    return max(
        largest * sum(abs(one) for one in row) + abs(offset)
        for row, offset in zip(weight, bias, strict=True)
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
