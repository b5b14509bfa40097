"""Writes the Solidity that verifies proofs under one key. The text is ours, under our licence."""

from __future__ import annotations

from importlib import resources
from string import Template

from taskwork.errors import BadKey
from taskwork.zk.curve import G1, G2, R
from taskwork.zk.keys import VerifyingKey, check_key

SIGNALS = 3  # result, commitment, binding: see contracts/interfaces/ICircuitVerifier.sol
DEV_GRADE = (
    "DEV KEY: its set-up is known to everybody, and so are forgeries. For local chains only."
)


def contract_name(circuit: str) -> str:
    """Name a circuit's verifier: digits_public -> DigitsPublicVerifier."""
    return "".join(part.capitalize() for part in circuit.split("_")) + "Verifier"


def generate(circuit: str, key: VerifyingKey, grade: str = DEV_GRADE) -> str:
    """Return the verifier's source. The same key gives the same text.

    Raises:
        BadKey: the key is not safe to use, or is for another number of signals.

    """
    check_key(key)
    if key.signals != SIGNALS:
        raise BadKey(f"{circuit} has {key.signals} public signals; verifiers are for {SIGNALS}")
    text = resources.files("taskwork.zk").joinpath("templates/Verifier.sol.template").read_text()
    return Template(text).substitute(
        circuit=circuit,
        contract=contract_name(circuit),
        grade=grade,
        vk_hash=f"0x{key.hash.hex()}",
        r=R,
        constants="\n".join(_constants(key)),
    )


def _constants(key: VerifyingKey) -> list[str]:
    points: dict[str, G1 | G2] = {
        "ALPHA": key.alpha,
        "BETA": key.beta.negated(),
        "GAMMA": key.gamma.negated(),
        "DELTA": key.delta.negated(),
        **{f"IC{index}": point for index, point in enumerate(key.ic)},
    }
    return [line for name, point in points.items() for line in _point(name, point)]


def _point(name: str, point: G1 | G2) -> list[str]:
    fields = ("X", "Y") if isinstance(point, G1) else ("X1", "X0", "Y1", "Y0")
    return [
        f"    uint256 private constant {name}_{field} = {word};"
        for field, word in zip(fields, point.words(), strict=True)
    ]
