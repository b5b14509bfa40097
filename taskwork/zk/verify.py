"""Checks proofs without a chain: by py-ecc, or by the EVM's precompiles where pyrevm is.

Both judge as the contracts do: a malformed proof raises, a wrong one is False.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from py_ecc import optimized_bn128 as bn

from taskwork.zk.curve import G1, G2, R, encode
from taskwork.zk.keys import VerifyingKey
from taskwork.zk.proofs import Proof, check_signals, checked

PAIRING = "0x0000000000000000000000000000000000000008"

Pair = tuple[G1, G2]


def verify(key: VerifyingKey, proof: Proof, signals: Sequence[int]) -> bool:
    """Whether `proof` shows the statement that `signals` make, by py-ecc.

    Raises:
        BadProof: a point is off its curve, or the number of signals is not the key's.
        BadSignal: a signal is not below R.

    """
    product = bn.FQ12.one()
    for left, right in equation(key, proof, signals):
        point = _affine2(right)
        if not bn.is_inf(bn.multiply(point, R)):
            return False  # of the twist, but not of the subgroup: the precompile refuses it too
        product *= bn.pairing(point, _affine1(left), final_exponentiate=False)
    return bool(bn.final_exponentiate(product) == bn.FQ12.one())


def verify_by_precompile(key: VerifyingKey, proof: Proof, signals: Sequence[int]) -> bool:
    """As `verify`, by the EVM's precompile in process. Needs pyrevm."""
    from pyrevm import EVM  # noqa: PLC0415 - an extra

    pairs = equation(key, proof, signals)
    data = b"".join(encode(*left.words(), *right.words()) for left, right in pairs)
    caller = "0x" + "11" * 20
    try:
        answer = EVM().message_call(caller, PAIRING, calldata=data, gas=1_000_000)
    except RuntimeError:
        return False  # the precompile refuses points that are none
    return int.from_bytes(answer) == 1


def equation(key: VerifyingKey, proof: Proof, signals: Sequence[int]) -> list[Pair]:
    """Return the pairs whose pairings multiply to one for a true statement: Groth16 (2016/260)."""
    check_signals(signals, key.signals)
    checked(proof)
    total: Any = _affine1(key.ic[0])
    for signal, point in zip(signals, key.ic[1:], strict=True):
        total = bn.add(total, bn.multiply(_affine1(point), signal))
    return [
        (proof.a, proof.b),
        (key.alpha, key.beta.negated()),
        (_point1(total), key.gamma.negated()),
        (proof.c, key.delta.negated()),
    ]


def _affine1(point: G1) -> Any:
    if point == G1(0, 0):
        return bn.Z1
    return (bn.FQ(point.x), bn.FQ(point.y), bn.FQ.one())


def _affine2(point: G2) -> Any:
    if not any(point.words()):
        return bn.Z2
    return (bn.FQ2(list(point.x)), bn.FQ2(list(point.y)), bn.FQ2.one())


def _point1(point: Any) -> G1:
    if bn.is_inf(point):
        return G1(0, 0)
    x, y = bn.normalize(point)
    return G1(int(x), int(y))
