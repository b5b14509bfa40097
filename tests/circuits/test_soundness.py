"""What a dishonest prover could try on the constraints themselves."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from circuits.calculator import ask, witnesses
from taskwork.zk.artifacts import Artifacts
from taskwork.zk.circuits import CIRCUITS
from taskwork.zk.curve import R
from taskwork.zk.digits import unseen_pictures
from tests.circuits.r1cs import ROOT, System, compile_main, read_names, read_system

COUNT, BITS = 10, 28
PREIMAGE = {"preimage": [11, 22], "binding": 33}
PICTURE = {"pixel": list(unseen_pictures().pictures[0]), "salt": 7, "binding": 9}


@pytest.mark.parametrize(("name", "inputs"), [("preimage", PREIMAGE), ("digits_public", PICTURE)])
def test_wires__one_changed__is_noticed(
    name: str, inputs: dict[str, object], preimage: Artifacts, digits: Artifacts
) -> None:
    artifacts = {"preimage": preimage, "digits_public": digits}[name]
    system = read_system(artifacts.r1cs)
    (witness,) = witnesses(artifacts, [inputs])
    assert not isinstance(witness, str)

    assert system.broken(witness) == []
    assert [wire for wire in range(1, system.wires) if system.is_free(wire, witness)] == []


def test_binding__replaced_in_a_finished_witness__is_noticed(preimage: Artifacts) -> None:
    """A public signal in no constraint could be replaced: pitfall 5."""
    system = read_system(preimage.r1cs)
    wire = 1 + CIRCUITS["preimage"].publics.index("binding")
    assert system.uses[wire]


class Argmax:
    """The argmax alone, with a wire for each signal."""

    def __init__(self, folder: Path) -> None:
        compile_main(ROOT / "tests/circuits/mains/argmax.circom", folder)
        self.system: System = read_system(folder / "argmax.r1cs")
        self.wire = read_names(folder / "argmax.sym")
        self.wasm = folder / "argmax_js/argmax.wasm"

    def honest(self, scores: list[int]) -> list[int]:
        inputs = {"score": [str(one % R) for one in scores]}
        (answer,) = ask([{"wasm": str(self.wasm), "inputs": inputs}])
        return [int(one) for one in answer["witness"]]

    def cheat(self, witness: list[int], scores: list[int], choice: int) -> list[int]:
        """Return the witness of another choice, as true as it can be made."""
        changed = list(witness)

        def put(name: str, value: int) -> None:
            changed[self.wire[name]] = value % R

        after = 1
        put("index", choice)
        for j in range(COUNT):
            chosen = int(j == choice)
            put(f"selector[{j}]", chosen)
            put(f"chosen[{j}]", chosen * scores[j])
            after -= chosen
            margin = scores[choice] - scores[j] - after
            put(f"margin[{j}].in", margin)
            for bit in range(BITS):
                put(f"margin[{j}].bit[{bit}]", ((margin % R) >> bit) & 1)
        return changed


@pytest.fixture(scope="module")
def argmax() -> Iterator[Argmax]:
    folder = ROOT / ".build/test-circuits"
    folder.mkdir(parents=True, exist_ok=True)
    yield Argmax(folder)
    shutil.rmtree(folder)


def scores_to_try() -> list[list[int]]:
    draw = random.Random(6)
    spread = 1 << (BITS - 1)
    apart = [[draw.randrange(-spread // 2, spread // 2) for _ in range(COUNT)] for _ in range(8)]
    return [*apart, [5] * COUNT, [0, 3, 3, 1, 3, 0, 0, 3, 2, 3], [-1] * 9 + [0], [0] + [-1] * 9]


@pytest.mark.parametrize("scores", scores_to_try())
def test_argmax__every_wrong_selector__is_refused(argmax: Argmax, scores: list[int]) -> None:
    right = scores.index(max(scores))
    witness = argmax.honest(scores)
    assert witness[argmax.wire["index"]] == right
    assert argmax.system.broken(argmax.cheat(witness, scores, right)) == []

    for choice in set(range(COUNT)) - {right}:
        assert argmax.system.broken(argmax.cheat(witness, scores, choice)) != []


def test_argmax__no_selector_or_two__is_refused(argmax: Argmax) -> None:
    witness = argmax.honest([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    for changed in ({"selector[9]": 0}, {"selector[3]": 1}, {"selector[9]": 2}):
        other = list(witness)
        for name, value in changed.items():
            other[argmax.wire[name]] = value
        assert argmax.system.broken(other) != []
