"""Whether a contract is the one that it should be."""

from __future__ import annotations

from collections.abc import Sequence

from eth_utils.crypto import keccak

_WORD = 32


def created_address(creator: bytes, nonce: int) -> bytes:
    """The address of a contract's creation number `nonce`, which is below 128."""
    return keccak(b"\xd6\x94" + creator + bytes([nonce]))[12:]


def is_same_code(code: bytes, made: bytes, parts: Sequence[bytes]) -> bool:
    """Whether `code` is what the constructor `made` elsewhere, but for what its address decides.

    That is the addresses of the `parts` that it created, wherever they stand, and one word: the
    hash of the code that its factory creates.
    """
    if len(code) != len(made):
        return False
    ours = {at for part in parts for at in _places(code, part)}
    other = [at for at in range(len(code)) if code[at] != made[at] and at not in ours]
    return not other or other[-1] - other[0] < _WORD


def _places(code: bytes, part: bytes) -> list[int]:
    """Every byte of every occurrence of `part`."""
    found: list[int] = []
    start = code.find(part)
    while start >= 0:
        found += range(start, start + len(part))
        start = code.find(part, start + 1)
    return found
