"""The digit model that the circuits prove: 8x8 pictures, a perceptron 64-32-10 in int8.

The same sums as in circuits/lib/digits.circom, in plain integers. Trained by circuits/train.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

SIDE = 8
PIXELS = SIDE * SIDE
SHADES = " .:-=+*#@"

Picture = Sequence[int]
Matrix = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class DigitModel:
    """Weights and biases as integers; nothing is rounded after them."""

    weight1: Matrix  # 32 rows of 64
    bias1: tuple[int, ...]
    weight2: Matrix  # 10 rows of 32
    bias2: tuple[int, ...]

    def scores(self, picture: Picture) -> list[int]:
        """Return how much the picture looks like each digit."""
        hidden = [max(0, one) for one in _dense(self.weight1, self.bias1, picture)]
        return _dense(self.weight2, self.bias2, hidden)

    def classify(self, picture: Picture) -> int:
        """Return the digit with the highest score; of equals the lowest."""
        scores = self.scores(picture)
        return scores.index(max(scores))

    def weights(self) -> dict[str, Any]:
        """Return the weights as inputs of the circuit digits_committed."""
        return {
            "weight1": [list(row) for row in self.weight1],
            "bias1": list(self.bias1),
            "weight2": [list(row) for row in self.weight2],
            "bias2": list(self.bias2),
        }


@dataclass(frozen=True)
class UnseenPictures:
    """The pictures that the model was not taught, and what they show."""

    pictures: tuple[tuple[int, ...], ...]
    digits: tuple[int, ...]


@cache
def digit_model() -> DigitModel:
    data = _data()
    return DigitModel(
        _rows(data["weight1"]),
        tuple(data["bias1"]),
        _rows(data["weight2"]),
        tuple(data["bias2"]),
    )


@cache
def unseen_pictures() -> UnseenPictures:
    test = _data()["test"]
    return UnseenPictures(_rows(test["pixels"]), tuple(test["digits"]))


def draw(picture: Picture) -> list[str]:
    """Return the picture as eight lines of text, each pixel two characters wide."""
    rows = [picture[at : at + SIDE] for at in range(0, PIXELS, SIDE)]
    return ["".join(SHADES[min(one, 16) // 2] * 2 for one in row) for row in rows]


@cache
def _data() -> dict[str, Any]:
    text = resources.files("taskwork.zk").joinpath("data/digits.json").read_text()
    data: dict[str, Any] = json.loads(text)
    return data


def _rows(given: Any) -> Matrix:
    return tuple(tuple(row) for row in given)


def _dense(weight: Matrix, bias: Sequence[int], values: Sequence[int]) -> list[int]:
    return [
        sum(a * b for a, b in zip(row, values, strict=True)) + offset
        for row, offset in zip(weight, bias, strict=True)
    ]
