"""The envelope around a ciphertext, and its form as text.

| bytes | field |
|---|---|
| 2 | `TW` |
| 1 | version, 1 |
| 1 | kind: 1 input, 2 content key, 3 result |
| 8 | context: the first bytes of its digest |
| 32 | addressee: the recipient's public key; of an input, a commitment to its content key |
| 4 | length of the body |
| the rest | body |

The header says which of several mistakes was made; what is believed is the body, whose cipher
authenticates the header and the whole digest. As text, an envelope is `twenc:` and base64url
without padding: pools keep strings, which must be UTF-8.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass, replace
from enum import IntEnum

from taskwork.errors import (
    MisdirectedEnvelope,
    NotAnEnvelope,
    TruncatedEnvelope,
    UnknownEnvelope,
    WrongAddressee,
)
from taskwork.privacy.context import Context

VERSION = 1
_MAGIC = b"TW"
_HEADER = struct.Struct(">2sBB8s32sI")
_TEXT = "twenc:"


class Kind(IntEnum):
    """What is inside."""

    INPUT = 1
    KEY = 2
    RESULT = 3


@dataclass(frozen=True, slots=True)
class Envelope:
    """A ciphertext, and for what it is."""

    kind: Kind
    tag: bytes  # of the context
    addressee: bytes
    body: bytes

    @classmethod
    def empty(cls, kind: Kind, context: Context, addressee: bytes) -> Envelope:
        """An envelope to be filled."""
        return cls(kind, _tag(context), addressee, b"")

    def fill(self, body: bytes) -> Envelope:
        """The same with a body."""
        return replace(self, body=body)

    def associated(self, context: Context) -> bytes:
        """What the cipher authenticates beside the body."""
        return self._header(0) + context.digest()

    def expect(self, kind: Kind, context: Context, addressee: bytes) -> None:
        """Refuse an envelope that is for something or somebody else."""
        if self.kind is not kind:
            raise NotAnEnvelope(f"holds the {self.kind.name.lower()}, not the {kind.name.lower()}")
        if self.tag != _tag(context):
            raise MisdirectedEnvelope(context, self.tag)
        if self.addressee != addressee:
            raise WrongAddressee(addressee, self.addressee)

    def to_bytes(self) -> bytes:
        """As it is sent."""
        return self._header(len(self.body)) + self.body

    def to_text(self) -> str:
        """As pools keep it."""
        return _TEXT + base64.urlsafe_b64encode(self.to_bytes()).rstrip(b"=").decode()

    def _header(self, length: int) -> bytes:
        return _HEADER.pack(_MAGIC, VERSION, self.kind, self.tag, self.addressee, length)


def is_encrypted(text: str) -> bool:
    """Whether a job's input or result claims to be an envelope."""
    return text.startswith(_TEXT)


def read_envelope(data: bytes | str) -> Envelope:
    """Read an envelope; the ciphertext inside is not looked at."""
    raw = _from_text(data) if isinstance(data, str) else data
    if raw[: len(_MAGIC)] != _MAGIC[: len(raw)]:
        raise NotAnEnvelope("does not begin as an envelope does")
    if len(raw) > len(_MAGIC) and raw[len(_MAGIC)] != VERSION:
        raise UnknownEnvelope("version", raw[len(_MAGIC)])
    if len(raw) < _HEADER.size:
        raise TruncatedEnvelope(_HEADER.size, len(raw))
    _, _, kind, tag, addressee, length = _HEADER.unpack_from(raw)
    if kind not in set(Kind):
        raise UnknownEnvelope("kind", kind)
    if len(raw) < _HEADER.size + length:
        raise TruncatedEnvelope(_HEADER.size + length, len(raw))
    if len(raw) > _HEADER.size + length:
        raise NotAnEnvelope(f"goes on after its {_HEADER.size + length} bytes")
    return Envelope(Kind(kind), tag, addressee, raw[_HEADER.size :])


def _from_text(text: str) -> bytes:
    if not is_encrypted(text):
        raise NotAnEnvelope(f"does not begin with {_TEXT}")
    digits = text.removeprefix(_TEXT)
    try:
        raw = base64.b64decode(digits + "=" * (-len(digits) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotAnEnvelope("is not base64url") from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != digits:
        raise NotAnEnvelope("is base64url with stray bits")  # one envelope has one text, one hash
    return raw


def _tag(context: Context) -> bytes:
    return context.digest()[:8]
