"""BN254 as the EVM knows it (EIP-196, EIP-197): its fields, its points, their encodings."""

from __future__ import annotations

from dataclasses import dataclass

from eth_utils.crypto import keccak

from taskwork.errors import BadProof

P = 21888242871839275222246405745257275088696311157297823662689037894645226208583
"""Coordinates are below P."""

R = 21888242871839275222246405745257275088548364400416034343698204186575808495617
"""Scalars, and so signals, are below R."""

# y^2 = x^3 + 3 / (9 + i), the curve of G2
TWIST_B = (
    19485874751759354771024239261021720505790618469301721065564631296452457478373,
    266929791119991161246907387137283842545076965332900288569378510910307636690,
)

Complex = tuple[int, int]  # real part, imaginary part


@dataclass(frozen=True)
class G1:
    """A point of y^2 = x^3 + 3; (0, 0) is the point at infinity."""

    x: int
    y: int

    def words(self) -> tuple[int, ...]:
        """Return the coordinates as the precompiles take them."""
        return (self.x, self.y)

    def negated(self) -> G1:
        return G1(self.x, -self.y % P)

    def is_on_curve(self) -> bool:
        """Whether it is a canonical point of the curve; all of them are of order R."""
        if (self.x, self.y) == (0, 0):
            return True
        return max(self.x, self.y) < P and (self.y**2 - self.x**3 - 3) % P == 0


@dataclass(frozen=True)
class G2:
    """A point of the twist. Membership of the subgroup is for who computes with it to check."""

    x: Complex
    y: Complex

    def words(self) -> tuple[int, ...]:
        """Return the coordinates as the precompiles take them: imaginary parts first."""
        return (self.x[1], self.x[0], self.y[1], self.y[0])

    def negated(self) -> G2:
        return G2(self.x, (-self.y[0] % P, -self.y[1] % P))

    def is_on_curve(self) -> bool:
        """Whether it is a canonical point of the twist."""
        if self.x == self.y == (0, 0):
            return True
        cube = _times(_times(self.x, self.x), self.x)
        right = ((cube[0] + TWIST_B[0]) % P, (cube[1] + TWIST_B[1]) % P)
        return max(*self.x, *self.y) < P and _times(self.y, self.y) == right


def encode(*words: int) -> bytes:
    """Return 32 bytes, big-endian, for each number."""
    return b"".join(word.to_bytes(32) for word in words)


def decode(data: bytes) -> list[int]:
    """Read numbers of 32 bytes each."""
    if len(data) % 32:
        raise BadProof(f"{len(data)} bytes are no whole words of 32")
    return [int.from_bytes(data[at : at + 32]) for at in range(0, len(data), 32)]


def to_signal(data: bytes) -> int:
    """Hash into a number below R, as the contracts do: Keccak-256 without its last byte."""
    return int.from_bytes(keccak(data)) >> 8


def _times(a: Complex, b: Complex) -> Complex:
    return ((a[0] * b[0] - a[1] * b[1]) % P, (a[0] * b[1] + a[1] * b[0]) % P)
