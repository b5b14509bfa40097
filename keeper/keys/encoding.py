"""EIP-1559 transactions as bytes: what a remote signer is asked to sign, and what is sent. Pure."""

from __future__ import annotations

import rlp
from eth_keys.datatypes import PublicKey, Signature
from eth_keys.exceptions import BadSignature
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError
from hexbytes import HexBytes
from web3.types import TxParams

from keeper.errors import SignerLied
from taskwork.chain.transactions import SignedTx
from taskwork.chain.types import Address

_TYPE = b"\x02"
_NUMBERS = ("chainId", "nonce", "maxPriorityFeePerGas", "maxFeePerGas", "gas")
_SIGNATURE_LENGTH = 65
_PARITY = {0: 0, 1: 1, 27: 0, 28: 1}
# A signature with a greater `s` is another's of the same message, and no node accepts it (EIP-2).
_GREATEST_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


def encode_unsigned(tx: TxParams) -> bytes:
    """What is hashed and signed."""
    return _TYPE + bytes(rlp.encode(_fields(tx)))


def encode_signed(tx: TxParams, signature: bytes, signer: Address) -> SignedTx:
    """The transaction to send. Raises `SignerLied` unless `signer` signed exactly `tx`."""
    parity, r, s = _split(signature, signer)
    found = _recover(keccak(encode_unsigned(tx)), (parity, r, s))
    if found != signer:
        raise SignerLied(signer, f"a signature of {found or 'nobody'}, or of something else")
    raw = _TYPE + bytes(rlp.encode([*_fields(tx), parity, r, s]))
    return SignedTx(raw, f"0x{keccak(raw).hex()}")


def address_of(public_key: str) -> Address | None:
    """The account of an uncompressed public key in hex; None when it is no public key."""
    try:
        key = PublicKey(bytes.fromhex(public_key.removeprefix("0x")))
    except (ValueError, ValidationError):
        return None
    return Address(key.to_checksum_address())


def _fields(tx: TxParams) -> list[object]:
    values = dict(tx)
    call = [HexBytes(values["to"]), values["value"], HexBytes(values["data"])]  # type: ignore[arg-type]
    return [*(values[name] for name in _NUMBERS), *call, ()]  # no access list


def _split(signature: bytes, signer: Address) -> tuple[int, int, int]:
    if len(signature) != _SIGNATURE_LENGTH or signature[64] not in _PARITY:
        raise SignerLied(signer, "what is no signature")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    if s > _GREATEST_S:
        raise SignerLied(signer, "a signature that no node accepts: its s is too great")
    return _PARITY[signature[64]], r, s


def _recover(digest: bytes, parity_r_s: tuple[int, int, int]) -> Address | None:
    try:
        key = Signature(vrs=parity_r_s).recover_public_key_from_msg_hash(digest)
    except (BadSignature, ValidationError):
        return None
    return Address(key.to_checksum_address())
