"""Keys, proofs and signals in Python: what is taken, and what is refused by name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from circuits.build import Ceremony, compile_circuit, run
from taskwork.errors import BadKey, BadProof, BadSignal, ProverFailed
from taskwork.zk.artifacts import Artifacts, load
from taskwork.zk.circuits import CIRCUITS
from taskwork.zk.curve import G1, P, R
from taskwork.zk.fast import Zksnake
from taskwork.zk.files import read_proving_key
from taskwork.zk.generator import generate
from taskwork.zk.keys import read_key
from taskwork.zk.proofs import read_proof
from taskwork.zk.prove import Proven, Snarkjs, prove
from taskwork.zk.verify import verify, verify_by_precompile
from tests.circuits.conftest import ROOT
from tests.circuits.mutations import negated_twice, not_canonical, off_curve

INPUTS = {"preimage": [11, 22], "binding": 33}


def test_prove__by_both_provers__convinces_both_verifiers(preimage: Artifacts) -> None:
    stages: list[str] = []
    for prover in (Snarkjs(), Zksnake()):
        proven = prove(preimage, INPUTS, prover=prover, progress=stages.append)
        key = preimage.key()
        assert verify(key, proven.proof, proven.signals)
        assert verify_by_precompile(key, proven.proof, proven.signals)
        assert read_proof(proven.proof.to_bytes()) == proven.proof
    assert stages[1::3] == ["proving with snarkjs", "proving with zksnake"]


@pytest.mark.parametrize(
    ("inputs", "signal"),
    [
        ({"preimage": [11, 22]}, "binding"),
        ({**INPUTS, "extra": 1}, "extra"),
        ({**INPUTS, "preimage": [11]}, "preimage"),
        ({**INPUTS, "preimage": [11, R]}, "preimage[1]"),
        ({**INPUTS, "binding": -1}, "binding"),
        ({**INPUTS, "binding": "33"}, "binding"),
        ({**INPUTS, "binding": True}, "binding"),
    ],
)
def test_prove__input_that_the_circuit_does_not_take__is_named(
    preimage: Artifacts, inputs: dict[str, object], signal: str
) -> None:
    with pytest.raises(BadSignal) as refused:
        prove(preimage, inputs)
    assert refused.value.signal == signal


def test_prove__too_slow_or_not_there__says_so(preimage: Artifacts, tmp_path: Path) -> None:
    with pytest.raises(ProverFailed, match=r"more than 0\.01 s"):
        prove(preimage, INPUTS, snarkjs=Snarkjs(timeout_s=0.01))
    with pytest.raises(ProverFailed, match="make setup"):
        prove(preimage, INPUTS, snarkjs=Snarkjs(cli=tmp_path / "none.js"))


def test_prove__with_the_key_of_another_circuit__fails(
    preimage: Artifacts, digits: Artifacts, fast: Zksnake
) -> None:
    mixed = replace(preimage, folder=preimage.folder)
    values = [1] + [0] * 10
    with pytest.raises(ProverFailed, match="11 values"):
        fast.prove_values(digits.zkey, values)
    with pytest.raises(ProverFailed, match="does not verify"):
        prove(mixed, INPUTS, prover=ForeignKey(fast, preimage))


class ForeignKey:
    """A prover whose proofs are of another statement than it says."""

    name = "foreign"

    def __init__(self, fast: Zksnake, artifacts: Artifacts) -> None:
        self.fast, self.artifacts = fast, artifacts

    def prove(self, zkey: Path, witness: Path) -> Proven:
        proven = self.fast.prove(zkey, witness)
        return replace(proven, signals=(proven.signals[0] + 1, *proven.signals[1:]))


@pytest.mark.parametrize("length", [0, 255, 257, 512])
def test_proof__truncated_or_too_long__is_refused(proven: Proven, length: int) -> None:
    data = (proven.proof.to_bytes() * 2)[:length]
    with pytest.raises(BadProof, match="256 bytes"):
        read_proof(data)


def test_proof__not_canonical_or_off_its_curve__is_refused(
    preimage: Artifacts, proven: Proven
) -> None:
    *points, outside = off_curve(proven)
    for bad in (*not_canonical(proven), *points):
        with pytest.raises(BadProof, match="no canonical point"):
            verify(preimage.key(), bad.proof, bad.signals)
        with pytest.raises(BadProof, match="no canonical point"):
            read_proof(bad.proof.to_bytes())
    assert not verify(preimage.key(), outside.proof, outside.signals)
    assert not verify_by_precompile(preimage.key(), outside.proof, outside.signals)


def test_proof__made_another_without_the_witness__is_valid_too(
    preimage: Artifacts, proven: Proven
) -> None:
    """Proofs are malleable, so that nothing may be keyed on their bytes: pitfall 2."""
    other = negated_twice(proven)
    assert other.proof.to_bytes() != proven.proof.to_bytes()
    assert verify(preimage.key(), other.proof, other.signals)


def test_signals__at_the_order_or_too_few__are_refused(preimage: Artifacts, proven: Proven) -> None:
    first, *others = proven.signals
    with pytest.raises(BadSignal, match="public signal 0"):
        verify(preimage.key(), proven.proof, [first + R, *others])
    with pytest.raises(BadProof, match="3 public signals, 2 are given"):
        verify(preimage.key(), proven.proof, others)


def test_key__without_a_contribution__is_refused(preimage: Artifacts, tmp_path: Path) -> None:
    """With gamma equal to delta anybody can prove anything: pitfall 1."""
    bare, exported = tmp_path / "bare.zkey", tmp_path / "key.json"
    run("groth16", "setup", preimage.r1cs, Ceremony().phase1, bare)
    run("zkey", "export", "verificationkey", bare, exported)

    with pytest.raises(BadKey, match="nobody contributed"):
        read_key(json.loads(exported.read_text()))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"protocol": "plonk"}, "Groth16 key"),
        ({"IC": [["1", "2", "0"]]}, "not affine"),
        ({"vk_alpha_1": ["1", "3", "1"]}, "no point of its curve"),
        ({"vk_alpha_1": ["0", "1", "0"]}, "at infinity"),
        ({"vk_beta_2": None}, "not a verification key"),
    ],
)
def test_key__that_is_none__is_refused(
    preimage: Artifacts, change: dict[str, object], said: str
) -> None:
    given = json.loads(preimage.verification_key.read_text())
    with pytest.raises(BadKey, match=said):
        read_key({**given, **change})


def test_generator__key_for_another_number_of_signals__is_refused(preimage: Artifacts) -> None:
    key = preimage.key()
    with pytest.raises(BadKey, match="4 public signals"):
        generate("preimage", replace(key, ic=(*key.ic, G1(1, 2))))


def test_artifacts__changed_or_missing_or_unknown__are_refused(
    preimage: Artifacts, tmp_path: Path
) -> None:
    lock = json.loads((ROOT / "circuits/artifacts.lock").read_text())
    lock["circuits"]["preimage"]["zkey"] = "00" * 32
    other = tmp_path / "artifacts.lock"
    other.write_text(json.dumps(lock))
    with pytest.raises(BadKey, match=r"preimage\.zkey is not the one in the lock file"):
        load("preimage", ROOT, other)
    with pytest.raises(BadKey, match="no r1cs here: run `make circuits`"):
        load("preimage", tmp_path, ROOT / "circuits/artifacts.lock")
    with pytest.raises(BadKey, match="names no preimage"):
        load("preimage", tmp_path)
    with pytest.raises(BadKey, match="no circuit 'none'"):
        load("none", ROOT)
    other.write_text("[]")
    with pytest.raises(BadKey, match="no lock file"):
        load("preimage", ROOT, other)


def test_proving_key__that_is_none__is_refused(preimage: Artifacts, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zkey"
    broken.write_bytes(b"none" + bytes(100))
    with pytest.raises(BadKey, match="no zkey file"):
        read_proving_key(broken)
    with pytest.raises(BadKey, match="no zkey file"):
        read_proving_key(preimage.r1cs)


def test_proving_key__point_off_its_curve__is_refused_before_zksnake_panics(
    preimage: Artifacts, tmp_path: Path
) -> None:
    """zksnake ends the interpreter's thread on such points, or reduces them: pitfall 10."""
    data = bytearray(preimage.zkey.read_bytes())
    alpha = data.find(P.to_bytes(32, "little")) + 32 + 4 + 32 + 12
    data[alpha] ^= 1
    broken = tmp_path / "broken.zkey"
    broken.write_bytes(data)
    with pytest.raises(BadKey, match="off its curve"):
        Zksnake().prove_values(broken, [1])


@pytest.mark.parametrize("name", [name for name, one in CIRCUITS.items() if one.is_small])
def test_build__again__is_the_same_to_the_byte(made: None, name: str) -> None:
    from circuits.build import check

    assert check(name) == []


def test_build__changed_source__is_noticed(tmp_path: Path, preimage: Artifacts) -> None:
    folder = ROOT / ".build/test-circuits-source"
    folder.mkdir(parents=True, exist_ok=True)
    artifacts = replace(preimage, folder=folder)
    compile_circuit(artifacts)
    assert artifacts.r1cs.read_bytes() == preimage.r1cs.read_bytes()
