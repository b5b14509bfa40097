"""The circuits compute what the integer model computes, on every picture it was not taught."""

from __future__ import annotations

import json

import pytest

from circuits.calculator import witnesses
from taskwork.zk.artifacts import Artifacts
from taskwork.zk.curve import R
from taskwork.zk.digits import digit_model, draw, unseen_pictures
from tests.circuits.conftest import ROOT

COMMITTED_ACCURACY = json.loads((ROOT / "taskwork/zk/data/digits.json").read_text())["accuracy"]


def inputs_of(picture: tuple[int, ...], salt: int = 5) -> dict[str, object]:
    return {"pixel": list(picture), "salt": salt, "binding": 1}


def test_circuit__all_unseen_pictures__agrees_with_the_integer_model(digits: Artifacts) -> None:
    pictures = unseen_pictures().pictures
    found = witnesses(digits, [inputs_of(one) for one in pictures])

    assert [one[1] for one in found if not isinstance(one, str)] == [
        digit_model().classify(one) for one in pictures
    ]


def test_accuracy__of_the_integer_model__is_the_committed_one() -> None:
    unseen = unseen_pictures()
    right = sum(
        digit_model().classify(picture) == digit
        for picture, digit in zip(unseen.pictures, unseen.digits, strict=True)
    )
    assert len(unseen.digits) == COMMITTED_ACCURACY["pictures"]
    assert right / len(unseen.digits) == pytest.approx(COMMITTED_ACCURACY["int8"])


def test_circuit__brightest_and_darkest_pictures__stay_within_their_bits(
    digits: Artifacts,
) -> None:
    model = digit_model()
    brightest = [
        tuple(31 if one > 0 else 0 for one in row) for row in (*model.weight1, [1] * 64, [0] * 64)
    ]
    darkest = [tuple(31 if one < 0 else 0 for one in row) for row in model.weight1]
    pictures = [*brightest, *darkest]
    found = witnesses(digits, [inputs_of(one) for one in pictures])

    assert [one[1] for one in found] == [model.classify(one) for one in pictures]


@pytest.mark.parametrize("pixel", [32, R - 1])
def test_circuit__pixel_out_of_range__has_no_witness(digits: Artifacts, pixel: int) -> None:
    (answer,) = witnesses(digits, [{"pixel": [pixel] + [0] * 63, "salt": 1, "binding": 1}])
    assert isinstance(answer, str)
    assert "Assert Failed" in answer


def test_commitment__another_salt_or_picture__is_another(digits: Artifacts) -> None:
    """Five-bit pixels can be guessed; the salt cannot: pitfall 9."""
    first, second = unseen_pictures().pictures[:2]
    asked = [inputs_of(first, 1), inputs_of(first, 2), inputs_of(second, 1), inputs_of(first, 1)]
    commitments = [witness[2] for witness in witnesses(digits, asked)]

    assert commitments[0] == commitments[3]
    assert len(set(commitments)) == 3


def test_drawing__of_a_picture__shows_eight_lines_of_sixteen() -> None:
    lines = draw(unseen_pictures().pictures[0])
    assert [len(line) for line in lines] == [16] * 8
    assert len({character for line in lines for character in line}) > 2
