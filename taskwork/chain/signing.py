"""Who signs messages, and who signed one."""

from __future__ import annotations

from typing import Protocol

from eth_account import Account
from eth_account.datastructures import SignedMessage
from eth_account.messages import SignableMessage
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError

from taskwork.chain.types import Address

SIGNATURE_BYTES = 65


class MessageSigner(Protocol):
    """Who signs EIP-712 messages: eth-account's `LocalAccount`, or whatever does the same."""

    @property
    def address(self) -> Address: ...

    def sign_message(self, signable_message: SignableMessage, /) -> SignedMessage: ...


def recover_signer(message: SignableMessage, signature: bytes) -> Address | None:
    """Who signed a message; None when nobody can have."""
    if len(signature) != SIGNATURE_BYTES:
        return None
    try:
        return Address(Account.recover_message(message, signature=signature))
    except (BadSignature, ValidationError, ValueError):
        return None
