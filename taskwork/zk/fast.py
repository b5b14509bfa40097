"""Proves with zksnake's native arithmetic: many times as fast as snarkjs, with the same keys.

The protocol is Groth16 (2016/260) as snarkjs lays it out: the quotient is evaluated on a coset of
the constraints' domain. zksnake panics on points off their curve and reduces coordinates silently,
so that everything that goes into it is checked before.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from taskwork.errors import BadKey, ProverFailed
from taskwork.zk.curve import G1, G2, R
from taskwork.zk.files import ProvingKey, read_proving_key, read_witness
from taskwork.zk.proofs import Proof
from taskwork.zk.prove import Proven

GENERATOR = 5  # of the scalars' multiplicative group
TWO_ADICITY = 28  # R - 1 is divisible by 2^28

Points = tuple[list[int], list[Any]]  # the wires that have a point, and the points


@dataclass(frozen=True)
class LoadedKey:
    """A proving key as zksnake's points, checked; wires without a point are left out."""

    key: ProvingKey
    common: dict[str, Any]
    a: Points
    b1: Points
    b2: Points
    c: Points
    h: Points


@dataclass(frozen=True)
class Zksnake:
    """zksnake, in this process. Keeps the keys that it has read."""

    name: str = field(default="zksnake", init=False)
    _loaded: dict[Path, LoadedKey] = field(default_factory=dict, init=False, repr=False)

    def prove(self, zkey: Path, witness: Path) -> Proven:
        return self.prove_values(zkey, read_witness(witness))

    def prove_values(self, zkey: Path, values: list[int]) -> Proven:
        """Prove a witness that is at hand."""
        loaded = self._loaded.get(zkey) or load_key(zkey)
        self._loaded[zkey] = loaded
        if len(values) != len(loaded.key.a):
            raise ProverFailed(
                f"the witness has {len(values)} values, the key is for {len(loaded.key.a)}"
            )
        signals = tuple(values[1 : loaded.key.publics + 1])
        return Proven(combine(loaded, values, quotient(loaded.key, values)), signals)


def load_key(zkey: Path) -> LoadedKey:
    """Read and check a proving key.

    Raises:
        BadKey: it is no Groth16 key on BN254, or a point is off its curve.
        ProverFailed: zksnake is not installed.

    """
    key = read_proving_key(zkey)
    names = ("alpha1", "beta1", "beta2", "delta1", "delta2")
    return LoadedKey(
        key,
        {name: native(getattr(key, name)) for name in names},
        present(key.a), present(key.b1), present(key.b2), present(key.c), present(key.h),
    )  # fmt: skip


def combine(loaded: LoadedKey, values: list[int], above: list[int]) -> Proof:
    """Return the proof of a witness and of its quotient, blinded."""
    common, r, s = loaded.common, secrets.randbelow(R), secrets.randbelow(R)
    a = multiply(loaded.a, values) + common["alpha1"] + common["delta1"] * r
    b2 = multiply(loaded.b2, values) + common["beta2"] + common["delta2"] * s
    b1 = multiply(loaded.b1, values) + common["beta1"] + common["delta1"] * s
    private = multiply(loaded.c, values[loaded.key.publics + 1 :])
    c = private + multiply(loaded.h, above) + a * s + b1 * r + common["delta1"] * (-r * s % R)
    return Proof(plain1(a), plain2(b2), plain1(c))


def quotient(key: ProvingKey, values: list[int]) -> list[int]:
    """Return A * B - C on the coset. That C = A * B on the domain is what the witness satisfies."""
    rows: tuple[list[int], list[int]] = ([0] * key.domain, [0] * key.domain)
    for matrix, constraint, wire, value in key.coefficients:
        rows[matrix][constraint] += value * values[wire]
    a, b = ([one % R for one in row] for row in rows)
    c = [x * y % R for x, y in zip(a, b, strict=True)]
    shifted = [on_coset(row, key.domain) for row in (a, b, c)]
    return [(x * y - z) % R for x, y, z in zip(*shifted, strict=True)]


def on_coset(evaluations: list[int], domain: int) -> list[int]:
    """Evaluate the same polynomial on the domain times a root of unity of twice its size."""
    polynomials = _algebra().polynomial_bn254
    shift = pow(GENERATOR, (R - 1) // (2 * domain), R)
    power, scaled = 1, []
    for coefficient in polynomials.ifft(evaluations, domain):
        scaled.append(coefficient * power % R)
        power = power * shift % R
    return list(polynomials.fft(scaled, domain))


def present(points: Sequence[G1 | G2]) -> Points:
    """Return the points that are not at infinity, and where they stand."""
    wires = [wire for wire, point in enumerate(points) if any(point.words())]
    return wires, [native(points[wire]) for wire in wires]


def multiply(points: Points, scalars: list[int]) -> Any:
    curve = _algebra().ec_bn254
    wires, bases = points
    is_first = not bases or isinstance(bases[0], curve.PointG1)
    if not bases:
        return curve.g1() * 0
    function = curve.multiscalar_mul_g1 if is_first else curve.multiscalar_mul_g2
    return function(bases, [scalars[wire] for wire in wires])


def native(point: G1 | G2) -> Any:
    if not point.is_on_curve():
        raise BadKey(f"the proving key has a point off its curve: {point}")
    curve = _algebra().ec_bn254
    if isinstance(point, G1):
        return curve.PointG1(point.x, point.y)
    return curve.PointG2(*point.x, *point.y)


def plain1(point: Any) -> G1:
    return G1(0, 0) if point.is_zero() else G1(int(point.x), int(point.y))


def plain2(point: Any) -> G2:
    x, y = point.x, point.y
    return G2((int(x[0]), int(x[1])), (int(y[0]), int(y[1])))


def _algebra() -> Any:
    try:
        from zksnake import _algebra  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ProverFailed("zksnake is not installed: pip install 'taskwork[zk-fast]'") from error
    return _algebra
