"""Proofs that are almost right."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from py_ecc import optimized_bn128 as bn

from taskwork.zk.curve import G1, G2, P, R
from taskwork.zk.prove import Proven

TWO_INVERSE = pow(2, -1, P)

Mutation = Callable[[random.Random, Proven], Proven]


def random_g1(draw: random.Random) -> G1:
    x, y = bn.normalize(bn.multiply(bn.G1, draw.randrange(1, R)))
    return G1(int(x), int(y))


def random_g2(draw: random.Random) -> G2:
    x, y = bn.normalize(bn.multiply(bn.G2, draw.randrange(1, R)))
    return G2((int(x.coeffs[0]), int(x.coeffs[1])), (int(y.coeffs[0]), int(y.coeffs[1])))


def other_signal(draw: random.Random, proven: Proven) -> Proven:
    signals = list(proven.signals)
    place = draw.randrange(len(signals))
    signals[place] = (signals[place] + draw.randrange(1, R)) % R
    return replace(proven, signals=tuple(signals))


def swapped_signals(_: random.Random, proven: Proven) -> Proven:
    return replace(proven, signals=proven.signals[::-1])


def other_a(draw: random.Random, proven: Proven) -> Proven:
    return replace(proven, proof=replace(proven.proof, a=random_g1(draw)))


def other_b(draw: random.Random, proven: Proven) -> Proven:
    return replace(proven, proof=replace(proven.proof, b=random_g2(draw)))


def other_c(draw: random.Random, proven: Proven) -> Proven:
    return replace(proven, proof=replace(proven.proof, c=random_g1(draw)))


def negated_a(_: random.Random, proven: Proven) -> Proven:
    return replace(proven, proof=replace(proven.proof, a=proven.proof.a.negated()))


def infinite_c(_: random.Random, proven: Proven) -> Proven:
    return replace(proven, proof=replace(proven.proof, c=G1(0, 0)))


def exchanged(_: random.Random, proven: Proven) -> Proven:
    proof = proven.proof
    return replace(proven, proof=replace(proof, a=proof.c, c=proof.a))


MUTATIONS: tuple[Mutation, ...] = (
    other_signal, swapped_signals, other_a, other_b, other_c, negated_a, infinite_c, exchanged,
)  # fmt: skip


def negated_twice(proven: Proven) -> Proven:
    """The same statement in another proof: -A and -B."""
    proof = proven.proof
    return replace(proven, proof=replace(proof, a=proof.a.negated(), b=proof.b.negated()))


def not_canonical(proven: Proven) -> list[Proven]:
    """The same points with a coordinate that is not below the field's prime."""
    a, b, c = proven.proof.a, proven.proof.b, proven.proof.c
    proofs = [
        replace(proven.proof, a=G1(a.x + P, a.y)),
        replace(proven.proof, a=G1(a.x, a.y + P)),
        replace(proven.proof, b=G2((b.x[0] + P, b.x[1]), b.y)),
        replace(proven.proof, b=G2(b.x, (b.y[0], b.y[1] + P))),
        replace(proven.proof, c=G1(c.x, c.y + P)),
    ]
    return [replace(proven, proof=proof) for proof in proofs]


def off_curve(proven: Proven) -> list[Proven]:
    """Points that are none, and one of the twist that is not of the subgroup."""
    a, b = proven.proof.a, proven.proof.b
    proofs = [
        replace(proven.proof, a=G1(a.x, (a.y + 1) % P)),
        replace(proven.proof, b=G2(b.x, ((b.y[0] + 1) % P, b.y[1]))),
        replace(proven.proof, b=outside_the_subgroup()),
    ]
    return [replace(proven, proof=proof) for proof in proofs]


def outside_the_subgroup() -> G2:
    """Search the twist for a point whose order is not R."""
    for x in range(1, 100):
        point = G2((x, 0), root_of(G2((x, 0), (0, 0))))
        if point.y != (0, 0) and point.is_on_curve() and not is_of_subgroup(point):
            return point
    raise AssertionError("no point found")


def is_of_subgroup(point: G2) -> bool:
    native = (bn.FQ2(list(point.x)), bn.FQ2(list(point.y)), bn.FQ2.one())
    return bool(bn.is_inf(bn.multiply(native, R)))


def root_of(point: G2) -> tuple[int, int]:
    """Return y with y^2 = x^3 + b of the twist, or what is none when there is no such y."""
    square = bn.FQ2(list(point.x)) ** 3 + bn.b2
    real, imaginary = (int(one) for one in square.coeffs)
    size = root(real**2 + imaginary**2)
    for half in ((real + size) * TWO_INVERSE, (real - size) * TWO_INVERSE):
        y = root(half)
        if (y * y - half) % P == 0 and y:
            return (y, imaginary * pow(2 * y, -1, P) % P)
    return (0, 0)


def root(square: int) -> int:
    return pow(square, (P + 1) // 4, P)
