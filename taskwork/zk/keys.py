"""Verification keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak

from taskwork.errors import BadKey
from taskwork.zk.curve import G1, G2, encode


@dataclass(frozen=True)
class VerifyingKey:
    """What a Groth16 verifier knows of a circuit."""

    alpha: G1
    beta: G2
    gamma: G2
    delta: G2
    ic: tuple[G1, ...]  # the constant's, then one for each public signal

    @property
    def signals(self) -> int:
        """How many public signals a statement has."""
        return len(self.ic) - 1

    def words(self) -> tuple[int, ...]:
        return tuple(word for point in self.points() for word in point.words())

    def points(self) -> list[G1 | G2]:
        return [self.alpha, self.beta, self.gamma, self.delta, *self.ic]

    @property
    def hash(self) -> bytes:
        """Keccak-256 of its words: what the chain calls the key."""
        return keccak(encode(*self.words()))


def read_key(given: Mapping[str, Any]) -> VerifyingKey:
    """Read and check a key as snarkjs exports it.

    Raises:
        BadKey: it is not one for Groth16 on BN254, a point is off its curve, or nobody contributed
            to its set-up.

    """
    if (given.get("protocol"), given.get("curve")) != ("groth16", "bn128"):
        raise BadKey(f"a Groth16 key on BN254 is needed, this is {given.get('protocol')!r}")
    try:
        key = VerifyingKey(
            alpha=read_g1(given["vk_alpha_1"]),
            beta=read_g2(given["vk_beta_2"]),
            gamma=read_g2(given["vk_gamma_2"]),
            delta=read_g2(given["vk_delta_2"]),
            ic=tuple(read_g1(point) for point in given["IC"]),
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise BadKey(f"not a verification key as snarkjs writes it: {error!r}") from error
    check_key(key)
    return key


def check_key(key: VerifyingKey) -> None:
    """Refuse a key that anybody could forge proofs for."""
    for point in key.points():
        if not point.is_on_curve() or not any(point.words()):
            raise BadKey(f"{point} is no point of its curve, or the one at infinity")
    if key.gamma == key.delta:
        raise BadKey("gamma equals delta: nobody contributed to the set-up, and anybody can forge")


def read_g1(given: Any) -> G1:
    """Read a point as snarkjs writes it: affine, with a 1 behind it."""
    x, y, z = (int(part) for part in given)
    if (x, y, z) == (0, 1, 0):
        return G1(0, 0)
    if z != 1:
        raise ValueError(f"{given} is not affine")
    return G1(x, y)


def read_g2(given: Any) -> G2:
    x, y, z = ((int(part[0]), int(part[1])) for part in given)
    if (x, y, z) == ((0, 0), (1, 0), (0, 0)):
        return G2((0, 0), (0, 0))
    if z != (1, 0):
        raise ValueError(f"{given} is not affine")
    return G2(x, y)
