"""Reads the files that circom and snarkjs write: witnesses and Groth16 proving keys.

Both are sections of little-endian numbers. Points are in Montgomery form, coefficients in it twice.
The form is snarkjs'; see `WITNESS` and `KEY` for the sections read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from taskwork.errors import BadKey, ProverFailed
from taskwork.zk.curve import G1, G2, P, R

WORD = 32
MONTGOMERY = 1 << 256
FROM_POINT = pow(MONTGOMERY, -1, P)
FROM_COEFFICIENT = pow(MONTGOMERY, -2, R)

GROTH16 = 1
WITNESS = 2  # the section of a witness file with the values
HEADER, COEFFICIENTS, POINTS_A, POINTS_B1, POINTS_B2, POINTS_C, POINTS_H = 2, 4, 5, 6, 7, 8, 9

Coefficient = tuple[int, int, int, int]  # matrix (0 is A, 1 is B), constraint, wire, value


@dataclass(frozen=True)
class ProvingKey:
    """A Groth16 proving key: common points, and a point for each wire or power."""

    publics: int
    domain: int  # constraints, rounded up to a power of two
    alpha1: G1
    beta1: G1
    beta2: G2
    delta1: G1
    delta2: G2
    coefficients: tuple[Coefficient, ...]
    a: tuple[G1, ...]
    b1: tuple[G1, ...]
    b2: tuple[G2, ...]
    c: tuple[G1, ...]
    h: tuple[G1, ...]


def read_witness(path: Path) -> list[int]:
    """Return the value of each wire: 1, the public signals, the others."""
    values = numbers(sections(path, b"wtns")[WITNESS])
    if not values or values[0] != 1:
        raise ProverFailed(f"{path.name} is no witness: its first value is not 1")
    return values


def read_proving_key(path: Path) -> ProvingKey:
    """Read a Groth16 key on BN254.

    Raises:
        BadKey: it is something else.

    """
    part = sections(path, b"zkey")
    if struct.unpack("<I", part[1])[0] != GROTH16:
        raise BadKey(f"{path.name} is not a key for Groth16")
    header = part[HEADER]
    if header[4 : 4 + WORD] != P.to_bytes(WORD, "little"):
        raise BadKey(f"{path.name} is not a key on BN254")
    _, publics, domain = struct.unpack_from("<III", header, 8 + 2 * WORD)
    common = header[20 + 2 * WORD :]
    in_g1, in_g2 = 2 * WORD, 4 * WORD
    beta2_at, delta1_at = 2 * in_g1, 2 * in_g1 + 2 * in_g2
    return ProvingKey(
        publics=publics,
        domain=domain,
        alpha1=points1(common[:in_g1])[0],
        beta1=points1(common[in_g1 : 2 * in_g1])[0],
        beta2=points2(common[beta2_at : beta2_at + in_g2])[0],
        delta1=points1(common[delta1_at : delta1_at + in_g1])[0],
        delta2=points2(common[delta1_at + in_g1 : delta1_at + in_g1 + in_g2])[0],
        coefficients=tuple(coefficients(part[COEFFICIENTS])),
        a=points1(part[POINTS_A]),
        b1=points1(part[POINTS_B1]),
        b2=points2(part[POINTS_B2]),
        c=points1(part[POINTS_C]),
        h=points1(part[POINTS_H]),
    )


def sections(path: Path, magic: bytes) -> dict[int, bytes]:
    """Return the sections of a file by their numbers."""
    data = path.read_bytes()
    if data[:4] != magic:
        raise BadKey(f"{path.name} is no {magic.decode()} file")
    found, at = {}, 12
    while at < len(data):
        kind, length = struct.unpack_from("<IQ", data, at)
        found[kind] = data[at + 12 : at + 12 + length]
        at += 12 + length
    return found


def coefficients(data: bytes) -> Iterator[Coefficient]:
    for at in range(4, len(data), 12 + WORD):
        matrix, constraint, wire = struct.unpack_from("<III", data, at)
        value = int.from_bytes(data[at + 12 : at + 12 + WORD], "little")
        yield matrix, constraint, wire, value * FROM_COEFFICIENT % R


def points1(data: bytes) -> tuple[G1, ...]:
    word = [one * FROM_POINT % P for one in numbers(data)]
    return tuple(G1(*word[at : at + 2]) for at in range(0, len(word), 2))


def points2(data: bytes) -> tuple[G2, ...]:
    word = [one * FROM_POINT % P for one in numbers(data)]
    return tuple(
        G2((word[at], word[at + 1]), (word[at + 2], word[at + 3])) for at in range(0, len(word), 4)
    )


def numbers(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + WORD], "little") for at in range(0, len(data), WORD)]
