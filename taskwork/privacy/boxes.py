"""Encrypts and opens: an input under its content key, the key and the result to a public key.

Content keys are single-use, with ChaCha20-Poly1305. Sealing is HPKE (RFC 9180) in its base mode:
X25519, HKDF-SHA256, ChaCha20-Poly1305.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from eth_utils.crypto import keccak

from taskwork.errors import InvalidInput, MisdirectedEnvelope, TamperedEnvelope, TruncatedEnvelope
from taskwork.privacy.context import ClaimContext, Context, InputContext
from taskwork.privacy.envelope import Envelope, Kind, read_envelope
from taskwork.privacy.keys import PrivateKey, PublicKey

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_KEY_BYTES = 32
_NONCE_BYTES = 12
_COMMITMENT = b"Taskwork content key"


@dataclass(frozen=True, slots=True)
class ContentKey:
    """Opens one input. Its commitment stands in the envelope, so that only one key fits."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != _KEY_BYTES:
            raise InvalidInput("content key", f"{len(self.secret)} bytes", "must be 32 bytes")

    @property
    def commitment(self) -> bytes:
        """Tells nothing of the key."""
        return keccak(_COMMITMENT + self.secret)


@dataclass(frozen=True, slots=True)
class EncryptedInput:
    """What to post, and the key to keep until somebody has claimed."""

    text: str
    key: ContentKey

    @property
    def content_hash(self) -> bytes:
        """What the chain keeps of it."""
        return content_hash(self.text)


def content_hash(text: str) -> bytes:
    """The hash of an input or result as posted."""
    return keccak(text=text)


def encrypt_input(plain: bytes, context: InputContext) -> EncryptedInput:
    """Phase one: encrypt an input under a new key."""
    key, nonce = ContentKey(secrets.token_bytes(_KEY_BYTES)), secrets.token_bytes(_NONCE_BYTES)
    envelope = Envelope.empty(Kind.INPUT, context, key.commitment)
    cipher = ChaCha20Poly1305(key.secret)
    body = nonce + cipher.encrypt(nonce, plain, envelope.associated(context))
    return EncryptedInput(envelope.fill(body).to_text(), key)


def open_input(text: str, key: ContentKey, context: InputContext) -> bytes:
    """Decrypt an input with the key that the requester sealed."""
    envelope = read_envelope(text)
    envelope.expect(Kind.INPUT, context, key.commitment)
    nonce, ciphertext = envelope.body[:_NONCE_BYTES], envelope.body[_NONCE_BYTES:]
    if len(nonce) < _NONCE_BYTES:
        raise TruncatedEnvelope(_NONCE_BYTES, len(nonce))
    try:
        return ChaCha20Poly1305(key.secret).decrypt(nonce, ciphertext, envelope.associated(context))
    except InvalidTag:
        raise TamperedEnvelope(Kind.INPUT.name.lower()) from None


def seal_key(posted: EncryptedInput, worker_key: PublicKey, context: ClaimContext) -> bytes:
    """Phase two: hand the input's key to the worker that holds the claim.

    Check the key's `Announcement` before: whoever owns the key can read the input.
    """
    return _seal(Kind.KEY, posted.key.secret + posted.content_hash, worker_key, context).to_bytes()


def open_key(sealed: bytes, own: PrivateKey, context: ClaimContext, posted_text: str) -> ContentKey:
    """The key of the input `posted_text`; refuses one that was sealed for another input."""
    plain = _open(Kind.KEY, sealed, own, context)
    secret, hash_ = plain[:_KEY_BYTES], plain[_KEY_BYTES:]
    if hash_ != content_hash(posted_text):
        raise MisdirectedEnvelope("this input", hash_)
    return ContentKey(secret)


def seal_result(plain: bytes, requester_key: PublicKey, context: ClaimContext) -> str:
    """Encrypt a result to the requester; returns what to submit."""
    return _seal(Kind.RESULT, plain, requester_key, context).to_text()


def open_result(text: str, own: PrivateKey, context: ClaimContext) -> bytes:
    """Decrypt a result."""
    return _open(Kind.RESULT, text, own, context)


def _seal(kind: Kind, plain: bytes, recipient: PublicKey, context: Context) -> Envelope:
    envelope = Envelope.empty(kind, context, recipient.raw)
    try:
        body = _SUITE.encrypt(plain, recipient.for_x25519(), info=envelope.associated(context))
    except ValueError:  # a point of low order: anyone could open it
        raise InvalidInput("public key", str(recipient), "must not be of low order") from None
    return envelope.fill(body)


def _open(kind: Kind, data: bytes | str, own: PrivateKey, context: Context) -> bytes:
    envelope = read_envelope(data)
    envelope.expect(kind, context, own.public.raw)
    try:
        return _SUITE.decrypt(envelope.body, own.for_x25519(), info=envelope.associated(context))
    except InvalidTag:
        raise TamperedEnvelope(kind.name.lower()) from None
