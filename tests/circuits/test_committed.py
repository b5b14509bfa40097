"""The committed-weights circuit computes what the integer model computes, and hides its weights."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from circuits.build import compile_circuit
from circuits.calculator import witnesses
from taskwork.errors import BadSignal
from taskwork.zk.artifacts import Artifacts
from taskwork.zk.circuits import CIRCUITS, check_inputs
from taskwork.zk.digits import digit_model, unseen_pictures
from tests.circuits.conftest import ROOT

CIRCUIT = CIRCUITS["digits_committed"]


@pytest.fixture(scope="module")
def compiled() -> Iterator[Artifacts]:
    folder = ROOT / ".build/test-committed"
    folder.mkdir(parents=True, exist_ok=True)
    artifacts = Artifacts(CIRCUIT, folder)
    compile_circuit(artifacts)
    yield artifacts
    shutil.rmtree(folder)


def inputs_of(picture: tuple[int, ...], **changes: Any) -> dict[str, Any]:
    given = {"pixel": list(picture), "salt": 3, "modelSalt": 4, "binding": 5}
    return {**given, **digit_model().weights(), **changes}


def test_circuit__unseen_pictures__agrees_with_the_integer_model(compiled: Artifacts) -> None:
    pictures = unseen_pictures().pictures[:20]
    found = witnesses(compiled, [inputs_of(one) for one in pictures])

    assert [one[1] for one in found] == [digit_model().classify(one) for one in pictures]


def test_commitment__another_weight_bias_or_salt__is_another(compiled: Artifacts) -> None:
    """The range checks make the packing one to one; without them two models could share it."""
    picture = unseen_pictures().pictures[0]
    model = digit_model()
    weight1 = [list(row) for row in model.weight1]
    weight1[3][5] += 1
    bias2 = [model.bias2[0] + 1, *model.bias2[1:]]
    asked = [
        inputs_of(picture),
        inputs_of(picture, weight1=weight1),
        inputs_of(picture, bias2=bias2),
        inputs_of(picture, modelSalt=6),
        inputs_of(picture, salt=6),
    ]
    assert len({witness[2] for witness in witnesses(compiled, asked)}) == len(asked)


def test_inputs__weight_out_of_its_bits__is_named_and_has_no_witness(compiled: Artifacts) -> None:
    weight2 = [list(row) for row in digit_model().weight2]
    weight2[9][31] = 128
    inputs = inputs_of(unseen_pictures().pictures[0], weight2=weight2)

    with pytest.raises(BadSignal, match=r"weight2\[9\]\[31\] is 128"):
        check_inputs(CIRCUIT, inputs)
    (answer,) = witnesses(replace(compiled), [inputs])
    assert isinstance(answer, str)
