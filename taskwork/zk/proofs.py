"""Groth16 proofs, encoded as the contracts take them: eight words of 32 bytes, A, B, C."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from taskwork.errors import BadProof, BadSignal
from taskwork.zk.curve import G1, G2, R, decode, encode
from taskwork.zk.keys import read_g1, read_g2

PROOF_LENGTH = 256


@dataclass(frozen=True)
class Proof:
    """Three points. Anybody can make another proof of the same statement: never key on it."""

    a: G1
    b: G2
    c: G1

    def to_bytes(self) -> bytes:
        return encode(*self.a.words(), *self.b.words(), *self.c.words())


def read_proof(data: bytes) -> Proof:
    """Read what a contract would read.

    Raises:
        BadProof: the length is wrong, a coordinate is not below the field's prime, or a point is
            off its curve.

    """
    if len(data) != PROOF_LENGTH:
        raise BadProof(f"a proof has {PROOF_LENGTH} bytes, this one {len(data)}")
    word = decode(data)
    proof = Proof(
        G1(word[0], word[1]), G2((word[3], word[2]), (word[5], word[4])), G1(word[6], word[7])
    )
    return checked(proof)


def read_snarkjs_proof(given: Mapping[str, Any]) -> Proof:
    """Read a proof as snarkjs writes it."""
    try:
        proof = Proof(read_g1(given["pi_a"]), read_g2(given["pi_b"]), read_g1(given["pi_c"]))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise BadProof(f"not a proof as snarkjs writes it: {error!r}") from error
    return checked(proof)


def checked(proof: Proof) -> Proof:
    for name, point in (("A", proof.a), ("B", proof.b), ("C", proof.c)):
        if not point.is_on_curve():
            raise BadProof(f"{name} is no canonical point of its curve")
    return proof


def check_signals(signals: Sequence[int], count: int) -> None:
    """Refuse signals that are not below R: the same statement must have one form only."""
    if len(signals) != count:
        raise BadProof(f"the key is for {count} public signals, {len(signals)} are given")
    for index, signal in enumerate(signals):
        if not 0 <= signal < R:
            raise BadSignal(f"public signal {index}", signal, "must be below the field's order")
