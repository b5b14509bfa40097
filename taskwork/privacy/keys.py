"""X25519 keys, and how an account says which one is its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from eth_account.messages import SignableMessage, encode_typed_data

from taskwork.chain.signing import MessageSigner, recover_signer
from taskwork.chain.types import Address
from taskwork.errors import InvalidInput, UntrustedKey

_TYPES = {
    "EncryptionKey": [
        {"name": "account", "type": "address"},
        {"name": "publicKey", "type": "bytes32"},
        {"name": "expires", "type": "uint256"},
    ]
}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """To whom one can seal."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != 32:
            raise InvalidInput("public key", self.raw.hex(), "must be 32 bytes")

    def __str__(self) -> str:
        return f"0x{self.raw.hex()}"

    def for_x25519(self) -> X25519PublicKey:
        """As the cipher wants it."""
        return X25519PublicKey.from_public_bytes(self.raw)


class PrivateKey:
    """Opens what was sealed to its public key. Never printed."""

    __slots__ = ("_key", "public")

    def __init__(self, raw: bytes) -> None:
        if len(raw) != 32:
            raise InvalidInput("private key", f"{len(raw)} bytes", "must be 32 bytes")
        self._key = X25519PrivateKey.from_private_bytes(raw)
        self.public = PublicKey(self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> PrivateKey:
        """A new key, from the system's randomness."""
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    def __repr__(self) -> str:
        return f"PrivateKey(public={self.public})"

    def to_bytes(self) -> bytes:
        """The secret itself, to be stored as secrets are."""
        return self._key.private_bytes_raw()

    def for_x25519(self) -> X25519PrivateKey:
        """As the cipher wants it."""
        return self._key


@dataclass(frozen=True, slots=True)
class Announcement:
    """An account's word that a key is its own. Without it, whoever carries keys reads along."""

    account: Address
    public_key: PublicKey
    expires: datetime
    signature: bytes

    @classmethod
    def sign(
        cls, signer: MessageSigner, public_key: PublicKey, *, chain_id: int, expires: datetime
    ) -> Announcement:
        """Announce a key for one chain, until `expires`, which knows its time zone."""
        if expires.tzinfo is None:
            raise InvalidInput("expires", expires.isoformat(), "must have a time zone")
        message = _message(signer.address, public_key, chain_id, expires)
        signed = signer.sign_message(message)
        return cls(signer.address, public_key, expires, bytes(signed.signature))

    def check(self, account: Address, *, chain_id: int, now: datetime | None = None) -> PublicKey:
        """The key, if this account announced it and the announcement still holds."""
        message = _message(self.account, self.public_key, chain_id, self.expires)
        if recover_signer(message, self.signature) != account:
            raise UntrustedKey(account, "not signed by the account for this chain")
        if (now or datetime.now(UTC)) > self.expires:
            raise UntrustedKey(account, f"expired {self.expires.isoformat()}")
        return self.public_key


def _message(
    account: Address, public_key: PublicKey, chain_id: int, expires: datetime
) -> SignableMessage:
    return encode_typed_data(
        domain_data={"name": "Taskwork Privacy", "version": "1", "chainId": chain_id},
        message_types=_TYPES,
        message_data={
            "account": account,
            "publicKey": public_key.raw,
            "expires": int(expires.timestamp()),
        },
    )
