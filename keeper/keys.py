"""The executor's key: from the environment or an encrypted file. No key means a dry run."""

from __future__ import annotations

import json
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount

from keeper.errors import KeyUnusable
from keeper.settings import Settings


def load_account(settings: Settings) -> LocalAccount | None:
    """The account that signs, or None when the operator gave no key."""
    if settings.private_key is not None and settings.keystore is not None:
        raise KeyUnusable("two keys given: keep either KEEPER_PRIVATE_KEY or the keystore")
    if settings.private_key is not None:
        return _from_hex(settings.private_key.get_secret_value())
    if settings.keystore is not None:
        return _from_keystore(settings.keystore, settings)
    return None


def _from_hex(key: str) -> LocalAccount:
    try:
        account: LocalAccount = Account.from_key(key.strip())
    except ValueError:
        raise KeyUnusable("KEEPER_PRIVATE_KEY is no private key: 32 bytes in hex") from None
    return account


def _from_keystore(file: Path, settings: Settings) -> LocalAccount:
    content, password = _read(file), _password(settings)
    try:
        key = Account.decrypt(json.loads(content), password)
    except (ValueError, KeyError, TypeError):
        raise KeyUnusable(
            f"the keystore {file} does not open: check the file and its password"
        ) from None
    account: LocalAccount = Account.from_key(key)
    return account


def _password(settings: Settings) -> str:
    if settings.password is not None:
        return settings.password.get_secret_value()
    if settings.password_file is not None:
        return _read(settings.password_file).rstrip("\r\n")
    raise KeyUnusable("the keystore needs --password-file or KEEPER_PASSWORD")


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise KeyUnusable(f"{path} cannot be read: {error.strerror}") from None
